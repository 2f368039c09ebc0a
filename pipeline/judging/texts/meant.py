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


def is_figure_of(claim: Claim, value: Number, item: ReportTexts) -> bool:
    """Say whether the tables have a value as what a claim says; they have none while a cell is blank."""
    return value in (meanings(claim, item) or ())


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


def of_columns(claim: Claim, stated: Sequence[Sum], item: ReportTexts) -> set[Number]:
    """Return what the figure is in each other column of its table that figures ``stated`` before are of: 自然人申请7件，予以公开4件."""
    if not claim.equals or claim.equals[0].minus:
        return set()
    places = [_row_and_column(key) for key in claim.equals[0].plus]
    own = {column for _, column in places}
    columns = {_row_and_column(key)[1] for meant in stated for key in meant.plus} - own
    keys = ([f"{row}.{column}" for row, _ in places] for column in sorted(columns))
    return {sum(item.numbers[key] or 0 for key in some) for some in keys if item.numbers.keys() >= {*some}}


def _row_and_column(key: str) -> tuple[str, str]:
    row, _, column = key.rpartition(".")
    return row, column
