"""A register and a sheet go in; where its headings stand on it comes out, and what is wrong with them.

A heading is known by its label or another wording of it, else by likeness; columns may stand in any order and among others.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.forms import layout
from pipeline.forms.values.typed import says_nothing
from pipeline.intake.read.labels import likeness, normalise, same_unit
from pipeline.intake.read.lines import ALIKE_ENOUGH
from pipeline.model import Fact, Finding, Place, a1

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from pipeline.forms.registers import Column, Register
    from pipeline.forms.values.plain import Raw
    from pipeline.intake.read.spreadsheet import SheetData

_HEAD_WITHIN = 60
"""Rows among which the headings are looked for."""
ENOUGH = 0.6
"""The share of headings by which a register is known."""
LONGEST_LABEL = 60
_NEARLY_ALL, _TRIED = 0.8, 500
"""The share of values by which a column is known, and how many are tried."""
_TELLING = frozenset({"choice", "date"})
"""The kinds that tell a column by its values alone."""
_HINT = re.compile(r"(?:\([^()]*\)|\*)+$")
"""At the end of a heading: how to fill the column in."""
_NUMBERING = frozenset({"序号", "编号", "no", "no."})

NONE_AT_ALL = "；全都没有的，在第一条的这一格填“无”"
"""How to confirm that nothing of a column that may have stood under another heading is to be filled in."""


@dataclass(frozen=True, slots=True)
class Head:
    """Where the headings of a register stand: the column of each, -1 where there is none."""

    sheet: SheetData
    row: int
    columns: tuple[int, ...]
    exact: int
    guessed: frozenset[int] = frozenset()
    """Columns under a heading that nobody knows, of which only the values tell what they are."""
    is_lacking: bool = False
    """Whether there are none, and rows stand there in the order of the template."""
    still_open: frozenset[int] = frozenset()
    """Columns that stand there, were missing in the file before, and have nothing in them still."""


def head_on(register: Register, sheet: SheetData) -> Head | None:
    """Return where the headings of ``register`` stand on ``sheet``; None where too few of them do."""
    first = _head_at(register, sheet, layout.ROWS_HEAD)
    if first and first.exact == len(register.columns):
        return first
    tried = (_head_at(register, sheet, row) for row in range(min(_HEAD_WITHIN, len(sheet.rows))))
    found = [head for head in tried if head]
    return max(found, key=lambda head: head.exact, default=None)


def head_again(register: Register, head: Head, row: int) -> Head:
    """Return where the columns stand by the headings that stand again at ``row``; what is not among these, as before."""
    again = _head_at(register, head.sheet, row)
    if again is None:
        return head
    taken = frozenset(again.columns)
    return replace(
        again,
        columns=tuple(
            old if new < 0 and old not in taken else new
            for new, old in zip(again.columns, head.columns, strict=True)
        ),
    )


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
    if -1 in columns:
        columns = list(_with_hints(register, columns, labels))
    exact = sum(column >= 0 for column in columns)
    if exact < max(2, ENOUGH * len(columns)):
        return None
    left = {column: label for column, label in labels.items() if column not in columns}
    for number, own in enumerate(register.columns):
        if columns[number] < 0 and left:
            able = [column for column in left if _may_mean(own, left[column])]
            near = max(able, key=lambda column: likeness(left[column], normalise(own.label)), default=-1)
            if near >= 0 and likeness(left[near], normalise(own.label)) >= ALIKE_ENOUGH:
                columns[number] = near
                del left[near]
    return Head(sheet, row, tuple(columns), exact)


def _with_hints(register: Register, columns: Sequence[int], labels: Mapping[int, str]) -> Iterator[int]:
    """Yield the columns, those that are missing where the only heading stands that is their label with a hint in brackets: 答复日期（年月日）."""
    bare = {column: _HINT.sub("", label) for column, label in labels.items() if column not in columns}
    for own, found in zip(register.columns, columns, strict=True):
        names = {normalise(name) for name in (own.label, *own.also)}
        meant = [
            at for at, label in bare.items() if found < 0 and label in names and _may_mean(own, labels[at])
        ]
        yield meant[0] if len(meant) == 1 else found


def _may_mean(column: Column, heading: str) -> bool:
    """Say whether a heading that looks like the label of a column names nothing else, nor another unit of money."""
    return not any(word in heading for word in column.never) and same_unit(normalise(column.label), heading)


def guessed(register: Register, head: Head, counted: Collection[str] = ()) -> Head:
    """Return ``head`` with every column that is missing laid on the only strange one whose values are of its kind.

    Those that have to be filled are, and of those that rules or what is ``counted`` ask about the ones that their values tell.
    """
    strange, columns = _strange(head), list(head.columns)
    missing = [
        number
        for number, own in enumerate(register.columns)
        if columns[number] < 0
        and (own.required or (own.kind in _TELLING and is_asked(register, own.key, counted)))
    ]
    if not missing or not strange:
        return head
    able = {
        number: [column for column in strange if _suits(register, number, head, column)] for number in missing
    }
    wanted = Counter(column for several in able.values() for column in several)
    for number, several in able.items():
        if len(several) == 1 and wanted[several[0]] == 1:
            columns[number] = several[0]
    laid = frozenset(number for number in missing if columns[number] >= 0)
    return replace(head, columns=tuple(columns), guessed=laid)


def is_asked(register: Register, key: str, counted: Collection[str]) -> bool:
    """Say whether a column has to be filled, or rules or what is ``counted`` ask about it."""
    return key in register.asked or key in counted


def _strange(head: Head) -> list[int]:
    """Return the columns under headings that are none of the form's, and in which something stands."""
    below = range(head.row + 1, len(head.sheet.rows))
    return [
        at
        for at, value in enumerate(head.sheet.rows[head.row])
        if isinstance(value, str) and at not in head.columns and heading_of(value)
        if heading_of(value).casefold() not in _NUMBERING
        if any(not is_blank(head.sheet.at(line, at)) for line in below)
    ]


def _suits(register: Register, number: int, head: Head, column: int) -> bool:
    """Say whether nearly all values of a column of the sheet are of the kind that column ``number`` of the register asks for."""
    kind, heading = register.kinds[number], heading_of(str(head.sheet.at(head.row, column)))
    if any(word in heading for word in register.columns[number].never):
        return False
    lines = range(head.row + 1, min(len(head.sheet.rows), head.row + _TRIED))
    values = [
        value
        for line in lines
        if not is_blank(value := head.sheet.at(line, column))
        if not (kind.may_say_nothing and says_nothing(value))
    ]
    return bool(values) and sum(kind.read(value).raw is None for value in values) >= _NEARLY_ALL * len(values)


def heading_of(text: str) -> str:
    """Reduce a heading to its label: a star at either end only says that the column has to be filled."""
    return normalise(text).strip("*")


def of_headings(register: Register, head: Head, rows: int, counted: Collection[str]) -> Iterator[Finding]:
    """Tell which headings are missing or only alike, which are none of the form's, and that they stand on another sheet.

    ``rows`` stand below them; ``counted`` are the columns that what is drawn from the rows asks about.
    """
    where = Place(head.sheet.name)
    if head.is_lacking:
        line: Mapping[str, Fact] = {"table": register.name, "line": head.row + 2, "rows": rows}
        yield Finding.found("F03", where, (), "no_headings", line)
        return
    row, strange = head.sheet.rows[head.row], _strange(head)
    for number, (column, at) in enumerate(zip(register.columns, head.columns, strict=True)):
        facts: dict[str, Fact] = {"table": register.name, "label": column.label}
        if number in head.still_open:
            facts |= _missing(register, number, rows, [column.label])
            yield Finding.found("F03", where, (), "open_column", facts)
        elif at < 0:
            spare = not is_asked(register, column.key, counted)
            facts |= _missing(register, number, rows, [str(row[other]).strip() for other in strange])
            yield Finding.found("F03", where, (), "spare_column" if spare else "missing_column", facts)
        elif number in head.guessed:
            facts |= {"found": str(row[at]).strip()}
            yield Finding.found("F03", Place(head.sheet.name, a1(head.row, at)), (), "unknown_heading", facts)
        elif heading_of(str(row[at])) not in map(normalise, (column.label, *column.also)):
            near = {"found": str(row[at]).strip(), "label": column.label}
            yield Finding.found("F03", Place(head.sheet.name, a1(head.row, at)), (), "near_label", near)
    for at in strange:
        facts = {"label": str(row[at]).strip(), "table": register.name}
        yield Finding.found("V02", Place(head.sheet.name, a1(head.row, at)), (), "extra_column", facts)
    if head.sheet.name != register.sheet:
        moved = {"table": register.name, "found": head.sheet.name, "sheet": register.sheet}
        yield Finding.found("F05", where, (), "renamed", moved)


def _missing(register: Register, number: int, rows: int, strange: Sequence[str]) -> dict[str, Fact]:
    """Return what is to be said of a column that is missing, and where it is to be filled in."""
    column, others = register.columns[number], "、".join(f"“{label}”" for label in strange)
    blank = f"，没有的空着{NONE_AT_ALL if others else ''}"
    return {
        "others": f"；表头{others}不是规定的，不能确定是不是这一列" if others else "",
        "blank": "" if column.required else blank,
        "register": register.key,
        "column": column.key,
        "rows": rows if column.required else 0,
    }


def is_blank(value: Raw) -> bool:
    """Say whether nothing is seen in a cell."""
    return value is None or value == "" or (isinstance(value, str) and not value.strip())
