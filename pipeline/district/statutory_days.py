"""A year goes in; the days off that are certain by law, and the days around them that a decree may move, come out.

《全国年节及纪念日放假办法》 names the days; which days beside them are off, and which weekends are worked for it, the State
Council decrees each autumn for the year after. Feasts of the lunar calendar are known from 2020 to 2050 (GB/T 33661); of
another year only the windows in which they lie.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

_NEWER_LAW = 2025
"""From this year on, New Year's Eve and 2 May are days off, too."""
_EVE, _SPRING_DAYS = -1, 3
_SPRING_REACH = (-2, 8)
"""Days before and after the lunar new year that a decree has made days off."""
_FEAST_REACH = (-2, 2)
HOLIDAYS_AT_MOST = 10
"""Working days that fall away within two months, in any year: so many more are allowed where nobody has written down which."""
_FIXED_REACHES = (((12, 30), 4), ((4, 28), 7), ((9, 28), 10))
"""First day and number of days after it: around 1 January (both years), 1 May, 1 October."""
_UNKNOWN_REACHES = (((1, 18), 43), ((5, 24), 36), ((9, 5), 34))
"""Where the lunar feasts of an unknown year may lie, with what is around them."""
_LUNAR = {
    2020: ((1, 25), (6, 25), (10, 1)),
    2021: ((2, 12), (6, 14), (9, 21)),
    2022: ((2, 1), (6, 3), (9, 10)),
    2023: ((1, 22), (6, 22), (9, 29)),
    2024: ((2, 10), (6, 10), (9, 17)),
    2025: ((1, 29), (5, 31), (10, 6)),
    2026: ((2, 17), (6, 19), (9, 25)),
    2027: ((2, 6), (6, 9), (9, 15)),
    2028: ((1, 26), (5, 28), (10, 3)),
    2029: ((2, 13), (6, 16), (9, 22)),
    2030: ((2, 3), (6, 5), (9, 12)),
    2031: ((1, 23), (6, 24), (10, 1)),
    2032: ((2, 11), (6, 12), (9, 19)),
    2033: ((1, 31), (6, 1), (9, 8)),
    2034: ((2, 19), (6, 20), (9, 27)),
    2035: ((2, 8), (6, 10), (9, 16)),
    2036: ((1, 28), (5, 30), (10, 4)),
    2037: ((2, 15), (6, 18), (9, 24)),
    2038: ((2, 4), (6, 7), (9, 13)),
    2039: ((1, 24), (5, 27), (10, 2)),
    2040: ((2, 12), (6, 14), (9, 20)),
    2041: ((2, 1), (6, 3), (9, 10)),
    2042: ((1, 22), (6, 22), (9, 28)),
    2043: ((2, 10), (6, 11), (9, 17)),
    2044: ((1, 30), (5, 31), (10, 5)),
    2045: ((2, 17), (6, 19), (9, 25)),
    2046: ((2, 6), (6, 8), (9, 15)),
    2047: ((1, 26), (5, 29), (10, 4)),
    2048: ((2, 14), (6, 15), (9, 22)),
    2049: ((2, 2), (6, 4), (9, 11)),
    2050: ((1, 23), (6, 23), (9, 30)),
}
"""春节, 端午 and 中秋 as month and day."""


@lru_cache(maxsize=64)
def days_off(year: int) -> frozenset[date]:
    """Return the days off that the law itself names."""
    may = 2 if year >= _NEWER_LAW else 1
    found = {date(year, 1, 1), *_span(date(year, 5, 1), 0, may - 1), *_span(date(year, 10, 1), 0, 2)}
    if year in _LUNAR:
        spring, dragon_boat, autumn = (date(year, *day) for day in _LUNAR[year])
        first = _EVE if year >= _NEWER_LAW else 0
        found |= {*_span(spring, first, _SPRING_DAYS - 1), dragon_boat, autumn, _tomb_sweeping(year)}
    return frozenset(found)


@lru_cache(maxsize=64)
def movable_days(year: int) -> frozenset[date]:
    """Return the days that a decree may make days off, those that are certain among them."""
    found = {
        day
        for start, days in _FIXED_REACHES
        for own in (year - 1, year)
        for day in _span(date(own, *start), 0, days)
    }
    if year in _LUNAR:
        spring, *feasts = (date(year, *day) for day in _LUNAR[year])
        found |= {*_span(spring, *_SPRING_REACH)}
        found |= {day for feast in (*feasts, _tomb_sweeping(year)) for day in _span(feast, *_FEAST_REACH)}
    else:
        found |= {day for start, days in _UNKNOWN_REACHES for day in _span(date(year, *start), 0, days)}
        found |= {*_span(date(year, 4, 5), -3, 3)}
    return frozenset(day for day in found if day.year == year)


def _tomb_sweeping(year: int) -> date:
    """Return 清明 of a year of this century."""
    part = year % 100
    return date(year, 4, int(part * 0.2422 + 4.81) - part // 4)


def _span(day: date, first: int, last: int) -> list[date]:
    """Return the days from ``first`` to ``last`` days after ``day``, both among them."""
    return [day + timedelta(days=number) for number in range(first, last + 1)]
