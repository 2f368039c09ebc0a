"""A register of one's own with other headings: it is said which of them are known and which are not there."""

from __future__ import annotations

from io import BytesIO

import openpyxl
import pytest

from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Place, Reading, Severity
from pipeline.publishing.returning import returned_of
from tests.support.submissions import submission_of

FORM = load_form("request_register")
[REGISTER] = FORM.registers


def own(*lines: list[object]) -> Reading:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = "Sheet1"
    for line in lines:
        sheet.append(line)
    stream = BytesIO()
    book.save(stream)
    return read(FORM, stream.getvalue())


HEADINGS: list[object] = [
    "序号",
    "编号",
    "何时收到",
    "申请人类型",
    "姓名",
    "申请方式",
    "公开的内容",
    "延期",
    "答复结果",
    "何时答复",
]
ROW: list[object] = [1, "A1", "2023-03-01", "自然人", "某某", "邮寄", "某件", "否", "予以公开", "2023-03-10"]


def test_the_sheet_that_looks_like_the_register_is_named_with_what_it_lacks() -> None:
    found = own(["2023年依申请公开台账"], HEADINGS, ROW)
    told = [
        item
        for item in found.findings
        if item.variant in {"unlike_headings", "missing_table"} and not item.keys
    ]
    [one] = told
    assert (one.variant, one.severity, one.place) == (
        "unlike_headings",
        Severity.ERROR,
        Place("Sheet1", "A2"),
    )
    assert "“申请人类型”" in str(one.facts["known"])
    assert "“收到日期”" in str(one.facts["lacking"])
    assert "“何时收到”" in str(one.facts["strange"])
    assert "某某" not in str(one.facts)
    [item] = judge(FORM, [submission_of(found)])
    [notice] = [one for one in returned_of(FORM, [item], item).notices if "Sheet1" in one.message]
    nil = FORM.places[REGISTER.nil_key]
    assert (notice.sheet, notice.cell, notice.change) == (nil.sheet, nil.cell, (REGISTER.nil_key,))


@pytest.mark.parametrize(
    "lines", [[["姓名", "电话", "部门", "备注"], ["某某", "123", "某科", ""]], [["无"]], []]
)
def test_a_sheet_of_something_else_is_not_taken_for_it(lines: list[list[object]]) -> None:
    assert "unlike_headings" not in {item.variant for item in own(*lines).findings}


def test_headings_without_a_row_are_no_register() -> None:
    assert "unlike_headings" not in {item.variant for item in own(HEADINGS).findings}
