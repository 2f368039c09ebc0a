"""Every file of the campaign, its reading and what is known of it go in; which are to be judged, and as whose, comes out.

What only repeats another file is set aside, and so is what was cleared up too late: its agency has reported anew since.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from pipeline.district.folder import District
from pipeline.intake import binding, identity
from pipeline.intake.identity import Identity
from pipeline.ledger.arrivals import Arrival
from pipeline.ledger.assessments import Judgement
from pipeline.model import Message, Reading, Verdict

Identified: TypeAlias = tuple[Arrival, Identity]
"""A file and whose it is."""


@dataclass(frozen=True, slots=True)
class Sorted:
    """Files in order of arrival: those to be judged, those that only repeat one, those that came to light too late."""

    kept: list[Identified]
    copies: list[Arrival]
    overtaken: list[Arrival]


def sort_out(
    district: District,
    known: Sequence[Arrival],
    readings: Mapping[str, Reading],
    messages: Sequence[Message],
    earlier: Mapping[int, Judgement],
) -> Sorted:
    """Sort the files ``known`` out. ``readings`` are by SHA-256, ``earlier`` the last judgements by a file's number."""
    told = _identified(district, known, readings)
    chosen = {item.envelope.sha256 for item, who in told if not who.held and item.envelope.source != "mail"}
    told, passed_over = _one_of_each_mail(told, readings, messages, chosen)
    kept, copies = _told_apart(told)
    late = {item.id for item, who in kept if _is_overtaken(item, who, earlier)} | passed_over
    return Sorted(
        [(item, who) for item, who in kept if item.id not in late],
        copies,
        [item for item, _ in kept if item.id in late],
    )


def _identified(
    district: District, known: Iterable[Arrival], readings: Mapping[str, Reading]
) -> list[Identified]:
    roster = identity.Roster.of(district.agencies, district.name)
    return [
        (
            item,
            binding.bind(
                identity.identify(
                    readings[item.envelope.sha256],
                    path=item.envelope.path,
                    sender=item.envelope.sender,
                    roster=roster,
                    year=district.year,
                ),
                item.envelope,
                roster,
                district.trusted_senders,
            ),
        )
        for item in known
    ]


def _one_of_each_mail(
    told: Sequence[Identified],
    readings: Mapping[str, Reading],
    messages: Sequence[Message],
    chosen: set[str],
) -> tuple[list[Identified], set[int]]:
    """Hold the reports of one agency that came in one mail and differ: which of them it means, nobody knows.

    Where a coordinator has put one of them (``chosen``) into the inbox, the others are passed over; return their numbers.
    """
    by_path = {item.envelope.path: number for number, (item, _) in enumerate(told)}
    held: dict[int, Identity] = {}
    passed_over: set[int] = set()
    for message in messages:
        several = [by_path[path] for path in message.files if path in by_path]
        for numbers in _differing(told, readings, several):
            wanted = [number for number in numbers if told[number][0].envelope.sha256 in chosen]
            if wanted:
                passed_over |= {told[number][0].id for number in numbers if number not in wanted}
            else:
                names = [told[number][0].envelope.name for number in numbers]
                held |= {number: binding.one_of_several(told[number][1], names) for number in numbers}
    return [(item, held.get(number, who)) for number, (item, who) in enumerate(told)], passed_over


def _differing(
    told: Sequence[Identified], readings: Mapping[str, Reading], numbers: Sequence[int]
) -> Iterator[list[int]]:
    """Yield the files of each agency whose figures or texts are not the same, where there are several."""
    by_owner: dict[str, list[int]] = {}
    for number in numbers:
        item, who = told[number]
        if who.agency and not who.held and _is_filled(readings[item.envelope.sha256]):
            by_owner.setdefault(f"{who.agency.code}/{who.year}", []).append(number)
    for own in by_owner.values():
        first, *others = (readings[told[number][0].envelope.sha256] for number in own)
        if any((other.numbers, other.texts) != (first.numbers, first.texts) for other in others):
            yield own


def _is_filled(reading: Reading) -> bool:
    """Whether it is a report that somebody filled in: templates come along in answers."""
    return any(value is not None for value in reading.numbers.values())


def _told_apart(found: Sequence[Identified]) -> tuple[list[Identified], list[Arrival]]:
    """Part the files that are to be judged from those that only repeat one, of this campaign or an earlier one."""
    same: dict[str, list[int]] = {}
    for number, (item, _) in enumerate(found):
        if not item.repeats:
            same.setdefault(item.envelope.sha256, []).append(number)
    stay: dict[int, Identity] = {}
    for numbers in same.values():
        staying = [numbers[index] for index in binding.copies_that_stay([found[at][1] for at in numbers])]
        twice = len(staying) > 1
        stay |= {at: binding.claimed_twice(found[at][1]) if twice else found[at][1] for at in staying}
    kept = [(item, stay[number]) for number, (item, _) in enumerate(found) if number in stay]
    return kept, [item for number, (item, _) in enumerate(found) if number not in stay]


def _is_overtaken(item: Arrival, who: Identity, earlier: Mapping[int, Judgement]) -> bool:
    """Whether a file waited for a person until after its agency had reported anew, and that was accepted.

    One that has a version number among the agency's is in its place already: the later one counts anyhow.
    """
    own = earlier.get(item.id)
    if own is None or own.verdict is not Verdict.HELD or who.agency is None:
        return False
    if who.held and not binding.is_one_of_several(who):
        return False
    is_new_to_agency = not own.version or who.held
    return is_new_to_agency and any(
        other.envelope > item.id and other.agency == who.agency.code and other.verdict.is_acceptance
        for other in earlier.values()
    )
