"""Rows of figures, texts and plain formulas go in; a sheet that costs a fraction of xlsxwriter's time for them comes out.

xlsxwriter spends some four microseconds on a number, 200 of them for each agency: most of the time a workbook takes. A
row of figures differs from the next in its row number and its values alone, so it is one pattern, made once and filled in.
Formulas are searched by it for functions younger than Excel 2007 some twenty times over; ours hold none.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias
from xml.sax.saxutils import escape

from xlsxwriter.worksheet import Worksheet

from pipeline.model import column_letters
from pipeline.publishing.workbook.formula_cells import opening

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format


RunPattern: TypeAlias = str
"""Cells side by side, with a place for the row number and one for the value of each."""


_NEEDS_ESCAPES = re.compile("[\x00-\x08\x0b-\x1f]|_x[0-9a-fA-F]{4}_")


_SHORT = 60
"""Characters of a text that may well stand in many cells: a verdict, the name of an agency."""


class StreamedSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter ships no types
    """A sheet in constant memory that spells its cells itself.

    It leans on what xlsxwriter does with a row in that mode: cells wait in ``table`` until the next row begins, then
    the row is written. One that is spelled out waits as text. The version is pinned, and a test compares the cells with
    xlsxwriter's own.
    """

    previous_row: int

    def write_run(self, row: int, column: int, values: Sequence[float], pattern: RunPattern) -> None:
        """Write ``values`` from ``column`` on; ``pattern`` is what ``run_pattern`` made for these columns."""
        filled: list[object] = [row + 1] * (2 * len(values))
        filled[1::2] = [value if type(value) is int else f"{value:.16G}" for value in values]
        self._put(row, column, pattern % tuple(filled), len(values))

    def write_formula(
        self, row: int, column: int, formula: str, style: Format, value: float | str = 0
    ) -> None:
        """Write a formula that needs no translation, with its result."""
        kind = ' t="str"' if isinstance(value, str) else ""
        result = escape(value) if isinstance(value, str) else f"{value:.16G}"
        spelled = escape(formula.removeprefix("="))
        self._put(row, column, f"{opening(row, column, style)}{kind}><f>{spelled}</f><v>{result}</v></c>")

    def write_string(self, row: int, column: int, text: str, style: Format) -> None:
        """Write text; what needs xlsxwriter's own escapes goes its way."""
        inner = (_text_once if len(text) <= _SHORT else _text)(text)
        if inner:
            self._put(row, column, f"{opening(row, column, style)}{inner}")
        else:
            super().write_string(row, column, text, style)

    def write_number(self, row: int, column: int, value: float, style: Format) -> None:
        """Write a number."""
        self._put(row, column, f"{opening(row, column, style)}><v>{value:.16G}</v></c>")

    def write_blank(self, row: int, column: int, blank: None, style: Format) -> None:
        """Write an empty cell that wears ``style``; ``blank`` is None."""
        del blank
        self._put(row, column, f"{opening(row, column, style)}/>")

    def _put(self, row: int, column: int, xml: str, across: int = 1) -> None:
        if row > self.previous_row:
            self._write_single_row(row)
        last = column + across - 1
        if self.dim_rowmax != row or not self.dim_colmin <= column <= last <= self.dim_colmax:
            self._check_dimensions(row, column)
            self._check_dimensions(row, last)
        self.table[row][column] = xml

    def _write_single_row(self, current_row_num: int = 0) -> None:
        joined: dict[int, object] = {}
        cells = sorted(self.table[self.previous_row].items())
        for is_spelled, group in groupby(cells, key=lambda cell: cell[1].__class__ is str):
            side_by_side = list(group)
            if is_spelled:
                joined[side_by_side[0][0]] = "".join([xml for _, xml in side_by_side])
            else:
                joined.update(side_by_side)
        self.table[self.previous_row] = joined
        super()._write_single_row(current_row_num)

    def _write_cell(self, row: int, col: int, cell: object) -> None:
        if isinstance(cell, str):  # cells side by side that are spelled out
            self.fh.write(cell)
        else:
            super()._write_cell(row, col, cell)


def _text(text: str) -> str:
    """Spell what follows the opening of a cell with ``text``; empty where that needs xlsxwriter's own escapes."""
    if _NEEDS_ESCAPES.search(text) or text != text.strip():
        return ""
    return f' t="inlineStr"><is><t>{escape(text)}</t></is></c>'


_text_once = lru_cache(maxsize=4096)(_text)


def run_pattern(column: int, styles: Sequence[Format]) -> RunPattern:
    """Make the pattern of runs that begin at ``column`` and wear ``styles``."""
    return "".join(
        f'<c r="{column_letters(number)}%s" s="{style._get_xf_index()}"><v>%s</v></c>'  # noqa: SLF001 - a style's number in the file
        for number, style in enumerate(styles, column)
    )
