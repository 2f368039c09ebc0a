"""The XML of one sheet goes in; its error cells and formulas come out, by zero-based (row, column).

The fast reader shows both an error and a formula that was never calculated as blank, and no formula text at all.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

_CELL = re.compile(rb"<(?:\w+:)?c\s([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_PREFIXED = b":c"
_BODY = re.compile(
    rb"\s*(?P<f><(?:\w+:)?f\b[^>]*?(?:/>|>(?P<formula>.*?)</(?:\w+:)?f>))?"
    rb"\s*(?P<v><(?:\w+:)?v\b[^>]*?(?:/>|>(?P<value>.*?)</(?:\w+:)?v>))?",
    re.DOTALL,
)
"""A formula and its stored result stand in this order, by the schema."""
_REFERENCE = re.compile(rb"\br\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7})[\"']")
_TYPE = re.compile(rb"\bt\s*=\s*[\"'](\w+)[\"']")

_LINE = re.compile(rb"<(?:\w+:)?(row|col)\s([^>]*)>")
_HIDDEN = re.compile(rb"\bhidden\s*=\s*[\"'](?:1|true)[\"']")
_NUMBERS = re.compile(rb"\b(r|min|max)\s*=\s*[\"'](\d{1,7})[\"']")
_START = re.compile(rb"<(?:\w+:)?c\s([^>]*)>")
_STYLE = re.compile(rb"\bs\s*=\s*[\"'](\d+)[\"']")
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s([^>]*)>")
_CORNER = re.compile(rb"([A-Z]{1,3})(\d{1,7})")
_WIDEST = 1000
"""Rows and columns beyond this one hold nothing of a form."""

Address = tuple[int, int]
UNSPELLED = "?"
"""Stands for the text of a formula that is there, but was not spelled."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula without its equals sign (empty where it only refers to a shared one), and whether a result is stored."""

    text: str
    stored: bool


@dataclass(frozen=True, slots=True)
class CellFacts:
    """What the fast reader leaves out of one sheet."""

    errors: Mapping[Address, str] = field(default_factory=dict)
    formulas: Mapping[Address, Formula] = field(default_factory=dict)


def scan(xml: bytes) -> CellFacts:
    """Find error cells and formulas in the XML of a sheet; text that is no XML yields nothing."""
    errors: dict[Address, str] = {}
    formulas: dict[Address, Formula] = {}
    for attributes, body in _cells(xml):
        address = _address(attributes)
        if address is None:
            continue
        kind = _TYPE.search(attributes)
        parts = _BODY.match(body)
        shown = _text(parts["value"]) if parts else ""
        if parts and parts["f"]:
            is_empty_text = bool(parts["v"]) and kind is not None and kind.group(1) == b"str"
            formulas[address] = Formula(_text(parts["formula"]), bool(shown) or is_empty_text)
        if kind and kind.group(1) == b"e":
            errors[address] = shown
    return CellFacts(errors, formulas)


def hidden_lines(xml: bytes) -> tuple[frozenset[int], frozenset[int]]:
    """Return the zero-based rows and columns that the XML of a sheet hides."""
    rows: set[int] = set()
    columns: set[int] = set()
    if b"hidden" in xml:
        for name, attributes in _LINE.findall(xml):
            if _HIDDEN.search(attributes):
                numbers = {key: int(value) for key, value in _NUMBERS.findall(attributes)}
                if name == b"row":
                    rows.add(numbers.get(b"r", 0) - 1)
                else:
                    first, last = numbers.get(b"min", 1), numbers.get(b"max", 0)
                    columns |= set(range(first - 1, min(last, _WIDEST)))
    return frozenset(rows), frozenset(columns)


def styled_cells(xml: bytes) -> Iterator[tuple[Address, bytes]]:
    """Yield every cell that has a style, and the style's id."""
    for attributes in _START.findall(xml):
        style, address = _STYLE.search(attributes), _address(attributes)
        if style and address:
            yield address, style[1]


def merged_away(xml: bytes) -> frozenset[Address]:
    """Return the zero-based cells that lie under a merged one: what they hold is not shown."""
    start = xml.find(b"mergeCells")
    return _merged_away(xml[start : xml.find(b"mergeCells>", start)]) if start >= 0 else frozenset()


@lru_cache(maxsize=64)  # the same in nearly every file
def _merged_away(xml: bytes) -> frozenset[Address]:
    covered: set[Address] = set()
    for attributes in _MERGE.findall(xml):
        corners = [_spot(letters, digits) for letters, digits in _CORNER.findall(attributes)]
        if len(corners) == 2:  # noqa: PLR2004 - from one corner to the other
            (top, left), (bottom, right) = corners
            bottom, right = min(bottom, _WIDEST), min(right, _WIDEST)
            covered |= {(r, c) for r in range(top, bottom + 1) for c in range(left, right + 1)} - {
                (top, left)
            }
    return frozenset(covered)


def _cells(xml: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield attributes and body of every cell that may hold an error or a formula."""
    if _PREFIXED in xml:
        yield from ((found[1], found[2]) for found in _CELL.finditer(xml) if found[2])
        return
    for stretch in xml.split(b"</c>"):
        if b"<f" in stretch or b'"e"' in stretch or b"'e'" in stretch:
            attributes, _, body = stretch[stretch.rfind(b"<c ") + 3 :].partition(b">")
            yield attributes, body


def _address(attributes: bytes) -> Address | None:
    found = _REFERENCE.search(attributes)
    return _spot(found.group(1), found.group(2)) if found else None


def _spot(letters: bytes, digits: bytes) -> Address:
    column = 0
    for letter in letters.upper():
        column = column * 26 + letter - 64
    return int(digits) - 1, column - 1


def _text(raw: bytes | None) -> str:
    text = (raw or b"").decode("utf-8", "replace").strip()
    return html.unescape(text) if "&" in text else text
