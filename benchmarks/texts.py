"""The texts of reports by every rule over texts: milliseconds of processor time for each submission, best of several rounds."""

from __future__ import annotations

import time
from collections.abc import Sequence

from benchmarks.checking import batch_of
from benchmarks.measure import Line
from pipeline.forms.loader import load_form
from pipeline.judging.texts.check import narrative_findings
from pipeline.judging.texts.filed import ReportTexts, TextContext, filed
from tests.support.real_report import load_real_report
from tests.support.submissions import reading_of, submission_of

AIM = 2
SIZE = 200
_ROUNDS = 7
_FIRST = 0x4E00
"""From here on characters that no text has."""


def run() -> list[Line]:
    """Read the texts of ``SIZE`` made reports, each other, and of one published report as often; the form is loaded before."""
    form = load_form()
    agencies = [item.agency for item in batch_of(form, 50) if item.agency]
    made = [filed(number, item) for number, item in enumerate(batch_of(form, SIZE))]
    real = load_real_report()
    published = [
        filed(number, submission_of(reading_of(form, dict(real.numbers), _told_apart(real.texts, number))))
        for number in range(SIZE)
    ]

    def best(items: Sequence[ReportTexts]) -> float:
        return min(_milliseconds(TextContext(form, items, agencies)) for _ in range(_ROUNDS)) / len(items)

    return [
        Line(f"texts, all rules, {SIZE} made reports", best(made), "ms CPU each", AIM),
        Line(f"texts, all rules, a published report {SIZE} times", best(published), "ms CPU each", AIM),
    ]


def _told_apart(texts: dict[str, str], number: int) -> dict[str, str]:
    """Return texts that were not read before: a character at the end of each is its own."""
    return {key: f"{text}{chr(_FIRST + number)}" for key, text in texts.items()}


def _milliseconds(around: TextContext) -> float:
    start = time.process_time()
    for _ in narrative_findings(around):
        pass
    return (time.process_time() - start) * 1000
