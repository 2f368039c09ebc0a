"""The bytes of an .xlsb go in; its sheets come out, each as rows of values and what its styles tell. Runs in the child.

The format is a zip of streams of records, few of which matter here. Own reading, because the fast reader shows errors
as blanks and passes over the short cells that other programs write. Formulas are seen, but their text is not spelled.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from defusedxml import ElementTree

from pipeline.intake.guard.sheet_limits import MAX_AREA, MAX_COLUMNS, MAX_ROWS, SheetCells
from pipeline.intake.read.appearance import Notes
from pipeline.intake.read.cellxml import UNSPELLED
from pipeline.intake.read.number_formats import BUILT_IN
from pipeline.intake.read.opendocument import OdsError
from pipeline.intake.read.serials import dated, tells_a_date

_ROW, _SHORT_FROM, _SHORT_TO, _COMPACT, _SHARED_TEXT, _RICH = 0, 12, 18, 2, 7, 62
_FORMULAS = range(8, 12)
_COLUMN, _MERGE = 60, 176
_BOOK_PROPERTIES, _BUNDLE = 153, 156
_STRING_ITEM = 19
_FONT, _FORMAT, _STYLE, _BEGIN_STYLES, _END_STYLES = 43, 44, 47, 617, 618
_STRUCK, _HIDDEN_ROW, _HIDDEN_COLUMN, _FROM_1904 = 0x08, 0x10, 0x01, 0x01
_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A",
}  # fmt: skip
_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_YEARS_LATER = 1462
_LONGEST = 40_000_000


class _RichText(NamedTuple):
    """A text and where its fonts change: first character, number of the font."""

    text: str
    runs: Sequence[tuple[int, int]] = ()


@dataclass(slots=True)
class _BinaryBook:
    """What the sheets share."""

    strings: list[_RichText] = field(default_factory=list)
    fonts: list[tuple[bool, bool]] = field(default_factory=list)
    """Struck out; raised or lowered."""
    formats: dict[int, str] = field(default_factory=dict)
    styles: list[tuple[int, int]] = field(default_factory=list)
    """Number format and font."""
    later: int = 0


def read_xlsb(content: bytes) -> list[dict[str, object]]:
    """Return name, visible, rows, appearance and clipped of each sheet. Raises UnreadableError."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = {
                name.lower(): archive.read(name)
                for name in archive.namelist()
                if name.lower().endswith((".bin", ".rels"))
            }
        return _sheets(parts)
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, RuntimeError, NotImplementedError):
        raise OdsError from None
    except (struct.error, IndexError, KeyError, ValueError, ElementTree.ParseError):
        raise OdsError from None


def _sheets(parts: Mapping[str, bytes]) -> list[dict[str, object]]:
    targets = _targets(parts.get("xl/_rels/workbook.bin.rels", b""))
    book = _BinaryBook()
    for kind, data in _records(parts.get("xl/sharedstrings.bin", b"")):
        if kind == _STRING_ITEM:
            book.strings.append(_rich(data, 0))
    _learn_styles(book, parts.get("xl/styles.bin", b""))
    sheets: list[dict[str, object]] = []
    for kind, data in _records(parts["xl/workbook.bin"]):
        if kind == _BOOK_PROPERTIES:
            book.later = _YEARS_LATER * (data[0] & _FROM_1904)
        elif kind == _BUNDLE:
            state = struct.unpack_from("<I", data)[0]
            relation, after = _wide(data, 8)
            name, _ = _wide(data, after)
            target = targets.get(relation, "")
            if "worksheets/" in target:
                sheets.append(
                    {"name": name, "visible": state == 0, **_BinarySheet(book).read(parts.get(target, b""))}
                )
    return sheets


def _targets(xml: bytes) -> dict[str, str]:
    if not xml:
        return {}
    found = {}
    for relation in ElementTree.fromstring(xml):
        target = relation.get("Target", "").replace("\\", "/").lower()
        found[relation.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return found


def _records(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield kind and body of each record: both numbers are written in bytes of seven bits."""
    position = 0
    while position < len(data):
        kind, position = data[position], position + 1
        if kind & 0x80:
            kind, position = kind & 0x7F | (data[position] & 0x7F) << 7, position + 1
        size = shift = 0
        while True:
            byte, position = data[position], position + 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80 or shift > 21:  # noqa: PLR2004 - at most four bytes
                break
        yield kind, data[position : position + size]
        position += size


def _wide(data: bytes, start: int) -> tuple[str, int]:
    """Return the text at ``start`` and where it ends; absent is empty."""
    count = struct.unpack_from("<I", data, start)[0]
    if count > _LONGEST:
        return "", start + 4
    end = start + 4 + 2 * count
    return data[start + 4 : end].decode("utf-16-le", "replace"), end


def _rich(data: bytes, start: int) -> _RichText:
    text, end = _wide(data, start + 1)
    if not data[start] & 1:
        return _RichText(text)
    count = struct.unpack_from("<I", data, end)[0]
    runs = [struct.unpack_from("<HH", data, end + 4 + 4 * number) for number in range(min(count, len(text)))]
    return _RichText(text, [(first, font) for first, font in runs])


def _learn_styles(book: _BinaryBook, data: bytes) -> None:
    of_cells = False
    for kind, body in _records(data):
        if kind == _FONT:
            bits, _, escapement = struct.unpack_from("<HHH", body, 2)
            book.fonts.append((bool(bits & _STRUCK), escapement in {1, 2}))
        elif kind == _FORMAT:
            book.formats[struct.unpack_from("<H", body)[0]] = _wide(body, 2)[0]
        elif kind in {_BEGIN_STYLES, _END_STYLES}:
            of_cells = kind == _BEGIN_STYLES
        elif kind == _STYLE and of_cells:
            _, number, font = struct.unpack_from("<HHH", body)
            book.styles.append((number, font))


class _BinarySheet:
    """One sheet while it is read."""

    def __init__(self, book: _BinaryBook) -> None:
        self._book = book
        self._grid = SheetCells()
        self._notes = Notes()
        self._row = self._column = -1

    def read(self, data: bytes) -> dict[str, object]:
        """Return rows, appearance and clipped."""
        for kind, body in _records(data):
            if kind == _ROW:
                self._row, self._column = struct.unpack_from("<I", body)[0], -1
                if body[11] & _HIDDEN_ROW and self._row < MAX_ROWS:
                    self._notes.hidden_rows.append(self._row)
            elif kind < _SHORT_FROM or kind == _RICH:
                self._column = struct.unpack_from("<I", body)[0]
                self._cell(kind, body[4:])
            elif _SHORT_FROM <= kind <= _SHORT_TO:
                self._column += 1
                self._cell(kind - _SHORT_FROM + 1, body)
            elif kind == _COLUMN:
                first, last = struct.unpack_from("<II", body)
                if struct.unpack_from("<H", body, 16)[0] & _HIDDEN_COLUMN:
                    self._notes.hidden_columns += range(first, min(last + 1, MAX_COLUMNS))
            elif kind == _MERGE:
                self._merge(*struct.unpack_from("<IIII", body))
        return {
            "rows": self._grid.rows(),
            "appearance": self._notes.as_json(),
            "clipped": self._grid.is_clipped,
        }

    def _merge(self, top: int, bottom: int, left: int, right: int) -> None:
        bottom, right = min(bottom, MAX_ROWS), min(right, MAX_COLUMNS)
        if (bottom - top + 1) * (right - left + 1) <= MAX_AREA:
            self._notes.covered += [
                (r, c)
                for r in range(top, bottom + 1)
                for c in range(left, right + 1)
                if (r, c) != (top, left)
            ]

    def _cell(self, kind: int, body: bytes) -> None:
        spot = self._row, self._column
        number, font = self._style(int.from_bytes(body[:3], "little"))
        value = self._value(kind, body[4:], spot, number)
        if value is None:
            return
        self._grid.put(*spot, value)
        if kind in _FORMULAS:
            self._notes.formulas.append((*spot, UNSPELLED, True))
        if font < len(self._book.fonts) and self._book.fonts[font][0]:
            self._notes.struck.append(spot)
        code = self._book.formats.get(number, BUILT_IN.get(number, ""))
        if code and not isinstance(value, str):
            self._notes.formats.append((*spot, code))

    def _style(self, number: int) -> tuple[int, int]:
        return self._book.styles[number] if number < len(self._book.styles) else (0, 0)

    def _value(self, kind: int, data: bytes, spot: tuple[int, int], style: int) -> object:
        """Return the value of a cell by its kind, as the fast reader hands it over; None where it is blank."""
        if kind in {3, 11}:
            self._notes.errors.append((*spot, _ERRORS.get(data[0], "#ERR!")))
            return ""
        if kind in {2, 5, 9}:
            number = (
                struct.unpack_from("<d", data)[0]
                if kind != _COMPACT
                else _compact(struct.unpack_from("<I", data)[0])
            )
            return self._number(number, style)
        return self._plain(kind, data, spot)

    def _plain(self, kind: int, data: bytes, spot: tuple[int, int]) -> object:
        """Return a text or a truth; None for a kind that is blank."""
        if kind in {4, 10}:
            return bool(data[0])
        if kind in {6, 8}:
            return _wide(data, 0)[0]
        if kind in {_SHARED_TEXT, _RICH}:
            shared = kind == _SHARED_TEXT
            return self._text(
                self._book.strings[struct.unpack_from("<I", data)[0]] if shared else _rich(data, 0), spot
            )
        return None

    def _number(self, value: float, style: int) -> object:
        code = self._book.formats.get(style, "")
        if style in _DATES or (code and tells_a_date(code)):
            return dated(value + self._book.later)
        return value

    def _text(self, rich: _RichText, spot: tuple[int, int]) -> str:
        ends = [first for first, _ in rich.runs[1:]] + [len(rich.text)]
        fonts = [
            self._book.fonts[font]
            for (first, font), end in zip(rich.runs, ends, strict=True)
            if rich.text[first:end].strip() and font < len(self._book.fonts)
        ] if rich.runs else []  # fmt: skip
        if any(struck for struck, _ in fonts):
            self._notes.struck.append(spot)
        if any(struck or raised for struck, raised in fonts):
            self._notes.marked.append(spot)
        return rich.text


def _compact(raw: int) -> float:
    """Return the number in an RkNumber: thirty bits of a whole number or of a float, perhaps times a hundred."""
    if raw & 2:
        whole = raw >> 2
        number = float(whole - (1 << 30) if whole & 1 << 29 else whole)
    else:
        [number] = struct.unpack("<d", struct.pack("<Q", (raw & ~3) << 32))
    return number / 100 if raw & 1 else number
