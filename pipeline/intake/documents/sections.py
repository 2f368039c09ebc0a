"""The lines of a report go in; which of them belong to which text of the form comes out, by the headings between them.

Headings are known by their words, in every numbering that occurs ((一), 1., 一是, 第一部分, none); a topic's heading may run
into its paragraph. A table of contents is no heading. Where a heading stands twice nobody knows which is meant, so the
section counts as not found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.intake.read.labels import normalise

if TYPE_CHECKING:
    from pipeline.forms.form import Form, Section

_COUNT = "[一二三四五六七八九十百零〇]{1,3}"
_NUMBERING = re.compile(
    rf"(?:第(?:{_COUNT}|\d{{1,2}})(?:部分|章|节|篇)?[,.:]?|\((?:{_COUNT}|\d{{1,2}})\)[,.:]?|{_COUNT}(?:[,.:]|是[,:]?)|"
    r"\d{1,2}(?:[,.:)](?!\d)|(?:\.\d{1,2}){1,2}[,.]?))",
    re.ASCII,
)
_LEADERS = re.compile(r"[.…·_\-—]{0,200}\d{1,3}")
"""What follows a heading in a table of contents: dots and a page."""
_STOPS = re.compile(r"[。：:\n ]")
"""Where a numbered heading ends that runs into its paragraph."""
_AFTER_HEADING = "。:.,;"
_LONGEST = 60
_LONGEST_HEADING = 40


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """A line of the document; ``number`` is its place among the parts, tables included."""

    number: int
    text: str


@dataclass(slots=True)
class Sections:
    """Where the sections of a form begin, and the lines of each of its texts.

    ``begins`` maps the number of a section to the place of its heading. ``missing`` are keys of texts whose heading was
    not found, ``twice`` titles that stand more than once. ``loose`` are lines of sections that hold a table.
    """

    texts: dict[str, list[str]] = field(default_factory=dict)
    begins: dict[int, int] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    """Where the first line of each text stands."""
    missing: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    before: list[DocumentLine] = field(default_factory=list)
    """Lines above the first section."""
    loose: list[DocumentLine] = field(default_factory=list)

    def extent(self, section: int, end: int) -> range:
        """Return the places of what stands in a section; ``end`` is the number of all parts."""
        start = self.begins.get(section)
        if start is None:
            return range(0)
        return range(start + 1, min((at for at in self.begins.values() if at > start), default=end))


@dataclass(frozen=True, slots=True)
class _HeadingWords:
    """The headings of a form as they are compared: of sections by number, of topics by key."""

    sections: Mapping[str, int]
    topics: Mapping[int, Mapping[str, str]]


def split_sections(form: Form, lines: Sequence[DocumentLine], tables: Iterable[int] = ()) -> Sections:
    """Give every line to the text it belongs to. ``tables`` are the places of tables among the parts."""
    words = _words(form)
    listed = {line.number: _section_of(words, line.text) for line in lines}
    result = Sections()
    content = {*tables, *(line.number for line in lines if listed[line.number] is None)}
    lines = [line for line in lines if not _is_contents_line(words, line.text)]
    _begin(
        form,
        result,
        [(line.number, at) for line in lines if (at := listed[line.number]) is not None],
        content,
    )
    first = min(result.begins.values(), default=None)
    result.before = [line for line in lines if first is not None and line.number < first]
    end = 1 + max((line.number for line in lines), default=0)
    for number, section in enumerate(form.sections):
        extent = result.extent(number, max(end, *tables, 0) if tables else end)
        own = [line for line in lines if line.number in extent]
        _give(form, section, words.topics.get(number, {}), own, result, is_found=number in result.begins)
    return result


def headings(form: Form, lines: Iterable[str]) -> set[int]:
    """Return the numbers of the sections whose titles stand among ``lines``."""
    words = _words(form)
    return {at for line in lines if (at := _section_of(words, line)) is not None}


def bare_heading(text: str) -> str:
    """Return a heading without its number and the sign at its end, as it is compared."""
    plain = normalise(text)
    found = _NUMBERING.match(plain)
    return plain[found.end() if found else 0 :].rstrip(_AFTER_HEADING)


@lru_cache(maxsize=8)
def _words(form: Form) -> _HeadingWords:
    texts = {text.key: text for text in form.texts}
    topics: dict[int, Mapping[str, str]] = {}
    for number, section in enumerate(form.sections):
        own = [texts[key] for key in section.contents if key in texts and texts[key].heading]
        topics[number] = {bare_heading(word): item.key for item in own for word in (item.label, *item.also)}
    sections = {
        bare_heading(word): number
        for number, section in enumerate(form.sections)
        for word in (section.title, *section.also)
    }
    return _HeadingWords(sections, topics)


def _section_of(words: _HeadingWords, text: str) -> int | None:
    return words.sections.get(bare_heading(text)) if len(text) <= _LONGEST else None


def _is_contents_line(words: _HeadingWords, text: str) -> bool:
    """Whether a line is one of a table of contents: a heading, dots, a page."""
    if len(text) > _LONGEST + _LONGEST_HEADING:
        return False
    bare = bare_heading(text)
    known = [*words.sections, *(word for own in words.topics.values() for word in own)]
    return any(bare.startswith(word) and _LEADERS.fullmatch(bare[len(word) :]) for word in known)


def _begin(form: Form, result: Sections, found: Sequence[tuple[int, int]], content: set[int]) -> None:
    """Choose where each section begins; a heading with nothing below it that comes again is one of a table of contents."""
    kept: list[tuple[int, int]] = []
    for index, (at, section) in enumerate(found):
        following = found[index + 1][0] if index + 1 < len(found) else None
        is_empty = following is not None and not any(place in content for place in range(at + 1, following))
        if not (is_empty and any(other == section for _, other in found[index + 1 :])):
            kept.append((at, section))
    counts = {section: [at for at, other in kept if other == section] for _, section in kept}
    result.twice = [form.sections[section].title for section, places in counts.items() if len(places) > 1]
    last = -1
    for at, section in kept:
        if len(counts[section]) == 1 and section > last:
            result.begins[section] = at
            last = section


def _give(
    form: Form,
    section: Section,
    topics: Mapping[str, str],
    lines: Sequence[DocumentLine],
    result: Sections,
    *,
    is_found: bool,
) -> None:
    texts = [text for text in form.texts if text.key in section.contents]
    plain = next((text.key for text in texts if not text.heading), "")
    given: dict[str, list[DocumentLine]] = {plain: []}
    current, seen = plain, list[str]()
    for line in lines:
        key, rest = _topic_of(topics, line.text)
        if key:
            seen.append(key)
            current = key
            given.setdefault(key, [])
        if rest:
            given[current].append(DocumentLine(line.number, rest))
    result.missing += [
        text.key for text in texts if not is_found or (text.heading and seen.count(text.key) != 1)
    ]
    if not texts:
        result.loose += given[plain]
        return
    for key, own in given.items():
        if key and (own or key != plain):
            result.texts[key] = [line.text for line in own]
            if own:
                result.places[key] = own[0].number


def _topic_of(topics: Mapping[str, str], text: str) -> tuple[str, str]:
    """Return the key of the topic whose heading ``text`` is or begins with, and what is left of it."""
    if not topics:
        return "", text
    if len(text) <= _LONGEST and (key := topics.get(bare_heading(text))):
        return key, ""
    for found in (
        _STOPS.finditer(text[:_LONGEST_HEADING])
        if _NUMBERING.match(normalise(text[:_LONGEST_HEADING]))
        else ()
    ):
        if key := topics.get(bare_heading(text[: found.start()])):
            return key, text[found.end() :].strip()
    return "", text
