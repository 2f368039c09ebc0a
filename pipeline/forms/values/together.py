"""The values of several agencies, or rows, go in; what they come to together comes out. An average is never added up."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, localcontext
from typing import TYPE_CHECKING

from pipeline.forms.values.answers import YES
from pipeline.forms.values.numeric import number_of

if TYPE_CHECKING:
    from pipeline.forms.values.kind import Together
    from pipeline.model import Number

EXACT_DIGITS = 100
"""More than any sum of amounts needs, so that no addition rounds."""
PLACES = 6
"""Decimals to which an average is rounded."""


def brought_together(way: Together, values: Sequence[str], weights: Sequence[str] = ()) -> Number | None:
    """Return what ``values`` come to, a blank counting for nothing; None where they come to no number.

    An average is weighed by ``weights``; without any weight there is none.
    """
    if way == "average" and not weights:
        return None
    if way == "yes":
        return sum(value == YES for value in values)
    if way == "sum":
        with localcontext() as context:
            context.prec = EXACT_DIGITS
            total = sum((Decimal(number_of(value) or 0) for value in values), start=Decimal(0))
        return _plain(total)
    return _average(values, weights) if way == "average" else None


def _average(values: Sequence[str], weights: Sequence[str]) -> Number | None:
    pairs = [
        (Decimal(number), Decimal(weight))
        for value, by in zip(values, weights, strict=True)
        if (number := number_of(value)) is not None and (weight := number_of(by)) is not None
    ]
    with localcontext() as context:
        context.prec = EXACT_DIGITS
        whole = sum((weight for _, weight in pairs), start=Decimal(0))
        if not whole:
            return None
        average = sum((number * weight for number, weight in pairs), start=Decimal(0)) / whole
    return rounded(average, PLACES)


def rounded(value: Number, places: int) -> Number:
    """Return ``value`` with at most ``places`` decimals."""
    return _plain(round(Decimal(value), places))


def _plain(value: Decimal) -> Number:
    return int(value) if value == value.to_integral_value() else value
