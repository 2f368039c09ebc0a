"""A number as typed and as it ought to be go in; what the hand did, if it looks like a slip of the hand, comes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.model import Number

SWAPPED, DOUBLED, DROPPED, SIGN, POINT = "swapped", "doubled", "dropped", "sign", "point"


def slip_of(typed: Number, meant: Number) -> str:
    """Return the kind of slip that turns ``meant`` into ``typed``; empty if it looks like none."""
    if typed < 0 and -typed == meant:
        return SIGN
    if typed != int(typed):
        return POINT if _digits(typed) == _digits(int(meant)) else ""
    one, other = str(int(typed)), str(int(meant))
    if max(len(one), len(other)) < 2:  # noqa: PLR2004 - a slip inside a number needs two digits
        return ""
    if len(one) == len(other) + 1 and other in _shorter(one):
        return DOUBLED
    if len(one) + 1 == len(other) and one in _shorter(other):
        return DROPPED
    width = max(len(one), len(other))
    return SWAPPED if other.zfill(width) in _swaps(one.zfill(width)) else ""


def likely_meant(typed: int) -> set[int]:
    """Return what may have been meant, if two digits were swapped or one typed too often."""
    text = str(typed)
    return {int(other) for other in (*_swaps(text), *_shorter(text)) if other} - {typed}


def _digits(number: Number) -> str:
    return "".join(sign for sign in str(number) if sign.isdigit()).lstrip("0")


def _shorter(text: str) -> set[str]:
    return {text[:at] + text[at + 1 :] for at in range(len(text))}


def _swaps(text: str) -> set[str]:
    return set(_swapped(text))


def _swapped(text: str) -> Iterator[str]:
    for at in range(len(text) - 1):
        yield text[:at] + text[at + 1] + text[at] + text[at + 2 :]
