"""The XML of one sheet goes in; it comes out as it is, or without the cells that lie too far out.

Parsers lay a sheet out as a full rectangle, so two cells in opposite corners are enough to exhaust memory: a ledger
beside the form, a space in the last row. Nearly every sheet passes a few byte searches; only a suspicious one is walked
cell by cell, because programs do write empty formatted cells down to the last row, and those are harmless.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.parsers import expat

from pipeline.intake.guard.refusal import hostile
from pipeline.intake.guard.sheet_limits import KEPT_COLUMNS, KEPT_ROWS, MAX_COLUMNS, MAX_ROWS, fits
from pipeline.model import column_number

_REASON = "表格范围过大"
_SUSPICIOUS = (
    re.compile(rb'<c(?! r="[AB]?[A-Z]\d{1,3}"(?: s="\d+")?(?: t="\w+")?/?>)[\s/>]'),
    re.compile(rb'<row(?! r="\d{1,3}"(?: (?!r=)[\w:]+="[^"]*")*/?>)[\s/>]'),
)
"""Cells and rows that are not written as programs do, with one plain reference up to BZ999."""
_PREFIXED = (b":c", b":row")
_REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})", re.ASCII)
_ROW = re.compile(r"\d{1,7}", re.ASCII)
_BEYOND = 10_000_000
"""Where a reference that no program writes is taken to point."""
_CONTENT = {"v", "is", "f"}
_FEWEST = 10
"""A sheet of opposite corners and hardly a cell besides was made by nobody who fills in a form."""


def within_extents(xml: bytes) -> bytes:
    """Return a sheet without the cells that lie too far out; the very same bytes where there are none. Raises Refused."""
    if not any(mark in xml for mark in _PREFIXED) and not any(
        spelling.search(xml) for spelling in _SUSPICIOUS
    ):
        return xml
    walker = _walked(xml)
    if fits(walker.rows, walker.columns):
        return xml
    kept = _without(xml, walker.far)
    left = _walked(kept)
    both_ways = walker.rows > MAX_ROWS and walker.columns > MAX_COLUMNS
    if not fits(left.rows, left.columns) or (both_ways and left.filled < _FEWEST):
        raise hostile(_REASON)
    return kept


def _walked(xml: bytes) -> _ExtentWalker:
    """Measure a sheet up to the last cell that holds something."""
    parser = expat.ParserCreate(namespace_separator=" ")
    walker = _ExtentWalker(parser)
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.buffer_text = True
    try:
        parser.Parse(xml, True)  # noqa: FBT003 - the signature of expat
    except expat.ExpatError:
        raise hostile(_REASON) from None
    return walker


def _without(xml: bytes, stretches: Sequence[tuple[int, int]]) -> bytes:
    """Cut out elements, each given by where its first and its last tag begin."""
    pieces: list[bytes] = []
    position = 0
    for first, last in stretches:
        if first >= position:
            pieces.append(xml[position:first])
            position = xml.find(b">", last) + 1
    return b"".join((*pieces, xml[position:]))


class _ExtentWalker:
    """Counts rows and columns the way a reader does: by reference, else by order; ``far`` says where the far ones stand."""

    def __init__(self, parser: expat.XMLParserType) -> None:
        self._parser = parser
        self.far: list[tuple[int, int]] = []
        self._far_from = -1
        self._far_name = ""
        self.rows = self.columns = self.filled = 0
        self._row = self._column = 0
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Follow one element."""
        local = name.rpartition(" ")[2]
        if local == "row":
            self._row = self._number(attributes.get("r", ""), self._row)
            self._column = 0
            self._note_far(local, is_far=self._row > KEPT_ROWS)
        elif local == "c":
            if self._inside:
                raise hostile(_REASON)  # a cell in a cell: whose value is it?
            self._inside = True
            self._cell(attributes.get("r"))
            self._note_far(local, is_far=self._column > KEPT_COLUMNS or self._row > KEPT_ROWS)
        elif local in _CONTENT:
            self.filled += 1
            self.rows = max(self.rows, self._row)
            self.columns = max(self.columns, self._column)

    def end(self, name: str) -> None:
        """Leave one element."""
        local = name.rpartition(" ")[2]
        if local == "c":
            self._inside = False
        if self._far_from >= 0 and local == self._far_name:
            self.far.append((self._far_from, self._parser.CurrentByteIndex))
            self._far_from = -1

    def _note_far(self, name: str, *, is_far: bool) -> None:
        """Remember where an element begins that lies too far out, unless it is part of one already."""
        if is_far and self._far_from < 0:
            self._far_from, self._far_name = self._parser.CurrentByteIndex, name

    @staticmethod
    def _number(reference: str, previous: int) -> int:
        if not reference:
            return previous + 1
        return int(reference) if _ROW.fullmatch(reference) else _BEYOND

    def _cell(self, reference: str | None) -> None:
        if not reference:
            self._column += 1
            return
        found = _REFERENCE.fullmatch(reference)
        if not found:
            self._column = self._row = _BEYOND
            return
        self._column, self._row = column_number(found[1]) + 1, int(found[2])
