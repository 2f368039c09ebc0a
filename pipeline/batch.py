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

from pipeline.district.folder import District
from pipeline.forms.form import Form
from pipeline.ledger import FOLDER, Ledger, arrivals, codes, imports, open_copy, open_ledger, runs
from pipeline.ledger import barrier as marks
from pipeline.machine.environment import disk
from pipeline.machine.work import Progress, Work
from pipeline.merging import merge
from pipeline.model import (
    Assessment,
    DistrictSummary,
    PastReport,
    Reason,
)
from pipeline.night import letterbox, letterstate, mailing
from pipeline.night.assessing import Assessed, assess
from pipeline.night.barrier import Barrier
from pipeline.night.basis import Basis, gather
from pipeline.night.delivered import last_delivered
from pipeline.night.journal import Journal, open_journal
from pipeline.night.outcomes import outcomes
from pipeline.night.writing import Desk
from pipeline.publishing import before, outputs
from pipeline.publishing.plan import Night
from pipeline.publishing.record import Record
from pipeline.publishing.summary import Background, PastFigures

if TYPE_CHECKING:
    from pipeline.delivery import Round
    from pipeline.intake.imap import Fetched

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
    retries: bool = False
    """Whether something that was set aside is tried once more: what was made without it does not stand."""


def run(  # noqa: PLR0913 - what a run is asked for, spelled out
    district: District,
    output: Path,
    *,
    now: datetime,
    work: Work,
    progress: Progress,
    dry_run: bool = False,
    with_pdf: bool = False,
    retry: bool = False,
) -> Outcome:
    """Run one night into ``output/<year>``. Raises EnvironmentFailedError if the disk fails; running again is safe.

    Mail is fetched first and sent last, where the district wants it; a mail server that fails does not stop the night.
    ``retry``: what was set aside is tried once more. A dry run works on a copy of the ledger in memory and writes nothing at all.
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
        again = marks.try_again(ledger, district.year) if retry else 0
        if retry:
            journal.line(f"  重试　{again} 个搁置的文件")
        session = Session(
            ledger,
            district,
            target,
            now,
            work,
            progress,
            journal,
            dry_run=dry_run,
            with_pdf=with_pdf,
            retries=again > 0,
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
        codes.check_codes(ledger, district.agencies, district.roster)
        withdrawn = letterbox.take_back(ledger, district, output, now=now) if district.mail.smtp_host else 0
        done = mailing.dispatch(district, ledger, now=now)
        journal.letters(done)
        letterbox.lay_out(ledger, district, output / str(district.year))
    return done, withdrawn


def _run(session: Session) -> Outcome:
    number = runs.start(session.ledger, session.district.year, now=session.now)
    basis = gather(session.ledger, session.district, session.journal, _barrier(session))
    earlier = before.read_record(session.target)
    is_same = not session.retries and runs.inputs_before(session.ledger, number) == basis.digest
    if earlier and is_same and before.is_complete(session.target, earlier, with_pdf=session.with_pdf):
        return _leave(session, number, basis, earlier)
    return _work(session, number, basis)


def _barrier(session: Session) -> Barrier:
    ledger, year = session.ledger, session.district.year
    return Barrier(ledger, year, session.now, session.work.pool, session.journal.line)


def _leave(session: Session, number: int, basis: Basis, earlier: Record) -> Outcome:
    """Leave the outputs as they are: nothing has changed but, perhaps, whom to write to."""
    letters = letterbox.write_night(_desk(session, basis), earlier, dry_run=session.dry_run)
    runs.finish(
        session.ledger, number, runs.UNCHANGED, basis.digest, now=session.now, counts=earlier["counts"]
    )
    session.journal.line(f"  结果　没有新的报送，结果文件保持不变；{letters.words or '没有新写信'}")
    return Outcome(session.target, earlier, unchanged=True, letters=letters)


def _work(session: Session, number: int, basis: Basis) -> Outcome:
    """Judge what is new, publish, write letters."""
    letterbox.check(session.district)
    assessed = _assess(session, basis)
    done = outputs.publish(
        _night(session, basis, assessed),
        session.target,
        work=session.work,
        progress=session.progress,
        dry_run=session.dry_run,
    )
    came = letterstate.Night(assessed.assessments, assessed.copies, basis.inbox.messages)
    letters = letterbox.write_night(_desk(session, basis), done.record, came, dry_run=session.dry_run)
    runs.finish(
        session.ledger,
        number,
        runs.DONE,
        basis.digest,
        now=session.now,
        made=done.made,
        counts=done.record["counts"],
    )
    session.journal.line(
        f"  结果　写文件 {len(done.written)} 个，删除 {len(done.removed)} 个；{letters.words or '没有新写信'}"
    )
    return Outcome(
        session.target, done.record, done.written, done.removed, letters=letters, pdf_failure=done.failure
    )


def _desk(session: Session, basis: Basis) -> Desk:
    campaign = basis.campaign
    return Desk(
        session.ledger, session.district, campaign.form, session.target, session.now, campaign.history
    )


def _night(session: Session, basis: Basis, assessed: Assessed) -> Night:
    """Put together what publishing needs to know."""
    ledger, district, campaign = session.ledger, session.district, basis.campaign
    reports = {district.year - 1: campaign.history}
    reports |= {year: imports.reports_of(ledger, year) for year in basis.years}
    return Night(
        form=campaign.form,
        district=district,
        summary=_merged(campaign.form, district, assessed.assessments),
        assessments=assessed.assessments,
        leftovers=(*basis.inbox.leftovers, *assessed.copies, *assessed.overtaken, *assessed.dismissed),
        layout=basis.layout,
        style=basis.style,
        now=session.now,
        bases=assessed.bases,
        background=Background(
            past={year: _figures(found) for year, found in reports.items()},
            waivers=campaign.waivers,
            dismissals=campaign.dismissals,
            delivered=last_delivered(ledger, campaign.form, district.year),
        ),
        history=campaign.history,
        made=runs.take_outputs(ledger, district.year),
        announce=partial(runs.announce_outputs, ledger, district.year),
        with_pdf=session.with_pdf,
        nights=runs.nights(ledger, district.year),
    )


def _figures(reports: Mapping[str, PastReport]) -> dict[str, PastFigures]:
    return {code: report.numbers for code, report in reports.items()}


def _assess(session: Session, basis: Basis) -> Assessed:
    """Assess everything, settle what became of each mail, and write both into the log."""
    campaign, inbox = basis.campaign, basis.inbox
    assessed = assess(
        session.ledger,
        campaign,
        inbox,
        now=session.now,
        barrier=basis.barrier,
        progress=session.progress,
        tell=session.journal.files,
    )
    aside = {item.file: Reason.OVERTAKEN for item in assessed.overtaken}
    aside |= {item.file: Reason.DISMISSED for item in assessed.dismissed}
    mails = outcomes(inbox.messages, assessed.assessments, aside)
    news = arrivals.unsettled(session.ledger, session.district.year, mails)
    session.journal.mails(news)
    arrivals.settle_mails(session.ledger, session.district.year, news)
    return assessed


def _merged(form: Form, district: District, assessments: Sequence[Assessment]) -> DistrictSummary:
    return merge(
        form,
        district=district.name,
        year=district.year,
        agencies=district.agencies,
        assessments=assessments,
    )
