"""The ``[[narrative]]`` table of a rule over figures in texts goes in; its words and claims come out, or an error that names the line.

``[narrative.words]`` and ``[narrative.patterns]`` say by concept how it is written, a word with its choices (``(被|)(行政|)复议``); a
claim ``says`` concepts, those with a ``?`` or not, and ``equals`` sums of cells and of groups of them, as rules name them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import combinations, product
from math import prod
from typing import TYPE_CHECKING

from pipeline.forms.narrative import (
    BARE,
    TIME,
    Claim,
    Concepts,
    DividedCells,
    FigureClaims,
    Nearby,
    Rate,
    Sign,
    Sum,
    Word,
)
from pipeline.forms.narrative_patterns import all_spelled, without
from pipeline.toml_source import Faults

if TYPE_CHECKING:
    from pipeline.forms.expand import Expander
    from pipeline.toml_source import TomlTable

_CHOICE = re.compile(r"\(([^()]*)\)")
_MOST_WAYS = 400
"""Ways to write one word with choices."""
_PATTERNS = (
    "own_times",
    "other_times",
    "running",
    "own_scopes",
    "other_scopes",
    "lesser_scopes",
    "deeds",
    "matters",
    "objects",
    "lent",
    "bodies",
    "members",
    "parts_of_whole",
    "separate_wholes",
    "into_own",
    "addressed",
    "beside_addressed",
    "showing",
    "included",
    "neutral",
    "silent",
    "others_disputed",
    "last_times",
    "hearers",
    "rest_told",
    "unit_ahead",
    "triggers",
)


@dataclass(frozen=True, slots=True)
class _ClaimText:
    """A [[narrative.claim]] as written."""

    key: str
    name: str
    says: tuple[str, ...]
    equals: tuple[str, ...] = ()
    family: str = ""
    topics: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    follows: bool = False
    beside: tuple[str, ...] = ()
    at_most: bool = False
    nil: bool = True
    counted: bool = True
    money: bool = False
    sets: str = ""
    within: bool = False
    rest_of: tuple[str, ...] = ()
    newly: bool = False
    partly: bool = False
    told: bool = False
    divided: bool = False
    near: bool = False
    heard: bool = False
    bars: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _DividedCellsText:
    """A [[narrative.division]] as written."""

    name: str
    rest: str
    wholes: tuple[str, ...]
    cells: tuple[str, ...]


def load_figures(section: TomlTable, expander: Expander) -> FigureClaims:
    """Return the rule of a [[narrative]]. Raises ConfigError."""
    words = tuple(_words(section.table("words"), section.table("patterns")))
    known = {BARE, TIME, *(concept for word in words for concept in word.concepts)}
    faults = Faults()
    claims = faults.each(section.inner("claim"), lambda inner: _claim(inner, expander, known))
    divisions = faults.each(section.inner("division"), lambda inner: _division(inner, expander))
    rates = faults.each(section.inner("rate"), lambda inner: _rate(inner, expander))
    faults.refuse()
    if not claims:
        raise section.fault("这条规则没有 [[narrative.claim]]。")
    patterns = all_spelled(section, _PATTERNS)
    nearby = section.table("nearby").into(Nearby)
    shared = _sums(section, "shared_wholes", expander)
    signs = faults.each(section.inner("sign"), lambda inner: _sign(inner, claims))
    faults.refuse()
    tables = ("words", "patterns", "claim", "division", "rate", "sign", "nearby", "shared_wholes")
    plain = replace(section, values=without(section.values, *tables, *patterns))
    made = {"claims": claims, "words": words, "divisions": divisions, "rates": rates, "nearby": nearby}
    return plain.into(FigureClaims, shared_wholes=shared, signs=signs, **made, **patterns)


def _words(words: TomlTable, patterns: TomlTable) -> Iterator[Word]:
    """Yield the ways to write each concept; no plain word stands for two."""
    taken: dict[str, str] = {}
    for name in words.values:
        if not all(map(str.strip, words.strings(name))):
            raise words.fault("words 中的词不能为空。", f"{name} = [")
        written = [way for word in words.strings(name) for way in _ways(words, word)]
        for word in written:
            if taken.setdefault(word, name) != name:
                raise words.fault(f"“{word}”同时是“{taken[word]}”和“{name}”。", f"{name} = [")
        yield Word(tuple(name.split()), plain=tuple(dict.fromkeys(written)))
    for name, written in all_spelled(patterns, patterns.values).items():
        yield Word(tuple(name.split()), patterns=tuple(written))


def _ways(section: TomlTable, word: str) -> list[str]:
    """Return every way to write a word with choices: (被|)(行政|)复议 in four."""
    parts = [part.split("|") if at % 2 else [part] for at, part in enumerate(_CHOICE.split(word))]
    if prod(map(len, parts)) > _MOST_WAYS:
        raise section.fault(f"“{word}”的写法超过 {_MOST_WAYS} 种。", word)
    return [way for way in map("".join, product(*parts)) if way]


def _claim(section: TomlTable, expander: Expander, known: set[str]) -> Claim:
    written = section.into(_ClaimText)
    says = tuple(found for text in written.says for found in _meanings(section, text, known))
    sums = {
        name: tuple(_sum(section, text, expander) for text in getattr(written, name))
        for name in ("equals", "rest_of")
    }
    given = {name: getattr(written, name) for name in written.__slots__}
    return Claim(**{**given, **sums, "says": says, "family": written.family or written.key})


def _sums(section: TomlTable, name: str, expander: Expander) -> tuple[Sum, ...]:
    """Return the sums of cells that ``name`` lists. Raises ConfigError."""
    return tuple(_sum(section, text, expander) for text in section.strings(name))


def _rate(section: TomlTable, expander: Expander) -> Rate:
    sums = {name: _sums(section, name, expander) for name in ("parts", "wholes")}
    return section.into(Rate, **sums, **all_spelled(section, ("said",)))


def _sign(section: TomlTable, claims: Sequence[Claim]) -> Sign:
    found = section.into(Sign, **all_spelled(section, ("said",)))
    if not any(claim.key == found.claim and claim.equals for claim in claims):
        raise section.fault(f"“{found.claim}”不是 [[narrative.claim]] 中有数的 key。", found.claim)
    return found


def _division(section: TomlTable, expander: Expander) -> DividedCells:
    written = section.into(_DividedCellsText)
    sums = {
        name: tuple(_sum(section, text, expander) for text in getattr(written, name))
        for name in ("wholes", "cells")
    }
    keys = tuple(key for own in sums["cells"] for key in own.plus)
    return DividedCells(written.name, written.rest, sums["wholes"], keys)


def _meanings(section: TomlTable, written: str, known: set[str]) -> Iterator[Concepts]:
    """Yield what ``a b? c?`` may hold: with each of the optional concepts, or without."""
    names = written.split()
    for name in names:
        if name.rstrip("?") not in known:
            raise section.fault(f"“{name}”不是 words 中的含义。", name)
    needed = [name for name in names if not name.endswith("?")]
    optional = [name[:-1] for name in names if name.endswith("?")]
    for size in range(len(optional) + 1):
        for chosen in combinations(optional, size):
            yield frozenset((*needed, *chosen))


def _sum(section: TomlTable, written: str, expander: Expander) -> Sum:
    """Read ``a + b - c``, each a cell or a group of them; what is added and taken away is neither.

    Raises ConfigError for a term that meets no cell.
    """
    plus, minus = (
        [key for term in terms for key in _cells(section, term, expander)] for terms in terms_by_sign(written)
    )
    return Sum(tuple(key for key in plus if key not in minus), tuple(key for key in minus if key not in plus))


def terms_by_sign(written: str) -> tuple[list[str], list[str]]:
    """Return what ``a + b - c`` adds, and what it takes away."""
    signed = [(sign, term.strip()) for sign, term in re.findall(r"([+-]?)([^+-]+)", written)]
    return [term for sign, term in signed if sign != "-"], [term for sign, term in signed if sign == "-"]


def _cells(section: TomlTable, term: str, expander: Expander) -> tuple[str, ...]:
    if "*" in term:
        raise section.fault(
            f"“{term}”不能用 * 按名称的写法找单元格。请在行、列的 groups 里写明组，这里写 @组，例如 requests.@refused.total。",
            term,
        )
    return expander.cells(section, (term,))
