"""The ledger goes in; what waits for a person comes out, in the sentences that console, page and digest all say.

What a program must not decide alone: to send the district's figures up, to correct them, to overrule what somebody did to
a letter or to an output.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from pipeline.coordinating.todo_copies import sentences_of_copies
from pipeline.district.adjusting import form_of
from pipeline.district.folder import District
from pipeline.district.statutory_days import HOLIDAYS_AT_MOST
from pipeline.intake.fetch.inbox_folder import day_of_folder
from pipeline.ledger import Ledger, arrivals, campaign, events, letters, mailboxes, output_record
from pipeline.ledger.campaign import RunResult
from pipeline.letter import KIND_WORDS, LetterKind, LetterState
from pipeline.letters.plan import CampaignState, corrects, unsigned_delivery
from pipeline.long_lists import first_of
from pipeline.model import CHINA
from pipeline.periods import bounds_of
from pipeline.publishing.todo_book import NEW_TODO_NAME, TODO_NAME, mark_of_use
from pipeline.run import clock, lapsing, of_next_period, rejudging
from pipeline.run.clock import RECENT
from pipeline.run.letters import former_campaigns
from pipeline.run.letters.earlier import changes_since_delivery
from pipeline.wording.quotable import quoted

_AHEAD = timedelta(days=21)
"""So long after the deadline reminders are looked ahead to."""
_MOST = 10
_DOUBT_WORDS = {"deleted": "被删除", "edited": "被手工修改"}


def unread_mailbox(ledger: Ledger, district: District) -> str:
    """Say since when the mailbox has not been read, why, and what to do; empty where it has been."""
    found = mailboxes.unread(ledger, district.year)
    if found is None:
        return ""
    return (
        f"邮箱从 {found.since.astimezone(CHINA):%Y-%m-%d %H:%M} 起没有收取，这以后的来信不在各项情况里，催报的信等收取以后再发；"
        f"请按原因改好，再运行一次：{quoted(found.reason)}"
    )


def unable_to_send(ledger: Ledger, district: District) -> str:
    """Say since when no letter can leave, how many lie there, and why; empty where the server takes them, or nothing waits for it."""
    found = mailboxes.unable_to_send(ledger, district.year) if district.mail.sends else None
    left = len(letters.ready(ledger, district.year)) if found else 0
    if found is None or not left:
        return ""
    since = f"{found.since.astimezone(CHINA):%Y-%m-%d %H:%M}"
    return f"发信从 {since} 起失败，{left} 封信没有发出；请按原因改好：{quoted(found.reason)}"


def open_todo(target: Path) -> str:
    """Say that the workbook of decisions is open in a program, or was left so, and where its new state stands; empty where it is not."""
    mark = mark_of_use(target / TODO_NAME)
    if not mark and not (target / NEW_TODO_NAME).is_file():
        return ""
    left = f"；没有打开的，是上次没有正常关闭，请删去旁边的“{mark}”" if mark else ""
    return f"“{TODO_NAME}”正被其他程序打开，新的内容写在“{NEW_TODO_NAME}”，写在哪一份里的决定都照办；请关闭它{left}，然后重新运行"


def all_sentences(ledger: Ledger, district: District, target: Path, *, now: datetime) -> Iterator[str]:
    """Say first what everything else rests on, then what waits for a person; ``target`` is the year's folder."""
    if unread := unread_mailbox(ledger, district):
        yield unread
    if unable := unable_to_send(ledger, district):
        yield unable
    if ahead := clock.run_ahead(ledger, now):
        yield ahead
    yield from sentences(ledger, district, now=now)
    yield from former_campaigns.sentences(ledger, district, output_of(district, target), now=now)
    if (target / NEW_TODO_NAME).is_file():
        yield open_todo(target)
    yield from sentences_of_copies(ledger, district.year, target)


def output_of(district: District, target: Path) -> Path:
    """Return the folder in which ``target``, the year's folder, lies."""
    return target.parents[1] if district.part else target.parent


def sentences(
    ledger: Ledger,
    district: District,
    *,
    now: datetime,
    result: RunResult | None = None,
    state: CampaignState | None = None,
) -> Iterator[str]:
    """Say what waits for a person; ``result`` is what the last finished run found, if it has been looked up already.

    With ``state`` as it will be once the letters of the run that looks at it are written: what is agreed, or overtaken, by then.
    """
    found = result or campaign.last_result(ledger, district.year)
    if found and district.people.district_office_email:
        asked = _asked_by_plan(state) if state else _asked_by_letters(ledger, district, found)
        if asked:
            yield _to_release(district, asked.changes) if asked.changes else _to_sign(district, asked)
        yield from _partly_delivered(ledger, district, found)
    today = now.astimezone(CHINA).date()
    reminds = bool(found and found.record["counts"]["missing"])
    yield from _calendar(district, today, reminds=reminds)
    yield from lapsing.sentences(ledger, district, today)
    yield from rejudging.sentences(ledger, district, today)
    yield from of_next_period.sentences(ledger, district)
    yield from _off_the_roster(ledger, district, now)
    yield from _folders_ahead(ledger, district, now)
    yield from _letters(ledger, district)
    yield from _outputs(ledger, district, now)
    yield from (
        f"收到退信“{said}”，不能证实是哪一封信没有送到，请打开核对，必要时电话告知对方"
        for said in letters.unclear_bounces(ledger, district.year, now - RECENT)[-_MOST:]
    )


def is_complete(district: District, found: RunResult) -> bool:
    """Whether every agency counts."""
    return all(agency.code in found.figures for agency in district.agencies)


@dataclass(frozen=True, slots=True)
class _Due:
    """A delivery that waits for a person: ``changes``, whose and in words, must be released before it is signed."""

    is_first: bool
    changes: Sequence[tuple[str, str]] = ()


def _asked_by_letters(ledger: Ledger, district: District, found: RunResult) -> _Due | None:
    """Return what of the delivery waits for a person, by the letters that there are; None where nothing does."""
    if not is_complete(district, found):
        return None
    written = letters.of_year(ledger, district.year)
    complete = [item for item in written if item.is_of_all]
    waits = [item for item in complete if item.state in (LetterState.WAITING, LetterState.FAILED)]
    signed = {item.letter: item for item in campaign.deliveries(ledger, district.year) if item.signed_by}
    stopped = (
        signed[item.key] for item in complete if item.state is LetterState.STOPPED and item.key in signed
    )
    if any(item.key in signed for item in waits) or any(item.figures == found.figures for item in stopped):
        return None  # it is signed, or somebody does not want it to leave
    is_first = not any(item.state.is_gone for item in complete)
    if is_first or waits:
        return _Due(is_first)
    changes = changes_since_delivery(ledger, form_of(district), district, found)
    return _Due(is_first, changes) if changes else None


def _partly_delivered(ledger: Ledger, district: District, found: RunResult) -> Iterator[str]:
    """Say what became other than it was sent up, while an agency is missing: until all are there nothing else would say so."""
    if is_complete(district, found):
        return
    changes = changes_since_delivery(ledger, form_of(district), district, found, with_new=False)
    if changes:
        yield (
            f"已报送的汇总表有更正，还没有上报：{_listed(changes)}。收齐以后随汇总表一并上报；"
            f"要先报的，运行 {_command(district)}"
        )


def _asked_by_plan(state: CampaignState) -> _Due | None:
    """Return the same by the letters that are about to be written."""
    wanted = unsigned_delivery(state)
    return _Due(not corrects(state, wanted.key), wanted.corrections) if wanted else None


def _command(district: District) -> str:
    return f"nianbao deliver {district.typed} --by 姓名"


def _to_sign(district: District, asked: _Due) -> str:
    said = "已收齐，请审核、签发：看过汇总表后，" if asked.is_first else "更正已经同意，请签发："
    return f"{said}在 {TODO_NAME} 中选“签发”，或者运行 {_command(district)}，签发后才报送"


def _listed(changes: Sequence[tuple[str, str]]) -> str:
    from pipeline.publishing.summary.corrections import CHANGES_SHEET  # noqa: PLC0415 - the workbook's writer, loaded by whoever compared

    rest = f"等 {{}} 项，全部见汇总表的“{CHANGES_SHEET}”"
    return first_of([words for _, words in changes], _MOST, rest, between="；")


def _to_release(district: District, changes: Sequence[tuple[str, str]]) -> str:
    published = "，并请有关单位重新公开" if form_of(district).is_public else ""
    return (
        f"已报送的数据有更正，还没有上报：{_listed(changes)}。核实后在 {TODO_NAME} 中选“同意更正”，"
        f"或者运行 {_command(district)} --reason 更正理由；同意并签发后报【更正】{published}"
    )


def _calendar(district: District, today: date, *, reminds: bool) -> Iterator[str]:
    """Say of which year nobody has written down the days off, before it matters to reminders, and while it does to what is due."""
    near = district.calendar.doubtful_year(today, max(today, district.deadline) + _AHEAD) if reminds else None
    due = {} if district.is_closed else _due_in_unknown_years(district)
    for year in sorted({*due, *([near] if near else [])}):
        follows = ["节日前后的几天不催报，催报的信里工作日可能少算"] if year == near else []
        if year in due:
            follows.append(f"{due[year]}多容许 {HOLIDAYS_AT_MOST} 个工作日，超期的可能看不出来")
        yield (
            f"日历里没有 {year} 年的放假、调休安排：只按法定节日当天放假算，{'；'.join(follows)}。"
            f"请照国务院办公厅关于 {year} 年部分节假日安排的通知填写日历，别的年度的留着"
        )


def _due_in_unknown_years(district: District) -> dict[int, str]:
    """Return the years of the period whose days off nobody has written down, with what is due within so many workdays."""
    form, calendar = form_of(district), district.calendar
    named = "、".join(
        f"“{own.columns[own.index[rule.column]].label}”的期限（{rule.id}）"
        for own in form.registers
        for rule in own.rules
        if rule.relation == "due" and rule.id in form.basics
    )
    years = {day.year for day in bounds_of(district.year)} - calendar.known_years
    return dict.fromkeys(years, named) if named else {}


def _folders_ahead(ledger: Ledger, district: District, now: datetime) -> Iterator[str]:
    """Say which folders of the inbox are named after a day that had not come when they were first seen."""
    files: dict[tuple[str, date], int] = {}
    for path, seen in arrivals.first_seen_since(ledger, district.year, now - RECENT):
        named, day = day_of_folder(path), seen.astimezone(CHINA).date()
        if named and named.date() > day:
            about = f"{named.date()}", day
            files[about] = files.get(about, 0) + 1
    for (folder, day), count in files.items():
        yield (
            f"收件文件夹里的“{folder}”比登记的那天（{day}）还晚，这个日期没有采用，里面的 {count} 个文件按 {day} 登记；"
            "请核对文件夹的日期，以后写收到的那一天"
        )


def _off_the_roster(ledger: Ledger, district: District, now: datetime) -> Iterator[str]:
    """Say who had reported and was then taken off the roster, while that is new; who is back on it is not."""
    listed = {agency.code for agency in district.roster_agencies}
    left = {
        item.agency: item.detail
        for item in events.story(ledger, district.year, kind=events.EventKind.ROSTER_LEFT)
        if item.at > now - RECENT and item.agency not in listed
    }
    if left:
        yield (
            f"名单中少了 {len(left)} 家已经报送的单位：{'、'.join(left.values())}。它们的报送不再计入，也不再给它们写信。"
            "确已撤销的不必处理；不是有意删去的，请在名单中补回原来的一行；并入其他单位的，也补回原来的一行，写明并入哪个单位和日期"
        )


def _letters(ledger: Ledger, district: District) -> Iterator[str]:
    for item in letters.doubtful(ledger, district.year):
        folder = district.typed
        edited = (
            f"照改过的发，运行 nianbao letters {folder} --as-edited {item.handle}；"
            if item.doubt == "edited"
            else ""
        )
        yield (
            f"待发的信“{KIND_WORDS[LetterKind(item.kind)]}”（{item.subject}）在 letters 文件夹里{_DOUBT_WORDS[item.doubt]}，没有发出。"
            f"请在 {TODO_NAME} 中选；用命令的：不发了，运行 nianbao letters {folder} --stop {item.handle}；{edited}照原样发，运行 nianbao letters {folder} --restore {item.handle}"
        )


def _outputs(ledger: Ledger, district: District, now: datetime) -> Iterator[str]:
    kept = [
        item
        for item in events.story(ledger, district.year, kind=events.EventKind.OUTPUT_KEPT)
        if item.at > now - RECENT
    ]
    for item in kept[-_MOST:]:
        path, _, beside = item.detail.partition("\t")
        yield f"“{path}”被手工修改过，改过的已另存为“{beside}”，没有丢失；原处是程序写的"
    for path, beside in sorted(output_record.blocked(ledger, district.year).items()):
        yield f"“{path}”正被其他程序打开或不能改写，新的内容写在“{beside}”；请关闭它，然后重新运行"
