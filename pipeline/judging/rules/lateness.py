"""A submission and its agency's deadline go in; what is to be said of its arrival comes out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from pipeline.model import CHINA, Finding, Severity, Submission

if TYPE_CHECKING:
    from pipeline.forms.form import Form

LATENESS_RULE = "F07"


def lateness(form: Form, item: Submission, deadline: date | None) -> list[Finding]:
    """Return a finding if ``item`` came after ``deadline``, a day in China; an unknown time is not assessed.

    Who reported in time may correct the report later: the agency's first file decides. Where only the day is known on which
    it was first seen, it is late if the inbox had been looked into after the deadline before; else nobody knows.
    """
    basic = form.basics.get(LATENESS_RULE)
    if basic is None or deadline is None or item.received_at is None:
        return []
    day = item.received_at.astimezone(CHINA).date()
    first = item.first_at.astimezone(CHINA).date() if item.first_at else day
    if min(day, first) <= deadline:
        return []
    facts = {"received": _spoken(day), "deadline": _spoken(deadline)}
    if not item.received_guessed:
        return [Finding(LATENESS_RULE, Severity(basic.severity), facts=facts, variant="late")]
    if item.surely_after is None or item.surely_after <= deadline:
        return []
    return [Finding(LATENESS_RULE, Severity(basic.severity), facts=facts, variant="seen_late")]


def _spoken(day: date) -> str:
    return f"{day.year}年{day.month}月{day.day}日"
