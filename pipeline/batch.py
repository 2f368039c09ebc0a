"""The night, stage by stage; the only module that knows the order.

    fetch → remember → assess (read → identify → judge) → merge → publish → write letters → send

Every stage is a pure function or a writer that can run again; a night whose inputs have not changed writes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.district.adjusting import form_of
from pipeline.district.folder import LAYOUTS_NAME, District
from pipeline.district.roster import DEFAULT_LEVEL
from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.intake import identity
from pipeline.ledger import FOLDER, Ledger, arrivals, codes, imports, open_copy, open_ledger, runs, waivers
from pipeline.machine.environment import disk
from pipeline.machine.work import Progress, Work
from pipeline.merging import merge
from pipeline.model import (
    Assessment,
    DistrictSummary,
    Envelope,
    PastReport,
)
from pipeline.night import letterbox, letterstate, mailing
from pipeline.night.assessing import Assessed, Campaign, assess, read_chunk, submission
from pipeline.night.delivered import last_delivered
from pipeline.night.fingerprint import fingerprint
from pipeline.night.inbox import Inbox, look
from pipeline.night.journal import Journal, open_journal
from pipeline.night.outcomes import outcomes
from pipeline.publishing import before, outputs
from pipeline.publishing.plan import Night
from pipeline.publishing.record import Record
from pipeline.publishing.summary import Background, PastFigures

if TYPE_CHECKING:
    from pipeline.delivery import Round
    from pipeline.intake.imap import Fetched

LAYOUT_NAME = "report.docx"
STYLE_NAME = "report.css"
LOGS = "log"
"""In the ledger's folder: a log for each day."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a night found and did. ``written`` and ``removed`` are relative to ``folder``; ``unchanged``: nothing new had come.

    ``letters`` says what was done to those that wait.
    """

    folder: Path
    record: Record
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: bool = False
    letters: letterbox.Written = field(default_factory=letterbox.Written)
    fetched: Fetched | None = None
    sent: Round | None = None
    pdf_failure: str = ""

    @property
    def failures(self) -> tuple[str, ...]:
        """What the mail servers or LibreOffice failed at, in sentences; the night was done all the same."""
        ends = (self.fetched, self.sent)
        mailing_failures = (end.failure for end in ends if end)
        return tuple(failure for failure in (*mailing_failures, self.pdf_failure) if failure)

    @property
    def is_all_well(self) -> bool:
        """Whether nothing was returned, held or missing."""
        counts = self.record["counts"]
        return not any(counts[name] for name in ("returned", "held", "missing"))


@dataclass(frozen=True, slots=True)
class Session:
    """What one night works with; ``target`` is the year's folder."""

    ledger: Ledger
    district: District
    target: Path
    now: datetime
    work: Work
    progress: Progress
    journal: Journal
    dry_run: bool
    with_pdf: bool


def run(
    district: District,
    output: Path,
    *,
    now: datetime,
    work: Work,
    progress: Progress,
    dry_run: bool = False,
    with_pdf: bool = False,
) -> Outcome:
    """Run one night into ``output/<year>``. Raises EnvironmentFailedError if the disk fails; running again is safe.

    Mail is fetched first and sent last, where the district wants it; a mail server that fails does not stop the night.
    A dry run works on a copy of the ledger in memory and writes nothing at all.
    """
    mailing.check(district)
    title = f"{district.name} {district.year} 年度"
    with (
        disk(),
        (open_copy if dry_run else open_ledger)(output) as ledger,
        open_journal(None if dry_run else output / FOLDER / LOGS, title, now=now) as journal,
    ):
        codes.check_codes(ledger, district.agencies, district.roster)
        target = output / str(district.year)
        session = Session(
            ledger, district, target, now, work, progress, journal, dry_run=dry_run, with_pdf=with_pdf
        )
        fetched = mailing.collect(district, ledger) if district.mail.fetches and not dry_run else None
        if fetched:
            journal.line(f"  邮箱　取回 {fetched.stored} 封")
        outcome = _run(session)
        sent = mailing.dispatch(district, ledger, now=now) if district.mail.send and not dry_run else None
        if not dry_run:
            letterbox.lay_out(ledger, district, target)
        if sent:
            journal.letters(sent)
        outcome = replace(outcome, fetched=fetched, sent=sent)
        journal.end(outcome.record, outcome.failures)
    return outcome


def send(district: District, output: Path, *, now: datetime) -> tuple[Round, int]:
    """Deliver the letters that wait and are still true; return what became of them, and how many were withdrawn.

    Raises EnvironmentFailedError if the disk fails, ConfigError without a server.
    """
    title = f"{district.name} {district.year} 年度　发信"
    with (
        disk(),
        open_ledger(output) as ledger,
        open_journal(output / FOLDER / LOGS, title, now=now) as journal,
    ):
        withdrawn = letterbox.take_back(ledger, district, output, now=now) if district.mail.smtp_host else 0
        done = mailing.dispatch(district, ledger, now=now)
        journal.letters(done)
        letterbox.lay_out(ledger, district, output / str(district.year))
    return done, withdrawn


def _run(session: Session) -> Outcome:
    ledger, district, target, now = session.ledger, session.district, session.target, session.now
    form = form_of(district)
    number = runs.start(ledger, district.year, now=now)
    inbox = look(ledger, district, now=now)
    session.journal.line(f"  收件　新文件 {len(inbox.new)} 个，至今共 {len(inbox.envelopes)} 个")
    mailing.note_bounces(inbox.messages, ledger, now=now)
    history = imports.reports_of(ledger, district.year - 1)
    campaign = Campaign(form, district, history, waivers.in_force(ledger, district.year, now.date()))
    layout, style = word_layout(district, form), web_style(district)
    years = imports.years_before(ledger, district.year - 1)
    others = (*inbox.leftovers, *campaign.waivers, *history.values(), *years.items())
    inputs = fingerprint(district, inbox.envelopes, others, [layout, style], now)
    earlier = before.read_record(target)
    desk = letterbox.Desk(ledger, district, form, target, now, history)
    is_same = runs.inputs_before(ledger, number) == inputs
    if earlier and is_same and before.is_complete(target, earlier, with_pdf=session.with_pdf):
        letters = letterbox.write_night(desk, earlier, dry_run=session.dry_run)
        runs.finish(ledger, number, runs.UNCHANGED, inputs, now=now, counts=earlier["counts"])
        session.journal.line(f"  结果　没有新的报送，结果文件保持不变；{letters.words or '没有新写信'}")
        return Outcome(target, earlier, unchanged=True, letters=letters)
    letterbox.check(district)
    assessed = _assess(session, campaign, inbox)
    night = Night(
        form=form,
        district=district,
        summary=_merged(form, district, assessed.assessments),
        assessments=assessed.assessments,
        leftovers=(*inbox.leftovers, *assessed.copies),
        layout=layout,
        style=style,
        now=now,
        bases=assessed.bases,
        background=Background(
            past={
                district.year - 1: _figures(history),
                **{year: _figures(imports.reports_of(ledger, year)) for year in years},
            },
            waivers=campaign.waivers,
            delivered=last_delivered(ledger, form, district.year),
        ),
        history=history,
        made=runs.take_outputs(ledger, district.year),
        announce=partial(runs.announce_outputs, ledger, district.year),
        with_pdf=session.with_pdf,
        nights=runs.nights(ledger, district.year),
    )
    done = outputs.publish(
        night, target, work=session.work, progress=session.progress, dry_run=session.dry_run
    )
    came = letterstate.Night(assessed.assessments, assessed.copies, inbox.messages)
    letters = letterbox.write_night(desk, done.record, came, dry_run=session.dry_run)
    runs.finish(ledger, number, runs.DONE, inputs, now=now, made=done.made, counts=done.record["counts"])
    session.journal.line(
        f"  结果　写文件 {len(done.written)} 个，删除 {len(done.removed)} 个；{letters.words or '没有新写信'}"
    )
    return Outcome(target, done.record, done.written, done.removed, letters=letters, pdf_failure=done.failure)


def _figures(reports: Mapping[str, PastReport]) -> dict[str, PastFigures]:
    return {code: report.numbers for code, report in reports.items()}


def _assess(session: Session, campaign: Campaign, inbox: Inbox) -> Assessed:
    """Assess everything, settle what became of each mail, and write both into the log."""
    assessed = assess(
        session.ledger,
        campaign,
        inbox.contents,
        now=session.now,
        work=session.work,
        progress=session.progress,
        tell=session.journal.files,
    )
    mails = outcomes(inbox.messages, assessed.assessments)
    news = arrivals.unsettled(session.ledger, session.district.year, mails)
    session.journal.mails(news)
    arrivals.settle_mails(session.ledger, session.district.year, news)
    return assessed


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


def _merged(form: Form, district: District, assessments: Sequence[Assessment]) -> DistrictSummary:
    return merge(
        form,
        district=district.name,
        year=district.year,
        agencies=district.agencies,
        assessments=assessments,
    )


def check(envelopes: Sequence[Envelope], form_id: str, level: str | None = None) -> list[Assessment]:
    """Judge single files without a district: whatever agency and year they state is taken as theirs.

    ``level`` counts more than the level that the template states.
    """
    from pipeline.judging.judge import judge  # noqa: PLC0415 - pandas and pandera, only where they are used

    form = load_form(form_id)
    readings = read_chunk(form.id, [envelope.content for envelope in envelopes])
    submissions = [
        submission(envelope, found, identity.stated(found, level=level), level or DEFAULT_LEVEL)
        for envelope, found in zip(envelopes, readings, strict=True)
    ]
    return judge(form, submissions)
