"""The bytes of a written Word report go in; the figures it really prints come out.

Read from the document itself, table by table and by the labels around them, and not by the marks it was made from: a
restyled layout with two marks exchanged would otherwise agree with itself.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pipeline.forms.form import Form
    from pipeline.model import Number

_DOCUMENT = "word/document.xml"
_TEXT = re.compile(r"<w:t(?: [^>]*)?>([^<]*)</w:t>")
_SPAN = re.compile(r'<w:gridSpan w:val="(\d+)"')

_SHORT = 20

Shown = dict[tuple[int, int], str]
"""What stands in a table by (row, column), without white space."""


@dataclass(frozen=True, slots=True)
class PrintedTable:
    """How a table of the form is recognised in a document, by (row, column), and where its figures stand: (row, column, number in the form)."""

    labels: Shown
    figures: tuple[tuple[int, int, int], ...]


@dataclass(frozen=True, slots=True)
class FigureReader:
    """Reads the figures of a form's documents. It can be pickled."""

    tables: tuple[PrintedTable, ...]
    size: int


def compile_reader(form: Form) -> FigureReader:
    """Work out what the tables of ``form`` look like in a document."""
    tables = []
    for table in form.tables:
        cells = form.grids[table.key].cells
        labels = {(cell.row, cell.column): "".join(cell.text.split()) for cell in cells if cell.text}
        figures = tuple(
            (cell.row, cell.column, form.by_key[cell.key].index) for cell in cells if cell.key in form.by_key
        )
        tables.append(PrintedTable(labels, figures))
    return FigureReader(tuple(tables), len(form.cells))


def read_figures(reader: FigureReader, content: bytes) -> tuple[Number | None, ...]:
    """Return the figures of a report (.docx) in the form's order; None where none can be read."""
    found: list[Number | None] = [None] * reader.size
    shown = list(_tables(content))
    for table in reader.tables:
        match = next((cells for cells in shown if table.labels.items() <= cells.items()), None)
        for row, column, index in table.figures if match else ():
            found[index] = _number((match or {}).get((row, column), ""))
    return tuple(found)


def _tables(content: bytes) -> Iterator[Shown]:
    """Yield the tables of a document. End tags are enough to tell cells apart: parsing all of it would cost three times as much."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            document = archive.read(_DOCUMENT)
    except (zipfile.BadZipFile, KeyError):
        return
    for table in document.split(b"</w:tbl>")[:-1]:
        yield _cells(table[table.rfind(b"<w:tbl>") :])


def _cells(table: bytes) -> Shown:
    shown: Shown = {}
    for row, line in enumerate(table.split(b"</w:tr>")[:-1]):
        column = 0
        for cell in line.split(b"</w:tc>")[:-1]:
            shown[row, column], width = _shown(cell)
            column += width
    return shown


@lru_cache(maxsize=4096)  # labels are the same in every document, and most figures are small
def _shown(cell: bytes) -> tuple[str, int]:
    """Return what a cell shows, and how many columns it takes."""
    text = cell.decode("utf-8", "replace")
    span = _SPAN.search(text)
    return unescape("".join("".join(_TEXT.findall(text)).split())), int(span[1]) if span else 1


@lru_cache(maxsize=4096)
def _number(text: str) -> Number | None:
    if len(text) < _SHORT and text.isascii() and text.isdigit():
        return int(text)  # nearly every cell
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    return int(value) if text.isdigit() else value
