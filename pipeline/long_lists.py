"""A list goes in; what a sentence says of it comes out: its first few, and where there are more, that or how many there are."""

from __future__ import annotations

from collections.abc import Sequence


def first_of(words: Sequence[str], most: int, rest: str = "等", *, between: str = "、") -> str:
    """Return the first ``most`` of ``words``, joined, with ``rest`` behind them where there are more.

    A ``{}`` in ``rest`` is how many there are in all: 甲局、乙局等 5 家.
    """
    return between.join(words[:most]) + (rest.format(len(words)) if len(words) > most else "")
