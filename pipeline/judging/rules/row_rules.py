"""The rows of a register of a whole batch go in; which of them break its rules comes out, with what is to be said.

Days are compared as arrays of the whole batch. Workdays are the district's own; of a year of whose holidays it says
nothing so many more are allowed as a year has at most in one piece.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, assert_never

import numpy as np
import pandas as pd
from pandera.errors import SchemaErrors

from pipeline.district.statutory_days import HOLIDAYS_AT_MOST
from pipeline.forms.drawing import fulfils, is_test, test_of
from pipeline.forms.values.plain import folded
from pipeline.forms.values.typed import says_nothing
from pipeline.judging.schema.backends import pa
from pipeline.periods import bounds_of, spaced_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from pipeline.district.workdays import Calendar
    from pipeline.forms.registers import Condition, Register, RowRule
    from pipeline.model import Fact
    from pipeline.periods import Period

DUPLICATE = "duplicate"
_FIRST, _LAST = date(1989, 1, 1), date(2101, 1, 1)


@dataclass  # without slots: the columns are laid out once
class RowFrame:
    """The rows of all readings: the number of the reading, that of the row in it, and the values."""

    owners: list[int]
    rows: list[int]
    cells: list[Sequence[str]]

    @cached_property
    def columns(self) -> list[tuple[str, ...]]:
        """The values of each column, where there is a row."""
        return list(zip(*self.cells, strict=True))

    @cached_property
    def days(self) -> dict[int, NDArray[np.datetime64]]:
        """The days of the columns that were asked for them."""
        return {}

    @cached_property
    def twins(self) -> dict[str, Mapping[int, int]]:
        """By rule: the rows that are like an earlier one of the same reading, and which that is."""
        return {}


def broken_rules(
    register: Register,
    rules: Sequence[RowRule],
    frame: RowFrame,
    calendar: Calendar,
    periods: Sequence[Period | None],
) -> list[list[tuple[int, Mapping[str, Fact]]]]:
    """Return for each rule the rows that break it, with the facts. pandera validates a column for each rule."""
    found: list[list[tuple[int, Mapping[str, Fact]]]] = [[] for _ in rules]
    if not rules or not frame.cells:
        return found
    asked = [_asked(register, rule.when, frame, periods) for rule in rules]
    failing = [
        _fails(register, rule, frame, calendar, periods) & when
        for rule, when in zip(rules, asked, strict=True)
    ]
    data = pd.DataFrame(
        {rule.id: np.where(fails, 1.0, 0.0) for rule, fails in zip(rules, failing, strict=True)}
    )
    try:
        _schema(tuple(rule.id for rule in rules)).validate(data, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        numbers = {rule.id: number for number, rule in enumerate(rules)}
        for row, column in sorted(zip(cases["index"], cases["column"], strict=True)):
            rule = rules[numbers[column]]
            period = periods[frame.owners[int(row)]]
            facts = _facts(register, rule, frame.cells[int(row)], calendar, period)
            if rule.relation == "apart":
                facts = {**facts, **_twin(register, rule, frame, int(row))}
            found[numbers[column]].append((int(row), facts))
    return found


@lru_cache(maxsize=32)
def _schema(rules: tuple[str, ...]) -> pa.DataFrameSchema:
    return pa.DataFrameSchema({rule: pa.Column(float, pa.Check.eq(0)) for rule in rules})


def duplicates(register: Register, frame: RowFrame) -> Iterator[tuple[int, int]]:
    """Yield the rows that have all unique columns in common with an earlier one of the same reading, however these are spelled, and that one.

    What only says that there is nothing (无) tells no row from another.
    """
    if not register.unique:
        return
    if not frame.cells:
        return
    columns = [list(map(folded, frame.columns[register.index[name]])) for name in register.unique]
    seen: dict[tuple[object, ...], int] = {}
    for at, own in enumerate(zip(frame.owners, *columns, strict=True)):
        first = seen.setdefault(own, at)
        if first != at and "" not in own and not any(map(says_nothing, own)):
            yield at, first


def _asked(
    register: Register, when: Sequence[Condition], frame: RowFrame, periods: Sequence[Period | None]
) -> NDArray[np.bool_]:
    found = np.ones(len(frame.cells), dtype=bool)
    for condition in when:
        name, wanted = condition
        values = frame.columns[register.index[name]]
        tests = {period: test_of(wanted, period) for period in set(periods)}
        if is_test(wanted) and len(tests) == 1:  # nearly always
            [test] = tests.values()
            holds = list(map(test, values))
        elif is_test(wanted):
            holds = [tests[periods[owner]](value) for owner, value in zip(frame.owners, values, strict=True)]
        else:  # of no period
            holds = list(map(frozenset(wanted).__contains__, values))
        found &= np.array(holds, dtype=bool)
    return found


def _fails(  # noqa: PLR0911 - one for each relation
    register: Register, rule: RowRule, frame: RowFrame, calendar: Calendar, periods: Sequence[Period | None]
) -> NDArray[np.bool_]:
    at = register.index[rule.column]
    match rule.relation:
        case "needs":
            return _blank(frame, at)
        case "blank":
            return ~_blank(frame, at)
        case "until":
            return _days(frame, at) > _bounds(frame, periods, 1)
        case "since":
            return _days(frame, at) < _bounds(frame, periods, 0)
        case "single":
            return np.array([_finds(rule.patterns, value) for value in frame.columns[at]], dtype=bool)
        case "apart":
            twins = frame.twins[rule.id] = _twins(register, rule, frame)
            return np.isin(np.arange(len(frame.cells)), list(twins))
        case "order":
            return _days(frame, at) < _days(frame, register.index[rule.other])
        case "due":
            extended = _asked(register, rule.extended, frame, periods) & bool(rule.extended)
            return _is_overdue(frame, (register.index[rule.other], at), rule, extended, calendar)
        case _:
            assert_never(rule.relation)


_LONGEST = 200
"""Characters of a value in which patterns are looked for."""


def _finds(patterns: Sequence[str], value: str) -> bool:
    """Say whether one of ``patterns`` is found in a value, in whatever width that is written."""
    plain = unicodedata.normalize("NFKC", value[:_LONGEST])
    return any(re.search(pattern, plain) for pattern in patterns)


def _twins(register: Register, rule: RowRule, frame: RowFrame) -> Mapping[int, int]:
    """Return the rows that have who and all columns of ``rule`` in common with an earlier one of the same reading that is called otherwise, and that one.

    Who left blank what has to be filled, or names nobody, says too little to be taken for another.
    """
    names = (rule.who, *rule.columns)
    asked = [register.columns[register.index[name]] for name in names]
    columns = [frame.columns[register.index[name]] for name in names]
    plain = [values for values, column in zip(columns, asked, strict=True) if column.kind != "text"]
    groups = list(zip(frame.owners, *plain, strict=True))
    sizes = Counter(groups)
    needed = [at for at, column in enumerate(asked) if column.key == rule.who or column.required]
    seen: dict[tuple[object, ...], int] = {}
    found: dict[int, int] = {}
    for at, group in enumerate(groups):
        if sizes[group] == 1:  # nearly always
            continue
        values = [column[at] for column in columns]
        if not all(values[number] for number in needed):
            continue
        first = seen.setdefault((group[0], *map(folded, values)), at)
        if first == at or any(_finds(rule.patterns, value) for value in values):
            continue
        if not _is_named_alike(register, frame, at, first):
            found[at] = first
    return found


def _is_named_alike(register: Register, frame: RowFrame, one: int, other: int) -> bool:
    columns = [frame.columns[register.index[name]] for name in register.unique]
    return all(folded(column[one]) == folded(column[other]) for column in columns)


def _twin(register: Register, rule: RowRule, frame: RowFrame, row: int) -> Mapping[str, Fact]:
    labels = (register.columns[register.index[name]].label for name in (rule.who, *rule.columns))
    return {"row": frame.rows[frame.twins[rule.id][row]] + 1, "labels": "、".join(labels)}


def _blank(frame: RowFrame, column: int) -> NDArray[np.bool_]:
    return np.array([value == "" for value in frame.columns[column]], dtype=bool)


def _is_overdue(
    frame: RowFrame,
    columns: tuple[int, int],
    rule: RowRule,
    extended: NDArray[np.bool_],
    calendar: Calendar,
) -> NDArray[np.bool_]:
    """Say where more workdays than are allowed lie between the days of two columns."""
    earlier, later = (_days(frame, column) for column in columns)
    allowed = rule.workdays + np.where(extended, rule.extra, 0)
    worked, unsure = _workdays(calendar, earlier, later)
    known = ~(np.isnat(later) | np.isnat(earlier))
    return known & (worked > allowed + np.where(unsure, HOLIDAYS_AT_MOST, 0))


def _days(frame: RowFrame, column: int) -> NDArray[np.datetime64]:
    """Return the days of a column; none where it is blank."""
    if column not in frame.days:
        values = [value or "NaT" for value in frame.columns[column]]
        frame.days[column] = np.array(values, dtype="datetime64[D]")
    return frame.days[column]


def _bounds(frame: RowFrame, periods: Sequence[Period | None], end: int) -> NDArray[np.datetime64]:
    """Return for each row the first (``end`` 0) or the last day (1) of the period that is reported; none where that is not known."""
    days = [bounds_of(period)[end].isoformat() if period else "NaT" for period in periods]
    return np.array(days, dtype="datetime64[D]")[frame.owners]


def _workdays(
    calendar: Calendar, first: NDArray[np.datetime64], last: NDArray[np.datetime64]
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Count the workdays after ``first`` up to and including ``last``, and say where the holidays in between are not known."""
    span = (_LAST - _FIRST).days
    worked = _worked(calendar)
    known = np.array(sorted(calendar.known_years), dtype=np.int64)
    start, end = (
        np.clip(np.nan_to_num((days - np.datetime64(_FIRST)).astype(float)).astype(np.int64), 0, span - 1)
        for days in (first, last)
    )
    years = [days.astype("datetime64[Y]").astype(np.int64) + 1970 for days in (first, last)]
    unsure = ~(np.isin(years[0], known) & np.isin(years[1], known))
    return worked[end] - worked[start], unsure


@lru_cache(maxsize=4)
def _worked(calendar: Calendar) -> NDArray[np.int64]:
    """Count the workdays from the first day on, for every day."""
    days = [_FIRST + timedelta(days=number) for number in range((_LAST - _FIRST).days)]
    named = replace(calendar, holidays=(), workdays=())
    worked = np.array([named.is_workday(day) for day in days])
    for own in (*calendar.holidays, *calendar.workdays):
        if _FIRST <= own < _LAST:
            worked[(own - _FIRST).days] = calendar.is_workday(own)
    found: NDArray[np.int64] = np.cumsum(worked)
    return found


def _facts(
    register: Register, rule: RowRule, row: Sequence[str], calendar: Calendar, period: Period | None
) -> Mapping[str, Fact]:
    def said(name: str) -> str:
        at = register.index[name]
        return "" if register.columns[at].personal else register.kinds[at].shown(row[at])

    facts: dict[str, Fact] = {
        "label": register.columns[register.index[rule.column]].label,
        "value": said(rule.column),
        "condition": _spoken(register, rule.when, row),
    }
    if rule.other:
        facts |= {"other": register.columns[register.index[rule.other]].label, "than": said(rule.other)}
    if rule.relation in {"until", "since"} and period:
        facts["period"] = spaced_of(period)
    if rule.relation == "due":
        first, last = (date.fromisoformat(row[register.index[name]]) for name in (rule.other, rule.column))
        extended = rule.extended and all(fulfils(register, one, period)(row) for one in rule.extended)
        facts |= {
            "days": calendar.workdays_between(first, last),
            "limit": rule.workdays + (rule.extra if extended else 0),
        }
    return facts


def _spoken(register: Register, when: Sequence[Condition], row: Sequence[str]) -> str:
    """Say which of the conditions hold in a row: “办理结果”是“予以公开”."""
    said = []
    for name, _ in when:
        at = register.index[name]
        own = register.columns[at]
        value = "" if own.personal else register.kinds[at].shown(row[at])
        said.append(f"“{own.label}”是“{value}”" if value else f"“{own.label}”空着")
    return "，".join(said)
