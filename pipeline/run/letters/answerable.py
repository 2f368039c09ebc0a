"""What a run judged and the mails go in; what may be answered comes out, each file as its letter will speak of it."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from pipeline.forms.form import Clerk, Form
from pipeline.forms.weighed import is_in_doubt
from pipeline.judging.rules.lateness import LATENESS_RULE
from pipeline.ledger.assessments import Stand
from pipeline.letter import AnsweredFile
from pipeline.model import Assessment, Finding, Message, Notice, Verdict, was_sent_back
from pipeline.publishing.data.record import Leftover
from pipeline.publishing.returning import returned_of
from pipeline.versions import versions_of
from pipeline.wording.doubts import mark_of
from pipeline.wording.messages import awaits_approval, notices

_NO_STANDS: Mapping[str, Stand] = {}


@dataclass(frozen=True, slots=True)
class RunArrivals:
    """What a run judged, in order of arrival: every file of the campaign, what only repeats one, and every mail."""

    assessments: Sequence[Assessment] = ()
    copies: Sequence[Leftover] = ()
    messages: Sequence[Message] = ()
    unread: Collection[str] = ()
    """The paths of files that came in one mail with a report and could not be read."""


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
