"""The year's figures go in; 分类汇总, every figure added up for each kind of agency, comes out.

A kind is what the roster calls it (部门, 街道, 镇 …), in the order of first appearance.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.forms.formulas import ranges
from pipeline.model import Number, column_letters
from pipeline.publishing.states import kind_of
from pipeline.publishing.summary.brief import Brief, folding, folds_of, partial_note
from pipeline.publishing.summary.detail import KIND_COLUMN, SumColumn
from pipeline.publishing.summary.official_tables import printed_positions
from pipeline.publishing.workbook.measure import stored
from pipeline.publishing.workbook.office import HEAD_FONT, NOTE_FILL, OfficeBook, OfficePage

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pipeline.forms.form import Cell
    from pipeline.forms.layout import Position

BY_KIND_SHEET = "分类汇总"
_HEAD_ROW, _FIRST_ROW = 2, 3
_LABEL_WIDTH, _FIGURE_WIDTH = 58.0, 14.0
_MOST_UPRIGHT = 5
"""More kinds are printed sideways."""


def kinds_of(brief: Brief) -> list[str]:
    """List the kinds, the spelling of the first agency standing for those that differ only in case, as in a formula."""
    found: dict[str, str] = {}
    for state in brief.summary.states:
        found.setdefault(kind_of(state).casefold(), kind_of(state))
    return list(found.values())


def write_by_kind(book: OfficeBook, brief: Brief, columns: Mapping[str, SumColumn]) -> None:
    """Write 分类汇总: one row for each figure, one column for each kind, and the sum over all kinds."""
    kinds = kinds_of(brief)
    widths = [_LABEL_WIDTH, *[_FIGURE_WIDTH] * (len(kinds) + 1)]
    page = book.page(BY_KIND_SHEET, widths, landscape=len(kinds) > _MOST_UPRIGHT)
    page.title(f"{brief.title}分类汇总")
    page.line(
        1,
        "\n".join(filter(None, (f"合计单位：{partial_note(brief)}", folding(brief.form)))),
        book.style(bg_color=NOTE_FILL if brief.is_partial else "#FFFFFF"),
    )
    page.heads(_HEAD_ROW, ["项目", *kinds, "合计"])
    row = _write_counts(page, brief, kinds)
    totals, sums, folds = printed_positions(brief.form), _sums(brief, kinds), folds_of(brief.form)
    for table in brief.form.summed_tables:
        page.line(row, table.name, book.boxed(font_name=HEAD_FONT), least=22)
        for number, cell in enumerate(brief.form.cells_of(table.key), row + 1):
            page.height_for(number, {0: (cell.grouped_label, 1)}, least=15.5, fold=folds.get(cell.key))
            _write_cell(page, number, cell, columns[cell.key], sums[cell.index], totals[cell.key])
        row += 1 + len(brief.form.cells_of(table.key))
    page.sheet.freeze_panes(_FIRST_ROW, 1)
    page.sheet.repeat_rows(_HEAD_ROW)
    page.sheet.fit_to_pages(1, 1)


def _write_counts(page: OfficePage, brief: Brief, kinds: Sequence[str]) -> int:
    """Write how many agencies of each kind are to report, and how many are in the sums."""
    states = brief.summary.states
    for row, (name, chosen) in enumerate(
        (("应报送（家）", states), ("已汇总（家）", [state for state in states if state.counting])),
        _FIRST_ROW,
    ):
        page.text(row, 0, name, page.book.boxed())
        page.height_for(row, {}, least=20)
        folded = [kind_of(state).casefold() for state in chosen]
        counts = [folded.count(kind.casefold()) for kind in kinds]
        for column, count in enumerate([*counts, len(chosen)], 1):
            page.number(row, column, count, page.book.boxed(align="center"))
    return _FIRST_ROW + 2


def _sums(brief: Brief, kinds: Sequence[str]) -> list[list[Number]]:
    """Return, for each figure in the form's order, the sums of the kinds."""
    rows: dict[str, list[tuple[Number, ...]]] = {kind.casefold(): [] for kind in kinds}
    for state in brief.summary.states:
        if state.counting and state.counting.report:
            rows[kind_of(state).casefold()].append(state.counting.report.numbers)
    nothing = [0] * len(brief.form.cells)
    sums = [
        [sum(column) for column in zip(*found, strict=True)] if found else nothing for found in rows.values()
    ]
    return [list(line) for line in zip(*sums, strict=True)] or [[] for _ in nothing]


def _write_cell(
    page: OfficePage, row: int, cell: Cell, column: SumColumn, sums: Sequence[Number], total: Position
) -> None:
    page.text(row, 0, cell.grouped_label, page.book.boxed())
    style = page.book.figure(cell.kind)
    for number, value in enumerate(sums, 1):
        alike = f"({column.beside(KIND_COLUMN)}={column_letters(number)}${_HEAD_ROW + 1})"
        formula = f"={column.rounded(f'SUMPRODUCT({alike}*{column.area})')}"
        page.formula(row, number, formula, style, stored(value))
    page.formula(
        row, len(sums) + 1, f"={ranges([total])[0]}", page.book.figure(cell.kind, bold=True), column.value
    )
