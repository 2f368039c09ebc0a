"""The findings of a submission go in; the same findings come out, weighed by what was explained, waived or is on trial."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.forms.weighed import is_waivable_error
from pipeline.model import Decision, DecisionKind, Finding, Reading, Severity

if TYPE_CHECKING:
    from pipeline.forms.form import Form

NO_WAIVERS: Mapping[str, Decision] = {}
_SIGN = 12
"""Signs of a sign: two of one agency and rule are never alike by chance."""


def weigh(
    form: Form, reading: Reading, findings: Sequence[Finding], waived: Mapping[str, Decision] = NO_WAIVERS
) -> list[Finding]:
    """Return ``findings`` as they count. ``waived`` maps the rules of which something was decided for this agency to that.

    A rule on trial only tells the coordinator. What the clerk wrote beside a check goes with its finding, unless the
    coordinator did not agree to it. An error that the coordinator waived weighs as a warning, where its rule can be waived at all.
    """
    with_explanations = [_with_explanation(form, reading, finding) for finding in findings]
    decided = {rule: decision for rule, decision in waived.items() if _holds(decision, with_explanations)}
    return [_weighed(form, finding, decided.get(finding.code)) for finding in with_explanations]


def sign_of(findings: Iterable[Finding], *, explained: bool = False) -> str:
    """Return a sign of what one rule found: in which cells, with which figures or words; ``explained``: and what was said of it."""
    seen = sorted(
        (
            item.variant,
            item.keys,
            sorted((name, str(value)) for name, value in item.facts.items()),
            item.explanation if explained else "",
        )
        for item in findings
    )
    return hashlib.sha256(repr(seen).encode()).hexdigest()[:_SIGN]


def _holds(decision: Decision, findings: Iterable[Finding]) -> bool:
    """Say whether what was decided is about what is found now, and not about other figures."""
    if not decision.seen:
        return True
    own = [item for item in findings if item.code == decision.rule]
    return decision.seen == sign_of(own, explained=decision.kind is DecisionKind.REFUSE)


def resolved(findings: Iterable[Finding], reason: str) -> list[Finding]:
    """Return ``findings`` with what only a person can resolve resolved by whoever accepts the file for ``reason``; empty: nobody does."""
    return [
        replace(finding, severity=Severity.WARNING, waived=reason) if reason and finding.is_open else finding
        for finding in findings
    ]


def waivers_of(waivers: Iterable[Decision]) -> dict[str, dict[str, Decision]]:
    """Sort what was decided of rules by agency code and rule. A later one of the same agency and rule takes the earlier's place."""
    found: dict[str, dict[str, Decision]] = {}
    for waiver in waivers:
        found.setdefault(waiver.agency, {})[waiver.rule] = waiver
    return found


def _with_explanation(form: Form, reading: Reading, finding: Finding) -> Finding:
    if finding.code in form.on_trial:
        return replace(finding, severity=Severity.INFO, on_trial=True)
    explanation = _explanation(reading, (finding.variant, finding.code))
    return replace(finding, explanation=explanation) if explanation else finding


def _weighed(form: Form, finding: Finding, decision: Decision | None) -> Finding:
    if decision is None or finding.on_trial:
        return finding
    if decision.kind is DecisionKind.REFUSE:
        return replace(finding, explanation="", refused=decision.reason) if finding.explanation else finding
    is_waived = finding.severity is Severity.WARNING or is_waivable_error(form, finding)
    return replace(finding, severity=Severity.WARNING, waived=decision.reason) if is_waived else finding


def _explanation(reading: Reading, names: Sequence[str]) -> str:
    return next((reading.explanations[name] for name in names if reading.explanations.get(name)), "")
