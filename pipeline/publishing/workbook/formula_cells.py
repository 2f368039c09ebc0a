"""The kind of worksheet with formulas: what xlsxwriter makes of a formula is made once for all workbooks.

xlsxwriter looks through every formula for thirty functions of later versions, one pattern after the other: a third of what a
workbook that goes back costs. The formulas of a form are the same in every workbook, and call none of those.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

_OLD = frozenset(
    ["AND", "ASC", "CELL", "CHAR", "COUNT", "COUNTA", "COUNTIF", "DATEVALUE", "FIND", "HYPERLINK", "IF", "IFERROR", "ISNUMBER", "LEFT", "LEN", "N", "OR", "ROUND", "SUBSTITUTE", "SUM", "SUMPRODUCT", "TEXT", "TRIM"]
)  # fmt: skip
"""Functions that Excel 2007 had already, of those that formulas here call."""
_CALLED = re.compile(r"[A-Z][A-Z0-9.]*(?=\()")


@cache
def formula_sheet() -> type[Worksheet]:
    """Return the class; whoever builds no workbook need not load xlsxwriter."""
    from xlsxwriter.worksheet import Worksheet  # noqa: PLC0415

    prepared = lru_cache(maxsize=4096)(Worksheet()._prepare_formula)  # noqa: SLF001 - private, and the whole point

    class FormulaSheet(Worksheet):  # type: ignore[misc]  # the library has no types
        """A worksheet that knows the formulas of the form by now."""

        def _prepare_formula(self, formula: str, expand_future_functions: bool = False) -> str:  # noqa: FBT001, FBT002
            if "}" not in formula and _OLD.issuperset(_CALLED.findall(formula)):
                return formula.removeprefix("=")
            text: str = prepared(formula, expand_future_functions)
            return text

    return FormulaSheet
