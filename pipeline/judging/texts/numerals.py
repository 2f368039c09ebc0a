"""A number as written goes in; its value comes out, or None where more than one reading is possible."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.model import Number

_SEPARATORS = re.compile("[,，]")
_SAME = str.maketrans("两〇", "二零")
_LARGEST = 9
_DIGITS = "零一二三四五六七八九"
_MYRIAD = 10_000
_TOO_LARGE = _MYRIAD**4
_UNITS = {"十": 10, "百": 100, "千": 1000, "万": _MYRIAD, "亿": _MYRIAD**2}


@lru_cache(maxsize=4096)
def value_of(written: str) -> int | None:
    """Read 1,080, 12, 二十三 or 两. What does not read back as it was written (两三, 三五, 一百二) has no certain value."""
    digits = _SEPARATORS.sub("", written)
    if digits.isascii():
        return int(digits) if len(digits) <= _LARGEST else None
    plain = digits.translate(_SAME)
    value = _added_up(plain)
    return value if value is not None and value < _TOO_LARGE and _spelled(value) == plain else None


def _added_up(plain: str) -> int | None:
    """Add up what the signs stand for, in whatever order they come; None where one of them is no numeral."""
    total = section = digit = 0
    for sign in plain:
        unit = _UNITS.get(sign, 0)
        if sign in _DIGITS:
            digit = _DIGITS.index(sign)
        elif unit >= _MYRIAD:
            lower = total if unit > _MYRIAD else total % _MYRIAD**2
            total, section, digit = total - lower + (lower + section + digit) * unit, 0, 0
        elif unit:
            section, digit = section + (digit or 1) * unit, 0
        else:
            return None
    return total + section + digit


def _spelled(value: int) -> str:
    """Spell a number as it is written: 二千零二十三, 十二, 一亿零五万."""
    text = _in_full(value)
    return text.removeprefix("一") if text.startswith("一十") else text


def _in_full(value: int) -> str:
    """Spell a number as it stands after others: 一十二."""
    for unit, name in ((_MYRIAD**2, "亿"), (_MYRIAD, "万")):
        high, low = divmod(value, unit)
        if high:
            between = "零" if 0 < low < unit // 10 else ""
            return f"{_in_full(high)}{name}{between}{_in_full(low) if low else ''}"
    text = ""
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = value // unit % 10
        if digit:
            text += _DIGITS[digit] + name
        elif text and not text.endswith("零"):
            text += "零"
    return text.rstrip("零") or "零"


_SCALES = {
    "元": Decimal(1) / 10000,
    "万元": Decimal(1),
    "亿元": Decimal(10000),
    "万": Decimal(10000),
    "亿": Decimal(10000**2),
}


def amount_of(written: str, scale: str) -> Number | None:
    """Return an amount of money in 万元; of anything else (1.36万件), how many there are."""
    try:
        value = Decimal(_SEPARATORS.sub("", written)) * _SCALES[scale]
    except InvalidOperation:
        return None
    return int(value) if value == int(value) else value


def step_of(written: str, scale: str) -> Number:
    """Return what one of the last digit of an amount stands for, in 万元; of anything else, how many there are."""
    return _SCALES[scale].scaleb(-len(written.partition(".")[2]))
