"""What a run costs against the number of agencies: whole processes, one worker, everything that a run does; as a table and a plot.

    python -m benchmarks scale [N …] [--plot FILE]     N: 10, 30, 100, 300, 1,000

Processor time of the process and its children, the most memory that any of them held, the same again with nothing new,
and the floor: calamine reading every file and the bytes that were written written again.
"""

from __future__ import annotations

import argparse
import os
import random
import resource
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from pathlib import Path

from benchmarks.race import NIGHT, YEAR, name_of, peer, run_timed, write_district
from pipeline.forms.loader import load_form
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.fills import report

NUMBERS = (10, 30, 100, 300, 1000)
_WIDE, _HIGH, _EDGE = 640, 400, 60


@dataclass(frozen=True, slots=True)
class Cost:
    """What ``number`` agencies cost: seconds of processor, and bytes that one process held at the most."""

    number: int
    whole: float
    unchanged: float
    floor: float
    memory: int


def measure(number: int) -> Cost:
    """Run a district of ``number`` agencies, each with a filled template of its own."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        district, output, fields = folder / "district", folder / "output", folder / "fields.json"
        write_district(district, number)
        for index in range(number):
            (district / "inbox" / f"{name_of(index)}.xlsx").write_bytes(_filled(index))
        fields.write_text("{}", "utf-8")
        command = ("run", str(district), "--output", str(output), *NIGHT, "--workers", "1")
        whole = run_timed("whole", number, *command)
        memory = _most_held()
        again = run_timed("again", number, *command)
        floor = peer(sys.executable, "floor", number, district / "inbox", fields, output)
    seconds = [took.cpu * number / 1000 for took in (whole, again, floor)]
    return Cost(number, seconds[0], seconds[1], seconds[2], memory)


def _filled(index: int) -> bytes:
    form, code, name = load_form(), f"{index:05}", name_of(index)
    sent = report(form, code, name, YEAR, rng=random.Random(index))
    inputs = {cell.key: value for cell, value in zip(form.cells, sent.numbers, strict=True) if cell.is_input}
    return build_workbook(form, Stamp(code, name, YEAR), values={**inputs, **sent.texts})


def _most_held() -> int:
    """Return the most that any child ever held; runs grow, so the last is the largest."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss * 1024


def table(costs: Sequence[Cost]) -> str:
    """Write the costs as a table."""
    lines = [
        "| agencies | whole run, s CPU | ms each | / floor | nothing new, s CPU | memory, MB |",
        "|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {cost.number:,} | {cost.whole:.1f} | {cost.whole / cost.number * 1000:.1f} | "
        f"{cost.whole / cost.floor:.1f} × | {cost.unchanged:.2f} | {cost.memory / 1024 / 1024:.0f} |"
        for cost in costs
    ]
    return "\n".join(lines)


def plot(costs: Sequence[Cost]) -> str:
    """Draw the costs as SVG, both axes by powers of ten."""
    least, most = log10(costs[0].number), log10(costs[-1].number)
    seconds = [value for cost in costs for value in (cost.whole, cost.unchanged, cost.floor)]
    low, high = log10(min(seconds)), log10(max(seconds))

    def at(number: int, value: float) -> str:
        across = _EDGE + (log10(number) - least) / (most - least) * (_WIDE - 2 * _EDGE)
        down = _HIGH - _EDGE - (log10(value) - low) / (high - low) * (_HIGH - 2 * _EDGE)
        return f"{across:.1f},{down:.1f}"

    lines = (
        ("whole run", "#1f4e79", [at(cost.number, cost.whole) for cost in costs]),
        ("nothing new", "#7f7f7f", [at(cost.number, cost.unchanged) for cost in costs]),
        ("floor", "#c55a11", [at(cost.number, cost.floor) for cost in costs]),
    )
    drawn = [
        f'<polyline points="{" ".join(points)}" fill="none" stroke="{colour}" stroke-width="2"/>'
        f'<text x="{_WIDE - _EDGE + 4}" y="{points[-1].partition(",")[2]}" fill="{colour}">{words}</text>'
        for words, colour, points in lines
    ]
    drawn += [
        f'<text x="{at(cost.number, cost.whole).partition(",")[0]}" y="{_HIGH - _EDGE + 24}" '
        f'text-anchor="middle">{cost.number:,}</text>'
        f'<text x="{at(cost.number, cost.whole).partition(",")[0]}" '
        f'y="{float(at(cost.number, cost.whole).partition(",")[2]) - 8}" text-anchor="middle">{cost.whole:.1f} s</text>'
        for cost in costs
    ]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDE + 60} {_HIGH}" font-family="sans-serif" font-size="12">'
        f'<text x="{_EDGE}" y="24">seconds of processor against the number of agencies (both by powers of ten)</text>'
        f"{''.join(drawn)}</svg>\n"
    )


def main(arguments: Sequence[str]) -> None:
    """Measure, print the table, write the plot where one is wanted."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks scale")
    parser.add_argument("numbers", nargs="*", type=int, default=list(NUMBERS))
    parser.add_argument("--plot", type=Path)
    asked = parser.parse_args(arguments)
    costs = [measure(number) for number in sorted(asked.numbers)]
    print(table(costs))
    print(f"({os.cpu_count()} processors)")
    if asked.plot:
        asked.plot.write_text(plot(costs), "utf-8")
