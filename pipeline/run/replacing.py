"""Assessments in order of arrival go in; the same come out, those held that would replace figures that count and may not.

A mail that nobody vouches for may bring an agency's first figures, which are said to be unverified; what replaces accepted
ones must be of known origin. What was accepted on an earlier day stays so.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from pipeline.intake.identify import binding
from pipeline.ledger.assessments import Judgement
from pipeline.model import Assessment, Envelope, Verdict


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
    held: dict[int, Assessment] = {}
    for at, (envelope, item, before) in enumerate(zip(envelopes, found, earlier, strict=True)):
        agency = item.submission.agency
        if agency is None or not item.verdict.is_acceptance:
            continue
        counting = senders.setdefault(agency.code, set())
        stands = at in accepted or (before is not None and before.verdict.is_acceptance)
        doubt = (
            binding.may_not_replace(envelope, item.findings, agency, counting)
            if counting and not stands
            else None
        )
        if doubt:
            held[at] = replace(item, findings=(doubt, *item.findings), verdict=Verdict.HELD, report=None)
        else:
            counting.add(envelope.sender)
    return held


def basis_of(basis: str, *, is_held: bool) -> str:
    """Mark the basis of what is held back, which depends on the others of its agency: it is judged anew each time."""
    return f"{basis}+" if is_held else basis
