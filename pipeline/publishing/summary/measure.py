"""Texts and figures go in; what a workbook can hold of them, and the room they take, comes out."""

from __future__ import annotations

import math
import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

from pipeline.model import Number

MOST_HEIGHT = 409.0
"""Points; Excel has no higher row."""
_CELL_LIMIT = 32_000
"""Excel holds 32,767 characters in a cell, counted in UTF-16."""
_SHEET_NAME_LIMIT = 31
_NOT_XML = re.compile("[\ud800-\udfff\ufffe\uffff]")


def clean(text: str) -> str:
    """Return ``text`` without what a workbook cannot hold; what is cut off is marked."""
    text = _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
    if 2 * len(text) <= _CELL_LIMIT or len(text.encode("utf-16-le")) <= 2 * _CELL_LIMIT:
        return text
    return text.encode("utf-16-le")[: 2 * _CELL_LIMIT].decode("utf-16-le", errors="ignore") + "……"


def sheet_name(text: str, ending: str) -> str:
    """Join a sheet name that Excel accepts."""
    return f"{text[: _SHEET_NAME_LIMIT - len(ending)]}{ending}"


def stored(value: Number) -> float:
    """Return the figure as a workbook stores it."""
    return value if isinstance(value, int) else float(value)


def rounded(value: float, digits: int) -> float:
    """Round as the ROUND of a workbook does: halves away from zero, seen in the fifteen digits it reckons with."""
    return float(Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)) or 0.0


def lines_of(text: str, width: float) -> int:
    """Estimate the lines ``text`` takes in a column ``width`` wide; a Chinese character is two units."""
    room = max(2.0, width - 2.0)
    return sum(max(1, math.ceil(_units(line) * 1.02 / room)) for line in text.split("\n"))


def _units(line: str) -> int:
    if line.isascii():
        return len(line)
    return sum(2 if unicodedata.east_asian_width(character) in "WFA" else 1 for character in line)
