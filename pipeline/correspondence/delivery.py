"""Where every agency stands goes in; the letter that sends the district workbook up comes out, once all are accepted or on demand."""

from __future__ import annotations

import hashlib

from pipeline.correspondence.state import State
from pipeline.post import Delivery, Intention, LetterKind

COMPLETE = "delivery:complete:"


def complete_delivery(state: State) -> list[Intention]:
    """Send the workbook when every agency counts, and again, as a correction, when figures change after that."""
    to = state.district.people.district_office_email
    if not to or any(not standing.counting for standing in state.standings):
        return []
    mark = "\n".join(f"{standing.agency.code} {standing.counting}" for standing in state.standings)
    key = f"{COMPLETE}{hashlib.sha256(mark.encode()).hexdigest()}"
    return [Intention(key, LetterKind.DELIVERY, (to,), _body(state, key))]


def asked_delivery(state: State, workbook: str) -> Intention:
    """Send the workbook as it is; ``workbook`` is its SHA-256, so that the same one is not sent twice.

    Once every agency counts it is the very letter that a night writes, and what has been written for that stands.
    """
    complete = complete_delivery(state)
    if complete:
        return complete[0]
    key = f"delivery:asked:{workbook}"
    return Intention(
        key, LetterKind.DELIVERY, (state.district.people.district_office_email,), _body(state, key)
    )


def _body(state: State, key: str) -> Delivery:
    waiting = [standing.agency.name for standing in state.standings if not standing.counting]
    return Delivery(
        accepted=len(state.standings) - len(waiting),
        expected=len(state.standings),
        open=tuple(waiting),
        corrects=not waiting
        and any(item.key.startswith(COMPLETE) and item.key != key and item.is_gone for item in state.written),
    )
