"""The fault bench on many seeds: what is missed, what is said too much, and how often the first hint is the planted cell."""

from __future__ import annotations

import time

from benchmarks.measure import Line
from pipeline.forms.loader import load_form
from pipeline.judging.repair.suggest import suggest
from pipeline.model import Severity
from tests.support.faults.bench import Case, cases, consistent, score
from tests.support.faults.planting import KINDS
from tests.support.faults.reports import is_ordinary

SEEDS = 48
_CHUNK = 12


def run() -> list[Line]:
    """Plant every kind in ``SEEDS`` reports, and judge as many reports without a fault, as readings and as files."""
    form = load_form()
    clean = consistent(form, range(SEEDS))
    loud = sum(any(finding.severity is not Severity.INFO for finding in item.findings) for item in clean)
    found = [case for start in range(0, SEEDS, _CHUNK) for case in cases(form, range(start, start + _CHUNK))]
    total = score(found)
    ordinary = score(case for case in found if is_ordinary(case.seed))
    said = total.found + total.alarms
    milliseconds = _mending(found)
    return [
        Line(
            "faults missed",
            _percent(total.cases - total.found, total.cases),
            "%",
            0,
            f"{len(KINDS)} kinds, {total.cases} faults: recall {_percent(total.found, total.cases):.1f} %",
        ),
        Line(
            "false alarms beside a fault",
            _percent(total.alarms, said),
            "%",
            0,
            f"precision {_percent(total.found, said):.1f} %",
        ),
        Line("consistent reports with a warning", _percent(loud, len(clean)), "%", 0, f"of {len(clean)}"),
        Line(
            "first hint wrong where the sums tell",
            _percent(total.certain - total.certain_right, total.certain),
            "%",
            10,
            f"{total.certain_right} of {total.certain} slips that one cell alone explains",
        ),
        Line(
            "first hint another cell, of all hints",
            _percent(total.hinted - total.right, total.hinted),
            "%",
            10,
            f"{total.right} right of {total.hinted}; for {total.slips - total.hinted} slips nothing is said",
        ),
        Line(
            "single-cell slips whose first hint is not the planted cell",
            100 - _percent(total.right, total.slips),
            "%",
            10,
            f"first hint is the planted cell: {_percent(total.right, total.slips):.1f} % of {total.slips}; in reports "
            f"as agencies send them {_percent(ordinary.right, ordinary.slips):.1f} % of {ordinary.slips}",
        ),
        Line("looking for the smallest fix", milliseconds, "ms", 2, "mean of the failing reports, CPU time"),
    ]


def _percent(part: int, whole: int) -> float:
    return 100 * part / whole if whole else 0.0


def _mending(found: list[Case]) -> float:
    """Return the mean milliseconds of the search in reports whose sums fail."""
    form = load_form()
    failing = [case for case in found if any(finding.suggestions for finding in case.assessment.findings)]
    start = time.process_time()
    for case in failing:
        item = case.assessment.submission
        reading = item.reading
        suggest(form, reading.numbers, level=item.level, computed=reading.computed, places=reading.places)
    return (time.process_time() - start) / max(1, len(failing)) * 1000
