"""What every reader of documents hands over: paragraphs and tables in the order in which a person reads them.

Readers build ``Paragraph`` and ``DocumentTable`` values; ``flow`` opens tables that only arrange a page, so that what comes after
sees tables of data alone. Limits on number and extent are kept here, for every format alike.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from pipeline.intake.guard.refusal import hostile
from pipeline.intake.read.labels import UNSEEN

MAX_TABLES = 300
MAX_PARTS = 20_000
MAX_TEXT = 2_000_000
"""Characters of a whole document; a report has ten thousand."""
MAX_NESTING = 12
"""Tables within tables; a portal's page has four."""
MAX_ROWS, MAX_COLUMNS = 2_000, 200
MAX_SPAN = 1_000
_SPACES = re.compile(r"[ \t\r\f\v\u00a0\u3000]+")
_NUMBER = re.compile(r"(?:0|[1-9]\d{0,8})(?:\.\d{1,6})?", re.ASCII)

Trail: TypeAlias = tuple[int, ...]
"""Where a part stands in the tree of a web page; empty in other documents."""


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of running text; ``page`` is 0 where the format knows no pages."""

    text: str
    page: int = 0
    trail: Trail = ()


@dataclass(frozen=True, slots=True)
class DocumentTable:
    """A table as a reader finds it: cells that hold paragraphs and further tables."""

    cells: list[BlockCell] = field(default_factory=list)
    page: int = 0
    trail: Trail = ()


@dataclass(frozen=True, slots=True)
class BlockCell:
    """A cell, zero-based, with the rows and columns it spans."""

    row: int
    column: int
    content: list[Paragraph | DocumentTable]
    height: int = 1
    width: int = 1


@dataclass(frozen=True, slots=True)
class TableCell:
    """A cell of a table of data: its text, lines parted by line breaks."""

    row: int
    column: int
    text: str
    height: int = 1
    width: int = 1


@dataclass(frozen=True, slots=True)
class DataTable:
    """A table that holds no other."""

    cells: tuple[TableCell, ...]
    page: int = 0
    trail: Trail = ()

    def rows(self) -> list[list[str | float | None]]:
        """Return its cells as a sheet has them: text at the top left of what a cell spans, plain numbers as numbers."""
        height = max((cell.row for cell in self.cells), default=-1) + 1
        width = max((cell.column for cell in self.cells), default=-1) + 1
        rows: list[list[str | float | None]] = [[None] * width for _ in range(height)]
        for cell in self.cells:
            text = cell.text.strip()
            rows[cell.row][cell.column] = float(text) if _NUMBER.fullmatch(text) else cell.text or None
        return rows


Part: TypeAlias = Paragraph | DataTable


@dataclass(frozen=True, slots=True)
class Document:
    """A document taken apart. ``titles`` are what it calls itself outside of its text; ``pictures`` counts those in it.

    ``bare_pages`` are pages without any text: scanned, as far as anybody can tell. ``is_revised`` says that it carries
    changes that nobody accepted yet; they are read as if they were.
    """

    kind: str
    parts: tuple[Part, ...]
    titles: tuple[str, ...] = ()
    pictures: int = 0
    bare_pages: tuple[int, ...] = ()
    is_revised: bool = False

    @property
    def tables(self) -> tuple[DataTable, ...]:
        """The tables in order."""
        return tuple(part for part in self.parts if isinstance(part, DataTable))


def document(kind: str, blocks: Iterable[Paragraph | DocumentTable], **facts: object) -> Document:
    """Make a document of what a reader found. Raises Refused beyond the limits."""
    return Document(kind, tuple(_within_limits(flow(blocks))), **facts)  # type: ignore[arg-type]  # spelled by readers


def flow(blocks: Iterable[Paragraph | DocumentTable], depth: int = 0) -> Iterator[Part]:
    """Yield paragraphs that say something and tables of data; a table that only arranges others is opened."""
    if depth > MAX_NESTING:
        raise hostile("表格嵌套过深")
    for block in blocks:
        if isinstance(block, Paragraph):
            if block.text:
                yield block
        elif _arranges(block):
            for cell in block.cells:
                yield from flow(cell.content, depth + 1)
        elif block.cells:
            cells = tuple(_plain(cell) for cell in block.cells)
            yield DataTable(cells, block.page, block.trail)


def tidy(text: str) -> str:
    """Return ``text`` with single spaces and none around its lines; ideographic spaces are spaces."""
    if text.isdecimal():  # nearly every cell
        return text
    plain = _SPACES.sub(" ", text.translate(UNSEEN))
    if "\n" not in plain:
        return plain.strip()
    return "\n".join(line for line in (line.strip() for line in plain.split("\n")) if line)


def _arranges(block: DocumentTable) -> bool:
    """Whether a table holds tables of several cells, or is a single cell itself: a frame, not data."""
    if len(block.cells) <= 1:
        return True
    return any(_is_table(inner) for cell in block.cells for inner in cell.content)


def _is_table(inner: Paragraph | DocumentTable) -> bool:
    return isinstance(inner, DocumentTable) and (len(inner.cells) > 1 or _arranges_deeper(inner))


def _arranges_deeper(block: DocumentTable) -> bool:
    return any(
        isinstance(inner, DocumentTable) and _is_table(inner)
        for cell in block.cells
        for inner in cell.content
    )


def _plain(cell: BlockCell) -> TableCell:
    text = tidy("\n".join(_lines(cell.content)))
    return TableCell(cell.row, cell.column, text, cell.height, cell.width)


def _lines(content: Sequence[Paragraph | DocumentTable]) -> Iterator[str]:
    for inner in content:
        if isinstance(inner, Paragraph):
            yield inner.text
        else:
            for cell in inner.cells:
                yield from _lines(cell.content)


def _within_limits(parts: Iterable[Part]) -> Iterator[Part]:
    tables = texts = 0
    for number, part in enumerate(parts):
        if isinstance(part, DataTable):
            tables += 1
            texts += sum(len(cell.text) for cell in part.cells)
            if any(cell.row >= MAX_ROWS or cell.column >= MAX_COLUMNS for cell in part.cells):
                raise hostile("表格范围过大")
        else:
            texts += len(part.text)
        if number >= MAX_PARTS or texts > MAX_TEXT:
            raise hostile("文字过多")
        if tables > MAX_TABLES:
            raise hostile("表格过多")
        yield part
