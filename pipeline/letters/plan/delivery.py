"""Where every agency stands goes in; the letter that sends the district workbook up comes out, once all are accepted or on demand.

No such letter leaves before a person has signed it; one that corrects what was delivered is not even written before a
person has let the correction go up, and said why.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.letter import DistrictDelivery, Intention, LetterKey, LetterKind, Occasion, Upward
from pipeline.letters.plan.planning_state import CampaignState, WrittenLetter


def complete_delivery(state: CampaignState) -> list[Intention]:
    """Send the workbook when every agency counts, and again, as a correction, when figures that went up were corrected."""
    wanted = delivery_of_all(state)
    if wanted is None or (corrects(state, wanted.key) and wanted.key not in state.released):
        return []
    return [wanted]


def delivery_of_all(state: CampaignState) -> Intention | None:
    """Return the letter that sends up what stands now, None where an agency is missing in it or nothing has changed."""
    to = state.district.people.district_office_email
    if not to or any(not standing.counting for standing in state.standings):
        return None
    key = _key(state, _content(state))
    if corrects(state, key) and not state.changes:
        return None
    return Intention(key, LetterKind.DELIVERY, (to,), _body(state, key))


@dataclass(frozen=True, slots=True)
class Unsigned:
    """What waits for a signature: ``key`` is the letter's; ``corrections``, whose and in words, must be released first."""

    key: LetterKey
    corrections: Sequence[tuple[str, str]] = ()


def unsigned_delivery(state: CampaignState) -> Unsigned | None:
    """Return what a person has to sign or to release; None where an agency is missing, or all is done."""
    wanted = delivery_of_all(state)
    if wanted is None:
        return None
    if corrects(state, wanted.key) and wanted.key not in state.released:
        return Unsigned(wanted.key, state.changes)
    done = {*state.signed, *(item.key for item in state.written if item.is_gone)}
    return None if wanted.key in done else Unsigned(wanted.key)


def upward(state: CampaignState) -> Upward:
    """Return what papers with the figures of now must say, by the rule of the letter; without a complete delivery nothing."""
    gone, wanted = _gone(state), delivery_of_all(state)
    if not gone or any(not standing.counting for standing in state.standings):
        return Upward()
    if wanted is None or not corrects(state, wanted.key):  # the figures are those that went up last
        return Upward(corrects=len(gone) > 1, why=state.released.get(gone[-1].key, ""))
    if wanted.key not in state.released:
        return Upward(corrects=True, unreleased=tuple(words for _, words in state.changes))
    return Upward(corrects=True, why=state.released[wanted.key])


def _content(state: CampaignState) -> str:
    """Digest what goes up: which versions count, and what they come to, for figures from a register change without a new version.

    A letter of an earlier program that carries these figures goes by the versions alone: it is not written again.
    """
    versions = "\n".join(f"{standing.agency.code} {standing.counting}" for standing in state.standings)
    former = hashlib.sha256(versions.encode()).hexdigest()
    is_known = any((key.occasion, key.about) == (Occasion.COMPLETE, (former,)) for key in state.carrying)
    return former if is_known else hashlib.sha256(f"{versions}\n{state.figures}".encode()).hexdigest()


def _key(state: CampaignState, content: str) -> LetterKey:
    """Return the key of a letter about what stands now; what went up once and stands again goes up anew."""
    gone = [item.key for item in _gone(state)]
    times = [key.about for key in gone].count((content,))
    is_last = bool(gone) and gone[-1].about == (content,)
    return LetterKey(Occasion.COMPLETE, (content,), number=times if is_last else times + 1)


def _gone(state: CampaignState) -> list[WrittenLetter]:
    return [item for item in state.written if item.key.occasion is Occasion.COMPLETE and item.is_gone]


def corrects(state: CampaignState, key: LetterKey) -> bool:
    """Whether the letter of ``key`` would correct a complete workbook that has gone up."""
    gone = _gone(state)
    return bool(gone) and gone[-1].key != key


def asked_delivery(state: CampaignState, workbook: str) -> Intention:
    """Send the workbook as it is; ``workbook`` is its SHA-256, so that the same one is not sent twice.

    Once every agency counts it is the very letter that a run writes, and what has been written for that stands.
    """
    wanted = delivery_of_all(state)
    if wanted:
        return wanted
    key = LetterKey(Occasion.ASKED, (workbook,))
    return Intention(
        key, LetterKind.DELIVERY, (state.district.people.district_office_email,), _body(state, key)
    )


def _body(state: CampaignState, key: LetterKey) -> DistrictDelivery:
    waiting = [standing.agency.name for standing in state.standings if not standing.counting]
    return DistrictDelivery(
        accepted=len(state.standings) - len(waiting),
        expected=len(state.standings),
        open=tuple(waiting),
        corrects=not waiting and corrects(state, key),
        why=state.released.get(key, ""),
    )
