"""A line below the headings of a register goes in; whether it is a total, a subtotal or says that there is no row comes out.

Totals are written by hand (合计：31 件; 四季度小计, 30件) or by the spreadsheet, which puts one below each group (商业企业 汇总, 8).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipeline.forms.registers import GROUPS, PARTS, WHOLES
from pipeline.forms.values.numeric import number_of
from pipeline.forms.values.typed import shown
from pipeline.intake.read.labels import normalise
from pipeline.intake.read.register_heads import LONGEST_LABEL, is_blank
from pipeline.long_lists import first_of
from pipeline.model import Finding, Place, a1

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.forms.registers import Register
    from pipeline.forms.values.plain import Raw
    from pipeline.intake.read.register_copies import ListedRows
    from pipeline.intake.read.register_heads import Head
    from pipeline.model import Fact

SUBTOTAL = "subtotal"
_COUNT = r"共?计?:?(\d{1,6})[件条个份项行](?:申请|文件)?(?:\(\D[^()]{0,30}\))?"
_TOTAL = re.compile(rf"({'|'.join((*WHOLES, *PARTS))}):?(?:{_COUNT})?|(?=共){_COUNT}")
"""A line of totals, and no title that begins with these words."""
COUNTED = re.compile(rf"(?:(?:{'|'.join(WHOLES)}):?)?{_COUNT}")
_MENU = r"汇总|(?:总计?)?(?:计数|求和|平均值|最大值|最小值|数值计数)|总和|(?:grand)?(?:total|count|sum|average|max|min)"
"""With what the labels end that a spreadsheet writes below the groups of its subtotals."""
_OF_GROUP = re.compile(rf"\A(.{{0,60}}?)({_MENU}|{'|'.join((*WHOLES, *PARTS))})")
_PERIOD = re.compile(GROUPS)
_SHOWN = 12
"""Lines that a finding names."""


def says_no_row(register: Register, filled: Sequence[tuple[int, Raw]]) -> bool:
    """Say whether what stands alone on a line says that there is no row, in words of the form's or as 0."""
    if len(filled) != 1:
        return False
    text = normalise(shown(filled[0][1]))
    return text == "0" or bool(register.nothing and re.fullmatch(register.nothing, text))


def sort_of_total(head: Head, line: int, filled: Sequence[tuple[int, Raw]]) -> str:
    """Say which total stands on a line on which something lacks that every row has: ``sum`` of all, ``part``, ``subtotal``; empty for none."""
    first = filled[0][1]
    label = normalise(first).rstrip(":") if isinstance(first, str) and len(first) <= LONGEST_LABEL else ""
    if label and (found := _TOTAL.fullmatch(label)):
        return "part" if found[1] in PARTS else "sum"
    words = [(number, value) for number, value in filled if not _is_amount(value)]
    if len(words) != 1 or len(shown(words[0][1])) > LONGEST_LABEL:
        return ""
    [(number, value)] = words
    group = _OF_GROUP.fullmatch(normalise(shown(value)).casefold().rstrip(":"))
    if group is None:
        return ""
    if _PERIOD.fullmatch(group[1]):
        return "part"
    is_of_rows = not group[1] or group[1] == _above(head, line, number)
    return SUBTOTAL if is_of_rows else ""


def _is_amount(value: Raw) -> bool:
    """Say whether a cell of a total holds a number, or how many there are."""
    text = normalise(shown(value))
    return number_of(text) is not None or COUNTED.fullmatch(text) is not None


def _above(head: Head, line: int, number: int) -> str:
    """Return what stands next above in the same column: that of the group which ends here."""
    column = head.columns[number]
    cells = (head.sheet.at(above, column) for above in range(line - 1, head.row, -1))
    return next((normalise(shown(value)).casefold() for value in cells if not is_blank(value)), "")


def of_subtotals(register: Register, listed: ListedRows) -> Iterator[Finding]:
    """Point at the subtotals that a spreadsheet put between the rows: no request, and to be taken out before they are counted."""
    if listed.subtotals and listed.rows:
        lines = [str(line + 1) for line in listed.subtotals]
        facts: dict[str, Fact] = {"table": register.name, "lines": first_of(lines, _SHOWN, "……")}
        yield Finding.found(
            "V02", Place(listed.head.sheet.name, a1(listed.subtotals[0], 0)), (), SUBTOTAL, facts
        )
