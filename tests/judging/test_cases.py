"""Every rule has a file of cases: one in which it alone fires, one in which nothing does, one in which it is not assessed."""

from __future__ import annotations

import pytest

from pipeline.forms.arithmetic import holds, with_past
from pipeline.forms.form import Basic, Form
from pipeline.forms.loader import form_ids, load_form
from pipeline.wording.messages import notices
from tests.support.cases import FOLDER, Case, cases, judged, last_year_of

CASES = cases()
NAMES = {"fires", "silent", "not_assessed"}
KEYS = {
    *("numbers", "blank", "texts", "level", "agency", "write", "insert_row", "unplaced", "file", "received"),
    *("sender", "decided", "counted", "last_year", "last_year_blank", "last_year_texts"),
}
ALWAYS_ASSESSED = {"F01"}
"""Whether a file opens can always be told."""


def test_every_rule_has_its_file_and_every_file_its_cases() -> None:
    forms = [
        form for form in map(load_form, form_ids()) if form.period == "year" and not form.registers
    ]  # the others have tests of their own
    rules = {rule for form in forms for rule in form.rules_by_id}
    assert {path.stem for path in FOLDER.iterdir()} == rules
    for rule in rules:
        own = {case.name for case in CASES if case.rule == rule}
        assert own == (NAMES - {"not_assessed"} if rule in ALWAYS_ASSESSED else NAMES), rule
    assert not {key for case in CASES for key in case.values} - KEYS


@pytest.mark.parametrize("case", [case for case in CASES if case.name == "fires"], ids=lambda case: case.rule)
def test_the_rule_alone_fires(form: Form, case: Case) -> None:
    assessment = judged(form, case)
    assert {finding.code for finding in assessment.findings} == {case.rule}
    for said in notices(form, assessment.findings):
        assert said.message.endswith("。")


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.name == "silent"], ids=lambda case: case.rule
)
def test_nothing_fires(form: Form, case: Case) -> None:
    assert judged(form, case).findings == ()


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.name == "not_assessed"], ids=lambda case: case.rule
)
def test_the_rule_is_not_assessed(form: Form, case: Case) -> None:
    assessment = judged(form, case)
    assert case.rule not in {finding.code for finding in assessment.findings}
    checks = [check for check in form.checks.values() if check.rule.id == case.rule]
    if not checks:
        assert isinstance(form.rules_by_id[case.rule], Basic) or form.narrative(case.rule)
        return
    past = last_year_of(form, case)
    operands = with_past(assessment.submission.reading.numbers, past.numbers if past else None)
    failed = {finding.variant for finding in assessment.findings}
    assert any(holds(check, operands) is None or failed & set(check.after) for check in checks)
