"""The state of a campaign goes in; every letter of the night that has not been written yet comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.correspondence.answers import answers, occasion
from pipeline.correspondence.delivery import complete_delivery
from pipeline.correspondence.digest import digest
from pipeline.correspondence.reminders import reminders
from pipeline.correspondence.state import State
from pipeline.post import Answer, Arrival, Intention


def plan(state: State, earlier: Mapping[str, Sequence[Arrival]]) -> list[Intention]:
    """Plan the night: answers, reminders, delivery, and last the digest. ``earlier`` as in ``answers``."""
    planned = [
        *answers(state.arrivals, earlier, state.district),
        *reminders(state),
        *complete_delivery(state),
        *digest(state),
    ]
    written = {item.key for item in state.written}
    answered = {occasion(key) for key in written}
    return [
        intention
        for intention in planned
        if intention.key not in written
        and not (_is_past(intention, earlier) and occasion(intention.key) in answered)
    ]


def _is_past(intention: Intention, earlier: Mapping[str, Sequence[Arrival]]) -> bool:
    """Whether an answer speaks of a version that a newer one has overtaken: judged anew, it is no news to anybody."""
    if not isinstance(intention.body, Answer) or intention.agency is None:
        return False
    arrival = intention.body.arrival
    return any(item.version > arrival.version for item in earlier.get(intention.agency.code, ()))
