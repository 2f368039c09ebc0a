"""A page and the checks of its content go in; 自查 is written, live and with the results stored."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.forms.form import Sheet
from pipeline.forms.formulas import (
    EXPLAINED,
    FAILS,
    HOLDS,
    NOT_ASSESSED,
    answered_formula,
    difference_formula,
    filled_formula,
    mark_formula,
)
from pipeline.forms.layout import CHECK_COLUMNS, CHECKS_TOP, HINT_ROW, TITLE_ROW
from pipeline.model import Number, Place, a1
from pipeline.publishing.template.areas import row_height
from pipeline.publishing.template.checks import Check, Unseen, is_of_period
from pipeline.publishing.template.template_page import TemplatePage

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
_HINT = (
    f"{HOLDS} 相符　　{FAILS} 不符，需要改正或说明　　{EXPLAINED} 不符，已说明　　"
    f"{NOT_ASSESSED} 数据还没有填全，或者没有{{past}}数据，暂不比较。中间一部分检查是否填写完整。"
)
_UNSEEN = "以下各项由{office}在收到后检查；情况属实的，可以在“说明”栏写明原因。"
_SIGNS = (HOLDS, FAILS, EXPLAINED, NOT_ASSESSED)


def marks_rows(rules: int, completeness: int) -> tuple[int, int]:
    """Return the first and the last row of the marks; one blank row parts rules and completeness checks."""
    return CHECKS_TOP, CHECKS_TOP + rules + completeness


def explanation_places(
    sheet: Sheet, rules: Sequence[Check], completeness: Sequence[Check], unseen: Sequence[Unseen]
) -> dict[str, Place]:
    """Return where 自查 takes the explanation of each check, by its id."""
    below = _unseen_top(rules, completeness) + 1
    rows = {check.id: CHECKS_TOP + number for number, check in enumerate(rules)}
    rows |= {line.id: below + number for number, line in enumerate(unseen) if line.explanation is not None}
    return {name: Place(sheet.name, a1(row, CHECK_COLUMNS["explanation"])) for name, row in rows.items()}


def _unseen_top(rules: Sequence[Check], completeness: Sequence[Check]) -> int:
    return CHECKS_TOP + len(rules) + len(completeness) + 2


def write_checks(
    page: TemplatePage,
    sheet: Sheet,
    rules: Sequence[Check],
    completeness: Sequence[Check],
    unseen: Sequence[Unseen],
) -> None:
    """Write 自查: a summary, the rules with room for explanations, the completeness checks, and what the office looks at."""
    for column, width in enumerate(_WIDTHS):
        hidden = {"hidden": column == CHECK_COLUMNS["id"]}  # the reader's handle; a clerk needs no English
        page.sheet.set_column(column, column, width, None, hidden)
    page.title(
        sheet.title, [0 if column == CHECK_COLUMNS["id"] else width for column, width in enumerate(_WIDTHS)]
    )
    page.put(HINT_ROW + 1, 0, _HINT.format(past=page.content.form.spoken["past"]), "hint", width=len(_WIDTHS))
    for column, head in enumerate(_HEADS):
        page.put(CHECKS_TOP - 1, column, head, "box", "head")
    page.sheet.set_row(CHECKS_TOP - 1, 36)
    rows = {check.id: CHECKS_TOP + number for number, check in enumerate(rules)}
    below = CHECKS_TOP + len(rules) + 1
    form = page.content.form
    of_period = [below + number for number, check in enumerate(completeness) if is_of_period(form, check)]
    for check in rules:
        after = [rows[before] for before in check.rule.after if before in rows] if check.rule else []
        after += of_period if check.rule and check.rule.rule.within_year else []
        _write_check(page, rows[check.id], check, [a1(row, CHECK_COLUMNS["mark"]) for row in after])
    for number, check in enumerate(completeness):
        _write_check(page, below + number, check)
    _write_unseen(page, _unseen_top(rules, completeness), unseen)
    again = _found_again(page, _unseen_top(rules, completeness) + 1, unseen)
    _write_summary(page, [*rules, *completeness], again, *marks_rows(len(rules), len(completeness)))
    page.sheet.freeze_panes(CHECKS_TOP, 0)
    page.sheet.repeat_rows(TITLE_ROW, CHECKS_TOP - 1)
    page.print_on_a4(landscape=True)


def _write_check(page: TemplatePage, row: int, check: Check, after: Sequence[str] = ()) -> None:
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
        page.formula(row, column[name], formula, _dash(value), "box", "figure")
    if check.rule:
        mark = mark_formula(check.rule, at, after)
        page.put(row, column["explanation"], check.explanation, "box", "left", "input")
    else:
        mark = filled_formula(at["difference"], NOT_ASSESSED if check.is_for_office else FAILS)
        page.put(row, column["explanation"], "", "box")
    page.formula(row, column["mark"], mark, check.mark, "box", "centre", "bold")
    page.sheet.set_row(
        row,
        row_height(
            (check.title, _WIDTHS[column["title"]]),
            (check.subject, _WIDTHS[column["subject"]]),
            (check.explanation, _WIDTHS[column["explanation"]]),
            least=22,
        ),
    )


def _write_unseen(page: TemplatePage, top: int, unseen: Sequence[Unseen]) -> None:
    """Write what a spreadsheet cannot check: found or not by the office, with room to explain beforehand."""
    office = page.content.form.words.office
    if unseen:
        page.put(
            top,
            CHECK_COLUMNS["title"],
            _UNSEEN.format(office=office),
            "hint",
            width=len(_WIDTHS) - CHECK_COLUMNS["title"],
        )
    column = CHECK_COLUMNS
    for number, line in enumerate(unseen):
        row = top + 1 + number
        page.put(row, column["id"], line.id, "box", "small")
        page.put(row, column["title"], line.title, "box", "left")
        subject = f"上次报送时发现，改正后由{office}再检查" if line.found else f"由{office}检查"
        page.jump(row, column["subject"], line.place, subject, "box", "left")
        for name in ("left", "right", "difference"):
            page.put(row, column[name], NOT_ASSESSED, "box", "centre")
        said, looks = line.explanation or "", () if line.explanation is None else ("left", "input")
        page.put(row, column["explanation"], said, "box", *looks)
        if line.found:
            formula = answered_formula(a1(row, column["explanation"]))
            page.formula(row, column["mark"], formula, line.mark, "box", "centre", "bold")
        else:
            page.put(row, column["mark"], line.mark, "box", "centre", "bold")
        texts = (line.title, _WIDTHS[column["title"]]), (said, _WIDTHS[column["explanation"]])
        page.sheet.set_row(row, row_height(*texts, least=22))


def _dash(value: Number | None) -> Number | str:
    return NOT_ASSESSED if value is None else value


def _found_again(page: TemplatePage, first: int, unseen: Sequence[Unseen]) -> tuple[str, str]:
    """Count what the office found and no spreadsheet can check again, as the end of a formula and as its result."""
    if not any(line.found for line in unseen):
        return "", ""
    mark = CHECK_COLUMNS["mark"]
    count = f'COUNTIF({a1(first, mark)}:{a1(first + len(unseen) - 1, mark)},"{FAILS}")'
    before, behind = f"　　另有 {FAILS} ", f" 项由{page.content.form.words.office}再检查"
    failures = sum(line.mark == FAILS for line in unseen)
    formula = f'&IF({count}=0,"","{before}"&{count}&"{behind}")'
    return formula, f"{before}{failures}{behind}" if failures else ""


def _write_summary(
    page: TemplatePage, checks: Sequence[Check], again: tuple[str, str], first: int, last: int
) -> None:
    """Write how many checks hold, fail and wait, and what is found ``again`` by the office alone; colour the marks."""
    mark = CHECK_COLUMNS["mark"]
    area = f"{a1(first, mark)}:{a1(last, mark)}"
    parts = [f'"{sign} "&COUNTIF({area},"{sign}")&" 项"' for sign in _SIGNS]
    counts = [sum(check.mark == sign for check in checks) for sign in _SIGNS]
    result = "　　".join(f"{sign} {count} 项" for sign, count in zip(_SIGNS, counts, strict=True))
    page.put(HINT_ROW, 0, "", "bold", "centre", width=len(_WIDTHS))
    formula, found = again
    page.formula(HINT_ROW, 0, "=" + '&"　　"&'.join(parts) + formula, result + found, "bold", "centre")
    page.sheet.set_row(HINT_ROW, 24)
    for sign, look in ((HOLDS, "good"), (FAILS, "bad")):
        rule = {"type": "cell", "criteria": "==", "value": f'"{sign}"', "format": page.looks(look)}
        page.sheet.conditional_format(first, mark, last, mark, rule)
