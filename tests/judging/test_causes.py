"""One cause, one message: what follows from a fault stands under it, in lists that people read as one line."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from pipeline.district.rule_settings import Rules
from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.approval import approval
from pipeline.judging.rules.judge import judge
from pipeline.model import Assessment, Number, PastReport, Severity, Verdict
from pipeline.publishing.template import build_workbook
from pipeline.wording.grouping import group_notices
from pipeline.wording.messages import notice, notices
from tests.support.fills import consistent_numbers, zeros
from tests.support.submissions import filled, reading_of, submission_of


@pytest.fixture
def numbers(form: Form) -> dict[str, Number]:
    return consistent_numbers(form, random.Random(11), 30)


def lines(form: Form, assessment: Assessment) -> list[str]:
    return [group.notice.code for group in group_notices(notices(form, assessment.findings))]


def test_a_wrong_total_is_one_line(form: Form, numbers: dict[str, Number]) -> None:
    key = "requests.outcomes_total.total"
    [assessment] = judge(form, [filled(form, numbers | {key: numbers[key] + 7})])
    assert {finding.code for finding in assessment.findings} == {"T3-01", "T3-02", "T3-03"}
    [group] = group_notices(notices(form, assessment.findings))
    assert "由此引起" in group.notice.fault
    assert group.notice.hint
    assert f"报来的是 {numbers[key] + 7}，各项之和是 {numbers[key]}" in group.notice.hint


def test_two_causes_are_two_lines(form: Form, numbers: dict[str, Number]) -> None:
    slips = ("requests.granted_in_full.enterprise", "disputes.reconsideration.total")
    [assessment] = judge(form, [filled(form, numbers | {key: numbers[key] + 100 for key in slips})])
    assert sorted(lines(form, assessment)) == ["T3-03", "T4-01"]


def test_a_negative_figure_stands_over_the_sums_it_breaks(form: Form, numbers: dict[str, Number]) -> None:
    key = "requests.granted_in_full.enterprise"
    figures = numbers | {key: -numbers[key] - 12}
    [assessment] = judge(form, [filled(form, figures)])
    assert lines(form, assessment) == ["C05"]
    assert {finding.code for finding in assessment.findings} == {"C05", "T3-02", "T3-03"}


def test_a_false_nil_return_stands_over_what_its_zeros_break(form: Form) -> None:
    figures: dict[str, Number] = dict(zeros(form)) | {"requests.new_received.enterprise": 5}
    shown: dict[str, Number | str] = {"requests.new_received.enterprise": 5, "requests.nil": "是"}
    reading = read(form, build_workbook(form, values=shown))
    assert reading.numbers["requests.carried_over.enterprise"] == 0
    item = submission_of(replace(reading, texts=reading_of(form, figures).texts))
    [assessment] = judge(form, [item])
    table = [finding for finding in assessment.findings if finding.code not in {"C01", "F10"}]
    assert {finding.code for finding in table} == {"C09", "T3-01"}
    assert len({finding.cause for finding in table}) == 1
    assert lines(form, assessment).count("C09") == 1
    assert "T3-01" not in lines(form, assessment)


@pytest.mark.parametrize("blank_is_zero", [False, True])
def test_a_template_that_nobody_filled_in_is_one_finding(form: Form, *, blank_is_zero: bool) -> None:
    item = submission_of(read(form, build_workbook(form)))
    [assessment] = judge(form, [item], rules=Rules(blank_is_zero=blank_is_zero))
    assert [(found.code, found.variant, found.severity) for found in assessment.findings] == [
        ("C01", "nothing_filled", Severity.ERROR)
    ]
    assert assessment.verdict is Verdict.RETURNED
    assert assessment.report is None


def test_a_template_with_texts_only_is_blank_table_by_table(form: Form) -> None:
    values: dict[str, Number | str] = dict(reading_of(form, zeros(form)).texts)
    [assessment] = judge(form, [submission_of(read(form, build_workbook(form, values=values)))])
    assert lines(form, assessment) == [*["C01"] * len(form.tables), "F10"]


@pytest.mark.parametrize("form_id", ["annual_report_2021", "request_register"])
def test_who_has_to_approve_is_said_in_the_words_of_the_form(form_id: str) -> None:
    form = load_form(form_id)
    [entry] = [entry for entry in form.entries if entry.role == "approver"]
    item = submission_of(replace(reading_of(form, zeros(form)), entries={}))
    found = approval(form, item)
    assert [notice(form, own).hint for own in found] == [f"请{entry.prompt}"]


def test_what_follows_comes_after_its_cause_and_errors_before_warnings(
    form: Form, numbers: dict[str, Number]
) -> None:
    figures = numbers | {
        "disputes.reconsideration.total": 99,
        "requests.outcomes_total.total": 999,
        "proactive.charges.amount": 20_000,
    }
    [assessment] = judge(form, [filled(form, figures)])
    said = notices(form, assessment.findings)
    weights = [Severity(item.severity).weight for item in said]
    assert weights == sorted(weights, reverse=True)
    causes = [item.cause for item in said if item.severity == Severity.ERROR]
    assert all(
        causes[at] == cause
        for cause in set(causes)
        for at in range(causes.index(cause), causes.index(cause) + causes.count(cause))
    )


@pytest.mark.parametrize("explanation", ["", "部分文件划转"])
def test_an_explained_warning_gets_no_suggestion(form: Form, explanation: str) -> None:
    row, rule = "proactive.normative_documents", "T2-02.normative_documents"
    figures = zeros(form) | {f"{row}.in_force": 12}
    past = PastReport("001", 2022, {f"{row}.in_force": 21})
    reading = replace(reading_of(form, figures), explanations={rule: explanation})
    [assessment] = judge(form, [submission_of(reading)], history={"001": past})
    [found] = [finding for finding in assessment.findings if finding.code == "T2-02"]
    assert [way.kind for way in found.suggestions] == ([] if explanation else ["swapped"])


@pytest.mark.parametrize(
    "items", [("issued",), ("in_force",), ("issued", "in_force"), ("repealed", "issued", "in_force")]
)
def test_regulations_of_a_district_are_one_line_with_the_remedy_of_their_rule(
    form: Form, items: tuple[str, ...]
) -> None:
    """One wrong row breaks up to four rules; the one that says "must be 0" leaves nothing to suggest."""
    figures: dict[str, Number] = dict(zeros(form)) | {f"proactive.regulations.{item}": 2 for item in items}
    past = PastReport("001", 2022, zeros(form))
    [assessment] = judge(form, [filled(form, figures)], history={"001": past})
    assert "T2-01" in {finding.code for finding in assessment.findings}
    [group] = group_notices(notices(form, assessment.findings))
    assert group.notice.code == "T2-01"
    assert group.notice.hint == form.checks["T2-01.issued"].rule.remedy
