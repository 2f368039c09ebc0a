"""Plain words go in; the longest of them that begins somewhere comes out, in time that grows with the text alone.

One expression of all words is quick to search with, but takes a third of a second to make, which every process pays whose
first text it is. So an expression knows only with which two characters words begin, and the rest is a walk from character to character.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from typing import TypeAlias

_Branches: TypeAlias = "dict[str, _Branches]"
_BLOCK = 16
"""First characters that are looked for at once."""
_END = ""
"""The branch of a word that ends here."""


class PlainWords:
    """Words without a choice in them."""

    def __init__(self, words: Iterable[str]) -> None:
        self._root: _Branches = {}
        for word in words:
            branch = self._root
            for character in word:
                branch = branch.setdefault(character, {})
            branch[_END] = {}

    def longest(self, text: str, start: int, end: int) -> int:
        """Return where the longest word ends that begins at ``start`` and ends by ``end``; -1 where none does."""
        branch, found = self._root, -1
        for at in range(start, end):
            following = branch.get(text[at])
            if following is None:
                break
            branch = following
            if _END in branch:
                found = at + 1
        return found

    @property
    def begins(self) -> str:
        """A pattern of the one or two characters with which words begin."""
        alike: defaultdict[str, list[str]] = defaultdict(list)
        for first, branch in sorted(self._root.items()):
            seconds = "".join(re.escape(second) for second in sorted(branch) if second != _END)
            alike["" if _END in branch else f"[{seconds}]"].append(re.escape(first))
        choices = sorted((firsts, rest) for rest, firsts in alike.items())
        blocks = [choices[at : at + _BLOCK] for at in range(0, len(choices), _BLOCK)]
        return "|".join(map(_block, blocks)) or r"(?!)"


def _block(choices: Iterable[tuple[list[str], str]]) -> str:
    """Return a pattern for some first characters, each group with what may follow it; what begins otherwise is known at once."""
    spelled = [("".join(firsts), rest) for firsts, rest in choices]
    begins = "".join(firsts for firsts, _ in spelled)
    return f"(?=[{begins}])(?:{'|'.join(f'[{firsts}]{rest}' for firsts, rest in spelled)})"
