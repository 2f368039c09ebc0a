"""Arrivals that were sorted out go in; each comes out as the submission it makes, numbered, with all that its judgement depends on.

What its sender said of it, what its registers come to and which past it is compared with are joined to its reading here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from pipeline.intake.identify import identity
from pipeline.intake.read.stamped import REFUSING, among
from pipeline.judging.rules.carried_tables import Counted, carried_into
from pipeline.ledger import Ledger, assessments
from pipeline.ledger.arrivals import Arrival
from pipeline.machine.digest import digest_of
from pipeline.model import ABOUT_RULES, CHINA, Agency, Decision, Envelope, Finding, Reading, Submission
from pipeline.run.judging_context import JudgingContext
from pipeline.run.newest_word import words_of
from pipeline.run.sorting.known_arrivals import Identified
from pipeline.run.sorting.sorting_out import SortedArrivals


@dataclass(frozen=True, slots=True)
class Filed:
    """An arrival, whose it is, the submission it makes, its number among those of its agency, and on what its judgement rests."""

    item: Arrival
    who: identity.Identity
    sent: Submission
    version: int
    word: int
    basis: str


def filed_arrivals(
    ledger: Ledger,
    campaign: JudgingContext,
    sorted_out: SortedArrivals,
    known: Sequence[Arrival],
    found: Mapping[str, Reading],
) -> list[Filed]:
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
        Filed(item, who, sent, versions.get(item.id, 0), words.of[item.id], basis)
        for (item, who), sent, basis in zip(kept, submissions, bases, strict=True)
    ]


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
    whole, pasts = campaign.basis, campaign.pasts_of(submissions)
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
