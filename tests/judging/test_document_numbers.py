"""Numbers of documents as offices give them: every usual kind can be reported, what is no number is none."""

from __future__ import annotations

import re

import pytest

from pipeline.forms.loader import load_form
from pipeline.forms.row_checks import repeats
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Finding
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.rows import YEAR
from tests.support.submissions import AGENCY, submission_of

FORM = load_form("normative_documents")
[REGISTER] = FORM.registers
STAMP = Stamp("001", AGENCY.name, YEAR, AGENCY.level)


def row(number: str, title: str = "某某办法") -> list[str]:
    return [number, title, "2023-03-05", "是", "", "https://www.example.gov.cn/1.html", ""]


def judged(*rows: list[str]) -> list[Finding]:
    content = build_workbook(FORM, STAMP, registers={REGISTER.key: list(rows)})
    [found] = judge(FORM, [submission_of(read(FORM, content))])
    return [item for item in found.findings if item.code in {"V01", "V02"}]


@pytest.mark.parametrize(
    "number",
    [
        "样政发〔2023〕1号", "样政办发[2023]15号", "样政发（2023）11号", "样政发〔2023〕第3号", "2023年第3号公告",
        "公告2023年第12号", "样例区人民政府公告（2023年第1号）", "样例区财政局通告2023年第2号", "YLQD01-2023-0005", "无",
        "样财〔2023〕1号、样税〔2023〕2号", "样财〔2023〕1号；样税〔2023〕2号； 样市监〔2023〕3号",
    ],
)  # fmt: skip
def test_a_number_that_an_office_gives_is_one(number: str) -> None:
    assert judged(row(number)) == []


@pytest.mark.parametrize(
    "number", ["样政发〔2023〕8", "样政发2023-3号", "关于某某的通知", "2023", "样政发〔23〕17号", "3号"]
)
def test_what_is_no_number_is_told(number: str) -> None:
    [found] = judged(row(number))
    assert (found.code, found.variant, found.key) == ("V01", "pattern", REGISTER.row_key(0, 0))


def test_documents_without_a_number_are_not_the_same() -> None:
    rows = [
        row("无"),
        row("无", "某某规定"),
        row("样政发〔2023〕1号", "某某细则"),
        row("样政发[2023]1号", "某某细则"),
    ]
    [found] = judged(*rows)
    assert (found.code, found.variant, found.facts["row"]) == ("V02", "duplicate", 3)
    assert repeats(REGISTER, rows) == 1


def test_the_pattern_is_linear() -> None:
    """It is asked of whatever stands in the column."""
    for text in ("样" * 5000, "样" * 29 + "〔2023〕1号、" * 500, "2023年第" * 1000):
        assert re.fullmatch(REGISTER.columns[0].pattern, text) is None
