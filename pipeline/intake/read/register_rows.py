"""The sheets of a file go in; the rows of its registers come out, wherever they stand, every value of its kind.

A register is found by its headings: on its own sheet, if any row stands there, else on the one with most rows. Blank rows,
totals, notes and headings that were repeated are no rows.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from operator import itemgetter
from typing import TYPE_CHECKING

from pipeline.forms.registers import EXAMPLES, NOTES, SIGNED
from pipeline.forms.values.numeric import number_of
from pipeline.forms.values.typed import Typed, says_nothing, shown, unreadable
from pipeline.intake.read.entries import hidden, with_prompt
from pipeline.intake.read.labels import answered, normalise
from pipeline.intake.read.listed import read_open_columns
from pipeline.intake.read.placing import own_names
from pipeline.intake.read.register_beside import alone, beside_rows, between_rows, is_group
from pipeline.intake.read.register_cells import (
    LEFT_BLANK,
    covered_among,
    is_left_blank,
    read_under_merged,
    under_merged,
)
from pipeline.intake.read.register_copies import ListedRows, elsewhere, with_open
from pipeline.intake.read.register_heads import (
    ENOUGH,
    LONGEST_LABEL,
    Head,
    guessed,
    head_again,
    head_on,
    heading_of,
    is_blank,
    of_headings,
)
from pipeline.intake.read.register_looks import struck_out, unseen
from pipeline.intake.read.register_shift import RowKinds, straightened
from pipeline.intake.read.register_totals import COUNTED, SUBTOTAL, of_subtotals, says_no_row, sort_of_total
from pipeline.intake.read.register_unlike import not_found
from pipeline.model import Fact, Finding, Place, Rows, a1

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.forms.registers import Register
    from pipeline.forms.values.kind import ValueKind
    from pipeline.forms.values.plain import Raw
    from pipeline.intake.read.spreadsheet import SheetData
    from pipeline.periods import Period

_YEAR = 4
"""Digits of a year, with which days begin."""


@dataclass(slots=True)
class Registers:
    """The registers of a file: rows by register, nil returns, what shows no value, and on which sheets they stand."""

    rows: dict[str, Rows] = field(default_factory=dict)
    nil: set[str] = field(default_factory=set)
    places: dict[str, Place] = field(default_factory=dict)
    unreadable: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    sheets: set[str] = field(default_factory=set)
    """Every sheet on which the headings of one stand."""


def read_registers(form: Form, sheets: Sequence[SheetData], period: Period | None = None) -> Registers:
    """Read every register of the form; rows that stand on a further sheet are told, but for those of another ``period``."""
    found = Registers()
    own = own_names(form)
    unanswered = read_open_columns(sheets) if form.registers else frozenset()
    for register in form.registers:
        heads = [
            head
            for sheet in sheets
            if _may_hold(register, own, sheet)
            if (head := head_on(register, sheet) or lacking_head(register, sheet))
        ]
        drawn = [own for own in form.drawn.values() if own.register == register.key]
        counted = {name for own in drawn for name in (own.column, *dict(own.where))}
        if not heads:
            found.missing.append(register.key)
            found.findings.append(
                not_found(register, [sheet for sheet in sheets if _may_hold(register, own, sheet)])
            )
            continue
        hidden = [
            _listed(register, head)
            for sheet in sheets
            if sheet.name != register.sheet and not sheet.visible and sheet.name not in own
            if (head := head_on(register, sheet))
        ]
        found.sheets |= {head.sheet.name for head in heads}
        listed = [_listed(register, guessed(register, head, counted)) for head in heads]
        [chosen, *others] = sorted(listed, key=lambda one: _rank(register, one))
        chosen = with_open(register, chosen, unanswered)
        _read(register, chosen, counted, found)
        for head in (
            chosen.head,
            *(other.head for other in others if other.head.sheet.name == register.sheet),
        ):
            _read_nil(register, head, found)
        if chosen.words and not chosen.rows and register.key not in found.nil:
            found.unreadable[register.nil_key] = (
                chosen.words
            )  # it is not left blank: nobody forgot to fill it in
        found.findings += elsewhere(register, chosen, [*others, *hidden], period)
    return found


def _may_hold(register: Register, own: Collection[str], sheet: SheetData) -> bool:
    """Say whether the register may stand on ``sheet``: on its own, or on one that nothing else stands on; ``own`` names those of the template."""
    return sheet.name == register.sheet or (sheet.visible and sheet.name not in own)


def _rank(register: Register, listed: ListedRows) -> tuple[bool, bool, int]:
    """Put the register's own sheet first, if there is a row on it, then the others by the rows that are."""
    return not listed.rows, listed.head.sheet.name != register.sheet, -len(listed.rows)


def _listed(register: Register, head: Head) -> ListedRows:
    """Tell the rows below the headings from the lines that are none."""
    errors = _errors(head.sheet)
    needed = [number for number, column in enumerate(register.columns) if column.required]
    found = ListedRows(head)
    below = list(_lines(head))
    are_rows = _are_rows(register, below, needed)
    above = _rows_above(register, head)
    by = head
    for line, own in (*above, *enumerate(below, head.row + 1)):
        cells = own if by is head else _cells(by, line)
        is_row = (are_rows and line > head.row) or _has_error(head, errors, line)
        sort = "" if is_row else _sort_of(register, by, line, cells)
        if not sort and not is_row and is_group(register, by, line, cells):
            found.groups.append(line)
            found.words = found.words or alone(cells)
        elif not sort:
            found.rows.append(cells)
            found.lines.append(line)
            if by is not head:
                found.turned[by.row] += 1
        elif sort == "nothing":
            found.words = found.words or alone(cells)
        elif sort == "sum":
            found.totals.append(line)
        elif sort == SUBTOTAL:
            found.subtotals.append(line)
        elif sort == "heading":
            again = head_again(register, head, line)
            by = head if again.columns == head.columns else again
            if by is not head:
                found.turned[line] = 0
    return found


def _rows_above(register: Register, head: Head) -> list[tuple[int, Sequence[Raw]]]:
    """Return the lines above the headings from the first row on: who sorts a register with its headings puts rows above them."""
    kinds = RowKinds(register)
    for line in range(head.row):
        cells = _cells(head, line)
        if _begins_example(head.sheet.rows[line]):
            return []
        if kinds.proves(cells):
            return [(below, _cells(head, below)) for below in range(line, head.row)]
    return []


def _begins_example(values: Sequence[Raw]) -> bool:
    """Say whether a line only shows how to fill in a row, or says that the next one does."""
    return normalise(alone(values)).startswith(EXAMPLES)


def lacking_head(register: Register, sheet: SheetData) -> Head | None:
    """Return as which headings those count that somebody deleted from the register's own sheet; None where no row proves its columns."""
    if sheet.name != register.sheet:
        return None
    kinds, columns = RowKinds(register), tuple(range(len(register.columns)))
    head = Head(sheet, -1, columns, len(columns), is_lacking=True)
    first = next((line for line in range(len(sheet.rows)) if kinds.proves(_cells(head, line))), None)
    return None if first is None else replace(head, row=first - 1)


def _read(register: Register, listed: ListedRows, counted: Collection[str], into: Registers) -> None:
    into.findings += of_headings(register, listed.head, len(listed.rows), counted)
    listed, off = straightened(register, listed)
    into.findings += off
    into.findings += _out_of_order(register, listed)
    head = listed.head
    reader = _Reader(register, head, into, {**_uncounted(head.sheet), **_errors(head.sheet)})
    if covered := covered_among(head.sheet, head.columns, listed.lines):
        merged = list(under_merged(register, head.sheet, head.columns, listed.lines))
        into.unreadable |= {register.row_key(number, row): "" for row, number, _ in merged}
        into.findings += [finding for _, _, finding in merged]
        into.findings += read_under_merged(head.sheet, covered)
    values = reader.rows(listed.lines, listed.rows)
    into.rows[register.key] = Rows(head.sheet.name, head.columns, tuple(listed.lines), tuple(values))
    into.findings += reader.noted()
    into.findings += struck_out(register, listed)
    into.findings += unseen(register, listed)
    into.findings += beside_rows(register, listed)
    into.findings += between_rows(register, listed)
    into.findings += of_subtotals(register, listed)
    into.findings += _of_totals(register, head, listed.totals, values)
    into.findings += _of_counts(register, head, listed.totals, values)


def _out_of_order(register: Register, listed: ListedRows) -> Iterator[Finding]:
    """Point at headings that do not stand above all rows, or that stand again with their columns in another order."""
    head = listed.head
    above = [line for line in listed.lines if line < head.row]
    facts: dict[str, Fact] = {"table": register.name, "head": head.row + 1}
    if above:
        facts |= {"rows": len(above), "first": above[0] + 1, "last": above[-1] + 1}
        yield Finding.found("V02", Place(head.sheet.name, a1(head.row, 0)), (), "rows_above", facts)
    for line, rows in listed.turned.items():
        if rows:
            place = Place(head.sheet.name, a1(line, 0))
            yield Finding.found("F05", place, (), "turned", {**facts, "line": line + 1, "rows": rows})


class _Reader:
    """Reads the rows of one register: plain columns at one go; what was read once without a word to say is not read again."""

    def __init__(
        self, register: Register, head: Head, into: Registers, errors: Mapping[tuple[int, int], str]
    ) -> None:
        self._register, self._head, self._into, self._errors = register, head, into, errors
        self._known: list[dict[Raw, str]] = [{} for _ in register.columns]
        self._notes: defaultdict[tuple[int, str], list[tuple[Typed, Place]]] = defaultdict(list)

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
        if _has_error(self._head, self._errors, line):
            error = self._errors.get((line, self._head.columns[number]))
            return self._closely(number, row, line, value, error)
        return (
            "" if value == "" else self._known[number].get(value) or self._closely(number, row, line, value)
        )

    def _closely(self, number: int, row: int, line: int, value: Raw, error: str | None = None) -> str:
        register = self._register
        kind = register.kinds[number]
        if error is None and is_left_blank(kind, value):
            place = Place(self._head.sheet.name, a1(line, self._head.columns[number]))
            self._notes[number, LEFT_BLANK].append((Typed(facts={"raw": shown(value).strip()}), place))
            return ""
        typed = kind.read(value) if error is None else _without_result(kind, error)
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
            yield Finding.found("C04", place, (), variant if variant == LEFT_BLANK else "column", facts)


def _without_result(kind: ValueKind, error: str) -> Typed:
    """Say of a formula that it comes to an error, or that its result was not stored."""
    return kind.error(error) if error else unreadable("C08", "formula_without_result", error)


def _says_nothing(kind: ValueKind, values: Sequence[Raw]) -> bool:
    """Say whether “/” or “无” may stand for a blank among texts that are read as they are."""
    return kind.may_say_nothing and bool(kind.asked.pattern) and any(map(says_nothing, values))


def _lines(head: Head) -> Iterable[Sequence[Raw]]:
    """Return what stands in the columns of the register on every line below its headings."""
    rows = head.sheet.rows[head.row + 1 :]
    if (
        len(head.columns) > 1
        and min(head.columns) >= 0
        and min(map(len, rows), default=0) > max(head.columns)
    ):
        return map(itemgetter(*head.columns), rows)  # nearly always
    return (_cells(head, line) for line in range(head.row + 1, len(head.sheet.rows)))


def _cells(head: Head, line: int) -> list[Raw]:
    row = head.sheet.rows[line]
    width = len(row)
    return [row[column] if 0 <= column < width else "" for column in head.columns]


def _are_rows(register: Register, lines: Sequence[Sequence[Raw]], needed: Sequence[int]) -> bool:
    """Say whether all lines are rows at first sight, as nearly always: what has to be filled is, and none begins like a heading."""
    if not lines or not needed:
        return False
    columns = list(zip(*lines, strict=True))
    begins = columns[0]
    labels = register.headings
    return (
        all(all(columns[at]) for at in needed)
        and set(map(type, begins)) == {str}
        and not any([value.startswith(labels) for value in begins if isinstance(value, str)])  # noqa: C419
    )


def _sort_of(  # noqa: PLR0911 - one for each sort
    register: Register, head: Head, line: int, cells: Sequence[Raw]
) -> str:
    """Say what a line is that is no row: blank, a word for nothing, a total, a heading again, a note; empty for a row."""
    first = cells[0]
    needed = [cells[at] for at, column in enumerate(register.columns) if column.required]
    if needed and all(needed) and first.__class__ is str and not first.startswith(register.headings):
        return ""  # nearly every line
    filled = [(number, value) for number, value in enumerate(cells) if not is_blank(value)]
    if all(says_nothing(value) for _, value in filled):
        return "nothing" if filled else "blank"
    first, lacking = filled[0][1], any(map(is_blank, needed))
    if lacking and says_no_row(register, filled):
        return "nothing"
    if lacking and (total := sort_of_total(head, line, filled)):
        return total
    if not isinstance(first, str) or len(first) > LONGEST_LABEL:
        return ""
    labels = set(map(normalise, register.headings))
    same = sum(isinstance(value, str) and heading_of(value) in labels for _, value in filled)
    if same >= max(2, ENOUGH * len(filled)):
        return "heading"
    return "note" if lacking and _is_beside(register, [value for _, value in filled]) else ""


def _is_beside(register: Register, written: Sequence[Raw]) -> bool:
    """Say whether a line is the title once more, pasted along with the headings, a note, or who filled the register in."""
    said = [normalise(value) for value in written if isinstance(value, str)]
    if len(written) == len(said) == 1:
        titles = normalise(register.name), normalise(register.sheet)
        return said[0].startswith((*NOTES, *SIGNED)) or said[0].endswith(titles)
    return len(said) == len(written) and all(text.startswith(SIGNED) for text in said)


def _errors(sheet: SheetData) -> Mapping[tuple[int, int], str]:
    """Return the cells that hold an error, by row and column; no other need be looked for."""
    if sheet.appearance is None and b't="e"' not in sheet.xml:
        return {}
    return sheet.facts.errors


def _uncounted(sheet: SheetData) -> Mapping[tuple[int, int], str]:
    """Return the cells with a formula of which no result was stored, and that are shown as blank."""
    if sheet.appearance is None and b"</f>" not in sheet.xml:
        return {}
    return {
        spot: ""
        for spot, formula in sheet.facts.formulas.items()
        if not formula.stored and is_blank(sheet.at(*spot))
    }


def _has_error(head: Head, errors: Mapping[tuple[int, int], str], line: int) -> bool:
    """Whether a cell of the line holds an error, which readers show as a blank."""
    return bool(errors) and any((line, column) in errors for column in head.columns)


def _of_totals(
    register: Register, head: Head, totals: Iterable[int], values: Sequence[Sequence[str]]
) -> Iterator[Finding]:
    """Compare what a line of totals states with what its columns add up to."""
    for line in totals:
        for number, value in enumerate(_cells(head, line)):
            kind = register.kinds[number]
            stated = kind.read(value).number if kind.sort == "number" and not is_blank(value) else None
            if stated is None or kind.together != "sum":
                continue
            added = sum((Decimal(number_of(row[number]) or 0) for row in values), start=Decimal(0))
            if added != stated:
                facts: Mapping[str, Fact] = {
                    "label": register.columns[number].label, "stated": stated, "value": added,
                }  # fmt: skip
                place = Place(head.sheet.name, a1(line, head.columns[number]))
                yield Finding.found("V02", place, (), "stated_sum", facts)


def _of_counts(
    register: Register, head: Head, totals: Iterable[int], values: Sequence[Sequence[str]]
) -> Iterator[Finding]:
    """Compare with how many rows there are what a line of totals states first; it may count those alone that have a certain value, or were of one year."""
    for line in totals:
        cells = enumerate(_cells(head, line))
        found = ((at, COUNTED.fullmatch(normalise(value))) for at, value in cells if isinstance(value, str))
        for number, match in [(at, match) for at, match in found if match][:1]:
            stated = int(match[1])
            if stated in _countable(register, values):
                continue
            facts: Mapping[str, Fact] = {"table": register.name, "stated": stated, "value": len(values)}
            place = Place(head.sheet.name, a1(line, head.columns[number]))
            yield Finding.found("V02", place, (), "stated_rows", facts)


def _countable(register: Register, values: Sequence[Sequence[str]]) -> set[int]:
    """Return every number of rows that a total may mean: all, those with a value in a column, with one of its choices, or of one year."""
    counts = {len(values)}
    for number, column in enumerate(register.columns):
        filled = [row[number] for row in values if row[number]]
        said = [value[:_YEAR] if column.kind == "date" else value for value in filled]
        counts |= {len(filled), *(Counter(said).values() if column.kind != "text" else ())}
    return counts


def _read_nil(register: Register, head: Head, into: Registers) -> None:
    """Read the statement that there is no row: beside its label, above the headings."""
    for row in range(head.row):
        for column, value in enumerate(head.sheet.rows[row]):
            if isinstance(value, str) and normalise(value) == normalise(register.nil_label):
                into.places[register.nil_key] = Place(head.sheet.name, a1(row, column + 1))
                if answered(shown(head.sheet.at(row, column + 1)).strip()):
                    into.nil.add(register.key)
                return
