"""Findings of reading and identity go in; the same come out, each as heavy as the form says; what of them is in doubt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.model import Finding, Severity

if TYPE_CHECKING:
    from pipeline.forms.form import Form


def weighed(form: Form, findings: Iterable[Finding]) -> list[Finding]:
    """Give every finding of a basic rule the severity that ``form`` declares for its variant."""
    return [weighed_alone(form, finding) for finding in findings]


def weighed_alone(form: Form, finding: Finding) -> Finding:
    """Give a finding of a basic rule the severity that ``form`` declares for its variant; any other stays as it is."""
    basic = form.basics.get(finding.code)
    if basic is None:
        return finding
    severity = Severity(basic.severity_of(finding.variant))
    return finding if finding.severity is severity else replace(finding, severity=severity)


def is_waivable_error(form: Form, finding: Finding) -> bool:
    """Whether it is an error that the coordinator may accept, with a reason: its rule lets it go."""
    rule = form.rules_by_id.get(finding.code)
    return finding.severity is Severity.ERROR and rule is not None and rule.waivable


def is_in_doubt(form: Form, finding: Finding) -> bool:
    """Whether it is a warning about what is to be published that is neither settled by what the clerk wrote nor excepted.

    Of a form that prints nothing, nothing is. That a report came late, or on a sheet with odd labels, is no matter of what it says; that an amount may be in another unit is.
    What a clerk says of a rule that asks for it (``Narrative.confirmed``) settles nothing before the office has confirmed it.
    """
    basic = form.basics.get(finding.code)
    is_of_content = basic is None or ((basic.explainable or basic.confirmed) and bool(finding.keys))
    rule = form.narrative(finding.code)
    is_settled = finding.waived if rule and rule.confirmed else finding.is_answered
    is_open = not (is_settled or finding.on_trial)
    return bool(form.sections) and finding.severity is Severity.WARNING and is_of_content and is_open
