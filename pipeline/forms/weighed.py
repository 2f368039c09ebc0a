"""Findings of reading and identity go in; the same come out, each as heavy as the form says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.model import Finding, Severity

if TYPE_CHECKING:
    from pipeline.forms.form import Form


def weighed(form: Form, findings: Iterable[Finding]) -> list[Finding]:
    """Give every finding of a basic rule the severity that ``form`` declares for its variant."""
    return [_weighed(form, finding) for finding in findings]


def _weighed(form: Form, finding: Finding) -> Finding:
    basic = form.basics.get(finding.code)
    if basic is None:
        return finding
    severity = Severity(basic.severity_of(finding.variant))
    return finding if finding.severity is severity else replace(finding, severity=severity)
