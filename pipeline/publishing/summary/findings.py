"""The findings of every submission go in; 问题清单, a list that can be read out on the phone, comes out.

Findings that differ only in their cell become one line: a table left blank is one problem, not two hundred.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.messages import SEVERITY_WORDS
from pipeline.model import Assessment, Notice, Severity, Verdict, a1
from pipeline.publishing.summary.book import HEAD_FONT, NOTE_FILL, STATE_FILLS, Book, Brief, Page

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from pipeline.forms.form import Form

FINDINGS_SHEET = "问题清单"
FINDINGS_HEAD = ("序号", "单位", "文件", "第几次", "级别", "位置", "现值", "应为", "问题", "怎么改")
_WIDTHS = [6.0, 24.0, 26.0, 7.0, 7.0, 30.0, 13.0, 13.0, 38.0, 38.0]
_HEAD_ROW, _FIRST_ROW = 1, 2
_CELL = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_LETTERS = 26


@dataclass(frozen=True, slots=True)
class GroupedNotice:
    """Notices that say the same of several cells. ``notice`` is the first of them, ``cells`` their ranges."""

    notice: Notice
    cells: tuple[str, ...]
    count: int

    @property
    def where(self) -> str:
        """Sheet, ranges and, for several cells, how many."""
        parts = [
            self.notice.sheet or "",
            "、".join(self.cells),
            f"共 {self.count} 格" if self.count > 1 else "",
        ]
        return " ".join(part for part in parts if part)


def group_notices(notices: Iterable[Notice]) -> list[GroupedNotice]:
    """Merge notices that are the same but for their cell; heaviest first, otherwise in the order of first appearance."""
    groups: dict[tuple[str | None, ...], list[Notice]] = {}
    for notice in notices:
        groups.setdefault(_cause(notice), []).append(notice)
    merged = [_merged(members) for members in groups.values()]
    return sorted(merged, key=lambda group: -Severity(group.notice.severity).weight)


def _cause(notice: Notice) -> tuple[str | None, ...]:
    said = (notice.actual, notice.expected, notice.fault or notice.message, notice.hint)
    return notice.severity, notice.code, notice.sheet, *said


def _merged(members: Sequence[Notice]) -> GroupedNotice:
    cells = dict.fromkeys(notice.cell for notice in members if notice.cell)
    return GroupedNotice(members[0], tuple(cell_ranges(cells)), len(cells))


def cell_ranges(cells: Iterable[str]) -> list[str]:
    """Join A1 addresses into rectangles, top to bottom: D8, E8, D9, E9 → D8:E9. What is no address stays as it is."""
    found = [(cell, _CELL.fullmatch(cell)) for cell in cells]
    others = [cell for cell, match in found if not match]
    points = sorted({(int(match[2]) - 1, _column(match[1])) for _, match in found if match})
    return [*(_spelled(*block) for block in _rectangles(points)), *others]


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * _LETTERS + ord(letter) - ord("A") + 1
    return number - 1


def _rectangles(points: Sequence[tuple[int, int]]) -> list[tuple[int, int, int, int]]:
    """Return (top, left, bottom, right): runs along a row, joined with the same run in the row above."""
    blocks: dict[tuple[int, int, int], tuple[int, int, int, int]] = {}
    for row, left, right in _row_runs(points):
        top = blocks.pop((row - 1, left, right), (row, left, row, right))[0]
        blocks[row, left, right] = (top, left, row, right)
    return sorted(blocks.values())


def _row_runs(points: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    start: tuple[int, int] | None = None
    for number, (row, column) in enumerate(points):
        start = start or (row, column)
        following = points[number + 1] if number + 1 < len(points) else None
        if following != (row, column + 1):
            yield row, start[1], column
            start = None


def _spelled(top: int, left: int, bottom: int, right: int) -> str:
    first, last = a1(top, left), a1(bottom, right)
    return first if first == last else f"{first}:{last}"


def write_findings(book: Book, brief: Brief) -> None:
    """Write 问题清单: submissions in roster order, those of nobody last; within one, errors first."""
    page = book.page(FINDINGS_SHEET, _WIDTHS, landscape=True)
    page.text(
        0, 0, "问题清单", book.style(font_name=HEAD_FONT, font_size=16, align="center"), across=len(_WIDTHS)
    )
    page.sheet.set_row(0, 28)
    for column, name in enumerate(FINDINGS_HEAD):
        page.text(_HEAD_ROW, column, name, book.head())
    page.sheet.set_row(_HEAD_ROW, 22)
    row = _FIRST_ROW
    for assessment in _all_submissions(brief):
        for group in group_notices(brief.notices.get(assessment.submission.sha256, ())):
            _write_finding(page, brief.form, row, assessment, group)
            row += 1
    if row == _FIRST_ROW:
        page.text(row, 0, "没有问题。", book.boxed(), across=len(_WIDTHS))
    page.sheet.autofilter(_HEAD_ROW, 0, max(row - 1, _FIRST_ROW), len(_WIDTHS) - 1)
    page.sheet.freeze_panes(_FIRST_ROW, 2)
    page.sheet.repeat_rows(_HEAD_ROW)


def _all_submissions(brief: Brief) -> Iterator[Assessment]:
    for state in brief.summary.states:
        yield from state.versions
    yield from brief.summary.unclaimed


def _write_finding(page: Page, form: Form, row: int, assessment: Assessment, group: GroupedNotice) -> None:
    notice, submission = group.notice, assessment.submission
    agency = submission.agency.name if submission.agency else "（无法确认单位）"
    texts = {
        1: agency,
        2: submission.file,
        5: _where(form, group),
        6: notice.actual or "",
        7: notice.expected or "",
        8: notice.fault or notice.message,
        9: notice.hint or "",
    }
    page.number(row, 0, row - _FIRST_ROW + 1, page.book.boxed(align="center"))
    for column, text in texts.items():
        page.text(row, column, text, page.book.boxed())
    page.text(row, 3, str(assessment.version or ""), page.book.boxed(align="center"))
    page.text(row, 4, SEVERITY_WORDS[notice.severity], _severity_style(page.book, notice.severity))
    page.height_for(row, {column: (text, 1) for column, text in texts.items()})


def _where(form: Form, group: GroupedNotice) -> str:
    """Name the item too, where the finding speaks of one figure."""
    cell = form.by_key.get(group.notice.key or "")
    return f"{group.where}\n{cell.short_label}" if cell and group.count == 1 else group.where


def _severity_style(book: Book, severity: str) -> Format:
    fills: Mapping[str, str] = {Severity.ERROR: STATE_FILLS[Verdict.RETURNED], Severity.WARNING: NOTE_FILL}
    return book.filled(fills.get(severity), align="center")
