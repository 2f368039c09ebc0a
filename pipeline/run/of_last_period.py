"""What a file states and last period's report of its agency go in; whether it is that one once more comes out.

Who corrects what was delivered long since sends it when the next period is collected: it is no report of that one. Who filled
last period's workbook anew and left the period as it was has other figures; who changed the period alone has the same ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import log10

from pipeline.forms.form import Form, is_last_year
from pipeline.intake.identify.identity import Identity
from pipeline.model import Fact, PastReport, Reading
from pipeline.periods import Period, named, period_before, title_of

_SHARE = 0.5
"""Of the figures that are not 0 in either, how many are the same at least: of two years of an agency few are."""
_PROOF = 6.0
"""Digits that different figures have together, at least, for it to be no chance that all of them came again: 120, 35, 80 and 12."""


@dataclass(frozen=True, slots=True)
class AddedFigures:
    """Cells of a form that is collected several times a year: what a period ``adds``, and what the year ``comes_to`` by it."""

    adds: frozenset[str] = frozenset()
    comes_to: frozenset[str] = frozenset()


def added_figures(form: Form) -> AddedFigures:
    """Return the cells of which the form says how they grow with the year."""
    growing = [check for check in form.checks.values() if check.rule.within_year]
    return AddedFigures(
        frozenset(key for check in growing for key in check.right if not is_last_year(key)),
        frozenset(key for check in growing for key in check.left),
    )


def is_of_last_period(found: Identity, reading: Reading, past: PastReport | None, period: Period) -> bool:
    """Whether a file states the period before ``period``, on no template of ``period``, and says what ``past`` says for the most part."""
    if past is None or found.year != past.year or past.year != period_before(period) or reading.registers:
        return False
    if named(reading.claims.stamp.get("year", "")) == period:
        return False
    pairs = [(number, reading.numbers.get(key)) for key, number in past.numbers.items()]
    filled = [(before, now) for before, now in pairs if before or now]
    return sum(before == now for before, now in filled) >= _SHARE * len(filled)


def has_last_figures(
    found: Identity, reading: Reading, past: PastReport | None, period: Period, growing: AddedFigures
) -> bool:
    """Whether a file states ``period``, and all that happened in it happened just so, figure by figure, in the one before.

    A year that has come to the same as well, though something was added, is as much of a proof again. Small figures are none.
    """
    if past is None or found.year != period or past.year != period_before(period):
        return False
    if not _are_same(growing.adds, reading, past):
        return False
    proof = _proof(growing.adds, past)
    if _are_same(growing.comes_to, reading, past):
        proof += _proof(growing.comes_to, past)
    return proof >= _PROOF


def _are_same(keys: Iterable[str], reading: Reading, past: PastReport) -> bool:
    return all((reading.numbers.get(key) or 0) == (past.numbers.get(key) or 0) for key in keys)


def _proof(keys: Iterable[str], past: PastReport) -> float:
    """Return how many digits the different figures have: what is answered as often as it is asked for says nothing new."""
    return sum(log10(number) for number in {past.numbers.get(key) or 0 for key in keys} if number > 1)


def periods_of(found: Identity, period: Period) -> dict[str, Fact]:
    """Name the period that a file states and the one that is collected."""
    return {"stated": title_of(found.year or period), "asked": title_of(period)}
