"""Judging a whole batch by every rule, texts and last year included: milliseconds for each submission, and how it grows."""

from __future__ import annotations

import random
import time
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.measure import Line
from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.judging.rules.judge import judge
from pipeline.model import Agency, PastReport, Submission
from tests.support.fills import consistent_numbers, report, seeded
from tests.support.submissions import reading_of, submission_of

AIM = 5
GROWTH = 1.5
SIZES = (1_000, 10_000)
_FAULTY = 5
"""Every so-manieth submission has a slip."""


def run() -> list[Line]:
    """Judge 1,000 and 10,000 submissions of as many agencies, a fifth of them faulty; CPU time of one process."""
    form = load_form()
    batch = batch_of(form, max(SIZES))
    judge(form, batch[:1])
    few, many = (_milliseconds(form, batch[:size]) for size in SIZES)
    alone = _milliseconds(form, batch[:1])
    note = f"one submission alone costs {alone:.0f} ms"
    return [
        Line(f"judging, all rules, N = {SIZES[0]:,}", few, "ms CPU each", AIM, note),
        Line(f"judging, all rules, N = {SIZES[1]:,}", many, "ms CPU each", AIM),
        Line("judging, N = 10,000 against N = 1,000", many / few, "× each", GROWTH),
    ]


def batch_of(form: Form, size: int) -> list[Submission]:
    """Return consistent submissions of as many agencies, every fifth with a slip."""
    return [_submission(form, number) for number in range(size)]


def _milliseconds(form: Form, batch: Sequence[Submission]) -> float:
    history = {item.agency.code: _past(form, item.agency.code) for item in batch if item.agency}
    agencies = [item.agency for item in batch[:50] if item.agency]
    start = time.process_time()
    judge(form, batch, history=history, agencies=agencies)
    return (time.process_time() - start) / len(batch) * 1000


def _submission(form: Form, number: int) -> Submission:
    rng = random.Random(number)
    numbers = consistent_numbers(form, rng)
    if number % _FAULTY == 0:
        numbers[rng.choice(form.cells).key] += 1
    agency = Agency(f"{number:05}", f"第{number}局", "部门", "县区")
    texts = report(form, agency.code, agency.name, 2023, numbers, rng).texts
    found = submission_of(reading_of(form, numbers, texts), number=number)
    return replace(found, agency=agency)


def _past(form: Form, code: str) -> PastReport:
    rng = seeded(code)
    made = report(form, code, code, 2022, consistent_numbers(form, rng), rng)
    figures = dict(zip((cell.key for cell in form.cells), made.numbers, strict=True))
    return PastReport(code, 2022, figures, made.texts)
