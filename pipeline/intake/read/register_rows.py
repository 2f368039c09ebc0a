"""The sheets of a file go in; the rows of its registers come out, wherever they stand, every value of its kind.

A register is found by its headings: on its own sheet, else on the only other one that has them. Blank rows, totals, notes
and headings that were repeated are no rows.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING

from pipeline.forms import layout
from pipeline.forms.registers import PARTS, WHOLES
from pipeline.forms.values.numeric import number_of
from pipeline.forms.values.typed import Typed, says_nothing, shown, unreadable
from pipeline.intake.read.entries import hidden, with_prompt
from pipeline.intake.read.labels import answered, likeness, normalise
from pipeline.intake.read.lines import ALIKE_ENOUGH
from pipeline.intake.read.register_cells import is_left_blank, read_under_merged, under_merged
from pipeline.model import Fact, Finding, Place, Rows, a1

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.forms.registers import Register
    from pipeline.forms.values.kind import ValueKind
    from pipeline.forms.values.plain import Raw
    from pipeline.intake.read.spreadsheet import SheetData

_HEAD_WITHIN = 60
"""Rows among which the headings are looked for."""
_ENOUGH = 0.6
"""The share of headings by which a register is known."""
_LONGEST_LABEL = 60
_LEFT_BLANK = "left_blank"
"""What is noted of cells with “/” or “无” that may be blank."""
_NUMBERING = frozenset({"序号", "编号", "no", "no."})
_SIGNED = ("填表", "填报", "制表", "审核", "复核", "经办", "负责人", "联系")
_NOTES = ("注", "说明", "备注", *_SIGNED)
_TOTAL = re.compile(rf"({'|'.join((*WHOLES, *PARTS))}):?(?:共?\d{{1,6}}[件条个份项行])?")
"""A line of totals, and no title that begins with these words."""


@dataclass(slots=True)
class Registers:
    """The registers of a file: rows by register, nil returns, what shows no value, and on which sheets they stand."""

    rows: dict[str, Rows] = field(default_factory=dict)
    nil: set[str] = field(default_factory=set)
    places: dict[str, Place] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Head:
    """Where the headings of a register stand: the column of each, -1 where there is none."""

    sheet: SheetData
    row: int
    columns: tuple[int, ...]
    exact: int


def read_registers(form: Form, sheets: Sequence[SheetData]) -> Registers:
    """Read every register of the form."""
    found = Registers()
    for register in form.registers:
        head = _head_of(register, sheets)
        if head is None:
            found.missing.append(register.key)
            facts = {"table": register.name}
            found.findings.append(Finding.found("F03", None, (), "missing_table", facts))
            continue
        _read(register, head, found)
    return found


def _head_of(register: Register, sheets: Sequence[SheetData]) -> _Head | None:
    """Return where the headings stand: on the register's own sheet, else on the only other one that has them."""
    home = [sheet for sheet in sheets if sheet.name == register.sheet]
    others = [sheet for sheet in sheets if sheet.name != register.sheet and sheet.visible]
    for group in (home, others):
        heads = [head for sheet in group if (head := _head_on(register, sheet))]
        if heads:
            return heads[0] if len(heads) == 1 or group is home else None
    return None


def _head_on(register: Register, sheet: SheetData) -> _Head | None:
    first = _head_at(register, sheet, layout.ROWS_HEAD)
    if first and first.exact == len(register.columns):
        return first
    tried = (_head_at(register, sheet, row) for row in range(min(_HEAD_WITHIN, len(sheet.rows))))
    found = [head for head in tried if head]
    return max(found, key=lambda head: head.exact, default=None)


def _head_at(register: Register, sheet: SheetData, row: int) -> _Head | None:
    if row >= len(sheet.rows):
        return None
    labels = {
        column: _heading(value)
        for column, value in enumerate(sheet.rows[row])
        if isinstance(value, str) and 0 < len(value) <= _LONGEST_LABEL
    }
    if len(labels) < _ENOUGH * len(register.columns):
        return None
    places: dict[str, int] = {}
    for column, label in labels.items():
        places.setdefault(label, column)
    columns = [
        next((places[name] for name in map(normalise, (own.label, *own.also)) if name in places), -1)
        for own in register.columns
    ]
    exact = sum(column >= 0 for column in columns)
    if exact < max(2, _ENOUGH * len(columns)):
        return None
    left = {column: label for column, label in labels.items() if column not in columns}
    for number, own in enumerate(register.columns):
        if columns[number] < 0 and left:
            near = max(left, key=lambda column: likeness(left[column], normalise(own.label)))
            if likeness(left[near], normalise(own.label)) >= ALIKE_ENOUGH:
                columns[number] = near
                del left[near]
    return _Head(sheet, row, tuple(columns), exact)


def _heading(text: str) -> str:
    """Reduce a heading to its label: a star at either end only says that the column has to be filled."""
    return normalise(text).strip("*")


def _read(register: Register, head: _Head, into: Registers) -> None:
    into.findings += _of_headings(register, head)
    reader = _Reader(register, head, into, _errors(head.sheet))
    needed = [number for number, column in enumerate(register.columns) if column.required]
    lines: list[int] = []
    found: list[Sequence[Raw]] = []
    totals: list[int] = []
    below = list(_lines(head))
    are_rows = _are_rows(register, below, needed)
    for line, cells in enumerate(below, head.row + 1):
        sort = "" if are_rows or reader.has_error(line) else _sort_of(register, cells, needed)
        if not sort:
            found.append(cells)
            lines.append(line)
        elif sort == "sum":
            totals.append(line)
    merged = list(under_merged(register, head.sheet, head.columns, lines))
    into.unreadable |= {register.row_key(number, row): "" for row, number, _ in merged}
    into.findings += [finding for _, _, finding in merged]
    into.findings += read_under_merged(head.sheet, head.columns, lines)
    values = reader.rows(lines, found)
    into.rows[register.key] = Rows(head.sheet.name, head.columns, tuple(lines), tuple(values))
    into.findings += reader.noted()
    into.findings += _of_totals(register, head, totals, values)
    _read_nil(register, head, into)


class _Reader:
    """Reads the rows of one register: plain columns at one go; what was read once without a word to say is not read again."""

    def __init__(
        self, register: Register, head: _Head, into: Registers, errors: Mapping[tuple[int, int], str]
    ) -> None:
        self._register, self._head, self._into, self._errors = register, head, into, errors
        self._known: list[dict[Raw, str]] = [{} for _ in register.columns]
        self._notes: defaultdict[tuple[int, str], list[tuple[Typed, Place]]] = defaultdict(list)

    def has_error(self, line: int) -> bool:
        """Whether a cell of the line holds an error, which readers show as a blank."""
        return bool(self._errors) and any((line, column) in self._errors for column in self._head.columns)

    def rows(self, lines: Sequence[int], cells: Sequence[Sequence[Raw]]) -> list[tuple[str, ...]]:
        """Read all rows; what could not be read stands as it was written, and is told, row by row."""
        if not cells:
            return []
        columns = list(zip(*cells, strict=True))
        plain = [
            None if self._errors or _says_nothing(kind, values) else kind.plain(values)
            for kind, values in zip(self._register.kinds, columns, strict=True)
        ]
        odd = [number for number, values in enumerate(plain) if values is None]
        read: list[list[str]] = [[] for _ in odd]
        for row, line in enumerate(lines if odd else ()):
            for number, into in zip(odd, read, strict=True):
                into.append(self._value(number, row, line, cells[row][number]))
        for number, values in zip(odd, read, strict=True):
            plain[number] = values
        return list(zip(*(values for values in plain if values is not None), strict=True))

    def _value(self, number: int, row: int, line: int, value: Raw) -> str:
        if self.has_error(line):
            error = self._errors.get((line, self._head.columns[number]), "")
            return self._closely(number, row, line, value, error)
        return (
            "" if value == "" else self._known[number].get(value) or self._closely(number, row, line, value)
        )

    def _closely(self, number: int, row: int, line: int, value: Raw, error: str = "") -> str:
        register = self._register
        kind = register.kinds[number]
        if not error and is_left_blank(kind, value):
            place = Place(self._head.sheet.name, a1(line, self._head.columns[number]))
            self._notes[number, _LEFT_BLANK].append((Typed(facts={"raw": shown(value).strip()}), place))
            return ""
        typed = unreadable("C08", "excel_error", error) if error else kind.read(value)
        if not typed.code:
            if isinstance(value, str | date):
                self._known[number][value] = typed.value
            return typed.value
        self._note(number, row, line, typed)
        return typed.value if typed.raw is None else typed.raw

    def _note(self, number: int, row: int, line: int, typed: Typed) -> None:
        """Make a finding of what could not be read, and keep what was only noted for one finding of the column."""
        register, head = self._register, self._head
        column, place = register.columns[number], Place(head.sheet.name, a1(line, head.columns[number]))
        prompted = with_prompt(hidden(typed) if column.personal else typed, register.kinds[number].mending)
        if typed.raw is not None:
            self._into.unreadable[register.row_key(number, row)] = typed.raw
        elif typed.code == "C04":
            self._notes[number, typed.variant].append((prompted, place))
            return
        self._into.findings.append(prompted.finding(place, register.row_key(number, row)))

    def noted(self) -> Iterator[Finding]:
        """Yield one finding for all that was only noted in a column."""
        for (number, variant), several in self._notes.items():
            first, place = several[0]
            facts = {**first.facts, "label": self._register.columns[number].label, "count": len(several)}
            yield Finding.found("C04", place, (), variant if variant == _LEFT_BLANK else "column", facts)


def _says_nothing(kind: ValueKind, values: Sequence[Raw]) -> bool:
    """Say whether “/” or “无” may stand for a blank among texts that are read as they are."""
    return kind.may_say_nothing and bool(kind.asked.pattern) and any(map(says_nothing, values))


def _lines(head: _Head) -> Iterable[Sequence[Raw]]:
    """Return what stands in the columns of the register on every line below its headings."""
    rows = head.sheet.rows[head.row + 1 :]
    if (
        len(head.columns) > 1
        and min(head.columns) >= 0
        and min(map(len, rows), default=0) > max(head.columns)
    ):
        return map(itemgetter(*head.columns), rows)  # nearly always
    return (_cells(head, line) for line in range(head.row + 1, len(head.sheet.rows)))


def _cells(head: _Head, line: int) -> list[Raw]:
    row = head.sheet.rows[line]
    width = len(row)
    return [row[column] if 0 <= column < width else "" for column in head.columns]


def _are_rows(register: Register, lines: Sequence[Sequence[Raw]], needed: Sequence[int]) -> bool:
    """Say whether all lines are rows at first sight, as nearly always: what has to be filled is, and none begins like a heading."""
    if not lines or not needed:
        return False
    columns = list(zip(*lines, strict=True))
    begins = columns[0]
    label = register.columns[0].label
    return (
        all(all(columns[at]) for at in needed)
        and set(map(type, begins)) == {str}
        and not any([value.startswith(label) for value in begins if isinstance(value, str)])  # noqa: C419
    )


def _sort_of(register: Register, cells: Sequence[Raw], needed: Sequence[int]) -> str:
    """Say what a line is that is no row: blank, a total, a heading again, a note; empty for a row."""
    first = cells[0]
    if (
        needed
        and all(cells[at] for at in needed)
        and first.__class__ is str
        and not first.startswith(register.columns[0].label)
    ):
        return ""  # nearly every line
    filled = [(number, value) for number, value in enumerate(cells) if not _is_blank(value)]
    if not filled:
        return "blank"
    first = filled[0][1]
    if not isinstance(first, str) or len(first) > _LONGEST_LABEL:
        return ""
    label = normalise(first).rstrip(":")
    lacking = any(column.required and _is_blank(cells[at]) for at, column in enumerate(register.columns))
    if lacking and (found := _TOTAL.fullmatch(label)):
        return "sum" if found[1] in WHOLES else "part"
    same = sum(
        isinstance(value, str) and _heading(value) == normalise(register.columns[at].label)
        for at, value in filled
    )
    if same >= max(2, _ENOUGH * len(filled)):
        return "heading"
    return "note" if lacking and _is_beside(register, [value for _, value in filled]) else ""


def _is_beside(register: Register, written: Sequence[Raw]) -> bool:
    """Say whether a line is the title once more, pasted along with the headings, a note, or who filled the register in."""
    said = [normalise(value) for value in written if isinstance(value, str)]
    if len(written) == len(said) == 1:
        titles = normalise(register.name), normalise(register.sheet)
        return said[0].startswith(_NOTES) or said[0].endswith(titles)
    return len(said) == len(written) and all(text.startswith(_SIGNED) for text in said)


def _is_blank(value: Raw) -> bool:
    return value is None or value == "" or (isinstance(value, str) and not value.strip())


def _errors(sheet: SheetData) -> Mapping[tuple[int, int], str]:
    """Return the cells that hold an error, by row and column; no other need be looked for."""
    if sheet.appearance is None and b't="e"' not in sheet.xml:
        return {}
    return sheet.facts.errors


def _of_headings(register: Register, head: _Head) -> Iterator[Finding]:
    where = Place(head.sheet.name)
    row = head.sheet.rows[head.row]
    for column, at in zip(register.columns, head.columns, strict=True):
        facts: Mapping[str, Fact] = {"table": register.name, "label": column.label}
        if at < 0:
            yield Finding.found("F03", where, (), "missing_label", facts)
        elif _heading(str(row[at])) not in map(normalise, (column.label, *column.also)):
            near = {"found": str(row[at]).strip(), "label": column.label}
            yield Finding.found("F03", Place(head.sheet.name, a1(head.row, at)), (), "near_label", near)
    for at, value in enumerate(row):
        label = _heading(value) if isinstance(value, str) else ""
        strange = label and at not in head.columns and label.casefold() not in _NUMBERING
        below = range(head.row + 1, len(head.sheet.rows))
        if strange and any(not _is_blank(head.sheet.at(line, at)) for line in below):
            facts = {"label": str(value).strip(), "table": register.name}
            yield Finding.found("V02", Place(head.sheet.name, a1(head.row, at)), (), "extra_column", facts)
    if head.sheet.name != register.sheet:
        moved = {"table": register.name, "found": head.sheet.name, "sheet": register.sheet}
        yield Finding.found("F05", where, (), "renamed", moved)


def _of_totals(
    register: Register, head: _Head, totals: Iterable[int], values: Sequence[Sequence[str]]
) -> Iterator[Finding]:
    """Compare what a line of totals states with what its columns add up to."""
    for line in totals:
        for number, value in enumerate(_cells(head, line)):
            kind = register.kinds[number]
            stated = kind.read(value).number if kind.sort == "number" and not _is_blank(value) else None
            if stated is None or kind.together != "sum":
                continue
            added = sum((Decimal(number_of(row[number]) or 0) for row in values), start=Decimal(0))
            if added != stated:
                facts: Mapping[str, Fact] = {
                    "label": register.columns[number].label, "stated": stated, "value": added,
                }  # fmt: skip
                place = Place(head.sheet.name, a1(line, head.columns[number]))
                yield Finding.found("V02", place, (), "stated_sum", facts)


def _read_nil(register: Register, head: _Head, into: Registers) -> None:
    """Read the statement that there is no row: beside its label, above the headings."""
    for row in range(head.row):
        for column, value in enumerate(head.sheet.rows[row]):
            if isinstance(value, str) and normalise(value) == normalise(register.nil_label):
                into.places[register.nil_key] = Place(head.sheet.name, a1(row, column + 1))
                if answered(shown(head.sheet.at(row, column + 1)).strip()):
                    into.nil.add(register.key)
                return
