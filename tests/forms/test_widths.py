"""What a form prescribes the spelling of is read in either width of signs, and noted; what is otherwise wrong stays as it was written."""

from __future__ import annotations

import pytest

from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Finding
from pipeline.publishing.template import build_workbook
from tests.support.submissions import submission_of

FORM = load_form("website_report")


def said(key: str, text: str) -> tuple[str, list[Finding]]:
    reading = read(FORM, build_workbook(FORM, values={key: text}))
    [item] = judge(FORM, [submission_of(reading)])
    return reading.entries[key], [found for found in item.findings if key in found.keys]


@pytest.mark.parametrize(
    ("key", "written", "meant"),
    [
        ("site.identifier", "３３０１１００００１", "3301100001"),
        ("site.icp", "浙ＩＣＰ备12345678号－1", "浙ICP备12345678号-1"),
        ("site.url", "http：//www.example.gov.cn/1.html", "http://www.example.gov.cn/1.html"),
        ("site.url", "ｈｔｔｐｓ：／／www.example.gov.cn", "https://www.example.gov.cn"),
    ],
)
def test_wide_signs_are_read_and_noted(key: str, written: str, meant: str) -> None:
    value, [found] = said(key, written)
    assert value == meant
    assert (found.code, found.variant, found.facts["value"]) == ("C04", "normalised", meant)


@pytest.mark.parametrize(
    ("key", "text"), [("site.url", "HTTPS://www.example.gov.cn/"), ("site.icp", "浙ICP备12345678号")]
)
def test_what_is_spelled_right_is_left(key: str, text: str) -> None:
    assert said(key, text) == (text, [])


@pytest.mark.parametrize(
    ("key", "text"), [("site.identifier", "３３０１"), ("site.url", "ｗｗｗ.example.gov.cn")]
)
def test_what_is_wrong_otherwise_stays_as_it_was_written(key: str, text: str) -> None:
    value, [found] = said(key, text)
    assert value == text
    assert (found.code, found.variant) == ("V01", "pattern")


def test_a_column_of_a_register_too() -> None:
    form = load_form("normative_documents")
    [register] = form.registers
    rows = [
        ["样政发（2023）1号", "某某办法", "2023-03-05", "是", "", "http：//www.example.gov.cn/1.html", ""],
        ["样政发〔2023〕２号", "某某规定", "2023-03-05", "是", "", "https://www.example.gov.cn/2.html", ""],
    ]
    found = read(form, build_workbook(form, registers={register.key: rows}))
    cells = found.registers[register.key].cells
    assert [row[register.index["link"]] for row in cells] == [
        "http://www.example.gov.cn/1.html", "https://www.example.gov.cn/2.html",
    ]  # fmt: skip
    assert [row[0] for row in cells] == [row[0] for row in rows]
    assert [item.variant for item in found.findings if item.code == "C04"] == ["column"]
