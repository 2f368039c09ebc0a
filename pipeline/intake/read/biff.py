"""The bytes of an .xls go in; its sheets come out, each as rows of values and what its styles tell. Runs in the child.

xlrd sees fonts, rich text, formats, hidden lines, merged cells and error codes. What it leaves out are formulas: their
records are walked once more, and its own decompiler spells them.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Mapping, Sequence
from io import StringIO
from typing import Any

import xlrd
from xlrd import biffh, formula

from pipeline.intake.guard.sheet_limits import MAX_COLUMNS, SheetCells
from pipeline.intake.read.appearance import Notes
from pipeline.intake.read.opendocument import OdsError
from pipeline.intake.read.serials import dated

_BIFF8 = 80
_FORMULA, _END = 0x0006, 0x000A
_RAISED = (1, 2)
"""Escapement of a font: raised and lowered."""
_YEARS_LATER = 1462
"""Days between the two calendars that a workbook may count by."""
_WHOLE = re.compile(r"(?<![\w.])(\d+)\.0(?!\d)")
_HAN = re.compile(r"[\u4e00-\u9fff]")


class TooOldError(OdsError):
    """A workbook of Excel 5.0 or 95 whose Chinese characters cannot be told."""


def read_xls(content: bytes) -> list[dict[str, object]]:
    """Return name, visible, rows, appearance and clipped of each sheet. Raises UnreadableError."""
    log = StringIO()
    try:
        book = xlrd.open_workbook(
            file_contents=content, formatting_info=True, on_demand=True, ragged_rows=True, logfile=log
        )
        sheets = [_sheet(book, number) for number in range(book.nsheets)]
    except biffh.XLRDError as error:
        if "encrypted" in str(error).lower():
            raise PermissionError from None
        raise OdsError from None
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - a damaged file fails in any layer of the library
        raise (TooOldError if _is_older(content) else OdsError) from None
    if book.biff_version < _BIFF8 and not _has_han(sheets):
        raise TooOldError
    return sheets


def _is_older(content: bytes) -> bool:
    """Say whether a file is of Excel 5.0 or 95: its one stream has another name than later ones'."""
    names = "Workbook".encode("utf-16-le"), "Book".encode("utf-16-le")
    return names[0] not in content and names[1] in content


def _has_han(sheets: Sequence[Mapping[str, Any]]) -> bool:
    return any(
        isinstance(value, str) and _HAN.search(value)
        for sheet in sheets
        for row in sheet["rows"]
        for value in row
    )


def _sheet(book: Any, number: int) -> dict[str, object]:  # noqa: ANN401 - the library has no types
    sheet = book.get_sheet(number)
    notes, grid = Notes(), SheetCells()
    for r in range(sheet.nrows):
        for c in range(sheet.row_len(r)):
            grid.put(r, c, _cell(book, sheet, (r, c), notes))
    rows = grid.rows()
    formulas = dict(_formulas(book, number))
    notes.formulas += [(r, c, text, True) for (r, c), text in formulas.items() if r < len(rows)]
    notes.hidden_rows += [r for r, info in sheet.rowinfo_map.items() if info.hidden]
    notes.hidden_columns += [c for c, info in sheet.colinfo_map.items() if info.hidden]
    for top, bottom, left, right in sheet.merged_cells:
        area = (
            (r, c) for r in range(top, min(bottom, len(rows))) for c in range(left, min(right, MAX_COLUMNS))
        )
        notes.covered += [spot for spot in area if spot != (top, left)]
    return {
        "name": sheet.name,
        "visible": sheet.visibility == 0,
        "rows": rows,
        "appearance": notes.as_json(),
        "clipped": grid.is_clipped,
    }


def _cell(book: Any, sheet: Any, spot: tuple[int, int], notes: Notes) -> object:  # noqa: ANN401 - the library has no types
    cell = sheet.cell(*spot)
    if cell.ctype in {biffh.XL_CELL_EMPTY, biffh.XL_CELL_BLANK}:
        return ""
    style = book.xf_list[cell.xf_index]
    if book.font_list[style.font_index].struck_out:
        notes.struck.append(spot)
    if cell.ctype == biffh.XL_CELL_TEXT:
        _note_runs(book, sheet, spot, cell.value, notes)
        return cell.value
    code = book.format_map[style.format_key].format_str
    if code.casefold() != "general":
        notes.formats.append((*spot, code))
    if cell.ctype == biffh.XL_CELL_ERROR:
        notes.errors.append((*spot, biffh.error_text_from_code.get(cell.value, "#ERR!")))
        return ""
    if cell.ctype == biffh.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == biffh.XL_CELL_DATE:
        return dated(cell.value + _YEARS_LATER * book.datemode)
    return cell.value


def _note_runs(book: Any, sheet: Any, spot: tuple[int, int], text: str, notes: Notes) -> None:  # noqa: ANN401 - the library has no types
    runs = sheet.rich_text_runlist_map.get(spot)
    if not runs:
        return
    ends = [start for start, _ in runs[1:]] + [len(text)]
    fonts = [
        book.font_list[font]
        for (start, font), end in zip(runs, ends, strict=True)
        if text[start:end].strip() and font < len(book.font_list)
    ]
    if any(font.struck_out for font in fonts):
        notes.struck.append(spot)
    if any(font.struck_out or font.escapement in _RAISED for font in fonts):
        notes.marked.append(spot)


def _formulas(book: Any, number: int) -> Iterator[tuple[tuple[int, int], str]]:  # noqa: ANN401 - the library has no types
    """Yield where formulas stand, and their text; empty where it refers to another cell's."""
    position = book._sh_abs_posn[number]  # noqa: SLF001 - the library keeps where a sheet begins for itself
    while position + 4 <= len(book.mem):
        kind, length = struct.unpack_from("<HH", book.mem, position)
        data = bytes(book.mem[position + 4 : position + 4 + length])
        position += 4 + length
        if kind == _END:
            return
        if kind == _FORMULA and length > 22:  # noqa: PLR2004 - the tokens begin there
            row, column = struct.unpack_from("<HH", data)
            yield (row, column), _spelled(book, data, (row, column))


def _spelled(book: Any, data: bytes, spot: tuple[int, int]) -> str:  # noqa: ANN401 - the library has no types
    size = struct.unpack_from("<H", data, 20)[0]
    try:
        text = formula.decompile_formula(book, data[22:], size, formula.FMLA_TYPE_CELL, *spot)
    except Exception:  # noqa: BLE001 - what it cannot spell is a formula all the same
        return ""
    return _WHOLE.sub(r"\1", text or "")
