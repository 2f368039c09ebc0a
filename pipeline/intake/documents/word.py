"""The bytes of a .docx go in; its paragraphs and tables come out.

What a person sees is read: text that is hidden or was deleted is not, text in boxes is, and a raised or struck digit never
joins the number beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.intake.documents.odd_marks import TextRun, joined
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

if TYPE_CHECKING:
    from lxml import etree

KIND = "Word 文档"
_MAIN = "word/document.xml"
_SKIPPED = frozenset(
    {"del", "moveFrom", "Fallback", "instrText", "delText", "pPr", "sectPr", "rPr", "tblPr", "tblGrid"}
)
_OFF = frozenset({"0", "false", "off", "none"})
_SPELLED: Mapping[str, str] = {
    "tab": " ",
    "ptab": " ",
    "br": "\n",
    "cr": "\n",
    "noBreakHyphen": "-",
    "softHyphen": "",
}
_RAISED = frozenset({"superscript", "subscript"})


def read_word(content: bytes) -> Document:
    """Read a .docx. Raises Refused."""
    parts = package.inflate_all(package.open_package(content))
    if _MAIN not in parts:
        raise Refused("damaged")
    root = parse_xml(parts[_MAIN])
    body = next((child for child in root if local(child) == "body"), root)
    reader = _WordReader()
    blocks = list(reader.blocks(body))
    return document(KIND, blocks, pictures=reader.pictures, is_revised=reader.is_revised)


@dataclass(slots=True)
class _WordReader:
    pictures: int = 0
    is_revised: bool = False
    floating: list[Paragraph | DocumentTable] = field(default_factory=list)
    """What stands in boxes of the paragraph that is being read: it follows the paragraph."""

    def blocks(self, parent: etree._Element) -> Iterator[Paragraph | DocumentTable]:
        for child in parent:
            name = local(child)
            if name == "p":
                yield from self._paragraph(child)
            elif name == "tbl":
                yield self._table(child)
            elif name in {"del", "ins", "moveFrom", "moveTo"}:
                self.is_revised = True
                yield from self.blocks(child) if name in {"ins", "moveTo"} else ()
            elif name not in _SKIPPED:  # content controls, custom XML, alternatives
                yield from self.blocks(child)

    def _paragraph(self, element: etree._Element) -> Iterator[Paragraph | DocumentTable]:
        outer, self.floating = self.floating, []
        text = joined(self._runs(element))
        found, self.floating = self.floating, outer
        yield from (Paragraph(line) for line in tidy(text).split("\n"))
        yield from found

    def _runs(self, element: etree._Element, *, look: str = "") -> Iterator[TextRun]:
        for child in element:
            name = local(child)
            if name == "t":
                yield TextRun(child.text or "", look)
            elif name in _SPELLED:
                yield TextRun(_SPELLED[name], look)
            elif name == "r":
                own = _look(child)
                if own is not None:
                    yield from self._runs(child, look=own)
            elif name == "txbxContent":
                self.floating += self.blocks(child)
            elif name in {"ins", "del", "moveTo", "moveFrom"}:
                self.is_revised = True
                yield from self._runs(child) if name in {"ins", "moveTo"} else ()
            elif name in {"blip", "imagedata"}:
                self.pictures += 1
            elif name not in _SKIPPED:
                yield from self._runs(child, look=look)

    def _table(self, element: etree._Element) -> DocumentTable:
        cells: list[BlockCell] = []
        above: dict[int, int] = {}
        """By first column: the cell that a continued one belongs to."""
        for number, row in enumerate(_rows(element)):
            column = _skipped(row, "gridBefore")
            for cell in _cells(row):
                width, merge = _span(cell)
                owner = above.get(column)
                if merge == "continue" and owner is not None:
                    old = cells[owner]
                    cells[owner] = BlockCell(
                        old.row, old.column, old.content, number - old.row + 1, old.width
                    )
                else:
                    above[column] = len(cells)
                    cells.append(BlockCell(number, column, list(self.blocks(cell)), 1, width))
                if not merge:
                    above.pop(column, None)
                column += width
        return DocumentTable(cells)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        name = local(child)
        if name == "tr":
            properties = next((item for item in child if local(item) == "trPr"), ())
            if not any(local(item) == "del" for item in properties):
                yield child
        elif name in {"sdt", "sdtContent", "customXml", "ins"}:
            yield from _rows(child)


def _cells(row: etree._Element) -> Iterator[etree._Element]:
    for child in row:
        name = local(child)
        if name == "tc":
            yield child
        elif name in {"sdt", "sdtContent", "customXml"}:
            yield from _cells(child)


def _skipped(row: etree._Element, name: str) -> int:
    properties = next((item for item in row if local(item) == "trPr"), ())
    return next((_count(attribute(item, "val")) for item in properties if local(item) == name), 0)


def _span(cell: etree._Element) -> tuple[int, str]:
    """Return how many columns a cell spans, and whether it begins (restart) or continues a merged one."""
    width, merge = 1, ""
    for item in next((item for item in cell if local(item) == "tcPr"), ()):
        name = local(item)
        if name == "gridSpan":
            width = max(1, _count(attribute(item, "val")))
        elif name == "vMerge":
            merge = attribute(item, "val") or "continue"
    return width, merge


def _count(text: str) -> int:
    return min(int(text), MAX_SPAN) if text.isdecimal() and len(text) < 6 else 0  # noqa: PLR2004 - no table is so wide


def _look(run: etree._Element) -> str | None:
    """Say how a run looks: plain (empty), raised or struck; None where it is hidden."""
    properties = next((item for item in run if local(item) == "rPr"), ())
    look = ""
    for item in properties:
        name, value = local(item), attribute(item, "val")
        if name in {"vanish", "webHidden"} and value not in _OFF:
            return None
        if (name == "vertAlign" and value in _RAISED) or (
            name in {"strike", "dstrike"} and value not in _OFF
        ):
            look = name
    return look
