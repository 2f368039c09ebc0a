"""Texts go in one after the other; those that may be nearly the same as a new one come out, without comparing all pairs.

Of the hashed four-character pieces of a text the smallest few are kept (a bottom-k sketch): two texts share pieces of
their sketches about as often as they share pieces at all. Each piece remembers only the first texts that had it, so a
phrase that everybody uses costs no more than any other, and a thousand copies of one text still meet its first.
"""

from __future__ import annotations

from collections import Counter
from typing import Generic, TypeVar
from zlib import crc32

_BYTES = 8
"""Of a piece: two for each of its characters."""
_KEPT = 24
_REMEMBERED = 40
_SHARED = 3
"""Pieces in common from which on two texts are compared."""
_COMPARED = 8

T = TypeVar("T")


def sketch(text: str) -> list[int]:
    """Return the sketch of ``text``, the same in every run."""
    spelled = text.encode("utf-16-le", "surrogatepass")
    pieces = {spelled[at : at + _BYTES] for at in range(0, len(spelled) - _BYTES + 1, 2)}
    return sorted(set(map(crc32, pieces)))[:_KEPT]


class Sketches(Generic[T]):
    """An index of texts under values of any kind."""

    def __init__(self) -> None:
        self._holders: dict[int, list[int]] = {}
        self._values: list[T] = []

    def add(self, pieces: list[int], value: T) -> None:
        """Remember the text that has this sketch."""
        number = len(self._values)
        self._values.append(value)
        for piece in pieces:
            holders = self._holders.setdefault(piece, [])
            if len(holders) < _REMEMBERED:
                holders.append(number)

    def alike(self, pieces: list[int]) -> list[T]:
        """Return the texts most likely to be similar, likeliest first, earlier ones before later ones."""
        shared = Counter(number for piece in pieces for number in self._holders.get(piece, ()))
        likely = sorted((-count, number) for number, count in shared.items() if count >= _SHARED)
        return [self._values[number] for _, number in likely[:_COMPARED]]
