"""A batch of readings goes in; what is wrong with its values comes out: entries, and the rows of registers.

All rows of a register, of every submission of the batch, are one long frame, and all entries another. pandera validates
each at once: a column for every value, asked what its kind asks, and one for every rule over rows, 1 where it fails.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import pandas as pd
from pandera.errors import SchemaErrors

from pipeline.forms.drawing import drawn_figures
from pipeline.forms.values.keys import row_of
from pipeline.forms.values.kind import PERSONAL, REQUIRED
from pipeline.forms.values.numeric import number_of
from pipeline.forms.values.plain import bracketings
from pipeline.forms.weighed import weighed_alone
from pipeline.judging.rules.row_rules import DUPLICATE, RowFrame, broken_rules, duplicates
from pipeline.judging.rules.unsure_periods import counted_by_period
from pipeline.judging.schema.backends import pa
from pipeline.judging.schema.form_schema import filled, in_places, whole
from pipeline.model import Fact, Finding, Place

if TYPE_CHECKING:
    from pipeline.district.workdays import Calendar
    from pipeline.forms.form import Entry, Form
    from pipeline.forms.registers import Register
    from pipeline.forms.values.kind import Asked, ValueCheck, ValueKind
    from pipeline.model import Reading, Rows
    from pipeline.periods import Period

ROWS = "V02"
"""The rule over the rows of a register as a whole."""


def written(values: pd.Series[str]) -> pd.Series[bool]:
    """Say which texts are there."""
    return values != ""


def at_most_long(values: pd.Series[str], longest: int) -> pd.Series[bool]:
    """Say which texts have no more characters."""
    return _lengths(values) <= longest


def at_least_long(values: pd.Series[str], shortest: int) -> pd.Series[bool]:
    """Say which texts have at least so many characters; a blank has none to count."""
    return (values == "") | (_lengths(values) >= shortest)


def _lengths(values: pd.Series[str]) -> pd.Series[int]:
    return pd.Series(list(map(len, values)), index=values.index, dtype=int)


def matching(values: pd.Series[str], pattern: str) -> pd.Series[bool]:
    """Say which texts match ``pattern`` whole; a blank is none."""
    return (values == "") | values.str.fullmatch(pattern)


def spelled_between(values: pd.Series[str], bounds: tuple[str, str]) -> pd.Series[bool]:
    """Say which days, as they are spelled, lie within ``bounds``; a blank is none."""
    return (values == "") | values.between(*bounds)


_OWN = {
    check.__name__: check
    for check in (
        filled, whole, written, at_most_long, at_least_long, matching, spelled_between, in_places,
    )
}  # fmt: skip
"""Checks that pandera does not have, by the name that a kind of value asks for them."""


@dataclass(frozen=True, slots=True)
class _Failure:
    row: int
    column: int
    check: int
    """Its number among the checks of the column; -1: it is blank."""


def value_findings(
    form: Form, readings: Sequence[Reading], calendar: Calendar, periods: Sequence[Period | None]
) -> list[list[Finding]]:
    """Return what is wrong with the entries and registers of each reading, in the order of the form."""
    found: list[list[Finding]] = [[] for _ in readings]
    for number, finding in _of_entries(form, readings):
        found[number].append(finding)
    for register in form.registers:
        for number, finding in _of_register(form, register, readings, calendar, periods):
            found[number].append(finding)
    for number, (reading, period) in enumerate(zip(readings, periods, strict=True)):
        found[number] += _of_drawn(form, reading, period)
    return found


def _of_drawn(form: Form, reading: Reading, period: Period | None) -> Iterator[Finding]:
    """Compare figures of tables with what the rows come to, where all of these could be read and the period by which they count is known."""
    unsure = {found[0] for key in reading.unreadable if (found := row_of(key))}
    unknown = counted_by_period(form) if period is None else frozenset()
    for key, counted in drawn_figures(form, reading.registers, period).items():
        drawn, stated = form.drawn[key], reading.numbers.get(key)
        is_known = drawn.register not in unsure and drawn.rule in form.basics and key in reading.places
        if is_known and key not in unknown and stated is not None and stated != counted:
            name = form.register(drawn.register).name
            facts: Mapping[str, Fact] = {
                "stated": stated, "value": counted, "table": name, "remedy": drawn.remedy,
            }  # fmt: skip
            yield _weighed(form, drawn.rule, "drawn", reading.places[key], (key,), facts)


def _of_entries(form: Form, readings: Sequence[Reading]) -> Iterator[tuple[int, Finding]]:
    entries = form.valued_entries
    kinds = tuple(entry.value for entry in entries)
    values = [
        [_readable(reading, entry.key, reading.entries.get(entry.key, "")) for entry in entries]
        for reading in readings
    ]
    for failure in _failures(entries, kinds, list(zip(*values, strict=True))):
        entry, reading = entries[failure.column], readings[failure.row]
        place = reading.places.get(entry.key)
        if place and entry.key not in reading.unreadable and not _is_beyond_sums(reading, entry, failure):
            value = values[failure.row][failure.column]
            yield failure.row, _finding(form, entry, kinds[failure.column], failure, value, place, entry.key)


def _is_beyond_sums(reading: Reading, entry: Entry, failure: _Failure) -> bool:
    """Say whether a value is missing from a table of sums, or larger than that of one agency may be, being a sum."""
    if not reading.claims.is_summed:
        return False
    is_sum = entry.value.together == "sum"
    return failure.check < 0 or (is_sum and entry.value.checks()[failure.check].name == "le")


def _of_register(
    form: Form,
    register: Register,
    readings: Sequence[Reading],
    calendar: Calendar,
    periods: Sequence[Period | None],
) -> Iterator[tuple[int, Finding]]:
    frame = _long(register, readings)
    columns = frame.columns if frame.cells else ()
    out_of_bounds: set[tuple[int, int]] = set()
    for failure in _failures(register.columns, register.kinds, columns):
        owner, row = frame.owners[failure.row], frame.rows[failure.row]
        reading, column = readings[owner], register.columns[failure.column]
        rows, key = reading.registers[register.key], register.row_key(failure.column, row)
        value = frame.cells[failure.row][failure.column]
        is_read = key not in reading.unreadable and rows.columns[failure.column] >= 0
        if is_read and not _is_written_alike(register, failure, value):
            place = rows.place(failure.column, row)
            if failure.check >= 0 and column.kind == "date":
                out_of_bounds.add((failure.row, failure.column))
            found = _finding(form, column, register.kinds[failure.column], failure, value, place, key)
            yield owner, _of_lone(register, rows, row, found) if failure.check < 0 else found
    asked = [rule for rule in register.rules if rule.id in form.basics]
    failing = broken_rules(register, asked, frame, calendar, periods)
    for number, rule in enumerate(asked):
        for at, row_facts in failing[number]:
            owner, row = frame.owners[at], frame.rows[at]
            names = [name for name in (rule.column, rule.other) if name]
            keys = tuple(register.row_key(register.index[name], row) for name in names)
            if any((at, register.index[name]) in out_of_bounds for name in names):
                continue  # a day that cannot be: whatever follows from it has the same cause
            unread, depends = readings[owner].unreadable, [name for name, _ in (*rule.when, *rule.extended)]
            on = (register.row_key(register.index[name], row) for name in depends)
            if unread and any(key in unread for key in (*keys, *on)):
                continue  # what it holds nobody knows: it is no blank
            own = readings[owner].registers[register.key]
            if any(own.columns[register.index[name]] < 0 for name in (*names, *depends)):
                continue  # the column is missing, which has been said
            place = own.place(register.index[rule.column], row)
            yield (
                owner,
                _weighed(form, rule.id, rule.relation, place, keys, {**row_facts, "remedy": rule.remedy}),
            )
    yield from _repeated(form, register, readings, frame)
    yield from _of_whole(form, register, readings)


def _of_lone(register: Register, rows: Rows, row: int, finding: Finding) -> Finding:
    """Say of a blank in a row in which one thing stands alone that it may be no row: numbers beforehand, “没有收到申请”."""
    filled = [number for number, value in enumerate(rows.cells[row]) if value]
    if len(filled) != 1:
        return finding
    variant = "lone_row" if len(rows.cells) == 1 else "lone"
    facts = {**finding.facts, "only": register.columns[filled[0]].label, "nil": register.nil_label}
    return replace(finding, variant=variant, facts=facts)


def _is_written_alike(register: Register, failure: _Failure, value: str) -> bool:
    """Say whether a value that tells rows apart fails its pattern only by what does not tell it from others: spaces, width, kinds of brackets."""
    column = register.columns[failure.column]
    check = register.kinds[failure.column].checks()[failure.check] if failure.check >= 0 else None
    return (
        check is not None
        and check.name == "matching"
        and column.key in register.unique
        and any(re.fullmatch(column.pattern, text) for text in bracketings(value))
    )


def _repeated(
    form: Form, register: Register, readings: Sequence[Reading], frame: RowFrame
) -> Iterator[tuple[int, Finding]]:
    for at, first in duplicates(register, frame):
        owner, row = frame.owners[at], frame.rows[at]
        rows = readings[owner].registers[register.key]
        column = register.index[register.unique[0]]
        facts: Mapping[str, Fact] = {
            "label": "、".join(register.columns[register.index[name]].label for name in register.unique),
            "row": frame.rows[first] + 1,
        }
        key = register.row_key(column, row)
        yield owner, _weighed(form, ROWS, DUPLICATE, rows.place(column, row), (key,), facts)


def _of_whole(form: Form, register: Register, readings: Sequence[Reading]) -> Iterator[tuple[int, Finding]]:
    """Ask for a nil return where there is no row, and for its removal where there are."""
    facts: Mapping[str, Fact] = {"table": register.name, "label": register.nil_label}
    for number, reading in enumerate(readings):
        rows = reading.registers.get(register.key)
        if rows is None:
            continue
        is_nil = register.key in reading.nil_tables
        place = reading.places.get(register.nil_key, Place(rows.sheet))
        if not rows.cells and not is_nil:
            yield number, _weighed(form, ROWS, "empty", place, (register.nil_key,), facts)
        if rows.cells and is_nil:
            counted = {**facts, "count": len(rows.cells)}
            yield number, _weighed(form, "C09", "nil_rows", place, (register.nil_key,), counted)


def _readable(reading: Reading, key: str, value: str) -> str:
    return "" if key in reading.unreadable else value


def _long(register: Register, readings: Sequence[Reading]) -> RowFrame:
    """Lay the rows of all readings one below the other; what could not be read is a blank."""
    frame = RowFrame([], [], [])
    for number, reading in enumerate(readings):
        rows = reading.registers.get(register.key)
        if rows is None:
            continue
        frame.owners += [number] * len(rows.cells)
        frame.rows += range(len(rows.cells))
        if not reading.unreadable:
            frame.cells += rows.cells
            continue
        frame.cells += [
            [_readable(reading, register.row_key(column, row), value) for column, value in enumerate(values)]
            for row, values in enumerate(rows.cells)
        ]
    return frame


def _failures(
    asked: Sequence[Asked], kinds: Sequence[ValueKind], columns: Sequence[Sequence[str]]
) -> list[_Failure]:
    """Validate the values by column; return what fails, row by row."""
    if not columns:
        return []
    data = pd.DataFrame(
        {
            str(number): _series(kind, values)
            for number, (kind, values) in enumerate(zip(kinds, columns, strict=True))
        }
    )
    schema = pa.DataFrameSchema(
        {
            str(number): pa.Column(
                float if kind.sort == "number" else object,
                list(_checks_of(one, kind)),
                nullable=True,
            )
            for number, (one, kind) in enumerate(zip(asked, kinds, strict=True))
        }
    )
    try:
        schema.validate(data, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        found = {
            _Failure(int(row), int(column), int(check))
            for row, column, check in zip(cases["index"], cases["column"], cases["check"], strict=True)
        }
        return sorted(found, key=lambda one: (one.row, one.column, one.check))
    return []


def _series(kind: ValueKind, values: Sequence[str]) -> pd.Series[float] | pd.Series[str]:
    if kind.sort == "number":
        return pd.Series([_as_float(value) for value in values], dtype=float)
    return pd.Series(values, dtype=object)


@lru_cache(maxsize=4096)
def _as_float(value: str) -> float:
    number = number_of(value)
    return float("nan") if number is None else float(number)


def _checks_of(asked: Asked, kind: ValueKind) -> Iterator[pa.Check]:
    """Return the checks of a kind; each is known by its number, a blank by -1."""
    if asked.required:
        yield pa.Check(filled if kind.sort == "number" else written, error="-1", ignore_na=False)
    for number, check in enumerate(kind.checks()):
        given = () if check.argument is None else (check.argument,)
        ignore_na = kind.sort == "number"  # a text is never missing, only blank
        if own := _OWN.get(check.name):
            yield pa.Check(_with(own, given), name=check.name, error=str(number), ignore_na=ignore_na)
        else:
            yield getattr(pa.Check, check.name)(*given, error=str(number), ignore_na=ignore_na)


def _with(check: Callable[..., pd.Series[bool]], given: tuple[object, ...]) -> Callable[..., pd.Series[bool]]:
    """Return the check with what it is asked about; pandera gives it the values alone."""
    return lambda values: check(values, *given)


def _finding(
    form: Form,
    asked: Asked,
    kind: ValueKind,
    failure: _Failure,
    value: str,
    place: Place,
    key: str,
) -> Finding:
    facts: dict[str, Fact] = {"label": asked.label, "prompt": kind.mending.rstrip("。")}
    if failure.check < 0:
        return _weighed(form, REQUIRED, "value", place, (key,), facts)
    check: ValueCheck = kind.checks()[failure.check]
    shown = PERSONAL if asked.personal else kind.shown(value)
    facts |= {"value": shown, "raw": shown, "count": len(value), "limit": _limit(kind, check)}
    return _weighed(form, check.code, check.variant, place, (key,), facts)


def _limit(kind: ValueKind, check: ValueCheck) -> str:
    """Return the bound that a check asks for, in words."""
    if isinstance(check.argument, tuple):
        return " 至 ".join(map(kind.shown, map(str, check.argument)))
    is_amount = check.name in {"ge", "le"}
    return kind.shown(str(check.argument)) if is_amount else str(check.argument)


def _weighed(
    form: Form, code: str, variant: str, place: Place, keys: tuple[str, ...], facts: Mapping[str, Fact]
) -> Finding:
    return weighed_alone(form, Finding.found(code, place, keys, variant, facts))
