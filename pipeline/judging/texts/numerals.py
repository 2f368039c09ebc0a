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


@lru_cache(maxsize=4096)
def value_of(written: str) -> int | None:
    """Read 1,080, 12, 二十三 or 两. What does not read back as it was written (两三, 三五, 一百二) has no certain value."""
    digits = _SEPARATORS.sub("", written)
    if digits.isascii():
        return int(digits) if len(digits) <= _LARGEST else None
    import cn2an  # noqa: PLC0415 - most reports have no Chinese numeral

    plain = digits.translate(_SAME)
    try:
        value = int(cn2an.cn2an(plain, "strict"))
        spelled = cn2an.an2cn(value, "low")
    except ValueError:
        return None
    return (
        value
        if plain in {spelled, spelled.removeprefix("一") if spelled.startswith("一十") else spelled}
        else None
    )


_SCALES = {"元": Decimal(1) / 10000, "万元": Decimal(1), "亿元": Decimal(10000)}


def amount_of(written: str, scale: str) -> Number | None:
    """Return an amount of money in 万元."""
    try:
        value = Decimal(_SEPARATORS.sub("", written)) * _SCALES[scale]
    except InvalidOperation:
        return None
    return int(value) if value == int(value) else value


def step_of(written: str, scale: str) -> Number:
    """Return what one of the last digit of an amount stands for, in 万元."""
    return _SCALES[scale].scaleb(-len(written.partition(".")[2]))
