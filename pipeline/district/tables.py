"""A spreadsheet or a CSV file that a person saved goes in; tables of plain text with the place of every cell come out.

The content decides what a file is, not its name: a list called .csv may be a workbook, and the other way round.
Text is what the person sees: 13800000000 is no 1.38E+10, a code shown as 001 is not 1, a day is 2024-01-31, and a name
has no characters that cannot be seen.
"""

from __future__ import annotations

import csv
import io
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.forms.values.answers import NO, YES
from pipeline.forms.values.plain import seen
from pipeline.machine.durable import read_whole
from pipeline.model import ConfigError, a1
from pipeline.toml_source import decoded

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

WORKBOOKS = (".xlsx", ".xlsm", ".xls", ".et", ".ods")
"""The kinds in which a person may save a workbook of settings or decisions."""
_WORKBOOK_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_PACKAGE = b"PK\x03\x04"
_FORMULA = re.compile(rb"<(\w+:)?f[ >/]")
_LARGEST_EXACT = 10**15
"""A number of more digits than a spreadsheet keeps."""
_ZEROS = re.compile(r"0{2,}")
_MOST_ROWS, _MOST_COLUMNS = 20_000, 200
_MOST_BYTES = 64 * 1024 * 1024
"""That a workbook may unpack to: a roster of 20,000 bodies is a fifth of it."""
_ODS = "{urn:oasis:names:tc:opendocument:xmlns:table:1.0}"
_ERRORS = re.compile(r"#(REF|VALUE|N/A|NAME|DIV/0|NUM|NULL)[!?]?")
NO_RESULT = "\ufffc"
"""Stands for a formula whose result is not stored: what the person saw cannot be read."""


@dataclass(frozen=True, slots=True)
class TextTable:
    """One sheet, or a CSV file: rows of text. ``sheet`` is empty for a CSV file."""

    file: Path
    sheet: str
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[tuple[int, int]] = frozenset()
    """The cells (zero-based) that hold a number whose leading zeros nothing shows."""
    is_shown: bool = True
    """Whether the text is what the person sees; of some kinds of file the number formats are not known."""

    def where(self, row: int, column: int) -> str:
        """Name a cell (zero-based) as people do."""
        return f"表“{self.sheet}” {a1(row, column)}" if self.sheet else f"第 {row + 1} 行"

    def fault(self, problem: str, row: int, column: int = 0) -> ConfigError:
        """Make the error for ``problem`` at a cell."""
        if self.sheet:
            return ConfigError(problem, file=f"{self.file} {self.where(row, column)}")
        return ConfigError(problem, file=self.file, line=row + 1)


def is_workbook(content: bytes) -> bool:
    """Whether these bytes are a spreadsheet's, whatever the file is called."""
    return content.startswith(_WORKBOOK_STARTS)


def read_tables(path: Path) -> tuple[TextTable, ...]:
    """Read every sheet of a workbook, or the one table of a CSV file. Raises ConfigError with the remedy."""
    return tuple(
        replace(table, rows=tuple(tuple(map(seen, row)) for row in table.rows)) for table in _tables(path)
    )


def _tables(path: Path) -> tuple[TextTable, ...]:
    content = read_whole(path)
    if not is_workbook(content):
        return (TextTable(path, "", _csv_rows(path, decoded(content, path))),)
    try:
        return _package(path, content) if content.startswith(_PACKAGE) else _other(path, content)
    except (ConfigError, KeyboardInterrupt, SystemExit, GeneratorExit):
        raise
    except BaseException:  # noqa: BLE001 - whatever a parser stumbles over, a panic of Rust code too, the person is told what to do
        raise ConfigError(
            "这个表格打不开，可能已损坏或设有密码。请用 Excel 或 WPS 打开，去掉密码，另存为 .xlsx。",
            file=path,
        ) from None


def _csv_rows(path: Path, text: str) -> tuple[tuple[str, ...], ...]:
    """Return a row for every line, whichever line ends a program wrote: those of old Macs as well.

    Raises ConfigError at the line where quotation marks are not a pair around a value: what stands between two of them
    is one value, commas, line breaks and further agencies included.
    """
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    lines, delimiter = list(io.StringIO(plain)), _delimiter(plain)
    quoted = re.compile(f'(?:^|{delimiter})"(?:[^"]|"")*"')
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    rows: list[tuple[str, ...]] = []
    while (begun := reader.line_num) < len(lines):
        try:
            row = tuple(next(reader))
        except csv.Error:
            if '"' in lines[begun]:
                raise _quotes(path, begun) from None
            raise ConfigError("这一行不是名单，这可能不是 CSV 文件。", file=path, line=begun + 1) from None
        whole = "".join(lines[begun : reader.line_num])
        if '"' in quoted.sub("", whole) or any("\n" in value and delimiter in value for value in row):
            raise _quotes(path, begun)
        rows += [row, *[()] * (reader.line_num - begun - 1)]
    return tuple(rows)


def _quotes(path: Path, begun: int) -> ConfigError:
    return ConfigError(
        "这一行的双引号不成对，或者不在一格的两头，后面的几行会被当成同一格，没有读。请删去多余的双引号；"
        "一格里有逗号的，在这一格两头各加一个英文双引号；一格里不要换行。",
        file=path,
        line=begun + 1,
    )


def _delimiter(text: str) -> str:
    """Return what separates the columns: a comma, unless one of the first lines has tabs or semicolons and no comma."""
    for line in filter(str.strip, text.splitlines()[:5]):
        if "," in line:
            return ","
        found = max("\t;", key=line.count)
        if found in line:
            return found
    return ","


def _package(path: Path, content: bytes) -> tuple[TextTable, ...]:
    """Read an .xlsx; .ods is a package too and is read as the others are."""
    if b"mimetypeapplication/vnd.oasis" in content[:100]:
        return _other(path, content)
    from openpyxl import load_workbook  # noqa: PLC0415 - only where a workbook is read

    _refuse_bomb(path, content)
    values = load_workbook(io.BytesIO(content), data_only=True)
    formulas = load_workbook(io.BytesIO(content)) if _has_formulas(content) else None
    found = []
    for sheet in values.worksheets:
        _refuse_vast(path, sheet.title, sheet.max_row, sheet.max_column)
        rows, numeric = [], set()
        asked = _formulas(formulas[sheet.title]) if formulas else frozenset()
        for number, line in enumerate(sheet.iter_rows()):
            row = []
            for column, cell in enumerate(line):
                lost = cell.value is None and (number, column) in asked
                row.append(NO_RESULT if lost else _spelled(cell.value, cell.number_format))
                if _is_number(cell.value) and not _ZEROS.fullmatch(cell.number_format):
                    numeric.add((number, column))
            rows.append(tuple(row))
        found.append(TextTable(path, sheet.title, tuple(rows), frozenset(numeric)))
    return tuple(found)


def _refuse_vast(path: Path, name: str, rows: int, columns: int) -> None:
    if rows > _MOST_ROWS or columns > _MOST_COLUMNS:
        raise ConfigError(
            f"表“{name}”太大，远处可能有不小心写上的内容。请删去多余的行和列后保存。", file=path
        )


def _refuse_bomb(path: Path, content: bytes) -> None:
    """Raise ConfigError for a workbook that is, or says it unpacks to, more than any list; libraries read no more than it says."""
    size = len(content)
    if content.startswith(_PACKAGE):
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            size = sum(item.file_size for item in package.infolist())
    if size > _MOST_BYTES:
        raise ConfigError(
            "这个表格解压以后太大，没有读。请删去图片和多余的行、列，或者把内容复制到新的工作簿。",
            file=path,
        )


def _has_formulas(content: bytes) -> bool:
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        sheets = [name for name in package.namelist() if name.startswith("xl/worksheets/")]
        return any(_FORMULA.search(package.read(name)) for name in sheets if name.endswith(".xml"))


def _formulas(sheet: Worksheet) -> frozenset[tuple[int, int]]:
    return frozenset(
        (number, column)
        for number, line in enumerate(sheet.iter_rows())
        for column, cell in enumerate(line)
        if cell.data_type == "f"
    )


def _other(path: Path, content: bytes) -> tuple[TextTable, ...]:
    """Read .xls, .et and .ods, which do not tell how a number is shown."""
    from python_calamine import CalamineWorkbook  # noqa: PLC0415 - only where a workbook is read

    _refuse_bomb(path, content)
    if content.startswith(_PACKAGE):
        for name, rows, columns in _spread(content):
            _refuse_vast(path, name, rows, columns)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    found = []
    for name in book.sheet_names:
        sheet = book.get_sheet_by_name(name)
        _refuse_vast(path, name, sheet.total_height + 1, sheet.total_width + 1)
        lines = sheet.to_python(skip_empty_area=False)
        numeric = {
            (row, column)
            for row, line in enumerate(lines)
            for column, value in enumerate(line)
            if _is_number(value)
        }
        found.append(
            TextTable(
                path,
                name,
                tuple(tuple(_spelled(value) for value in line) for line in lines),
                frozenset(numeric),
                is_shown=False,
            )
        )
    return tuple(found)


def _spread(content: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield the name of every sheet of an .ods, and its rows and columns up to the last that hold anything.

    A row and a cell are written once, with how often they are repeated; the reader lays out every one of them.
    """
    from defusedxml.ElementTree import iterparse  # noqa: PLC0415 - only where such a workbook is read

    with zipfile.ZipFile(io.BytesIO(content)) as package, package.open("content.xml") as text:
        rows = last = columns = across = 0
        is_filled = False
        for _, element in iterparse(text):
            match element.tag.removeprefix(_ODS):
                case "table-cell" | "covered-table-cell":
                    across += int(element.get(f"{_ODS}number-columns-repeated", 1))
                    if len(element):
                        columns, is_filled = max(columns, across), True
                case "table-row":
                    rows += int(element.get(f"{_ODS}number-rows-repeated", 1))
                    last = rows if is_filled else last
                    across, is_filled = 0, False
                    element.clear()
                case "table":
                    yield element.get(f"{_ODS}name", ""), last, columns
                    rows = last = columns = 0


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _spelled(value: Any, shown: str = "") -> str:  # noqa: ANN401 - whatever a cell can hold
    match value:
        case None:
            return ""
        case bool():
            return YES if value else NO
        case datetime() if value.time() == time.min:
            return value.date().isoformat()
        case date():
            return value.isoformat()
        case int() | float():
            return _number(value, shown)
        case _:
            return str(value)


def _number(value: float, shown: str) -> str:
    if abs(value) >= _LARGEST_EXACT:
        return f"{value:.5E}"
    text = str(int(value)) if value == int(value) else str(value)
    return text.zfill(len(shown)) if _ZEROS.fullmatch(shown) else text


def joined(lines: Iterable[str]) -> str:
    """Put several faults of one file under each other."""
    return "\n".join(f"  {line}" for line in lines)


def is_unreadable(text: str) -> bool:
    """Whether a cell shows an error of the spreadsheet, or a formula without a stored result."""
    return text == NO_RESULT or bool(_ERRORS.fullmatch(text.strip()))


def is_blank(row: Sequence[str]) -> bool:
    """Whether nothing stands in a row."""
    return not any(value.strip() for value in row)
