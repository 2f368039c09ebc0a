"""Plain sheets go in; an OpenDocument spreadsheet comes out, as domestic office programs save it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO
from typing import Any

from odf.opendocument import OpenDocumentSpreadsheet
from odf.style import ParagraphProperties, Style, TableCellProperties, TableColumnProperties, TableProperties
from odf.table import CoveredTableCell, Table, TableCell, TableColumn, TableRow
from odf.text import P

from examples.linping.copies import PlainSheet, Value, covered_by_merges, repacked

_CENTIMETRES = 0.2
"""Per digit of column width."""
_USUAL_WIDTH = 12.0


def as_ods(sheets: Sequence[PlainSheet]) -> bytes:
    """Write an OpenDocument spreadsheet."""
    book = OpenDocumentSpreadsheet()
    looks = {boxed: _cell_style(book, boxed=boxed) for boxed in (False, True)}
    widths = _column_styles(book, {width for sheet in sheets for width in _all_widths(sheet)})
    concealed = Style(name="hidden", family="table")
    concealed.addElement(TableProperties(display="false"))
    book.automaticstyles.addElement(concealed)
    for sheet in sheets:
        table = Table(name=sheet.name, **({"stylename": concealed} if sheet.hidden else {}))
        for width in _all_widths(sheet):
            table.addElement(TableColumn(stylename=widths[width]))
        for line in _lines(sheet, looks):
            table.addElement(line)
        book.spreadsheet.addElement(table)
    stream = BytesIO()
    book.write(stream)
    return repacked(stream.getvalue())


def _cell_style(book: Any, *, boxed: bool) -> Any:  # noqa: ANN401 - odfpy has no types
    style = Style(name="boxed" if boxed else "plain", family="table-cell")
    border = {"border": "0.5pt solid #000000"} if boxed else {}
    style.addElement(TableCellProperties(wrapoption="wrap", verticalalign="middle", **border))
    style.addElement(ParagraphProperties(textalign="start"))
    book.automaticstyles.addElement(style)
    return style


def _column_styles(book: Any, widths: Iterable[float]) -> Mapping[float, Any]:  # noqa: ANN401 - odfpy has no types
    styles = {}
    for number, width in enumerate(sorted(widths)):
        style = Style(name=f"column{number}", family="table-column")
        style.addElement(TableColumnProperties(columnwidth=f"{width * _CENTIMETRES:.2f}cm"))
        book.automaticstyles.addElement(style)
        styles[width] = style
    return styles


def _size(sheet: PlainSheet) -> tuple[int, int]:
    """Return the number of rows and columns."""
    used = {*sheet.cells, *sheet.boxed, *covered_by_merges(sheet)}
    return max(row for row, _ in used) + 1, max(column for _, column in used) + 1


def _all_widths(sheet: PlainSheet) -> list[float]:
    return [sheet.widths.get(column, _USUAL_WIDTH) for column in range(_size(sheet)[1])]


def _lines(sheet: PlainSheet, looks: Mapping[bool, Any]) -> Iterable[Any]:
    covered = covered_by_merges(sheet)
    spans = {(top, left): (low - top + 1, right - left + 1) for top, left, low, right in sheet.merges}
    rows, columns = _size(sheet)
    for row in range(rows):
        line = TableRow()
        for at in ((row, column) for column in range(columns)):
            style = looks[at in sheet.boxed]
            line.addElement(
                CoveredTableCell(stylename=style)
                if at in covered
                else _cell(sheet.cells.get(at), spans.get(at), style)
            )
        yield line


def _cell(value: Value | None, span: tuple[int, int] | None, style: Any) -> Any:  # noqa: ANN401 - odfpy has no types
    found: dict[str, object] = {"stylename": style}
    if isinstance(value, int | float):
        found |= {"valuetype": "float", "value": value}
    elif value is not None:
        found["valuetype"] = "string"
    if span:
        found |= {"numberrowsspanned": span[0], "numbercolumnsspanned": span[1]}
    cell = TableCell(**found)
    if value is not None:
        for paragraph in str(value).split("\n"):
            cell.addElement(P(text=paragraph))
    return cell
