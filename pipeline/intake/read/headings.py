"""Lines of running text go in; what stands under each heading of the form comes out, by the key of its text.

The headings are the form's own: the titles of its sections and the labels of texts that are printed as headings, in the
numberings that people use. A heading is a line of its own, or opens a line with its number and a colon or full stop.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.intake.read.labels import normalise

if TYPE_CHECKING:
    from pipeline.forms.form import Form

_NUMERALS = "一二三四五六七八九十"
_NUMBER = re.compile(
    rf"^\s*(?:第[{_NUMERALS}\d]{{1,2}}(?:部分|章|节)?[、.:：\s]*"
    rf"|[（(]\s*(?:[{_NUMERALS}]{{1,3}}|\d{{1,2}})\s*[）)][、.．:：\s]*"
    rf"|(?:[{_NUMERALS}]{{1,3}}|\d{{1,2}})\s*[、.．)）:：]\s*)+"
)
_ORDINAL = re.compile(rf"[{_NUMERALS}]|\d{{1,2}}")
_SUFFIX = "(?:情况|方面|工作|工作情况|方面情况)?"
_END = re.compile(r"[:：。.,，；;、\s]*")
_OPENS = re.compile(r"[:：。.\s]")
_LONGEST = 60
_SHORTEST_PART = 4
TABLE = ""
"""Stands for the key under a heading whose section holds a table and no text."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the form: the key of the text that stands under it, or ``TABLE``; its name without number, its ordinal."""

    key: str
    label: str
    name: str
    ordinal: int


@dataclass(slots=True)
class HeadedPart:
    """What stands under one heading; before the first one, under none. ``at`` is the number of the line it begins with."""

    heading: Heading | None
    lines: list[str] = field(default_factory=list)
    at: int = 0

    @property
    def text(self) -> str:
        """The paragraphs, one a line."""
        return "\n".join(self.lines).strip()


def parts_of(form: Form, lines: Iterable[str]) -> list[HeadedPart]:
    """Cut lines at the headings of the form; the first part stands under none and may be empty."""
    parts = [HeadedPart(None)]
    for number, line in enumerate(lines):
        found = heading_in(form, line)
        if found is None:
            parts[-1].lines.append(line)
            continue
        heading, rest = found
        parts.append(HeadedPart(heading, [rest] if rest else [], number))
    return parts


def heading_in(form: Form, line: str) -> tuple[Heading, str] | None:
    """Return the heading that a line is, or opens with, and the rest of the line."""
    numbered = _NUMBER.match(line)
    body = line[numbered.end() :] if numbered else line.lstrip()
    if unicodedata.normalize("NFKC", body[:1]) not in _beginnings(form):
        return None
    ordinal = _ordinal(numbered[0]) if numbered else 0
    opening = "".join(
        one if len(one := unicodedata.normalize("NFKC", sign)) == 1 else sign for sign in body[:_LONGEST]
    )
    for heading in headings_of(form):
        end = _end_of(heading, opening, ordinal)
        if end is None:
            continue
        rest = body[end:]
        opened = _END.sub("", rest, count=1) if _OPENS.match(rest) or not rest else rest
        if not opened and len(line) <= _LONGEST:
            return heading, ""
        if numbered and rest and _OPENS.match(rest):
            return heading, opened
    return None


def opens_a_list(lines: Sequence[str]) -> bool:
    """Say whether the first line is the first item of a list whose next one stands below: no heading then, but its own number."""
    numbers = [found for line in lines if (found := _NUMBER.match(line))]
    if not numbers or not _NUMBER.match(lines[0]) or not _ordinal(numbers[0][0]):
        return False
    alike = [found[0] for found in numbers[1:] if _shape(found[0]) == _shape(numbers[0][0])]
    return bool(alike) and _ordinal(alike[0]) == _ordinal(numbers[0][0]) + 1


def _shape(number: str) -> str:
    return _ORDINAL.sub("#", "".join(number.split()))


@lru_cache(maxsize=8)
def _beginnings(form: Form) -> frozenset[str]:
    """Return the signs with which a heading, or the last part of one, may begin."""
    return frozenset(
        name[start]
        for name in (heading.name for heading in headings_of(form))
        for start in range(max(1, len(name) - _SHORTEST_PART + 1))
    )


def _end_of(heading: Heading, opening: str, ordinal: int) -> int | None:
    """Return where the name of ``heading`` ends in ``opening``; None if it does not open with it."""
    names = [heading.name]
    if ordinal and ordinal == heading.ordinal and heading.key != TABLE:
        names += [heading.name[start:] for start in range(1, len(heading.name) - _SHORTEST_PART + 1)]
    for name in names:
        found = _pattern(name).match(opening) if opening.startswith(name[:1]) else None
        if found:
            return found.end()
    return None


@lru_cache(maxsize=256)
def _pattern(name: str) -> re.Pattern[str]:
    """Match ``name`` as the opening of a line, with spaces between its characters."""
    return re.compile(r"\s*".join(map(re.escape, name)) + _SUFFIX + r"(?=$|[:：。.,，；;、\s])")


@lru_cache(maxsize=8)
def headings_of(form: Form) -> tuple[Heading, ...]:
    """Return the headings of the form in its order: a section's title, then those of the texts in it."""
    texts = {text.key: text for text in form.texts}
    found: list[Heading] = []
    for section in form.sections:
        own = [texts[key] for key in section.contents if key in texts]
        lead = next((text.key for text in own if not text.heading), TABLE)
        found.append(_heading(lead, section.title))
        found += [_heading(text.key, text.label) for text in own if text.heading]
    return tuple(found)


def _heading(key: str, label: str) -> Heading:
    numbered = _NUMBER.match(label)
    name = unicodedata.normalize("NFKC", label[numbered.end() :] if numbered else label).strip()
    return Heading(key, label, name, _ordinal(numbered[0]) if numbered else 0)


def _ordinal(number: str) -> int:
    found = _ORDINAL.findall(number)
    if len(found) != 1:
        return 0
    return int(found[0]) if found[0].isdecimal() else _NUMERALS.index(found[0]) + 1


def is_title(form: Form, line: str) -> bool:
    """Say whether a line is the title of a report: it ends as the form's titles do and is no sentence."""
    tail = normalise(form.report_title.rpartition("}")[2])
    return len(line) <= _LONGEST and normalise(line).endswith(tail) and "。" not in line


def preface_of(form: Form) -> str:
    """Return the key of the text that stands before all sections; empty where the form has none."""
    placed = {key for section in form.sections for key in section.contents}
    return next((text.key for text in form.texts if text.key not in placed), "")


def bare(lines: Sequence[str] | str) -> str:
    """Return text without white space, to compare."""
    return "".join("".join(lines).split())
