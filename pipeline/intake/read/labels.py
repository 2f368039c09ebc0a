"""A label as typed goes in; a form in which equal labels are equal comes out, and how alike two are.

Spaces, line breaks, width, brackets, quotes and commas are no difference; words are.
"""

from __future__ import annotations

import re
import unicodedata
from difflib import SequenceMatcher
from functools import lru_cache

from pipeline.periods import Period, PeriodKind, stated

UNSEEN = dict.fromkeys(
    [0xAD, *range(0x200B, 0x2010), *range(0x202A, 0x202F), *range(0x2060, 0x2070), 0xFEFF], ""
)
"""Marks without width, which pasting from other programs brings along; by code point, for ``str.translate``."""
_UNIFIED = UNSEEN | str.maketrans(
    {
        **dict.fromkeys("[{<〔【〈《", "("),
        **dict.fromkeys("]}>〕】〉》", ")"),
        **dict.fromkeys("“”„‟'‘’「」『』`", '"'),
        **dict.fromkeys("、;；，", ","),
        "它": "他",
    }
)
_YEAR = re.compile(r"(?<!\d)(\d{4})(?!\d)", re.ASCII)
_DIGITS = str.maketrans("〇○零一二三四五六七八九", "000123456789")
_YES = frozenset({
    "是", "是的", "对", "对的", "是√", "√是", "√", "✓", "✔", "☑", "✅", "☑是", "☑是□否", "■是□否", "y", "yes", "true",
    "全为零", "全零", "均为零", "全部为零", "本表全为零",
})  # fmt: skip
_NO = frozenset({
    "否", "否的", "不是", "不", "×", "✗", "✘", "x", "☒", "n", "no", "false", "□是☑否", "□是■否", "√否", "否√", "☑否",
})  # fmt: skip
_EARLIER = ("上年", "去年", "往年", "上一年")
_UNIT = re.compile(r"\((?:单位:?)?([^()]{0,2}元)\)")
_ENUMERATOR = re.compile(r"^(\d{1,2})[,.:]")


@lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """Reduce ``text`` to what makes a label: NFKC, no white space, one kind of bracket, quote and comma."""
    plain = "".join(unicodedata.normalize("NFKC", text).translate(_UNIFIED).split())
    return _ENUMERATOR.sub(r"\1.", plain)


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


@lru_cache(maxsize=256)
def answered(text: str) -> bool | None:
    """Say whether a short answer means yes or no, in whatever way people tick; None where it is neither."""
    plain = normalise(text).casefold().strip("。.!！,()")
    if plain in _YES:
        return True
    return False if plain in _NO else None


def tells_another_year(name: str, year: int | None) -> bool:
    """Say whether the name of a sheet tells that it holds an earlier report, kept to compare with."""
    stated = year_of(name)
    return any(word in name for word in _EARLIER) or (None not in (stated, year) and stated != year)
