"""Plain words go in; one regular expression that finds the longest of them comes out, in time that grows with the text alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

_Branches: TypeAlias = "dict[str, _Branches]"
_END = ""
"""The branch of a word that ends here."""


def longest_of(words: Iterable[str]) -> str:
    """Return a pattern that matches, where several of ``words`` begin, the longest."""
    root: _Branches = {}
    for word in words:
        branch = root
        for character in word:
            branch = branch.setdefault(character, {})
        branch[_END] = {}
    return _pattern(root) or r"(?!)"


def _pattern(branch: _Branches) -> str:
    choices = [
        re.escape(character) + _pattern(rest)
        for character, rest in sorted(branch.items())
        if character != _END
    ]
    if not choices:
        return ""
    return f"(?:{'|'.join(choices)})" + ("?" if _END in branch else "")
