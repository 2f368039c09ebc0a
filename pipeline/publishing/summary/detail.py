"""The district's year goes in; 明细, a sheet for each table with one row per agency, comes out.

These are the only sheets of the workbook that hold the year's figures as numbers: everything else adds up their columns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.forms.formulas import quoted
from pipeline.forms.grid import lines_of
from pipeline.model import a1
from pipeline.periods import title_of
from pipeline.publishing.cell_values import merged_values, seen_value, together_formula, together_of
from pipeline.publishing.states import kind_of, state_word
from pipeline.publishing.summary.brief import ON_ONE_PAGE, Brief
from pipeline.publishing.summary.listing import value_style, write_value
from pipeline.publishing.workbook.measure import sheet_name, stored
from pipeline.publishing.workbook.office import HEAD_FILL, HEAD_FONT, OfficeBook, OfficePage
from pipeline.publishing.workbook.page import Properties
from pipeline.publishing.workbook.streaming import run_pattern

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pipeline.forms.form import Cell, Entry, Line, Table
    from pipeline.model import AgencyState, Number

    _CellLines = tuple[int, Line, Line]

DETAIL_HEAD = ("序号", "单位代码", "单位名称", "类别", "状态")
CODE_COLUMN, NAME_COLUMN, KIND_COLUMN = 1, 2, 3
_WIDTHS = [5.0, 9.0, 37.0, 8.5, 15.0]
_VALUE_WIDTHS: Mapping[bool, float] = {True: 6.3, False: 15.0}
"""An amount with its decimals; counts of six digits shrink."""
_ROOMY_WIDTHS: Mapping[bool, float] = {True: 10.2, False: 15.0}
"""Six digits without shrinking and five characters of a label on one line, where a table is printed on one page."""
KEYS_ROW, _GROUP_ROW, LABEL_ROW, FIRST_ROW = 1, 2, 3, 4
"""The keys stand in a hidden row, for programs; the last heading row carries the filter."""
_COLUMNS_OF_A4, _COLUMNS_OF_A3 = 15, 28
"""As many as stay legible on one page, sideways; a table of more is printed on the larger paper."""
_LEAST_HEIGHT = 14.0
"""Points, so that the agencies of a district fit on one sheet of the larger paper."""


@dataclass(frozen=True, slots=True)
class SumColumn:
    """Where one figure of all agencies stands on 明细, and what it sums to. ``decimals`` is None for counts."""

    sheet: str
    number: int
    last_row: int
    value: float
    decimals: int | None

    @property
    def area(self) -> str:
        """The figures of all agencies."""
        return self.beside(self.number)

    @property
    def formula(self) -> str:
        """Add the figures up."""
        return f"={self.rounded(f'SUM({self.area})')}"

    def beside(self, column: int) -> str:
        """Spell the cells of another column of the same agencies."""
        return f"{quoted(self.sheet)}!{a1(FIRST_ROW, column)}:{a1(self.last_row, column)}"

    def of(self, agency: int) -> str:
        """Spell the cell of the ``agency``-th agency of the roster."""
        return f"{quoted(self.sheet)}!{a1(FIRST_ROW + agency, self.number)}"

    def rounded(self, formula: str) -> str:
        """Round away what binary fractions add to a sum of money."""
        return formula if self.decimals is None else f"ROUND({formula},{self.decimals})"


def detail_sheet_name(table: Table) -> str:
    """Return the name of the sheet that holds every agency's figures of ``table``."""
    return sheet_name(table.sheet, " 明细")


def columns_of(brief: Brief) -> dict[str, SumColumn]:
    """Return where every number of the form stands on 明细."""
    last, totals, decimals = FIRST_ROW + brief.last_row_of - 1, brief.totals, brief.decimals
    return {
        cell.key: SumColumn(
            sheet=detail_sheet_name(table),
            number=len(DETAIL_HEAD) + number,
            last_row=last,
            value=stored(totals[cell.key]),
            decimals=None if cell.number.is_whole else decimals,
        )
        for table in brief.form.tables
        for number, cell in enumerate(brief.form.cells_of(table.key))
    }


def write_detail(book: OfficeBook, brief: Brief, table: Table, columns: Mapping[str, SumColumn]) -> None:
    """Write 明细 of ``table``; only reports that count have figures."""
    cells, values = brief.form.cells_of(table.key), merged_values(brief.form, table.key)
    large = len(cells) + len(values) > _COLUMNS_OF_A4
    each = _VALUE_WIDTHS if large else _ROOMY_WIDTHS
    widths = [
        *_WIDTHS,
        *(each[cell.number.is_whole] for cell in cells),
        *(value.value.width for value in values),
    ]
    page = book.page(detail_sheet_name(table), widths, landscape=True, streamed=True, large=large)
    _write_head(page, brief, table, cells, values)
    styles = [book.figure(cell.kind) for cell in cells]
    pattern = run_pattern(len(DETAIL_HEAD), styles)
    chosen = slice(cells[0].index, cells[-1].index + 1) if cells else slice(0)
    looks = [value_style(book, value.value) for value in values]
    for number, state in enumerate(brief.summary.states):
        _write_agency(page, brief, number, state)
        report = state.counting and state.counting.report
        if report:
            page.numbers(FIRST_ROW + number, len(DETAIL_HEAD), report.numbers[chosen], pattern)
        else:
            for column, style in enumerate(styles, len(DETAIL_HEAD)):
                page.text(FIRST_ROW + number, column, "", style)
        for column, (value, look) in enumerate(
            zip(values, looks, strict=True), len(DETAIL_HEAD) + len(cells)
        ):
            said = seen_value(value, report) if report else ""
            write_value(page, FIRST_ROW + number, column, value.value, said, look)
    last = FIRST_ROW + brief.last_row_of - 1
    _write_sums(page, last + 1, brief, cells, columns)
    for value in values:
        _write_together(page, last + 1, brief, value, columns)
    page.sheet.freeze_panes(FIRST_ROW, NAME_COLUMN + 1)
    page.sheet.autofilter(LABEL_ROW, 0, last, len(widths) - 1)
    _set_printing(page, _lines(table, cells, values), brief.expected)


def value_column(brief: Brief, table: str, key: str) -> int:
    """Return the column of 明细 that holds a value of all agencies: to the right of the figures."""
    keys = [value.key for value in merged_values(brief.form, table)]
    return len(DETAIL_HEAD) + len(brief.form.cells_of(table)) + keys.index(key)


def value_area(brief: Brief, table: str, key: str) -> str:
    """Spell the cells of 明细 that hold a value of all agencies."""
    column = value_column(brief, table, key)
    sheet = detail_sheet_name(brief.form.table(table))
    return f"{quoted(sheet)}!{a1(FIRST_ROW, column)}:{a1(FIRST_ROW + brief.last_row_of - 1, column)}"


def together_on(brief: Brief, value: Entry, columns: Mapping[str, SumColumn]) -> tuple[str, Number] | None:
    """Return what a value of a table comes to, as a formula over 明细 and its result; None where that is no number."""
    found = together_of(brief.form, value, brief.summary.reports)
    if found is None:
        return None
    weights = ""
    if value.weight:
        by = columns.get(value.weight)
        weights = by.area if by else value_area(brief, brief.form.value(value.weight).table, value.weight)
    return together_formula(value, value_area(brief, value.table, value.key), weights), found


def _lines(table: Table, cells: Sequence[Cell], values: Sequence[Entry]) -> list[_CellLines]:
    """Return the block, the row and the column of each figure, then of each value."""
    return [
        *((cell.block, cell.row, cell.column) for cell in cells),
        *(lines_of(table, value.key) for value in values),
    ]


def _write_head(
    page: OfficePage, brief: Brief, table: Table, cells: Sequence[Cell], values: Sequence[Entry]
) -> None:
    lines, keys = _lines(table, cells, values), [own.key for own in cells] + [own.key for own in values]
    left, head, summary = len(DETAIL_HEAD), page.book.head(), brief.summary
    title = f"{summary.district}{title_of(summary.year)}{table.name}\n各单位明细（{brief.share}）"
    page.text(0, 0, title, page.book.style(font_name=HEAD_FONT, font_size=13), across=left)
    page.height_for(0, {0: (title, left)}, least=38, scale=1.25)
    page.sheet.set_row(KEYS_ROW, None, None, {"hidden": True})
    for column, key in enumerate(keys, left):
        page.text(KEYS_ROW, column, key, page.book.style(text_wrap=False))
    page.text(_GROUP_ROW, 0, "", head, across=left)
    first = left
    for text, count in _groups(lines):
        page.text(_GROUP_ROW, first, text, head, across=count)
        first += count
    page.sheet.set_row(_GROUP_ROW, _group_height(page, lines))
    for column, name in enumerate(DETAIL_HEAD):
        page.text(LABEL_ROW, column, name, head)
    for column, (_, _, own) in enumerate(lines, left):
        page.text(LABEL_ROW, column, _column_label(own), page.book.head(valign="top"))
    labels = {column: (_column_label(own), 1) for column, (_, _, own) in enumerate(lines, left)}
    page.height_for(LABEL_ROW, labels, least=24)


def _group_height(page: OfficePage, lines: Sequence[_CellLines]) -> float:
    first, texts = len(DETAIL_HEAD), {}
    for text, count in _groups(lines):
        texts[first] = (text, count)
        first += count
    return page.needed(texts, least=24)


def _write_agency(page: OfficePage, brief: Brief, number: int, state: AgencyState) -> None:
    row, middle, kind = FIRST_ROW + number, page.book.boxed(align="center"), kind_of(state)
    page.height_for(row, {NAME_COLUMN: (state.agency.name, 1), KIND_COLUMN: (kind, 1)}, least=_LEAST_HEIGHT)
    page.number(row, 0, number + 1, middle)
    page.text(row, CODE_COLUMN, state.agency.code, middle)
    page.text(row, NAME_COLUMN, state.agency.name, page.book.boxed())
    page.text(row, KIND_COLUMN, kind, middle)
    page.text(row, KIND_COLUMN + 1, state_word(state, brief.notices), page.book.state(state.verdict))


def _column_label(column: Line) -> str:
    """Return the label at the figures, a bracket (the unit) on a line of its own."""
    return column.label[-1].replace("（", "\n（")


def _group_label(row: Line, column: Line) -> str:
    """Return what several neighbouring columns share: the row's label, else the column's outer labels."""
    return " / ".join(row.label or column.label[:-1])


def _groups(lines: Sequence[_CellLines]) -> Iterator[tuple[str, int]]:
    """Yield (label, columns) of neighbours in one block that share their group label."""
    for (_, text), group in groupby(lines, key=lambda one: (one[0], _group_label(*one[1:]))):
        yield text, len(list(group))


def _breaks(lines: Sequence[_CellLines]) -> list[int]:
    """Return the columns with which pages begin: whole groups, spread evenly over as few pages as stay legible."""
    starts = [0]
    for _, count in _groups(lines):
        starts.append(starts[-1] + count)
    pages = -(-len(lines) // _COLUMNS_OF_A3) if len(lines) > _COLUMNS_OF_A4 else 1
    even = [len(lines) * number / pages for number in range(1, pages)]
    return sorted({min(starts, key=lambda start: abs(start - edge)) for edge in even})


def _set_printing(page: OfficePage, lines: Sequence[_CellLines], agencies: int) -> None:
    """Keep the columns of a group on one page; headings, codes and names of the agencies repeat on every page."""
    page.sheet.repeat_rows(_GROUP_ROW, LABEL_ROW)
    page.sheet.repeat_columns(0, NAME_COLUMN)
    page.breaks = [len(DETAIL_HEAD) + start for start in _breaks(lines)]
    if not page.breaks and agencies <= ON_ONE_PAGE:
        page.sheet.fit_to_pages(1, 1)


def _write_sums(
    page: OfficePage, row: int, brief: Brief, cells: Sequence[Cell], columns: Mapping[str, SumColumn]
) -> None:
    bold = Properties(bold=True, bg_color=HEAD_FILL)
    word = "合计（部分汇总）" if brief.is_partial else "合计"
    page.text(row, 0, word, page.book.boxed(align="center", **bold), across=len(DETAIL_HEAD))
    for cell in cells:
        column = columns[cell.key]
        page.formula(row, column.number, column.formula, page.book.figure(cell.kind, **bold), column.value)
    page.sheet.set_row(row, 22)


def _write_together(
    page: OfficePage, row: int, brief: Brief, value: Entry, columns: Mapping[str, SumColumn]
) -> None:
    """Write below the values of a column what they come to; nothing where they are only listed."""
    column = value_column(brief, value.table, value.key)
    found = together_on(brief, value, columns)
    shown = value.value.number_format if value.value.sort == "number" else "0"
    style = page.book.boxed(bold=True, bg_color=HEAD_FILL, align="center", num_format=shown)
    if found:
        page.formula(row, column, found[0], style, stored(found[1]))
    else:
        page.text(row, column, "", style)
