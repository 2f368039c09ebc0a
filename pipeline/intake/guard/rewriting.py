"""XML of a sheet, the shared texts or the styles goes in; it is written anew from its events, without what nobody reads here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape
from xml.parsers import expat

from pipeline.intake.guard.ordinary import parse
from pipeline.intake.guard.refusal import hostile
from pipeline.model import column_letters, column_number

MAX_ELEMENTS = 1_000_000
"""Of one part: a column that is formatted down to the last row of a sheet has so many."""
_UNCLEAR = "同一单元格内容重复"
_TWICE = "同一单元格出现两次"
_BEYOND = 10_000_000
"""Where a reference that no program writes is taken to point."""
_REFERENCE = re.compile(r"([A-Za-z]{1,3})(\d{1,7})", re.ASCII)
_ROW = re.compile(r"\d{1,7}", re.ASCII)
_GRAMMAR: Mapping[str, frozenset[str]] = {
    "": frozenset({"worksheet", "sst", "styleSheet"}),
    "worksheet": frozenset({"cols", "sheetData", "mergeCells", "conditionalFormatting", "extLst"}),
    "cols": frozenset({"col"}),
    "sheetData": frozenset({"row"}),
    "row": frozenset({"c"}),
    "c": frozenset({"f", "v", "is"}),
    "is": frozenset({"t", "r"}),
    "mergeCells": frozenset({"mergeCell"}),
    "conditionalFormatting": frozenset({"cfRule", "sqref"}),
    "cfRule": frozenset({"formula", "f", "iconSet", "dataBar", "dxf"}),
    "extLst": frozenset({"ext"}),
    "ext": frozenset({"conditionalFormattings"}),
    "conditionalFormattings": frozenset({"conditionalFormatting"}),
    "sst": frozenset({"si"}),
    "si": frozenset({"t", "r"}),
    "r": frozenset({"rPr", "t"}),
    "rPr": frozenset({"strike", "vertAlign"}),
    "styleSheet": frozenset({"numFmts", "fonts", "cellXfs", "dxfs"}),
    "dxfs": frozenset({"dxf"}),
    "dxf": frozenset({"numFmt", "font"}),
    "numFmts": frozenset({"numFmt"}),
    "fonts": frozenset({"font"}),
    "font": frozenset({"strike"}),
    "cellXfs": frozenset({"xf"}),
}
"""What is read at all, by what it stands in."""
_TEXTS = frozenset({"v", "f", "t", "formula", "sqref"})
_KEPT: Mapping[str, tuple[str, ...]] = {
    "c": ("s", "t"),
    "f": ("t", "si"),
    "row": ("hidden", "ht"),
    "col": ("min", "max", "hidden", "width"),
    "strike": ("val",),
    "vertAlign": ("val",),
    "mergeCell": ("ref",),
    "numFmt": ("numFmtId", "formatCode"),
    "xf": ("numFmtId", "fontId"),
    "t": ("xml:space",),
    "conditionalFormatting": ("sqref",),
    "cfRule": ("type", "dxfId", "operator"),
    "iconSet": ("showValue",),
    "dataBar": ("showValue",),
}
_CELLS = frozenset({"row", "c", "v", "is"})
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"


class Rewriter:
    """Writes a part anew; counts rows and columns as a reader does, by reference, else by order."""

    def __init__(self, data: bytes) -> None:
        self._out: list[str] = []
        self._path = [""]
        self._skipped = 0
        self._elements = 0
        self._row = self._column = 0
        self._cell: list[str] | None = None
        self._seen: set[str] = set()
        self._addresses: set[tuple[int, int]] = set()
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        parse(self._parser, data)

    @property
    def written(self) -> bytes:
        """The part as it is now."""
        return "".join(self._out).encode("utf-8", "replace")

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if self._elements > MAX_ELEMENTS:
            raise hostile("内部内容过多")
        local = name.rpartition(":")[2]
        parent = self._path[-1]
        if self._skipped or local not in _GRAMMAR.get(parent, ()):
            is_cell = "sheetData" in self._path and local in _CELLS
            if not self._skipped and (is_cell or parent in _TEXTS):
                raise hostile(
                    _UNCLEAR
                )  # a cell in a cell, a formula in a value: what is the value, and whose?
            self._skipped += 1
            return
        if local in {"sheetData", "sst", "cellXfs"}:
            self._once(local)
        if local == "row":
            self._row = _number(attributes.get("r", ""), self._row)
            self._column = 0
        elif local == "c":
            self._enter_cell(attributes)
        elif self._cell is not None and local in {"v", "is", "f"}:
            self._once(local)
        self._path.append(local)
        self._put(f"<{local}{self._attributes(local, attributes)}>")

    def _once(self, local: str) -> None:
        if local in self._seen:
            raise hostile(_UNCLEAR)
        self._seen.add(local)

    def _enter_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r", "")
        if not reference:
            self._column += 1
        else:
            found = _REFERENCE.fullmatch(reference)
            self._column = column_number(found[1]) + 1 if found else _BEYOND
            self._row = int(found[2]) if found else _BEYOND
        address = self._row, self._column
        if address in self._addresses and _BEYOND not in address:
            raise hostile(_TWICE)
        self._addresses.add(address)
        self._cell = []
        self._seen -= {"v", "is", "f"}

    def _attributes(self, local: str, attributes: dict[str, str]) -> str:
        kept = {name: attributes[name] for name in _KEPT.get(local, ()) if name in attributes}
        if local == "c":
            kept = {"r": f"{column_letters(self._column - 1)}{self._row}", **kept}
        elif local == "row":
            kept = {"r": str(self._row), **kept}
        elif self._path[-2] == "":
            kept = {"xmlns": _MAIN}
        return "".join(f" {name}={quoted(value)}" for name, value in kept.items())

    def _put(self, text: str) -> None:
        (self._out if self._cell is None else self._cell).append(text)

    def _end(self, _: str) -> None:
        if self._skipped:
            self._skipped -= 1
            return
        local = self._path.pop()
        self._put(f"</{local}>")
        if local == "c" and self._cell is not None:
            if self._seen & {"v", "is", "f"}:  # one that is only formatted holds nothing
                self._out += self._cell
            self._cell = None

    def _text(self, text: str) -> None:
        if not self._skipped and self._path[-1] in _TEXTS:
            self._put(escape(text, quote=False))


_IN_ATTRIBUTES = str.maketrans({'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"})


def quoted(value: str) -> str:
    """Spell the value of an attribute, between double quotes."""
    return f'"{escape(value, quote=False).translate(_IN_ATTRIBUTES)}"'


def _number(reference: str, previous: int) -> int:
    if not reference:
        return previous + 1
    return int(reference) if _ROW.fullmatch(reference) else _BEYOND
