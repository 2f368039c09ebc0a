"""The bytes of an .ods go in; its sheets come out, each as rows of values and what its styles tell. Runs in the child.

Own reading of content.xml and styles.xml by an event parser: the fast reader stumbles over indented files, as other
programs write them, and shows neither errors nor styles. Repeated cells are laid out only where they hold something.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from datetime import datetime
from xml.parsers import expat

from pipeline.intake.guard.sheet_limits import MAX_COLUMNS, MAX_ROWS, SheetCells
from pipeline.intake.read.appearance import Notes
from pipeline.intake.read.odf_styles import Attributes, Styles
from pipeline.intake.read.serials import day

_ERROR = re.compile(r"#(?:REF!|DIV/0!|VALUE!|NAME\?|N/A|NUM!|NULL!)|Err:\d+", re.ASCII)
_REFERENCE = re.compile(r"\[((?:\$?'(?:[^']|'')*'|[^\[\].]*)?)\.([^\[\]]*)\]")
_SHARE = "0.00%"
_TIME = re.compile(r"(-?)PT(\d+)H(\d+)M([\d.,]+)S")


class OdsError(Exception):
    """The parts of the package are not what a spreadsheet has."""


@dataclass(slots=True)
class _OdsCell:
    """A cell while it is read."""

    attributes: Attributes
    is_covered: bool = False
    paragraphs: list[str] = field(default_factory=list)
    is_marked: bool = False
    is_struck: bool = False


@dataclass(slots=True)
class _OdsSheet:
    """A sheet while it is read."""

    name: str
    visible: bool
    grid: SheetCells = field(default_factory=SheetCells)
    notes: Notes = field(default_factory=Notes)
    column_styles: list[tuple[int, str]] = field(default_factory=list)
    columns: int = 0


def read_ods(content: bytes) -> list[dict[str, object]]:
    """Return name, visible, rows, appearance and clipped of each sheet. Raises UnreadableError."""
    parts = _parts(content)
    styles = Styles()
    for name in ("styles.xml", "content.xml"):
        styles.learn(parts.get(name, b""))
    reader = _OdsReader(styles)
    try:
        _parse(parts["content.xml"], reader)
    except (KeyError, expat.ExpatError, ValueError):
        raise OdsError from None
    return [
        {
            "name": sheet.name,
            "visible": sheet.visible,
            "rows": sheet.grid.rows(),
            "appearance": sheet.notes.as_json(),
            "clipped": sheet.grid.is_clipped,
        }
        for sheet in reader.sheets
    ]


def _parts(content: bytes) -> dict[str, bytes]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            wanted = {"content.xml", "styles.xml"}
            return {name.lower(): archive.read(name) for name in archive.namelist() if name.lower() in wanted}
    except (zipfile.BadZipFile, zlib.error, ValueError, NotImplementedError, OSError, EOFError, RuntimeError):
        raise OdsError from None


def _parse(xml: bytes, reader: _OdsReader) -> None:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.buffer_text = True
    parser.Parse(xml, True)  # noqa: FBT003 - the signature of expat


class _OdsReader:
    """Follows the elements of content.xml; names and attributes without their namespaces' prefixes."""

    def __init__(self, styles: Styles) -> None:
        self.sheets: list[_OdsSheet] = []
        self._styles = styles
        self._sheet: _OdsSheet | None = None
        self._row: Attributes = {}
        self._cells: list[tuple[_OdsCell, int]] = []
        self._cell: _OdsCell | None = None
        self._spans: list[str] = []
        self._paragraph: list[str] | None = None
        self._aside = 0
        """How deep inside an element whose text is no cell's: a comment, a picture."""
        self._groups_hidden: list[bool] = []
        self._at = 0

    def start(self, name: str, raw: dict[str, str]) -> None:
        """Enter an element."""
        local = name.rpartition(" ")[2]
        if self._aside or local in _ASIDE:
            self._aside += 1
            return
        attributes = {key.rpartition(" ")[2]: value for key, value in raw.items()}
        if local == "table" and self._sheet is None:
            shown = self._styles.is_displayed(attributes.get("style-name", ""))
            self._sheet = _OdsSheet(attributes.get("name", ""), shown)
            self._at = 0
            self.sheets.append(self._sheet)
        elif self._sheet is not None:
            self._inside(local, attributes)

    def _inside(self, local: str, attributes: Attributes) -> None:
        if local == "table-row":
            self._row, self._cells = attributes, []
        elif local in {"table-row-group", "table-column-group"}:
            self._groups_hidden.append(attributes.get("display") == "false")
        elif local == "table-column":
            self._column(attributes)
        elif local in {"table-cell", "covered-table-cell"}:
            self._cell = _OdsCell(attributes, is_covered=local == "covered-table-cell")
        elif self._cell is not None and local in {"p", "h"}:
            self._paragraph, self._spans = [], []
        elif self._paragraph is not None:
            self._in_paragraph(local, attributes)

    def _in_paragraph(self, local: str, attributes: Attributes) -> None:
        if local == "span":
            self._spans.append(attributes.get("style-name", ""))
        elif local in _SPACES:
            self._paragraph = [*(self._paragraph or ()), _SPACES[local] * _count(attributes, "c")]

    def end(self, name: str) -> None:
        """Leave an element."""
        local = name.rpartition(" ")[2]
        if self._aside:
            self._aside -= 1
        elif local == "table-cell" or local == "covered-table-cell":  # noqa: PLR1714 - read as it is named
            if self._cell is not None:
                self._cells.append((self._cell, _count(self._cell.attributes, "number-columns-repeated")))
            self._cell = None
        elif local in {"p", "h"} and self._cell is not None and self._paragraph is not None:
            self._cell.paragraphs.append("".join(self._paragraph))
            self._paragraph = None
        elif local == "span" and self._spans:
            self._spans.pop()
        elif local in {"table-row-group", "table-column-group"} and self._groups_hidden:
            self._groups_hidden.pop()
        elif local == "table-row" and self._sheet is not None:
            self._lay_out(self._sheet, _count(self._row, "number-rows-repeated"))
        elif local == "table":
            self._sheet = None

    def text(self, data: str) -> None:
        """Take the text of a paragraph; white space between elements is none."""
        if self._paragraph is None or self._cell is None or self._aside:
            return
        plain = re.sub(r"[ \t\r\n]+", " ", data)
        self._paragraph.append(plain)
        if plain.strip() and self._spans:
            looks = [self._styles.of_text(style) for style in self._spans]
            self._cell.is_struck |= any(look.struck for look in looks)
            self._cell.is_marked |= any(look.is_odd for look in looks)

    def _column(self, attributes: Attributes) -> None:
        sheet = self._sheet
        if sheet is None:
            return
        count = min(_count(attributes, "number-columns-repeated"), MAX_COLUMNS)
        sheet.column_styles.append((sheet.columns + count, attributes.get("default-cell-style-name", "")))
        if self._is_hidden(attributes):
            sheet.notes.hidden_columns += range(sheet.columns, min(sheet.columns + count, MAX_COLUMNS))
        sheet.columns += count

    def _is_hidden(self, attributes: Attributes) -> bool:
        return attributes.get("visibility", "visible") != "visible" or any(self._groups_hidden)

    def _lay_out(self, sheet: _OdsSheet, repeated: int) -> None:
        """Put the row that ends here on the sheet as often as it is repeated, if it holds anything."""
        holds = any(_holds(cell) for cell, _ in self._cells)
        covers = any(cell.is_covered for cell, _ in self._cells)
        if self._is_hidden(self._row):
            sheet.notes.hidden_rows += range(self._at, min(self._at + repeated, MAX_ROWS))
        for _ in range(min(repeated, MAX_ROWS) if holds or covers else 0):
            self._put(sheet)
            if covers and self._at < MAX_ROWS:
                self._note_covered(sheet)
            self._at += 1
        self._at += max(0, repeated - MAX_ROWS) if holds or covers else repeated

    def _note_covered(self, sheet: _OdsSheet) -> None:
        column = 0
        for cell, repeated in self._cells:
            end = min(column + repeated, MAX_COLUMNS)
            if cell.is_covered:
                sheet.notes.covered += [(self._at, c) for c in range(column, end)]
            column += repeated
            if column >= MAX_COLUMNS:
                return

    def _put(self, sheet: _OdsSheet) -> None:
        """Put the cells of the row on the sheet."""
        column = 0
        for cell, repeated in self._cells:
            if _holds(cell):
                value = _value(cell)
                for c in range(column, column + min(repeated, MAX_COLUMNS)):
                    sheet.grid.put(self._at, c, value)
                    self._note(sheet, cell, (self._at, c))
            column += repeated

    def _note(self, sheet: _OdsSheet, cell: _OdsCell, spot: tuple[int, int]) -> None:
        row, column = spot
        given = cell.attributes
        shown = "\n".join(cell.paragraphs).strip()
        formula = given.get("formula")
        is_error = given.get("value-type") == "error" or bool(
            (formula is not None or not given.get("string-value", "-")) and _ERROR.fullmatch(shown)
        )
        if is_error:
            sheet.notes.errors.append((row, column, shown))
        if formula is not None:
            is_stored = bool("value-type" in given or cell.paragraphs)
            sheet.notes.formulas.append((row, column, plain_formula(formula), is_stored))
        style = given.get("style-name") or self._default_style(sheet, column)
        look = self._styles.of_cell(style)
        code = look.format
        if given.get("value-type") == "percentage" and "%" not in code:
            code = _SHARE  # the type alone makes one of it
        if code:
            sheet.notes.formats.append((row, column, code))
        if look.struck or cell.is_struck:
            sheet.notes.struck.append(spot)
        if cell.is_marked:
            sheet.notes.marked.append(spot)

    def _default_style(self, sheet: _OdsSheet, column: int) -> str:
        if self._row.get("default-cell-style-name"):
            return self._row["default-cell-style-name"]
        return next((style for end, style in sheet.column_styles if column < end), "")


_ASIDE = {"annotation", "shapes", "frame", "custom-shape", "tracked-changes", "forms", "named-expressions"}
_SPACES = {"s": " ", "tab": "\t", "line-break": "\n"}


def _count(attributes: Attributes, name: str) -> int:
    text = attributes.get(name, "1")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 10 else 1  # noqa: PLR2004


def _holds(cell: _OdsCell) -> bool:
    given = cell.attributes
    return bool("value-type" in given or "formula" in given or any(cell.paragraphs))


def _value(cell: _OdsCell) -> object:
    """Return the value of a cell as the fast reader would hand it over; an error is a blank."""
    given, shown = cell.attributes, "\n".join(cell.paragraphs)
    kind = given.get("value-type", "string")
    if kind in {"float", "percentage", "currency"}:
        return float(given.get("value", "nan"))
    if kind == "date":
        return _dated(given.get("date-value", ""))
    if kind == "time":
        return _timed(given.get("time-value", ""))
    if kind == "boolean":
        return given.get("boolean-value") == "true"
    stripped = shown.strip()
    if kind == "error" or ("formula" in given and _ERROR.fullmatch(stripped)):
        return ""
    return shown if cell.paragraphs else given.get("string-value", "")


def _dated(text: str) -> object:
    try:
        return day(datetime.fromisoformat(text))
    except ValueError:
        return text


def _timed(text: str) -> object:
    found = _TIME.fullmatch(text)
    if not found:
        return text
    hours, minutes, seconds = int(found[2]), int(found[3]), float(found[4].replace(",", "."))
    return {"timedelta": (hours * 60 + minutes) * 60 + seconds}


def plain_formula(formula: str) -> str:
    """Spell an OpenDocument formula as an .xlsx would: ``of:=SUM([.A1:.B2];1)`` becomes ``SUM(A1:B2,1)``."""
    _, _, text = formula.partition("=")
    parts = re.split(r'("(?:[^"]|"")*")', text)
    parts[::2] = [_REFERENCE.sub(_reference, part).replace(";", ",") for part in parts[::2]]
    return "".join(parts)


def _reference(found: re.Match[str]) -> str:
    sheet = found[1].lstrip("$")
    cells = found[2].replace(":.", ":").replace("$", "")
    return f"{sheet}!{cells}" if sheet else cells
