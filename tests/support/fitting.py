"""A workbook goes in; every cell whose content does not fit it comes out, measured as Excel lays out 宋体.

A measure of its own, not the one the builders use: 14 pixels for a Chinese character of 10.5 points and half of that for
a Latin one, a column being as many digits of the default type wide, and 5 pixels. Rows without a height grow by themselves.
"""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Iterator
from math import ceil, floor

import openpyxl
from openpyxl.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

_FULL = 409.0
"""Points; no row is higher, so what needs more cannot be helped."""
_PADDING, _INDENT = 6, 9
_DEFAULT_WIDTH, _DEFAULT_HEIGHT = 8.43, 13.5


def misfits(content: bytes) -> list[str]:
    """Return sheet, address and text of every cell that is cut off, spills or shows ####."""
    book = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    digit = _digit(content)
    return [
        f"{sheet.title} {cell.coordinate} {str(cell.value)[:40]!r}"
        for sheet in book.worksheets
        if sheet.sheet_state == "visible"
        for cell, width, height in _cells(sheet, digit)
        if not _fits(cell, width, height)
    ]


def _digit(content: bytes) -> int:
    """Return how many pixels a digit of the workbook's default type is wide."""
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sizes = re.findall(r'<sz val="([\d.]+)"', package.read("xl/styles.xml").decode())
    return ceil(float(sizes[0]) / 1.5)


def _cells(sheet: Worksheet, digit: int) -> Iterator[tuple[Cell, float, float | None]]:
    """Yield every cell that shows something, with the pixels and the points it has; None: as many as it needs."""
    widths: dict[int, float] = {}
    for found in sheet.column_dimensions.values():
        widths |= dict.fromkeys(range(found.min or 0, (found.max or 0) + 1), found.width)
    merged = {(area.min_row, area.min_col): area for area in sheet.merged_cells.ranges}
    for row in sheet.iter_rows():
        for cell in row:
            if cell.value is None or not isinstance(cell, Cell) or sheet.row_dimensions[cell.row].hidden:
                continue
            area = merged.get((cell.row, cell.column))
            right, bottom = (area.max_col, area.max_row) if area else (cell.column, cell.row)
            across = sum(
                floor(widths.get(column, _DEFAULT_WIDTH) * digit) + 5
                for column in range(cell.column, right + 1)
            )
            heights = [sheet.row_dimensions[number].height for number in range(cell.row, bottom + 1)]
            known = [height for height in heights if height is not None]
            grows = len(known) < len(heights) and area is None
            yield cell, across, None if grows else sum(height or _DEFAULT_HEIGHT for height in heights)


def _fits(cell: Cell, width: float, height: float | None) -> bool:
    if cell.alignment.shrink_to_fit:
        return True
    size, room = cell.font.sz or 10.5, width - _PADDING - _INDENT * (cell.alignment.indent or 0)
    if not isinstance(cell.value, str):
        return cell.is_date or _pixels(str(cell.value), size) <= room
    lines = cell.value.split("\n")
    if not cell.alignment.wrap_text:
        return all(_pixels(line, size) <= room for line in lines)
    needed = sum(max(1, ceil(_pixels(line, size) / room)) for line in lines) * size * 1.25
    return height is None or needed <= height + 1 or height >= _FULL


def _pixels(text: str, size: float) -> float:
    units = sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in text)
    return units * 7 * size / 10.5
