"""A register and a sheet go in; where its headings stand on it comes out, and what is wrong with them.

A heading is known by its label or another wording of it, else by likeness; columns may stand in any order and among others.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.forms import layout
from pipeline.intake.read.labels import likeness, normalise
from pipeline.intake.read.lines import ALIKE_ENOUGH
from pipeline.model import Fact, Finding, Place, a1

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pipeline.forms.registers import Register
    from pipeline.forms.values.plain import Raw
    from pipeline.intake.read.spreadsheet import SheetData

_HEAD_WITHIN = 60
"""Rows among which the headings are looked for."""
ENOUGH = 0.6
"""The share of headings by which a register is known."""
LONGEST_LABEL = 60
_NUMBERING = frozenset({"序号", "编号", "no", "no."})


@dataclass(frozen=True, slots=True)
class Head:
    """Where the headings of a register stand: the column of each, -1 where there is none."""

    sheet: SheetData
    row: int
    columns: tuple[int, ...]
    exact: int


def head_on(register: Register, sheet: SheetData) -> Head | None:
    """Return where the headings of ``register`` stand on ``sheet``; None where too few of them do."""
    first = _head_at(register, sheet, layout.ROWS_HEAD)
    if first and first.exact == len(register.columns):
        return first
    tried = (_head_at(register, sheet, row) for row in range(min(_HEAD_WITHIN, len(sheet.rows))))
    found = [head for head in tried if head]
    return max(found, key=lambda head: head.exact, default=None)


def _head_at(register: Register, sheet: SheetData, row: int) -> Head | None:
    if row >= len(sheet.rows):
        return None
    labels = {
        column: heading_of(value)
        for column, value in enumerate(sheet.rows[row])
        if isinstance(value, str) and 0 < len(value) <= LONGEST_LABEL
    }
    if len(labels) < ENOUGH * len(register.columns):
        return None
    places: dict[str, int] = {}
    for column, label in labels.items():
        places.setdefault(label, column)
    columns = [
        next((places[name] for name in map(normalise, (own.label, *own.also)) if name in places), -1)
        for own in register.columns
    ]
    exact = sum(column >= 0 for column in columns)
    if exact < max(2, ENOUGH * len(columns)):
        return None
    left = {column: label for column, label in labels.items() if column not in columns}
    for number, own in enumerate(register.columns):
        if columns[number] < 0 and left:
            near = max(left, key=lambda column: likeness(left[column], normalise(own.label)))
            if likeness(left[near], normalise(own.label)) >= ALIKE_ENOUGH:
                columns[number] = near
                del left[near]
    return Head(sheet, row, tuple(columns), exact)


def heading_of(text: str) -> str:
    """Reduce a heading to its label: a star at either end only says that the column has to be filled."""
    return normalise(text).strip("*")


def of_headings(register: Register, head: Head) -> Iterator[Finding]:
    """Tell which headings are missing or only alike, which are none of the form's, and that they stand on another sheet."""
    where = Place(head.sheet.name)
    row = head.sheet.rows[head.row]
    for column, at in zip(register.columns, head.columns, strict=True):
        facts: Mapping[str, Fact] = {"table": register.name, "label": column.label}
        if at < 0:
            yield Finding.found("F03", where, (), "missing_label", facts)
        elif heading_of(str(row[at])) not in map(normalise, (column.label, *column.also)):
            near = {"found": str(row[at]).strip(), "label": column.label}
            yield Finding.found("F03", Place(head.sheet.name, a1(head.row, at)), (), "near_label", near)
    for at, value in enumerate(row):
        label = heading_of(value) if isinstance(value, str) else ""
        strange = label and at not in head.columns and label.casefold() not in _NUMBERING
        below = range(head.row + 1, len(head.sheet.rows))
        if strange and any(not is_blank(head.sheet.at(line, at)) for line in below):
            facts = {"label": str(value).strip(), "table": register.name}
            yield Finding.found("V02", Place(head.sheet.name, a1(head.row, at)), (), "extra_column", facts)
    if head.sheet.name != register.sheet:
        moved = {"table": register.name, "found": head.sheet.name, "sheet": register.sheet}
        yield Finding.found("F05", where, (), "renamed", moved)


def is_blank(value: Raw) -> bool:
    """Say whether nothing is seen in a cell."""
    return value is None or value == "" or (isinstance(value, str) and not value.strip())
