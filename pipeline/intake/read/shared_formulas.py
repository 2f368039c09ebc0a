"""The XML of a sheet, in the plain spelling, goes in; the formulas of the cells that only refer to a shared one come out, written out.

A formula that was filled down or across is stored once, at its first cell; the others name its number and hold nothing but results.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from pipeline.model import column_letters, column_number

_SHARED = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"[^<>]*><f( [^<>]*?)(?:/>|>([^<]*)</f>)')
_KIND, _NUMBER = b' t="shared"', re.compile(rb' si="(\d{1,9})"')
_PIECE = re.compile(
    r"\"[^\"]*\"?|'[^']*'?"
    r"|(?<![\w.$?])(?P<reference>(?P<fixed_column>\$?)(?P<letters>[A-Za-z]{1,3})(?P<fixed_row>\$?)(?P<row>\d{1,7}))(?![\w(.!?$])"
)
"""A text or the name of a sheet, which stay as they are; or a cell."""
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_383

_Spot = tuple[int, int]


def shared_formulas(xml: bytes) -> Mapping[_Spot, str]:
    """Return what each cell that refers to a shared formula calculates, by its zero-based (row, column); nothing where that is unclear."""
    firsts: dict[bytes, tuple[_Spot, str]] = {}
    others: list[tuple[_Spot, bytes]] = []
    unclear: set[bytes] = set()
    for letters, digits, attributes, raw in _SHARED.findall(xml):
        found = _NUMBER.search(attributes)
        if _KIND not in attributes or not found:
            continue
        spot, number = (int(digits) - 1, column_number(letters.decode())), found[1]
        if not raw.strip():
            others.append((spot, number))
        elif number in firsts:
            unclear.add(number)
        else:
            firsts[number] = spot, html.unescape(raw.decode("utf-8", "replace")).strip()
    written: dict[_Spot, str] = {}
    for spot, number in others:
        if number in firsts and number not in unclear:
            (row, column), text = firsts[number]
            written[spot] = filled(text, spot[0] - row, spot[1] - column)
    return written


def filled(formula: str, down: int, right: int) -> str:
    """Return a formula as it reads so many rows further down and columns to the right; empty where it would leave the sheet."""
    left = False

    def moved(piece: re.Match[str]) -> str:
        nonlocal left
        if not piece["reference"]:
            return piece[0]
        row = int(piece["row"]) + (0 if piece["fixed_row"] else down)
        column = column_number(piece["letters"]) + (0 if piece["fixed_column"] else right)
        left = left or not (1 <= row <= _LAST_ROW and 0 <= column <= _LAST_COLUMN)
        return f"{piece['fixed_column']}{column_letters(column)}{piece['fixed_row']}{row}"

    text = _PIECE.sub(moved, formula)
    return "" if left else text
