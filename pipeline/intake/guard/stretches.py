"""Stretches of XML that came before go in; they come out in the plain spelling without being parsed again.

The rows and the labels of a form are the same in every file of a campaign, but for the figures in them. An element that is
XML by itself is XML wherever it stands among others, and stays so with another figure in it: so each is looked at once.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, zip_longest

_LONGEST = 4096
"""Bytes of a stretch that is remembered: what is longer is what a clerk wrote, and stands in no other file."""
_MOST = 4096
"""Stretches that are remembered: more than the sheets of several forms have."""
_FIGURE = re.compile(rb"<v>\d{1,7}+</v>")
"""A figure, or the number of a shared text: what may differ where nothing else does."""
_NOUGHT = b"<v>0</v>"


class KnownStretches:
    """Elements of one kind, each up to ``closing``; ``plain`` spells several of them plainly, or says by None that they are not as usual."""

    def __init__(self, closing: bytes, plain: Callable[[bytes], bytes | None]) -> None:
        self._closing = closing
        self._plain = plain
        self._known: dict[bytes, bytes] = {}
        self._heard: set[bytes] = set()

    def spelled(self, data: bytes) -> bytes | None:
        """Return ``data``, so many elements, in the plain spelling; None where some are not as usual, or hardly any came before."""
        if not self._has_come(data.split(self._closing)[:-1]):
            return None
        alike = _alike(data)
        found = self._spelled(alike)
        if found is None or found == alike:
            return None if found is None else data
        figures = _FIGURE.findall(data)
        return b"".join(chain.from_iterable(zip_longest(found.split(_NOUGHT), figures, fillvalue=b"")))

    def _has_come(self, whole: Sequence[bytes]) -> bool:
        """Say whether the last stretch or one in the middle came before: then most did. A register has other rows in every file."""
        signs = {_alike(whole[at]) for at in (len(whole) // 2, -1)} if whole else set()
        has_come = not signs.isdisjoint(self._heard)
        if len(self._heard) > _MOST:
            self._heard.clear()
        self._heard |= signs
        return has_come

    def _spelled(self, data: bytes) -> bytes | None:
        *whole, rest = data.split(self._closing)
        known = self._known
        new = [stretch for stretch in whole if stretch not in known]
        if not (new or rest):
            written = [known[stretch] for stretch in whole]
            return data if written == whole else self._joined(written)
        plain = self._plain(self._joined(new) + rest)
        if plain is None:
            return None
        *written, rest = plain.split(self._closing)
        found = dict(zip(new, written, strict=True))
        spelled = self._joined(found.get(stretch) or known[stretch] for stretch in whole) + rest
        if len(known) + len(new) > _MOST:
            known.clear()
        known.update(item for item in found.items() if len(item[0]) <= _LONGEST)
        return spelled

    def _joined(self, stretches: Iterable[bytes]) -> bytes:
        return b"".join(stretch + self._closing for stretch in stretches)


def _alike(data: bytes) -> bytes:
    """Return XML without its figures."""
    return _FIGURE.sub(_NOUGHT, data)
