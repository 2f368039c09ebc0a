"""Rows of registers are as high as what they hold, in the template and in the sum of all; a block without a line says so."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import UTC, date, datetime

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.form import Form
from pipeline.forms.layout import ROWS_TOP
from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.merging import merge
from pipeline.model import Assessment
from pipeline.publishing.summary.district_workbook import build_summary
from pipeline.publishing.summary.reconcile import RECONCILE_SHEET
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.districts import DISTRICT, agency
from tests.support.submissions import submission_of

LONG = "关于印发促进先进制造业高质量发展专项资金使用管理办法及其实施细则的通知"
ROWS = [
    ["甲政发〔2023〕1号", LONG, "2023-03-01", "是", "", "https://a.gov.cn/1.html", ""],
    ["甲政发〔2023〕2号", "财政办法", "2023-03-02", "是", "", "https://a.gov.cn/2", ""],
    ["甲政发〔2023〕3号", "采购办法", "2023-03-03", "是", "", "https://www.jiaxian.gov.cn/1.html", ""],
]
OWNER = agency(1)


@pytest.fixture(scope="module")
def form() -> Form:
    return load_form("normative_documents")


def sent(form: Form) -> bytes:
    entries = {f"{form.registers[0].key}.nil": "否"}
    stamp = Stamp(OWNER.code, OWNER.name, 2023, OWNER.level)
    return build_workbook(form, stamp, values=entries, registers={form.registers[0].key: ROWS})


def summary_book(form: Form, period: int, found: list[Assessment]) -> openpyxl.Workbook:
    summary = merge(form, district=DISTRICT, year=period, agencies=[OWNER], assessments=found)
    now = datetime(2024, 2, 1, tzinfo=UTC)
    content = build_summary(form, summary, deadline=date(2024, 1, 31), now=now, notices={})
    return openpyxl.load_workbook(io.BytesIO(content))


def heights(sheet: Worksheet, first: int) -> tuple[float, float, float]:
    """Return how high the rows are; what says nothing is one line high."""
    long, short, address = (sheet.row_dimensions[first + number].height or 13.5 for number in range(3))
    return long, short, address


def test_a_row_of_the_template_is_as_high_as_its_longest_text(form: Form) -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(sent(form)))[form.registers[0].sheet]
    long, short, address = heights(sheet, ROWS_TOP + 1)
    assert long > 3 * 13.5
    assert short < 2 * 13.5
    assert address > 3 * 13.5, "it breaks behind its signs only: https://, the server, the page"


def test_a_row_of_the_list_of_all_is_as_high_as_its_longest_text(form: Form) -> None:
    own = replace(submission_of(read(form, sent(form))), agency=OWNER, year=2023)
    sheet = summary_book(form, 2023, judge(form, [own]))[f"{form.registers[0].sheet} 汇总"]
    assert [sheet.cell(4, 5).value, sheet.cell(5, 5).value] == [LONG, "财政办法"]
    long, short, address = heights(sheet, 4)
    assert long > 2 * 13.5
    assert short < 2 * 13.5
    assert address > 3 * 13.5, "it breaks behind its signs only: https://, the server, the page"


def test_where_nothing_is_to_be_compared_the_block_says_so() -> None:
    sheet = summary_book(load_form("disclosure_statistics_quarter"), 202342, [])[RECONCILE_SHEET]
    said = [cell.value for (cell,) in sheet.iter_rows(max_col=1) if cell.value]
    assert "这份表没有要对汇总数核对的勾稽关系。" in said
    assert "还没有单位计入汇总。" in said
