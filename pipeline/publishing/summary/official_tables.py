"""The sums of 明细 go in; the official tables, printed as the form prints them, come out.

Every figure is a formula over one column of 明细, computed totals included, so that a summary equals the sum of
the agencies' figures by construction; below each table stands whom it holds and whether its balances hold.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.forms.arithmetic import holds
from pipeline.forms.formulas import FAILS, HOLDS, quoted, sum_formula
from pipeline.model import a1
from pipeline.periods import title_of
from pipeline.publishing.cell_values import LOOK_UP, NOT_MERGED
from pipeline.publishing.summary.brief import Brief, partial_note
from pipeline.publishing.summary.detail import LABEL_ROW, detail_sheet_name, together_on, value_column
from pipeline.publishing.workbook.measure import (
    PORTRAIT_COLUMNS,
    grid_widths,
    lines_of,
    pages_high,
    sheet_name,
    stored,
)
from pipeline.publishing.workbook.office import HEAD_FONT, NOTE_FILL, OfficeBook, OfficePage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.forms.form import Balance, Form, Grid, GridCell, Table
    from pipeline.forms.layout import Position
    from pipeline.publishing.summary.detail import SumColumn

GRID_TOP = 3
"""The first row of the printed table."""
YES_FORMAT = '0"家"'
"""How many agencies answered 是."""


def summary_sheet_name(table: Table) -> str:
    """Return the name of the sheet that holds the sums of ``table``."""
    return sheet_name(table.sheet, " 汇总")


def grid_position(grid_cell: GridCell) -> tuple[int, int]:
    """Return where a cell of the printed table stands on its summary sheet."""
    return GRID_TOP + grid_cell.row, grid_cell.column


def printed_positions(form: Form) -> dict[str, Position]:
    """Return (sheet, row, column) of every sum, by cell key."""
    return {
        cell.key: (summary_sheet_name(table), *grid_position(cell))
        for table in form.tables
        for cell in form.grids[table.key].cells
        if cell.key
    }


def general_balances(form: Form) -> list[Balance]:
    """List the balances of this year that hold of a sum because they hold of its parts."""
    return [balance for balance in form.on_summary if not balance.reaches_back]


def write_table(book: OfficeBook, brief: Brief, table: Table, columns: Mapping[str, SumColumn]) -> None:
    """Write the sheet of one official table, summed over the agencies that count."""
    grid = brief.form.grids[table.key]
    widths = grid_widths(grid.label_columns, grid.columns - grid.label_columns)
    page = book.page(summary_sheet_name(table), widths, landscape=grid.columns > PORTRAIT_COLUMNS)
    _write_title(page, brief, table, grid.columns)
    for grid_cell in grid.cells:
        _write_grid_cell(page, brief, grid_cell, columns)
    _set_heights(page, grid, widths)
    _write_foot(page, brief, table, grid)
    page.sheet.repeat_rows(GRID_TOP, GRID_TOP + grid.header_rows - 1)
    page.sheet.fit_to_pages(1, pages_high(grid.rows))


def _write_title(page: OfficePage, brief: Brief, table: Table, across: int) -> None:
    summary = brief.summary
    title = page.book.style(font_name=HEAD_FONT, font_size=16, align="center")
    page.text(0, 0, brief.form.sheet(table.sheet).title, title, across=across)
    page.sheet.set_row(0, 30)
    scope = f"{summary.district}　{title_of(summary.year)}　{brief.share}"
    page.text(1, 0, scope, page.book.style(align="center"), across=across)
    page.sheet.set_row(1, 20)
    page.sheet.set_row(2, 6)


def _write_grid_cell(
    page: OfficePage, brief: Brief, grid_cell: GridCell, columns: Mapping[str, SumColumn]
) -> None:
    form = brief.form
    row, column = grid_position(grid_cell)
    if grid_cell.key and grid_cell.key not in form.by_key:
        _write_value(page, brief, grid_cell, columns)
        return
    if grid_cell.key:
        found = columns[grid_cell.key]
        style = page.book.figure(form.by_key[grid_cell.key].kind, align="center")
        page.leads_to(row, column, found.sheet, (LABEL_ROW, found.number), style)
        page.formula(row, column, found.formula, style, found.value, across=grid_cell.width)
        return
    style = page.book.boxed(align="left") if grid_cell.role == "row_label" else page.book.head()
    page.text(row, column, grid_cell.text, style, across=grid_cell.width, down=grid_cell.height)


def _write_value(
    page: OfficePage, brief: Brief, grid_cell: GridCell, columns: Mapping[str, SumColumn]
) -> None:
    """Write what a value of the agencies comes to, or that it is only listed, or not even that."""
    value, (row, column) = brief.form.value(grid_cell.key), grid_position(grid_cell)
    found, kind = together_on(brief, value, columns), value.value
    if kind.together != "none":
        at = LABEL_ROW, value_column(brief, value.table, value.key)
        sheet = detail_sheet_name(brief.form.table(value.table))
        page.leads_to(row, column, sheet, at, page.book.boxed(align="center"))
    if found:
        shown = kind.number_format if kind.sort == "number" else YES_FORMAT
        style = page.book.boxed(align="center", text_wrap=False, num_format=shown)
        page.formula(row, column, found[0], style, stored(found[1]), across=grid_cell.width)
        return
    words = NOT_MERGED if kind.together == "none" else LOOK_UP
    page.text(row, column, words, page.book.boxed(align="center"), across=grid_cell.width)


def _set_heights(page: OfficePage, grid: Grid, widths: list[float]) -> None:
    lines = dict.fromkeys(range(grid.rows), 1)
    for cell in grid.cells:
        needed = lines_of(cell.text, sum(widths[cell.column : cell.column + cell.width]))
        if cell.height == 1:
            lines[cell.row] = max(lines[cell.row], needed)
    for row, count in lines.items():
        page.sheet.set_row(GRID_TOP + row, 22 if count == 1 else 6 + 14 * count)


def _write_foot(page: OfficePage, brief: Brief, table: Table, grid: Grid) -> None:
    row = GRID_TOP + grid.rows
    note = partial_note(brief)
    style = page.book.style(bg_color=NOTE_FILL) if brief.is_partial else page.book.style()
    page.text(row, 0, f"合计单位：{note}", style, across=grid.columns)
    page.height_for(row, {0: (note, grid.columns)}, least=24)
    detail = detail_sheet_name(table)
    said = f"各单位的数据见“{detail}”；点击表中任一数字，转到该项各单位的数据。"
    link = f'=HYPERLINK("#{quoted(detail)}!{a1(0, 0)}","{said}")'
    page.formula(row + 1, 0, link, page.book.style(font_color="#0563C1"), said, across=grid.columns)
    page.sheet.set_row(row + 1, 20)
    _write_balance_check(page, brief, table, row + 2)


def _write_balance_check(page: OfficePage, brief: Brief, table: Table, row: int) -> None:
    """Check live, on the sums themselves, every equality that binds all bodies alike."""
    form = brief.form
    balances = [item for item in general_balances(form) if form.by_key[item.anchor].table == table.key]
    if not balances:
        return
    where = {
        cell.key: (page.name, *grid_position(cell)) for cell in brief.form.grids[table.key].cells if cell.key
    }
    tests = [_difference(balance, where, page.name) for balance in balances]
    numbers = {cell.key: total for cell, total in zip(brief.form.cells, brief.summary.totals, strict=True)}
    good = all(holds(balance, numbers) for balance in balances)
    passed, failed = f"{HOLDS} {len(balances)} 项全部相符", f"{FAILS} 有不相符的，请核对明细"
    formula = f'="勾稽关系核对："&IF(AND({",".join(tests)}),"{passed}","{failed}")'
    across = brief.form.grids[table.key].columns
    page.formula(
        row, 0, formula, page.book.style(), f"勾稽关系核对：{passed if good else failed}", across=across
    )
    page.sheet.set_row(row, 20)


def _difference(balance: Balance, where: Mapping[str, tuple[str, int, int]], home: str) -> str:
    left, right = (
        sum_formula([where[key] for key in side], home=home) for side in (balance.left, balance.right)
    )
    return f"ROUND({left}-{right},6){balance.rule.relation}0"
