"""A page with notices in its content goes in; 问题清单 is written: filterable, each line leading to its cell."""

from __future__ import annotations

from pipeline.model import Notice, Place
from pipeline.publishing.workbook.areas import row_height
from pipeline.publishing.workbook.marks import SEVERITY_WORDS, shortened
from pipeline.publishing.workbook.page import Page

_COLUMNS = (
    ("序号", 7.0),
    ("级别", 8.0),
    ("位置", 22.0),
    ("现值", 18.0),
    ("应为", 18.0),
    ("问题", 46.0),
    ("怎么改", 42.0),
    ("处理结果", 20.0),
)
_HEAD_ROW = 2
_LONGEST_VALUE = 200
"""Characters of a cell's value that the list repeats; the value itself stands whole in its cell."""


def write_notices(page: Page, title: str) -> None:
    """Write one line for each notice, in the order given."""
    notices = page.content.notices
    for column, (head, width) in enumerate(_COLUMNS):
        page.sheet.set_column(column, column, width)
        page.put(_HEAD_ROW, column, head, "box", "head")
    page.title(title, len(_COLUMNS))
    hint = (
        "点击“位置”转到要改的单元格。“错误”必须改正；“提醒”请核实，情况属实的在“自查”或“处理结果”栏写明原因。"
    )
    page.put(1, 0, hint, "hint", width=len(_COLUMNS))
    page.sheet.set_row(1, 22)
    page.sheet.set_row(_HEAD_ROW, 26)
    for number, notice in enumerate(notices, start=1):
        _write_notice(page, _HEAD_ROW + number, number, notice)
    page.sheet.autofilter(_HEAD_ROW, 0, _HEAD_ROW + len(notices), len(_COLUMNS) - 1)
    page.sheet.freeze_panes(_HEAD_ROW + 1, 0)
    page.sheet.repeat_rows(_HEAD_ROW)
    page.print_on_a4(landscape=True)


def _write_notice(page: Page, row: int, number: int, notice: Notice) -> None:
    page.put(row, 0, number, "box", "centre")
    page.put(row, 1, SEVERITY_WORDS[notice.severity], "box", "centre", "bold", notice.severity)
    target = page.content.form.places.get(notice.key or "")
    where = str(target or Place(notice.sheet or "", notice.cell or ""))
    if target:
        page.link(row, 2, target, where, "box", "left", "link")
    else:
        page.put(row, 2, where, "box", "left")
    words = (
        shortened(notice.actual or "", _LONGEST_VALUE),
        shortened(notice.expected or "", _LONGEST_VALUE),
        shortened(notice.message),
        shortened(notice.hint or ""),
    )
    for column, text in enumerate(words, start=3):
        page.put(row, column, text, "box", "left")
    page.put(row, len(_COLUMNS) - 1, "", "box", "left", "input")
    sizes = [(text, _COLUMNS[column][1]) for column, text in enumerate((where, *words), start=2)]
    page.sheet.set_row(row, row_height(*sizes, least=24))
