"""A file that waited for a person goes in; whether its agency has reported anew since, and that was accepted, comes out."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.intake.identify import binding
from pipeline.intake.identify.identity import Identity
from pipeline.ledger.arrivals import Arrival
from pipeline.ledger.assessments import Judgement
from pipeline.model import LAST_FIGURES, Verdict
from pipeline.run.sorting.known_arrivals import DOUBT, KnownArrivals

_SETTLED = ((DOUBT, "order_guessed"), LAST_FIGURES)
"""Doubts of which nothing is left once the agency has reported anew."""


def is_overtaken(
    item: Arrival, who: Identity, memory: KnownArrivals, judged: Mapping[int, Judgement]
) -> bool:
    """Whether a file waited for a person until after its agency had reported anew, and that was accepted.

    ``judged`` are the judgements of what is in its place: what is set aside itself overtakes nothing, else neither would count. One that has a version number among the agency's is in its place already: the later one counts anyhow.
    """
    own = memory.earlier.get(item.id)
    if own is None or own.verdict is not Verdict.HELD or who.agency is None:
        return False
    if who.held and not _says_the_newer_one(who):
        return False
    if item.id not in memory.accepted and is_settled_by_a_newer_one(own, judged):
        return True
    is_new_to_agency = not own.version or who.held
    return is_new_to_agency and _has_newer(own.envelope, who.agency.code, judged)


def is_settled_by_a_newer_one(own: Judgement, others: Mapping[int, Judgement]) -> bool:
    """Whether a file of a known agency waits for what a person says of its figures, and the agency's newer report was accepted."""
    return (
        own.verdict is Verdict.HELD
        and any(finding.is_open for finding in own.findings)
        and own.agency is not None
        and _has_newer(own.envelope, own.agency, others)
    )


def _has_newer(number: int, agency: str, judged: Mapping[int, Judgement]) -> bool:
    """Whether a report of ``agency`` that came after the file with this number was accepted."""
    return any(
        other.envelope > number and other.agency == agency and other.verdict.is_acceptance
        for other in judged.values()
    )


def _says_the_newer_one(who: Identity) -> bool:
    """Whether it waits only because nobody knows which file its agency means, or whether it means this one: a newer one says so."""
    is_guessed = any((item.code, item.variant) in _SETTLED for item in who.findings)
    return is_guessed or binding.is_one_of_several(who)
