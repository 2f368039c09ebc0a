"""Everything that ever came in a campaign goes in; the assessments of it come out, and only what is new is worked at.

Readings and judgements are kept in the ledger. A reading holds as long as the program is the same; a judgement as long
as its basis is: the file, its owner, the configuration, last year's report, the exceptions granted and the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache, partial
from typing import TypeAlias

from pipeline.district.folder import District
from pipeline.district.mergers import Bodies, Pasts, added, on_their_own
from pipeline.forms.form import Form
from pipeline.forms.library import titles_of
from pipeline.intake.guard.isolation import ItemWork, set_aside
from pipeline.intake.identify import binding, identity
from pipeline.intake.read.stamped import REFUSING, among
from pipeline.judging.rules.carried_tables import Counted, CountedRegister, carried_into
from pipeline.judging.rules.reports import report_of
from pipeline.ledger import Ledger, arrivals, assessments, bindings, decisions, readings, remainders
from pipeline.ledger.arrivals import Arrival
from pipeline.ledger.assessments import Judgement
from pipeline.ledger.codes import Memory
from pipeline.ledger.decisions import of_kind
from pipeline.machine.ahead import wait_for_the_rest
from pipeline.machine.digest import digest_of, program
from pipeline.machine.pool import JobFailure
from pipeline.machine.shared_keys import SharedKeys
from pipeline.machine.work import Progress
from pipeline.model import (
    ABOUT_RULES,
    CHINA,
    Agency,
    ArrivalKey,
    Assessment,
    Decision,
    DecisionKind,
    Envelope,
    Finding,
    PastReport,
    Reading,
    Submission,
    Verdict,
)
from pipeline.periods import period_before
from pipeline.publishing.data.record import Leftover
from pipeline.run.inbox import Inbox
from pipeline.run.newest_word import words_of
from pipeline.run.opening import Barrier, File, reader_of
from pipeline.run.replacing import basis_of, held_back
from pipeline.run.sorting import (
    Identified,
    KnownArrivals,
    SortedArrivals,
    is_settled_by_a_newer_one,
    sort_out,
)
from pipeline.versions import versions_of


@dataclass(frozen=True, slots=True)
class JudgingContext:
    """What a judgement depends on besides the file itself. ``history`` is last year's report by agency code, as bodies stand now.

    ``pasts`` are last year's reports as they were made, from which a file that came before a merger is compared with its own.
    """

    form: Form
    district: District
    history: Pasts
    pasts: Pasts
    bodies: Bodies
    memory: Memory
    decisions: Sequence[Decision] = ()
    counted: Mapping[str, Pasts] = field(default_factory=dict)
    """By form collected beside this one: what the accepted reports of each body come to there."""

    @property
    def basis(self) -> str:
        """Digest what every judgement of the campaign depends on."""
        own = self.district
        settings = (
            own.name,
            own.level,
            own.year,
            own.form,
            own.form_mark,
            own.deadline,
            own.rules,
            own.collected,
        )
        days = (own.calendar.holidays, own.calendar.workdays) if self.form.registers else ()
        return digest_of(
            (program(), settings, *days, own.trusted_senders, *own.extensions, *own.roster_agencies)
        )

    @property
    def titles(self) -> list[str]:
        """What the forms are called that the district collects at the same time; nothing where there is one alone."""
        collected = dict.fromkeys(form for form, _ in self.district.collected)
        known = (titles_of(form, self.form.reference, self.district.folder) for form in collected)
        return [title for title, _ in filter(None, known)]

    @property
    def accepted(self) -> dict[int, Decision]:
        """Return the decisions by which files are accepted that would be held, by the numbers of the files."""
        return {item.envelope: item for item in self.decided(DecisionKind.ACCEPT)}

    def counted_for(self, agency: Agency | None, came_at: datetime | None) -> Counted:
        """Return what the registers come to that belong to a report that ``agency`` sends at that moment."""
        if agency is None:
            return {}
        day = came_at.astimezone(CHINA).date() if came_at else date.min
        found: dict[str, CountedRegister] = {}
        for form, reports in self.counted.items():
            own, uneven = self.bodies.counterparts(agency, day, reports)
            if own or uneven:
                whole = own[0] if len(own) == 1 else added(agency, self.district.year, own)
                found[form] = CountedRegister(whole.numbers, tuple(item.name for item in uneven))
        return found

    def decided(self, *kinds: DecisionKind) -> list[Decision]:
        """Return the decisions of ``kinds``."""
        return of_kind(self.decisions, *kinds)


@dataclass(frozen=True, slots=True)
class Assessed:
    """The assessments in order of arrival, what is set aside, and the basis of each assessment by its key.

    ``copies`` only repeat a file; what was ``overtaken`` was cleared up after its agency had reported anew; what is ``unread``
    came with a report of its agency and could not be read; what was
    ``dismissed`` is no submission, as the coordinator says.
    """

    assessments: tuple[Assessment, ...]
    copies: tuple[Leftover, ...]
    overtaken: tuple[Leftover, ...]
    unread: tuple[Leftover, ...]
    dismissed: tuple[Leftover, ...]
    bases: Mapping[ArrivalKey, str]


Tell: TypeAlias = Callable[[Sequence[Assessment], Sequence[Leftover]], object]
"""Is told of every assessment whose result is new, and of every file that is newly set aside."""


def assess(
    ledger: Ledger,
    campaign: JudgingContext,
    inbox: Inbox,
    *,
    now: datetime,
    barrier: Barrier,
    progress: Progress,
    tell: Tell,
) -> Assessed:
    """Read, identify and judge what is new; take the rest from the ledger.

    What is new is told before it is recorded: a run that is cut off in between tells it twice, but never not at all.
    """
    year = campaign.district.year
    dismissed = {item.envelope for item in campaign.decided(DecisionKind.DISMISS)}
    everything = arrivals.of_year(ledger, year)
    known = [item for item in everything if item.id not in dismissed]
    found = _all_readings(ledger, campaign, known, barrier=barrier, progress=progress)
    earlier = assessments.latest(ledger, year)
    back_again = decisions.taken_back(ledger, year)
    stood = {number: item for number, item in earlier.items() if number not in back_again}
    sorted_out = sort_out(campaign.district, known, found, inbox.messages, _known(ledger, campaign, stood))
    bindings.keep(ledger, sorted_out.bindings, at=now)
    filed = _filed(ledger, campaign, sorted_out, known, found)
    known_repeats = arrivals.repeated(ledger, year)
    back = {file.item.id for file in filed} & known_repeats
    done = [
        None if file.item.id in back else _restored(campaign.form, file, earlier.get(file.item.id))
        for file in filed
    ]
    stale = [at for at, item in enumerate(done) if item is None]
    progress("校验", 0, len(stale))
    barrier.prepare(len(stale))
    judged = _judged(barrier, campaign, [filed[at].sent for at in stale], [item for item in done if item])
    for at, assessment in zip(stale, judged, strict=True):
        done[at] = replace(assessment, version=filed[at].version)
    whole = [replace(item, word=file.word) for file, item in zip(filed, done, strict=True) if item]
    held = _held(campaign, filed, whole, stood)
    whole = [held.get(at, item) for at, item in enumerate(whole)]
    filed = [replace(file, basis=basis_of(file.basis, is_held=at in held)) for at, file in enumerate(filed)]
    new = [_judgement(filed[at], whole[at]) for at in stale]
    changed = assessments.news(new, earlier) | back
    late = _settled(filed, whole).union(_sent_anew(campaign.district, filed, whole))
    overtaken = [*sorted_out.overtaken, *(file.item for file in filed if file.item.id in late)]
    repeats = [item for item in (*sorted_out.copies, *overtaken) if item.id not in known_repeats]
    tell(
        [
            item
            for file, item in zip(filed, whole, strict=True)
            if file.item.id in changed and file.item.id not in late
        ],
        [_leftover(item) for item in repeats],
    )
    assessments.keep(ledger, year, new, changed, at=now)
    arrivals.note_repeats(ledger, year, repeats, now=now)
    progress("校验", len(stale), len(stale))
    whole = [item for file, item in zip(filed, whole, strict=True) if file.item.id not in late]
    filed = [file for file in filed if file.item.id not in late]
    return Assessed(
        assessments=tuple(_held_small(campaign.form, item) for item in whole),
        copies=tuple(_copies(sorted_out.copies, filed, whole)),
        overtaken=tuple(_leftover(item) for item in overtaken if item.id not in sorted_out.unread),
        unread=tuple(_beside(item) for item in overtaken if item.id in sorted_out.unread),
        dismissed=tuple(
            _leftover(item, Verdict.NOT_A_SUBMISSION) for item in everything if item.id in dismissed
        ),
        bases={item.key: file.basis for file, item in zip(filed, whole, strict=True)},
    )


@dataclass(frozen=True, slots=True)
class _Filed:
    """An arrival, whose it is, the submission it makes, its number among those of its agency, and on what its judgement rests."""

    item: Arrival
    who: identity.Identity
    sent: Submission
    version: int
    word: int
    basis: str


def _filed(
    ledger: Ledger,
    campaign: JudgingContext,
    sorted_out: SortedArrivals,
    known: Sequence[Arrival],
    found: Mapping[str, Reading],
) -> list[_Filed]:
    """Number what is kept of the arrivals, with what their senders said of them, and say what each makes."""
    year = campaign.district.year
    versions = assessments.number_versions(
        ledger, year, [(item.id, who.agency.code) for item, who in sorted_out.kept if who.agency]
    )
    words = words_of(
        sorted_out.kept, versions, sorted_out.words, campaign.decisions, known, sorted_out.before
    )
    kept = [(item, _with_findings(who, words.findings.get(item.id, ()))) for item, who in sorted_out.kept]
    assessments.keep_words(
        ledger,
        year,
        {(who.agency.code, versions[item.id]): words.of[item.id] for item, who in kept if who.agency},
    )
    firsts = _first_arrivals(kept)
    accepted = campaign.accepted
    counted = [campaign.counted_for(who.agency, item.came_at) for item, who in kept]
    submissions = [
        replace(
            _submission(campaign, item, found[item.envelope.sha256], who, firsts, own),
            accepted=accepted[item.id].reason if item.id in accepted else "",
        )
        for (item, who), own in zip(kept, counted, strict=True)
    ]
    bases = _bases(campaign, kept, submissions, counted)
    return [
        _Filed(item, who, sent, versions.get(item.id, 0), words.of[item.id], basis)
        for (item, who), sent, basis in zip(kept, submissions, bases, strict=True)
    ]


def _held(
    campaign: JudgingContext,
    filed: Sequence[_Filed],
    whole: Sequence[Assessment],
    stood: Mapping[int, Judgement],
) -> Mapping[int, Assessment]:
    """Return the assessments that are held until the coordinator decides, by their place."""
    accepted = campaign.accepted
    return held_back(
        [file.item.envelope for file in filed],
        whole,
        [stood.get(file.item.id) for file in filed],
        {at for at, file in enumerate(filed) if file.item.id in accepted},
    )


def _held_small(form: Form, item: Assessment) -> Assessment:
    """Let go of the figures of a reading that became a report, which has them."""
    report = item.report
    if report is None:
        return item
    numbers = SharedKeys(_places(form), report.numbers)
    return replace(
        item, submission=replace(item.submission, reading=replace(item.submission.reading, numbers=numbers))
    )


@lru_cache(maxsize=8)
def _places(form: Form) -> Mapping[str, int]:
    return {cell.key: at for at, cell in enumerate(form.cells)}


def _all_readings(
    ledger: Ledger,
    campaign: JudgingContext,
    known: Sequence[Arrival],
    *,
    barrier: Barrier,
    progress: Progress,
) -> dict[str, Reading]:
    form = campaign.form
    reader = reader_of(campaign.district)
    found = readings.of_year(ledger, campaign.district.year, reader, form.places)
    first = {item.envelope.sha256: item.envelope for item in reversed(known)}
    wanted = dict.fromkeys(item.envelope.sha256 for item in known if item.envelope.sha256 not in found)
    lost = [digest for digest in wanted if not ledger.originals.has(digest)]
    found |= readings.older(ledger, lost, form.places)
    files = {
        digest: File(first[digest].path, first[digest].sender or "", partial(ledger.originals.load, digest))
        for digest in wanted
        if digest not in found
    }
    for new in barrier.read(form, files, lambda done: progress("读取报送文件", done, len(files))):
        readings.keep(ledger, reader, new, form.places)
        found |= new
    return found


def _copies(
    copies: Iterable[Arrival], filed: Sequence[_Filed], assessments: Sequence[Assessment]
) -> Iterator[Leftover]:
    """Name the agency whose file is repeated; of one that is held nobody can say whose it is."""
    originals = {
        file.item.envelope.sha256: (file.item.id, item) for file, item in zip(filed, assessments, strict=True)
    }
    for item in copies:
        number, original = originals.get(item.envelope.sha256, (0, None))
        agency = original.submission.agency if original and original.verdict is not Verdict.HELD else None
        copy = replace(_leftover(item), came_first=item.id < number)
        yield replace(copy, agency=agency.code, agency_name=agency.name) if agency else copy


def _leftover(item: Arrival, verdict: Verdict = Verdict.DUPLICATE) -> Leftover:
    return Leftover(item.envelope.path, item.envelope.sha256, verdict, repeats=item.repeats)


def _beside(item: Arrival) -> Leftover:
    """Set a file aside that could not be read; of one that no mail brought only the coordinator can be told."""
    found = () if item.envelope.source == "mail" else (Finding.found("F01", None, (), "unread_beside"),)
    return replace(_leftover(item, Verdict.NOT_A_SUBMISSION), findings=found)


def submission(envelope: Envelope, found: Reading, who: identity.Identity, level: str) -> Submission:
    """Join a reading with its envelope's facts and its owner; ``level`` is taken where nobody owns it."""
    return Submission(
        file=envelope.path,
        name=envelope.name,
        sha256=envelope.sha256,
        source=envelope.source,
        received_at=envelope.received_at,
        order=envelope.order,
        reading=replace(found, findings=(*who.findings, *found.findings)),
        agency=who.agency,
        level=who.agency.level if who.agency else level,
        year=who.year,
        held=who.held or any(finding.is_barrier for finding in found.findings),
    )


def _known(ledger: Ledger, campaign: JudgingContext, earlier: Mapping[int, Judgement]) -> KnownArrivals:
    return KnownArrivals(
        earlier=earlier,
        bindings=bindings.of_year(ledger, campaign.district.year),
        memory=campaign.memory,
        own=frozenset(remainders.sent(ledger)),
        accepted=campaign.accepted,
        pasts=campaign.pasts,
        chosen={
            item.agency: item.after
            for item in sorted(
                campaign.decided(DecisionKind.COUNT, DecisionKind.RETURN), key=lambda one: one.after
            )
        },
    )


def _with_findings(who: identity.Identity, findings: Sequence[Finding]) -> identity.Identity:
    return replace(who, findings=(*who.findings, *findings)) if findings else who


def _submission(
    campaign: JudgingContext,
    item: Arrival,
    found: Reading,
    who: identity.Identity,
    firsts: Mapping[str, datetime | None],
    counted: Counted,
) -> Submission:
    """Join what is known of an arrival with its one time of receipt, with what its registers come to, and with which past it is compared."""
    if campaign.district.collected and any(item.variant == REFUSING for item in found.findings):
        found = replace(found, findings=among(found.findings, campaign.titles))
    made = submission(
        item.envelope, carried_into(campaign.form, found, counted), who, campaign.district.level
    )
    is_guessed = item.envelope.received_at is None
    return replace(
        made,
        asked=campaign.district.year,
        first_at=firsts[who.agency.code] if who.agency else None,
        received_at=item.came_at,
        received_guessed=is_guessed,
        surely_after=item.looked_at.astimezone(CHINA).date() if is_guessed and item.looked_at else None,
        past_key=_past_key(campaign, item, who.agency),
    )


def _past_key(campaign: JudgingContext, item: Arrival, agency: Agency | None) -> str:
    """Name the past that a file is compared with: of its agency with the parts that it had when the file came."""
    if agency is None or item.came_at is None:
        return ""
    parts = campaign.bodies.parts_of(agency.code, item.came_at.astimezone(CHINA).date())
    return "+".join((agency.code, *(part.code for part in parts)))


def _pasts(campaign: JudgingContext, submissions: Sequence[Submission]) -> dict[str, PastReport]:
    """Return the pasts that ``submissions`` name."""
    found: dict[str, PastReport] = {}
    for item in submissions:
        if item.agency and item.past_key not in found and item.received_at:
            day = item.received_at.astimezone(CHINA).date()
            past = campaign.bodies.past_of(
                item.agency, campaign.pasts, period_before(campaign.district.year), day=day
            )
            found |= {item.past_key: past} if past else {}
    return found


def apart(campaign: JudgingContext, done: Sequence[Assessment]) -> list[Agency]:
    """Return the merged bodies whose own reports still count: those that no report of the whole has replaced."""
    by_code: dict[str, list[Assessment]] = {}
    for item in done:
        if item.submission.agency:
            by_code.setdefault(item.submission.agency.code, []).append(item)
    counting = {code: versions_of(files).counting for code, files in by_code.items()}
    came = {code: _day_of(item) for code, item in counting.items() if item}
    chosen = {item.agency for item in campaign.decided(DecisionKind.COUNT)}
    return on_their_own(campaign.bodies.merged, came, chosen)


def _day_of(item: Assessment) -> date:
    """Return the day in China on which a file came; one of which nobody knows that came before everything."""
    came = item.submission.received_at
    return came.astimezone(CHINA).date() if came else date.min


def _first_arrivals(kept: Sequence[Identified]) -> dict[str, datetime | None]:
    """Return when the first file of each agency came, by its code."""
    firsts: dict[str, datetime | None] = {}
    for item, who in kept:
        if who.agency:
            firsts.setdefault(who.agency.code, item.came_at)
    return firsts


def _bases(
    campaign: JudgingContext,
    kept: Sequence[Identified],
    submissions: Sequence[Submission],
    counted: Sequence[Counted],
) -> list[str]:
    """Digest for each file everything its judgement depends on."""
    whole, pasts = campaign.basis, _pasts(campaign, submissions)
    exceptions: dict[str, list[Decision]] = {}
    for waiver in campaign.decided(*ABOUT_RULES):
        exceptions.setdefault(waiver.agency, []).append(waiver)
    bases = []
    for (item, who), sent, registers in zip(kept, submissions, counted, strict=True):
        code = who.agency.code if who.agency else ""
        past = pasts.get(sent.past_key)
        times = (sent.received_at, sent.surely_after, sent.first_at)
        own = [registers] if registers else []
        accepted = [sent.accepted] if sent.accepted else []
        depends = (whole, item.envelope, who, past, exceptions.get(code), *times, *own, *accepted)
        bases.append(digest_of(depends))
    return bases


def _restored(form: Form, file: _Filed, known: Judgement | None) -> Assessment | None:
    """Return the assessment that the ledger has, None where it does not hold any more."""
    if known is None or known.basis != file.basis:
        return None
    sent = file.sent
    settled = known.settled or sent.reading
    report = report_of(form, sent, settled) if known.verdict.is_acceptance else None
    return Assessment(replace(sent, reading=settled), known.findings, known.verdict, report, file.version)


def _settled(filed: Sequence[_Filed], whole: Sequence[Assessment]) -> set[int]:
    """Return the numbers of the files that waited for a person and need no longer, for a newer report was accepted."""
    if not any(finding.is_open for item in whole for finding in item.findings):
        return set()  # nearly every night: then nothing is made anew of what was judged before
    standing = {file.item.id: _judgement(file, item) for file, item in zip(filed, whole, strict=True)}
    return {number for number, item in standing.items() if is_settled_by_a_newer_one(item, standing)}


def _sent_anew(district: District, filed: Sequence[_Filed], whole: Sequence[Assessment]) -> Iterator[int]:
    """Yield the numbers of the files on another's template whose senders have sent the same figures on their own since."""
    for file, item in zip(filed, whole, strict=True):
        if item.verdict is not Verdict.HELD or not binding.is_foreign(file.who.findings):
            continue
        own = {agency.code for agency in district.owners_of(file.item.envelope.sender)}
        figures = item.submission.reading.figures
        if any(
            other.item.id > file.item.id
            and done.verdict.is_acceptance
            and other.who.agency is not None
            and other.who.agency.code in own
            and done.submission.reading.figures == figures
            for other, done in zip(filed, whole, strict=True)
        ):
            yield file.item.id


def _judgement(file: _Filed, done: Assessment) -> Judgement:
    sent, settled = file.sent, done.submission.reading
    is_as_read = settled == sent.reading and not sent.reading.from_registers
    return Judgement(
        envelope=file.item.id,
        basis=file.basis,
        agency=sent.agency.code if sent.agency else None,
        version=done.version,
        verdict=done.verdict,
        findings=done.findings,
        settled=None if is_as_read else settled,
    )


def _judged(
    barrier: Barrier, campaign: JudgingContext, stale: Sequence[Submission], kept: Sequence[Assessment]
) -> list[Assessment]:
    """Judge what is new; a file that cannot be judged is held and keeps nothing from the others."""
    if not stale:
        return []
    late = _too_late(barrier, campaign, stale)
    stale = [
        _aside(barrier, campaign, item, late[item.sha256]) if item.sha256 in late else item for item in stale
    ]
    paths = {item.sha256: item.file for item in stale}
    done = barrier.together(paths, lambda: _judge(campaign, stale, kept))
    if done is not None:
        return done
    passing = [_passing(barrier, campaign, item) for item in stale]
    done = barrier.together(paths, lambda: _judge(campaign, passing, kept))
    return _one_by_one(campaign, passing, kept) if done is None else done


def _too_late(
    barrier: Barrier, campaign: JudgingContext, stale: Sequence[Submission]
) -> dict[str, JobFailure]:
    """Return the files with texts of extraordinary length that do not come to an end in time."""
    from pipeline.judging.texts import trial  # noqa: PLC0415 - seldom

    long = {item.sha256: item for item in stale if trial.length(item) > trial.LONG}
    left: dict[str, JobFailure] = {}
    works: list[ItemWork[str]] = []
    room = trial.TOGETHER
    for key, item in long.items():
        room -= trial.length(item)
        if room < 0:
            left[key] = barrier.note_left(key, item.file)
        else:
            job = partial(
                trial.reading_of_texts, campaign.form.reference, item, campaign.district.roster_agencies
            )
            works.append(ItemWork(key, "", job))
    return left | barrier.in_time(works, {key: item.file for key, item in long.items()})


def _one_by_one(
    campaign: JudgingContext, passing: Sequence[Submission], kept: Sequence[Assessment]
) -> list[Assessment]:
    """Judge each file alone, after those before it: each is known to come to its end."""
    done: list[Assessment] = []
    for item in passing:
        done += _judge(campaign, [item], [*kept, *done])
    return done


def _passing(barrier: Barrier, campaign: JudgingContext, item: Submission) -> Submission:
    """Return a file as it is if it can be judged alone, else as one that was set aside."""
    tried = barrier.tried(item.sha256, item.file, lambda: _judge(campaign, [item], ()))
    return _aside(barrier, campaign, item, tried) if isinstance(tried, JobFailure) else item


def _aside(barrier: Barrier, campaign: JudgingContext, item: Submission, failure: JobFailure) -> Submission:
    """Return a file as one that was set aside, and remember it so."""
    aside = set_aside(failure.kind)
    readings.keep(barrier.ledger, reader_of(campaign.district), {item.sha256: aside}, campaign.form.places)
    return replace(item, reading=aside, held=True)


def _judge(
    campaign: JudgingContext, stale: Sequence[Submission], kept: Sequence[Assessment]
) -> list[Assessment]:
    """Judge what is new as one batch; ``kept`` are the assessments that stand."""
    from pipeline.judging.rules.judge import judge  # noqa: PLC0415 - pandas and pandera, only where they are used

    wait_for_the_rest()
    return judge(
        campaign.form,
        stale,
        rules=campaign.district.rules,
        history=_pasts(campaign, stale),
        agencies=campaign.district.roster_agencies,
        deadlines={
            agency.code: campaign.district.deadline_of(agency.code)
            for agency in campaign.district.roster_agencies
        },
        waivers=campaign.decided(*ABOUT_RULES),
        calendar=campaign.district.calendar,
        others=[item.report for item in kept if item.report],
    )
