"""The state of a campaign goes in; every letter of the night that has not been written yet comes out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.correspondence.answers import answers
from pipeline.correspondence.delivery import complete_delivery
from pipeline.correspondence.digest import digest
from pipeline.correspondence.reminders import reminders
from pipeline.correspondence.state import State
from pipeline.post import Arrival, Intention


def plan(state: State, earlier: Mapping[str, Sequence[Arrival]]) -> list[Intention]:
    """Plan the night: answers, reminders, delivery, and last the digest. ``earlier`` as in ``answers``."""
    planned = [
        *answers(state.arrivals, earlier, state.district),
        *reminders(state),
        *complete_delivery(state),
        *digest(state),
    ]
    written = {item.key for item in state.written}
    return [intention for intention in planned if intention.key not in written]
