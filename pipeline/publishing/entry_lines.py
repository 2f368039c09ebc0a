"""A form and a report go in; the lines in which its documents print entries come out: 网站类型：部门网站.

Printed are the entries that a section of the form names, where they were answered.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.wording.personal_numbers import without_persons

if TYPE_CHECKING:
    from pipeline.forms.form import Entry, Form
    from pipeline.model import Report


def printed_entries(form: Form) -> tuple[Entry, ...]:
    """Return the entries that the sections of the form name, in their order."""
    entries = {entry.key: entry for entry in form.valued_entries}
    named = (key for section in form.sections for key in section.contents)
    return tuple(entries[key] for key in named if key in entries)


def entry_lines(entries: Sequence[Entry], report: Report) -> dict[str, str]:
    """Return the line of each of ``entries`` by its key; empty where nothing was answered."""
    return {entry.key: _line(entry, report.entries.get(entry.key, "")) for entry in entries}


def _line(entry: Entry, value: str) -> str:
    return f"{entry.label}：{without_persons(entry.value.shown(value))}" if value.strip() else ""
