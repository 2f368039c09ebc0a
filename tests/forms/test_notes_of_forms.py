"""What is written into the one text of the statistics and of a website's return: persons' numbers and what the template left are found."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from openpyxl import load_workbook

from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.periods import named
from pipeline.publishing.template import build_workbook
from tests.support.fills import zeros
from tests.support.submissions import reading_of, submission_of

PERSONS = {
    "identity_number": "经办人身份证号11010519491231002X。",
    "mobile": "联系人张三，手机13800138000。",
}
LEFT = (
    "本季度数据增长较大，【填写原因】。",
    "XX局统计口径有变化。",
    "××街道的数据已并入。",
    "比上季多__件。",
    "原因：（请填写具体原因）",
)
PLAIN = (
    "联系电话0571-89531117，地址为世纪大道1号。",
    "申请人王××、李XX多次申请，均已答复。",
    "孟××局长接待来访。",
    "网站由V2.0升级为V3.0，新增【办事指南】栏目。",
    "2024年第二季度起口径变化，登记编号为LQ2024XX03。",
    "培训人员较多，系全市轮训（见临政办〔2024〕3号）。",
)


@pytest.mark.parametrize(
    ("name", "period"), [("website_report", "2024"), ("disclosure_statistics_quarter", "2024Q2")]
)
def test_persons_numbers_and_what_the_template_left_are_found(name: str, period: str) -> None:
    form = load_form(name)

    def found_in(note: str) -> list[tuple[str, str, str]]:
        reading = replace(reading_of(form, zeros(form), {"statement": note}), texts={"statement": note})
        item = replace(submission_of(reading), year=named(period))
        [judged] = judge(form, [item])
        return [(one.code, one.variant, one.severity.value) for one in judged.findings if one.code[0] == "N"]

    weights = {"identity_number": "error", "mobile": "warning"}
    for kind, note in PERSONS.items():
        assert found_in(note) == [("N12", kind, weights[kind])], note
    for note in LEFT:
        assert [(code, weight) for code, _, weight in found_in(note)] == [("N14", "error")], note
    for note in ("", "无", *PLAIN):
        assert found_in(note) == [], note


@pytest.mark.parametrize(
    ("name", "written", "raw"),
    [
        ("disclosure_statistics_quarter", "=1+1", "=1+1"),
        ("website_report", "#NAME?", "#NAME?"),
        ("website_report", "没有要说明的。", ""),
        ("website_report", None, ""),
    ],
)
def test_a_formula_in_place_of_a_note_is_not_passed_over(name: str, written: str | None, raw: str) -> None:
    """A program that writes workbooks stores no results: the note would be blank, and nobody would know."""
    form = load_form(name)
    book = load_workbook(BytesIO(build_workbook(form)))
    [note] = form.texts
    book[note.sheet][form.places[note.key].cell] = written
    book.save(saved := BytesIO())
    found = [item for item in read(form, saved.getvalue()).findings if item.variant == "formula_in_text"]
    assert [(item.place, item.facts["raw"]) for item in found] == [(form.places[note.key], raw)] * bool(raw)
