"""The form of report years 2019 and 2020: written by what is otherwise, and as whole as the form of today."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

import pipeline.forms
from pipeline.forms.form import Form
from pipeline.forms.formulas import EXPLAINED, FAILS, HOLDS
from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Finding, Severity
from pipeline.publishing.template import build_workbook
from pipeline.publishing.word.word_layout import build_layout
from tests.judging.test_three_readings import LEVEL, fillings, pandera_says, verdicts
from tests.support.fills import consistent_numbers
from tests.support.submissions import filled, plain_texts, submission_of

MOST_LINES = 120
FILLS = 20


@pytest.fixture(scope="module")
def old() -> Form:
    return load_form("annual_report_2019")


def test_it_is_written_by_what_is_otherwise() -> None:
    text = (Path(pipeline.forms.__file__).parent / "annual_report_2019.toml").read_text("utf-8")
    assert len(text.splitlines()) <= MOST_LINES


def test_its_tables_are_those_of_2019(old: Form, form: Form) -> None:
    assert [len(old.cells_of(table.key)) for table in old.tables] == [22, 23 * 7, 15]
    assert [cell.column.label[-1] for cell in old.cells if cell.kind == "signed_count"] == ["本年增/减"] * 5
    shared = [row for row in form.table("requests").blocks[0].rows if "other" not in row.groups]
    rows = old.table("requests").blocks[0].rows
    assert [row for row in rows if "other" not in row.groups] == shared
    assert [row.label[-1] for row in rows if "other" in row.groups] == ["（六）其他处理"]
    assert rows[-3].groups == ("outcome", "other")
    assert len(old.balance("T3-02.research").right) == 19


def test_nothing_in_it_speaks_of_the_form_of_today(old: Form, form: Form) -> None:
    said = [*(line for sheet in old.sheets for line in sheet.lines), *(sheet.title for sheet in old.sheets)]
    said += [text for rule in old.rules_by_id.values() for text in (rule.source, rule.condition)]
    assert not [text for text in said if form.authority[-9:] in text]
    assert [text for text in said if old.authority in text]


def test_a_claim_of_a_figure_it_has_not_is_known_and_not_judged(old: Form) -> None:
    numbers = consistent_numbers(old, random.Random(3))
    texts = plain_texts(old) | {
        "overview.proactive": "本年制发行政规范性文件9871件，收取行政事业性收费9871万元。作出行政许可决定9871件。"
    }
    reading = read(old, build_workbook(old, values={**numbers, **texts}))
    [assessment] = judge(old, [submission_of(reading)])
    claimed = [dict(finding.facts) for finding in assessment.findings if finding.code == "N04"]
    assert [str(fact.get("name")) for fact in claimed] == ["行政许可决定"]


@pytest.mark.parametrize("seed", range(20))
def test_a_consistent_report_with_fewer_items_than_before_is_accepted(old: Form, seed: int) -> None:
    rng = random.Random(seed)
    numbers = consistent_numbers(old, rng)
    numbers |= {cell.key: -rng.randrange(1, 99) for cell in old.cells if cell.kind == "signed_count"}
    reading = read(old, build_workbook(old, values={**numbers, **plain_texts(old)}))
    assert {key: reading.numbers[key] for key in numbers} == numbers
    [assessment] = judge(old, [submission_of(reading)])
    loud = [item for item in assessment.findings if item.severity is not Severity.INFO]
    assert not [item for item in loud if not _of_the_plain_texts(item)]
    assert assessment.report


def _of_the_plain_texts(finding: Finding) -> bool:
    return finding.severity is Severity.WARNING and finding.code.startswith("N")


def test_a_count_may_still_not_be_negative(old: Form) -> None:
    key = "proactive.licences.items_before"
    numbers = consistent_numbers(old, random.Random(1)) | {key: -3}
    [assessment] = judge(old, [filled(old, numbers)])
    assert ("C05", (key,)) in {(finding.code, finding.keys) for finding in assessment.findings}


def test_the_form_of_today_recognises_it(old: Form, form: Form) -> None:
    numbers = consistent_numbers(old, random.Random(2), 50)
    found = read(form, build_workbook(old, values={**numbers, **plain_texts(old)}))
    assert [finding.code for finding in found.findings if finding.code.startswith("F")] == ["F04"]
    assert (
        found.salvaged["requests.new_received.natural_person"]
        == numbers["requests.new_received.natural_person"]
    )


def test_it_does_not_take_the_form_of_today_for_itself(old: Form, form: Form) -> None:
    numbers = consistent_numbers(form, random.Random(2), 50)
    found = read(old, build_workbook(form, values=numbers))
    assert "F03" in {finding.code for finding in found.findings}


def test_its_word_layout_is_built(old: Form) -> None:
    assert build_layout(old) == build_layout(old)


@pytest.mark.libreoffice
def test_libreoffice_and_pandera_agree(old: Form, tmp_path: Path) -> None:
    chosen = {f"fill{number:03}": filling for number, filling in enumerate(fillings(old)[:FILLS])}
    contents = {name: filling.workbook(old) for name, filling in chosen.items()}
    computed = verdicts(old, contents, tmp_path)
    marks = {check.mark for found in computed.values() for check in found.values()}
    assert {HOLDS, FAILS, EXPLAINED} <= marks
    assert all(len(found) == len(old.live_checks(LEVEL)) for found in computed.values())
    for name, content in contents.items():
        assert computed[name] == pandera_says(old, content, chosen[name].past), name
