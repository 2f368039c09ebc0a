"""What a file states and last period's report of its agency go in; whether it may be a correction of that one comes out.

Who corrects what was delivered long since sends it when the next period is collected: it is no report of that one. Who filled
last period's workbook anew and left the period as it was has other figures.
"""

from __future__ import annotations

from pipeline.intake.identify.identity import Identity
from pipeline.model import Fact, PastReport, Reading
from pipeline.periods import Period, named, period_before, title_of

_SHARE = 0.5
"""Of the figures that are not 0 in either, how many are the same at least: of two years of an agency few are."""


def is_of_last_period(found: Identity, reading: Reading, past: PastReport | None, period: Period) -> bool:
    """Whether a file states the period before ``period``, on no template of ``period``, and says what ``past`` says for the most part."""
    if past is None or found.year != past.year or past.year != period_before(period) or reading.registers:
        return False
    if named(reading.claims.stamp.get("year", "")) == period:
        return False
    pairs = [(number, reading.numbers.get(key)) for key, number in past.numbers.items()]
    filled = [(before, now) for before, now in pairs if before or now]
    return sum(before == now for before, now in filled) >= _SHARE * len(filled)


def periods_of(found: Identity, period: Period) -> dict[str, Fact]:
    """Name the period that a file states and the one that is collected."""
    return {"stated": title_of(found.year or period), "asked": title_of(period)}
