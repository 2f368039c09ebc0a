"""A number counted in a text goes in; what it comes to and where it stands come out."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pipeline.judging.texts.numerals import amount_of, step_of, value_of

if TYPE_CHECKING:
    from pipeline.judging.texts.pieces import TextPiece
    from pipeline.model import Number


class WrittenNumber(NamedTuple):
    """A number that was read: its value, where it stands, where its unit ends, and what one of its last digit stands for."""

    value: Number
    start: int
    end: int
    until: int
    unit: Number


def written_number(piece: TextPiece) -> WrittenNumber | None:
    """Read the number, or the amount of money, of a piece that counts; None where it has no certain value."""
    value: Number | None
    if piece.scale:
        value, unit = amount_of(piece.number, piece.scale), step_of(piece.number, piece.scale)
    else:
        value, unit = value_of(piece.number), 1
    if value is None:
        return None
    return WrittenNumber(value, piece.start, piece.start + len(piece.number), piece.end, unit)
