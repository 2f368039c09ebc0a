"""Rules over last year's figures, and relations other than balances: which fire, which wait, which follow from another."""

from __future__ import annotations

import random
from collections.abc import Mapping
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.forms.arithmetic import holds, with_past, with_totals
from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.judging.rules.judge import judge
from pipeline.model import Assessment, Number, PastReport, Verdict
from tests.support.fills import zeros
from tests.support.submissions import AGENCY, filled

FORM = load_form()
Values = Mapping[str, Number | None]


def past(numbers: Values, year: int = 2022) -> dict[str, PastReport]:
    return {AGENCY.code: PastReport(AGENCY.code, year, numbers, source="2022 年汇总")}


def judged(form: Form, this: Values, last: Values, year: int = 2022) -> Assessment:
    """Judge a nil return with the inputs ``this`` after a year whose figures were nil but for ``last``."""
    inputs = {cell.key: 0 for cell in form.cells if cell.is_input} | dict(this)
    before = zeros(form) | dict(last)
    [assessment] = judge(form, [filled(form, with_totals(form, inputs))], history=past(before, year))
    return assessment


def found(assessment: Assessment) -> list[str]:
    return [finding.variant for finding in assessment.findings]


CARRIED = {"requests.carried_over.enterprise": 3, "requests.granted_in_full.enterprise": 3}


def test_what_was_carried_over_must_be_what_was_carried_forward(form: Form) -> None:
    assessment = judged(form, CARRIED, {"requests.carried_forward.total": 2})
    assert found(assessment) == ["T3-04"]
    [finding] = assessment.findings
    assert finding.keys == ("requests.carried_over.total",)
    assert finding.place == form.places["requests.carried_over.total"]
    assert finding.facts["requests.carried_forward.total@-1"] == 2
    assert (finding.facts["left"], finding.facts["right"], finding.facts["difference"]) == (3, 2, 1)
    assert assessment.verdict is Verdict.RETURNED


def test_the_columns_are_compared_only_where_the_totals_agree(form: Form) -> None:
    last = {"requests.carried_forward.total": 3, "requests.carried_forward.research": 3}
    assessment = judged(form, CARRIED, last)
    assert found(assessment) == ["T3-05.enterprise", "T3-05.research"]
    assert assessment.verdict is Verdict.ACCEPTED_WITH_REMARKS


@pytest.mark.parametrize("year", [2021, 2023])
def test_another_years_report_is_not_last_years(form: Form, year: int) -> None:
    assert found(judged(form, CARRIED, {"requests.carried_forward.total": 2}, year)) == []


def test_unknown_figures_of_last_year_leave_their_rules_unassessed(form: Form) -> None:
    assert found(judged(form, CARRIED, {"requests.carried_forward.total": None})) == ["T3-05.enterprise"]
    every: Values = dict.fromkeys((cell.key for cell in form.cells), None)
    assert found(judged(form, CARRIED, every)) == []


def test_documents_are_carried_from_year_to_year(form: Form) -> None:
    row = "proactive.normative_documents"
    last = {f"{row}.in_force": 10}
    assert found(judged(form, {f"{row}.in_force": 12, f"{row}.issued": 4, f"{row}.repealed": 2}, last)) == []
    slipped = {f"{row}.in_force": 13, f"{row}.issued": 4, f"{row}.repealed": 2}
    assert found(judged(form, slipped, last)) == ["T2-02.normative_documents"]
    impossible = {f"{row}.in_force": 0, f"{row}.issued": 0, f"{row}.repealed": 11}
    assert found(judged(form, impossible, last)) == ["T2-04.normative_documents"]


@pytest.mark.parametrize(
    ("this", "last", "fires"),
    [
        (101, 20, True),
        (100, 20, False),
        (1472, 19, False),
        (1472, 0, False),
        (3, 20, True),
        (4, 20, False),
        (0, 20, True),
    ],
)
def test_a_leap_is_a_factor_of_a_base_large_enough(form: Form, this: int, last: int, *, fires: bool) -> None:
    key = "proactive.penalties.decisions"
    assessment = judged(form, {key: this}, {key: last})
    assert found(assessment) == (["T2-06.penalties.decisions"] if fires else [])


def test_money_leaps_are_compared_exactly(form: Form) -> None:
    key = "proactive.charges.amount"
    at_limit = judged(form, {key: Decimal("125.5")}, {key: Decimal("25.1")})
    over = judged(form, {key: Decimal("125.500001")}, {key: Decimal("25.1")})
    assert (found(at_limit), found(over)) == ([], ["T2-06.charges.amount"])


def test_pending_cases_do_not_vanish_but_may_change_their_kind(form: Form) -> None:
    last = {"disputes.reconsideration.pending": 2}
    request = {"requests.new_received.research": 1, "requests.granted_in_full.research": 1}
    assert found(judged(form, request | {"disputes.litigation_direct.upheld": 1}, last)) == ["T4-04"]
    changed = {"disputes.litigation_after_reconsideration.upheld": 2}
    assert found(judged(form, request | changed, last)) == []


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**9))
def test_the_matrix_and_exact_arithmetic_agree_over_two_years(seed: int) -> None:
    """Differential: the vectorised product against Decimal and int, with blanks in both years."""
    rng = random.Random(seed)

    def value(kind: str) -> Number | None:
        if rng.random() < 0.05:
            return None
        whole = rng.choice([0, 0, 1, 6, 20, 100, rng.randrange(10**6)])
        return Decimal(rng.randrange(10**9)).scaleb(-6) if kind == "money" else whole

    this, last = ({cell.key: value(cell.kind) for cell in FORM.cells} for _ in range(2))
    [assessment] = judge(FORM, [filled(FORM, this)], history=past(last))
    operands = with_past(this, last)
    failed = {check.id for check in FORM.checks.values() if holds(check, operands) is False}
    failed = {name for name in failed if not failed.intersection(FORM.checks[name].after)}
    assert {name for name in found(assessment) if name in FORM.checks} == failed


@pytest.mark.parametrize(("value", "code"), [(-300, "C05"), (Decimal("2.5"), "C06"), (300, "T2-06")])
def test_what_is_no_figure_is_not_weighed_against_last_year(form: Form, value: Number, code: str) -> None:
    key = "proactive.licences.decisions"
    assessment = judged(form, {key: value}, {key: 40})
    assert [finding.code for finding in assessment.findings] == [code]
