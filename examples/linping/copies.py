"""A built template goes in; the same sheets in another format, or changed as people change them, come out.

Values, labels and positions are read from the workbook that the real builder made, so nothing here knows the form.
Formulas arrive as their stored results, as in a copy pasted as values.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

Value = str | int | float | datetime
Cells = dict[tuple[int, int], Value]
Merge = tuple[int, int, int, int]
"""First row, first column, last row, last column, zero-based."""

CREATED = datetime(2024, 1, 1)  # noqa: DTZ001 - document properties carry no time zone
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)
_TWIPS = 20
"""Twentieths of a point: xlwt's unit of row height."""


@dataclass(frozen=True, slots=True)
class PlainSheet:
    """A sheet reduced to what a copy keeps: values, merges and sizes by zero-based position, and which cells have borders."""

    name: str
    hidden: bool
    cells: Cells
    merges: tuple[Merge, ...]
    widths: dict[int, float]
    heights: dict[int, float]
    boxed: frozenset[tuple[int, int]]


def taken_apart(content: bytes) -> list[PlainSheet]:
    """Return the sheets of a workbook, in order."""
    book = load_workbook(BytesIO(content), data_only=True)
    return [_plain(sheet) for sheet in book.worksheets]


def _plain(sheet: Worksheet) -> PlainSheet:
    cells: Cells = {
        (cell.row - 1, cell.column - 1): cell.value
        for row in sheet.iter_rows()
        for cell in row
        if isinstance(cell.value, str | int | float | datetime) and cell.value != ""
    }
    merges = sorted(
        (area.min_row - 1, area.min_col - 1, area.max_row - 1, area.max_col - 1)
        for area in sheet.merged_cells.ranges
    )
    return PlainSheet(
        sheet.title,
        sheet.sheet_state != "visible",
        cells,
        tuple(merges),
        _widths(sheet),
        {row - 1: size.height for row, size in sorted(sheet.row_dimensions.items()) if size.height},
        frozenset(
            (cell.row - 1, cell.column - 1)
            for row in sheet.iter_rows()
            for cell in row
            if cell.border.left.style
        ),
    )


def _widths(sheet: Worksheet) -> dict[int, float]:
    """Return the width of each column; one entry of the file may speak of several."""
    return {
        column - 1: size.width
        for _, size in sorted(sheet.column_dimensions.items())
        for column in range(size.min, size.max + 1)
        if size.customWidth
    }


def changed(
    sheets: Iterable[PlainSheet], name: str, change: Callable[[PlainSheet], PlainSheet]
) -> list[PlainSheet]:
    """Apply ``change`` to the sheet ``name``."""
    return [change(sheet) if sheet.name == name else sheet for sheet in sheets]


def with_value(sheet: PlainSheet, row: int, column: int, value: Value) -> PlainSheet:
    """Put ``value`` into one cell."""
    return replace(sheet, cells={**sheet.cells, (row, column): value})


def with_label(sheet: PlainSheet, label: str, instead: str) -> PlainSheet:
    """Replace a label wherever it stands. Raises ValueError if it does not."""
    if label not in sheet.cells.values():
        raise ValueError(f"{sheet.name} holds no {label}")
    return replace(
        sheet, cells={at: instead if value == label else value for at, value in sheet.cells.items()}
    )


def with_row_inserted(sheet: PlainSheet, before: int, label: str) -> PlainSheet:
    """Insert a row that holds only ``label`` in its first column."""

    def moved(row: int) -> int:
        return row + 1 if row >= before else row

    cells = {(moved(row), column): value for (row, column), value in sheet.cells.items()}
    merges = tuple((moved(top), left, moved(low), right) for top, left, low, right in sheet.merges)
    return replace(
        sheet,
        cells={**cells, (before, 0): label},
        merges=merges,
        heights={moved(row): height for row, height in sheet.heights.items()},
        boxed=frozenset((moved(row), column) for row, column in sheet.boxed),
    )


def without_row(sheet: PlainSheet, number: int) -> PlainSheet:
    """Delete a row; what stood below moves up."""

    def moved(row: int) -> int:
        return row - 1 if row > number else row

    cells = {(moved(row), column): value for (row, column), value in sheet.cells.items() if row != number}
    merges = tuple(
        (moved(top), left, low - 1 if low >= number else low, right)
        for top, left, low, right in sheet.merges
        if not top == low == number
    )
    return replace(
        sheet,
        cells=cells,
        merges=tuple(merge for merge in merges if merge[:2] != merge[2:]),
        heights={moved(row): height for row, height in sheet.heights.items() if row != number},
        boxed=frozenset((moved(row), column) for row, column in sheet.boxed if row != number),
    )


def covered_by_merges(sheet: PlainSheet) -> set[tuple[int, int]]:
    """Return the cells hidden behind merges."""
    return {
        (row, column)
        for top, left, low, right in sheet.merges
        for row in range(top, low + 1)
        for column in range(left, right + 1)
        if (row, column) != (top, left)
    }


def _written(sheet: PlainSheet) -> list[tuple[tuple[int, int], Value | None]]:
    """Return every cell that holds a value or has a border, in order."""
    return [(at, sheet.cells.get(at)) for at in sorted({*sheet.cells, *sheet.boxed})]


def as_xlsx(sheets: Sequence[PlainSheet]) -> bytes:
    """Write a plain .xlsx, as someone who copies everything into a workbook of their own."""
    from xlsxwriter.workbook import Workbook  # noqa: PLC0415 - each format loads its own writer

    stream = BytesIO()
    with Workbook(stream, {"in_memory": True}) as book:
        book.set_properties({"created": CREATED})
        looks = {
            boxed: book.add_format({"text_wrap": True, "valign": "vcenter", "border": int(boxed)})
            for boxed in (False, True)
        }
        dated = book.add_format({"num_format": 'm"月"d"日"', "border": 1})
        for sheet in sheets:
            page = book.add_worksheet(sheet.name)
            for column, width in sheet.widths.items():
                page.set_column(column, column, width)
            for row, height in sheet.heights.items():
                page.set_row(row, height)
            for merge in sheet.merges:
                page.merge_range(*merge, "", looks[merge[:2] in sheet.boxed])
            covered = covered_by_merges(sheet)
            for at, value in _written(sheet):
                if at not in covered:
                    page.write(*at, value, dated if isinstance(value, datetime) else looks[at in sheet.boxed])
            if sheet.hidden:
                page.very_hidden()
    return stream.getvalue()


def as_xls(sheets: Sequence[PlainSheet]) -> bytes:
    """Write an Excel 97–2003 workbook."""
    import xlwt  # noqa: PLC0415 - each format loads its own writer

    book = xlwt.Workbook(encoding="utf-8")
    wrap = "alignment: wrap on, vertical centre"
    edges = "; borders: left thin, right thin, top thin, bottom thin"
    looks = {False: xlwt.easyxf(wrap), True: xlwt.easyxf(wrap + edges)}
    for sheet in sheets:
        page = book.add_sheet(sheet.name)
        for column, width in sheet.widths.items():
            page.col(column).width = int(256 * width)
        for row, height in sheet.heights.items():
            page.row(row).height_mismatch = True
            page.row(row).height = int(_TWIPS * height)
        heads = {(top, left): (low, right) for top, left, low, right in sheet.merges}
        covered = covered_by_merges(sheet)
        for at, value in _written(sheet):
            (row, column), style = at, looks[at in sheet.boxed]
            if at in heads:
                low, right = heads[at]
                page.write_merge(row, low, column, right, value, style)
            elif at not in covered:
                page.write(row, column, value, style)
        page.visibility = 2 if sheet.hidden else 0
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def repacked(content: bytes) -> bytes:
    """Rewrite a zip package without the hour it was made at."""
    stream = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(content)) as source,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for item in source.infolist():
            info = zipfile.ZipInfo(item.filename, _ZIP_TIME)
            info.compress_type = item.compress_type
            info.create_system = 0
            data = source.read(item)
            if item.filename == "meta.xml":
                data = re.sub(rb"(<meta:creation-date>)[^<]*", rb"\g<1>2024-01-01T00:00:00", data)
            target.writestr(info, data)
    return stream.getvalue()
