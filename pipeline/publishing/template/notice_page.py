"""A page with notices in its content goes in; 问题清单 is written: filterable, each line leading to its (first) cell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.forms.form import Form
from pipeline.forms.formulas import quoted
from pipeline.model import Notice, Place, Severity
from pipeline.publishing.template.areas import row_height
from pipeline.publishing.template.content import Content
from pipeline.publishing.template.marks import looks_of, shortened
from pipeline.publishing.template.template_page import TemplatePage
from pipeline.publishing.workbook.measure import display_width
from pipeline.wording.addresses import spelled
from pipeline.wording.colours import colours_in_words
from pipeline.wording.grouping import GroupedNotice, group_notices
from pipeline.wording.messages import SEVERITY_WORDS

_COLUMNS = (
    ("序号", 7.0),
    ("级别", 8.0),
    ("位置", 30.0),
    ("现值", 14.0),
    ("应为", 14.0),
    ("问题", 46.0),
    ("怎么改", 42.0),
    ("处理结果", 20.0),
)
_HEAD_ROW = 2
_LONGEST_VALUE = 200
"""Characters of a cell's value that the list repeats; the value itself stands whole in its cell."""


_ANSWER = "点这里写明原因"
_NO_ANSWER: Mapping[str, str] = {Severity.ERROR: "请改正", Severity.WARNING: "请核对，不用写原因"}
_TO_CONFIRM = "请核对"
"""What stands where a reason would not be read."""
_SHOWN_ANSWER = 60
"""Characters of an explanation that the list repeats."""


def write_notices(page: TemplatePage, title: str, answers: Mapping[str, Place]) -> None:
    """Write one line for each problem, errors first. ``answers``: where 自查 takes explanations, by the id of a check."""
    groups = group_notices(page.content.notices)
    for column, (head, width) in enumerate(_COLUMNS):
        page.sheet.set_column(column, column, width)
        page.put(_HEAD_ROW, column, head, "box", "head")
    page.title(title, [width for _, width in _COLUMNS])
    colours = colours_in_words(looks_of(page.content.form, page.content.notices))
    hint = "点击“位置”转到要改的单元格。“错误”必须改正或核对；“提醒”请核实，情况属实的，点“处理结果”转到“自查”写明原因。"
    hint += f"{colours}。" if colours else ""
    page.put(1, 0, hint, "hint", width=len(_COLUMNS))
    page.sheet.set_row(1, 22)
    page.sheet.set_row(_HEAD_ROW, 26)
    for number, group in enumerate(groups, start=1):
        _write_group(page, _HEAD_ROW + number, number, group, _answer(page.content, group.notice, answers))
    page.sheet.autofilter(_HEAD_ROW, 0, _HEAD_ROW + len(groups), len(_COLUMNS) - 1)
    page.sheet.freeze_panes(_HEAD_ROW + 1, 0)
    page.sheet.repeat_rows(_HEAD_ROW)
    page.print_on_a4(landscape=True)


def _write_group(
    page: TemplatePage, row: int, number: int, group: GroupedNotice, answer: tuple[Place, str] | None
) -> None:
    notice, form = group.notice, page.content.form
    page.put(row, 0, number, "box", "centre")
    page.put(row, 1, SEVERITY_WORDS[notice.severity], "box", "centre", "bold", notice.severity)
    keys = [key for key in (*notice.change, *notice.look, notice.key or "") if form.place_of(key)]
    target = form.place_of(keys[0]) if keys else None
    where = _where(form, notice.change) if notice.change else group.where
    if target:
        page.link(row, 2, target, where, "box", "left", "link")
    else:
        page.put(row, 2, where, "box", "left")
    said = notice.fault or notice.message
    words = (
        shortened(notice.actual or "", _LONGEST_VALUE),
        shortened(notice.expected or "", _LONGEST_VALUE),
        shortened(f"{_subject(form, notice) if group.count == 1 else _shown_in(group)}{said}"),
        shortened(notice.hint or ""),
    )
    for column, text in enumerate(words, start=3):
        page.put(row, column, text, "box", "left")
    _write_answer(page, row, len(_COLUMNS) - 1, notice, answer)
    sizes = [(text, _COLUMNS[column][1]) for column, text in enumerate((where, *words), start=2)]
    page.sheet.set_row(row, row_height(*sizes, least=24))


def _answer(content: Content, notice: Notice, answers: Mapping[str, Place]) -> tuple[Place, str] | None:
    """Return where the reason for a problem is to be written, and what stands there; None where no reason helps."""
    form = content.form
    rule = form.rules_by_id.get(notice.code)
    if not rule or not (notice.severity == Severity.WARNING or rule.waivable):
        return None
    own = [
        check.id for check in form.checks.values() if check.rule.id == rule.id and check.anchor == notice.key
    ]
    name = next((name for name in (*own, rule.id) if name in answers), None)
    return (answers[name], content.explanations.get(name, "")) if name else None


def _write_answer(
    page: TemplatePage, row: int, column: int, notice: Notice, answer: tuple[Place, str] | None
) -> None:
    """Lead to where a reason is written and show it; where none helps, say so: what is written in the list nobody reads."""
    if answer is None:
        is_confirmed = notice.severity == Severity.ERROR and notice.is_mended
        words = _TO_CONFIRM if is_confirmed else _NO_ANSWER.get(notice.severity, "")
        page.put(row, column, words, "box", "left", "hint")
        return
    place, written = answer
    cell = f"{quoted(place.sheet)}!{place.cell}"
    words = f'IF(LEN(TRIM({cell}))>0,LEFT({cell},{_SHOWN_ANSWER}),"{_ANSWER}")'
    page.jump_showing(row, column, place, words, written.strip()[:_SHOWN_ANSWER] or _ANSWER, "box", "left")


def _where(form: Form, keys: Sequence[str]) -> str:
    """Say which cells are to be changed; many as the first and how many, for LibreOffice does not break the lines of a link."""
    whole = spelled(form, keys)
    return whole if display_width(whole) < _COLUMNS[2][1] else f"{form.place_of(keys[0])} 等 {len(keys)} 格"


def _shown_in(group: GroupedNotice) -> str:
    """Name the cells in which a problem shows, where others are to be changed."""
    notice = group.notice
    is_elsewhere = bool(notice.change) and notice.key not in notice.change
    return f"{'、'.join(group.cells)}：" if is_elsewhere and group.cells else ""


def _subject(form: Form, notice: Notice) -> str:
    """Name the cell of a table that a sentence speaks of; also its address, where another one is to be changed."""
    item = form.by_key.get(notice.key or "")
    named = (
        item.short_label
        if item
        else next((one.label for one in form.cell_values if one.key == notice.key), "")
    )
    if not named:
        return ""
    own = not notice.change or notice.key in notice.change
    return f"{named}：" if own else f"{notice.cell}（{named}）："
