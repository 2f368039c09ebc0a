"""Stretches of XML that came before go in; they come out in the plain spelling without being parsed again.

The rows and the labels of a form are the same in every file of a campaign, but for the figures in them. An element that is
XML by itself is XML wherever it stands among others, and stays so with another figure in it: so each is looked at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from itertools import chain, zip_longest

_LONGEST = 4096
"""Bytes of a stretch that is remembered: what is longer is what a clerk wrote, and stands in no other file."""
_MOST = 4096
"""Stretches that are remembered: more than the sheets of several forms have."""
_LATELY = 64
"""Signs that are remembered, those that were heard last: each sheet has two."""
_FIGURE = re.compile(rb"<v>\d{1,7}+</v>")
"""A figure, or the number of a shared text: what may differ where nothing else does."""
_NOUGHT = b"<v>0</v>"


class KnownStretches:
    """Elements of one kind, each up to ``closing``; ``plain`` spells several of them plainly, or says by None that they are not as usual."""

    def __init__(self, closing: bytes, plain: Callable[[bytes], bytes | None]) -> None:
        self._closing = closing
        self._plain = plain
        self._known: dict[bytes, bytes] = {}
        self._heard: dict[bytes, None] = {}

    def are_usual(self, data: bytes) -> bool:
        """Say whether ``data`` is so many elements as usual; not where hardly any came before."""
        return self._spellings(data) is not None

    def spelled(self, data: bytes) -> bytes | None:
        """Return ``data`` in the plain spelling; None where it is not as usual, or hardly any of it came before."""
        spellings = self._spellings(data)
        if spellings is None:
            return None
        alike, written = spellings
        if alike == written:
            return data
        found = self._closing.join(written).split(_NOUGHT)
        return b"".join(chain.from_iterable(zip_longest(found, _FIGURE.findall(data), fillvalue=b"")))

    def _spellings(self, data: bytes) -> tuple[list[bytes], list[bytes]] | None:
        """Return the stretches of ``data`` without their figures, and each as it is spelled plainly."""
        if not self._has_come(data):
            return None
        known = self._known
        if len(known) > _MOST:
            known.clear()
        stretches = without_figures(data).split(self._closing)
        new = [stretch for stretch in stretches[:-1] if stretch not in known]
        new.append(stretches[-1])  # what stands behind the last
        joined = self._closing.join(new)
        plain = self._plain(joined) if joined else joined
        if plain is None:
            return None
        pairs = zip(new, plain.split(self._closing), strict=True)
        found = {
            stretch: stretch if stretch == spelled else spelled for stretch, spelled in pairs
        }  # held once
        known.update((stretch, found[stretch]) for stretch in new[:-1] if len(stretch) <= _LONGEST)
        return stretches, [found[stretch] if stretch in found else known[stretch] for stretch in stretches]

    def _has_come(self, data: bytes) -> bool:
        """Say whether the last stretch or one in the middle came before: then most did. A register has other rows in every file."""
        size, middle = len(self._closing), data.find(self._closing, len(data) // 2) + 1
        last = data.rfind(self._closing, 0, -size) + 1
        signs = {
            without_figures(data[middle : data.find(self._closing, middle)]),
            without_figures(data[last:]),
        }
        has_come = not signs.isdisjoint(self._heard)
        for sign in signs:
            self._heard.pop(sign, None)
            self._heard[sign] = None
        while len(self._heard) > _LATELY:
            del self._heard[next(iter(self._heard))]
        return has_come


def without_figures(data: bytes) -> bytes:
    """Return XML with 0 for each of its figures: what is the same in all files of a campaign."""
    return _FIGURE.sub(_NOUGHT, data)
