"""Whatever a file can hold, every builder makes something of it: one odd file never ends a run.

From what intake can produce (texts of any length, of any characters) to the bytes of what goes back and what goes out.
"""

from __future__ import annotations

import io
import random
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.forms.layout import CELL_CHARACTERS
from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Reading, Report, Severity, Verdict
from pipeline.publishing.returning import returned_of
from pipeline.publishing.template import build_workbook
from pipeline.publishing.web.report_page import compile_page, render_page
from pipeline.publishing.word import report as word
from pipeline.publishing.word.word_layout import build_layout
from tests.intake.support import draft
from tests.support.fills import consistent_numbers
from tests.support.folders import contents, inputs_only, make_district, run
from tests.support.submissions import reading_of, submission_of

FORM = load_form()
NUMBERS = dict(consistent_numbers(FORM, random.Random(3)))
LAYOUT, PAGE = word.compile_layout(build_layout(FORM), FORM), compile_page(FORM)
KEYS = [*(text.key for text in FORM.texts), *(entry.key for entry in FORM.entries)]
CHARACTERS = st.characters(codec="utf-16", min_codepoint=0)
PIECES = st.one_of(
    st.text(CHARACTERS, max_size=40),
    st.builds(
        lambda sign, count: sign * count, CHARACTERS, st.sampled_from([1, 300, 16_384, 32_767, 50_000])
    ),
    st.sampled_from(["=1+1", "<r>", "{{agency}}", "_x000D_", "]]>", "'", "9" * 5_000, "￾", "\v"]),
)


@settings(max_examples=20, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.dictionaries(st.sampled_from(KEYS), PIECES, max_size=4),
    st.dictionaries(st.sampled_from([*FORM.checks]), PIECES, max_size=2),
)
def test_every_builder_is_total(odd: Mapping[str, str], explained: Mapping[str, str]) -> None:
    plain = reading_of(FORM, NUMBERS)
    reading = replace(
        plain,
        texts={key: odd.get(key, text) for key, text in plain.texts.items()},
        entries={entry.key: odd.get(entry.key, "") for entry in FORM.entries},
        unreadable=odd,
        explanations=explained,
    )
    assert openpyxl.load_workbook(io.BytesIO(_returned(reading))).sheetnames
    report = Report(
        FORM.id,
        odd.get(KEYS[-1], "甲局"),
        "001",
        2023,
        tuple(NUMBERS.values()),
        reading.texts,
        reading.entries,
    )
    assert word.render(LAYOUT, report)
    assert render_page(PAGE, report)


def _returned(reading: Reading) -> bytes:
    [item] = judge(FORM, [submission_of(reading)])
    back = returned_of(FORM, [item], item)
    return build_workbook(FORM, values=back.values, explanations=back.explanations, notices=back.notices)


@pytest.mark.parametrize("kind", ["two cells", "one cell"])
def test_a_text_too_long_for_a_cell_is_returned_and_what_fits_goes_back(kind: str) -> None:
    key = FORM.texts[-1].key
    made = draft(FORM, NUMBERS)
    sheet, row, column = FORM.positions[key]
    length = 20_000 if kind == "two cells" else 32_000
    made.put((sheet, row, column), "公开" * (length // 2))
    made.put((sheet, row + 1, column), "情况" * (length // 2))
    reading = read(FORM, made.xlsx())
    assert len(reading.texts[key]) > CELL_CHARACTERS
    [found] = [item for item in reading.findings if item.severity is Severity.ERROR]
    assert (found.code, found.variant, found.key) == ("F05", "too_long", key)
    again = read(FORM, _returned(reading))
    assert again.texts[key].startswith("公开" * 5_000)
    [item] = judge(FORM, [submission_of(again)])
    assert item.verdict is Verdict.RETURNED, "cut, and never accepted as it is"


def test_a_text_too_long_costs_one_file_and_not_the_run(tmp_path: Path) -> None:
    values = {**inputs_only(FORM, NUMBERS), FORM.entry_with_role("year").key: "2023"}
    good = build_workbook(FORM, values={**values, FORM.entry_with_role("agency").key: "甲局", **_texts()})
    long = draft(FORM, NUMBERS, answers={FORM.entry_with_role("agency").key: "乙局"})
    sheet, row, column = FORM.positions[FORM.texts[-1].key]
    for below in range(2):
        long.put((sheet, row + below, column), "公" * 30_000)
    ran = run(make_district(tmp_path, ["甲局", "乙局"], {"good.xlsx": good, "long.xlsx": long.xlsx()}))
    assert ran.code == 1, ran.err
    assert ran.verdicts()["long.xlsx"] == "returned"
    assert "returned/乙局_第1次.xlsx" in contents(ran.folder)


def _texts() -> dict[str, str]:
    return {
        text.key: "本年度工作已完成。统计期限自2023年1月1日起，至2023年12月31日止。未收取信息处理费。"
        for text in FORM.texts
    }
