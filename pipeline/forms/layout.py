"""A form's sheets go in; the address of every cell of the template comes out.

The only place that knows where things stand in the template: builder, reader and data dictionary ask here.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.forms.form import Cell, Entry, Grid, Sheet, Table, Text
    from pipeline.forms.registers import Register

LONGEST_SHEET_NAME = 31
"""Characters; a spreadsheet takes no more."""
TITLE_ROW = 0
HINT_ROW = 1
NIL_ROW = 2
"""Of a table sheet: the row of 本表全为零 and its answer."""
TABLE_TOP = 4
TABLE_LEFT = 0
ROWS_HEAD, ROWS_TOP = 4, 5
"""Of a register: the row of the column headings, and the first row to be filled in."""
LIST_TOP = 3
"""Of an entries or texts sheet: the first line; the row above it holds the column headings."""
LABEL_COLUMN = 0
ANSWER_COLUMN = 1
PROMPT_COLUMN = 2
CHECKS_TOP = 4
"""Of 自查: the first check; the row above it holds the column headings."""
CHECK_COLUMNS: Mapping[str, int] = {
    "id": 0,
    "title": 1,
    "subject": 2,
    "left": 3,
    "right": 4,
    "difference": 5,
    "mark": 6,
    "explanation": 7,
}
NOTICES_SHEET = "问题清单"
"""Of a returned workbook: what is to be mended, line by line."""
PAST_TOP = 3
"""Of 上年数据: the first number; the row above it holds the column headings."""
PAST_COLUMNS: Mapping[str, int] = {"part": 0, "label": 1, "past": 2, "present": 3, "change": 4}
FIGURES_HEAD = ("agency_code", "agency")
"""Of a figures.csv: the columns before the numbers."""
STAMP_SHEET = "模板标识"
STAMP_NAMES = ("form", "edition", "agency", "year", "level")
"""Lines of the very hidden stamp: name in the first column, value in the second."""
SUMS_NAME = "sums"
"""Of the stamp of a table of sums, whose form asks for more than figures: that nothing else is asked for."""

OPEN_TOTAL = "open total "
"""In the stamp, before the key of a total that was typed and contradicted its parts: typed|sum."""
OPEN_COLUMN = "open column "
"""In the stamp, before register.column: one that was missing beside headings that nobody knows, and came to nothing."""
NOTHING_TO_SAY = "无。"
"""What a document prints where a section has nothing but a text that was left empty."""
FROM_REGISTER = "按台账"
"""Where a table is asked whether it is nil: it is to be computed from a register that the agency reports besides."""

CELL_CHARACTERS = 32_767
"""What a cell of a workbook holds, in UTF-16 units."""
_CUT = "【以下 {count} 字一格放不下，请删减后填写】"
"""Ends a text that was cut, as the template's own gaps read: a report that still says it is returned."""
_NO_TEXT = re.compile("[\ud800-\udfff\ufffe\uffff]")

Position = tuple[str, int, int]


def cell_length(text: str) -> int:
    """Count a text as a workbook does."""
    return len(text) if 2 * len(text) <= CELL_CHARACTERS else len(text.encode("utf-16-le", "replace")) // 2


def fitting(text: str) -> str:
    """Return what a cell can hold of a text: all, or the beginning and a mark that something is left to do."""
    plain = _NO_TEXT.sub("\N{REPLACEMENT CHARACTER}", text)
    if cell_length(plain) <= CELL_CHARACTERS:
        return plain
    room = 2 * (CELL_CHARACTERS - len(_CUT) - 10)
    kept = plain.encode("utf-16-le")[:room].decode("utf-16-le", errors="ignore")
    return kept + _CUT.format(count=len(plain) - len(kept))


def nil_position(table: Table, grid: Grid) -> Position:
    """Return where the nil return of ``table`` is answered: right after its label, which spans the row labels."""
    return table.sheet, NIL_ROW, TABLE_LEFT + max(1, grid.label_columns)


def positions(
    sheets: Sequence[Sheet],
    entries: Sequence[Entry],
    texts: Sequence[Text],
    tables: Sequence[Table],
    grids: Mapping[str, Grid],
    registers: Sequence[Register] = (),
) -> dict[str, Position]:
    """Return (sheet, row, column), zero-based, of every entry, text, nil return and number."""
    found: dict[str, Position] = {}
    for sheet in sheets:
        lines = [item.key for item in entries if item.sheet == sheet.name]
        lines += [item.key for item in texts if item.sheet == sheet.name]
        for number, key in enumerate(lines):
            found[key] = (sheet.name, LIST_TOP + number, ANSWER_COLUMN)
    for register in registers:
        found[register.nil_key] = (register.sheet, NIL_ROW, TABLE_LEFT + 1)
    for table in tables:
        grid = grids[table.key]
        found[table.nil_key] = nil_position(table, grid)
        for cell in grid.cells:
            if cell.key:
                found[cell.key] = (table.sheet, TABLE_TOP + cell.row, TABLE_LEFT + cell.column)
    return found


def past_positions(sheet: Sheet, cells: Sequence[Cell]) -> dict[str, Position]:
    """Return where last year's figure of each cell stands: one below the other on ``sheet``."""
    return {
        cell.key: (sheet.name, PAST_TOP + number, PAST_COLUMNS["past"]) for number, cell in enumerate(cells)
    }
