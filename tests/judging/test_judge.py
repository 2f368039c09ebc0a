"""Judging a batch: which findings, where, and what verdict."""

from __future__ import annotations

import random
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.district.rule_settings import Rules
from pipeline.forms.arithmetic import difference, holds
from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.judging.rules.judge import judge
from pipeline.model import Assessment, Finding, Number, Severity, Verdict
from tests.support.fills import consistent_numbers, zeros
from tests.support.real_report import load_city_figures, load_real_report
from tests.support.submissions import filled, reading_of, submission_of

FORM = load_form()


def codes(findings: tuple[Finding, ...]) -> list[tuple[str, str | None]]:
    return [(finding.code, finding.key) for finding in findings]


def errors(assessment: Assessment) -> tuple[Finding, ...]:
    return tuple(finding for finding in assessment.findings if finding.severity is Severity.ERROR)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9), st.sampled_from([0, 1, 5, 60, 3000]))
def test_a_consistent_report_has_no_finding(seed: int, scale: int) -> None:
    [assessment] = judge(FORM, [filled(FORM, consistent_numbers(FORM, random.Random(seed), scale))])
    assert assessment.findings == ()
    assert assessment.verdict is Verdict.ACCEPTED
    assert assessment.report


@pytest.mark.parametrize("slip", [1, -1])
@pytest.mark.parametrize("seed", range(5))
def test_a_slip_in_any_single_cell_is_found_at_its_row_or_column(form: Form, slip: int, seed: int) -> None:
    """All 200 cells. Of section 二 only what a rule binds can be found: nothing in a report contradicts a licence more."""
    numbers = consistent_numbers(form, random.Random(seed), 30)
    batch = [
        filled(form, numbers | {cell.key: numbers[cell.key] + slip}, number=cell.index) for cell in form.cells
    ]
    for cell, assessment in zip(form.cells, judge(form, batch), strict=True):
        for finding in assessment.findings:
            assert cell.key in finding.keys
            assert finding.place == form.places[finding.keys[0]]
        broken = [
            balance.id
            for balance in form.balances
            if holds(balance, assessment.submission.reading.numbers) is False
        ]
        assert [finding.variant for finding in assessment.findings if finding.variant in BALANCES] == broken
        if cell.table != "proactive":
            assert broken
        is_wrong = bool(broken) or numbers[cell.key] + slip < 0
        assert assessment.verdict is (Verdict.RETURNED if is_wrong else Verdict.ACCEPTED)


def test_blank_cells_are_one_finding_each_and_hide_the_balances_they_break(form: Form) -> None:
    numbers: dict[str, Number | None] = dict(consistent_numbers(form, random.Random(3)))
    key = "requests.granted_in_full.enterprise"
    numbers |= {key: None, "requests.granted_in_full.total": None}
    numbers |= {"requests.outcomes_total.enterprise": None, "requests.outcomes_total.total": None}
    [assessment] = judge(form, [filled(form, numbers)])
    assert codes(assessment.findings) == [("C01", key)]
    assert assessment.findings[0].place == form.places[key]


def test_an_unreadable_cell_is_not_also_blank(form: Form) -> None:
    key = "proactive.licences.decisions"
    numbers: dict[str, Number | None] = dict(consistent_numbers(form, random.Random(4))) | {key: None}
    found = Finding("C02", Severity.ERROR, form.places[key], (key,), "placeholder", {"raw": "/"})
    reading = replace(reading_of(form, numbers), unreadable={key: "/"}, findings=(found,))
    [assessment] = judge(form, [submission_of(reading)])
    assert codes(assessment.findings) == [("C02", key)]


def test_a_cell_that_was_not_placed_is_not_also_blank(form: Form) -> None:
    numbers: dict[str, Number | None] = dict(consistent_numbers(form, random.Random(4)))
    numbers |= dict.fromkeys((cell.key for cell in form.cells_of("disputes")), None)
    places = {key: place for key, place in form.places.items() if not key.startswith("disputes")}
    found = Finding("F03", Severity.ERROR, None, (), "missing_table", {"table": "四"})
    reading = replace(reading_of(form, numbers), places=places, findings=(found,))
    [assessment] = judge(form, [submission_of(reading)])
    assert [finding.code for finding in assessment.findings] == ["F03"]


@pytest.mark.parametrize(
    ("key", "value", "code", "variant", "verdict"),
    [
        ("proactive.licences.decisions", -1, "C05", "", Verdict.RETURNED),
        ("proactive.licences.decisions", Decimal("1.5"), "C06", "", Verdict.RETURNED),
        ("proactive.charges.amount", Decimal("-0.5"), "C05", "", Verdict.RETURNED),
        ("proactive.charges.amount", Decimal("0.1234567"), "C07", "decimals", Verdict.ACCEPTED_WITH_REMARKS),
        ("proactive.charges.amount", Decimal(251000), "C07", "size", Verdict.ACCEPTED_WITH_REMARKS),
    ],
)
def test_cells_out_of_range(
    form: Form, key: str, value: Number, code: str, variant: str, verdict: Verdict
) -> None:
    numbers = consistent_numbers(form, random.Random(5)) | {key: value}
    [assessment] = judge(form, [filled(form, numbers)])
    assert [(item.code, item.variant, item.key) for item in assessment.findings] == [(code, variant, key)]
    assert assessment.findings[0].facts == {"value": value}
    assert assessment.verdict is verdict


@pytest.mark.parametrize(("value", "code"), [(-3, "C05"), (Decimal("1.5"), "C06")])
def test_a_total_does_not_repeat_the_fault_of_its_part(form: Form, value: Number, code: str) -> None:
    numbers = zeros(form)
    part = "disputes.reconsideration.upheld"
    total = "disputes.reconsideration.total"
    typed = {part: value, total: value}
    [follows] = judge(form, [filled(form, numbers | typed)])
    assert codes(errors(follows)) == [(code, part)]
    [alone] = judge(form, [filled(form, numbers | {total: value})])
    assert codes(errors(alone)) == [(code, total), ("T4-01", total)]


@pytest.mark.parametrize("amount", ["59237.2449", "0.000001", "9999.999999", "25.1", "0"])
def test_amounts_of_up_to_six_decimals_are_fine(form: Form, amount: str) -> None:
    key = "proactive.charges.amount"
    numbers = consistent_numbers(form, random.Random(5)) | {key: Decimal(amount)}
    [assessment] = judge(form, [filled(form, numbers)])
    assert "decimals" not in {finding.variant for finding in assessment.findings}


def test_an_empty_required_text_is_found_at_its_cell(form: Form) -> None:
    reading = reading_of(form, consistent_numbers(form, random.Random(6)))
    texts = dict(reading.texts) | {"problems": " \n", "overview.lead": "", "preface": ""}
    [assessment] = judge(form, [submission_of(replace(reading, texts=texts))])
    assert codes(assessment.findings) == [("N02", "problems")]
    assert assessment.findings[0].place == form.places["problems"]


def test_the_real_report_has_no_finding(form: Form) -> None:
    real = load_real_report()
    [assessment] = judge(form, [submission_of(reading_of(form, real.numbers, real.texts))])
    assert assessment.findings == ()
    assert assessment.report
    assert assessment.report.numbers == tuple(real.numbers.values())


def test_city_figures_are_accepted_for_a_city_and_fail_one_rule_for_a_district(form: Form) -> None:
    figures = load_city_figures()
    city, district = judge(
        form, [filled(form, figures, level="设区的市"), filled(form, figures, level="县区", number=2)]
    )
    assert {finding.code for finding in city.findings} <= {"C07", "T3-08"}
    assert city.verdict.is_acceptance
    assert codes(errors(district)) == [
        ("T2-01", "proactive.regulations.issued"),
        ("T2-01", "proactive.regulations.in_force"),
    ]
    assert district.verdict is Verdict.RETURNED


def test_a_held_submission_is_held_whatever_its_findings(form: Form) -> None:
    item = replace(filled(form, consistent_numbers(form, random.Random(8))), held=True, agency=None)
    [assessment] = judge(form, [item])
    assert assessment.verdict is Verdict.HELD
    assert assessment.report is None


def test_a_file_that_did_not_open_keeps_its_finding_and_is_returned(form: Form) -> None:
    found = Finding("F01", Severity.ERROR, variant="damaged")
    item = filled(form, consistent_numbers(form, random.Random(8)))
    broken = replace(item, reading=replace(item.reading, form=None, numbers={}, findings=(found,)))
    [assessment, other] = judge(form, [broken, item])
    assert assessment.findings == (found,)
    assert assessment.verdict is Verdict.RETURNED
    assert other.verdict is Verdict.ACCEPTED


def test_blank_is_zero_accepts_with_remarks_and_fills_the_totals(form: Form) -> None:
    numbers: dict[str, Number | None] = dict.fromkeys((cell.key for cell in form.cells), None)
    placeholder = "proactive.regulations.issued"
    found = Finding(
        "C02", Severity.ERROR, form.places[placeholder], (placeholder,), "placeholder", {"raw": "/"}
    )
    reading = replace(reading_of(form, numbers), unreadable={placeholder: "/"}, findings=(found,))
    [strict] = judge(form, [submission_of(reading)])
    [lenient] = judge(form, [submission_of(reading)], rules=Rules(blank_is_zero=True))
    inputs = sum(cell.is_input for cell in form.cells)
    assert strict.verdict is Verdict.RETURNED
    assert [finding.code for finding in strict.findings].count("C01") == inputs - 1
    assert lenient.verdict is Verdict.ACCEPTED_WITH_REMARKS
    assert {finding.variant for finding in lenient.findings} == {"as_zero"}
    assert len(lenient.findings) == inputs
    assert lenient.report
    assert set(lenient.report.numbers) == {0}


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**9))
def test_the_matrix_and_exact_arithmetic_agree(seed: int) -> None:
    """Differential: the vectorised product against Decimal and int, over random figures with blanks."""
    rng = random.Random(seed)
    numbers: dict[str, Number | None] = {
        cell.key: rng.choice([None, 0, 1, rng.randrange(10**9)]) if rng.random() < 0.2 else rng.randrange(50)
        for cell in FORM.cells
    }
    [assessment] = judge(FORM, [filled(FORM, numbers)])
    failed = {finding.variant: finding for finding in assessment.findings if finding.variant in BALANCES}
    assert set(failed) == {balance.id for balance in FORM.balances if holds(balance, numbers) is False}
    for balance_id, finding in failed.items():
        assert finding.facts["difference"] == difference(BALANCES[balance_id], numbers)


BALANCES = {balance.id: balance for balance in FORM.balances}


def test_one_bad_file_does_not_touch_its_neighbours(form: Form) -> None:
    good = [filled(form, consistent_numbers(form, random.Random(seed)), number=seed) for seed in range(1, 6)]
    bad = filled(form, dict.fromkeys((cell.key for cell in form.cells), -7), number=9)
    alone = judge(form, good)
    together = judge(form, [*good[:3], bad, *good[3:]])
    assert [*together[:3], *together[4:]] == alone
