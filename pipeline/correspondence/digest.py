"""Where everything stands goes in; the coordinator's morning letter comes out: whom to call today, in which order, and why."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from pipeline.correspondence.state import Standing, State, addresses
from pipeline.model import CHINA, Agency, Severity
from pipeline.post import Call, Digest, Intention, LetterKind

_PATIENCE = 2
"""Workdays that a returned report may take before somebody calls."""
_OFTEN = 3
"""Returned so often, a call helps more than another letter."""
_Ranked = tuple[int, int, Call]


def digest(state: State) -> list[Intention]:
    """Write to the office before each workday; once a day, however often the batch runs."""
    to, day = state.district.people.email, state.reading_day
    if not to or not state.district.calendar.is_workday(day):
        return []
    body = Digest(
        day=day,
        counts=state.counts,
        left=_left(state, day, state.district.deadline),
        calls=calls(state, day),
        held=state.held,
        unsent=state.unsent,
        came=state.came,
    )
    return [Intention(f"digest:{day}", LetterKind.DIGEST, (to,), body)]


def calls(state: State, day: date) -> tuple[Call, ...]:
    """List whom to call: what is late first, then what keeps coming back, then what no letter can reach."""
    ranked = [found for standing in state.standings for found in _call(state, standing, day)]
    return tuple(call for _, _, call in sorted(ranked, key=lambda item: item[:2]))


def _call(state: State, standing: Standing, day: date) -> Iterator[_Ranked]:
    agency = standing.agency
    left = _left(state, day, state.district.deadline_of(agency.code))
    if standing.is_missing:
        yield from _missing(state, standing, left)
    elif standing.is_returned:
        yield from _returned(state, standing, left, day)


def _missing(state: State, standing: Standing, left: int) -> Iterator[_Ranked]:
    agency = standing.agency
    what = "只有一份待核实的文件（见下），还不能算报送" if standing.has_held else "未报送"
    soon = max(state.district.calendar.remind_days_before, default=0)
    reminded = state.reminded(agency)
    told = f"，已催报 {reminded} 次" if reminded else ""
    if left < 0:
        yield 0, left, Call(agency, f"{what}，已超过截止日期 {-left} 个工作日{told}。{_reach(state, agency)}")
    elif left <= soon:
        yield 4, left, Call(agency, f"{what}，还有 {left} 个工作日截止{told}。{_reach(state, agency)}")


def _returned(state: State, standing: Standing, left: int, day: date) -> Iterator[_Ranked]:
    latest = standing.latest
    if latest is None:
        return
    problem = next(
        (item.fault or item.message for item in latest.notices if item.severity == Severity.ERROR), ""
    )
    why = f"第 {latest.version} 次报送退回后没有再报" + (f"，主要问题：{problem}" if problem else "")
    calendar = state.district.calendar
    waited = (
        calendar.workdays_between(latest.received_at.astimezone(CHINA).date(), day)
        if latest.received_at
        else 0
    )
    agency = standing.agency
    if left < 0:
        yield 1, left, Call(agency, f"{why}；已超过截止日期 {-left} 个工作日。{_reach(state, agency)}")
    elif latest.version >= _OFTEN or waited > _PATIENCE:
        yield 2, -latest.version, Call(agency, f"{why}；还有 {left} 个工作日截止。{_reach(state, agency)}")
    elif not _can_be_told(standing):
        yield 3, left, Call(agency, f"{why}；{_reach(state, agency)}")


def _can_be_told(standing: Standing) -> bool:
    return bool(addresses(standing.agency) or (standing.latest and standing.latest.sender))


def _reach(state: State, agency: Agency) -> str:
    """Say why letters do not reach an agency, if they do not."""
    refused = next((item for item in state.written if item.is_refused and item.agency == agency.code), None)
    if refused:
        return f"发给 {'、'.join(refused.to)} 的信被退回，请核实邮箱。"
    if not addresses(agency):
        return "名单中没有邮箱，信发不到，请电话告知。"
    return ""


def _left(state: State, day: date, deadline: date) -> int:
    """Count the workdays up to ``deadline``; negative: since it."""
    calendar = state.district.calendar
    return (
        calendar.workdays_between(day, deadline)
        if day <= deadline
        else -max(1, calendar.workdays_between(deadline, day))
    )
