"""The bytes of an .odt go in; its paragraphs and tables come out. LibreOffice is not needed for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from pipeline.intake.documents.odd_marks import RAISED, SHIFTED, STRUCK, TextRun, joined
from pipeline.intake.documents.parts import (
    MAX_SPAN,
    BlockCell,
    Document,
    DocumentTable,
    Paragraph,
    document,
    tidy,
)
from pipeline.intake.documents.xml import attribute, local, parse_xml
from pipeline.intake.guard import package
from pipeline.intake.guard.refusal import Refused
from pipeline.intake.read.odf_styles import Seen, Styles

KIND = "ODT 文字文档"
_CONTENT, _STYLES = "content.xml", "styles.xml"
_SKIPPED = frozenset(
    {
        "tracked-changes",
        "note",
        "annotation",
        "hidden-text",
        "hidden-paragraph",
        "ruby-text",
        "sequence-decls",
        "forms",
        "variable-decls",
    }
)
_ROWS = frozenset({"table-rows", "table-header-rows", "table-row-group"})
_MOST_REPEATS = 100
"""A cell or a row repeated more often fills the rest of a sheet, not of a report's table."""


def read_odt(content: bytes) -> Document:
    """Read an .odt. Raises Refused."""
    parts = package.inflate_all(package.open_package(content))
    if _CONTENT not in parts:
        raise Refused("damaged")
    root = parse_xml(parts[_CONTENT])
    styles = Styles()
    styles.learn(parts.get(_STYLES, b""))
    for own in root.iterchildren("{*}automatic-styles"):
        styles.learn(etree.tostring(own))
    reader = _OdtReader(styles)
    text = next(root.iterfind("{*}body/{*}text"), root)
    blocks = list(reader.blocks(text))
    return document(KIND, blocks, pictures=reader.pictures, is_revised=reader.is_revised)


def _look(seen: Seen) -> str:
    if seen.struck:
        return STRUCK
    if seen.raised:
        return RAISED
    return SHIFTED if seen.shifted else ""


@dataclass(slots=True)
class _OdtReader:
    styles: Styles
    pictures: int = 0
    is_revised: bool = False
    floating: list[Paragraph | DocumentTable] = field(default_factory=list)

    def blocks(self, parent: etree._Element) -> Iterator[Paragraph | DocumentTable]:
        for child in parent:
            name = local(child)
            if name in {"p", "h"}:
                yield from self._paragraph(child)
            elif name == "table":
                yield self._table(child)
            elif name == "tracked-changes":
                self.is_revised = True
            elif name == "image":
                self.pictures += 1
            elif name not in _SKIPPED:  # lists, sections, frames, indexes
                yield from self.blocks(child)

    def _paragraph(self, element: etree._Element) -> Iterator[Paragraph | DocumentTable]:
        seen = self.styles.of_paragraph(attribute(element, "style-name"))
        outer, self.floating = self.floating, []
        text = "" if seen.hidden else joined(self._runs(element, _look(seen)))
        found, self.floating = self.floating, outer
        yield from (Paragraph(line) for line in tidy(text).split("\n"))
        yield from found

    def _runs(self, element: etree._Element, look: str) -> Iterator[TextRun]:
        yield TextRun(_plain(element.text), look)
        for child in element:
            name = local(child)
            if name in {"s", "tab"}:
                yield TextRun(" ", look)
            elif name == "line-break":
                yield TextRun("\n", look)
            elif name in {"frame", "custom-shape"}:
                self.floating += self.blocks(child)
            elif name == "span":
                seen = self.styles.of_text(attribute(child, "style-name"))
                yield from () if seen.hidden else self._runs(child, _look(seen) or look)
            elif name not in _SKIPPED:
                yield from self._runs(child, look)
            yield TextRun(_plain(child.tail), look)

    def _table(self, element: etree._Element) -> DocumentTable:
        cells: list[BlockCell] = []
        for number, row in enumerate(_rows(element)):
            column = 0
            for cell in row:
                repeats = min(_count(cell, "number-columns-repeated"), _MOST_REPEATS)
                for _ in range(repeats):
                    if local(cell) == "table-cell":
                        height, width = (
                            _count(cell, "number-rows-spanned"),
                            _count(cell, "number-columns-spanned"),
                        )
                        cells.append(BlockCell(number, column, list(self.blocks(cell)), height, width))
                    column += 1
        return DocumentTable(cells)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        name = local(child)
        if name == "table-row":
            for _ in range(min(_count(child, "number-rows-repeated"), _MOST_REPEATS)):
                yield child
        elif name in _ROWS:
            yield from _rows(child)


def _count(element: etree._Element, name: str) -> int:
    text = attribute(element, name)
    return max(1, min(int(text), MAX_SPAN)) if text.isdecimal() and len(text) < 6 else 1  # noqa: PLR2004


def _plain(text: str | None) -> str:
    """Return text as it is shown: line breaks in the file are spaces."""
    return " ".join(text.split("\n")) if text else ""
