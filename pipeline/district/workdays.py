"""``[calendar]`` and ``[[extension]]`` of district.toml go in; workdays and deadlines come out.

China moves its workdays about by decree each year, so holidays and make-up workdays are the coordinator's to write down.
What the law itself names is off in any year; of a year that nobody has written down, the days around it are doubtful.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from pipeline.district.roster import named, normalised
from pipeline.district.statutory_days import days_off, movable_days
from pipeline.model import Agency
from pipeline.toml_source import TomlTable

_DAY = timedelta(days=1)
_SATURDAY = 5
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class Extension:
    """A later deadline for one agency: ``[[extension]]`` of district.toml."""

    agency: str
    """Its code; a person may write the name or an alias instead."""
    until: date
    reason: str = ""
    form: str = ""
    """Of which form, or form and period, where several are collected; empty: of the first."""


@dataclass(frozen=True)  # without slots: which years are written down is looked up once
class Calendar:
    """The district's workdays and when it reminds: ``[calendar]`` of district.toml."""

    holidays: tuple[date, ...] = ()
    """Days off that fall on Monday to Friday."""
    workdays: tuple[date, ...] = ()
    """Saturdays and Sundays that are worked (调休)."""
    remind_days_before: tuple[int, ...] = (5, 2, 0)
    """Workdays before an agency's deadline on which it is reminded; 0 is the last workday up to it."""
    remind_every: int = 1
    """After the deadline, remind every so many workdays; 0: never."""

    def is_workday(self, day: date) -> bool:
        """Whether offices are open on ``day``, as far as law and district say."""
        is_off = day.weekday() >= _SATURDAY or day in self.holidays or day in days_off(day.year)
        return day in self.workdays or not is_off

    def is_surely_workday(self, day: date) -> bool:
        """Whether no decree that nobody has written down can make ``day`` a day off."""
        return self.is_workday(day) and not self._is_doubtful(day)

    def doubtful_year(self, first: date, last: date) -> int | None:
        """Return the first year of which the days off between two days are not written down, where it matters; else None."""
        days = (first + _DAY * number for number in range((last - first).days + 1))
        return next((day.year for day in days if self.is_workday(day) and self._is_doubtful(day)), None)

    def workdays_between(self, day: date, last: date) -> int:
        """Count the workdays after ``day`` up to and including ``last``; 0 where ``last`` is not later."""
        return _count(self.is_workday, day, last)

    def sure_workdays_between(self, day: date, last: date) -> int:
        """Count as ``workdays_between`` does, at the least: a day that may be off is none."""
        return _count(self.is_surely_workday, day, last)

    def reminds_on(self, day: date, deadline: date) -> bool:
        """Whether an agency with ``deadline`` that has not reported is reminded on ``day``."""
        if not self.is_surely_workday(day):
            return False
        if day <= deadline:
            return self.sure_workdays_between(day, deadline) in self.remind_days_before
        return (
            bool(self.remind_every)
            and (self.sure_workdays_between(deadline, day) - 1) % self.remind_every == 0
        )

    def _is_doubtful(self, day: date) -> bool:
        return day.year not in self.known_years and day not in self.workdays and day in movable_days(day.year)

    @cached_property
    def known_years(self) -> frozenset[int]:
        """The years of which a day off is written down: whoever writes one has the decree at hand."""
        return frozenset(day.year for day in self.holidays)


def _count(counts: Callable[[date], bool], day: date, last: date) -> int:
    return sum(counts(day + _DAY * number) for number in range(1, (last - day).days + 1))


PLAIN_CALENDAR = Calendar()
"""A district.toml without the table: Monday to Friday are worked."""


def calendar_of(section: TomlTable) -> Calendar:
    """Read and check ``[calendar]``. Raises ConfigError with file, line and remedy."""
    for name in ("holidays", "workdays"):
        if not _all_of(date, section.values.get(name, [])):
            raise section.fault(f"{name} 应写成日期的列表，例如 [2024-02-12, 2024-02-13]，不加引号。", name)
    days = section.values.get("remind_days_before", [])
    if not _all_of(int, days) or any(day < 0 for day in days):
        raise section.fault("remind_days_before 应写成天数的列表，例如 [5, 2, 0]。", "remind_days_before")
    found = section.into(Calendar)
    if found.remind_every < 0:
        raise section.fault("remind_every 应为 0（不催）或每隔几个工作日催一次。", "remind_every")
    return found


def extensions_of(
    sections: Sequence[TomlTable], agencies: Sequence[Agency], deadline: date
) -> tuple[Extension, ...]:
    """Read and check the ``[[extension]]`` of one form, with its common ``deadline``. Raises ConfigError with file, line and remedy.

    One that ends no later is most likely last year's: it would call an agency late that is not.
    """
    known = named(agencies)
    found: list[Extension] = []
    for section in sections:
        item = section.into(Extension)
        owner = known.get(normalised(item.agency))
        if owner is None:
            raise section.fault(f"名单中没有“{item.agency}”；请写代码、名称或简称。", "agency")
        item = replace(item, agency=owner.code, form="")
        if type(item.until) is not date:
            raise section.fault("until 应写成日期，例如 2024-02-05，不加引号。", "until")
        if item.until <= deadline:
            raise section.fault(
                f"延期的日期 {item.until} 不晚于截止日期 {deadline}。上年的或不再需要的延期，请删去这一段；否则写更晚的日期。",
                "until",
            )
        if any(other.agency == item.agency for other in found):
            raise section.fault(f"“{item.agency}”的延期写了两次，请只留一个。", "agency")
        found.append(item)
    return tuple(found)


def spoken_date(day: date) -> str:
    """Write a day as letters do: 2024年1月31日（星期三）."""
    return f"{day.year}年{day.month}月{day.day}日（星期{_WEEKDAYS[day.weekday()]}）"


def _all_of(kind: type, values: Any) -> bool:  # noqa: ANN401 - whatever TOML holds
    return isinstance(values, list) and all(type(value) is kind for value in values)
