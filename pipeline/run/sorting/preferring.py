"""What a person's choice among several files of an agency does to the others."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.ledger.arrivals import Arrival
from pipeline.model import Verdict
from pipeline.run.sorting.known_arrivals import Identified, KnownArrivals


@dataclass(slots=True)
class Preferred:
    """What a person's choice among several files of an agency does to the others, by their numbers.

    A file that waited is ``passed_over``. One that was judged stays a version, sent ``before`` the one that is preferred: should that
    not be accepted after all, it counts as it did.
    """

    passed_over: set[int] = field(default_factory=set)
    before: dict[int, int] = field(default_factory=dict)

    def choose(self, wanted: Sequence[Arrival], others: Iterable[Arrival], memory: KnownArrivals) -> None:
        """Let those that are ``wanted`` count rather than the ``others``."""
        oldest = min(item.id for item in wanted)
        for item in others:
            own = memory.earlier.get(item.id)
            if own is None or own.verdict is Verdict.HELD:
                self.passed_over.add(item.id)
            else:
                self.before[item.id] = oldest


def prefer(
    preferred: Preferred,
    identified: Sequence[Identified],
    wanted: Sequence[int],
    unsure: Iterable[int],
    memory: KnownArrivals,
) -> None:
    """Let the files at the places ``wanted`` count rather than the others of ``unsure``."""
    others = [identified[number][0] for number in unsure if number not in wanted]
    preferred.choose([identified[number][0] for number in wanted], others, memory)
