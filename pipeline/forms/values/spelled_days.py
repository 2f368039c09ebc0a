"""The text of a cell goes in; the one day that it names comes out, in the ways people write days.

A weekday must be that of the day, a time of day says nothing of it. What may be several days is none.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from pipeline.forms.values.plain import UNSEEN

_DAY = re.compile(r"(\d{4})(?:年|[./-])(\d{1,2})(?:月|[./-])(\d{1,2})[日号]?|(\d{4})(\d{2})(\d{2})", re.ASCII)
_OFFICIAL = re.compile(
    r"([0一二三四五六七八九]{4})年([一二三四五六七八九十]{1,3})月([一二三四五六七八九十]{1,3})[日号]"
)
"""As official papers are dated: 二〇二五年一月六日."""
_CLOCK = re.compile(
    r"(?:T|\s|(?<=[日号)])|(?=[上下]午))(?:[上下]午)?\s?"
    r"(?:\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?|\d{1,2}[时点](?:\d{1,2}分|半|整)?|(?<=午))\Z",
    re.ASCII,
)
_WEEKDAY = re.compile(r"\(?(?:星期|周)([一二三四五六日天])\)?\Z")
_WEEKDAYS = {**{sign: at for at, sign in enumerate("一二三四五六日")}, "天": 6}
_DIGITS = {sign: str(at) for at, sign in enumerate("0一二三四五六七八九")}
_COUNTED = {
    f"{tens}{one}": number
    for number in range(1, 32)
    for tens in [("", "十", "二十", "三十")[number // 10]]
    for one in ["" if number % 10 == 0 else "一二三四五六七八九"[number % 10 - 1]]
}
"""The numbers of months and days, as they are spoken."""
_SIGNS = UNSEEN | str.maketrans({**dict.fromkeys("—–―−‐‑", "-"), "\\": "/", "、": "."})
_ZEROS = str.maketrans(dict.fromkeys("〇○◯零O", "0"))
_BEFORE, _AFTER = "'‘’", ".。"
"""What a system that writes texts puts before a day, and what people put behind it."""


def named_day(text: str) -> date | None:
    """Return the day that ``text`` names; None where it names none, or not one for certain."""
    plain = unicodedata.normalize("NFKC", text).translate(_SIGNS).strip().lstrip(_BEFORE).rstrip(_AFTER)
    plain = _CLOCK.sub("", plain).rstrip()
    weekday = _WEEKDAY.search(plain)
    numbers = _numbers("".join(plain[: weekday.start() if weekday else None].split()))
    try:
        day = date(*numbers) if numbers else None
    except ValueError:
        return None
    return None if day and weekday and day.weekday() != _WEEKDAYS[weekday[1]] else day


def _numbers(plain: str) -> tuple[int, int, int] | None:
    """Return year, month and day as they are written; None where it is something else."""
    if found := _DAY.fullmatch(plain):
        year, month, day = (int(part) for part in found.groups() if part)
        return year, month, day
    if found := _OFFICIAL.fullmatch(plain.translate(_ZEROS)):
        year = int("".join(_DIGITS[sign] for sign in found[1]))
        return year, _COUNTED.get(found[2], 0), _COUNTED.get(found[3], 0)
    return None
