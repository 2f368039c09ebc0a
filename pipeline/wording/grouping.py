"""Notices go in; those that say the same of several cells, or have one cause, become one.

A table left blank is one problem, not two hundred: lists that people read show groups, data files every single cell.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from pipeline.forms.values.keys import row_of
from pipeline.model import Notice, Severity
from pipeline.wording.addresses import cell_ranges, count_of_cells

_OTHERWISE = "；不是的，"
"""Behind it a hint says what holds of any value, before it what this one may have meant."""
_FEW = 3
"""Different values of which the same is asked and that are told one by one; more of them are one habit."""


@dataclass(frozen=True, slots=True)
class GroupedNotice:
    """Notices of one problem. ``notice`` stands for all, ``cells`` are the ranges of those that say the same."""

    notice: Notice
    cells: tuple[str, ...]
    count: int

    @property
    def where(self) -> str:
        """Sheet, ranges and, for several cells, how many."""
        parts = (self.notice.sheet or "", "、".join(self.cells))
        return " ".join(part for part in parts if part) + count_of_cells(self.count)


def group_notices(notices: Iterable[Notice]) -> list[GroupedNotice]:
    """Merge notices of one cause, and causes that say the same but for their cell; heaviest first, else as they first appear.

    Of warnings those come last that the workbook which goes back has mended already.
    """
    causes: dict[object, list[Notice]] = {}
    for notice in notices:
        causes.setdefault(notice.cause or _words(notice), []).append(notice)
    lines: dict[tuple[str | None, ...], list[Notice]] = {}
    for members in causes.values():
        lines.setdefault(_words(members[0]), []).extend(members)
    merged = [_merged(members) for members in _by_habit(lines.values())]
    return sorted(merged, key=_order)


def _by_habit(lines: Iterable[list[Notice]]) -> list[list[Notice]]:
    """Put the lines together that ask the same of cells of a register, each of another value, if there are many."""
    lines = list(lines)
    habits: dict[object, list[list[Notice]]] = {}
    for members in lines:
        habits.setdefault(_habit(members[0]), []).append(members)
    found: list[list[Notice]] = []
    for habit, several in habits.items():
        found += [list(chain(*several))] if habit and len(several) > _FEW else several
    return found


def _habit(notice: Notice) -> tuple[str | None, ...]:
    """Return what notices of one habit have in common: all but the value. Empty where it is of no row."""
    place = row_of(notice.key or "")
    return (notice.severity, notice.code, notice.sheet, _asked(notice), place[0]) if place else ()


def _asked(notice: Notice) -> str:
    """Return what to do, without what one value may have meant."""
    return (notice.hint or "").rpartition(_OTHERWISE)[2]


def _order(group: GroupedNotice) -> tuple[int, bool]:
    severity = Severity(group.notice.severity)
    return -severity.weight, severity is Severity.WARNING and group.notice.is_mended


def _words(notice: Notice) -> tuple[str | None, ...]:
    said = (notice.actual, notice.expected, notice.fault or notice.message, notice.hint)
    return notice.severity, notice.code, notice.sheet, *said


def _merged(members: Sequence[Notice]) -> GroupedNotice:
    first = members[0]
    if len(members) == 1 and not (first.change or first.look):
        return GroupedNotice(first, tuple(cell_ranges([first.cell])) if first.cell else (), bool(first.cell))
    same = [notice for notice in members if _words(notice) == _words(first)]
    habit = [notice for notice in members if _habit(first) and _habit(notice) == _habit(first)]
    is_habit = len({_words(notice) for notice in habit}) > _FEW
    same = habit if is_habit else same
    cells = dict.fromkeys(notice.cell for notice in same if notice.cell)
    first = replace(
        _with_others(_as_example(first) if is_habit else first, len(members) - len(same)),
        change=_all(member.change for member in members),
        look=_all(member.look for member in members),
        answered=all(member.answered for member in members),
        in_doubt=any(member.in_doubt for member in members),
    )
    return GroupedNotice(first, tuple(cell_ranges(cells)), len(cells))


def _all(parts: Iterable[Iterable[str]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(key for part in parts for key in part))


def _as_example(notice: Notice) -> Notice:
    """Say of the first of several values what is wrong with all of them."""
    if not notice.fault:
        return notice
    fault = f"各格填法不一，例如 {notice.cell}：{notice.fault}"
    actual = notice.actual and f"{notice.actual} 等"
    message = notice.message.replace(notice.fault, fault, 1).replace(notice.hint or "", _asked(notice), 1)
    return replace(notice, fault=fault, actual=actual, message=message, hint=_asked(notice) or None)


def _with_others(notice: Notice, others: int) -> Notice:
    """Say in the sentence that more checks fail for the same cause: they are no further problems."""
    if not others:
        return notice
    fault = f"{notice.fault}；由此引起的其他不符，改好后一并消除"
    return replace(notice, fault=fault, message=notice.message.replace(notice.fault, fault, 1))
