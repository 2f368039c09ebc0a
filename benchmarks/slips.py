"""Every slip of a single typed figure in consistent reports that tell their figures: how often the first hint names the cell."""

from __future__ import annotations

from collections import Counter

from benchmarks.measure import Line
from pipeline.forms.loader import load_form
from tests.support.slips import measure, shares


def run() -> list[Line]:
    """Judge every slip twice, totals as formulas and totals typed; print by table what was hinted at."""
    form = load_form()
    lines: list[Line] = []
    for name, typed in (("totals are formulas", False), ("totals are typed", True)):
        found = list(measure(form, typed_totals=typed))
        hints = Counter((slip.key.partition(".")[0], slip.hint) for slip in found)
        for (table, hint), count in sorted(hints.items()):
            print(f"{name:<20} {table:<10} {hint:<6} {count}")
        right, sure = shares(found)
        lines += [
            Line(f"slips without a right first hint, {name}", 100 * (1 - right), "%", 10, f"of {len(found)}"),
            Line(f"hints that do not ask and are wrong, {name}", 100 * (1 - sure), "%", 10),
        ]
    return lines
