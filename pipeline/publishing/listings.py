"""The district's year goes in; what agencies told in rows comes out, one below the other: registers, and the entries.

What concerns persons is left out, as the form marks it, and numbers of persons that stand in a text all the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.forms.values.registry import kind_of
from pipeline.forms.values.together import brought_together
from pipeline.forms.values.words import FreeText
from pipeline.publishing.data.datafiles import as_text_cell, csv_of
from pipeline.wording.personal_numbers import without_persons

if TYPE_CHECKING:
    from pipeline.forms.form import Entry, Form
    from pipeline.forms.registers import Column
    from pipeline.forms.values.kind import Asked, ValueKind
    from pipeline.model import DistrictSummary, Number, Report

LISTING_HEAD = ("agency_code", "agency")
ENTRIES = "entries"
"""The key of the listing of entries."""


@dataclass(frozen=True, slots=True)
class ListedColumn:
    """A column of a listing; ``weight``: the column by which its average is weighed, -1: none."""

    key: str
    label: str
    kind: ValueKind
    weight: int = -1


@dataclass(frozen=True, slots=True)
class Listing:
    """Rows of all agencies: code and name of the agency, then the values by column. ``sheet`` is what the form calls it."""

    key: str
    name: str
    sheet: str
    columns: tuple[ListedColumn, ...]
    rows: tuple[tuple[str, str, tuple[str, ...]], ...]

    def together(self, column: int) -> Number | None:
        """Return what a column comes to; None where it comes to no number."""
        own = self.columns[column]
        values = [row[2][column] for row in self.rows]
        weights = [row[2][own.weight] for row in self.rows] if own.weight >= 0 else ()
        return brought_together(own.kind.together, values, weights)


def listings_of(form: Form, summary: DistrictSummary) -> list[Listing]:
    """Return the entries, if there are any to be listed, and every register."""
    found = [_entries(form, summary)] if _shown(_listed(form)) else []
    return [*found, *(_register(form, own.key, summary) for own in form.registers)]


def listed_names(form: Form) -> list[str]:
    """Return the keys of all listings of a form, in their order."""
    return [*([ENTRIES] if _shown(_listed(form)) else []), *(own.key for own in form.registers)]


def listing_csv(listing: Listing) -> bytes:
    """Return one row per row, in roster order: agency code, agency name, then the values as they are spelled."""
    head = (*LISTING_HEAD, *(column.key for column in listing.columns))
    rows = ([as_text_cell(value) for value in (code, name, *values)] for code, name, values in listing.rows)
    return csv_of(head, rows)


def _listed(form: Form) -> tuple[Entry, ...]:
    """Return the entries that are values of the report; those in tables are listed with the numbers of these."""
    return tuple(entry for entry in form.valued_entries if not entry.table)


def _shown(asked: Sequence[Asked]) -> list[int]:
    """Return which of the values are listed."""
    return [
        number for number, own in enumerate(asked) if not own.personal and kind_of(own).together != "none"
    ]


def _columns(asked: Sequence[Entry] | Sequence[Column]) -> tuple[ListedColumn, ...]:
    numbers = _shown(asked)
    keys = [asked[number].key for number in numbers]
    return tuple(
        ListedColumn(own.key, own.label, kind_of(own), keys.index(own.weight) if own.weight in keys else -1)
        for own in (asked[number] for number in numbers)
    )


def _entries(form: Form, summary: DistrictSummary) -> Listing:
    entries = _listed(form)
    columns, numbers = _columns(entries), _shown(entries)
    rows = tuple(
        (
            code,
            name,
            tuple(
                _seen(columns[at].kind, report.entries.get(entries[number].key, ""))
                for at, number in enumerate(numbers)
            ),
        )
        for code, name, report in _reports(summary)
    )
    sheet = form.sheet(entries[0].sheet)
    return Listing(ENTRIES, sheet.title, sheet.name, columns, rows)


def _register(form: Form, key: str, summary: DistrictSummary) -> Listing:
    register = form.register(key)
    columns, numbers = _columns(register.columns), _shown(register.columns)
    rows = tuple(
        (code, name, tuple(_seen(columns[at].kind, values[number]) for at, number in enumerate(numbers)))
        for code, name, report in _reports(summary)
        if key in report.registers
        for values in report.registers[key].cells
    )
    return Listing(key, register.name, register.sheet, columns, rows)


def _reports(summary: DistrictSummary) -> Iterator[tuple[str, str, Report]]:
    for state in summary.states:
        if state.counting and state.counting.report:
            yield state.agency.code, state.agency.name, state.counting.report


def _seen(kind: ValueKind, value: str) -> str:
    return without_persons(value) if isinstance(kind, FreeText) else value
