"""One XML part of a Word layout goes in; its fixed stretches and the fields between them come out.

Word splits what a person typed into runs as it likes, so a mark is looked for in a whole paragraph and then moved
into its first run. A text that has a paragraph to itself repeats that paragraph, style and all.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Literal

from lxml import etree

from pipeline.model import ConfigError
from pipeline.publishing.word.styles import TITLE_STYLE, W, narrow_figures

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

FieldKind = Literal["value", "paragraphs", "heading"]
MarkKind = Literal["value", "text", "heading"]

TITLE_MARK = "title"
PROPERTY_TITLE = "title of the file"
"""No mark of a layout: they hold no blanks."""
NOTE_MARK = "note"
"""What is to be known of the whole document, above every page; mostly nothing."""
LINE_SUFFIX = ":line"
"""``{{key:line}}`` is an entry with its label; the paragraph disappears where it was not answered."""
HEADING_SUFFIX = ":heading"
"""``{{key:heading}}`` is the label of an optional text; the paragraph disappears together with the text."""


@dataclass(frozen=True, slots=True)
class Field:
    """What differs from report to report. ``before`` and ``after`` enclose every paragraph it prints."""

    kind: FieldKind
    key: str
    before: str = ""
    after: str = ""
    may_vanish: bool = False
    is_narrow: bool = False
    """Whether it stands in a narrow column of figures."""
    is_title: bool = False
    """Whether it stands in the style of the title."""


@dataclass(frozen=True, slots=True)
class LivePart:
    """A part with fields: literal, field, literal … literal."""

    name: str
    literals: tuple[str, ...]
    fields: tuple[Field, ...]


_CORE = "http://purl.org/dc/elements/1.1/"
_TERMS = "http://purl.org/dc/terms/"
_HOLDERS = {"document", "hdr", "ftr", "footnotes", "endnotes"}
_MARK = re.compile(r"[{｛]{2}\s*([^{}｛｝]*?)\s*[}｝]{2}")
_LOOSE_BRACES = re.compile(r"[{｛]{2}|[}｝]{2}")
_OPEN, _CLOSE = "\U000f0000", "\U000f0001"
"""Enclose our own notes in the tree while it is being taken apart; no writing uses these characters."""
_NOTE = re.compile(
    f"{_OPEN}value ([^{_CLOSE}]+){_CLOSE}"
    f"|{_OPEN}(paragraphs|heading) ([^{_CLOSE}]+?) (may_vanish|stays){_CLOSE}"
    f"(.*?){_OPEN}here{_CLOSE}(.*?){_OPEN}end{_CLOSE}",
    re.DOTALL,
)
_ONCE_ONLY = [
    f"{{{W}}}{name}" for name in ("bookmarkStart", "bookmarkEnd", "proofErr", "lastRenderedPageBreak")
]
_NOT_REPEATABLE = [f"{{{W}}}{name}" for name in ("sectPr", "txbxContent")]
_STYLE = re.compile(r'<w:pStyle w:val="([^"]+)"')
_NARROW = narrow_figures()
_IDENTITIES = ("paraId", "textId")
_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def read_properties(name: str, content: bytes) -> LivePart:
    """Make the title a field of the properties of a document, and leave out when the layout was made and saved."""
    root = _parsed(name, content)
    for moment in list(root.iter(f"{{{_TERMS}}}created", f"{{{_TERMS}}}modified")):
        root.remove(moment)
    title = root.find(f"{{{_CORE}}}title")
    if title is None:
        title = etree.SubElement(root, f"{{{_CORE}}}title")
    title.text = f"{_OPEN}value {PROPERTY_TITLE}{_CLOSE}"
    return _take_apart(name, etree.tostring(root, encoding="unicode"))


def _parsed(name: str, content: bytes) -> etree._Element:
    """Parse a part. Raises ConfigError for one that is damaged."""
    try:
        return etree.fromstring(content, etree.XMLParser(resolve_entities=False, no_network=True))
    except etree.XMLSyntaxError as error:
        raise ConfigError(f"Word 版式已损坏（{name}），请从备份恢复，或重新生成版式。") from error


def mark(key: str) -> str:
    """Spell the mark that stands for ``key``."""
    return "{{" + key + "}}"


def read_marks(name: str, content: bytes, marks: Mapping[str, MarkKind]) -> LivePart | None:
    """Find the marks of a part; None if it has none. Raises ConfigError for a mark that is not among ``marks``."""
    root = _parsed(name, content)
    if etree.QName(root).localname not in _HOLDERS:
        return None
    found = [_note_marks(paragraph, marks) for paragraph in list(root.iter(f"{{{W}}}p"))]
    return _take_apart(name, etree.tostring(root, encoding="unicode")) if any(found) else None


def _note_marks(paragraph: etree._Element, marks: Mapping[str, MarkKind]) -> bool:
    """Replace the marks of a paragraph by notes."""
    leaves = list(_leaves(paragraph))
    text = "".join(leaf.text or "" for leaf in leaves)
    found = list(_MARK.finditer(text))
    if _LOOSE_BRACES.search(_MARK.sub("", text)):
        raise ConfigError(
            f"Word 版式中的标记没有写完整：“{text.strip()[:40]}”。标记应写在同一段内，前后各两个大括号，例如 {mark(next(iter(marks)))}。"
        )
    kinds = [_kind(match[1], marks) for match in found]
    is_alone = len(found) == 1 and found[0][0] == text.strip() and not any(paragraph.iter(*_NOT_REPEATABLE))
    if is_alone and kinds[0] != "value":
        _move_together(leaves, found, ["here"])
        _note_paragraph(paragraph, found[0][1], "heading" if kinds[0] == "heading" else "paragraphs")
    elif found:
        _move_together(leaves, found, [f"value {match[1]}" for match in found])
    return bool(found)


def _leaves(paragraph: etree._Element) -> Iterator[etree._Element]:
    """Yield the pieces of text that belong to ``paragraph`` itself, not to a text box inside it."""
    for leaf in paragraph.iter(f"{{{W}}}t"):
        if next(leaf.iterancestors(f"{{{W}}}p")) is paragraph:
            yield leaf


def _kind(name: str, marks: Mapping[str, MarkKind]) -> MarkKind:
    if name in marks:
        return marks[name]
    near = get_close_matches(name, marks, n=1)
    guess = f"是不是 {mark(near[0])}？" if near else ""
    examples = "、".join(mark(key) for key in _examples(marks))
    raise ConfigError(
        f"Word 版式中有不认识的标记 {mark(name)}。{guess}"
        f"可用的标记有报告标题、各项文字、各项数据和基本信息，例如 {examples}；全部名称见数据项清单。"
    )


def _examples(marks: Mapping[str, MarkKind]) -> list[str]:
    """Show the first mark of each sort: what the parts before the first dot differ in."""
    sorts: dict[str, str] = {}
    for key, kind in marks.items():
        if kind != "heading":
            sorts.setdefault(key.split(".", 1)[0], key)
    return list(sorts.values())


def _move_together(
    leaves: Sequence[etree._Element], found: Sequence[re.Match[str]], notes: Sequence[str]
) -> None:
    """Write each note where its mark begins and remove the rest of the mark from the runs it was split over."""
    start = 0
    for leaf in leaves:
        old = leaf.text or ""
        end = start + len(old)
        new, position = [], start
        for match, note in zip(found, notes, strict=True):
            if match.end() <= start or match.start() >= end:
                continue
            new.append(old[position - start : max(match.start(), start) - start])
            new += [f"{_OPEN}{note}{_CLOSE}"] if match.start() >= start else []
            position = min(match.end(), end)
        if new:
            leaf.text = "".join(new) + old[position - start :]
            leaf.set("{http://www.w3.org/XML/1998/namespace}space", "preserve")
        start = end


def _note_paragraph(paragraph: etree._Element, key: str, kind: FieldKind) -> None:
    """Enclose a paragraph that repeats or vanishes; one that a cell or a footer cannot do without stays."""
    for once in list(paragraph.iter(*_ONCE_ONLY)):
        _remove(once)
    for name in list(paragraph.attrib):
        if etree.QName(name).localname in _IDENTITIES:
            del paragraph.attrib[name]
    parent = paragraph.getparent()
    assert parent is not None  # noqa: S101 - a paragraph is never the root
    stays = "may_vanish" if etree.QName(parent).localname == "body" else "stays"
    opening = f"{_OPEN}{kind} {key} {stays}{_CLOSE}"
    before = paragraph.getprevious()
    if before is None:
        parent.text = (parent.text or "") + opening
    else:
        before.tail = (before.tail or "") + opening
    paragraph.tail = f"{_OPEN}end{_CLOSE}{paragraph.tail or ''}"


def _remove(element: etree._Element) -> None:
    parent = element.getparent()
    if parent is not None:
        parent.remove(element)


def _style_at_end(literal: str) -> str:
    """Return the id of the paragraph style that is in force where ``literal`` ends, if it says so."""
    found = _STYLE.findall(literal[literal.rfind("<w:p>") :])
    return found[-1] if found else ""


def _take_apart(name: str, xml: str) -> LivePart:
    literals: list[str] = []
    fields: list[Field] = []
    position = 0
    for note in _NOTE.finditer(xml):
        literals.append(xml[position : note.start()])
        value, kind, key, vanishing, before, after = note.groups()
        if value:
            style = _style_at_end(literals[-1])
            fields.append(Field("value", value, is_narrow=style in _NARROW, is_title=style == TITLE_STYLE))
        else:
            sort: FieldKind = "heading" if kind == "heading" else "paragraphs"
            fields.append(Field(sort, key, before, after, vanishing == "may_vanish"))
        position = note.end()
    literals.append(xml[position:])
    return LivePart(name, (_DECLARATION + literals[0], *literals[1:]), tuple(fields))
