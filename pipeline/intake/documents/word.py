"""The bytes of a .docx go in; its paragraphs and tables come out.

What a person sees is read: text that is hidden or was deleted is not, nor what a field only calculates with; text in boxes is,
and a digit that is raised, struck or shown nobody can say how never joins the number beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.intake.documents.odd_marks import RAISED, SIGN, UNSURE, TextRun, joined
from pipeline.intake.documents.parts import (
    MAX_SPAN,
    BlockCell,
    Document,
    DocumentTable,
    Paragraph,
    document,
    tidy,
)
from pipeline.intake.documents.word_styles import OFF, WordStyles, properties, valued
from pipeline.intake.documents.xml import attribute, local, parse_xml
from pipeline.intake.guard import package
from pipeline.intake.guard.refusal import Refused

if TYPE_CHECKING:
    from lxml import etree

KIND = "Word 文档"
_MAIN = "word/document.xml"
_RELATIONS = "word/_rels/document.xml.rels"
_SKIPPED = frozenset(
    {
        "del",
        "moveFrom",
        "Fallback",
        "delInstrText",
        "delText",
        "rt",
        "pPr",
        "sectPr",
        "rPr",
        "tblPr",
        "tblGrid",
    }
)
_SPELLED: Mapping[str, str] = {
    "tab": " ",
    "ptab": " ",
    "br": "\n",
    "cr": "\n",
    "noBreakHyphen": "-",
    "softHyphen": "",
}
_REVISED = tuple(
    f"{{*}}{name}" for name in ("ins", "del", "moveFrom", "moveTo", "cellIns", "cellDel", "cellMerge")
)
_SILENT = frozenset(["ASK", "NEXT", "NEXTIF", "PRIVATE", "RD", "SET", "SKIPIF", "TA", "TC", "XE"])
"""Fields that show nothing; of others without a result, such as EQ, nobody can tell what they show."""


def read_word(content: bytes) -> Document:
    """Read a .docx. Raises Refused."""
    parts = package.inflate_all(package.open_package(content))
    if _MAIN not in parts:
        raise Refused("damaged")
    root = parse_xml(parts[_MAIN])
    body = next((child for child in root if local(child) == "body"), root)
    reader = _WordReader(WordStyles(_styles(parts)), _whole_fields(root))
    blocks = list(reader.blocks(body))
    is_revised = next(root.iter(*_REVISED), None) is not None
    return document(KIND, blocks, pictures=reader.pictures, is_revised=is_revised)


def _styles(parts: Mapping[str, bytes]) -> bytes:
    """Return the part that holds the styles; empty where there is none."""
    relations = parse_xml(parts[_RELATIONS]) if _RELATIONS in parts else ()
    target = next(
        (attribute(item, "Target") for item in relations if attribute(item, "Type").endswith("/styles")), ""
    )
    name = target.replace("\\", "/").lower()
    return parts.get(name.removeprefix("/") if name.startswith("/") else f"word/{name}", b"")


def _whole_fields(root: etree._Element) -> frozenset[etree._Element]:
    """Return the marks that begin a field which ends somewhere; one that never ends would hide all that follows."""
    open_ones: list[etree._Element] = []
    whole: list[etree._Element] = []
    for mark in root.iter("{*}fldChar"):
        kind = attribute(mark, "fldCharType")
        if kind == "begin":
            open_ones.append(mark)
        elif kind == "end" and open_ones:
            whole.append(open_ones.pop())
    return frozenset(whole)


@dataclass(slots=True)
class _WordField:
    """A field that is being read: its instruction is not shown, its result is."""

    instruction: str = ""
    has_result: bool = False


@dataclass(slots=True)
class _WordReader:
    styles: WordStyles
    whole_fields: frozenset[etree._Element]
    pictures: int = 0
    fields: list[_WordField] = field(default_factory=list)
    """The fields around what is being read, the outermost first."""
    table_styles: list[str] = field(default_factory=list)
    """Of the tables around what is being read."""
    paragraph_style: str = ""
    floating: list[Paragraph | DocumentTable] = field(default_factory=list)
    """What stands in boxes of the paragraph that is being read: it follows the paragraph."""

    def blocks(self, parent: etree._Element) -> Iterator[Paragraph | DocumentTable]:
        for child in parent:
            name = local(child)
            if name == "p":
                yield from self._paragraph(child)
            elif name == "tbl":
                is_shown = self._is_shown()
                table = self._table(child)
                yield from [table] if is_shown else ()
            elif name not in _SKIPPED:  # content controls, custom XML, alternatives
                yield from self.blocks(child)

    def _paragraph(self, element: etree._Element) -> Iterator[Paragraph | DocumentTable]:
        around = self.floating, self.paragraph_style
        self.floating, self.paragraph_style = [], valued(element, "{*}pPr", "{*}pStyle")
        text = joined(self._runs(element))
        found = self.floating
        self.floating, self.paragraph_style = around
        yield from (Paragraph(line) for line in tidy(text).split("\n"))
        yield from found

    def _runs(self, element: etree._Element, *, look: str = "") -> Iterator[TextRun]:
        for child in element:
            name = local(child)
            text = child.text or "" if name == "t" else _SPELLED.get(name)
            if text is not None:
                yield TextRun(self._if_shown(text), look)
            elif name == "r":
                yield from self._run(child, look)
            elif name in {"sym", "fldChar", "instrText"}:
                yield from self._mark(child, name)
            elif name == "txbxContent":
                self.floating += self.blocks(child)
            elif name in {"blip", "imagedata"}:
                self.pictures += 1
            elif name == "oMath":
                yield from self._formula(child, look)
            elif name not in _SKIPPED:
                is_turned = name == "bdo" and attribute(child, "val") == "rtl"
                yield from self._runs(child, look=UNSURE if is_turned else look)

    def _formula(self, formula: etree._Element, look: str) -> Iterator[TextRun]:
        """Read what stands in a row in a formula; what else it makes of numbers, such as a power or a fraction, is not known."""
        for part in formula:
            yield from self._run(part, look) if local(part) == "r" else self._runs(part, look=UNSURE)

    def _run(self, run: etree._Element, look: str) -> Iterator[TextRun]:
        table = self.table_styles[-1] if self.table_styles else ""
        own = self.styles.look(run, table, self.paragraph_style)
        if own is None:
            for mark in run.iterchildren("{*}fldChar"):
                yield from self._mark(mark, "fldChar")
        else:
            yield from self._runs(run, look=own or look)

    def _mark(self, mark: etree._Element, name: str) -> Iterator[TextRun]:
        """Follow a field from its beginning over its result to its end; yield a sign for one without a result, as for a sign of a font."""
        kind = attribute(mark, "fldCharType")
        if name == "sym":
            yield self._sign()
        elif kind == "begin" and mark in self.whole_fields:
            self.fields.append(_WordField())
        elif name == "instrText" and self.fields:
            self.fields[-1].instruction += mark.text or ""
        elif kind == "separate" and self.fields:
            self.fields[-1].has_result = True
        elif kind == "end" and self.fields:
            ended = self.fields.pop()
            if not ended.has_result and "".join(ended.instruction.split()[:1]).upper() not in _SILENT:
                yield self._sign()

    def _sign(self) -> TextRun:
        """Stand for a sign that only a picture is known of; outside of tables there are none but bullets and ticks."""
        return TextRun(self._if_shown(SIGN if self.table_styles else ""), RAISED)

    def _is_shown(self) -> bool:
        return all(around.has_result for around in self.fields)

    def _if_shown(self, text: str) -> str:
        return text if not self.fields or self._is_shown() else ""

    def _table(self, element: etree._Element) -> DocumentTable:
        cells: list[BlockCell] = []
        above: dict[int, int] = {}
        """By first column: the cell that a continued one belongs to."""
        self.table_styles.append(valued(element, "{*}tblPr", "{*}tblStyle"))
        for number, row in enumerate(_rows(element)):
            column = _count(valued(row, "{*}trPr", "{*}gridBefore"))
            for cell in _cells(row):
                width, merge, is_gone = _span(cell)
                if is_gone:
                    continue
                owner = above.get(column)
                if merge == "continue" and owner is not None:
                    old = cells[owner]
                    cells[owner] = BlockCell(
                        old.row, old.column, old.content, number - old.row + 1, old.width
                    )
                else:
                    above[column] = len(cells)
                    around = list(self.fields)
                    cells.append(BlockCell(number, column, list(self.blocks(cell)), 1, width))
                    self.fields = around
                if not merge:
                    above.pop(column, None)
                column += width
        self.table_styles.pop()
        return DocumentTable(cells)


def _rows(table: etree._Element) -> Iterator[etree._Element]:
    for child in table:
        name = local(child)
        if name == "tr":
            gone = properties(child, "{*}trPr", "{*}del", "{*}hidden")
            if all(attribute(item, "val") in OFF for item in gone):
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


def _span(cell: etree._Element) -> tuple[int, str, bool]:
    """Return how many columns a cell spans, whether it begins (restart) or continues a merged one, and whether it was deleted."""
    width, merge, is_gone = 1, "", False
    for item in properties(cell, "{*}tcPr"):
        name = local(item)
        if name == "gridSpan":
            width = max(1, _count(attribute(item, "val")))
        elif name == "vMerge":
            merge = attribute(item, "val") or "continue"
        elif name == "cellDel":
            is_gone = True
    return width, merge, is_gone


def _count(text: str) -> int:
    return min(int(text), MAX_SPAN) if text.isdecimal() and len(text) < 6 else 0  # noqa: PLR2004 - no table is so wide
