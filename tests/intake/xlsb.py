"""Cells by address go in; a minimal .xlsb comes out: workbook, sheets with numbers and inline strings."""

from __future__ import annotations

import struct
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tests.intake.support import zip_of

_BUNDLE_SHEET, _BEGIN_BUNDLE, _END_BUNDLE = 156, 143, 144
_BEGIN_BOOK, _END_BOOK = 131, 132
_BEGIN_SHEET, _END_SHEET, _DIMENSION = 129, 130, 148
_BEGIN_DATA, _END_DATA, _ROW = 145, 146, 0
_REAL, _STRING, _ERROR, _TRUTH = 5, 6, 3, 4
_SHORT_REAL, _SHORT_STRING = 16, 17
_DIVIDED = 0x07
_CALCULATED, _CALCULATED_TRUTH, _NO_TOKENS = 9, 10, b"\0" * 10
_RELATIONS = "http://schemas.openxmlformats.org/package/2006/relationships"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@dataclass(frozen=True, slots=True)
class Calculated:
    """A cell with a formula, of which only the result is written as it should be."""

    result: float | bool


Cells = Mapping[tuple[int, int], object]


def xlsb(sheets: Mapping[str, Cells], *, hidden: Collection[str] = (), short: bool = False) -> bytes:
    """Write a workbook of ``sheets``; ``short``: cells right of another do without their column, as some programs write."""
    bundle = b"".join(
        _record(
            _BUNDLE_SHEET,
            struct.pack("<II", int(name in hidden), number) + _text(f"rId{number}") + _text(name),
        )
        for number, name in enumerate(sheets, 1)
    )
    book = _record(_BEGIN_BOOK) + _record(_BEGIN_BUNDLE) + bundle + _record(_END_BUNDLE) + _record(_END_BOOK)
    links = {f"rId{n}": ("worksheet", f"worksheets/sheet{n}.bin") for n in range(1, len(sheets) + 1)}
    parts = {
        "[Content_Types].xml": b'<Types><Default Extension="bin" ContentType="application/x"/></Types>',
        "_rels/.rels": _relations({"rId1": ("officeDocument", "xl/workbook.bin")}),
        "xl/workbook.bin": book,
        "xl/_rels/workbook.bin.rels": _relations(links),
    }
    for number, cells in enumerate(sheets.values(), 1):
        parts[f"xl/worksheets/sheet{number}.bin"] = _sheet(cells, short=short)
    return zip_of(parts)


def _sheet(cells: Cells, *, short: bool) -> bytes:
    by_row: dict[int, list[int]] = {}
    for row, column in sorted(cells):
        by_row.setdefault(row, []).append(column)
    rows = list(by_row)
    last = max(column for _, column in cells)
    out = bytearray(_record(_BEGIN_SHEET)) + _record(_DIMENSION, struct.pack("<IIII", 0, rows[-1], 0, last))
    out += _record(_BEGIN_DATA)
    for row in rows:
        out += _record(_ROW, struct.pack("<IIHBBBI", row, 0, 300, 0, 0, 0, 0))
        before = -2
        for column in by_row[row]:
            out += _cell(column, cells[row, column], follows=short and column == before + 1)
            before = column
    return bytes(out + _record(_END_DATA) + _record(_END_SHEET))


def _cell(column: int, value: object, *, follows: bool) -> bytes:
    head = struct.pack("<I", 0) if follows else struct.pack("<II", column, 0)
    if value == "#DIV/0!":
        return _record(_ERROR, struct.pack("<II", column, 0) + bytes([_DIVIDED]))
    if isinstance(value, bool):
        return _record(_TRUTH, struct.pack("<IIB", column, 0, value))
    if isinstance(value, Calculated) and isinstance(value.result, bool):
        return _record(_CALCULATED_TRUTH, struct.pack("<IIB", column, 0, value.result) + _NO_TOKENS)
    if isinstance(value, Calculated):
        return _record(_CALCULATED, struct.pack("<IId", column, 0, value.result) + _NO_TOKENS)
    if isinstance(value, (int, float)):
        return _record(_SHORT_REAL if follows else _REAL, head + struct.pack("<d", value))
    return _record(_SHORT_STRING if follows else _STRING, head + _text(str(value)))


def _record(kind: int, body: bytes = b"") -> bytes:
    number = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size = b""
    rest = len(body)
    while rest >= 128:
        size += bytes([rest & 0x7F | 0x80])
        rest >>= 7
    return number + size + bytes([rest]) + body


def _text(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def _relations(links: Mapping[str, tuple[str, str]]) -> bytes:
    inner = "".join(
        f'<Relationship Id="{name}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for name, (kind, target) in links.items()
    )
    return f'<Relationships xmlns="{_RELATIONS}">{inner}</Relationships>'.encode()
