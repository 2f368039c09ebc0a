"""The period that a report speaks of: a year, a half-year, a quarter or a month, as one whole number.

A year is itself: 2024. What is shorter has two more digits: 202421 is its first half, 202442 its second quarter, 202406 its
June. So a period is a key of the ledger, the oldest one too, and periods of one kind stand in the order of their time. People
and programs write ``2024``, ``2024H1``, ``2024Q2`` and ``2024-06``; that is the name of a period in folders and commands.
"""

from __future__ import annotations

import re
import unicodedata
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping

Period: TypeAlias = int
PeriodKind = Literal["year", "half", "quarter", "month"]
_PARTS = 100
"""What a year is multiplied by to make room for its parts."""
_LONGEST_YEAR = 9999
_LONGEST_COLLECTING = timedelta(days=366)
_A_SEASON = timedelta(days=300)
"""Less than there is between the deadlines of two years, more than between those of the first part of a year and of the whole."""


@dataclass(frozen=True, slots=True)
class _PeriodSpelling:
    """``offset``: the two digits before the first part; ``sign`` stands in names before its number."""

    kind: PeriodKind
    parts: int
    offset: int
    sign: str
    words: str


_KINDS: Mapping[PeriodKind, _PeriodSpelling] = {
    "year": _PeriodSpelling("year", 1, 0, "", "年度"),
    "half": _PeriodSpelling("half", 2, 20, "H", "半年"),
    "quarter": _PeriodSpelling("quarter", 4, 40, "Q", "季度"),
    "month": _PeriodSpelling("month", 12, 0, "-", "月份"),
}
PERIOD_KINDS: tuple[PeriodKind, ...] = tuple(_KINDS)
"""What the ``period`` of a form may be."""
EXAMPLES: Mapping[PeriodKind, str] = {
    "year": "2024",
    "half": "2024H1",
    "quarter": "2024Q2",
    "month": "2024-06",
}
"""How a period of each kind is written."""
_NAME = re.compile(r"(\d{4})(?:H([12])|Q([1-4])|-(0[1-9]|1[0-2]))?", re.ASCII | re.IGNORECASE)
_ORDINALS = "一二三四"
_HALVES = "上下"
_YEAR = r"(?<!\d)(?P<year>\d{4})\s{0,3}[年.\-/]?\s{0,3}(?:度)?\s{0,3}"
_MONTHS_FROM_TO = r"(?P<first>1[0-2]|0?[1-9])\s{0,3}(?:月份?)?\s{0,3}[-~—–―至到]{1,2}\s{0,3}(?P<last>1[0-2]|0?[1-9])\s{0,3}月"
_SPOKEN: Mapping[PeriodKind, re.Pattern[str]] = {
    "year": re.compile(r"(?<!\d)(?P<year>\d{4})(?!\d)", re.ASCII),
    "half": re.compile(
        _YEAR
        + r"(?:(?P<half>[上下])\s{0,3}半\s{0,3}年|H\s{0,3}(?P<part>[12])(?!\d)|"
        + _MONTHS_FROM_TO
        + ")",
        re.ASCII | re.IGNORECASE,
    ),
    "quarter": re.compile(
        _YEAR
        + r"(?:第?\s{0,3}(?P<part>[1-4一二三四])\s{0,3}季|Q\s{0,3}(?P<letter>[1-4])(?!\d)|"
        + _MONTHS_FROM_TO
        + ")",
        re.ASCII | re.IGNORECASE,
    ),
    "month": re.compile(_YEAR + r"(?P<part>1[0-2]|0?[1-9])(?!\d)", re.ASCII),
}


def _made(kind: PeriodKind, year: int, part: int) -> Period:
    return year if kind == "year" else year * _PARTS + _KINDS[kind].offset + part


def _split(period: Period) -> tuple[PeriodKind, int, int]:
    """Return kind, year and number of the part, from 1."""
    if period <= _LONGEST_YEAR:
        return "year", period, 1
    year, rest = divmod(period, _PARTS)
    kind: PeriodKind = (
        "quarter" if rest > _KINDS["quarter"].offset else "half" if rest > _KINDS["half"].offset else "month"
    )
    return kind, year, rest - _KINDS[kind].offset


def kind_of(period: Period) -> PeriodKind:
    """Say of what kind ``period`` is."""
    return _split(period)[0]


def year_in(period: Period) -> int:
    """Return the year that ``period`` is, or lies in."""
    return _split(period)[1]


def named(name: str) -> Period | None:
    """Return the period of a name such as 2024, 2024H1, 2024Q2 or 2024-06; None where it is none."""
    found = _NAME.fullmatch(name.strip())
    if found is None:
        return None
    year, half, quarter, month = found.groups()
    if half or quarter or month:
        kind: PeriodKind = "half" if half else "quarter" if quarter else "month"
        return _made(kind, int(year), int(half or quarter or month))
    return int(year)


def stated(text: str, kind: PeriodKind) -> Period | None:
    """Return the period of ``kind`` that a clerk states, however it is put, if exactly one is stated."""
    plain = unicodedata.normalize("NFKC", text)
    found = {_stated(match, kind) for match in _SPOKEN[kind].finditer(plain)}
    return found.pop() if len(found) == 1 else None


def _stated(match: re.Match[str], kind: PeriodKind) -> Period | None:
    """Return the period that was matched; None for months that are no half-year or quarter: 1-2月, 1-6月 of quarters."""
    said = match.groupdict()
    if said.get("first"):
        first, last, length = int(said["first"]), int(said["last"]), 12 // _KINDS[kind].parts
        is_part = first % length == 1 and last == first + length - 1
        return _made(kind, int(said["year"]), last // length) if is_part else None
    if kind == "half" and said["half"]:
        return _made(kind, int(said["year"]), _HALVES.index(said["half"]) + 1)
    part = said.get("part") or said.get("letter") or "1"
    number = _ORDINALS.index(part) + 1 if part in _ORDINALS else int(part)
    return _made(kind, int(said["year"]), number)


def name_of(period: Period) -> str:
    """Return how ``period`` is called in folders, commands and data: 2024, 2024H1, 2024Q2, 2024-06."""
    kind, year, part = _split(period)
    if kind == "year":
        return str(year)
    return f"{year}-{part:02}" if kind == "month" else f"{year}{_KINDS[kind].sign}{part}"


def title_of(period: Period) -> str:
    """Return how titles say it: 2024年, 2024年上半年, 2024年第二季度, 2024年6月."""
    kind, year, part = _split(period)
    if kind == "half":
        return f"{year}年{_HALVES[part - 1]}半年"
    if kind == "quarter":
        return f"{year}年第{_ORDINALS[part - 1]}季度"
    return f"{year}年{part}月" if kind == "month" else f"{year}年"


def spelled(period: Period) -> int | str:
    """Return what is written into a form and into data files: the number of a year, else its words."""
    return period if kind_of(period) == "year" else title_of(period)


def noted(period: Period) -> int | str:
    """Return how programs are told of ``period``: the number of a year, else its name."""
    return period if kind_of(period) == "year" else name_of(period)


def scope_of(period: Period) -> str:
    """Return how sentences say it: as titles do, and 2024年度 of a year without the character 年 being said twice."""
    return f"{period}年度" if kind_of(period) == "year" else title_of(period)


def spaced_of(period: Period) -> str:
    """Return how sentences with figures say it: as ``scope_of``, a year with a space: 2024 年度."""
    return f"{period} 年度" if kind_of(period) == "year" else title_of(period)


def bounds_of(period: Period) -> tuple[date, date]:
    """Return the first and the last day of ``period``."""
    kind, year, part = _split(period)
    length = 12 // _KINDS[kind].parts
    last = part * length
    return date(year, last - length + 1, 1), date(year, last, monthrange(year, last)[1])


def days_of(period: Period) -> str:
    """Say from which day to which ``period`` goes, the year once."""
    first, last = bounds_of(period)
    return f"{first.year}年{first.month}月{first.day}日至{last.month}月{last.day}日"


def period_before(period: Period) -> Period:
    """Return the period before: of a year the year before, of a first quarter the last of the year before."""
    kind, year, part = _split(period)
    if part > 1:
        return _made(kind, year, part - 1)
    return _made(kind, year - 1, _KINDS[kind].parts)


def is_first(period: Period) -> bool:
    """Whether ``period`` begins its year."""
    return _split(period)[2] == 1


def period_after(period: Period) -> Period:
    """Return the period after."""
    kind, year, part = _split(period)
    if part < _KINDS[kind].parts:
        return _made(kind, year, part + 1)
    return _made(kind, year + 1, 1)


def is_too_late(period: Period, deadline: date) -> bool:
    """Say whether ``deadline`` is so long after ``period`` that one of the two was mistyped: what is due is due within a year."""
    return deadline > bounds_of(period)[1] + _LONGEST_COLLECTING


def left_over(period: Period, deadline: date, first: Period, first_deadline: date) -> str:
    """Say that what is collected beside the ``first`` period is of a season before, and what to do; empty where it is not.

    Then it ended before that began, and was due long before. A former period that is made up for has a deadline of now.
    """
    is_former = bounds_of(period)[1] < bounds_of(first)[0] and deadline + _A_SEASON < first_deadline
    if not is_former:
        return ""
    return (
        f"{title_of(period)}的截止日期 {deadline} 远早于第一份表{title_of(first)}的截止日期 {first_deadline}，是上年留下的。"
        "不再收的，请删去；今年还收的，改写报告期和截止日期；补收以前年度的，截止日期写现在的。"
    )


def last_ended(kind: PeriodKind, today: date) -> Period:
    """Return the last period of ``kind`` that was over before ``today``."""
    part = (today.month - 1) * _KINDS[kind].parts // 12 + 1
    return period_before(_made(kind, today.year, part))
