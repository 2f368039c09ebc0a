"""Files of one look go in; those of one agency that differ and whose order is only guessed come out held."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations

from pipeline.intake.identify.identity import Identity
from pipeline.model import Envelope, Message, Reading
from pipeline.run.sorting.archives import archive_of
from pipeline.run.sorting.known_arrivals import Identified, KnownArrivals, doubtful, is_filled, was_accepted
from pipeline.run.sorting.preferring import Preferred, prefer


def in_a_certain_order(
    identified: Sequence[Identified],
    readings: Mapping[str, Reading],
    messages: Sequence[Message],
    memory: KnownArrivals,
    preferred: Preferred,
) -> list[Identified]:
    """Hold the reports of one agency that differ and were found in one look, where nothing but file times or names orders them.

    What a person accepts of them is ``preferred`` to the others.
    """
    groups: dict[tuple[object, ...], list[int]] = {}
    for number, (item, who) in enumerate(identified):
        if who.agency and not who.held and not item.repeats and is_filled(readings[item.envelope.sha256]):
            groups.setdefault((who.agency.code, who.year, item.seen_at), []).append(number)
    mail_of = {path: message.sha256 for message in messages for path in message.files}
    held: dict[int, Identity] = {}
    for numbers in groups.values():
        unsure = _in_doubt(identified, readings, mail_of, numbers)
        wanted = [number for number in unsure if identified[number][0].id in memory.accepted]
        settled = any(was_accepted(identified[number][0], memory) for number in unsure)
        if wanted:
            prefer(preferred, identified, wanted, unsure, memory)
        elif not settled:
            names = "、".join(
                f"《{name}》" for name in _distinct_names(identified[number][0].envelope for number in unsure)
            )
            held |= {
                number: doubtful(identified[number][1], "order_guessed", files=names) for number in unsure
            }
    return [(item, held.get(number, who)) for number, (item, who) in enumerate(identified)]


def _distinct_names(files: Iterable[Envelope]) -> list[str]:
    """Return the names of ``files``; their paths where two have one name."""
    several = list(files)
    names = [item.name for item in several]
    return names if len(set(names)) == len(names) else [item.path for item in several]


def _in_doubt(
    identified: Sequence[Identified],
    readings: Mapping[str, Reading],
    mail_of: Mapping[str, str],
    numbers: Sequence[int],
) -> list[int]:
    """Return those of ``numbers`` whose order to another that says something else is only guessed.

    Between two files of one mail (``mail_of`` has its digest) there is none: which of them is meant is asked apart.
    """
    found: set[int] = set()
    for one, other in combinations(numbers, 2):
        first, second = identified[one][0].envelope, identified[other][0].envelope
        if readings[first.sha256].content == readings[second.sha256].content:
            continue
        mail = mail_of.get(first.path)
        if (mail is None or mail != mail_of.get(second.path)) and not _is_ordered(first, second):
            found |= {one, other}
    return sorted(found)


def _is_ordered(first: Envelope, second: Envelope) -> bool:
    """Whether it is known which of two files is the older: by the times they came, or that their archive gives them."""
    if first.received_at and second.received_at and first.received_at != second.received_at:
        return True
    outer = [path.rpartition("/")[0] for path in (first.path, second.path)]
    return bool(first.made and second.made and first.made != second.made and archive_of(outer))
