"""A page and the checks of its content go in; 自查 is written, live and with the results stored."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.forms.form import Sheet
from pipeline.forms.formulas import FAILS, HOLDS, NOT_ASSESSED, difference_formula
from pipeline.forms.layout import CHECK_COLUMNS, CHECKS_TOP, HINT_ROW, TITLE_ROW
from pipeline.model import Number, a1
from pipeline.publishing.workbook.areas import row_height
from pipeline.publishing.workbook.checks import Check
from pipeline.publishing.workbook.page import Page

_HEADS = (
    "编号",
    "检查内容",
    "对象（点击可转到）",
    "左边",
    "右边",
    "相差",
    "结果",
    "说明（情况属实的，在此写明原因）",
)
_WIDTHS = (24.0, 46.0, 38.0, 8.0, 8.0, 8.0, 7.0, 36.0)
_HINT = f"{HOLDS} 相符　　{FAILS} 不符，需要改正或说明　　{NOT_ASSESSED} 数据还没有填全，暂不比较。最后一部分检查是否填写完整。"


def marks_rows(balances: int, completeness: int) -> tuple[int, int]:
    """Return the first and the last row of the marks; one blank row parts balances and completeness checks."""
    return CHECKS_TOP, CHECKS_TOP + balances + completeness


def write_checks(page: Page, sheet: Sheet, balances: Sequence[Check], completeness: Sequence[Check]) -> None:
    """Write 自查: a summary, the balances with room for explanations, then the completeness checks."""
    for column, width in enumerate(_WIDTHS):
        hidden = {"hidden": column == CHECK_COLUMNS["id"]}  # the reader's handle; a clerk needs no English
        page.sheet.set_column(column, column, width, None, hidden)
    page.title(sheet.title, len(_WIDTHS))
    page.put(HINT_ROW + 1, 0, _HINT, "hint", width=len(_WIDTHS))
    for column, head in enumerate(_HEADS):
        page.put(CHECKS_TOP - 1, column, head, "box", "head")
    page.sheet.set_row(CHECKS_TOP - 1, 36)
    for number, check in enumerate(balances):
        _write_check(page, CHECKS_TOP + number, check)
    for number, check in enumerate(completeness):
        _write_check(page, CHECKS_TOP + len(balances) + 1 + number, check)
    _write_summary(page, [*balances, *completeness], *marks_rows(len(balances), len(completeness)))
    page.sheet.freeze_panes(CHECKS_TOP, 0)
    page.sheet.repeat_rows(TITLE_ROW, CHECKS_TOP - 1)
    page.print_on_a4(landscape=True)


def _write_check(page: Page, row: int, check: Check) -> None:
    at = {name: a1(row, column) for name, column in CHECK_COLUMNS.items()}
    column = CHECK_COLUMNS
    page.put(row, column["id"], check.id, "box", "small")
    page.put(row, column["title"], check.title, "box", "left")
    page.jump(row, column["subject"], check.place, check.subject, "box", "left")
    left, right = check.values
    for name, formula, value in (
        ("left", check.left, left),
        ("right", check.right, right),
        ("difference", difference_formula(at["left"], at["right"]), check.difference),
    ):
        page.formula(row, column[name], formula, _dash(value), "box", "centre")
    page.formula(
        row, column["mark"], check.mark_formula(at["difference"]), check.mark, "box", "centre", "bold"
    )
    if check.balance:
        explanation = page.content.explanations.get(check.id, "")
        page.put(row, column["explanation"], explanation, "box", "left", "input")
    else:
        explanation = ""
        page.put(row, column["explanation"], "", "box")
    page.sheet.set_row(
        row,
        row_height(
            (check.title, _WIDTHS[column["title"]]),
            (check.subject, _WIDTHS[column["subject"]]),
            (explanation, _WIDTHS[column["explanation"]]),
            least=22,
        ),
    )


def _dash(value: Number | None) -> Number | str:
    return NOT_ASSESSED if value is None else value


def _write_summary(page: Page, checks: Sequence[Check], first: int, last: int) -> None:
    """Write how many checks hold, fail and wait, and colour the marks."""
    mark = CHECK_COLUMNS["mark"]
    area = f"{a1(first, mark)}:{a1(last, mark)}"
    parts = [f'"{sign} "&COUNTIF({area},"{sign}")&" 项"' for sign in (HOLDS, FAILS, NOT_ASSESSED)]
    counts = [sum(check.mark == sign for check in checks) for sign in (HOLDS, FAILS, NOT_ASSESSED)]
    signs = (HOLDS, FAILS, NOT_ASSESSED)
    result = "　　".join(f"{sign} {count} 项" for sign, count in zip(signs, counts, strict=True))
    page.put(HINT_ROW, 0, "", "bold", "centre", width=len(_WIDTHS))
    page.formula(HINT_ROW, 0, "=" + '&"　　"&'.join(parts), result, "bold", "centre")
    page.sheet.set_row(HINT_ROW, 24)
    for sign, look in ((HOLDS, "good"), (FAILS, "bad")):
        rule = {"type": "cell", "criteria": "==", "value": f'"{sign}"', "format": page.looks(look)}
        page.sheet.conditional_format(first, mark, last, mark, rule)
