"""The kind of worksheet with formulas: what xlsxwriter makes of a formula is made once for all workbooks, and cells are spelled at once.

xlsxwriter looks through every formula for thirty functions of later versions, one pattern after the other: a third of what a
workbook that goes back costs. The formulas of a form are the same in every workbook, and call none of those. Another quarter went
into its looking at what is the same for every cell: that an address needs no escapes, and of which kind its arguments are.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from pipeline.model import column_letters

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

_OLD = frozenset(
    ["AND", "ASC", "CELL", "CHAR", "COUNT", "COUNTA", "COUNTIF", "DATEVALUE", "FIND", "HYPERLINK", "IF", "IFERROR", "ISNUMBER", "LEFT", "LEN", "N", "OR", "ROUND", "SUBSTITUTE", "SUM", "SUMPRODUCT", "TEXT", "TRIM"]
)  # fmt: skip
"""Functions that Excel 2007 had already, of those that formulas here call."""
_CALLED = re.compile(r"[A-Z][A-Z0-9.]*(?=\()")
_escaped = lru_cache(maxsize=4096)(escape)


@cache
def formula_sheet() -> type[Worksheet]:
    """Return the class; whoever builds no workbook need not load xlsxwriter."""
    from xlsxwriter.worksheet import Worksheet  # noqa: PLC0415

    library = Worksheet()

    @lru_cache(maxsize=4096)
    def prepared(formula: str, expand_future_functions: bool) -> str:  # noqa: FBT001 - as the library has it
        if "}" not in formula and _OLD.issuperset(_CALLED.findall(formula)):
            return formula.removeprefix("=")
        text: str = library._prepare_formula(formula, expand_future_functions)  # noqa: SLF001 - private, and the whole point
        return text

    class FormulaSheet(Worksheet):  # type: ignore[misc]  # the library has no types
        """A worksheet that knows the formulas of the form by now.

        The version of xlsxwriter is pinned, and a test compares the cells with its own.
        """

        def write_string(self, row: int, column: int, text: str, style: Format) -> None:
            """Write text."""
            self._write_string(row, column, text, style)

        def write_number(self, row: int, column: int, value: float, style: Format) -> None:
            """Write a number."""
            self._write_number(row, column, value, style)

        def write_blank(self, row: int, column: int, blank: None, style: Format) -> None:
            """Write an empty cell that wears ``style``; ``blank`` is None."""
            self._write_blank(row, column, blank, style)

        def write_formula(
            self, row: int, column: int, formula: str, style: Format, value: float | str = 0
        ) -> None:
            """Write a formula with its result."""
            self._write_formula(row, column, formula, style, value)

        def _write_cell(self, row: int, col: int, cell: Any) -> None:  # noqa: ANN401 - of one of the library's kinds
            held = _held(cell) if cell.format else ""
            if held:
                self.fh.write(f"{opening(row, col, cell.format)}{held}")
            else:
                super()._write_cell(row, col, cell)

        def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: FBT001, FBT002
            return prepared(formula, expand_future_functions)

    return FormulaSheet


def opening(row: int, column: int, style: Format) -> str:
    """Spell the opening of a cell that wears ``style``, up to its kind."""
    number = style.xf_index
    if number is None:  # its first cell
        number = style._get_xf_index()  # noqa: SLF001 - a style's number in the file
    return f'<c r="{column_letters(column)}{row + 1}" s="{number}"'


def _held(cell: Any) -> str:  # noqa: ANN401
    """Spell what follows the opening of a cell; empty for kinds and results that are rare here."""
    match cell.__class__.__name__:
        case "String":
            return f' t="s"><v>{cell.string}</v></c>'
        case "Blank":
            return "/>"
        case "Number":
            return f"><v>{cell.number:.16G}</v></c>"
        case "Formula":
            return _formula_held(cell.formula, cell.value)
        case _:
            return ""


def _formula_held(formula: str, value: object) -> str:
    if isinstance(value, bool) or (isinstance(value, str) and value.startswith("#")):
        return ""
    kind, result = (' t="str"', escape(value)) if isinstance(value, str) and value else ("", value)
    return f"{kind}><f>{_escaped(formula)}</f><v>{result}</v></c>"
