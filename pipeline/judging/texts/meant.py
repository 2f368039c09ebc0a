"""What a claim says goes in, as sums of cells; the numbers that the tables of one report have for it come out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.forms.narrative import Claim, Sum
    from pipeline.judging.texts.filed import ReportTexts
    from pipeline.model import Number


def meanings(claim: Claim, item: ReportTexts) -> list[Number] | None:
    """Return what the figure may be, each once; None (not assessed) while a cell is blank."""
    return values_of(claim.equals, item)


def values_of(sums_meant: Sequence[Sum], item: ReportTexts) -> list[Number] | None:
    """Return what sums of cells come to, each once; None while a cell is blank."""
    sums = [value_of(meant, item) for meant in sums_meant]
    known = [value for value in sums if value is not None]
    return list(dict.fromkeys(known)) if len(known) == len(sums) else None


def value_of(meant: Sum, item: ReportTexts) -> Number | None:
    """Return what a sum of cells comes to; None while a cell is blank."""
    total: Number = 0
    for sign, keys in ((1, meant.plus), (-1, meant.minus)):
        for key in keys:
            value = item.numbers.get(key)
            if value is None:
                return None
            total += sign * value
    return total
