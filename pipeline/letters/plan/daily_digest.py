"""Where everything stands goes in; the coordinator's morning letter comes out: whom to call today, in which order, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from datetime import date

from pipeline.letter import (
    KIND_WORDS,
    AnsweredFile,
    Digest,
    Intention,
    LetterKey,
    LetterKind,
    LetterState,
    Lying,
    Occasion,
    PhoneCall,
    Plea,
)
from pipeline.letters.plan.planning_state import AgencyStanding, CampaignState, WrittenLetter, addresses
from pipeline.model import CHINA, Agency, Notice, Severity, Verdict
from pipeline.wording.quotable import quoted

_PATIENCE = 2
"""Workdays that a returned report may take before somebody calls."""
_OFTEN = 3
"""Returned so often, a call helps more than another letter."""
NOTHING_LIES = Lying()
_Ranked = tuple[int, int, PhoneCall]


def digest(state: CampaignState, waiting: Lying = NOTHING_LIES) -> list[Intention]:
    """Write to the office before each workday; once a day, however often the batch runs.

    Of a form that is collected beside another one only where there is something to say. ``waiting`` are the letters that are written and may still lie there in the morning.
    """
    to, day = state.district.people.email, state.reading_day
    if not to or not state.district.calendar.is_workday(day):
        return []
    body = morning(state, day, waiting)
    if state.district.is_second and not body.is_news:
        return []
    return [Intention(LetterKey(Occasion.DIGEST, (str(day),)), LetterKind.DIGEST, (to,), body)]


def morning(state: CampaignState, day: date, waiting: Lying = NOTHING_LIES) -> Digest:
    """Say where everything stands for those who read it on ``day``."""
    return Digest(
        day=day,
        counts=state.counts,
        left=_left(state, day, state.district.deadline),
        calls=calls(state, day),
        held=state.held,
        pleas=tuple(_pleas(state)),
        unsent=state.unsent,
        waiting=waiting.by_hand,
        put_off=waiting.put_off,
        unreachable=tuple(
            standing.agency
            for standing in state.standings
            if not (standing.counting or addresses(standing.agency))
        ),
        departed=state.departed,
        came=state.came,
        to_decide=(*state.to_decide, *state.followed, *_explained(state)),
        strange=state.strange,
        unread=state.unread,
        unable=state.unable,
    )


def calls(state: CampaignState, day: date) -> tuple[PhoneCall, ...]:
    """List whom to call: what is late first, then what keeps coming back, what no letter can reach, and what is to be verified."""
    unreached = _unreached(state)
    ranked = [
        found
        for standing in state.standings
        for found in [*_call(state, standing, day)] or _of_unreached(state, standing, day, unreached)
    ]
    calls = [call for _, _, call in sorted(ranked, key=lambda item: item[:2])]
    return (*calls, *_verified(state, {call.agency.code for call in calls}))


def _call(state: CampaignState, standing: AgencyStanding, day: date) -> Iterator[_Ranked]:
    agency = standing.agency
    left = _left(state, day, state.district.deadline_of(agency.code))
    if standing.is_missing:
        yield from _missing(state, standing, left)
    elif standing.is_returned:
        yield from _returned(state, standing, left, day)


def _unreached(state: CampaignState) -> dict[str, WrittenLetter]:
    """Return of each agency, by code, its last letter where that was refused."""
    silent = (LetterState.WITHDRAWN, LetterState.STOPPED)
    last = {item.agency: item for item in state.written if item.agency and item.state not in silent}
    return {code: item for code, item in last.items() if item.is_refused}


def _of_unreached(
    state: CampaignState, standing: AgencyStanding, day: date, unreached: Mapping[str, WrittenLetter]
) -> Iterator[_Ranked]:
    """Tell an agency what its last letter says that did not reach it."""
    agency = standing.agency
    letter = unreached.get(agency.code)
    if letter:
        why = _sentence(
            f"发给 {'、'.join(letter.to)} 的信没有送到（{KIND_WORDS[letter.kind]}），请电话告知，核实邮箱",
            f"打过电话的，运行 {state.district.command('send')} --by-hand --agency {agency.code} 记下",
        )
        yield 3, _left(state, day, state.district.deadline_of(agency.code)), PhoneCall(agency, why)


def _verified(state: CampaignState, called: Collection[str]) -> Iterator[PhoneCall]:
    """Ask the agencies that are not ``called`` anyhow whether what waits for a person is theirs, and holds.

    Of a file of nobody that is the agency whose mailbox sent it, of a body that is part of another one now that one.
    """
    files: dict[str, tuple[Agency, list[str]]] = {}
    for item in state.held:
        whom = state.district.body_now(item.agency) or item.sent_by
        if whom and whom.code not in called:
            files.setdefault(whom.code, (whom, []))[1].append(f"《{quoted(item.name)}》")
    for whom, names in files.values():
        yield PhoneCall(whom, f"核实收到的{''.join(names)}。")


def _missing(state: CampaignState, standing: AgencyStanding, left: int) -> Iterator[_Ranked]:
    agency = standing.agency
    what = "只有待核实的文件，还不能算报送" if standing.is_doubtful else "未报送"
    soon = max(state.district.calendar.remind_days_before, default=0)
    if left <= soon:
        why = _sentence(what, _time_left(left), _reminded(state, agency), _reach(state, agency))
        yield 0 if left < 0 else 4, left, PhoneCall(agency, why)


def _reminded(state: CampaignState, agency: Agency) -> str:
    """Say how often an agency was reminded, by the count of its letters."""
    had = state.reminded_by_now(agency)
    waits = agency.code in state.reminding and not state.leaves_now
    said = [f"已催报 {had} 次"] if had else []
    said += [f"第 {had + 1} 次催报的信已写好"] if waits else []
    return "，".join(said)


def _returned(state: CampaignState, standing: AgencyStanding, left: int, day: date) -> Iterator[_Ranked]:
    latest = standing.latest
    if latest is None:
        return
    since = _returned_on(state, latest)
    waited = state.district.calendar.workdays_between(since, day)
    if latest.awaits_approval:
        return  # all is explained: it is the office's turn
    wrong = (item for item in latest.notices if item.severity == Severity.ERROR and not item.pleaded)
    problem = next((_fault(item) for item in wrong), "")
    why = _sentence(
        f"第 {latest.version} 次报送{since.month}月{since.day}日退回",
        "还没有重报" if waited > 1 else "",
        "之后收到待核实的文件" if standing.is_doubtful else "",
        _time_left(left),
        f"主要问题：{problem}" if problem else "",
        _reach(state, standing.agency, latest),
    )
    clerk, owner = latest.clerk, standing.agency
    reached = replace(
        owner, contact=owner.contact or clerk.get("contact", ""), phone=owner.phone or clerk.get("phone", "")
    )
    call = PhoneCall(reached, why)
    if left < 0:
        yield 1, left, call
    elif latest.version >= _OFTEN or waited > _PATIENCE:
        yield 2, -latest.version, call
    elif not _is_reachable(state, standing.agency, latest):
        yield 3, left, call


def _pleas(state: CampaignState) -> Iterator[Plea]:
    """Yield what agencies explained and the coordinator has to decide; once for each rule."""
    for standing in state.standings:
        if standing.latest and standing.latest.verdict is Verdict.RETURNED:
            explained = {item.code: item for item in reversed(standing.latest.notices) if item.pleaded}
            for rule, item in explained.items():
                yield Plea(standing.agency, rule, _fault(item), item.pleaded)


def _explained(state: CampaignState) -> Iterator[str]:
    """Say what agencies wrote of reports that count, where somebody is to confirm it before they are published; once for each rule."""
    for standing in state.standings:
        for rule, item in {item.code: item for item in reversed(standing.explained)}.items():
            yield (
                f"{standing.agency.name}（{rule}）作了说明，内容没有改，公布前请核对：{_fault(item)}；单位说明：{item.pleaded}。"
                "核对无误的，在 待办.xlsx 的“待决定”里选“核对无误，可以公布”；要对方改的，在“其他决定”里选“退回重报”"
            )


def _sentence(*parts: str) -> str:
    return "；".join(part for part in parts if part) + "。"


def _time_left(left: int) -> str:
    if left < 0:
        return f"已超过截止日期 {-left} 个工作日"
    return f"还有 {left} 个工作日截止" if left else "今天是最后一个工作日"


def _fault(item: Notice) -> str:
    """Say where and what, without what to do: that is for the agency."""
    return item.message.removesuffix("。").removesuffix(f"；{item.hint}")


def _returned_on(state: CampaignState, latest: AnsweredFile) -> date:
    """Return the day of the letter that says so; where none can be written, of the file's arrival; else it is this run's."""
    days = [item.day for item in state.written if _returns(item, latest)]
    if days:
        return max(days)
    is_of_this_run = latest.agency and _is_reachable(state, latest.agency, latest)
    arrived = None if is_of_this_run else latest.received_at
    return arrived.astimezone(CHINA).date() if arrived else state.today


def _returns(item: WrittenLetter, latest: AnsweredFile) -> bool:
    return item.kind is LetterKind.RETURNED and item.sha256 == latest.sha256


def _is_reachable(state: CampaignState, agency: Agency, latest: AnsweredFile | None = None) -> bool:
    """Whether letters to an agency have somewhere to go: its mailbox on the roster, or the one its file came from."""
    answered = latest and (
        any(item.sha256 == latest.sha256 and item.sender for item in state.arrivals)
        or any(_returns(item, latest) for item in state.written)
    )
    return bool(addresses(agency) or answered)


def _reach(state: CampaignState, agency: Agency, latest: AnsweredFile | None = None) -> str:
    """Say why letters do not reach an agency, if they do not."""
    refused = next((item for item in state.written if item.is_refused and item.agency == agency.code), None)
    if refused:
        return f"发给 {'、'.join(refused.to)} 的信被退回，请核实邮箱"
    if not _is_reachable(state, agency, latest):
        return "名单中没有邮箱，信发不到，请电话告知"
    return ""


def _left(state: CampaignState, day: date, deadline: date) -> int:
    """Count the workdays up to ``deadline``; negative: since it."""
    calendar = state.district.calendar
    return (
        calendar.sure_workdays_between(day, deadline)
        if day <= deadline
        else -max(1, calendar.sure_workdays_between(deadline, day))
    )
