"""Everything that ever came in a campaign goes in; the assessments of it come out, and only what is new is worked at.

Readings and judgements are kept in the ledger. A reading holds as long as the program is the same; a judgement as long
as its basis is: the file, its owner, the configuration, last year's report, the exceptions granted and the program.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import TypeAlias

from pipeline.district.folder import District
from pipeline.district.mergers import on_their_own
from pipeline.forms.form import Form
from pipeline.intake.identify import binding
from pipeline.judging.rules.reports import report_of
from pipeline.ledger import Ledger, arrivals, assessments, bindings, decisions, readings, remainders
from pipeline.ledger.arrivals import Arrival
from pipeline.ledger.assessments import Judgement
from pipeline.machine.shared_keys import SharedKeys
from pipeline.machine.work import Progress
from pipeline.model import (
    CHINA,
    Agency,
    ArrivalKey,
    Assessment,
    DecisionKind,
    Finding,
    Reading,
    Severity,
    Verdict,
)
from pipeline.periods import Period, title_of
from pipeline.publishing.data.record import Leftover
from pipeline.run.filing import Filed, filed_arrivals
from pipeline.run.guarded_judging import judged
from pipeline.run.inbox import Inbox
from pipeline.run.judging_context import JudgingContext
from pipeline.run.of_last_period import added_figures
from pipeline.run.of_next_period import for_next_period
from pipeline.run.opening import Barrier, File, reader_of
from pipeline.run.replacing import basis_of, held_back
from pipeline.run.sorting.known_arrivals import KnownArrivals
from pipeline.run.sorting.overtaken import is_settled_by_a_newer_one
from pipeline.run.sorting.sorting_out import SortedArrivals, sort_out
from pipeline.versions import versions_of


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
    filed = filed_arrivals(ledger, campaign, sorted_out, known, found)
    known_repeats = arrivals.repeated(ledger, year)
    back = {file.item.id for file in filed} & known_repeats
    done = [
        None if file.item.id in back else _restored(campaign.form, file, earlier.get(file.item.id))
        for file in filed
    ]
    stale = [at for at, item in enumerate(done) if item is None]
    progress("校验", 0, len(stale))
    barrier.prepare(len(stale))
    fresh = judged(barrier, campaign, [filed[at].sent for at in stale], [item for item in done if item])
    for at, assessment in zip(stale, fresh, strict=True):
        done[at] = replace(assessment, version=filed[at].version)
    whole = [replace(item, word=file.word) for file, item in zip(filed, done, strict=True) if item]
    held = _held(campaign, filed, whole, stood)
    held = {
        **for_next_period(
            campaign.form, campaign.district, [held.get(at, item) for at, item in enumerate(whole)]
        ),
        **held,
    }
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
        copies=tuple(_copies(sorted_out, filed, whole, year)),
        overtaken=tuple(_leftover(item) for item in overtaken if item.id not in sorted_out.unread),
        unread=tuple(_beside(item) for item in overtaken if item.id in sorted_out.unread),
        dismissed=tuple(
            _leftover(item, Verdict.NOT_A_SUBMISSION) for item in everything if item.id in dismissed
        ),
        bases={item.key: file.basis for file, item in zip(filed, whole, strict=True)},
    )


def _held(
    campaign: JudgingContext,
    filed: Sequence[Filed],
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
    files = {digest: File.of(first[digest], ledger) for digest in wanted if digest not in found}
    for new in barrier.read(form, files, lambda done: progress("读取报送文件", done, len(files))):
        readings.keep(ledger, reader, new, form.places)
        found |= new
    return found


def _copies(
    sorted_out: SortedArrivals, filed: Sequence[Filed], assessments: Sequence[Assessment], period: Period
) -> Iterator[Leftover]:
    """Name the agency whose file is repeated; of one that is held nobody can say whose it is.

    The coordinator is told of one of another period that came where this ``period``'s report was due.
    """
    originals = {
        file.item.envelope.sha256: (file.item.id, item) for file, item in zip(filed, assessments, strict=True)
    }
    for item in sorted_out.copies:
        if owner := sorted_out.former.get(item.id):
            yield _of_another_period(item, owner, period)
            continue
        number, original = originals.get(item.envelope.sha256, (0, None))
        agency = original.submission.agency if original and original.verdict is not Verdict.HELD else None
        copy = replace(_leftover(item), came_first=item.id < number)
        yield replace(copy, agency=agency.code, agency_name=agency.name) if agency else copy


def _leftover(item: Arrival, verdict: Verdict = Verdict.DUPLICATE) -> Leftover:
    return Leftover(item.envelope.path, item.envelope.sha256, verdict, repeats=item.repeats)


def _of_another_period(item: Arrival, owner: Agency, period: Period) -> Leftover:
    facts = {"agency": owner.name, "stated": title_of(item.repeats or period), "asked": title_of(period)}
    found = Finding("F09", Severity.WARNING, None, (), "former_file", facts)
    return replace(_leftover(item), findings=(found,))


def _beside(item: Arrival) -> Leftover:
    """Set a file aside that could not be read; of one that no mail brought only the coordinator can be told."""
    found = () if item.envelope.source == "mail" else (Finding.found("F01", None, (), "unread_beside"),)
    return replace(_leftover(item, Verdict.NOT_A_SUBMISSION), findings=found)


def _known(ledger: Ledger, campaign: JudgingContext, earlier: Mapping[int, Judgement]) -> KnownArrivals:
    return KnownArrivals(
        earlier=earlier,
        bindings=bindings.of_year(ledger, campaign.district.year),
        memory=campaign.memory,
        own=frozenset(remainders.sent(ledger)),
        accepted=campaign.accepted,
        pasts=campaign.pasts,
        growing=added_figures(campaign.form),
        chosen={
            item.agency: item.after
            for item in sorted(
                campaign.decided(DecisionKind.COUNT, DecisionKind.RETURN), key=lambda one: one.after
            )
        },
    )


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


def _restored(form: Form, file: Filed, known: Judgement | None) -> Assessment | None:
    """Return the assessment that the ledger has, None where it does not hold any more."""
    if known is None or known.basis != file.basis:
        return None
    sent = file.sent
    settled = known.settled or sent.reading
    report = report_of(form, sent, settled) if known.verdict.is_acceptance else None
    return Assessment(replace(sent, reading=settled), known.findings, known.verdict, report, file.version)


def _settled(filed: Sequence[Filed], whole: Sequence[Assessment]) -> set[int]:
    """Return the numbers of the files that waited for a person and need no longer, for a newer report was accepted."""
    if not any(finding.is_open for item in whole for finding in item.findings):
        return set()  # nearly every night: then nothing is made anew of what was judged before
    standing = {file.item.id: _judgement(file, item) for file, item in zip(filed, whole, strict=True)}
    return {number for number, item in standing.items() if is_settled_by_a_newer_one(item, standing)}


def _sent_anew(district: District, filed: Sequence[Filed], whole: Sequence[Assessment]) -> Iterator[int]:
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


def _judgement(file: Filed, done: Assessment) -> Judgement:
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
