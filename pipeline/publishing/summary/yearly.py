"""This year's sums and last year's figures go in; 同比, each figure beside last year's, comes out.

Where last year is unknown a sentence says so and nothing else; nothing is compared with nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.forms.form import this_year
from pipeline.forms.formulas import HOLDS, NOT_ASSESSED, ranges, sum_formula
from pipeline.forms.values.numbers import NUMBER_KINDS
from pipeline.model import Number, a1
from pipeline.periods import kind_of, period_before, title_of
from pipeline.publishing.summary.brief import Brief, added_up, folding, folds_of
from pipeline.publishing.summary.official_tables import printed_positions
from pipeline.publishing.workbook.measure import rounded, stored
from pipeline.publishing.workbook.office import HEAD_FONT, NOTE_FILL, OfficeBook, OfficePage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from xlsxwriter.format import Format

    from pipeline.forms.form import Balance, Cell
    from pipeline.model import AgencyState
    from pipeline.publishing.summary.detail import SumColumn

YEARLY_SHEET, PERIODS_SHEET = "同比", "与上期比较"
YEARLY_HEAD = ("项目", "{now}", "{past}", "增减", "增减（%）")
_WIDTHS = [58.0, 13.0, 13.0, 13.0, 12.0]
_NOTE_ROW, _HEAD_ROW, _FIRST_ROW = 1, 2, 3
_PERCENT, _DECIMALS = "0.0%", 3
"""A share is rounded once: to what is shown of it."""
_TO_EXPLAIN, _NOT_COMPARED = "需说明", "暂不比较"
_MOST_WITHOUT = 30
"""As many agencies without last year's figures can be taken out of a sum in one formula."""


def write_yearly(book: OfficeBook, brief: Brief, columns: Mapping[str, SumColumn]) -> None:
    """Write 同比: every figure of the district, then the first headline of every agency."""
    this, past_one = brief.summary.year, period_before(brief.summary.year)
    is_yearly = kind_of(this) == "year"
    page = book.page(YEARLY_SHEET if is_yearly else PERIODS_SHEET, _WIDTHS, streamed=True)
    page.title(
        f"{brief.summary.district}{title_of(this)}与{title_of(past_one)}{'同比' if is_yearly else '比较'}（{brief.share}）"
    )
    note = _note(brief)
    past = added_up(brief.past_of(past_one).values())
    if not past:
        page.line(_NOTE_ROW, note, book.boxed(), least=24)
        return
    page.line(
        _NOTE_ROW, note, book.style(bg_color=NOTE_FILL) if "仅供参考" in note else book.style(), least=24
    )
    page.heads(_HEAD_ROW, [head.format(**brief.form.spoken) for head in YEARLY_HEAD])
    row, where, rows = _FIRST_ROW, printed_positions(brief.form), dict[str, int]()
    folds = folds_of(brief.form)
    for table in brief.form.summed_tables:
        page.line(row, table.name, book.boxed(font_name=HEAD_FONT), least=22)
        row += 1
        for cell in brief.form.cells_of(table.key):
            now = (f"={ranges([where[cell.key]])[0]}", brief.summary.totals[cell.index])
            page.height_for(row, {0: (cell.grouped_label, 1)}, least=15.5, fold=folds.get(cell.key))
            _write_line(page, row, (cell.grouped_label, cell.kind), now, past.get(cell.key))
            rows[cell.key] = row
            row += 1
    row = _write_carried(page, brief, row, rows, columns)
    _write_agencies(page, brief, columns, row)
    page.sheet.freeze_panes(_FIRST_ROW, 1)
    page.sheet.repeat_rows(_HEAD_ROW)


def _note(brief: Brief) -> str:
    """Say whose last year is known, and whether the two years speak of the same agencies."""
    past, said = period_before(brief.summary.year), brief.form.spoken
    year, both = title_of(past), "两年" if brief.form.period == "year" else "两期"
    known = set(brief.past_of(past))
    if not known:
        return f"没有{year}的数据，无从比较。导入{said['past']}数据后，这里逐项列出{said['now']}、{said['past']}和增减。"
    counted = {report.code for report in brief.summary.reports}
    if known == counted:
        return f"{both}都是这 {len(known)} 家单位的合计。{folding(brief.form)}"
    now = said["now"]
    new, gone = len(counted - known), len(known - counted)
    return (
        f"{now}汇总 {len(counted)} 家{f'，其中 {new} 家没有{year}数据' if new else ''}；"
        f"{year}有数据的 {len(known)} 家{f'，其中 {gone} 家{now}未汇总' if gone else ''}。"
        f"{both}范围不同，增减仅供参考。{folding(brief.form)}"
    )


def _write_line(
    page: OfficePage, row: int, what: tuple[str, str], now: tuple[str, Number | None], past: Number | None
) -> None:
    """Write a figure, last year's, the difference and its share; ``what`` is label and kind, ``now`` formula and result."""
    (label, kind), (formula, value) = what, now
    style, middle = page.book.figure(kind), page.book.boxed(align="center")
    page.text(row, 0, label, page.book.boxed())
    if value is None:
        page.text(row, 1, "", middle)
    else:
        page.formula(row, 1, formula, style, stored(value))
    if past is None:
        page.text(row, 2, "", middle)
    else:
        page.number(row, 2, stored(past), style)
    this, last = a1(row, 1), a1(row, 2)
    gap = None if value is None or past is None else stored(value) - stored(past)
    both = f"AND(ISNUMBER({this}),ISNUMBER({last}))"
    difference = f'=IF({both},ROUND({this}-{last},6),"{NOT_ASSESSED}")'
    page.formula(row, 3, difference, _signed(page, kind), NOT_ASSESSED if gap is None else rounded(gap, 6))
    share = f'=IF(AND({both},N({last})<>0),ROUND(({this}-{last})/N({last}),{_DECIMALS}),"{NOT_ASSESSED}")'
    part: float | str = NOT_ASSESSED
    if gap is not None and past:
        part = rounded(gap / stored(past), _DECIMALS)
    page.formula(row, 4, share, page.book.figure("count", num_format=_PERCENT), part)


def _write_carried(
    page: OfficePage, brief: Brief, row: int, rows: Mapping[str, int], columns: Mapping[str, SumColumn]
) -> int:
    """Check that the district carried over what it carried forward last year (D03); return the next row."""
    carried = [own for own in brief.form.on_summary if own.reaches_back]
    if not carried:
        return row
    page.line(
        row, f"与{brief.form.spoken['past']}衔接（汇总数）", page.book.boxed(font_name=HEAD_FONT), least=22
    )
    for balance in carried:
        row += 1
        shared = _shared(brief, balance)
        text = f"{balance.rule.condition}（{balance.subject}）" if balance.subject else balance.rule.condition
        said = f"{text}{_scope(brief, shared)}"
        page.text(row, 0, said, page.book.boxed())
        page.height_for(row, {0: (said, 1)})
        if shared.is_comparable:
            _write_balance(page, row, balance, shared, (rows, columns))
        else:
            middle = page.book.boxed(align="center")
            for column, word in enumerate(("", "", NOT_ASSESSED, _NOT_COMPARED), 1):
                page.text(row, column, word, middle)
    return row + 1


@dataclass(frozen=True, slots=True)
class _Shared:
    """What the agencies known in both years carried over, and what they had carried forward.

    ``without`` are the places in the roster of those in this year's sums that last year lacks.
    """

    count: int
    is_everybody: bool
    without: tuple[int, ...]
    now: Number
    then: Number

    @property
    def is_comparable(self) -> bool:
        return bool(self.count) and len(self.without) <= _MOST_WITHOUT


def _shared(brief: Brief, balance: Balance) -> _Shared:
    before = [this_year(key) for key in balance.right]
    past = {
        code: sum(value for value in values if value is not None)
        for code, figures in brief.past_of(period_before(brief.summary.year)).items()
        if None not in (values := [figures.get(key) for key in before])
    }
    now: dict[str, Number] = {}
    without = []
    for place, state in enumerate(brief.summary.states):
        report = state.counting.report if state.counting else None
        if report and report.code not in past:
            without.append(place)
        elif report:
            now[report.code] = sum(report.numbers[brief.form.by_key[key].index] for key in balance.left)
    return _Shared(
        len(now),
        not without and len(now) == len(past),
        tuple(without),
        sum(now.values()),
        sum(past[code] for code in now),
    )


def _scope(brief: Brief, shared: _Shared) -> str:
    """Say of which agencies the two years are compared, or why they are not, where they are not the same."""
    if shared.is_everybody:
        return ""
    if not shared.count:
        return f"\n汇总的单位都没有{title_of(period_before(brief.summary.year))}数据，暂不比较"
    if not shared.is_comparable:
        return f"\n汇总的单位有 {len(shared.without)} 家没有{title_of(period_before(brief.summary.year))}数据，暂不比较"
    return f"\n只比两年都有数据的 {shared.count} 家"


def _write_balance(
    page: OfficePage,
    row: int,
    balance: Balance,
    shared: _Shared,
    where: tuple[Mapping[str, int], Mapping[str, SumColumn]],
) -> None:
    """Write what the agencies known in both years carried over, what they had carried forward, and whether it is the same."""
    rows, columns = where
    style, middle = page.book.figure("count"), page.book.boxed(align="center")
    sums = sum_formula([("", rows[key], 1) for key in balance.left], home="")
    others = "".join(f"-N({columns[key].of(place)})" for place in shared.without for key in balance.left)
    page.formula(row, 1, f"={sums}{others}", style, stored(shared.now))
    if shared.is_everybody:
        sums = sum_formula([("", rows[this_year(key)], 2) for key in balance.right], home="")
        page.formula(row, 2, f"={sums}", style, stored(shared.then))
    else:
        page.number(row, 2, stored(shared.then), style)
    gap = shared.now - shared.then
    difference = f"=ROUND({a1(row, 1)}-{a1(row, 2)},6)"
    page.formula(row, 3, difference, _signed(page, "count"), rounded(stored(gap), 6))
    mark = f'=IF({a1(row, 3)}=0,"{HOLDS}","{_TO_EXPLAIN}")'
    page.formula(row, 4, mark, middle, _TO_EXPLAIN if gap else HOLDS)


def _signed(page: OfficePage, kind: str) -> Format:
    """Return the style of a difference."""
    return page.book.figure(
        kind, num_format="+0;-0;0" if NUMBER_KINDS[kind].is_whole else "+0.######;-0.######;0"
    )


def _write_agencies(page: OfficePage, brief: Brief, columns: Mapping[str, SumColumn], row: int) -> None:
    headline = brief.form.headlines[0]
    cell = brief.form.by_key[headline.cell]
    page.line(row, f"各单位{headline.label}", page.book.boxed(font_name=HEAD_FONT), least=22)
    last_year = brief.past_of(period_before(brief.summary.year))
    for place, state in enumerate(brief.summary.states):
        now = (f"={columns[cell.key].of(place)}", _figure(state, cell))
        past = last_year.get(state.agency.code, {}).get(cell.key)
        page.height_for(row + 1 + place, {0: (state.agency.name, 1)}, least=15.5)
        _write_line(page, row + 1 + place, (state.agency.name, cell.kind), now, past)


def _figure(state: AgencyState, cell: Cell) -> Number | None:
    return state.counting.report.numbers[cell.index] if state.counting and state.counting.report else None
