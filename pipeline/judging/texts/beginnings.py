"""Patterns go in; one expression of them comes out that gives up at once where none of them can begin.

At every character of a text an expression of a hundred patterns would try one after another. With which characters a pattern
can begin is asked of the parser that compiles it: it is the library's own, but no part of its promised interface, so a test
holds what is said of each pattern of the forms.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any

_BLOCK = 16
"""Patterns that are passed over together."""
_parser, _codes = import_module("re._parser"), import_module("re._constants")
_ZERO_WIDTH = frozenset((_codes.ASSERT, _codes.ASSERT_NOT, _codes.AT))
_REPEATS = frozenset((_codes.MAX_REPEAT, _codes.MIN_REPEAT, _codes.POSSESSIVE_REPEAT))
_CATEGORIES = {_codes.CATEGORY_DIGIT: r"\d", _codes.CATEGORY_SPACE: r"\s", _codes.CATEGORY_WORD: r"\w"}
_NOTHING = ""
"""Stands among the beginnings of what may be empty."""


@lru_cache(maxsize=4096)
def beginnings(pattern: str) -> frozenset[str] | None:
    r"""Return with which characters a match of ``pattern`` can begin, each as it is written in a class (``年``, ``0-9``, ``\d``).

    None where that is not known, or the match may be empty.
    """
    parsed = _parser.parse(pattern)
    known = _of_all(parsed) if parsed.state.flags == re.UNICODE else None
    return None if known is None or _NOTHING in known else known


def _of_all(items: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    found: frozenset[str] = frozenset((_NOTHING,))
    for code, value in items:
        own = _of_one(code, value)
        if own is None:
            return None
        found = (found - {_NOTHING}) | own
        if _NOTHING not in own:
            break
    return found


def _of_one(code: Any, value: Any) -> frozenset[str] | None:  # noqa: ANN401 - what the parser tells has no types
    found: frozenset[str] | None = None
    if code in _ZERO_WIDTH:
        found = frozenset((_NOTHING,))
    elif code is _codes.LITERAL:
        found = frozenset((re.escape(chr(value)),))
    elif code is _codes.IN:
        found = _of_class(value)
    elif code is _codes.SUBPATTERN:
        _, flags, _, inner = value
        found = None if flags else _of_all(inner)
    elif code is _codes.BRANCH:
        found = _together([_of_all(branch) for branch in value[1]])
    elif code in _REPEATS:
        least, _, inner = value
        found = _together([_of_all(inner), frozenset() if least else frozenset((_NOTHING,))])
    return found


def _together(each: Sequence[frozenset[str] | None]) -> frozenset[str] | None:
    known = [own for own in each if own is not None]
    return frozenset().union(*known) if len(known) == len(each) else None


def _of_class(members: Iterable[tuple[Any, Any]]) -> frozenset[str] | None:
    found: set[str] = set()
    for code, value in members:
        if code is _codes.LITERAL:
            found.add(re.escape(chr(value)))
        elif code is _codes.RANGE:
            found.add("-".join(re.escape(chr(end)) for end in value))
        elif value in _CATEGORIES:
            found.add(_CATEGORIES[value])
        else:  # everything but these
            return None
    return frozenset(found)


def any_of(patterns: Iterable[str]) -> str:
    """Return a pattern for one of ``patterns``, or one that never matches."""
    return "|".join(f"(?:{pattern})" for pattern in patterns) or r"(?!)"


@lru_cache(maxsize=1024)
def compiled(pattern: str) -> re.Pattern[str]:
    """Return the expression of a pattern that is looked for anywhere; made once."""
    return re.compile(guarded((pattern,)))


def guarded(choices: Sequence[str]) -> str:
    """Return a pattern that matches as ``choices`` do, the first of them first, but looks at a character once for many of them."""
    return "|".join(_blocks(choices))


def _blocks(choices: Sequence[str]) -> Iterator[str]:
    block: list[str] = []
    for choice in choices:
        if beginnings(choice) is None:
            yield from _block(block)
            block = []
            yield choice
            continue
        block.append(choice)
        if len(block) == _BLOCK:
            yield from _block(block)
            block = []
    yield from _block(block)


def _block(choices: Sequence[str]) -> Iterator[str]:
    if choices:
        first = "".join(sorted(_together([beginnings(choice) for choice in choices]) or ()))
        yield f"(?=[{first}])(?:{'|'.join(choices)})"
