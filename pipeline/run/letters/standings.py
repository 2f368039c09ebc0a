"""A run's assessments and the ledger go in; what planning letters looks at comes out.

Where agencies stand is read from what the ledger keeps of the last finished run, so that a run with nothing new need not
judge anything to know whom to remind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from itertools import pairwise
from pathlib import PurePosixPath

from pipeline.district.folder import District
from pipeline.district.roster import normalised
from pipeline.forms.form import Clerk, Form
from pipeline.forms.weighed import is_in_doubt
from pipeline.judging.rules.lateness import LATENESS_RULE
from pipeline.ledger import Ledger, arrivals, assessments, campaign, decisions, letters
from pipeline.ledger import judged_files as standing
from pipeline.ledger.assessments import Stand
from pipeline.ledger.campaign import Figures, RunResult
from pipeline.letter import AnsweredFile, CountedVersion, LetterKey, LetterKind
from pipeline.letters.plan import AgencyStanding, CampaignState, WrittenLetter
from pipeline.machine.digest import digest_of
from pipeline.model import (
    Agency,
    ArrivalKey,
    Assessment,
    Decision,
    DecisionKind,
    Finding,
    Message,
    Notice,
    Number,
    Verdict,
    was_sent_back,
)
from pipeline.publishing.data.record import Leftover, Record, order_of, waiting_files
from pipeline.publishing.returning import returned_of
from pipeline.run import pending as waiting
from pipeline.run.letters.earlier import changes_since_delivery
from pipeline.versions import versions_of
from pipeline.wording.doubts import OF_ITS_CONTENT, UNPROVEN, mark_of, mark_of_sender
from pipeline.wording.messages import AWAITING, VERDICT_WORDS, awaits_approval, notices

_NO_STANDS: Mapping[str, Stand] = {}
_UNKNOWN: Mapping[str, datetime] = {}
_PUT_AGAIN = "报送文件夹里又放进了与第 {} 次报送相同的文件，以最后放进的为准"
_NOTICE_FIELDS = tuple(item.name for item in fields(Notice))


@dataclass(frozen=True, slots=True)
class RunArrivals:
    """What a run judged, in order of arrival: every file of the campaign, what only repeats one, and every mail."""

    assessments: Sequence[Assessment] = ()
    copies: Sequence[Leftover] = ()
    messages: Sequence[Message] = ()
    unread: Collection[str] = ()
    """The paths of files that came in one mail with a report and could not be read."""


def state_of(
    ledger: Ledger,
    form: Form,
    district: District,
    result: RunResult,
    came: Sequence[AnsweredFile],
    *,
    now: datetime,
) -> CampaignState:
    """Put together what planning looks at. ``result`` is what the last finished run found."""
    found = dict(result.record)
    written = tuple(_written(item) for item in letters.of_year(ledger, district.year))
    has_server = district.mail.sends
    senders = arrivals.senders(ledger, district.year)
    waits = tuple(_held(ledger, district, found, senders))
    digests = [
        item.created_at
        for item in written
        if item.kind is LetterKind.DIGEST and (item.is_gone or not has_server)
    ]
    deliveries = campaign.deliveries(ledger, district.year)
    state = CampaignState(
        district=district,
        now=now,
        standings=standings(
            (*district.agencies, *result.on_their_own(district.merged)),
            found,
            arrivals.moments(ledger, district.year),
            waits,
        ),
        arrivals=tuple(came),
        held=waits,
        written=written,
        came=_came(arrivals.came_since(ledger, district.year, max(digests, default=None)), found),
        verdicts=_verdicts(found),
        counts=found["counts"],
        strange=tuple(_strange(found)),
        departed=tuple(
            standing.departed(ledger, district.year, {agency.code for agency in district.roster_agencies})
        ),
        changes=tuple(changes_since_delivery(ledger, form, district, result)),
        figures=_mark_of(result.figures) if waiting.is_complete(district, result) else "",
        carrying={
            letters.purpose_of(district.year, item.letter)
            for item in deliveries
            if item.figures == result.figures
        },
        released={
            letters.purpose_of(district.year, item.letter): item.reason
            for item in decisions.of_kind(decisions.in_force(ledger, district.year), DecisionKind.RELEASE)
        },
        signed={letters.purpose_of(district.year, item.letter) for item in deliveries if item.signed_by},
        followed=tuple(_followed(ledger, form, district, found, max(digests, default=None))),
        counted=_counted(ledger, district, found, written),
        unread=waiting.unread_mailbox(ledger, district),
    )
    asked = waiting.sentences(ledger, district, now=now, result=result, state=state)
    return replace(state, to_decide=tuple(asked))


def _mark_of(figures: Figures) -> str:
    """Digest figures; equal ones have one digest, however they are written (5, 5.0)."""
    return digest_of((code, *map(_plain, numbers)) for code, numbers in sorted(figures.items()))


def _plain(number: Number) -> Number:
    if isinstance(number, int):
        return number
    return int(number) if number == int(number) else number.normalize()


def _strange(found: Record) -> Iterator[tuple[str, str]]:
    """Yield what the coordinator is to look at that is no submission; of mails those of the last days."""
    for row in found["submissions"]:
        if row["verdict"] == Verdict.NOT_A_SUBMISSION and row["findings"]:
            yield row["file"], row["findings"][0]["message"]


def _followed(
    ledger: Ledger, form: Form, district: District, found: Record, since: datetime | None
) -> Iterator[str]:
    """Say whose report that counts became another after ``since``, the last letter of a morning, without a new version."""
    courses = assessments.accepted_again(ledger, district.year)
    names = {row["sha256"]: row["agency_name"] for row in found["submissions"] if row["counts"]}
    for digest, name in names.items():
        news = [
            (before, now)
            for before, now in pairwise(courses.get(digest, ()))
            if now.says_more_than(before) and (since is None or now.at > since)
        ]
        if news:
            (first, _), (_, last) = news[0], news[-1]
            figures = sum(first.numbers.get(key, value) != value for key, value in last.numbers.items())
            said = [f"按台账计算的数随台账更正 {figures} 个，见汇总表的“版本与更正”"] if figures else []
            said += [f"与台账不一致 {len(last.differing)} 处"] if last.differing - first.differing else []
            if not said:  # it is as it was
                continue
            published = "；已经公布的，请提醒核对、重新公布" if form.is_public else ""
            yield f"{name}报送的{form.words.short}在接收以后有变化：{'；'.join(said)}。另写了回执告知{published}"


def _came(files: Sequence[tuple[str, Verdict]], found: Record) -> dict[str, int]:
    """Count the files by what people call what became of them, in the order of the verdicts."""
    awaiting = {row["sha256"] for row in found["submissions"] if row["awaits_approval"]}
    words = [
        AWAITING if verdict is Verdict.RETURNED and digest in awaiting else VERDICT_WORDS[verdict]
        for digest, verdict in sorted(files, key=lambda item: list(Verdict).index(item[1]))
    ]
    return dict(Counter(words))


def _counted(
    ledger: Ledger, district: District, found: Record, written: Sequence[WrittenLetter]
) -> dict[str, CountedVersion]:
    """Say which version counts of each agency of which a person has decided that, or put its file again, or a letter told so."""
    decided = decisions.of_kind(decisions.in_force(ledger, district.year), DecisionKind.COUNT)
    by_agency = {item.agency: item for item in decided}
    informed = {item.agency for item in written if item.kind is LetterKind.COUNTED}
    again = arrivals.put_again(ledger, district.year)
    asked = {*by_agency, *informed, *(agency for agency, _ in again)}
    if not asked:
        return {}
    own = [row for row in found["submissions"] if row["agency"] in asked and row["version"]]
    return {
        row["agency"]: _counted_version(
            row, own, by_agency.get(row["agency"]), again.get((row["agency"], row["version"]))
        )
        for row in own
        if row["counts"]
    }


def _counted_version(
    row: Record, own: Sequence[Record], decision: Decision | None, again: datetime | None
) -> CountedVersion:
    """Describe the version that counts; ``decision`` is the one of its agency that holds, which may have been overtaken.

    ``again`` is when it was put into the inbox once more, which nobody has answered.
    """
    given = decision if decision and decision.version == row["version"] else None
    why = given.reason if given else _PUT_AGAIN.format(row["version"]) if again else ""
    return CountedVersion(
        row["version"],
        PurePosixPath(row["file"]).name,
        row["sha256"],
        {item["sha256"]: item["version"] for item in own if item["agency"] == row["agency"]},
        given.given_at if given else again,
        why,
        is_put_again=bool(again and not given),
    )


def _verdicts(found: Record) -> dict[str, set[Verdict]]:
    verdicts: dict[str, set[Verdict]] = {}
    for row in found["submissions"]:
        verdicts.setdefault(row["sha256"], set()).add(Verdict(row["verdict"]))
    return verdicts


# ---------------------------------------------------------------- where agencies stand


def standings(
    agencies: Sequence[Agency],
    found: Record,
    moments: Mapping[str, datetime] = _UNKNOWN,
    waits: Sequence[AnsweredFile] = (),
) -> tuple[AgencyStanding, ...]:
    """Read where each of ``agencies`` stands from the record of a run; ``moments`` says when each file came, by its digest.

    ``waits`` is what waits for the coordinator, with its senders.
    """
    rows: dict[str, list[Record]] = {agency.code: [] for agency in agencies}
    for row in found["submissions"]:
        if row["version"] and row["agency"] in rows:
            rows[row["agency"]].append(row)
    stated = {
        normalised(str(said))
        for row in found["submissions"]
        if row["verdict"] == Verdict.HELD
        for said in _names_in(row)
        if said
    }
    sent: dict[str, list[AnsweredFile]] = {}
    for item in waits:
        if whose := _certainly(item):
            sent.setdefault(whose.code, []).append(item)
    found_so = (
        replace(_standing(agency, rows[agency.code], stated), sent=tuple(sent.get(agency.code, ())))
        for agency in agencies
    )
    return tuple(
        replace(item, latest=replace(item.latest, received_at=moments.get(item.latest.sha256)))
        if item.latest
        else item
        for item in found_so
    )


def _certainly(item: AnsweredFile) -> Agency | None:
    """Return the agency that certainly sent a file that waits: whose mailbox it came from, if it names no other; of one put in by hand the one it names."""
    if item.doubt in UNPROVEN:
        return None
    if item.sender is None:
        return item.agency if item.doubt in OF_ITS_CONTENT else None
    return item.sent_by if item.agency in (None, item.sent_by) else None


def _names_in(row: Record) -> Iterator[object]:
    """Yield what stands where the names of agencies stand: what is written, and of a file of nobody whose template it is."""
    yield from (item["actual"] for item in row["findings"])
    if not row["agency"]:
        yield row["agency_name"]
        yield from (item["expected"] for item in row["findings"])


def _standing(agency: Agency, rows: list[Record], stated: Collection[str]) -> AgencyStanding:
    """``stated`` is what files that wait have written where the agency's name stands, among other wrong entries."""
    rows.sort(key=order_of)
    own = [row for row in rows if row["verdict"] != Verdict.HELD]
    counting = next((_arrival(row, agency) for row in own if row["counts"]), None)
    latest = _arrival(own[-1], agency) if own else None
    return AgencyStanding(
        agency,
        latest,
        counting.sha256 if counting else "",
        explained=tuple(item for item in counting.notices if item.pleaded) if counting else (),
        has_held=rows[-1:] != own[-1:],
        is_named=any(normalised(name) in stated for name in agency.names),
    )


def _held(
    ledger: Ledger, district: District, found: Record, senders: Mapping[ArrivalKey, str]
) -> Iterator[AnsweredFile]:
    """Yield what waits for the coordinator, with its sender and the one agency whose mailbox that is."""
    by_code = {agency.code: agency for agency in district.roster_agencies}
    rows = waiting_files(found["submissions"])
    judged = {
        (item.path, item.sha256): item for item in (standing.filed(ledger, district.year) if rows else ())
    }
    for row in rows:
        key = (row["file"], row["sha256"])
        sender, kept = senders.get(key), judged.get(key)
        arrival = _arrival(row, by_code.get(row["agency"]))
        doubt = mark_of_sender(kept.findings if kept else ())
        yield replace(arrival, sender=sender, sent_by=district.owner_of(sender), doubt=doubt)


def _arrival(row: Record, agency: Agency | None) -> AnsweredFile:
    pleas = {(item["code"], item["key"]): item["explanation"] for item in row.get("pleas", ())}
    found = tuple(
        Notice(
            **{name: item[name] for name in _NOTICE_FIELDS if name in item},
            pleaded=pleas.get((item["code"], item["key"]), ""),
        )
        for item in row["findings"]
    )
    return AnsweredFile(
        verdict=Verdict(row["verdict"]),
        name=PurePosixPath(row["file"]).name,
        sha256=row["sha256"],
        agency=agency,
        version=row["version"] or 0,
        notices=found,
        awaits_approval=row["awaits_approval"],
        clerk={name: value or "" for name, value in row["clerk"].items()},
    )


def key_of(year: int, key: LetterKey) -> str:
    """Return the key under which the ledger, which holds every campaign, keeps a letter of the one of ``year``."""
    return f"{year}:{key}"


def _written(item: letters.StoredLetter) -> WrittenLetter:
    to = tuple(item.recipient.split(", "))
    key = item.purpose
    kind = LetterKind(item.kind)
    return WrittenLetter(
        key,
        kind,
        item.agency,
        to,
        item.subject,
        item.intended_at,
        item.state,
        item.reason,
        item.attempts,
        is_in_doubt=bool(item.doubt),
    )


# ---------------------------------------------------------------- what came


def arrivals_of(
    form: Form, arrived: RunArrivals, stands: Mapping[str, Stand] = _NO_STANDS
) -> list[AnsweredFile]:
    """Return everything that may be answered: judged files in order of arrival, copies, mails without a table.

    ``stands`` says, by digest, since when each file stands as it does. A file that stands in one mail twice is answered once.
    """
    mails = {file: message for message in arrived.messages for file in message.files}
    counting = _counting(arrived.assessments)
    judged = [
        _standing_since(_judged(form, item, counting, arrived.assessments), stands)
        for item in arrived.assessments
    ]
    found = [
        _beside(_posted(arrival, mail), mail, arrived.unread)
        for arrival, item in zip(judged, arrived.assessments, strict=True)
        for mail in [mails.get(item.submission.file)]
    ]
    known = {arrival.sha256: arrival for arrival in reversed(found)}
    copies = [_posted(_copy(item, known), mails[item.file]) for item in arrived.copies if item.file in mails]
    found += [
        item for item in copies if item.sha256 not in known or not _is_answered(item, known[item.sha256])
    ]
    found += [_empty(message) for message in arrived.messages if not message.files]
    return found


def _counting(assessments: Sequence[Assessment]) -> dict[str, int]:
    """Return the version that counts of each agency that has one, by its code."""
    own: dict[str, list[Assessment]] = {}
    for item in assessments:
        if item.submission.agency:
            own.setdefault(item.submission.agency.code, []).append(item)
    found = {code: versions_of(files).counting for code, files in own.items()}
    return {code: item.version for code, item in found.items() if item}


def earlier_of(came: Sequence[AnsweredFile]) -> dict[str, list[AnsweredFile]]:
    """Return every agency's own files in order of arrival; what is held may be somebody else's."""
    found: dict[str, list[AnsweredFile]] = {}
    for item in came:
        if item.agency and item.verdict not in (Verdict.HELD, Verdict.DUPLICATE):
            found.setdefault(item.agency.code, []).append(item)
    return found


def _judged(
    form: Form, item: Assessment, counting: Mapping[str, int], arrived: Sequence[Assessment]
) -> AnsweredFile:
    sent, clerk = item.submission, form.clerk_of(item.submission.reading.entries)
    back = returned_of(form, arrived, item) if item.verdict is Verdict.RETURNED and sent.agency else None
    noted = (
        back.notices
        if back
        else tuple(notices(form, [_placed(form, each) for each in _for_agency(form, item)]))
    )
    return AnsweredFile(
        verdict=item.verdict,
        name=sent.name,
        sha256=sent.sha256,
        agency=sent.agency,
        version=item.version,
        clerk={name: getattr(clerk, name) for name in Clerk.__slots__},
        word=item.word,
        counting=counting.get(sent.agency.code, 0) if sent.agency else 0,
        received_at=None if sent.received_guessed else sent.received_at,
        notices=noted,
        is_late=any(finding.code == LATENESS_RULE for finding in item.findings),
        shown=back.version if back else 0,
        looks=_looks(form, back.notices) if back else frozenset(),
        report=item.report,
        excepted=tuple(dict.fromkeys(finding.waived for finding in item.findings if finding.waived)),
        sent_back=was_sent_back(item.findings),
        awaits_approval=item.verdict is Verdict.RETURNED and awaits_approval(noted),
        comparable=sent.reading.is_placed,
        doubt=mark_of(item.findings) if item.verdict is Verdict.HELD else "",
    )


def _looks(form: Form, found: Sequence[Notice]) -> frozenset[str]:
    from pipeline.publishing.template.marks import looks_of  # noqa: PLC0415 - only where a workbook goes back

    return looks_of(form, found)


def _standing_since(item: AnsweredFile, stands: Mapping[str, Stand]) -> AnsweredFile:
    found = stands.get(item.sha256)
    return (
        replace(item, since=found.since, is_rejudged=found.is_rejudged, changed=found.changed)
        if found
        else item
    )


def _for_agency(form: Form, item: Assessment) -> list[Finding]:
    """Leave out what the agency need not hear of: what it explained, unless the office is to confirm that, what was waived, what is on trial."""
    return [
        finding
        for finding in item.findings
        if is_in_doubt(form, finding) or not (finding.is_answered or finding.on_trial)
    ]


def _placed(form: Form, finding: Finding) -> Finding:
    """Say where it stands in the file that came, as the office's lists do; of one that is not on the template, where the template has it."""
    names = {sheet.name for sheet in form.sheets}
    is_on_the_template = finding.place and finding.place.cell and finding.place.sheet in names
    place = form.place_of(finding.key or "")
    return finding if is_on_the_template or not place else replace(finding, place=place)


def _copy(item: Leftover, known: Mapping[str, AnsweredFile]) -> AnsweredFile:
    """Name the agency whose file is repeated; whether the sender may hear of it is decided where letters are planned."""
    original = known.get(item.sha256)
    return AnsweredFile(
        verdict=Verdict.DUPLICATE,
        name=PurePosixPath(item.file).name,
        sha256=item.sha256,
        agency=original.agency if original and original.verdict is not Verdict.HELD else None,
        counting=original.counting if original else 0,
        came_first=item.came_first,
        other_year=item.repeats,
    )


def _beside(arrival: AnsweredFile, mail: Message | None, unread: Collection[str]) -> AnsweredFile:
    """Add the names of what came with a file and could not be read."""
    names = [PurePosixPath(path).name for path in (mail.files if mail else ()) if path in unread]
    return replace(arrival, others=tuple(names)) if names else arrival


def _is_answered(copy: AnsweredFile, original: AnsweredFile) -> bool:
    """Whether who sent a copy hears of the same file by another answer: it stands in that mail, or came first from that sender."""
    return copy.mail == original.mail or (copy.came_first and copy.sender == original.sender)


def _empty(message: Message) -> AnsweredFile:
    empty = AnsweredFile(Verdict.NOT_A_SUBMISSION, message.subject, message.sha256, others=message.others)
    return _posted(empty, message)


def _posted(arrival: AnsweredFile, message: Message | None) -> AnsweredFile:
    """Add what the mail says that the file came with."""
    if message is None:
        return arrival
    return replace(
        arrival,
        received_at=message.received_at,
        sender=message.sender,
        mail=message.message_id or message.sha256,
        message_id=message.message_id,
        subject=message.subject,
        automatic=message.automatic is not None,
        proof=message.proof,
    )
