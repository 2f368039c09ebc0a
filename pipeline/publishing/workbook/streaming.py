"""Rows of figures, texts and plain formulas go in; a sheet that costs a fraction of xlsxwriter's time for them comes out.

xlsxwriter spends some four microseconds on a number, 200 of them for each agency: most of the time a workbook takes. A
row of figures differs from the next in its row number and its values alone, so it is joined from pieces made once.
Formulas are searched by it for functions younger than Excel 2007 some twenty times over; ours hold none.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from xml.sax.saxutils import escape

from xlsxwriter.worksheet import Worksheet

from pipeline.model import a1, column_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format


Pieces: TypeAlias = "Sequence[tuple[str, str]]"
"""For each column what stands before the row number, and between it and the value."""


_NEEDS_ESCAPES = re.compile("[\x00-\x08\x0b-\x1f]|_x[0-9a-fA-F]{4}_")


_SHORT = 60
"""Characters of a text that may well stand in many cells: a verdict, the name of an agency."""


class _CellRun(NamedTuple):
    """Cells side by side, spelled out."""

    xml: str


class StreamedSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter ships no types
    """A sheet in constant memory that spells its cells itself.

    It leans on what xlsxwriter does with a row in that mode: cells wait in ``table`` until the next row begins, then
    each is handed to ``_write_cell``. The version is pinned, and a test compares the cells with xlsxwriter's own.
    """

    def write_run(self, row: int, column: int, values: Sequence[float], pieces: Pieces) -> None:
        """Write ``values`` from ``column`` on; ``pieces`` are what ``run_pieces`` made for these columns."""
        number = str(row + 1)
        cells = [
            f"{before}{number}{after}{value:.16G}</v></c>"
            for (before, after), value in zip(pieces, values, strict=True)
        ]
        self._put(row, column, "".join(cells), len(values))

    def write_formula(
        self, row: int, column: int, formula: str, style: Format, value: float | str = 0
    ) -> None:
        """Write a formula that needs no translation, with its result."""
        kind = ' t="str"' if isinstance(value, str) else ""
        result = escape(value) if isinstance(value, str) else f"{value:.16G}"
        spelled = escape(formula.removeprefix("="))
        self._put(row, column, f"{_opening(row, column, style)}{kind}><f>{spelled}</f><v>{result}</v></c>")

    def write_string(self, row: int, column: int, text: str, style: Format) -> None:
        """Write text; what needs xlsxwriter's own escapes goes its way."""
        inner = (_text_once if len(text) <= _SHORT else _text)(text)
        if inner:
            self._put(row, column, f"{_opening(row, column, style)}{inner}")
        else:
            super().write_string(row, column, text, style)

    def write_number(self, row: int, column: int, value: float, style: Format) -> None:
        """Write a number."""
        self._put(row, column, f"{_opening(row, column, style)}><v>{value:.16G}</v></c>")

    def write_blank(self, row: int, column: int, blank: None, style: Format) -> None:
        """Write an empty cell that wears ``style``; ``blank`` is None."""
        del blank
        self._put(row, column, f"{_opening(row, column, style)}/>")

    def _put(self, row: int, column: int, xml: str, across: int = 1) -> None:
        if row > self.previous_row:
            self._write_single_row(row)
        self._check_dimensions(row, column)
        if across > 1:
            self._check_dimensions(row, column + across - 1)
        self.table[row][column] = _CellRun(xml)

    def _write_cell(self, row: int, col: int, cell: object) -> None:
        if isinstance(cell, _CellRun):
            self.fh.write(cell.xml)
        else:
            super()._write_cell(row, col, cell)


def _text(text: str) -> str:
    """Spell what follows the opening of a cell with ``text``; empty where that needs xlsxwriter's own escapes."""
    if _NEEDS_ESCAPES.search(text) or text != text.strip():
        return ""
    return f' t="inlineStr"><is><t>{escape(text)}</t></is></c>'


_text_once = lru_cache(maxsize=4096)(_text)


def _opening(row: int, column: int, style: Format) -> str:
    return f'<c r="{a1(row, column)}" s="{style._get_xf_index()}"'  # noqa: SLF001 - a style's number in the file


def run_pieces(column: int, styles: Sequence[Format]) -> Pieces:
    """Make the pieces of runs that begin at ``column`` and wear ``styles``."""
    return [
        (f'<c r="{column_letters(number)}', f'" s="{style._get_xf_index()}"><v>')  # noqa: SLF001 - a style's number in the file
        for number, style in enumerate(styles, column)
    ]
