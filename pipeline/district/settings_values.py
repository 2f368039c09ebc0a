"""A text of 经办.xlsx goes in; the day, the numbers or the words that it means come out, None where it means none."""

from __future__ import annotations

import re
from datetime import date

from pipeline.district.roster import EMAIL_SEPARATORS

_DAY = re.compile(r"(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?")
_LIMIT = re.compile(r"([a-z_]+)[=＝:：](\d+)")


def day_of(text: str) -> date | None:
    """Read 2024-01-31, 2024/1/31, 2024.1.31 or 2024年1月31日."""
    found = _DAY.fullmatch("".join(text.split()))
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def several(text: str) -> list[str]:
    """Split what is listed with semicolons, commas or spaces."""
    return [part for part in EMAIL_SEPARATORS.split(text) if part]


def wholes_of(text: str) -> list[int] | None:
    """Read several whole numbers."""
    parts = several(text)
    return [int(part) for part in parts] if parts and all(map(str.isdecimal, parts)) else None


def limits_of(text: str) -> dict[str, int] | None:
    """Read limits written as name=number."""
    found = [_LIMIT.fullmatch(part) for part in several(re.sub(r"\s*([=＝:：])\s*", r"\1", text))]
    limits = {item[1]: int(item[2]) for item in found if item}
    return limits if found and len(limits) == len(found) else None
