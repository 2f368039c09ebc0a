"""The findings of the year go in; 问题与说明, a list that can be read out on the phone, comes out.

What is open or was explained stands first: of each agency the findings of the version that counts, else of the latest.
Files that a person must look at, what earlier versions had, the exceptions, and files that are none stand apart below.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipeline.model import CHINA, Assessment, Decision, DecisionKind, Notice, Severity, Verdict
from pipeline.publishing.states import shown
from pipeline.publishing.summary.brief import Brief
from pipeline.publishing.workbook.office import HEAD_FONT, NOTE_FILL, STATE_FILLS, OfficeBook, OfficePage
from pipeline.wording.grouping import GroupedNotice, group_notices
from pipeline.wording.messages import AWAITING, SEVERITY_WORDS, VERDICT_WORDS, decision_words
from pipeline.wording.personal_numbers import without_persons

if TYPE_CHECKING:
    from xlsxwriter.format import Format

    from pipeline.forms.form import Form
    from pipeline.model import AgencyState

FINDINGS_SHEET = "问题与说明"
FINDINGS_HEAD = (
    "序号", "单位", "文件", "第几次", "级别", "处理情况", "位置", "现值", "应为", "问题", "怎么改", "说明、例外",
)  # fmt: skip
WAIVERS_HEAD = ("序号", "单位", "理由", "", "", "", "规则", "批准人", "准予日期", "有效期")
DECISIONS_HEAD = ("序号", "单位、文件", "理由", "", "", "", "决定", "决定人", "日期")
DISMISSALS_HEAD = ("序号", "文件", "理由", "", "", "", "结论", "核实人", "核实日期")
TO_MEND, TO_EXPLAIN, TO_DECIDE, TO_APPROVE = "待改", "待说明", "待核实", AWAITING
EXPLAINED, EXCEPTED, MENDED, NOTED = "已说明", "准予例外", "已改正", "无需处理"
NOT_ASKED = "不用说明"
"""Of a warning that asks for no reason: letter and 问题清单 say so."""
REPLACED = "已被后来的报送代替"
_APART = (DecisionKind.WAIVE, DecisionKind.DISMISS)
"""Listed with what only they have."""
_OPEN = (TO_MEND, TO_EXPLAIN, TO_DECIDE, TO_APPROVE, NOT_ASKED)
"""Whose remedy is shown, in the version that describes the agency."""
_WIDTHS = [5.0, 24.0, 22.0, 6.5, 6.5, 9.5, 25.0, 11.0, 11.0, 34.0, 31.0, 20.0]
_REASON, _REASON_ACROSS = 2, 4
_HEAD_ROW, _FIRST_ROW = 1, 2


@dataclass(frozen=True, slots=True)
class ProblemLine:
    """A problem of a submission, and what became of it."""

    submission: Assessment
    group: GroupedNotice
    state: str


def current_lines(brief: Brief) -> Iterator[ProblemLine]:
    """Yield what was found in the version that describes each agency, in roster order, errors first."""
    for state in brief.summary.states:
        item = shown(state)
        if item and item.verdict is not Verdict.HELD:
            for group in group_notices(_notices(brief, item)):
                yield ProblemLine(item, group, _state(brief, item, group.notice))


def held_lines(brief: Brief) -> Iterator[ProblemLine]:
    """Yield for each file that waits for a person why it does; its figures are nobody's yet."""
    for item in brief.summary.held_files:
        for group in group_notices(_notices(brief, item))[:1]:
            yield ProblemLine(item, group, TO_DECIDE)


def past_lines(brief: Brief) -> Iterator[ProblemLine]:
    """Yield what was found in the other versions of the agencies, and whether it has been mended since."""
    for state in brief.summary.states:
        now = shown(state)
        for item in state.versions:
            if now is None or item is now or item.verdict is Verdict.HELD:
                continue
            for group in group_notices(_notices(brief, item)):
                if group.notice.severity != Severity.INFO:
                    yield ProblemLine(
                        item, group, _became(brief, _overtaking(state, item, now), item, group.notice)
                    )


def _overtaking(state: AgencyState, item: Assessment, now: Assessment) -> Assessment | None:
    """Return the version that takes the place of ``item``: the one that is shown, of later ones the newest that is nobody's doubt."""
    if (item.word, item.version) < (now.word, now.version):
        return now
    later = [each for each in state.versions if each.verdict is not Verdict.HELD]
    newest = max(later, key=lambda each: (each.word, each.version))
    return None if newest is item else newest


def _became(brief: Brief, newer: Assessment | None, item: Assessment, notice: Notice) -> str:
    """Say what became of a finding of ``item``, whose place a ``newer`` version takes, if any does."""
    if newer is None:
        return _state(brief, item, notice)
    still = {_problem(other) for other in _notices(brief, newer)}
    return _replaced(_state(brief, newer, notice)) if _problem(notice) in still else MENDED


def write_findings(book: OfficeBook, brief: Brief) -> None:
    """Write 问题与说明."""
    page = book.page(FINDINGS_SHEET, _WIDTHS, landscape=True, streamed=True)
    page.title(f"{brief.title}问题与说明", height=28)
    page.heads(_HEAD_ROW, FINDINGS_HEAD)
    row = _write_lines(page, brief, _FIRST_ROW, current_lines(brief))
    page.sheet.autofilter(_HEAD_ROW, 0, row - 1, len(_WIDTHS) - 1)
    page.sheet.freeze_panes(_FIRST_ROW, 2)
    page.sheet.repeat_rows(_HEAD_ROW)
    for caption, lines in (
        ("待核实的文件", held_lines(brief)),
        ("其他各次报送的问题（已被后来的报送代替，或没有采用）", past_lines(brief)),
    ):
        _caption(page, row + 1, caption)
        row = _write_lines(page, brief, row + 2, lines)
    row = _write_dismissals(page, brief, _write_waivers(page, brief, row + 1))
    _write_other_decisions(page, brief, row)


def _notices(brief: Brief, item: Assessment) -> Sequence[Notice]:
    return brief.notices.get(item.key, ())


def _problem(notice: Notice) -> tuple[str, str | None]:
    return notice.code, notice.key or notice.sheet


def _state(brief: Brief, item: Assessment, notice: Notice) -> str:
    """Say what became of a finding of the version that counts, or of what the agency is to mend."""
    if notice.severity == Severity.INFO:
        return NOTED
    if _exceptions(brief, item, notice):
        return EXCEPTED
    if notice.pleaded:
        return TO_APPROVE
    if notice.severity == Severity.ERROR:
        return TO_MEND
    if _explanation(item, notice):
        return EXPLAINED
    is_asked = notice.in_doubt or (item.verdict is Verdict.RETURNED and not brief.form.sections)
    return TO_EXPLAIN if is_asked else NOT_ASKED


def _replaced(state: str) -> str:
    """What is open is open in the version that counts, where it is listed; here it is not asked again."""
    return REPLACED if state in _OPEN else state


def _explanation(item: Assessment, notice: Notice) -> str:
    """Return what the clerk wrote beside the check."""
    said = (
        found.explanation for found in item.findings if (found.code, found.key) == (notice.code, notice.key)
    )
    return next(filter(None, said), "")


def _exceptions(brief: Brief, item: Assessment, notice: Notice) -> list[str]:
    """Return the reasons of the exceptions that were granted."""
    agency = item.submission.agency
    return [
        waiver.reason
        for waiver in brief.background.decided(DecisionKind.WAIVE)
        if agency and (waiver.agency, waiver.rule) == (agency.code, notice.code)
    ]


def _write_lines(page: OfficePage, brief: Brief, row: int, lines: Iterable[ProblemLine]) -> int:
    """Write a block; return the row below it."""
    first = row
    for line in lines:
        _write_line(page, brief, row, row - first + 1, line)
        row += 1
    if row == first:
        page.line(row, "没有。", page.book.boxed(), least=20)
        row += 1
    return row


def _write_line(page: OfficePage, brief: Brief, row: int, number: int, line: ProblemLine) -> None:
    item, notice, submission = line.submission, line.group.notice, line.submission.submission
    answers = [f"单位说明：{_explanation(item, notice)}"] if _explanation(item, notice) else []
    answers += [f"准予例外：{reason}" for reason in _exceptions(brief, item, notice)]
    texts = {
        1: submission.agency.name if submission.agency else "（无法确认单位）",
        2: without_persons(submission.file),
        6: _where(brief.form, line.group),
        7: notice.actual or "",
        8: notice.expected or "",
        9: notice.fault or notice.message,
        10: (notice.hint or "") if line.state in _OPEN else "",
        11: "\n".join(answers),
    }
    middle = page.book.boxed(align="center")
    page.number(row, 0, number, middle)
    for column, text in texts.items():
        page.text(row, column, text, page.book.boxed())
    if item.version:
        page.number(row, 3, item.version, middle)
    else:
        page.text(row, 3, "", middle)
    page.text(row, 4, SEVERITY_WORDS[notice.severity], middle)
    page.text(row, 5, line.state, _state_style(page.book, line))
    page.height_for(row, {column: (text, 1) for column, text in (texts | {5: line.state}).items()})


def _caption(page: OfficePage, row: int, text: str) -> None:
    page.line(row, text, page.book.style(font_name=HEAD_FONT, font_size=12, valign="bottom"), least=30)


def _write_waivers(page: OfficePage, brief: Brief, row: int) -> int:
    """Write the exceptions; return the row below them."""
    waivers = brief.background.decided(DecisionKind.WAIVE)
    _caption(page, row, "准予的例外")
    if not waivers:
        page.line(row + 1, "没有。", page.book.boxed(), least=20)
        return row + 2
    _write_waiver(page, row + 1, WAIVERS_HEAD[0], WAIVERS_HEAD[1:], page.book.head())
    for number, waiver in enumerate(waivers, 1):
        line = (
            _whose(brief, waiver), waiver.reason, "", "", "", waiver.rule, waiver.person, _day(waiver),
            _validity(waiver),
        )  # fmt: skip
        _write_waiver(page, row + 1 + number, number, line, page.book.boxed())
    return row + 2 + len(waivers)


def _validity(waiver: Decision) -> str:
    """Say for how long an exception holds: what was granted of figures that a person saw holds for these alone."""
    if waiver.until:
        return f"{waiver.until:%Y-%m-%d}"
    return "只对看到的数" if waiver.seen else "长期"


def _write_dismissals(page: OfficePage, brief: Brief, row: int) -> int:
    """List the files that a person found to be no submission, where there are any; return the row below them."""
    decided = brief.background.decided(DecisionKind.DISMISS)
    dismissals = [item for item in decided if not item.is_by_program]
    if not dismissals:
        return row
    _caption(page, row + 1, "经核实不是报送的文件")
    _write_waiver(page, row + 2, DISMISSALS_HEAD[0], DISMISSALS_HEAD[1:], page.book.head())
    for number, item in enumerate(dismissals, 1):
        verdict = VERDICT_WORDS[Verdict.NOT_A_SUBMISSION]
        line = (without_persons(item.file), item.reason, "", "", "", verdict, item.person, _day(item))
        _write_waiver(page, row + 2 + number, number, line, page.book.boxed())
    return row + 3 + len(dismissals)


def _write_other_decisions(page: OfficePage, brief: Brief, row: int) -> None:
    """List what else was decided, where anything was."""
    others = brief.background.decided(*(kind for kind in DecisionKind if kind not in _APART))
    if not others:
        return
    _caption(page, row + 1, "其他决定")
    _write_waiver(page, row + 2, DECISIONS_HEAD[0], DECISIONS_HEAD[1:], page.book.head())
    for number, item in enumerate(others, 1):
        line = (_whose(brief, item), item.reason, "", "", "", decision_words(item), item.person, _day(item))
        _write_waiver(page, row + 2 + number, number, line, page.book.boxed())


def _whose(brief: Brief, item: Decision) -> str:
    names = {state.agency.code: state.agency.name for state in brief.summary.states}
    return "　".join(part for part in (names.get(item.agency, item.agency), item.file) if part)


def _day(item: Decision) -> str:
    return f"{item.given_at.astimezone(CHINA):%Y-%m-%d}"


def _write_waiver(page: OfficePage, row: int, number: int | str, line: Sequence[str], style: Format) -> None:
    """Write a line of the exceptions or of the files that are none; the reason has the width of several columns."""
    page.height_for(row, {1: (line[0], 1), _REASON: (line[_REASON - 1], _REASON_ACROSS)}, least=22)
    if isinstance(number, int):
        page.number(row, 0, number, style)
    else:
        page.text(row, 0, number, style)
    for column, text in enumerate(line, 1):
        if column <= _REASON or column >= _REASON + _REASON_ACROSS:
            page.text(row, column, text, style, across=_REASON_ACROSS if column == _REASON else 1)


def _where(form: Form, group: GroupedNotice) -> str:
    """Name the item too, where the finding speaks of one figure."""
    cell = form.by_key.get(group.notice.key or "")
    return f"{group.where}\n{cell.short_label}" if cell and group.count == 1 else group.where


def _state_style(book: OfficeBook, line: ProblemLine) -> Format:
    fills: Mapping[str, str] = {
        TO_MEND: STATE_FILLS[Verdict.RETURNED],
        TO_EXPLAIN: NOTE_FILL,
        TO_DECIDE: STATE_FILLS[Verdict.HELD],
        TO_APPROVE: STATE_FILLS[Verdict.HELD],
    }
    return book.filled(fills.get(line.state), align="center")
