"""The answers of 基本信息 and of tables go in; they come out as values of their kinds, with what could not be read."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipeline.forms.values.kind import PERSONAL, SPELLED
from pipeline.forms.values.typed import shown
from pipeline.intake.read.listed import clean
from pipeline.intake.read.register_cells import LEFT_BLANK, is_left_blank
from pipeline.model import Finding

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipeline.forms.form import Entry, Form
    from pipeline.forms.values.typed import Typed
    from pipeline.intake.read.figures import TableFigures
    from pipeline.intake.read.listed import Listed
    from pipeline.intake.read.spreadsheet import Raw
    from pipeline.model import Fact, Place

_NO_PROMPT = "填写这一格要求的内容"
_SHOWN = 60
"""Characters of a value that a finding repeats."""


@dataclass(slots=True)
class Entries:
    """The entries of a file; ``unreadable`` holds what those show that are no value of their kind."""

    answers: dict[str, str]
    unreadable: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


def read_entries(form: Form, listed: Listed, answers: Mapping[str, str]) -> Entries:
    """Type the entries that are values of the report; all others stay as they were written."""
    found = Entries(dict(answers))
    for entry in form.entries:
        if not entry.role:
            _read_value(found, entry, listed.raw.get(entry.key), listed.places.get(entry.key))
    found.findings += _misspelled(form, listed)
    return found


def read_cell_values(form: Form, figures: TableFigures, found: Entries) -> Entries:
    """Add the values of tables to ``found``; of a table that was not placed they are blank."""
    for entry in form.cell_values:
        raw = figures.values.get(entry.key)
        found.answers[entry.key] = clean(raw)
        if entry.key not in figures.unreadable:  # an error of the spreadsheet has been said
            _read_value(found, entry, raw, figures.places.get(entry.key))
    return found


def _read_value(found: Entries, entry: Entry, raw: Raw, place: Place | None) -> None:
    """Type one value; “/” or “无” where nothing has to stand is a blank, what cannot be read stays as it was written."""
    if place and is_left_blank(entry.value, raw):
        found.answers[entry.key] = ""
        facts: Mapping[str, Fact] = {"label": entry.label, "count": 1, "raw": shown(raw).strip()[:_SHOWN]}
        found.findings.append(Finding.found("C04", place, (entry.key,), LEFT_BLANK, facts))
        return
    typed = entry.value.read(raw)
    if typed.raw is None:
        found.answers[entry.key] = typed.value
    else:
        found.unreadable[entry.key] = found.answers[entry.key]
    if typed.code and place:
        typed = with_prompt(hidden(typed) if entry.personal else typed, entry.value.mending)
        found.findings.append(typed.finding(place, entry.key))


def _misspelled(form: Form, listed: Listed) -> Iterator[Finding]:
    """Yield what is no day or no telephone number where one is asked for; it stays as it was written."""
    for entry in form.spelled_entries if SPELLED in form.basics else ():
        raw, place = listed.raw.get(entry.key), listed.places.get(entry.key)
        variant = entry.value.fault(raw)
        if variant and place:
            facts = {"raw": shown(raw)[:_SHOWN], "prompt": entry.value.prompt.rstrip("。")}
            yield Finding.found(SPELLED, place, (entry.key,), variant, facts)


def hidden(typed: Typed) -> Typed:
    """Leave what concerns a person out of what is said of a value."""
    facts = {
        name: PERSONAL if name in {"raw", "value", "meant"} else fact for name, fact in typed.facts.items()
    }
    return replace(typed, facts=facts)


def with_prompt(typed: Typed, prompt: str) -> Typed:
    """Add what is to be filled in to what is said of a value."""
    return replace(typed, facts={**typed.facts, "prompt": prompt.rstrip("。") or _NO_PROMPT})
