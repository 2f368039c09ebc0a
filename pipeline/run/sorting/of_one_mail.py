"""Files of one mail go in; those of one agency that say different things come out held: which of them it means, nobody knows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.intake.identify import binding
from pipeline.intake.identify.identity import Identity
from pipeline.model import Message, Reading
from pipeline.run.sorting.known_arrivals import Identified, KnownArrivals, is_filled
from pipeline.run.sorting.preferring import Preferred, prefer


def one_of_each_mail(
    identified: Sequence[Identified],
    readings: Mapping[str, Reading],
    messages: Sequence[Message],
    memory: KnownArrivals,
    preferred: Preferred,
) -> list[Identified]:
    """Hold the reports of one agency that came in one mail and differ: which of them it means, nobody knows.

    What nianbao itself sent, or knew already, is no claim beside something new: it is passed over. Where a coordinator has
    put one of them into the inbox, or accepted one, that is ``preferred`` to the others.
    """
    chosen = {
        item.envelope.sha256 for item, who in identified if not who.held and item.envelope.source != "mail"
    } | {item.envelope.sha256 for item, _ in identified if item.id in memory.accepted}
    first = _firsts(identified)
    by_path = {item.envelope.path: number for number, (item, _) in enumerate(identified)}
    held: dict[int, Identity] = {}
    for message in messages:
        several = [by_path[path] for path in message.files if path in by_path]
        for numbers in _differing(identified, readings, several):
            new = [
                number
                for number in numbers
                if identified[number][0].envelope.sha256 not in memory.own
                and first[identified[number][0].envelope.sha256] in several
            ]
            preferred.passed_over |= {
                identified[number][0].id for number in numbers if new and number not in new
            }
            unsure = new or numbers
            if len(unsure) == 1 or not any(_differing(identified, readings, unsure)):
                continue
            wanted = [number for number in unsure if identified[number][0].envelope.sha256 in chosen]
            if wanted:
                prefer(preferred, identified, wanted, unsure, memory)
            else:
                names = [identified[number][0].envelope.name for number in unsure]
                held |= {number: binding.one_of_several(identified[number][1], names) for number in unsure}
    return [(item, held.get(number, who)) for number, (item, who) in enumerate(identified)]


def _firsts(identified: Sequence[Identified]) -> dict[str, int]:
    """Return where the first file of each content stands, by its digest."""
    first: dict[str, int] = {}
    for number, (item, _) in enumerate(identified):
        first.setdefault(item.envelope.sha256, number)
    return first


def _differing(
    identified: Sequence[Identified], readings: Mapping[str, Reading], numbers: Sequence[int]
) -> Iterator[list[int]]:
    """Yield the files of each agency whose figures or texts are not the same, where there are several."""
    by_owner: dict[str, list[int]] = {}
    for number in numbers:
        item, who = identified[number]
        if who.agency and not who.held and is_filled(readings[item.envelope.sha256]):
            by_owner.setdefault(f"{who.agency.code}/{who.year}", []).append(number)
    for own in by_owner.values():
        first, *others = (readings[identified[number][0].envelope.sha256] for number in own)
        if any(first.content != other.content for other in others):
            yield own
