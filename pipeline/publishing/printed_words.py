"""A form and a report go in; what its documents print of texts and entries comes out: 网站类型：部门网站.

Printed are the entries that a section of the form names, where they were answered. A text that nobody has to write and that
has a section of its own says 无 where it was left empty: a heading never stands over nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.forms.layout import NOTHING_TO_SAY
from pipeline.wording.personal_numbers import without_persons

if TYPE_CHECKING:
    from pipeline.forms.form import Entry, Form
    from pipeline.model import Report


def texts_alone(form: Form) -> frozenset[str]:
    """Return the texts that may be left empty and are all that stands in their section."""
    free = {text.key for text in form.texts if not text.required}
    return frozenset(
        section.contents[0]
        for section in form.sections
        if len(section.contents) == 1 and section.contents[0] in free
    )


def printed_text(report: Report, key: str, alone: frozenset[str]) -> str:
    """Return the text ``key`` as documents print it; ``alone`` are those of ``texts_alone``."""
    text = report.texts.get(key, "")
    return text if text.strip() or key not in alone else NOTHING_TO_SAY


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
