"""The night, stage by stage; the only module that knows the order.

    fetch → read → identify → judge → merge → publish

Every stage is a pure function or a writer that can run again; a night whose inputs have not changed writes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from pipeline import mailing
from pipeline.district import DEFAULT_LEVEL, LAYOUTS_NAME, District, Rules
from pipeline.environment import disk
from pipeline.fingerprint import fingerprint
from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.intake import binding, folder, identity, reading
from pipeline.ledger import open_ledger
from pipeline.merging import merge
from pipeline.model import (
    Agency,
    Assessment,
    DistrictSummary,
    Envelope,
    Message,
    Reading,
    Submission,
    Verdict,
)
from pipeline.publishing import outputs
from pipeline.publishing.files import write_if_changed
from pipeline.publishing.outputs import Progress
from pipeline.publishing.record import Leftover, Record
from pipeline.work import Work

if TYPE_CHECKING:
    from pipeline.delivery import Round
    from pipeline.intake.imap import Fetched

LAYOUT_NAME = "report.docx"
STYLE_NAME = "report.css"
SEAL_NAME = ".nianbao-inputs-{year}"
"""Beside the year's folder: the fingerprint of the night whose outputs it holds, written when they are complete."""


@dataclass(frozen=True, slots=True)
class Inbox:
    """The inbox sorted: every file in order of arrival, every mail, and what holds nothing to judge."""

    envelopes: tuple[Envelope, ...]
    leftovers: tuple[Leftover, ...]
    messages: tuple[Message, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a night found and did. ``written`` and ``removed`` are relative to ``folder``; ``unchanged``: nothing new had come."""

    folder: Path
    record: Record
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: bool = False
    fetched: Fetched | None = None
    sent: Round | None = None

    @property
    def failures(self) -> tuple[str, ...]:
        """What the mail servers failed at, in sentences; the night was done all the same."""
        ends = (self.fetched, self.sent)
        return tuple(end.failure for end in ends if end and end.failure)

    @property
    def is_all_well(self) -> bool:
        """Whether nothing was returned, held or missing."""
        counts = self.record["counts"]
        return not any(counts[name] for name in ("returned", "held", "missing"))


def run(
    district: District, output: Path, *, now: datetime, work: Work, progress: Progress, dry_run: bool = False
) -> Outcome:
    """Run one night into ``output/<year>``. Raises EnvironmentFailedError if the disk fails; running again is safe.

    Mail is fetched first and sent last, where the district wants it; a mail server that fails does not stop the night.
    """
    mailing.check(district)
    with disk():
        fetched = _fetch_mail(district, output) if district.mail.fetches and not dry_run else None
        outcome = _run(district, output / str(district.year), now, work, progress, dry_run=dry_run)
        sent = send(district, output, now=now) if district.mail.send and not dry_run else None
    return replace(outcome, fetched=fetched, sent=sent)


def _fetch_mail(district: District, output: Path) -> Fetched:
    with open_ledger(output) as ledger:
        return mailing.collect(district, ledger)


def _note_bounces(inbox: Inbox, output: Path, now: datetime) -> None:
    if any(message.bounce for message in inbox.messages):
        with open_ledger(output) as ledger:
            mailing.note_bounces(inbox.messages, ledger, now=now)


def send(district: District, output: Path, *, now: datetime) -> Round:
    """Deliver the letters that wait. Raises EnvironmentFailedError if the disk fails, ConfigError without a server."""
    with disk(), open_ledger(output) as ledger:
        return mailing.dispatch(district, ledger, now=now)


def _run(
    district: District, target: Path, now: datetime, work: Work, progress: Progress, *, dry_run: bool
) -> Outcome:
    form = load_form(district.form)
    inbox = fetch(district)
    if not dry_run:
        _note_bounces(inbox, target.parent, now)
    layout, style = word_layout(district, form), web_style(district)
    inputs = fingerprint(district, inbox.envelopes, inbox.leftovers, [layout, style], now)
    seal = target.parent / SEAL_NAME.format(year=district.year)
    earlier = outputs.read_record(target)
    if earlier and _read(seal) == inputs and outputs.is_complete(target, earlier):
        return Outcome(target, earlier, unchanged=True)
    assessments, copies = assess(form, inbox.envelopes, district, work=work, progress=progress)
    night = outputs.Night(
        form=form,
        district=district,
        summary=_merged(form, district, assessments),
        assessments=assessments,
        leftovers=(*inbox.leftovers, *copies),
        layout=layout,
        style=style,
        now=now,
    )
    done = outputs.publish(night, target, work=work, progress=progress, dry_run=dry_run)
    if not dry_run:
        write_if_changed(seal, inputs.encode())
    return Outcome(target, done.record, done.written, done.removed)


def _read(path: Path) -> str:
    return path.read_text("utf-8") if path.is_file() else ""


def fetch(district: District) -> Inbox:
    """Fetch the inbox, everything in order of arrival."""
    fetched = folder.fetch(district.inbox, authserv_id=district.mail.authserv_id)
    return Inbox(
        envelopes=tuple(sorted(fetched.envelopes, key=lambda item: (item.order, item.path))),
        leftovers=tuple(
            Leftover(item.path, item.sha256, Verdict.NOT_A_SUBMISSION) for item in fetched.empties
        ),
        messages=tuple(sorted(fetched.messages, key=lambda item: (item.order, item.path))),
    )


def word_layout(district: District, form: Form) -> bytes:
    """Return the district's own Word layout, else the one built from the form."""
    own = district.folder / LAYOUTS_NAME / LAYOUT_NAME
    if own.is_file():
        return own.read_bytes()
    from pipeline.publishing.word_layout import build_layout  # noqa: PLC0415 - python-docx, only where it is used

    return build_layout(form)


def web_style(district: District) -> bytes:
    """Return what the district adds to the style of the web reports; nothing if it adds nothing."""
    own = district.layouts / STYLE_NAME
    return own.read_bytes() if own.is_file() else b""


def assess(
    form: Form, envelopes: Sequence[Envelope], district: District, *, work: Work, progress: Progress
) -> tuple[list[Assessment], list[Leftover]]:
    """Read, identify and judge; the assessments keep the order of the envelopes, versions numbered.

    Files with the same content are read once; copies of a file that stands for them all come back as duplicates.
    """
    contents = {envelope.sha256: envelope for envelope in reversed(envelopes)}
    readings = dict(
        zip(contents, read_all(form, list(contents.values()), work=work, progress=progress), strict=True)
    )
    roster = identity.Roster.of(district.agencies)
    identified = [(item, _identified(item, readings[item.sha256], district, roster)) for item in envelopes]
    kept, copies = _told_apart(identified)
    submissions = [
        _submission(envelope, readings[envelope.sha256], who, district.level) for envelope, who in kept
    ]
    progress("校验", 0, len(submissions))
    assessments = judged(form, submissions, rules=district.rules, agencies=district.agencies)
    progress("校验", len(submissions), len(submissions))
    return _number_versions(assessments), copies


_Identified: TypeAlias = tuple[Envelope, identity.Identity]


def _told_apart(found: Sequence[_Identified]) -> tuple[list[_Identified], list[Leftover]]:
    """Part the files that are to be judged from those that only repeat one."""
    same: dict[str, list[int]] = {}
    for number, (envelope, _) in enumerate(found):
        same.setdefault(envelope.sha256, []).append(number)
    stay: dict[int, identity.Identity] = {}
    for numbers in same.values():
        staying = [numbers[index] for index in binding.copies_that_stay([found[at][1] for at in numbers])]
        twice = len(staying) > 1
        stay |= {at: binding.claimed_twice(found[at][1]) if twice else found[at][1] for at in staying}
    kept = [(envelope, stay[number]) for number, (envelope, _) in enumerate(found) if number in stay]
    copies = [
        Leftover(envelope.path, envelope.sha256, Verdict.DUPLICATE)
        for number, (envelope, _) in enumerate(found)
        if number not in stay
    ]
    return kept, copies


def read_all(form: Form, envelopes: Sequence[Envelope], *, work: Work, progress: Progress) -> list[Reading]:
    """Read every envelope, in order."""
    return work.map(
        _read_chunk,
        form.id,
        [envelope.content for envelope in envelopes],
        lambda done: progress("读取报送文件", done, len(envelopes)),
    )


def _read_chunk(form_id: str, contents: Sequence[bytes]) -> list[Reading]:
    form = load_form(form_id)
    return [reading.read(form, content) for content in contents]


def judged(
    form: Form, submissions: Sequence[Submission], *, rules: Rules, agencies: Sequence[Agency] = ()
) -> list[Assessment]:
    """Judge the submissions as one batch."""
    from pipeline.judging.judge import judge  # noqa: PLC0415 - pandas and pandera, only where they are used

    return judge(form, submissions, rules=rules, agencies=agencies)


def _identified(
    envelope: Envelope, found: Reading, district: District, roster: identity.Roster
) -> identity.Identity:
    who = identity.identify(
        found, path=envelope.path, sender=envelope.sender, roster=roster, year=district.year
    )
    return binding.bind(who, envelope, roster, district.trusted_senders)


def _submission(envelope: Envelope, found: Reading, who: identity.Identity, level: str) -> Submission:
    """Join a reading with its envelope's facts and its owner; ``level`` is taken where nobody owns it."""
    return Submission(
        file=envelope.path,
        name=envelope.name,
        sha256=envelope.sha256,
        source=envelope.source,
        received_at=envelope.received_at,
        order=envelope.order,
        reading=replace(found, findings=(*found.findings, *who.findings)),
        agency=who.agency,
        level=who.agency.level if who.agency else level,
        year=who.year,
        held=who.held,
    )


def _number_versions(assessments: Sequence[Assessment]) -> list[Assessment]:
    """Number each agency's files from 1 in the order given; files of nobody stay 0."""
    latest: dict[str, int] = {}
    numbered = []
    for assessment in assessments:
        agency = assessment.submission.agency
        if agency:
            latest[agency.code] = latest.get(agency.code, 0) + 1
        numbered.append(replace(assessment, version=latest[agency.code] if agency else 0))
    return numbered


def _merged(form: Form, district: District, assessments: Sequence[Assessment]) -> DistrictSummary:
    return merge(
        form,
        district=district.name,
        year=district.year,
        agencies=district.agencies,
        assessments=assessments,
    )


def check(envelopes: Sequence[Envelope], form_id: str) -> list[Assessment]:
    """Judge single files without a district: whatever agency and year they state is taken as theirs."""
    form = load_form(form_id)
    readings = _read_chunk(form.id, [envelope.content for envelope in envelopes])
    submissions = [
        _submission(envelope, found, identity.stated(found, level=DEFAULT_LEVEL), DEFAULT_LEVEL)
        for envelope, found in zip(envelopes, readings, strict=True)
    ]
    return judged(form, submissions, rules=Rules())
