"""The raw value of a number cell goes in; an exact number, or why there is none, comes out.

Nothing is guessed: what is not clearly a number is a finding, and every normalisation leaves a note.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.forms.values.numbers import LARGEST, NUMBER_KINDS, NumberKind
from pipeline.forms.values.plain import TURNED, UNSEEN
from pipeline.model import Fact, Finding, Number, Place

if TYPE_CHECKING:
    from pipeline.forms.values.plain import Raw

_SHOWN = 60
"""Characters of a raw value that a finding repeats."""
_MANY_DIGITS = 40
PLACEHOLDERS = {
    "/", "\\", "-", "--", "—", "——", "–", "―", "─", "_", "无", "没有", "暂无", "不涉及", "不适用", "空",
    "n/a", "na", "n.a.", "none", "nil",
}  # fmt: skip
"""What stands in a cell for there being nothing to fill in."""
_ZERO = "零"
"""〇 may be a mark as well."""
_SAID_BEFORE = re.compile(r"\A(?:共计?|=)(?=\d)", re.ASCII)
_SAID_AFTER = "。"
"""Before and after a number these say nothing: 共7件。"""
WHOLE = "整"
"""After an amount: that nothing is left out (12.5万元整)."""
_COUNT_UNITS = "件条宗份例起项个次"
_OTHER_MONEY_UNITS = ("亿元", "千元", "百元", "元", "亿", "块", "元整")
DAY_ZERO = date(1899, 12, 30)
_LEAP_DAY = 60
"""Day 60 of a spreadsheet is 29 February 1900, a day that never was."""
_FIRST_YEARS = range(1900, 1904)
"""Up to where a date can only be a count: a calendar that begins in 1904 knows none before."""
_NUMBER = re.compile(r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d*)?", re.ASCII)
_WITH_UNIT = re.compile(r"([+-]?[\d,.]{1,40})(\D+)", re.ASCII)
_EXCEL_ERROR = re.compile(r"#(?:REF!|DIV/0!|VALUE!|NAME\?|N/A|NUM!|NULL!|SPILL!|CALC!)", re.ASCII)
_MINUSES = str.maketrans(dict.fromkeys("−–‐‑﹣", "-"))
_SPACES = {**UNSEEN, ord(" "): "", ord("\t"): ""}
_IS_TURNED = "（含有使数字倒着显示的字符）"
"""Follows what a cell holds, so that in the workbook that goes back it is no number either."""
_PERCENT = "%"
_NOTE_MARK = "No"
"""The category of ①, ² and ½: beside a number they are a note, not a digit."""
_GAP = re.compile(r"\d\s+\d")
"""Between two numbers, as far as anybody can tell: thousands are parted by commas."""
_NOISE = Decimal("1e-8")
"""What a number lies off by calculation and not by hand."""

_NO_FACTS: Mapping[str, Fact] = {}


@dataclass(frozen=True, slots=True)
class Typed:
    """A cell's number, and what is to be said of it: code (empty: nothing), variant and facts."""

    number: Number | None = None
    code: str = ""
    variant: str = ""
    facts: Mapping[str, Fact] = field(default_factory=dict)
    text: str = ""
    """What was read of a value that is no number, as it is always spelled."""

    @property
    def value(self) -> str:
        """The value as it is always spelled; empty where there is none."""
        return self.text if self.number is None else plain_number(self.number)

    @property
    def raw(self) -> str | None:
        """What an unreadable cell shows; None where the cell is blank or a number."""
        has_none = self.number is None and not self.text
        return str(self.facts.get("raw", "")) if self.code and has_none else None

    def finding(self, place: Place, key: str) -> Finding:
        """Make the finding at ``place``."""
        return Finding.found(self.code, place, (key,), self.variant, self.facts)


BLANK = Typed()


def plain_number(number: Number) -> str:
    """Write a number without exponent and without trailing zeros."""
    if isinstance(number, int):
        return str(number)
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


@lru_cache(maxsize=8)  # a report is printed in four formats, one after the other
def plain_numbers(numbers: tuple[Number, ...]) -> tuple[str, ...]:
    """Write every one of ``numbers`` as ``plain_number`` does."""
    return tuple(map(plain_number, numbers))


def type_cell(value: Raw, kind: NumberKind | str) -> Typed:
    """Type one number cell of a kind of ``NUMBER_KINDS``, given or named."""
    if type(value) is float and value.is_integer() and -LARGEST <= value <= LARGEST:  # nearly every cell
        return Typed(int(value), facts=_NO_FACTS)
    if value is None:
        return BLANK
    if isinstance(value, bool):
        return unreadable("C08", "boolean", "TRUE" if value else "FALSE")
    own = NUMBER_KINDS[kind] if isinstance(kind, str) else kind
    if isinstance(value, (int, float)):
        return _numeric(value, own)
    if isinstance(value, (date, time, timedelta)):
        return _dated(value)
    return _textual(value, own)


def _dated(value: date | time | timedelta) -> Typed:
    """Read a count whose cell is formatted as a date (``d"件"``): it falls into the first years of a spreadsheet's calendar.

    A day that a person or a program meant, such as the 1月2日 made of 1-2, never does. Day 59 and day 60, which no
    calendar has, arrive as the same date, so neither is certain.
    """
    day = value.date() if isinstance(value, datetime) and value.time() == time() else value
    count: int | None = None
    if day == time():
        count = 0
    elif isinstance(day, date) and not isinstance(day, datetime) and day.year in _FIRST_YEARS:
        serial = (day - DAY_ZERO).days
        count = None if serial == _LEAP_DAY else serial - (serial < _LEAP_DAY)
    if count is None:
        return unreadable("C08", "date", shown(value))
    return _noted(count, "C04", "date_format", shown(value))


def says_nothing(value: Raw) -> bool:
    """Say whether somebody wrote that there is nothing to fill in."""
    if not isinstance(value, str):
        return False
    return unicodedata.normalize("NFKC", value).translate(_SPACES).casefold() in PLACEHOLDERS


def unreadable(code: str, variant: str, raw: str) -> Typed:
    """Make the answer for a cell that shows ``raw`` but no number."""
    return Typed(None, code, variant, facts={"raw": raw[:_SHOWN]})


def shown(value: Raw) -> str:
    """Spell a value as text, as a cell of text would hold it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d" if value.time() == time() else "%Y-%m-%d %H:%M:%S")
    return str(value)


def exact(value: float) -> Number:
    """Return a stored number exactly as a spreadsheet shows it: at most 15 digits, whole numbers as int."""
    if isinstance(value, int) or value.is_integer():
        return int(value)
    return _whole(Decimal(f"{value:.15g}"))


def _whole(number: Decimal) -> Number:
    return int(number) if number == number.to_integral_value() else number


def _numeric(value: float, kind: NumberKind) -> Typed:
    if isinstance(value, float) and math.isnan(value):
        return unreadable("C08", "text", "NaN")
    if abs(value) > LARGEST:
        return unreadable("C08", "too_large", f"{value:.15g}" if isinstance(value, float) else str(value))
    number = exact(value)
    if isinstance(number, Decimal):
        plain = number.quantize(Decimal(1).scaleb(-kind.places))
        if number != plain and abs(number - plain) < _NOISE:
            return _noted(_whole(plain.normalize()), "C04", "noise", str(number))
    return Typed(number)


def _textual(raw: str, kind: NumberKind) -> Typed:
    shown_text = raw.strip()
    text = unicodedata.normalize("NFKC", shown_text).translate(_SPACES)
    if not text:
        return BLANK
    if TURNED in shown_text:
        return unreadable("C08", "text", f"{shown_text.translate(UNSEEN)}{_IS_TURNED}")
    text = text.rstrip(_SAID_AFTER)
    if text == _ZERO:
        return _noted(0, "C04", "normalised", shown_text)
    fault = _fault_of(text, shown_text)
    if fault:
        return unreadable(*fault, shown_text)
    text = _SAID_BEFORE.sub("", text.translate(_MINUSES), count=1)
    number = _parse(text)
    if number is not None:
        variant = "text_format" if shown_text == str(number) else "normalised"
        return _noted(number, "C04", variant, shown_text)
    return _with_unit(text, shown_text, kind)


def _fault_of(text: str, raw: str) -> tuple[str, str] | None:
    """Return code and variant of what is no number at first sight; ``text`` is ``raw`` without width and spaces."""
    if text.casefold() in PLACEHOLDERS:
        return "C02", "placeholder"
    if _EXCEL_ERROR.fullmatch(text):
        return "C08", "excel_error"
    if any(unicodedata.category(sign) == _NOTE_MARK for sign in raw) or _GAP.search(raw):
        return "C08", "text"
    return None


def _with_unit(text: str, raw: str, kind: NumberKind) -> Typed:
    found = _WITH_UNIT.fullmatch(text)
    number = _parse(found.group(1)) if found else None
    if not found or number is None:
        too_long = len(text) > _MANY_DIGITS and text.isdecimal()
        return unreadable("C08", "too_large" if too_long else "text", raw)
    unit = found.group(2).strip("()")
    own = kind.unit
    unit = own if own and unit == own + WHOLE else unit
    if unit == own == _PERCENT:
        return _noted(_whole(Decimal(number) / 100), "C04", "normalised", raw)
    if unit == own if own else len(unit) == 1 and unit in _COUNT_UNITS:
        return _noted(number, "C03", "unit_stripped", raw)
    if own and unit in _OTHER_MONEY_UNITS:
        return Typed(None, "C03", "unit_changes", facts={"raw": raw[:_SHOWN], "unit": unit})
    return unreadable("C08", "text", raw)


def _noted(number: Number, code: str, variant: str, raw: str) -> Typed:
    if not -LARGEST <= number <= LARGEST:
        return unreadable("C08", "too_large", raw)
    return Typed(number, code, variant, {"raw": raw[:_SHOWN], "value": number})


def _parse(text: str) -> Number | None:
    if len(text) > _MANY_DIGITS:
        return None
    if not _NUMBER.fullmatch(text):
        if not _GROUPED.fullmatch(text):
            return None
        text = text.replace(",", "")
    return _whole(Decimal(text))
