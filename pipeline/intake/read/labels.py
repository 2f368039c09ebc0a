"""A label as typed goes in; a form in which equal labels are equal comes out, and how alike two are.

Spaces, line breaks, width, brackets, quotes and commas are no difference; words are.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher

from pipeline.forms.values.plain import UNSEEN, answered, normalise
from pipeline.periods import Period, PeriodKind, stated

__all__ = [
    "EARLIER",
    "UNSEEN",
    "answered",
    "likeness",
    "normalise",
    "period_of",
    "same_unit",
    "tells_another_year",
    "year_of",
]

_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)", re.ASCII)
_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
EARLIER = ("上年", "去年", "往年", "上一年")
"""Words by which figures are said to be of an earlier year."""
_UNIT = re.compile(r"\((?:单位:?)?([^()]{0,2}元)\)")


def likeness(one: str, other: str) -> float:
    """Say how alike two normalised labels are, from 0 to 1."""
    return SequenceMatcher(None, one, other, autojunk=False).ratio()


def same_unit(one: str, other: str) -> bool:
    """Say whether two normalised labels do not name different units of money: 万元 and 元 are nearly the same word."""
    mine, theirs = (_UNIT.search(label) for label in (one, other))
    return mine is None or theirs is None or mine[1] == theirs[1]


def year_of(text: str) -> int | None:
    """Return the four-digit year that ``text`` states, if it states exactly one."""
    years = set(_YEAR.findall(unicodedata.normalize("NFKC", text).translate(_DIGITS)))
    return int(years.pop()) if len(years) == 1 else None


def period_of(kind: PeriodKind, text: str) -> Period | None:
    """Return the period of ``kind`` that ``text`` states, if it states exactly one."""
    return year_of(text) if kind == "year" else stated(text, kind)


def tells_another_year(name: str, year: int | None) -> bool:
    """Say whether the name of a sheet tells that it holds an earlier report, kept to compare with."""
    stated = year_of(name)
    return any(word in name for word in EARLIER) or (None not in (stated, year) and stated != year)
