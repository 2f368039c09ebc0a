"""Assessments in order of arrival go in; the same come out, those held that would count and may not.

A mail that nobody vouches for may bring an agency's first figures, which are said to be unverified; what replaces accepted
ones must be of known origin. What a person sent back, and comes again as it was, waits for that person. What was accepted
on an earlier day stays so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from pipeline.intake.identify import binding
from pipeline.ledger.assessments import Judgement
from pipeline.model import SENT_BACK, Assessment, Envelope, Finding, Verdict


def held_back(
    envelopes: Sequence[Envelope],
    found: Sequence[Assessment],
    earlier: Sequence[Judgement | None],
    accepted: Collection[int] = (),
) -> dict[int, Assessment]:
    """Return the assessments that are held back, by their places in ``found``; ``earlier`` are the last judgements of each.

    ``accepted`` are the places of those that a person accepts.
    """
    senders: dict[str, set[str | None]] = {}
    sent_back: dict[str, list[Assessment]] = {}
    held: dict[int, Assessment] = {}
    for at, (envelope, item, before) in enumerate(zip(envelopes, found, earlier, strict=True)):
        agency = item.submission.agency
        if agency and item.is_sent_back:
            sent_back.setdefault(agency.code, []).append(item)
        if agency is None or not item.verdict.is_acceptance:
            continue
        counting = senders.setdefault(agency.code, set())
        stands = at in accepted or (before is not None and before.verdict.is_acceptance)
        doubt = None if stands else _unchanged(item, sent_back.get(agency.code, ()))
        if doubt is None and counting and not stands:
            doubt = binding.may_not_replace(envelope, item.findings, agency, counting)
        if doubt:
            held[at] = replace(item, findings=(doubt, *item.findings), verdict=Verdict.HELD, report=None)
        else:
            counting.add(envelope.sender)
    return held


def _unchanged(item: Assessment, sent_back: Sequence[Assessment]) -> Finding | None:
    """Say of a report that it is what a person has sent back, figure by figure and word by word; None where it is not."""
    content = item.submission.reading.content
    same = (other for other in sent_back if other.submission.reading.content == content)
    found = next((finding for other in same for finding in other.findings if finding.is_sent_back), None)
    return Finding.found(SENT_BACK[0], None, (), "unchanged", found.facts) if found else None


def basis_of(basis: str, *, is_held: bool) -> str:
    """Mark the basis of what is held back, which depends on the others of its agency: it is judged anew each time."""
    return f"{basis}+" if is_held else basis
