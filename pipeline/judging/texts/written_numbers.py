"""A number counted in a text goes in; what it comes to and where it stands come out."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple

from pipeline.judging.texts.numerals import amount_of, step_of, value_of
from pipeline.judging.texts.pieces import ABOUT

if TYPE_CHECKING:
    from pipeline.judging.texts.pieces import TextPiece
    from pipeline.model import Number


class WrittenNumber(NamedTuple):
    """A number that was read: its value, where it stands, where its unit ends, and how near to it what it tells may be.

    That is one of its last digit, and of what is told to be rounded a tenth, or one of the last digit that is none of its zeros.
    """

    value: Number
    start: int
    end: int
    until: int
    unit: Number


def written_number(piece: TextPiece) -> WrittenNumber | None:
    """Read the number, or the amount of money, of a piece that counts; None where it has no certain value."""
    value: Number | None
    if piece.scale:
        scale = piece.scale.removeprefix(ABOUT)
        value, unit = amount_of(piece.number, scale), step_of(piece.number, scale)
        if value is not None and scale != piece.scale:
            unit = max(unit, Decimal(value) / 10, Decimal(1).scaleb(_last_digit(Decimal(value))))
    else:
        value, unit = value_of(piece.number), 1
    if value is None:
        return None
    return WrittenNumber(value, piece.start, piece.start + len(piece.number), piece.end, unit)


def _last_digit(value: Decimal) -> int:
    """Return which power of ten the last digit of a number stands for that is no 0: 2 of 500, -1 of 4.30."""
    exponent = value.normalize().as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
