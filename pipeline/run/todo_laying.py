"""Where everything stands goes in; 待办.xlsx lies in the year's folder, beside one that a person has open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from pipeline.coordinating.deciding import is_of_two
from pipeline.coordinating.todo import (
    ACCEPT,
    AGENCY,
    CHECKED,
    CHOICES,
    CORRECTION,
    COUNT,
    DECISION,
    DELIVERY,
    EXTEND,
    FILE,
    HANDED,
    LETTER,
    PLEA,
    POST,
    RESTORE,
    RETURN,
    STOP,
    WARNING,
    Carried,
    brought_over,
    choices_for,
    key_of,
    still_carried,
)
from pipeline.coordinating.todo_filled import shows
from pipeline.district.folder import District
from pipeline.district.workdays import spoken_date
from pipeline.forms.weighed import is_in_doubt
from pipeline.judging.rules.weighing import sign_of
from pipeline.ledger import arrivals, codes, decisions, letters
from pipeline.ledger import judged_files as standing
from pipeline.ledger.campaign import RunResult
from pipeline.ledger.judged_files import JudgedFile
from pipeline.letter import Plea
from pipeline.letters.plan import CampaignState, delivery_of_all, morning, unsigned_delivery
from pipeline.long_lists import first_of
from pipeline.machine.durable import remove
from pipeline.model import CHINA, Agency, Decision, DecisionKind, Finding, Severity, Verdict
from pipeline.periods import title_of
from pipeline.publishing.files import write_if_changed
from pipeline.publishing.todo_book import (
    NEW_TODO_NAME,
    TODO_NAME,
    Decided,
    Question,
    Todo,
    TodoCall,
    build_todo_book,
    mark_of_use,
)
from pipeline.run.lapsing import Lapse, lapses
from pipeline.run.letters.writing import LetterContext
from pipeline.run.rejudging import in_words, lost
from pipeline.versions import Versions
from pipeline.wording.doubts import ABOUT_WHOSE
from pipeline.wording.messages import decision_words, notices, word_of

_MOST_CHANGES = 10
_MOST_DIFFERENCES = 5
"""Of a published file, in one row."""
_MOST_REASONS = 4
_MOST_VERSIONS = 8
"""A drop-down holds 255 characters."""


def lay_out_todo(context: LetterContext, found: RunResult, state: CampaignState, carried: Carried) -> Carried:
    """Write the workbook, beside its place where a program has it open; return what was ``carried`` out, as it stands after this run."""
    goes_up = delivery_of_all(state)
    standing = still_carried(carried, str(goes_up.key) if goes_up else "")
    todo, still = _todo(context, found, state, standing)
    path, beside = context.target / TODO_NAME, context.target / NEW_TODO_NAME
    if shows(path, todo) or _put(path, todo):
        with suppress(PermissionError):  # it is open: what is written there is carried out next time
            remove(beside)
    elif not shows(beside, todo):
        _put(beside, todo)
    return still


def _put(path: Path, todo: Todo) -> bool:
    """Write the workbook; return whether that could be done."""
    if mark_of_use(path):
        return False
    try:
        write_if_changed(path, build_todo_book(todo))
    except PermissionError:  # Windows: a workbook that is open cannot be replaced
        return False
    return True


def _todo(
    context: LetterContext, found: RunResult, state: CampaignState, carried: Carried
) -> tuple[Todo, Carried]:
    """Return what the workbook shows, and what could not be carried out under the keys that its rows have."""
    district, day = context.district, state.reading_day
    while not district.calendar.is_workday(day):
        day += timedelta(days=1)
    today = morning(state, day)
    calls = [
        TodoCall(
            item.agency.name,
            item.agency.contact,
            item.agency.phone,
            item.why,
            state.reminded_by_now(item.agency),
        )
        for item in today.calls
    ]
    ended = [item for item in lapses(context.ledger, district, state.today) if item.is_over]
    calls += [
        TodoCall(item.agency.name, item.agency.contact, item.agency.phone, f"{item.words}，请告知。", 0)
        for item in ended
    ]
    left = in_words(district, list(lost(context.ledger, district, state.today)))
    calls += [_of_lost(district, whose, words) for whose, words in left]
    calls += _published(context, found)
    filed = standing.filed(context.ledger, district.year)
    own = standing.by_agency(filed)
    questions = [
        *_delivery(state),
        *_files(context, filed),
        *_pleas(context, today.pleas, own),
        *_warnings(context, own),
        *_letters(context),
        *_post(context),
    ]
    others, decided = list(_agencies(context, own)), list(_decided(context, own, ended))
    asked = [item.key for item in (*questions, *others)]
    keys = [*asked, *(item.key for item in decided if item.key)]
    still = brought_over(carried, keys, _names(context), _newest(own))
    todo = Todo(
        f"{district.name}{title_of(district.year)}{context.form.words.short}待办",
        spoken_date(day),
        calls,
        questions,
        others,
        decided,
        still.kept,
        still.refused,
        "。".join(said for said in (today.unread, today.unable) if said),
    )
    return todo, still


def _names(context: LetterContext) -> dict[str, str]:
    """Return what agencies are called, by code, those that have left the roster too."""
    known = codes.memory(context.ledger)
    names = {code: entries[-1].agency.name for code, entries in known.items()}
    return names | {agency.code: agency.name for agency in context.district.roster_agencies}


def _newest(own: Mapping[str, Versions[JudgedFile]]) -> dict[str, int]:
    """Return the number of what came last of each agency, or came back: what a decision about it must have known of."""
    return {
        code: max((max(item.envelope, item.word // 2) for item in versions.files), default=0)
        for code, versions in own.items()
    }


def _of_lost(district: District, whose: str, words: str) -> TodoCall:
    """Ask whose report left the sums to correct it."""
    agency = next((item for item in district.agencies if item.name == whose), None)
    contact, phone = (agency.contact, agency.phone) if agency else ("", "")
    return TodoCall(whose, contact, phone, f"{words}，请告知改正后重新报送。", 0)


def _published(context: LetterContext, found: RunResult) -> Iterator[TodoCall]:
    """Yield every published file that differs from what was accepted, or could not be compared, as the last run found it."""
    agencies = {agency.name: agency for agency in context.district.agencies}
    for item in found.record.get("published", ()):
        owner, said = item["owner"] or context.district.name, [item["refusal"]] if item["refusal"] else []
        said += [notice["message"] for notice in item["findings"]]
        said += [f"链接的文件不在旁边：{path}" for path in item["missing"]]
        agency = agencies.get(owner)
        shown = first_of(said, _MOST_DIFFERENCES, "\n等 {} 处", between="\n")
        why = f"公布的 {item['file']} 与已接受的不同或者无法核对，请改正或重新公布：\n{shown}"
        yield TodoCall(owner, agency.contact if agency else "", agency.phone if agency else "", why, 0)


def _question(key: str, whose: Agency | str, what: str, detail: str, choices: tuple[str, ...]) -> Question:
    if isinstance(whose, str):
        return Question(key, whose, "", "", what, detail, choices)
    return Question(key, whose.name, whose.contact, whose.phone, what, detail, choices)


def _delivery(state: CampaignState) -> Iterator[Question]:
    """Yield what goes up and waits for a person: to be released, or to be signed."""
    found = unsigned_delivery(state)
    if found is None:
        return
    if found.corrections:
        from pipeline.publishing.summary.corrections import CHANGES_SHEET  # noqa: PLC0415 - the workbook's writer, loaded by whoever compared

        rest = f"\n等 {{}} 项，全部见汇总表的“{CHANGES_SHEET}”"
        detail = first_of([words for _, words in found.corrections], _MOST_CHANGES, rest, between="\n")
        what, kind = "更正已经报送的数据", CORRECTION
    else:
        what, kind = "报送汇总表", DELIVERY
        detail = "看过汇总表以后选“签发”，在“决定人”写明谁审核同意；签发以后才报给上级办公室。"
    yield _question(key_of(kind, str(found.key)), state.district.name, what, detail, CHOICES[kind])


def _files(context: LetterContext, filed: list[JudgedFile]) -> Iterator[Question]:
    """Yield every file that waits for a person."""
    agencies = {agency.code: agency for agency in context.district.roster_agencies}
    own, senders = standing.by_agency(filed), arrivals.senders(context.ledger, context.district.year)
    for item in filed:
        is_overtaken = item.agency is not None and item not in own[item.agency].held
        if item.verdict is not Verdict.HELD or is_overtaken:
            continue
        agency = agencies.get(item.agency or "") or _of_nobody(
            context.district, senders.get((item.path, item.sha256))
        )
        said = [notice.message for notice in notices(context.form, _in_the_way(item))]
        choices = choices_for(context.form, context.district, item)
        is_plain = item.agency is not None and not is_of_two(item)
        hint = [] if is_plain or ACCEPT not in choices else ["准予接收的，请在“补充”写明是哪个单位的。"]
        yield _question(
            key_of(FILE, item.path, str(item.envelope)),
            agency,
            "待核实的文件",
            "\n".join([item.path, *said, *hint]),
            choices,
        )


def _of_nobody(district: District, sender: str | None) -> Agency | str:
    """Return whom to ask of a file of nobody: the agency whose mailbox sent it, with its telephone."""
    owner = district.owner_of(sender)
    return replace(owner, name=f"（无法确认单位，{owner.name}的邮箱发来）") if owner else "（无法确认单位）"


def _in_the_way(item: JudgedFile) -> list[Finding]:
    """Return why a file is held, all of it: whose it is, and what only a person can resolve; of any other the first that was found."""
    own = [finding for finding in item.findings if finding.is_open or finding.code in ABOUT_WHOSE]
    own.sort(key=lambda finding: finding.code not in ABOUT_WHOSE)
    return own[:_MOST_REASONS] or list(item.findings[:1])


def _pleas(
    context: LetterContext, pleas: Iterable[Plea], own: dict[str, Versions[JudgedFile]]
) -> Iterator[Question]:
    """Yield every error that an agency has explained and that may be excepted."""
    for item in pleas:
        if context.form.may_waive(item.rule):
            detail = f"{item.rule}　{item.fault}\n单位说明：{item.said}"
            latest = own[item.agency.code].latest
            found = [finding for finding in latest.findings if finding.code == item.rule] if latest else []
            key = key_of(PLEA, item.agency.code, item.rule, sign_of(found), sign_of(found, explained=True))
            yield _question(key, item.agency, "单位作了说明", detail, CHOICES[PLEA])


def _warnings(context: LetterContext, own: dict[str, Versions[JudgedFile]]) -> Iterator[Question]:
    """Yield every warning about the content that is not settled: until then the report is not among those to be published."""
    for agency in context.district.agencies:
        counting = own[agency.code].counting if agency.code in own else None
        if counting is None or counting.verdict is not Verdict.ACCEPTED_WITH_REMARKS:
            continue
        found = [item for item in counting.findings if is_in_doubt(context.form, item)]
        for rule in dict.fromkeys(item.code for item in found if context.form.may_waive(item.code)):
            said = notices(context.form, [item for item in found if item.code == rule])
            detail = "\n".join(notice.message for notice in said)
            sign = sign_of(item for item in counting.findings if item.code == rule)
            key = key_of(WARNING, agency.code, rule, sign)
            yield _question(key, agency, "公布前请核对", detail, (CHECKED,))


def _letters(context: LetterContext) -> Iterator[Question]:
    """Yield every letter that somebody deleted or edited in the folder."""
    agencies = {agency.code: agency for agency in context.district.agencies}
    for item in letters.doubtful(context.ledger, context.district.year):
        did, choices = (
            ("被删除", (STOP, RESTORE)) if item.doubt == "deleted" else ("被手工修改", CHOICES[LETTER])
        )
        agency = agencies.get(item.agency or "", context.district.name)
        detail = f"待发的信（{item.subject}）在 letters 文件夹里{did}，没有发出。"
        yield _question(key_of(LETTER, item.handle), agency, "待发的信", detail, choices)


def _post(context: LetterContext) -> Iterator[Question]:
    """Yield, where there is no mail server, the letters that wait for a person to hand them over: those that there were by then."""
    waiting = letters.ready(context.ledger, context.district.year)
    if waiting and not context.district.mail.sends:
        last = max(item.intended_at for item in waiting)
        detail = f"待发的信 {len(waiting)} 封（{last.astimezone(CHINA):%m-%d %H:%M} 以前写的），在 letters 文件夹。已经用别的办法发给对方的，选“{HANDED}”。"
        yield _question(
            key_of(POST, last.isoformat()), context.district.name, "待发的信", detail, CHOICES[POST]
        )


def _agencies(context: LetterContext, own: dict[str, Versions[JudgedFile]]) -> Iterator[Question]:
    """Yield what may be decided of every agency, whether or not there is reason to."""
    last = decisions.last_arrival(context.ledger, context.district.year)
    for agency in context.district.agencies:
        versions = own.get(agency.code, Versions())
        counting = versions.counting
        others = [
            COUNT.format(item.version)
            for item in versions.files
            if item.verdict.is_acceptance and item is not counting
        ]
        shown = versions.shown
        said = notices(context.form, shown.findings) if shown and shown.verdict is Verdict.RETURNED else ()
        state = word_of(shown.verdict if shown else None, said)
        detail = f"截止 {spoken_date(context.district.deadline_of(agency.code))}"
        if counting:
            detail = f"以第 {counting.version} 次报送计入；{detail}"
        key = key_of(AGENCY, agency.code, str(counting.version if counting else 0), str(last))
        choices = (*((RETURN,) if counting else ()), *others[-_MOST_VERSIONS:], EXTEND)
        yield _question(key, agency, state, detail, choices)


def _words_for(item: Decision, own: Mapping[str, Versions[JudgedFile]]) -> str:
    """Say what was decided in the words that were chosen: who waived warnings alone in 待办.xlsx has called them checked."""
    files = own[item.agency].files if item.kind is DecisionKind.WAIVE and item.agency in own else ()
    waived = [finding for file in files for finding in file.findings if finding.code == item.rule]
    is_checked = bool(item.seen and waived) and all(
        finding.severity is not Severity.ERROR for finding in waived
    )
    return f"{item.rule} {CHECKED}" if is_checked else decision_words(item)


def _decided(
    context: LetterContext, own: Mapping[str, Versions[JudgedFile]], ended: Sequence[Lapse]
) -> Iterator[Decided]:
    names = {agency.code: agency.name for agency in context.district.roster_agencies}
    gone = {item.key for item in letters.of_year(context.ledger, context.district.year) if item.state.is_gone}
    for item in decisions.in_force(context.ledger, context.district.year, context.now.date()):
        if item.is_by_program:
            continue
        day = item.given_at.astimezone(CHINA).date().isoformat()
        about = "　".join(part for part in (names.get(item.agency, item.agency), item.file) if part)
        is_limited = item.kind is DecisionKind.WAIVE and item.until
        reason = f"{item.reason}（至 {item.until}）" if is_limited else item.reason
        key = "" if item.letter in gone else key_of(DECISION, str(item.number))
        yield Decided(day, about, _words_for(item, own), reason, item.person, key)
    for lapse in ended:
        item = lapse.decision
        day = item.given_at.astimezone(CHINA).date().isoformat()
        reason = f"{item.reason}（至 {item.until}，已到期）"
        yield Decided(day, lapse.agency.name, decision_words(item), reason, item.person, "")
