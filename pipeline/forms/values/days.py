"""Kinds that say when: a day, a year, a period (a year, a half, a quarter, a month)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import ClassVar

from pipeline.forms.values.kind import ValueCheck, ValueKind
from pipeline.forms.values.plain import UNSEEN, Raw, without
from pipeline.forms.values.spelled_days import named_day
from pipeline.forms.values.typed import DAY_ZERO, Typed, shown
from pipeline.periods import named, title_of

_FIRST, _LAST = date(1990, 1, 1), date(2099, 12, 31)
_FIRST_STORED = date(1900, 3, 1)
"""What no spreadsheet knows as a day, or not all alike, is kept as text."""
_SERIALS = range((_FIRST - DAY_ZERO).days, (_LAST - DAY_ZERO).days + 1)
_YEAR = re.compile(r"(\d{4})年?度?", re.ASCII)
_MONTH = re.compile(r"(\d{4})(?:年|[./-])(\d{1,2})月?份?", re.ASCII)
_QUARTER = re.compile(r"(\d{4})年?度?-?(?:第?([一二三四1-4])季度?|[Qq]([1-4]))", re.ASCII)
_HALF = re.compile(r"(\d{4})年?度?-?(?:([上下])半年|[Hh]([12]))", re.ASCII)
_NUMERALS = {
    **{str(number): number for number in range(1, 5)},
    "一": 1,
    "二": 2,
    "三": 3,
    "四": 4,
    "上": 1,
    "下": 2,
}


def _plain(value: Raw) -> str:
    return "".join(unicodedata.normalize("NFKC", shown(value)).translate(UNSEEN).split())


def day_of(value: Raw) -> date | None:
    """Return the day that a cell names, in the ways people write one; None where it is no day, or which is not certain."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        if value in _SERIALS:
            return DAY_ZERO + timedelta(days=int(value))
        value = int(value) if isinstance(value, int) or value.is_integer() else value
    return named_day(shown(value))


_UNCERTAIN = ("星期", "周", "时", "点", ":", "午", "〇", "○", "零", "、", "\uff64", "\\", "—")
"""Signs of a day, written in a way that is read and that no formula understands."""
_BEGINS = ("1", "2", "二", "'")
"""With what such a day begins."""


def _spelled(cells: str) -> str:
    """Return the array of the texts of ``cells`` with "-" between year, month and day, where they are such."""
    spelled = f"TRIM({without(f'ASC({cells})', '日号')})"
    for sign in "年月":
        for beside in (f"{sign} ", f" {sign}"):
            spelled = f'SUBSTITUTE({spelled},"{beside}","{sign}")'
    for sign in "年月./":
        spelled = f'SUBSTITUTE({spelled},"{sign}","-")'
    return spelled


def day_numbers(cells: str) -> str:
    """Return the array of the days that ``cells`` name, as numbers of the calendar, also where they are text; an error where a cell names none.

    A year of two digits is asked for in the cell itself: TEXT makes four of them.
    """
    digits = f"TRIM(ASC({cells}))"
    spelled = _spelled(f'TEXT({digits},"[<100000]yyyy-mm-dd;0000-00-00")')
    return f"DATEVALUE({spelled})/(LEFT({digits},4)-999>0)"


def plain_days(cells: str) -> str:
    """Return the Excel expression of how many of ``cells`` hold a number that is a day."""
    return f'COUNTIFS({cells},">={_SERIALS.start}",{cells},"<{_SERIALS.stop}")'


def _names_day(spelled: str) -> str:
    """Return the array that is TRUE where ``spelled`` is a day with "-" between year, month and day: what is not is an error."""
    parts = f'(MID({spelled},5,1)="-")/{_in_years(spelled)}'
    return f'ISNUMBER(DATEVALUE({spelled})/{parts}+FIND("-",{spelled},6))'


def _joined_day(cells: str) -> str:
    """Return the array that is TRUE where eight digits name a day."""
    digits = f"TRIM(ASC({cells}))"
    return f'ISNUMBER(DATEVALUE(TEXT({digits},"0000-00-00"))/(LEN({digits})=8)/{_in_years(digits)})'


def _in_years(spelled: str) -> str:
    """Return the array that is TRUE where four digits begin ``spelled`` that are a year a day may lie in."""
    middle = (_FIRST.year + _LAST.year) / 2
    return f"(ABS(LEFT({spelled},4)-{middle})<{_LAST.year - middle + 0.5})"


def _may_name_day(cells: str) -> str:
    """Return the array that is more than 0 where a text has the signs of a day that formulas do not understand."""
    begins = ",".join(f'"{sign}"' for sign in _BEGINS)
    first = f"ISNUMBER(MATCH(LEFT(TRIM(ASC({cells})),1),{{{begins}}},0))"
    return f"{first}*(LEN({without(f'ASC({cells})', _UNCERTAIN)})<LEN(ASC({cells})))"


def uncertain_days(cells: str) -> str:
    """Return the array that is 1 where a cell may name a day in a way that formulas do not understand."""
    return f"{_may_name_day(cells)}*(1-{_names_day(_spelled(cells))})"


def is_uncertain(text: str) -> bool:
    """Say of a text that names no day for the formulas whether it may name one all the same."""
    plain = unicodedata.normalize("NFKC", text).strip()
    return plain.startswith(_BEGINS) and any(sign in plain for sign in _UNCERTAIN)


@dataclass(frozen=True, slots=True)
class Day(ValueKind):
    """A day, spelled 2024-03-05."""

    id: ClassVar[str] = "date"
    width: ClassVar[float] = 13.0

    @property
    def usual_prompt(self) -> str:
        return "填日期，例如 2024-03-05。"

    @property
    def number_format(self) -> str:
        return "yyyy-mm-dd"

    def excel(self) -> dict[str, object]:
        return {"validate": "date", "criteria": "between", "minimum": _FIRST, "maximum": _LAST}

    def fault(self, value: Raw) -> str:
        day = day_of(value)
        is_plausible = day is None or _FIRST <= day <= _LAST
        return ValueKind.fault(self, value) if is_plausible else self.id

    def fault_formula(self, cell: str) -> str:
        return f"SUMPRODUCT({self.faults_array(cell)})"

    def faults_array(self, cells: str) -> str:
        """A day is a number of the calendar, or year, month and day that make one; what only may be one is no fault."""
        is_serial = f"ISNUMBER({cells})*({cells}>={_SERIALS.start})*({cells}<{_SERIALS.stop})"
        ways = (is_serial, _names_day(_spelled(cells)), _joined_day(cells), _may_name_day(cells))
        return f"(LEN(TRIM({cells}))>0)*{'*'.join(f'(1-{way})' for way in ways)}"

    def is_faulty(self, text: str) -> bool:
        return bool(self.fault(text)) and not is_uncertain(text)

    def plain(self, values: Sequence[Raw]) -> Sequence[str] | None:
        if not set(map(type, values)) <= {date, str} or any(
            value.__class__ is str and value for value in values
        ):
            return None
        return [value.isoformat() if value.__class__ is date else "" for value in values]

    def _read(self, value: Raw) -> Typed:
        day = day_of(value)
        if day is None:
            return self._wrong(value, "date")
        return Typed(text=day.isoformat()) if isinstance(value, date) else self._noted(day.isoformat(), value)

    def checks(self) -> tuple[ValueCheck, ...]:
        return (ValueCheck("spelled_between", (_FIRST.isoformat(), _LAST.isoformat()), variant="date_range"),)

    def stored(self, text: str) -> date | str:
        day = day_of(text)
        return day if day and day >= _FIRST_STORED else text

    def shown(self, text: str) -> str:
        day = day_of(text)
        return f"{day.year}年{day.month}月{day.day}日" if day else text


@dataclass(frozen=True, slots=True)
class Year(ValueKind):
    """A year of four digits."""

    id: ClassVar[str] = "year"
    width: ClassVar[float] = 9.0

    @property
    def usual_prompt(self) -> str:
        return "填四位年份。"

    @property
    def number_format(self) -> str:
        return "General"

    def excel(self) -> dict[str, object]:
        return {"validate": "integer", "criteria": "between", "minimum": _FIRST.year, "maximum": _LAST.year}

    def _read(self, value: Raw) -> Typed:
        found = _YEAR.fullmatch(_plain(value))
        if not found or not _FIRST.year <= int(found[1]) <= _LAST.year:
            return self._wrong(value, "year")
        return self._noted(found[1], value)

    def stored(self, text: str) -> int | str:
        return int(text) if _YEAR.fullmatch(text) else text


@dataclass(frozen=True, slots=True)
class PeriodValue(ValueKind):
    """A year, a half, a quarter or a month, spelled 2024, 2024H1, 2024Q1, 2024-01."""

    id: ClassVar[str] = "period"
    width: ClassVar[float] = 12.0

    @property
    def usual_prompt(self) -> str:
        return "填时期，例如 2024年、2024年上半年、2024年第一季度、2024年3月。"

    def _read(self, value: Raw) -> Typed:
        if isinstance(value, date):
            is_month = value.day == 1 and _FIRST.year <= value.year <= _LAST.year
            month = f"{value.year}-{value.month:02}"
            return self._noted(month, shown(value)) if is_month else self._wrong(value, "period")
        text = _plain(value)
        if not text[:4].isdecimal() or not _FIRST.year <= int(text[:4]) <= _LAST.year:
            return self._wrong(value, "period")
        for pattern, letter in ((_QUARTER, "Q"), (_HALF, "H")):
            if found := pattern.fullmatch(text):
                return self._noted(f"{found[1]}{letter}{_NUMERALS[found[2] or found[3]]}", value)
        if (found := _MONTH.fullmatch(text)) and 1 <= int(found[2]) <= 12:  # noqa: PLR2004 - months
            return self._noted(f"{found[1]}-{int(found[2]):02}", value)
        found = _YEAR.fullmatch(text)
        return self._noted(found[1], value) if found else self._wrong(value, "period")

    def shown(self, text: str) -> str:
        period = named(text)
        return text if period is None else title_of(period)
