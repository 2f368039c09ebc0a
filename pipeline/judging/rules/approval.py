"""A submission goes in; whether it says who approved it comes out: what the district signs for, somebody else answers for first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.model import Finding, Severity, Submission

if TYPE_CHECKING:
    from pipeline.forms.form import Form

_RULE, _ROLE = "F10", "approver"
_DOCUMENT = "F08"
"""Of a report that came as a document nobody can expect the entries of the template."""


def approval(form: Form, item: Submission) -> list[Finding]:
    """Return a finding if the entry for the approver is blank; a file that was not read, or is none of ours, is not assessed."""
    basic = form.basics.get(_RULE)
    entry = next((one for one in form.entries if one.role == _ROLE), None)
    reading = item.reading
    is_document = any(found.code == _DOCUMENT for found in reading.findings)
    if basic is None or entry is None or not reading.numbers or is_document:
        return []
    if reading.entries.get(entry.key, "").strip():
        return []
    place = reading.places.get(entry.key) or form.places.get(entry.key)
    return [
        Finding(_RULE, Severity(basic.severity), place, (entry.key,), "no_approver", {"prompt": entry.prompt})
    ]
