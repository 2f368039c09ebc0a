"""A form and a report go in; its figures as a small workbook and as CSV, for readers who calculate with them, come out.

Both are compiled once per run like the documents: xlsxwriter lays the official tables out with a mark in the place of
every figure, and a report's workbook is what lies between the marks, joined with its figures.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.forms.form import titled
from pipeline.forms.grid import lines_of
from pipeline.forms.values.typed import plain_numbers
from pipeline.publishing import zip_package
from pipeline.publishing.cell_values import printed_values, seen_value
from pipeline.publishing.data.datafiles import as_text_cell
from pipeline.publishing.word.report import escaped
from pipeline.publishing.workbook.measure import PORTRAIT_COLUMNS, grid_widths, pages_high
from pipeline.publishing.zip_package import PackagePart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.forms.form import Entry, Form, Table
    from pipeline.model import Report
    from pipeline.publishing.workbook.office import OfficeBook

_TITLE_MARK = "\ue000\ue001"
_VALUE_MARK = "\ue000{}\ue001"
"""Around the number of a value, this stands for it in the compiled workbook."""
_FIGURE_MARKS = 900_000_000
"""Added to the index of a figure, this is the number that stands for it in the compiled workbook."""
_SLOT = re.compile(f"\ue000\\d{{0,4}}\ue001|(?<=<v>){_FIGURE_MARKS // 1000}\\d{{3}}(?=</v>)")
_TABLE_TOP = 2
CSV_HEAD = ("表", "行", "列", "数值", "指标代码")


@dataclass(frozen=True, slots=True)
class LiveSheet:
    """A part of the workbook that differs from report to report.

    A slot is a figure's index or, for the title, -1; for a value -2 and less.
    """

    name: str
    literals: tuple[str, ...]
    slots: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Downloads:
    """What figures are printed with, compiled. It can be pickled."""

    report_title: str
    parts: tuple[PackagePart | LiveSheet, ...]
    lines: tuple[tuple[str, str], ...]
    """What stands before and after each figure, then each value, in the CSV."""
    values: tuple[Entry, ...] = ()
    """What tables hold besides figures."""


def compile_downloads(form: Form) -> Downloads:
    """Compile workbook and CSV of ``form``."""
    parts = [_read(name, plain) for name, plain in zip_package.unpack(_laid_out(form))]
    keys = [*(cell.key for cell in form.cells), *(value.key for value in form.cell_values)]
    lines = tuple(_csv_line(form, key) for key in keys)
    return Downloads(form.report_title, tuple(parts), lines, form.cell_values)


def figures_workbook(downloads: Downloads, report: Report) -> bytes:
    """Return the figures of ``report`` in the official tables (.xlsx), a sheet for each: the same bytes every time."""
    title = escaped(titled(downloads.report_title, report.agency, report.year))
    said = [escaped(text) for text in printed_values(downloads.values, report).values()]
    values = [*plain_numbers(report.numbers), *reversed(said), title]
    parts = []
    for part in downloads.parts:
        if isinstance(part, LiveSheet):
            pieces = [part.literals[0]]
            for slot, literal in zip(part.slots, part.literals[1:], strict=True):
                pieces += (values[slot], literal)
            parts.append(zip_package.deflate_often(part.name, "".join(pieces).encode()))
        else:
            parts.append(part)
    return zip_package.join(parts)


def figures_list(downloads: Downloads, report: Report) -> bytes:
    """Return the figures of ``report`` as CSV, one a line with its labels and its key."""
    values = (_csv((as_text_cell(seen_value(value, report)),)) for value in downloads.values)
    shown = (*plain_numbers(report.numbers), *values)
    rows = (f"{before}{value}{after}" for (before, after), value in zip(downloads.lines, shown, strict=True))
    return f"{','.join(CSV_HEAD)}\r\n{''.join(rows)}".encode("utf-8-sig")


def _read(name: str, plain: bytes) -> PackagePart | LiveSheet:
    text = plain.decode() if name.endswith(".xml") else ""
    found = _SLOT.findall(text)
    if not found:
        return zip_package.deflate(name, plain)
    slots = tuple(map(_slot, found))
    return LiveSheet(name, tuple(_SLOT.split(text)), slots)


def _slot(mark: str) -> int:
    number = mark.strip(_TITLE_MARK)
    if mark == _TITLE_MARK:
        return -1
    return int(number) - _FIGURE_MARKS if number == mark else -2 - int(number)


def _laid_out(form: Form) -> bytes:
    from pipeline.publishing.workbook.office import OfficeBook  # noqa: PLC0415 - xlsxwriter, once a run

    book = OfficeBook(_TITLE_MARK, ("", ""))
    for table in form.tables:
        _lay_out_table(book, form, table)
    return book.to_bytes()


def _lay_out_table(book: OfficeBook, form: Form, table: Table) -> None:
    grid = form.grids[table.key]
    values = {value.key: number for number, value in enumerate(form.cell_values)}
    figures = grid.columns - grid.label_columns
    widths = grid_widths(grid.label_columns, figures)
    page = book.page(table.sheet, widths, landscape=grid.columns > PORTRAIT_COLUMNS)
    page.title(form.sheet(table.sheet).title)
    page.text(1, 0, _TITLE_MARK, book.style(align="center"), across=grid.columns)
    heights: dict[int, dict[int, tuple[str, int]]] = {row: {} for row in range(grid.rows)}
    for item in grid.cells:
        row, column = _TABLE_TOP + item.row, item.column
        if item.key in values:
            said = _VALUE_MARK.format(values[item.key])
            page.text(row, column, said, book.boxed(align="center"), across=item.width)
            continue
        if item.key:
            cell = form.by_key[item.key]
            style = book.figure(cell.kind, align="center")
            if item.width > 1:
                page.text(row, column, "", style, across=item.width)
            page.number(row, column, _FIGURE_MARKS + cell.index, style)
            continue
        style = book.boxed(align="left") if item.role == "row_label" else book.head()
        page.text(row, column, item.text, style, across=item.width, down=item.height)
        if item.height == 1:
            heights[item.row][column] = (item.text, item.width)
    for number, texts in heights.items():
        page.height_for(_TABLE_TOP + number, texts, least=22)
    page.sheet.repeat_rows(_TABLE_TOP, _TABLE_TOP + grid.header_rows - 1)
    page.sheet.fit_to_pages(1, pages_high(grid.rows))


def _csv_line(form: Form, key: str) -> tuple[str, str]:
    cell = form.by_key.get(key)
    table = form.table(cell.table if cell else form.value(key).table)
    block, row, column = (cell.block, cell.row, cell.column) if cell else lines_of(table, key)
    place = " ".join(part for part in (table.name, table.blocks[block].heading) if part)
    before = _csv((place, " / ".join(row.label), " / ".join(column.label)))
    return f"{before},", f",{_csv((key,))}\r\n"


def _csv(values: Sequence[str]) -> str:
    target = io.StringIO()
    csv.writer(target, lineterminator="").writerow(values)
    return target.getvalue()
