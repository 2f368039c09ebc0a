"""The form's [[draft]] declarations go in; sentences with the figures of a summed report come out.

A mark such as ``{{table.row.column}}`` stands for a figure, ``{{a + b}}`` and ``{{table.@group.column}}`` for sums, ``{{agency}}`` and
``{{year}}`` for whose and which report it is. What only a person can write is asked for in words that rule N14 catches,
so that an unfinished draft is not accepted as a report.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.forms.expand import Expander
from pipeline.toml_source import Faults

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from pipeline.model import Number
    from pipeline.toml_source import TomlSource, TomlTable

_MARK = re.compile(r"\{\{([^{}]+)\}\}")
NAMES = ("agency", "year", "period")
GAP = "【填写"
"""What every gap begins with."""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is written in a text of a summed report.

    ``lines`` are paragraphs a program can write; ``ask`` says what a person has to add in the district's own report;
    ``refer`` are paragraphs for a table that goes up, where texts are not merged.
    """

    text: str
    lines: tuple[str, ...] = ()
    ask: tuple[str, ...] = ()
    refer: tuple[str, ...] = ()


def to_fill_in(what: str) -> str:
    """Spell a gap that a person has to fill, so that it is caught if nobody does."""
    return f"{GAP}：{what}】"


def load_drafts(source: TomlSource, texts: Iterable[str], expander: Expander) -> tuple[Draft, ...]:
    """Read every [[draft]], groups of rows spelled out. Raises ConfigError for a mark or a text the form does not have."""
    known = set(texts)
    drafts, faults = [], Faults()
    for section in source.tables("draft"):
        with faults:
            draft = section.into(Draft)
            if draft.text not in known:
                raise section.fault(f"没有名为“{draft.text}”的文字。", "text")
            lines, refer = (
                tuple(_spelled_out(section, line, expander) for line in found)
                for found in (draft.lines, draft.refer)
            )
            drafts.append(replace(draft, lines=lines, refer=refer))
    faults.refuse()
    return tuple(drafts)


def _spelled_out(section: TomlTable, line: str, expander: Expander) -> str:
    """Replace every group in the marks of ``line`` by the cells it stands for."""

    def spelled(found: re.Match[str]) -> str:
        terms = _terms(found)
        return found[0] if terms[0] in NAMES else f"{{{{{' + '.join(expander.cells(section, terms))}}}}}"

    return _MARK.sub(spelled, line)


def _terms(found: re.Match[str]) -> list[str]:
    return [term.strip() for term in found[1].split("+")]


def terms_of(line: str) -> list[tuple[str, ...]]:
    """Return what each mark of a line adds up, or names."""
    return [tuple(_terms(found)) for found in _MARK.finditer(line)]


def has_figures(line: str) -> bool:
    """Whether a line states figures and not only whose and which report it is."""
    return any(_terms(found)[0] not in NAMES for found in _MARK.finditer(line))


def refers(line: str, said: str) -> bool:
    """Whether ``said`` is ``line`` for some body and some year."""
    return _spoken(line).fullmatch(said.strip()) is not None


@lru_cache
def _spoken(line: str) -> re.Pattern[str]:
    return re.compile(".+".join(map(re.escape, _MARK.split(line)[::2])))


def filled(
    lines: Sequence[str],
    names: Mapping[str, str],
    numbers: Mapping[str, Number],
    spell: Callable[[Number], str],
) -> list[str]:
    """Return the lines with every mark replaced; ``names`` holds one word for each of ``NAMES``."""

    def said(found: re.Match[str]) -> str:
        terms = _terms(found)
        if terms[0] in names:
            return names[terms[0]]
        return spell(sum((numbers[term] for term in terms), start=0))

    return [_MARK.sub(said, line) for line in lines]
