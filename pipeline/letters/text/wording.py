"""An intention goes in; the named values that its text speaks of come out, all ready to be read by people.

Every value is a plain word, number or list, so that a coordinator who edits a text needs to know no more than its head says.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.district.folder import District
from pipeline.district.workdays import spoken_date
from pipeline.forms.carried import CODE
from pipeline.forms.form import Clerk, Form
from pipeline.letter import (
    AnsweredFile,
    AnswerPlan,
    Attachment,
    CountedVersion,
    Digest,
    DistrictDelivery,
    Handout,
    Intention,
    Rejudged,
    Reminder,
)
from pipeline.letters.text.comparison import Comparison, compare
from pipeline.long_lists import first_of
from pipeline.model import CHINA, Notice, Number, Severity, Verdict
from pipeline.periods import is_first, name_of, period_after, period_before, scope_of, spaced_of, year_in
from pipeline.wording.colours import colours_in_words
from pipeline.wording.doubts import ABOUT_WHOSE, doubt_of
from pipeline.wording.grouping import GroupedNotice, group_notices
from pipeline.wording.messages import (
    SEVERITY_WORDS,
    VERDICT_WORDS,
    agencies_by_verdict,
    counts_in_words,
    spoken,
)
from pipeline.wording.quotable import quoted, visible

_SCREENFUL = 10
"""Findings that a clerk sees without scrolling; the rest stands in the marked workbook."""
_LONGEST_NAME = 80
_MOST_NAMES = 20
_MOST_PLACES = 3
_OF_CELLS = ("F05",)
"""Codes of what a file waits for that is about some of its cells."""

Values = dict[str, object]


@dataclass(frozen=True, slots=True)
class Sources:
    """What the words of every letter draw on. ``totals`` are the district's sums; ``rules`` names the edition of the checks."""

    form: Form
    district: District
    now: datetime
    rules: str = ""
    totals: tuple[Number, ...] = ()
    secret: str = ""
    """What the ledger alone knows: Message-IDs rest on it."""


def values_of(intention: Intention, sources: Sources, attachments: Sequence[Attachment]) -> Values:
    """Return the named values of a letter, each on one line: what others wrote begins no paragraph of ours."""
    values = {**_common(intention, sources, attachments), **_own(intention, sources, attachments)}
    return {name: _on_one_line(value) for name, value in values.items()}


def _on_one_line(value: object) -> object:
    match value:
        case str():
            return value if value.isprintable() else " ".join(visible(value).split())
        case list() | tuple():
            return [_on_one_line(item) for item in value]
        case dict():
            return {name: _on_one_line(item) for name, item in value.items()}
        case _:
            return value


def _common(intention: Intention, sources: Sources, attachments: Sequence[Attachment]) -> Values:
    district, agency = sources.district, intention.agency
    return {
        "district": district.name,
        "year": year_in(district.year),
        "period": scope_of(district.year),
        **_called(sources.form),
        "office": district.office,
        "coordinator": district.people.coordinator,
        "phone": district.people.phone,
        "email": district.people.email,
        "today": spoken_day(sources.now),
        "moment": spoken_moment(sources.now),
        "agency": agency.name if agency else "",
        "contact": agency.contact if agency else "",
        "deadline": spoken_date(district.deadline_of(agency.code) if agency else district.deadline),
        "attached": attachments[0].name if attachments else "",
    }


def _called(form: Form) -> Values:
    words = form.words
    return {
        "document": words.document,
        "short": words.short,
        "paper": words.paper,
        "about": words.titled,
        "collector": words.office,
        "span": form.spoken["span"],
        "past": form.spoken["past"],
        "listed": bool(form.registers),
        "public": form.is_public,
    }


def _own(intention: Intention, sources: Sources, attachments: Sequence[Attachment]) -> Values:
    body = intention.body
    if isinstance(body, AnswerPlan):
        return _answer(body, sources)
    if isinstance(body, CountedVersion):
        return _counted(body)
    if isinstance(body, Reminder):
        return {
            "left": body.left,
            "late": body.late,
            "times": body.times,
            "doubtful": body.doubtful,
            "sent": _documents(body.sent),
            "why": doubt_of(body.doubt).why,
            "remedy": doubt_of(body.doubt).remedy,
        }
    if isinstance(body, Digest):
        return _digest(body, sources)
    if isinstance(body, DistrictDelivery):
        return _delivery(body, sources, attachments)
    return _handout(body, sources)


def _counted(body: CountedVersion) -> Values:
    return {
        "version": body.version,
        "file": _shortened(body.name),
        "instead": body.instead,
        "put_again": body.is_put_again,
        "why": body.why.rstrip("。"),
        "since": spoken_day(body.decided_at) if body.decided_at else "",
    }


def _handout(body: Handout, sources: Sources) -> Values:
    return {"deadline": spoken_date(body.deadline), "late": _is_past(body.deadline, sources)}


def _is_past(deadline: date, sources: Sources) -> bool:
    return sources.now.astimezone(CHINA).date() > deadline


# ---------------------------------------------------------------- answers


def _answer(body: AnswerPlan, sources: Sources) -> Values:
    arrival = body.arrival
    plain = {
        "file": _shortened(arrival.name),
        "subject_received": _shortened(arrival.subject) or "来信",
        "others": "、".join(f"“{_shortened(name)}”" for name in arrival.others),
        "also": _documents(body.also),
        "sha256": arrival.sha256,
        "version": arrival.version,
        "dismissed": "、".join(map(str, body.dismissed)),
        "received": spoken_moment(arrival.received_at) if arrival.received_at else "",
        "handled": spoken_moment(arrival.since or sources.now),
    }
    if arrival.verdict is Verdict.RETURNED:
        return {**plain, **_returned(body, sources)}
    if arrival.verdict.is_acceptance:
        return {**plain, **_accepted(body, sources)}
    earlier, doubt = body.earlier, doubt_of(arrival.doubt)
    return {
        **plain,
        "why": doubt.why + _places_in_doubt(arrival),
        "remedy": doubt.remedy,
        "version": earlier.version if earlier else 0,
        "counting": arrival.counting if earlier else 0,
        "since": spoken_day(arrival.received_at or sources.now),
        "outcome": VERDICT_WORDS[earlier.verdict] if earlier else "",
        "first": arrival.came_first,
        "other_year": arrival.other_year or "",
        "other_period": spaced_of(arrival.other_year) if arrival.other_year else "",
        "missing": body.is_missing,
    }


def _places_in_doubt(arrival: AnsweredFile) -> str:
    """Name the cells for which a file waits, where it is for some of its cells: places say nothing of anybody."""
    code = arrival.doubt.partition(".")[0]
    places = [f"{item.sheet} {item.cell}" for item in arrival.notices if item.code == code and item.cell]
    return f"（{first_of(places, _MOST_PLACES, '等 {} 格')}）" if code in _OF_CELLS and places else ""


def _accepted(body: AnswerPlan, sources: Sources) -> Values:
    arrival, form, own = body.arrival, sources.form, sources.district
    code = arrival.agency.code if arrival.agency else ""
    is_superseded = arrival.counting not in (0, arrival.version)
    asked = () if is_superseded else arrival.notices  # what still holds is asked of the version that counts
    warnings = group_notices(item for item in asked if item.severity == Severity.WARNING and not item.pleaded)
    explained = group_notices(item for item in asked if item.pleaded)
    doubts = [group for group in warnings if group.notice.in_doubt]
    remarks = [*doubts, *(group for group in warnings if group not in doubts)]
    lines = [_where_to_explain(form, arrival, group) for group in doubts[:_SCREENFUL]]
    return {
        "receipt": "-".join(
            part for part in (name_of(own.year), own.part, code, f"{arrival.version:02d}") if part
        ),
        "received": _received(arrival),
        "authority": form.authority,
        "edition": form.edition,
        "rules": sources.rules,
        "figures": figures(form, arrival.report.numbers if arrival.report else ()),
        "remarks": [
            sentence(group) + (lines[at] if at < len(lines) else "")
            for at, group in enumerate(remarks[:_SCREENFUL])
        ],
        "doubts": len(doubts),
        "explaining": any(lines),
        "explained": [sentence(group) for group in explained[:_SCREENFUL]],
        "remarks_left": max(0, len(remarks) - _SCREENFUL),
        "superseded": arrival.counting if is_superseded else 0,
        "replaced": 0 if is_superseded else body.replaces,
        "following": _following(sources) if body.changes else "",
        "reversed": spoken_date(body.reverses) if body.reverses else "",
        "awaited": spoken_date(body.awaited) if body.awaited else "",
        "excepted": "；".join(arrival.excepted),
        "again": spoken_date(body.again) if body.again else "",
        "changes": list(body.changes[:_MOST_NAMES]),
        "changes_left": max(0, len(body.changes) - _MOST_NAMES),
        "differs": any(item.code == CODE for item in asked if item.severity == Severity.WARNING),
        "filled_by": Clerk(**arrival.clerk).words,
    }


def _following(sources: Sources) -> str:
    """Name the next period where it is collected as well and judged by the figures of this one."""
    own, form = sources.district, sources.form
    after = period_after(own.year)
    is_judged_by = any(
        item.reaches_back and not (item.rule.within_year and is_first(after)) for item in form.balances
    )
    return scope_of(after) if is_judged_by and (own.form, after) in own.collected else ""


def _received(arrival: AnsweredFile) -> str:
    """Say when a file came; one whose time nobody knows is late for nobody but where the inbox had been looked into before."""
    if arrival.received_at:
        return spoken_moment(arrival.received_at)
    return "不详" if arrival.is_late else "不详，不计迟报"


def _where_to_explain(form: Form, arrival: AnsweredFile, group: GroupedNotice) -> str:
    """Name the line and the cell of 自查 in which a warning is explained; empty where it has none."""
    from pipeline.publishing.template import explanation_lines  # noqa: PLC0415 - xlsxwriter, only where something is in doubt

    agency, notice = arrival.agency, group.notice
    lines = explanation_lines(form, agency.level if agency else "", agency.kind if agency else "")
    own = [name for name, check in form.checks.items() if check.rule.id == notice.code and name in lines]
    at_the_cell = [name for name in own if form.checks[name].anchor == notice.key]
    name = next((name for name in (notice.code, *at_the_cell, *own) if name in lines), "")
    if not name:
        return ""
    title, place = lines[name]
    return f"（情况属实的，说明写在“{place.sheet}”的 {place.cell} 格，“{title}”一行。）"


def figures(form: Form, numbers: Sequence[Number]) -> list[Mapping[str, str]]:
    """Return the form's headline figures as (label, value)."""
    if not numbers:
        return []
    return [
        {"label": item.label, "value": spoken(numbers[form.by_key[item.cell].index])}
        for item in form.headlines
    ]


def _returned(body: AnswerPlan, sources: Sources) -> Values:
    arrival, earlier = body.arrival, body.earlier
    comparison = (
        compare(earlier.notices, arrival.notices) if earlier and _is_comparable(arrival, earlier) else None
    )
    items = _items(arrival, comparison)
    errors, warnings = (items[severity] for severity in (Severity.ERROR, Severity.WARNING))
    pleas = [sentence(group) for group in group_notices(item for item in arrival.notices if item.pleaded)]
    shown = warnings[: max(0, _SCREENFUL - len(errors))]
    deadline = sources.district.deadline_of(arrival.agency.code if arrival.agency else "")
    return {
        "errors": errors[:_SCREENFUL],
        "action": _action(arrival),
        "errors_count": len(errors),
        "pleas": pleas,
        "warnings": shown,
        "warnings_count": len(warnings),
        "more": max(0, len(errors) - _SCREENFUL) + len(warnings) - len(shown),
        "errors_left": max(0, len(errors) - _SCREENFUL),
        "warnings_left": len(warnings) - len(shown),
        "counting": arrival.counting,
        "shown": arrival.shown == arrival.version,
        "shown_version": arrival.shown,
        "colours": colours_in_words(arrival.looks),
        "unfilled": arrival.comparable and arrival.shown != arrival.version,
        "late": _is_past(deadline, sources),
        "compared": earlier.version if comparison and earlier else 0,
        "mended": _problems(comparison.mended) if comparison else 0,
        "still_open": _problems(comparison.still_open) if comparison else 0,
        "fresh": _problems(comparison.new) if comparison else 0,
        "reversed": spoken_date(body.reverses) if body.reverses else "",
        "past_year": body.rejudged is Rejudged.LAST_YEAR,
        "own_correction": scope_of(period_before(sources.district.year))
        if body.rejudged is Rejudged.CORRECTION
        else "",
        "waiver_ended": body.rejudged is Rejudged.WAIVER,
        "sent_back": arrival.sent_back,
    }


def _action(arrival: AnsweredFile) -> str:
    """Say what the errors ask for as a whole: what carrying over has mended is only to be confirmed."""
    groups = group_notices(item for item in arrival.notices if not item.pleaded)
    mended = {group.notice.is_mended for group in groups if group.notice.severity == Severity.ERROR}
    return {frozenset((True,)): "核对", frozenset((True, False)): "改正或核对"}.get(frozenset(mended), "改正")


def _is_comparable(arrival: AnsweredFile, earlier: AnsweredFile) -> bool:
    return arrival.comparable and earlier.comparable and earlier.version < arrival.version


def _problems(notices: Iterable[Notice]) -> int:
    """Count as the letter lists: what is the same in many cells is one problem."""
    return len(group_notices(notices))


def _items(arrival: AnsweredFile, comparison: Comparison | None) -> dict[str, list[Mapping[str, str]]]:
    """Word the findings by severity; what was told before stands apart from what is new, even where it says the same."""
    parts = (
        {"": arrival.notices}
        if comparison is None
        else {"上次已指出": comparison.still_open, "新出现": comparison.new}
    )
    found: dict[str, list[Mapping[str, str]]] = {severity: [] for severity in Severity}
    for mark, notices in parts.items():
        for group in group_notices(item for item in notices if not item.pleaded):
            found[group.notice.severity].append({"mark": mark, "text": sentence(group)})
    return found


def sentence(group: GroupedNotice) -> str:
    """Put a finding, or one that stands in several cells, into one sentence: where, what, what to do."""
    notice = group.notice
    if group.count <= 1:
        return notice.message
    said = "；".join(part for part in (notice.fault, notice.hint) if part)
    return f"{group.where}：{said}。"


# ---------------------------------------------------------------- the coordinator and the district office


def _digest(body: Digest, sources: Sources) -> Values:
    stands = agencies_by_verdict(body.counts)
    return {
        "day": spoken_date(body.day),
        "counts": counts_in_words(body.counts),
        "expected": body.counts["expected"],
        "accepted": stands[Verdict.ACCEPTED] + stands[Verdict.ACCEPTED_WITH_REMARKS],
        "returned": stands[Verdict.RETURNED],
        "undecided": stands[Verdict.HELD],
        "missing": stands[None],
        "left": max(0, body.left),
        "late": max(0, -body.left),
        "calls": [
            {"agency": call.agency.name, "contact": call.agency.contact, "phone": call.agency.phone, "why": call.why}
            for call in body.calls
        ],
        "held": [
            {"file": _shortened(item.name), "sender": item.sender or "", "why": _reason(item)} for item in body.held
        ],
        "pleas": [
            {"agency": item.agency.name, "code": item.agency.code, "rule": item.rule, "fault": item.fault, "said": item.said}
            for item in body.pleas
        ],
        "unsent": [{"to": item.to, "subject": item.subject, "reason": item.reason} for item in body.unsent],
        "waiting": body.waiting,
        "put_off": body.put_off,
        "server": sources.district.mail.sends,
        "unreachable": first_of([agency.name for agency in body.unreachable], _MOST_NAMES, "等 {} 家"),
        "departed": first_of(body.departed, _MOST_NAMES, "等 {} 家"),
        "unread": body.unread,
        "unable": body.unable,
        "to_decide": list(body.to_decide),
        "strange": [{"file": _shortened(file), "why": why} for file, why in body.strange[:_SCREENFUL]],
        "came": "，".join(f"{word} {count} 份" for word, count in body.came.items()),
    }  # fmt: skip


def _reason(arrival: AnsweredFile) -> str:
    """Say what is to be decided: the heaviest finding, in words."""
    groups = sorted(group_notices(arrival.notices), key=lambda group: group.notice.code not in ABOUT_WHOSE)
    return sentence(groups[0]) if groups else f"{SEVERITY_WORDS[Severity.WARNING]}：请打开文件核实。"


def _delivery(body: DistrictDelivery, sources: Sources, attachments: Sequence[Attachment]) -> Values:
    import hashlib  # noqa: PLC0415 - one letter a year

    content = attachments[0].content if attachments else b""
    return {
        "recipient": sources.district.people.district_office or f"{sources.district.name}人民政府办公室",
        "accepted": body.accepted,
        "expected": body.expected,
        "open": "、".join(body.open),
        "corrects": body.corrects,
        "why": body.why,
        "whose": "、".join(body.whose),
        "changes": list(body.changes[:_MOST_NAMES]),
        "changes_left": max(0, len(body.changes) - _MOST_NAMES),
        "figures": figures(sources.form, sources.totals),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


# ---------------------------------------------------------------- plain words


def spoken_day(moment: datetime) -> str:
    """Write the day in China: 2024年1月31日."""
    there = moment.astimezone(CHINA)
    return f"{there.year}年{there.month}月{there.day}日"


def spoken_moment(moment: datetime) -> str:
    """Write a moment in China's time: 2024年1月31日 09:05; a midnight is a day without a time."""
    there = moment.astimezone(CHINA)
    time = f" {there:%H:%M}" if (there.hour, there.minute, there.second) != (0, 0, 0) else ""
    return f"{spoken_day(there)}{time}"


def _documents(names: Sequence[str]) -> str:
    """Name documents as a letter does."""
    return first_of([f"《{_shortened(name)}》" for name in names], _MOST_NAMES, "等 {} 个文件")


def _shortened(name: str) -> str:
    return quoted(name, _LONGEST_NAME)
