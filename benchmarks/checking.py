"""Checking a whole batch with pandera: milliseconds for each submission, and how it grows."""

from __future__ import annotations

import random

from benchmarks.measure import Line, median_seconds
from pipeline.forms.loader import load_form
from pipeline.judging.judge import judge
from tests.support.fills import consistent_numbers
from tests.support.submissions import filled

AIM = 0.3
_FAULTY = 5
"""Every so-manieth submission has a slip."""


def run() -> list[Line]:
    """Check 1,000 submissions, a fifth of them faulty, against one at a time."""
    form = load_form()
    batch = []
    for number in range(1000):
        rng = random.Random(number)
        numbers = consistent_numbers(form, rng)
        if number % _FAULTY == 0:
            numbers[rng.choice(form.cells).key] += 1
        batch.append(filled(form, numbers, number=number))
    one, whole = median_seconds(lambda: judge(form, batch[:1]), lambda: judge(form, batch))
    each = whole / len(batch) * 1000
    note = f"one submission alone costs {one * 1000:.0f} ms: {one * 1000 / each:.0f} × as much"
    return [Line("checking, N = 1,000", each, "ms/submission", AIM, note)]
