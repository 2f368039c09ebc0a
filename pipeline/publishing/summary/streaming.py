"""Rows of figures and plain formulas go in; a sheet that costs a fraction of xlsxwriter's time for them comes out.

xlsxwriter spends some four microseconds on a number, 200 of them for each agency: most of the time a workbook takes. A
row of figures differs from the next in its row number and its values alone, so it is joined from pieces made once.
Formulas are searched by it for functions younger than Excel 2007 some twenty times over; ours hold none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, TypeAlias
from xml.sax.saxutils import escape

from xlsxwriter.worksheet import Worksheet

from pipeline.model import a1, column_letters

if TYPE_CHECKING:
    from collections.abc import Sequence

    from xlsxwriter.format import Format


Pieces: TypeAlias = "Sequence[tuple[str, str]]"
"""For each column what stands before the row number, and between it and the value."""


class _Run(NamedTuple):
    """Cells side by side, spelled out."""

    xml: str


class StreamedSheet(Worksheet):  # type: ignore[misc]  # xlsxwriter ships no types
    """A sheet in constant memory that takes runs of figures.

    It leans on what xlsxwriter does with a row in that mode: cells wait in ``table`` until the next row begins, then
    each is handed to ``_write_cell``. The version is pinned, and a test compares the cells with xlsxwriter's own.
    """

    def write_run(self, row: int, column: int, values: Sequence[float], pieces: Pieces) -> None:
        """Write ``values`` from ``column`` on; ``pieces`` are what ``run_pieces`` made for these columns."""
        if row > self.previous_row:
            self._write_single_row(row)
        self._check_dimensions(row, column)
        self._check_dimensions(row, column + len(values) - 1)
        number = str(row + 1)
        self.table[row][column] = _Run(
            "".join(
                [
                    f"{before}{number}{after}{value:.16G}</v></c>"
                    for (before, after), value in zip(pieces, values, strict=True)
                ]
            )
        )

    def write_formula(
        self, row: int, column: int, formula: str, style: Format, value: float | str = 0
    ) -> None:
        """Write a formula that needs no translation, with its result."""
        if row > self.previous_row:
            self._write_single_row(row)
        self._check_dimensions(row, column)
        is_text = isinstance(value, str)
        result = escape(value) if isinstance(value, str) else f"{value:.16G}"
        kind = ' t="str"' if is_text else ""
        index = style._get_xf_index()  # noqa: SLF001 - a style's number in the file
        self.table[row][column] = _Run(
            f'<c r="{a1(row, column)}" s="{index}"{kind}><f>{escape(formula.removeprefix("="))}</f><v>{result}</v></c>'
        )

    def _write_cell(self, row: int, col: int, cell: object) -> None:
        if isinstance(cell, _Run):
            self.fh.write(cell.xml)
        else:
            super()._write_cell(row, col, cell)


def run_pieces(column: int, styles: Sequence[Format]) -> Pieces:
    """Make the pieces of runs that begin at ``column`` and wear ``styles``."""
    return [
        (f'<c r="{column_letters(number)}', f'" s="{style._get_xf_index()}"><v>')  # noqa: SLF001 - a style's number in the file
        for number, style in enumerate(styles, column)
    ]
