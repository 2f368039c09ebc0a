"""A placed table and its sheet go in; the figures on it that no cell of the form takes come out: nothing is lost in silence.

Rows and columns put into a table may hold figures, and so may the cells around it: a block pasted at the wrong place,
a second row of figures. A note beside a table is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.forms.values.numbers import LARGEST
from pipeline.forms.values.typed import type_cell
from pipeline.intake.read.placing import beside_table, corner_of, free_cells
from pipeline.model import Finding, Place, a1

if TYPE_CHECKING:
    from pipeline.forms.form import Form, Table
    from pipeline.intake.read.placing import Placement
    from pipeline.intake.read.spreadsheet import SheetData

_SHOWN = 6
"""Cells that one finding lists."""
_BLOCK = 3
"""So many numbers around a table are figures and no note."""

_Spot = tuple[int, int]


def unread_figures(
    form: Form, table: Table, placed: Placement, sheets: Sequence[SheetData], *, is_nil: bool
) -> Iterable[Finding]:
    """Point at the figures on the sheet of ``table`` that were not read; ``is_nil`` says that it claims to have none."""
    sheet = next(item for item in sheets if item.name == placed.sheet)
    if placed.moved:
        spots = [spot for spot in _within(table, placed) if _is_figure(sheet.at(*spot))]
        yield from _pointed(table, sheet, spots, "unread")
        return
    if placed.sheet != table.sheet:
        return
    covered = sheet.covered
    spots = [spot for spot in free_cells(form, table) if _is_figure(sheet.at(*spot)) and spot not in covered]
    yield from _pointed(table, sheet, spots, "misplaced")
    beside = beside_table(form, table, sheets)
    if beside is None or any(copy.sheet == sheet.name and not copy.ambiguous for copy in placed.copies):
        return
    bottom, right = corner_of(form, table)
    numbers = list(_typed_numbers(beside))
    if not is_nil:  # beside a table that is filled stand serial numbers, shares, last year's figures
        numbers = [(row, column) for row, column in numbers if row > bottom and column <= right]
    is_block = len(numbers) >= _BLOCK or _is_row(form, table, numbers)
    if is_nil or is_block:
        variant = "beside_nil" if is_nil and is_block else "beside"
        figures = [spot for spot in numbers if _is_figure(beside.at(*spot))]
        yield from _pointed(table, sheet, figures, variant)


def _is_row(form: Form, table: Table, numbers: Sequence[_Spot]) -> bool:
    """Say whether ``numbers`` fill a row of a table that has too few columns for a block."""
    columns = {form.positions[cell.key][2] for cell in form.cells_of(table.key)}
    rows = {row for row, _ in numbers}
    return len(columns) > 1 and any({c for r, c in numbers if r == row} >= columns for row in rows)


def _within(table: Table, placed: Placement) -> Iterator[_Spot]:
    """Yield the cells inside a moved table that are none of the form's."""
    taken = {(row, column) for _, row, column in placed.positions.values()}
    rows, columns = ({at[axis] for at in taken} for axis in (0, 1))
    nil = placed.positions.get(table.nil_key)
    top = min(rows - {nil[1]} if nil else rows, default=0)
    for row in range(top, max(rows, default=-1) + 1):
        for column in range(min(columns), max(columns) + 1):
            if (row, column) not in taken:
                yield row, column


def _typed_numbers(sheet: SheetData) -> Iterator[_Spot]:
    """Yield the cells that hold numbers and no formulas, by which clerks check their sums."""
    for r, row in enumerate(sheet.rows):
        for c, value in enumerate(row):
            if _is_number(value) and (r, c) not in sheet.facts.formulas:
                yield r, c


def _pointed(table: Table, sheet: SheetData, spots: Sequence[_Spot], variant: str) -> Iterator[Finding]:
    if spots:
        facts = {"table": table.name, "cells": "、".join(a1(*spot) for spot in spots[:_SHOWN])}
        yield Finding.found("F05", Place(sheet.name, a1(*spots[0])), (), variant, facts)


def _is_number(value: object) -> bool:
    if isinstance(value, str):
        return bool(value) and type_cell(value, "count").number is not None
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST


def _is_figure(value: object) -> bool:
    """Say whether a number is more than nothing."""
    if isinstance(value, str):
        return bool(value and type_cell(value, "count").number)
    return _is_number(value) and value != 0
