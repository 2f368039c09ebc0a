"""The run, stage by stage; the only module that knows the order.

    fetch → remember → assess (read → identify → judge) → merge → publish → write letters → send

Every stage is a pure function or a writer that can run again; a run whose inputs have not changed writes nothing, and
does not even load the stages after the first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.coordinating import deciding, excepting, todo
from pipeline.district.adjusting import form_of
from pipeline.district.folder import District
from pipeline.ledger import (
    FOLDER,
    arrivals,
    campaign,
    codes,
    deadlines,
    decisions,
    events,
    letters,
    mailboxes,
    runs,
)
from pipeline.ledger import output_record as written_outputs
from pipeline.ledger import set_aside as marks
from pipeline.ledger.access import open_campaign, view_campaign
from pipeline.ledger.campaign import RunResult
from pipeline.long_lists import first_of
from pipeline.machine.environment import disk
from pipeline.machine.work import Progress, Workforce
from pipeline.model import (
    PROGRAM,
    Decision,
    DecisionKind,
    Reason,
)
from pipeline.periods import spaced_of
from pipeline.publishing import listed_files as before
from pipeline.publishing.data.record import Record
from pipeline.publishing.todo_book import REFUSED, TODO_NAME
from pipeline.publishing.year_folder import Aside
from pipeline.run import carrying, clock, mailing
from pipeline.run import pending as waiting
from pipeline.run.inbox import require
from pipeline.run.inputs import RunInputs, gather, refuse_unusable_layout
from pipeline.run.journal import open_journal
from pipeline.run.letters import outgoing as letterbox
from pipeline.run.letters.writing import LetterContext
from pipeline.run.newest_word import overtaken
from pipeline.run.opening import Barrier
from pipeline.run.session import Session
from pipeline.run.sharing import ALONE, CommonInputs

if TYPE_CHECKING:
    from pipeline.mail.imap import FetchReport
    from pipeline.mail.outbox import SendReport
    from pipeline.publishing.file_plan import Publication
    from pipeline.publishing.outputs import Published
    from pipeline.run.assessing import Assessed

LOGS = "log"
"""In the ledger's folder: a log for each day."""
_MOST_SENTENCES = 20
"""Of one kind, about rows of 待办.xlsx."""
_MOST_NAMES = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run found and did. ``written`` and ``removed`` are relative to ``folder``; ``unchanged``: nothing new had come.

    ``letters`` says what was done to those that wait.
    """

    folder: Path
    record: Record
    district: District
    """As the campaign has it: with the roster by which it was collected."""
    written: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    unchanged: bool = False
    letters: letterbox.LetterChanges = field(default_factory=letterbox.LetterChanges)
    fetched: FetchReport | None = None
    sent: SendReport | None = None
    pdf_failure: str = ""
    kept: tuple[Aside, ...] = ()
    """What persons had done to outputs that were replaced, and where that stands now."""
    blocked: tuple[Aside, ...] = ()
    """Outputs that could not be replaced, and where their new state stands."""
    to_decide: tuple[str, ...] = ()
    """What waits for a person, in sentences."""

    @property
    def failures(self) -> tuple[str, ...]:
        """What the mail servers, LibreOffice or the disk failed at, in sentences; the run was done all the same."""
        ends = (self.fetched, self.sent)
        mailing_failures = (end.failure for end in ends if end)
        return tuple(
            failure
            for failure in (*mailing_failures, self.pdf_failure, *map(blocked_words, self.blocked))
            if failure
        )

    @property
    def is_all_well(self) -> bool:
        """Whether nothing was returned, held or missing."""
        counts = self.record["counts"]
        return not any(counts[name] for name in ("returned", "held", "missing"))


def run(  # noqa: PLR0913 - what a run is asked for, spelled out
    district: District,
    output: Path,
    *,
    now: datetime,
    work: Workforce,
    progress: Progress,
    dry_run: bool = False,
    with_pdf: bool = False,
    by_clock: bool = False,
    retry: bool = False,
    shared: CommonInputs = ALONE,
) -> Outcome:
    """Do one run, into ``output/<year>``. Raises EnvironmentFailedError if the disk fails; running again is safe.

    Mail is fetched first and sent last, where the district wants it; a mail server that fails does not stop the run.
    ``by_clock``: ``now`` is what the machine's clock says, which may be wrong. ``retry``: what was set aside is tried once
    more. A dry run works on a copy of the ledger in memory and writes nothing at all. ``shared``: where several forms are collected.
    """
    if not dry_run:
        mailing.check(district)
    form_of(district)  # rules that cannot be set so are refused before anything else is looked at
    title = f"{district.name} {spaced_of(district.year)}"
    with disk():
        if by_clock:
            with open_campaign(district, output) as (ledger, own):
                clock.check(ledger, own, now)
        carried = todo.NOTHING_CARRIED if dry_run else carrying.carry_out(district, output, now=now)
    with (
        disk(),
        (view_campaign if dry_run else open_campaign)(district, output) as (ledger, district),
        open_journal(None if dry_run else output / FOLDER / district.part / LOGS, title, now=now) as journal,
    ):
        require(ledger, district)
        codes.remember(ledger, district, now=now)
        deadlines.remember(ledger, district, now=now)
        excepting.keep_exceptions(ledger, district, now=now)
        target = district.results_in(output)
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
            carried,
            dry_run=dry_run,
            with_pdf=with_pdf,
            retries=again > 0,
            shared=shared,
        )
        fetched = _fetched(session)
        return _closed(session, replace(_run(session), fetched=fetched))


def _fetched(session: Session) -> FetchReport | None:
    """Collect the mail, once for all forms of a district; return what came, as it was reported."""
    ledger, district, now, shared = session.ledger, session.district, session.now, session.shared
    fetches = district.mail.fetches and not session.dry_run and not shared.has_fetched
    found = mailing.collect(district, ledger, now=now) if fetches else shared.fetched
    if found:
        session.journal.line(f"  邮箱　取回 {found.stored} 封")
    if not session.dry_run:
        mailboxes.note(ledger, district.year, found.failure if found else "", at=now)
        letterbox.look_after(ledger, district, session.target, now=now)
    return None if district.is_second else found  # the first form's outcome says what came for all


def _closed(session: Session, outcome: Outcome) -> Outcome:
    """Send what may leave, lay out what waits and write the journal's last lines; return the outcome with what came of it."""
    ledger, district, now, journal = session.ledger, session.district, session.now, session.journal
    carried = outcome.letters.carried
    failed = len(carried.refused) + len(carried.lost)
    if carried.done or failed:
        journal.line(f"  待办　办成 {carried.done} 项，没有办成 {failed} 项")
    sent = None
    if not session.dry_run:
        sent = mailing.dispatch(district, ledger, now=now) if district.mail.send else None
        if outcome.letters.said:
            letterbox.tell_of_sending(outcome.letters.said)
        laid = letterbox.lay_out(ledger, district, session.target, now=now)
        outcome = replace(
            outcome, kept=(*outcome.kept, *laid.kept), blocked=(*outcome.blocked, *laid.blocked)
        )
    if sent:
        journal.letters(sent)
    journal.grown(ledger.originals.added)
    to_decide = (*waiting.all_sentences(ledger, district, session.target, now=now), *_not_done(carried))
    outcome = replace(outcome, sent=sent, to_decide=to_decide)
    journal.end(outcome.record, outcome.failures)
    return outcome


def _not_done(carried: todo.Carried) -> Iterator[str]:
    yield from _shortened([f"{TODO_NAME}：{said}" for said in carried.unread])
    yield from _shortened([f"{TODO_NAME} 里选的{said}" for said in carried.lost])
    yield from _shortened(carried.undone)
    if carried.refused:
        names = first_of(carried.whose, _MOST_NAMES)
        said = f"（{names}）" if names else ""
        yield f"{TODO_NAME} 里有 {len(carried.refused)} 项没有办成{said}，原因写在“{REFUSED}”一栏"


def _shortened(said: Sequence[str]) -> Iterator[str]:
    """Yield sentences of one kind, of very many the first and the last."""
    left = len(said) - _MOST_SENTENCES
    if left <= 0:
        yield from said
        return
    yield from said[: _MOST_SENTENCES - 1]
    yield f"{TODO_NAME}：另有 {left} 行也没有办"
    yield said[-1]


def send(
    district: District,
    output: Path,
    *,
    now: datetime,
    pause: float = 0,
    most: int | None = None,
    by_clock: bool = False,
) -> tuple[SendReport, int, int]:
    """Deliver the letters that wait and are still true; return what became of them, how many were withdrawn, how many withheld.

    ``most`` letters at the most, with ``pause`` seconds between two. Raises EnvironmentFailedError if the disk fails,
    ConfigError without a server.
    """
    title = f"{district.name} {spaced_of(district.year)}　发信"
    with (
        disk(),
        open_campaign(district, output) as (ledger, district),
        open_journal(output / FOLDER / district.part / LOGS, title, now=now) as journal,
    ):
        if by_clock:
            clock.check(ledger, district, now)
        target = district.results_in(output)
        letterbox.look_after(ledger, district, target, now=now)
        withdrawn = letterbox.take_back(ledger, district, output, now=now) if district.mail.sends else 0
        done = mailing.dispatch(district, ledger, now=now, pause=pause, most=most)
        journal.letters(done)
        letterbox.lay_out(ledger, district, target, now=now)
        withheld = letters.withheld(ledger, district.year)
    return done, withdrawn, len(withheld)


def _run(session: Session) -> Outcome:
    ledger, year = session.ledger, session.district.year
    number = runs.start(ledger, year, now=session.now)
    barrier = Barrier(
        ledger,
        year,
        session.now,
        session.work.pool,
        session.journal.line,
        prepare=lambda files: session.work.prepare(files, "pipeline.publishing.documents"),
        ahead=partial(_ready_for_texts, session.district),
    )
    basis = gather(ledger, session.district, session.journal, barrier, session.shared)
    earlier = campaign.last_result(ledger, year)
    if earlier is None or session.retries or runs.inputs_before(ledger, number) != basis.digest:
        return _work(session, number, basis)
    is_whole = before.is_complete(
        session.target,
        dict(earlier.record),
        written_outputs.of_year(ledger, year, with_figures=False),
        drafts=before.drafts(dict(earlier.record)),
        with_pdf=session.with_pdf,
    )
    return _leave(session, number, basis, earlier) if is_whole else _work(session, number, basis, earlier)


def _ready_for_texts(district: District) -> None:
    from pipeline.judging.texts.check import get_ready

    get_ready(form_of(district))


def _leave(session: Session, number: int, basis: RunInputs, earlier: RunResult) -> Outcome:
    """Leave the outputs as they are: nothing has changed but, perhaps, whom to write to."""
    letters = letterbox.write_letters(
        _letter_context(session, basis), earlier, carried=session.carried, dry_run=session.dry_run
    )
    runs.finish(
        session.ledger, number, runs.UNCHANGED, basis.digest, now=session.now, counts=earlier.record["counts"]
    )
    session.journal.line(f"  结果　没有新的报送，结果文件保持不变；{letters.words or '没有新写信'}")
    return Outcome(session.target, dict(earlier.record), session.district, unchanged=True, letters=letters)


def _work(session: Session, number: int, basis: RunInputs, earlier: RunResult | None = None) -> Outcome:
    """Judge what is new, publish, write letters.

    With ``earlier`` nothing is new but that outputs are missing or were edited: they are made again as they were then.
    """
    from pipeline.publishing import outputs
    from pipeline.run.letters.answerable import RunArrivals
    from pipeline.run.letters.delivered import remember_deliveries
    from pipeline.run.publication import deliveries_of, publication_of

    refuse_unusable_layout(session.district, basis.campaign.form, basis.layout)
    letterbox.check(session.district)
    remember_deliveries(session.ledger, basis.campaign.form, session.district.year)
    assessed = _assess(session, basis)
    new = _new_decisions(session, basis)
    if new and (undone := overtaken(new, assessed.assessments)):
        session, basis = _without(session, basis, undone)
        assessed = _assess(session, basis)
    publication = publication_of(session, basis, assessed, number, earlier)
    done = outputs.publish(
        publication, session.target, work=session.work, progress=session.progress, dry_run=session.dry_run
    )
    result = _result(publication, done, number, earlier, deliveries_of(session, earlier))
    campaign.keep_result(session.ledger, session.district.year, result, done.made)
    _tell(session, done)
    came = RunArrivals(
        assessed.assessments,
        assessed.copies,
        basis.inbox.messages,
        frozenset(item.file for item in assessed.unread),
    )
    letters = letterbox.write_letters(
        _letter_context(session, basis), result, came, carried=session.carried, dry_run=session.dry_run
    )
    runs.finish(
        session.ledger, number, runs.DONE, basis.digest, now=session.now, counts=done.record["counts"]
    )
    session.journal.line(
        f"  结果　写文件 {len(done.written)} 个，删除 {len(done.removed)} 个；{letters.words or '没有新写信'}"
    )
    return Outcome(
        session.target,
        done.record,
        session.district,
        done.written,
        done.removed,
        letters=letters,
        pdf_failure=done.failure,
        kept=tuple(done.kept),
        blocked=tuple(done.blocked),
    )


def _new_decisions(session: Session, basis: RunInputs) -> list[Decision]:
    """Return what was decided of versions since the last finished run."""
    given = basis.campaign.decided(DecisionKind.COUNT, DecisionKind.RETURN)
    last = campaign.last_result(session.ledger, session.district.year) if given else None
    return [item for item in given if last is None or item.given_at > last.at]


def _without(session: Session, basis: RunInputs, undone: Mapping[Decision, int]) -> tuple[Session, RunInputs]:
    """End the decisions that a later version has overtaken before anybody heard of them; each with that version's number."""
    ledger, district = session.ledger, session.district
    for decision, counting in undone.items():
        why = deciding.already_counts(decision.kind, decision.version, counting)
        decisions.revoke(ledger, district.year, decision, by=PROGRAM, at=session.now, reason=why)
    left = [item for item in basis.campaign.decisions if item not in undone]
    carried = todo.overtaken(session.carried, district, undone)
    return (
        replace(session, carried=carried),
        replace(basis, campaign=replace(basis.campaign, decisions=left)),
    )


def _result(
    publication: Publication, done: Published, number: int, earlier: RunResult | None, deliveries: int
) -> RunResult:
    """Return what is remembered of a run; one that only makes again what was made before stands for the run that made it."""
    reports = publication.summary.reports
    return RunResult(
        run=earlier.run if earlier else number,
        at=publication.now,
        record=done.record,
        figures={report.code: report.numbers for report in reports},
        names={report.code: report.agency for report in reports},
        deliveries=deliveries,
        pages=done.pages,
    )


def _tell(session: Session, done: Published) -> None:
    """Record what persons had done to outputs, and what could not be replaced."""
    asides = [(events.EventKind.OUTPUT_KEPT, item) for item in done.kept]
    asides += [(events.EventKind.OUTPUT_BLOCKED, item) for item in done.blocked]
    letterbox.tell_outputs(session.ledger, session.district.year, asides, now=session.now)


def _letter_context(session: Session, basis: RunInputs) -> LetterContext:
    own = basis.campaign
    return LetterContext(session.ledger, session.district, own.form, session.target, session.now, own.history)


def blocked_words(item: Aside) -> str:
    """Say what could not be replaced, and what to do."""
    where = f"新的内容写在“{item.beside}”" if item.beside else "没有删除"
    return f"“{item.path}”正被其他程序打开或不能改写，{where}。请关闭它，然后重新运行"


def _assess(session: Session, basis: RunInputs) -> Assessed:
    """Assess everything, settle what became of each mail, and write both into the log."""
    from pipeline.run.assessing import assess
    from pipeline.run.outcomes import outcomes

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
