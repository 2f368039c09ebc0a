"""The XML of one sheet goes in; whether its cells reach sanely far comes out.

Parsers lay a sheet out as a full rectangle, so two cells in opposite corners are enough to exhaust memory.
Nearly every sheet passes a few byte searches; only a suspicious one is walked cell by cell, because programs
do write empty formatted cells down to the last row, and those are harmless.
"""

from __future__ import annotations

import re
from xml.parsers import expat

from pipeline.intake.refusal import hostile

MAX_ROWS = 20_000
MAX_COLUMNS = 2_000
MAX_AREA = 250_000
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


def refuse_far_cells(xml: bytes) -> None:
    """Raise Refused where the filled cells of a sheet span more than any submission does."""
    if not any(mark in xml for mark in _PREFIXED) and not any(
        spelling.search(xml) for spelling in _SUSPICIOUS
    ):
        return
    rows, columns = _span(xml)
    if rows > MAX_ROWS or columns > MAX_COLUMNS or rows * columns > MAX_AREA:
        raise hostile(_REASON)


def _span(xml: bytes) -> tuple[int, int]:
    """Return the number of rows and columns up to the last cell that holds something."""
    walker = _Walker()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = walker.start
    parser.EndElementHandler = walker.end
    parser.buffer_text = True
    try:
        parser.Parse(xml, True)  # noqa: FBT003 - the signature of expat
    except expat.ExpatError:
        raise hostile(_REASON) from None
    return walker.rows, walker.columns


class _Walker:
    """Counts rows and columns the way a reader does: by reference, else by order."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._row = self._column = 0
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Follow one element."""
        local = name.rpartition(" ")[2]
        if local == "row":
            self._row = self._number(attributes.get("r", ""), self._row)
            self._column = 0
        elif local == "c":
            if self._inside:
                raise hostile(_REASON)  # a cell in a cell: whose value is it?
            self._inside = True
            self._cell(attributes.get("r"))
        elif local in _CONTENT:
            self.rows = max(self.rows, self._row)
            self.columns = max(self.columns, self._column)

    def end(self, name: str) -> None:
        """Leave one element."""
        if name.rpartition(" ")[2] == "c":
            self._inside = False

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
        column = 0
        for letter in found.group(1).upper():
            column = column * 26 + ord(letter) - 64
        self._column, self._row = column, int(found.group(2))
