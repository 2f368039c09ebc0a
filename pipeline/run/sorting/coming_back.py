"""Files that came back go in; held come out those of which only a person knows what their coming back means."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from pipeline.intake.identify.identity import Identity
from pipeline.model import CHINA
from pipeline.run.returns import Returned, returned
from pipeline.run.sorting.known_arrivals import Identified, KnownArrivals, doubtful, was_accepted


def come_back(
    kept: Sequence[Identified],
    identified: Sequence[Identified],
    words: Mapping[int, int],
    memory: KnownArrivals,
) -> tuple[list[Identified], dict[int, int]]:
    """Hold what came back where only a person knows what that means; return the words that are spoken by coming back."""
    files = [(item, who.agency.code) for item, who in kept if who.agency and not who.held]
    found = returned(
        files,
        [(item, who.agency.code) for item, who in identified if who.agency and not who.held],
        words,
        counted={item.id for item, _ in files if was_accepted(item, memory)},
        accepted=memory.accepted,
        chosen=memory.chosen,
    )
    asked = {one.file: one for one in found if one.is_asked}
    return (
        [(item, _asked(who, asked[item.id], memory) if item.id in asked else who) for item, who in kept],
        {one.file: one.word for one in found},
    )


def _asked(who: Identity, one: Returned, memory: KnownArrivals) -> Identity:
    own = memory.earlier.get(one.file)
    return doubtful(
        who,
        "came_back",
        file=one.copy.envelope.path,
        version=own.version if own else 0,
        day=_day(one.back.seen_at),
    )


def _day(moment: datetime) -> str:
    return str(moment.astimezone(CHINA).date())
