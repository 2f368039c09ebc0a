"""A register that an agency keeps on a sheet for each month: what is not read is one thing to do, on sheets that are there."""

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

FORM = load_form("normative_documents")
[REGISTER] = FORM.registers


def monthly(months: int, first: str = "1月") -> Reading:
    book = openpyxl.Workbook()
    book.remove(book.active)  # type: ignore[arg-type]  # a new one has a sheet
    for month in range(1, months + 1):
        sheet = book.create_sheet(first if month == 1 else f"{month}月")
        sheet.append(["行政规范性文件台账"])
        sheet.append(["序号", *(column.label for column in REGISTER.columns)])
        for number in range(1, 3):
            address = f"https://www.example.gov.cn/{month}{number}.html"
            sheet.append(
                [
                    number,
                    f"样政发〔2023〕{month}{number}号",
                    "某某办法",
                    f"2023-{month:02}-05",
                    "是",
                    None,
                    address,
                ]
            )
    stream = BytesIO()
    book.save(stream)
    return read(FORM, stream.getvalue())


def test_a_sheet_for_each_month_is_one_thing_to_do() -> None:
    found = monthly(12)
    [told] = [item for item in found.findings if item.variant.startswith("rows_")]
    assert (told.variant, told.severity, told.place) == ("rows_on_sheets", Severity.ERROR, Place("2月", "B3"))
    named = "、".join(f"“{month}月”第 3 行起 2 条" for month in range(2, 13))
    assert told.facts == {
        "table": REGISTER.name, "sheet": "1月", "home": REGISTER.sheet, "to": "1月", "rows": 22, "copies": named,
    }  # fmt: skip
    [judged] = judge(FORM, [submission_of(found)])
    back = returned_of(FORM, [judged], judged)
    [notice] = [item for item in back.notices if "没有转入退回表" in item.message]
    assert notice.sheet == REGISTER.sheet


@pytest.mark.parametrize(("first", "to"), [("1月", "1月"), (REGISTER.sheet, REGISTER.sheet)])
def test_rows_go_to_a_sheet_that_the_file_has(first: str, to: str) -> None:
    [told] = [item for item in monthly(2, first).findings if item.variant == "rows_elsewhere"]
    assert (told.facts["to"], told.facts["rows"], told.facts["line"]) == (to, 2, 3)
