"""Files of one agency go in; those that state the names or codes of different bodies come out held."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.intake.identify.identity import Identity
from pipeline.intake.identify.other_body import spelled
from pipeline.model import Reading
from pipeline.run.sorting.known_arrivals import Identified, KnownArrivals, doubtful


def of_one_body(
    identified: Sequence[Identified], readings: Mapping[str, Reading], memory: KnownArrivals
) -> list[Identified]:
    """Hold files of one agency that state the names or codes of different bodies: they are no versions of one report.

    What was accepted before, or is accepted by a person, stays.
    """
    by_owner: dict[str, list[int]] = {}
    for number, (item, who) in enumerate(identified):
        if who.agency and not who.held and not item.repeats:
            by_owner.setdefault(who.agency.code, []).append(number)
    held: dict[int, Identity] = {}
    for numbers in by_owner.values():
        bodies = {
            number: _body(readings[identified[number][0].envelope.sha256], identified[number][1])
            for number in numbers
        }
        names = sorted({name for name in bodies.values() if name})
        if len(names) > 1:
            said = "、".join(f"“{name}”" for name in names)
            held |= {
                number: doubtful(identified[number][1], "other_body", names=said)
                for number in numbers
                if bodies[number]
                and identified[number][0].id not in memory.accepted
                and identified[number][0].id not in memory.bindings
            }
    return [(item, held.get(number, who)) for number, (item, who) in enumerate(identified)]


def _body(reading: Reading, who: Identity) -> str:
    """Return the name under which a file speaks; empty where it says none, or its agency's own, a former or a shorter one."""
    agency, stated = who.agency, reading.claims.agency
    if agency is None or not stated:
        return ""
    name = spelled(stated)
    own = [spelled(one) for one in (agency.name, *agency.former_names)]
    return "" if any(_is_short_for(name, one) or _is_short_for(one, name) for one in own) else stated


def _is_short_for(short: str, name: str) -> bool:
    """Whether all letters of ``short`` stand in ``name``, in their order: 发改局 is short for 发展和改革局."""
    letters = iter(name)
    return all(letter in letters for letter in short)
