"""The findings of a submission go in; the same findings come out, weighed by what was explained, waived or is on trial."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.model import Decision, Finding, Reading, Severity

if TYPE_CHECKING:
    from pipeline.forms.form import Form

NO_WAIVERS: Mapping[str, str] = {}


def weigh(
    form: Form, reading: Reading, findings: Iterable[Finding], waived: Mapping[str, str] = NO_WAIVERS
) -> list[Finding]:
    """Return ``findings`` as they count. ``waived`` maps the rules this agency is excepted from to the reasons.

    A rule on trial only tells the coordinator. What the clerk wrote beside a check goes with its finding. An error that
    the coordinator waived weighs as a warning, where its rule can be waived at all.
    """
    return [_weighed(form, reading, finding, waived.get(finding.code, "")) for finding in findings]


def resolved(findings: Iterable[Finding], reason: str) -> list[Finding]:
    """Return ``findings`` with what only a person can resolve resolved by whoever accepts the file for ``reason``; empty: nobody does."""
    return [
        replace(finding, severity=Severity.WARNING, waived=reason) if reason and finding.is_open else finding
        for finding in findings
    ]


def waivers_of(waivers: Iterable[Decision]) -> dict[str, dict[str, str]]:
    """Sort exceptions by agency code: rule → reason. A later one of the same agency and rule takes the earlier's place."""
    found: dict[str, dict[str, str]] = {}
    for waiver in waivers:
        found.setdefault(waiver.agency, {})[waiver.rule] = waiver.reason
    return found


def _weighed(form: Form, reading: Reading, finding: Finding, reason: str) -> Finding:
    if finding.code in form.on_trial:
        return replace(finding, severity=Severity.INFO, on_trial=True)
    explanation = _explanation(reading, (finding.variant, finding.code))
    if explanation:
        finding = replace(finding, explanation=explanation)
    return (
        replace(finding, severity=Severity.WARNING, waived=reason)
        if reason and _may_be(form, finding)
        else finding
    )


def _may_be(form: Form, finding: Finding) -> bool:
    """Whether the finding can be waived: any warning, and an error whose rule lets it go."""
    if finding.severity is Severity.ERROR:
        rule = form.rules_by_id.get(finding.code)
        return rule is not None and rule.waivable
    return finding.severity is Severity.WARNING


def _explanation(reading: Reading, names: Sequence[str]) -> str:
    return next((reading.explanations[name] for name in names if reading.explanations.get(name)), "")
