"""The accepted versions and the figures last delivered go in; 版本与更正, who corrected which figure, comes out.

Drafts that were returned, and files of which nobody knows whose they are, have corrected nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.forms.values.numbers import NUMBER_KINDS
from pipeline.model import CHINA, Number, a1
from pipeline.publishing.cell_values import seen_value
from pipeline.publishing.summary.brief import Brief
from pipeline.publishing.workbook.measure import rounded, stored
from pipeline.publishing.workbook.office import HEAD_FONT, OfficeBook, OfficePage
from pipeline.wording.messages import VERDICT_WORDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from pipeline.forms.form import Cell, Entry, Form
    from pipeline.model import Agency, AgencyState, Assessment, Report
    from pipeline.publishing.summary.background import Delivered, Figures, PastFigures

    Followed = Mapping[str, Sequence[tuple[datetime, PastFigures]]]

CHANGES_SHEET = "版本与更正"
CHANGES_HEAD = ("序号", "单位名称", "项目", "原数", "现数", "增减", "说明")
_NOTHING_FOLLOWED: Followed = {}
_NEW = "上次没有汇总，本次新增"
_HEAD_ROW = 2
"""Of the first block; it repeats on every page, and the second block has the same."""
_WIDTHS = [6.0, 32.0, 48.0, 12.0, 12.0, 12.0, 34.0]


@dataclass(frozen=True, slots=True)
class FigureChange:
    """One figure of an agency that became another, or, without a cell, an agency that came or went."""

    agency: str
    note: str
    cell: Cell | None = None
    old: Number | None = None
    new: Number | None = None

    @property
    def is_growth(self) -> bool:
        """Whether nothing that was delivered became another: an agency came."""
        return self.note == _NEW


@dataclass(frozen=True, slots=True)
class ValueChange:
    """One value of an agency, of an entry or in a table, that became another."""

    agency: str
    note: str
    value: Entry
    old: str
    new: str


def since(
    form: Form,
    delivered: Delivered,
    agencies: Iterable[tuple[Agency, Figures | None]],
    roster: Iterable[Agency] = (),
) -> Iterator[FigureChange]:
    """Yield what differs from ``delivered``: the agencies in order, with what counts of each, then those that are gone.

    ``roster`` are all bodies that are known; one of them that is gone has become part of another.
    """
    gone = dict(delivered.names)
    for agency, now in agencies:
        gone.pop(agency.code, None)
        before = delivered.figures.get(agency.code)
        if before is None and now:
            yield FigureChange(agency.name, _NEW)
        elif before is not None and not now:
            yield FigureChange(agency.name, "上次已汇总，本次没有汇总")
        elif before is not None and now:
            for cell, old, new in zip(form.cells, before, now, strict=True):
                if old != new:
                    yield FigureChange(agency.name, "", cell, old, new)
    known = {agency.code: agency for agency in roster}
    for code, name in gone.items():
        yield FigureChange(name, _why_gone(known, code))


def _why_gone(known: Mapping[str, Agency], code: str) -> str:
    """Say why a body is in the sums no more: it is off the roster, or the report of the whole has replaced its own."""
    agency = known.get(code)
    if agency is None:
        return "上次已汇总，现不在名单中，数据不再计入"
    into = known.get(agency.merged_into)
    return f"上次已汇总，现已并入{into.name if into else agency.merged_into}，由其合并报送，不再单独计入"


def _since_delivery(brief: Brief) -> Iterator[FigureChange]:
    delivered = brief.background.delivered
    reports = (
        (state.agency, state.counting.report.numbers if state.counting and state.counting.report else None)
        for state in brief.summary.states
    )
    roster = (state.agency for state in (*brief.summary.states, *brief.summary.merged))
    return since(brief.form, delivered, reports, roster) if delivered else iter(())


def between_versions(
    form: Form, states: Iterable[AgencyState], followed: Followed = _NOTHING_FOLLOWED
) -> Iterator[FigureChange | ValueChange]:
    """Yield the figures, then the values, that differ between one accepted version of an agency and the next, and within one that followed a register."""
    public = [value for value in form.valued_entries if not value.personal]
    for state in states:
        for item, _ in _accepted(state):
            yield from _within(form, state.agency, item, followed.get(item.submission.sha256, ()))
        for (earlier, before), (later, after) in pairwise(_accepted(state)):
            note = f"{_called(earlier)} → {_called(later)}"
            for cell, old, new in zip(form.cells, before.numbers, after.numbers, strict=True):
                if old != new:
                    yield FigureChange(state.agency.name, note, cell, old, new)
            for value in public:
                was, became = seen_value(value, before), seen_value(value, after)
                if was != became:
                    yield ValueChange(state.agency.name, note, value, was, became)


def _within(
    form: Form, agency: Agency, version: Assessment, course: Sequence[tuple[datetime, PastFigures]]
) -> Iterator[FigureChange]:
    for (_, before), (at, after) in pairwise(course):
        note = f"第 {version.version} 次　按台账，台账更正（{at.astimezone(CHINA):%Y-%m-%d}）"
        for cell in form.cells:
            old, new = before.get(cell.key), after.get(cell.key)
            if old is not None and new is not None and old != new:
                yield FigureChange(agency.name, note, cell, old, new)


def _accepted(state: AgencyState) -> list[tuple[Assessment, Report]]:
    return [(item, item.report) for item in state.versions if item.verdict.is_acceptance and item.report]


def _called(version: Assessment) -> str:
    return f"第 {version.version} 次（{VERDICT_WORDS[version.verdict]}）"


def write_changes(book: OfficeBook, brief: Brief) -> None:
    """Write 版本与更正."""
    page = book.page(CHANGES_SHEET, _WIDTHS, landscape=True, streamed=True)
    page.title(f"{brief.title}版本与更正（{brief.share}）")
    delivered = brief.background.delivered
    if delivered:
        at = delivered.at.astimezone(CHINA)
        caption = f"一、与上次报送的汇总表（{at:%Y-%m-%d %H:%M}）相比"
        none = "没有变化。"
    else:
        caption, none = "一、与上次报送的汇总表相比", "还没有报送过汇总表，无从比较。"
    row = _write_block(page, 1, caption, _since_delivery(brief), none)
    versions = between_versions(brief.form, brief.summary.states, brief.background.followed)
    page.sheet.repeat_rows(_HEAD_ROW)
    _write_block(page, row, "二、各单位合格后又更正的数字", versions, "没有单位在合格后更正过数字。")


def _write_block(
    page: OfficePage, row: int, caption: str, changes: Iterable[FigureChange | ValueChange], none: str
) -> int:
    page.line(row, caption, page.book.style(font_name=HEAD_FONT, font_size=12, valign="bottom"), least=30)
    page.heads(row + 1, CHANGES_HEAD)
    row += 2
    number = 0
    for number, change in enumerate(changes, 1):
        if isinstance(change, ValueChange):
            _write_value(page, row, number, change)
        else:
            _write_change(page, row, number, change)
        row += 1
    if not number:
        page.line(row, none, page.book.boxed(), least=22)
        row += 1
    return row + 1


def _write_value(page: OfficePage, row: int, number: int, change: ValueChange) -> None:
    shown = change.value.value.shown
    words = (
        change.agency, change.value.label, shown(change.old) or "空", shown(change.new) or "空", "", change.note,
    )  # fmt: skip
    page.height_for(row, {column: (text, 1) for column, text in enumerate(words, 1)})
    page.number(row, 0, number, page.book.boxed(align="center"))
    for column, text in enumerate(words, 1):
        page.text(row, column, text, page.book.boxed())


def _write_change(page: OfficePage, row: int, number: int, change: FigureChange) -> None:
    middle, label = page.book.boxed(align="center"), change.cell.grouped_label if change.cell else ""
    page.height_for(row, {1: (change.agency, 1), 2: (label, 1), 6: (change.note, 1)})
    page.number(row, 0, number, middle)
    page.text(row, 1, change.agency, page.book.boxed())
    page.text(row, 2, label, page.book.boxed())
    kind = change.cell.kind if change.cell else "count"
    for column, value in ((3, change.old), (4, change.new)):
        if value is None:
            page.text(row, column, "空" if change.cell else "", middle)
        else:
            page.number(row, column, stored(value), page.book.figure(kind))
    if change.old is None or change.new is None:
        page.text(row, 5, "", middle)
    else:
        formula = f"=ROUND({a1(row, 4)}-{a1(row, 3)},6)"
        signed = page.book.figure(
            kind, num_format="+0;-0;0" if NUMBER_KINDS[kind].is_whole else "+0.######;-0.######;0"
        )
        page.formula(row, 5, formula, signed, rounded(stored(change.new) - stored(change.old), 6))
    page.text(row, 6, change.note, page.book.boxed())
