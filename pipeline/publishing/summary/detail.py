"""The district's year goes in; 明细, one row per agency and one column per number, comes out.

It is the one place of the workbook that holds figures as numbers: everything else adds up its columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

from pipeline.forms.formulas import quoted
from pipeline.messages import VERDICT_WORDS
from pipeline.model import a1
from pipeline.publishing.summary.book import HEAD_FILL, HEAD_FONT, Book, Brief, Page, Properties, stored

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from xlsxwriter.format import Format

    from pipeline.forms.form import Cell, Form
    from pipeline.model import AgencyState

DETAIL_SHEET = "明细"
DETAIL_HEAD = ("序号", "单位代码", "单位名称", "状态")
_WIDTHS = [6.0, 11.0, 36.0, 14.5]
_VALUE_WIDTH = 10.0
KEYS_ROW, _TABLE_ROW, _GROUP_ROW, _LABEL_ROW, FIRST_ROW = 1, 2, 3, 4, 5
"""The keys stand in a hidden row, for programs; the last heading row carries the filter."""
_MONEY_DECIMALS = 6
_A3, _PRINT_SCALE, _COLUMNS_PER_PAGE = 8, 55, 21


@dataclass(frozen=True, slots=True)
class Column:
    """Where one figure of all agencies stands on 明细, and what it sums to."""

    formula: str
    value: float


def sums(brief: Brief) -> dict[str, Column]:
    """Return for every number the formula that adds it up over 明细, and its result."""
    last = FIRST_ROW + max(1, brief.expected) - 1
    decimals = _decimals(brief)
    found = {}
    for cell, total in zip(brief.form.cells, brief.summary.totals, strict=True):
        column = len(DETAIL_HEAD) + cell.index
        area = f"{quoted(DETAIL_SHEET)}!{a1(FIRST_ROW, column)}:{a1(last, column)}"
        formula = f"=ROUND(SUM({area}),{decimals})" if cell.kind == "money" else f"=SUM({area})"
        found[cell.key] = Column(formula, stored(total))
    return found


def _decimals(brief: Brief) -> int:
    """Return to how many decimals money sums are rounded: six, or more where an accepted amount has more."""
    amounts = (total for total in brief.summary.totals if isinstance(total, Decimal))
    return max((_MONEY_DECIMALS, *(-int(amount.normalize().as_tuple().exponent) for amount in amounts)))


def write_detail(book: Book, brief: Brief, columns: Mapping[str, Column]) -> None:
    """Write 明细: one row per agency, one column per number; only reports that count have figures."""
    cells = brief.form.cells
    page = book.page(DETAIL_SHEET, [*_WIDTHS, *[_VALUE_WIDTH] * len(cells)], landscape=True)
    _write_head(page, brief)
    by_column = [book.figure(cell.kind) for cell in cells]
    for number, state in enumerate(brief.summary.states):
        _write_row(page, FIRST_ROW + number, number + 1, state, by_column)
    last = FIRST_ROW + max(1, brief.expected) - 1
    _write_sums(page, last, columns, cells)
    page.sheet.freeze_panes(FIRST_ROW, len(DETAIL_HEAD))
    page.sheet.autofilter(_LABEL_ROW, 0, last, len(DETAIL_HEAD) + len(cells) - 1)
    _set_printing(page, brief.form)


def _set_printing(page: Page, form: Form) -> None:
    """Print on A3, so that the rows of a table stay together; agencies and headings repeat on every page."""
    page.sheet.set_paper(_A3)
    page.sheet.set_print_scale(_PRINT_SCALE)
    page.sheet.repeat_rows(_TABLE_ROW, _LABEL_ROW)
    page.sheet.repeat_columns(0, len(DETAIL_HEAD) - 1)
    page.sheet.set_v_pagebreaks([len(DETAIL_HEAD) + first for _, first, _ in _print_pages(form) if first])


def _write_row(page: Page, row: int, number: int, state: AgencyState, styles: list[Format]) -> None:
    page.number(row, 0, number, page.book.boxed(align="center"))
    page.text(row, 1, state.agency.code, page.book.boxed(align="center"))
    page.text(row, 2, state.agency.name, page.book.boxed())
    page.text(row, 3, VERDICT_WORDS[state.verdict], page.book.state(state.verdict))
    page.height_for(row, {2: (state.agency.name, 1)})
    if not (state.counting and state.counting.report):
        return
    figures = zip(state.counting.report.numbers, styles, strict=True)
    for column, (value, style) in enumerate(figures, len(DETAIL_HEAD)):
        page.number(row, column, stored(value), style)


def _write_head(page: Page, brief: Brief) -> None:
    cells, left, head = brief.form.cells, len(DETAIL_HEAD), page.book.head()
    place, year = brief.summary.district, brief.summary.year
    title = f"{place}{year}年政府信息公开年报明细（已汇总 {brief.counted} / {brief.expected} 家）"
    page.text(0, 0, title, page.book.style(font_name=HEAD_FONT, font_size=14, text_wrap=False))
    for column, name in enumerate(DETAIL_HEAD):
        page.text(_TABLE_ROW, column, name, head, down=3)
    for name, first, count in _print_pages(brief.form):
        page.text(_TABLE_ROW, left + first, name, page.book.head(align="left"), across=count)
    for _, text, first, count in _groups(cells):
        page.text(_GROUP_ROW, left + first, text, head, across=count)
    for cell in cells:
        page.text(KEYS_ROW, left + cell.index, cell.key, page.book.style())
        page.text(_LABEL_ROW, left + cell.index, cell.column.label[-1], page.book.head(valign="top"))
    for row, height in ((0, 26), (_TABLE_ROW, 20), (_GROUP_ROW, 36), (_LABEL_ROW, 64)):
        page.sheet.set_row(row, height)
    page.sheet.set_row(KEYS_ROW, None, None, {"hidden": True})


def _group_label(cell: Cell) -> str:
    """Return what several neighbouring columns share: the row's label, else the column's outer labels."""
    return " / ".join(cell.row.label or cell.column.label[:-1])


def _groups(cells: tuple[Cell, ...]) -> Iterator[tuple[str, str, int, int]]:
    """Yield (table, label, first column, columns) of neighbours in one block that share their group label."""
    for (table, _, text), group in groupby(
        cells, key=lambda cell: (cell.table, cell.block, _group_label(cell))
    ):
        members = list(group)
        yield table, text, members[0].index, len(members)


def _print_pages(form: Form) -> list[tuple[str, int, int]]:
    """Return (table name, first column, columns) of each printed page: whole groups of one table."""
    pages: list[tuple[str, int, int]] = []
    for table, _, first, count in _groups(form.cells):
        name = form.table(table).name
        if pages and pages[-1][0] == name and pages[-1][2] + count <= _COLUMNS_PER_PAGE:
            pages[-1] = (name, pages[-1][1], pages[-1][2] + count)
        else:
            pages.append((name, first, count))
    return pages


def _write_sums(page: Page, last: int, columns: Mapping[str, Column], cells: tuple[Cell, ...]) -> None:
    row, bold = last + 1, Properties(bold=True, bg_color=HEAD_FILL)
    page.text(row, 0, "合计", page.book.boxed(align="center", **bold), across=len(DETAIL_HEAD))
    for cell in cells:
        column = columns[cell.key]
        page.formula(
            row,
            len(DETAIL_HEAD) + cell.index,
            column.formula,
            page.book.figure(cell.kind, **bold),
            column.value,
        )
    page.sheet.set_row(row, 22)
