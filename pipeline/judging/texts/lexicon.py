"""Plain words go in; one regular expression that finds the longest of them comes out, in time that grows with the text alone."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TypeAlias

_Branches: TypeAlias = "dict[str, _Branches]"
_BLOCK = 16
"""First characters that are looked for at once."""
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
    begins = sorted(root)
    blocks = [begins[at : at + _BLOCK] for at in range(0, len(begins), _BLOCK)]
    parted = (
        f"(?=[{''.join(map(re.escape, block))}]){_pattern({one: root[one] for one in block})}"
        for block in blocks
    )
    return f"(?:{'|'.join(parted)})" if begins else r"(?!)"


def _pattern(branch: _Branches) -> str:
    """Return the pattern of what follows; characters after which all is alike stand together."""
    alike: dict[str, list[str]] = {}
    for character, rest in sorted(branch.items()):
        if character != _END:
            alike.setdefault(_pattern(rest), []).append(re.escape(character))
    choices = [
        f"[{''.join(characters)}]{rest}" if len(characters) > 1 else f"{characters[0]}{rest}"
        for rest, characters in alike.items()
    ]
    if not choices:
        return ""
    return f"(?:{'|'.join(choices)})" + ("?" if _END in branch else "")
