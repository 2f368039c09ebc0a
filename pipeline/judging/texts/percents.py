"""A part, its whole and the percentage as written go in; whether they fit comes out."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.model import Number


def fits(value: Decimal, written: str) -> bool:
    """Say whether a percentage is what is written, rounded or cut off."""
    stated = Decimal(written)
    step = Decimal(1).scaleb(-len(written.partition(".")[2]))
    return abs(value - stated) <= step / 2 or 0 <= value - stated < step


def share(part: Number, whole: Number) -> Decimal:
    """Return how many percent of ``whole`` a ``part`` is."""
    return Decimal(100) * part / whole


def percent(value: Decimal) -> str:
    """Write a percentage."""
    return f"{value:.1f}%"
