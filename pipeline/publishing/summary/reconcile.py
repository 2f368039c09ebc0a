"""The sums, every agency's figures and what its Word report prints go in; 对账, which proves them equal, comes out.

For each figure: summary = sum of the agencies = sum of what was read back from the written reports. For each agency
the same across its row, so that two errors cannot hide each other. And every balance rule on the sums themselves.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pipeline.forms.arithmetic import difference, holds, total_of
from pipeline.forms.formulas import FAILS, HOLDS, NOT_ASSESSED, quoted, ranges, sum_formula
from pipeline.model import Number, a1, column_letters
from pipeline.publishing.summary.background import Figures
from pipeline.publishing.summary.brief import Brief, folding, folds_of
from pipeline.publishing.summary.detail import FIRST_ROW as DETAIL_FIRST_ROW
from pipeline.publishing.summary.detail import SumColumn
from pipeline.publishing.summary.official_tables import general_balances, printed_positions
from pipeline.publishing.workbook.measure import rounded, stored
from pipeline.publishing.workbook.office import HEAD_FONT, NOTE_FILL, Fold, OfficeBook, OfficePage

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pipeline.forms.form import Balance, Cell
    from pipeline.forms.layout import Position
    from pipeline.model import AgencyState

RECONCILE_SHEET = "对账"
FIGURE_HEAD = (
    "序号",
    "项目",
    "汇总表",
    "各单位之和",
    "各单位{short}之和",
    "汇总表－各单位",
    "汇总表－{short}",
    "结果",
)
BALANCE_HEAD = ("规则", "勾稽关系", "左边", "右边", "", "差", "", "结果")
AGENCY_HEAD = ("序号", "单位名称", "明细合计", "", "{short}合计", "差", "不符项数", "结果")
_WIDTHS = [8.0, 52.0, 13.0, 13.0, 13.0, 12.0, 12.0, 8.0]
_VERDICT_ROW, _NOTE_ROW, FIGURES_TOP = 1, 2, 3
_RESULT = len(_WIDTHS) - 1


def _named(heads: Sequence[str], brief: Brief) -> list[str]:
    return [head.format(short=brief.form.words.short) for head in heads]


def write_reconcile(book: OfficeBook, brief: Brief, columns: Mapping[str, SumColumn]) -> None:
    """Write 对账."""
    page = book.page(RECONCILE_SHEET, _WIDTHS, streamed=True)
    page.title(f"{brief.title}对账（{brief.share}）")
    balances = general_balances(brief.form)
    agencies = [state for state in brief.summary.states if state.counting and state.counting.report]
    tops = _tops(len(brief.form.cells), len(balances), len(agencies))
    printed, totals = _printed_sums(brief), brief.totals
    marks = [
        *map(_figure_mark, brief.summary.totals, printed),
        *(_mark(holds(balance, totals)) for balance in balances),
        *(_agency_mark(brief, state) for state in agencies),
    ]
    _write_verdict(page, brief, marks, tops)
    _write_figures(page, brief, columns, printed, tops[0])
    _write_balances(page, brief, balances, tops[1])
    _write_agencies(page, brief, agencies, columns, tops[2])
    page.sheet.freeze_panes(FIGURES_TOP, 2)
    page.sheet.set_h_pagebreaks(tops[1:-1])
    page.sheet.repeat_rows(tops[2] + 1)


def _tops(*sizes: int) -> list[int]:
    """Return the first row of each block, which begins with a caption and a heading; the end comes last."""
    tops = [FIGURES_TOP]
    for size in sizes:
        tops.append(tops[-1] + size + 3)
    return tops


def _write_verdict(page: OfficePage, brief: Brief, marks: Sequence[str], tops: Sequence[int]) -> None:
    column = column_letters(_RESULT)
    area = f"{column}{tops[0] + 1}:{column}{tops[-1]}"
    good, bad = f"{HOLDS} 全部相符", f"{FAILS} 项不符，见“结果”一栏的 {FAILS}"
    failed = marks.count(FAILS)
    formula = f'="对账结果："&IF(COUNTIF({area},"{FAILS}")=0,"{good}",COUNTIF({area},"{FAILS}")&" {bad}")'
    style = page.book.boxed(bold=True, bg_color=NOTE_FILL) if failed else page.book.boxed(bold=True)
    result = f"对账结果：{f'{failed} {bad}' if failed else good}"
    page.formula(_VERDICT_ROW, 0, formula, style, result, across=len(_WIDTHS))
    page.sheet.set_row(_VERDICT_ROW, 24)
    page.line(_NOTE_ROW, _note(brief), page.book.style(), least=34)


def _note(brief: Brief) -> str:
    short = brief.form.words.short
    if brief.background.printed is None:
        return f"核对汇总表与各单位明细是否一致。各单位 Word {short}中印出的数字尚未读回，“各单位{short}之和”一栏空着。"
    return (
        f"核对三处数字是否一致：汇总表、各单位明细、各单位 Word {short}中实际印出的数字（生成后从文件中重新读出）。"
        "表中差数和结果都是公式，改动任何一处，这里随之变化。" + folding(brief.form)
    )


def _caption(page: OfficePage, row: int, text: str, heads: Sequence[str]) -> None:
    page.line(row, text, page.book.style(font_name=HEAD_FONT, font_size=12, valign="bottom"), least=30)
    page.heads(row + 1, heads)


def _write_figures(
    page: OfficePage, brief: Brief, columns: Mapping[str, SumColumn], printed: Figures, top: int
) -> None:
    _caption(page, top, f"一、{len(brief.form.cells)} 项数字逐项核对", _named(FIGURE_HEAD, brief))
    totals = printed_positions(brief.form)
    folds = _folds(brief, printed)
    for row, cell in enumerate(brief.form.cells, top + 2):
        page.height_for(row, {1: (cell.grouped_label, 1)}, least=15.5, fold=folds.get(cell.key))
        _write_figure(page, brief, row, cell, (columns[cell.key], totals[cell.key], printed[cell.index]))


def _folds(brief: Brief, printed: Figures) -> dict[str, Fold]:
    """Fold away the figures of every row of a long table that is proved whole; one that is not stays in sight."""
    cells = brief.form.cells
    bad = {
        (cell.table, cell.row)
        for cell in cells
        if _figure_mark(brief.summary.totals[cell.index], printed[cell.index]) == FAILS
    }
    folds = folds_of(brief.form)
    return {
        cell.key: folds[cell.key] for cell in cells if cell.key in folds and (cell.table, cell.row) not in bad
    }


def _write_figure(
    page: OfficePage, brief: Brief, row: int, cell: Cell, known: tuple[SumColumn, Position, Number | None]
) -> None:
    column, total, printed = known
    style, middle = page.book.figure(cell.kind), page.book.boxed(align="center")
    page.number(row, 0, cell.index + 1, middle)
    page.text(row, 1, cell.grouped_label, page.book.boxed())
    page.formula(row, 2, f"={ranges([total])[0]}", style, column.value)
    page.formula(row, 3, column.formula, style, column.value)
    if printed is None:
        page.text(row, 4, NOT_ASSESSED, middle)
    else:
        page.number(row, 4, stored(printed), style)
    sums, found = brief.summary.totals[cell.index], a1(row, 2)
    _write_difference(page, (row, 5), (found, a1(row, 3)), 0, cell.kind)
    gap = None if printed is None else sums - printed
    _write_difference(page, (row, 6), (found, a1(row, 4)), gap, cell.kind)
    _write_result(page, row, (a1(row, 5), a1(row, 6)), _figure_mark(sums, printed))


def _write_difference(
    page: OfficePage,
    at: tuple[int, int],
    cells: tuple[str, str],
    value: Number | None,
    kind: str = "money",
) -> None:
    left, right = cells
    formula = f'=IF(ISNUMBER({right}),ROUND({left}-{right},6),"{NOT_ASSESSED}")'
    shown = NOT_ASSESSED if value is None else rounded(stored(value), 6)
    page.formula(*at, formula, page.book.figure("count" if value == 0 else kind, align="center"), shown)


def _write_result(page: OfficePage, row: int, differences: Sequence[str], mark: str) -> None:
    """Say ✓ where no difference is other than 0; one that could not be made does not count."""
    tests = ",".join(f'OR({cell}=0,{cell}="{NOT_ASSESSED}")' for cell in differences)
    formula = f'=IF(AND({tests}),"{HOLDS}","{FAILS}")'
    page.formula(row, _RESULT, formula, page.book.boxed(align="center"), mark)


def _printed_sums(brief: Brief) -> list[Number | None]:
    """Add up what the reports print, figure by figure; None where a report could not be read."""
    printed = brief.background.printed
    if printed is None:
        return [None] * len(brief.form.cells)
    rows = [_printed(brief, state) for state in brief.summary.states if state.counting]
    if not rows:
        return [0] * len(brief.form.cells)
    return [_sum(column) for column in zip(*rows, strict=True)]


def _sum(values: Figures) -> Number | None:
    return None if None in values else sum(cast("Sequence[Number]", values))


def _printed(brief: Brief, state: AgencyState) -> Figures:
    unknown: Figures = [None] * len(brief.form.cells)
    return (brief.background.printed or {}).get(state.agency.code) or unknown


def _lacks_report(brief: Brief, state: AgencyState) -> bool:
    """Whether no written report is the agency's own: then not one figure of it is printed."""
    return brief.background.printed is not None and state.agency.code not in brief.background.printed


def _figure_mark(total: Number, printed: Number | None) -> str:
    return _mark(printed is None or printed == total)


def _mark(is_good: bool | None) -> str:  # noqa: FBT001 - the answer itself
    return HOLDS if is_good else FAILS


def _write_balances(page: OfficePage, brief: Brief, balances: Sequence[Balance], top: int) -> None:
    _caption(page, top, "二、汇总数的勾稽关系", BALANCE_HEAD)
    where, totals = printed_positions(brief.form), brief.totals
    if not balances:
        page.line(top + 2, "这份表没有要对汇总数核对的勾稽关系。", page.book.boxed())
    for row, balance in enumerate(balances, top + 2):
        said = f"{balance.rule.condition}（{balance.subject}）" if balance.subject else balance.rule.condition
        page.text(row, 0, balance.rule.id, page.book.boxed(align="center"))
        page.text(row, 1, said, page.book.boxed())
        page.height_for(row, {1: (said, 1)}, least=15.5)
        for column, keys in ((2, balance.left), (3, balance.right)):
            formula = f"={sum_formula([where[key] for key in keys])}"
            value = total_of(keys, totals) or 0
            page.formula(row, column, formula, page.book.figure("count", align="center"), stored(value))
        gap = difference(balance, totals) or 0
        formula = f"=ROUND({a1(row, 2)}-{a1(row, 3)},6)"
        page.formula(row, 5, formula, page.book.figure("count", align="center"), stored(gap))
        for column in (4, 6):
            page.text(row, column, "", page.book.boxed())
        test = f'=IF({a1(row, 5)}{balance.rule.relation}0,"{HOLDS}","{FAILS}")'
        page.formula(row, _RESULT, test, page.book.boxed(align="center"), _mark(holds(balance, totals)))


def _write_agencies(
    page: OfficePage,
    brief: Brief,
    agencies: Sequence[AgencyState],
    columns: Mapping[str, SumColumn],
    top: int,
) -> None:
    caption = f"三、各单位逐家核对（每家 {len(brief.form.cells)} 项数字之和，只用于核对）"
    _caption(page, top, caption, _named(AGENCY_HEAD, brief))
    if not agencies:
        page.line(top + 2, "还没有单位计入汇总。", page.book.boxed())
    places = {id(state): number for number, state in enumerate(brief.summary.states)}
    spans = list(_spans(brief, columns))
    for number, state in enumerate(agencies, 1):
        _write_agency(page, brief, (top + 1 + number, number), state, _row_sum(spans, places[id(state)]))


def _spans(brief: Brief, columns: Mapping[str, SumColumn]) -> Iterator[tuple[str, str, str]]:
    """Yield (sheet, first column, last column) of an agency's figures."""
    for table in brief.form.summed_tables:
        cells = [columns[cell.key] for cell in brief.form.cells_of(table.key)]
        yield cells[0].sheet, column_letters(cells[0].number), column_letters(cells[-1].number)


def _row_sum(spans: Sequence[tuple[str, str, str]], place: int) -> str:
    row = DETAIL_FIRST_ROW + place + 1
    areas = ",".join(f"{quoted(sheet)}!{first}{row}:{last}{row}" for sheet, first, last in spans)
    return f"=ROUND(SUM({areas}),6)"


def _write_agency(
    page: OfficePage, brief: Brief, at: tuple[int, int], state: AgencyState, formula: str
) -> None:
    row, number = at
    middle, style = page.book.boxed(align="center"), page.book.figure("count", num_format="General")
    numbers = state.counting.report.numbers if state.counting and state.counting.report else ()
    figures = _printed(brief, state)
    ours, theirs = sum(numbers), _sum(figures)
    page.height_for(row, {1: (state.agency.name, 1)}, least=15.5)
    page.number(row, 0, number, middle)
    page.text(row, 1, state.agency.name, page.book.boxed())
    page.formula(row, 2, formula, style, rounded(stored(ours), 6))
    page.text(row, 3, "", middle)
    if theirs is None:
        page.text(row, 4, NOT_ASSESSED, middle)
    else:
        page.number(row, 4, rounded(stored(theirs), 6), style)
    _write_difference(page, (row, 5), (a1(row, 2), a1(row, 4)), None if theirs is None else ours - theirs)
    if _lacks_report(brief, state):
        page.number(row, 6, len(numbers), middle)
    elif theirs is None:
        page.text(row, 6, NOT_ASSESSED, middle)
    else:
        page.number(row, 6, _differing(numbers, figures), middle)
    _write_result(page, row, (a1(row, 5), a1(row, 6)), _agency_mark(brief, state))


def _differing(numbers: Sequence[Number], figures: Figures) -> int:
    if tuple(numbers) == tuple(figures):
        return 0
    return sum(left != right for left, right in zip(numbers, figures, strict=True))


def _agency_mark(brief: Brief, state: AgencyState) -> str:
    figures = _printed(brief, state)
    if _lacks_report(brief, state):
        return FAILS
    if None in figures or not (state.counting and state.counting.report):
        return HOLDS
    return _mark(_differing(state.counting.report.numbers, figures) == 0)
