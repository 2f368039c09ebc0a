"""What a person has still to decide is told from what is done: 待核准, and what is not to be published yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from pipeline.forms.form import Clerk, Form
from pipeline.model import Finding, Notice, Severity, Verdict
from pipeline.publishing.data.record import counts, submission_record
from pipeline.publishing.file_plan import unanswered
from pipeline.publishing.states import state_word
from pipeline.wording.messages import AWAITING, awaits_approval, counts_in_words
from tests.support.districts import agency, assessment, merged

ONE, OTHER = agency(1), agency(2)


def carried(form: Form, severity: Severity = Severity.ERROR, **more: str) -> Finding:
    """A finding of a rule that may be explained: figures that last year's contradict."""
    rule = next(check for check in form.balances if check.reaches_back and form.may_waive(check.rule.id))
    key = rule.left[0] if isinstance(rule.left, tuple) else next(iter(rule.left))
    facts = {"left": 1, "right": 2, "difference": 1}
    return replace(Finding(rule.rule.id, severity, form.places.get(key), (key,), facts=facts), **more)  # type: ignore[arg-type]


def told(pleaded: str = "", severity: str = "error", *, answered: bool = False) -> Notice:
    """A finding in words."""
    return Notice(
        "T3-04", severity, None, None, None, None, None, "…。", None, answered=answered, pleaded=pleaded
    )


def test_a_report_of_which_every_error_is_explained_waits_for_the_office() -> None:
    assert awaits_approval([told("机构合并"), told(severity="warning")])
    assert not awaits_approval([told("机构合并"), told()])
    assert not awaits_approval([told("机构合并", answered=True)])
    assert not awaits_approval([told(severity="warning")])
    assert not awaits_approval([])


def test_it_is_counted_and_called_so_everywhere(form: Form) -> None:
    waits, back = (assessment(form, item, 1, Verdict.RETURNED) for item in (ONE, OTHER))
    summary = merged(form, [ONE, OTHER], [waits, back])
    said = {waits.key: [told("机构合并")], back.key: [told()]}
    assert [state_word(state, said) for state in summary.states] == [AWAITING, "退回"]
    rows = [submission_record(item, said[item.key], clerk=Clerk()) for item in (waits, back)]
    found = counts(summary, rows)
    assert (found["returned"], found["awaiting_approval"]) == (2, 1)
    assert "退回 2 家（其中待核准 1 家）" in counts_in_words(found)


@pytest.mark.parametrize(
    ("finding", "keeps_back"),
    [
        (lambda form: carried(form, Severity.WARNING), True),
        (lambda form: carried(form, Severity.WARNING, explanation="属实"), False),
        (lambda form: carried(form, Severity.WARNING, waived="同意"), False),
        (lambda form: replace(carried(form, Severity.WARNING), on_trial=True), False),
        (
            lambda _: Finding("N04", Severity.WARNING, keys=("overview.on_request",), explanation="已核对"),
            True,
        ),
        (lambda _: Finding("N10", Severity.WARNING, keys=("other_matters",), explanation="没有"), False),
        (lambda form: carried(form, Severity.INFO), False),
        (lambda _: Finding("F07", Severity.WARNING, variant="late"), False),
        (lambda _: Finding("C07", Severity.WARNING, keys=("proactive.charges.amount",)), True),
    ],
)
def test_only_what_is_in_doubt_is_kept_from_the_portal(
    form: Form, finding: Callable[[Form], Finding], *, keeps_back: bool
) -> None:
    item = assessment(form, ONE, 1, Verdict.ACCEPTED_WITH_REMARKS, findings=[finding(form)])
    assert unanswered(form, item) is keeps_back


def test_who_filled_a_report_in_is_known_by_the_roles_of_entries(form: Form) -> None:
    entries = {entry.key: f" {entry.label} " for entry in form.entries}
    clerk = form.clerk_of(entries)
    assert clerk == Clerk("填报人", "联系电话", "审核人", "填报日期")
    assert clerk.words == "填报人 填报人（联系电话），审核人 审核人，填报日期 填报日期"
    assert form.clerk_of({}).words == ""
