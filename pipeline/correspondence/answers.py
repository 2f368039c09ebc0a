"""Arrivals go in; who is answered, and what with, comes out.

Every mail that a person wrote is answered; a machine never is. A file put into the inbox by hand is answered to the
agency's address on the roster, if there is one.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence

from pipeline.correspondence.state import addresses, belongs_to
from pipeline.district.folder import District
from pipeline.model import CHINA, Agency, Verdict
from pipeline.post import Answer, Arrival, Intention, LetterKind

KINDS: Mapping[Verdict, LetterKind] = {
    Verdict.ACCEPTED: LetterKind.ACCEPTANCE,
    Verdict.ACCEPTED_WITH_REMARKS: LetterKind.ACCEPTANCE,
    Verdict.RETURNED: LetterKind.RETURNED,
    Verdict.HELD: LetterKind.HELD,
    Verdict.DUPLICATE: LetterKind.DUPLICATE,
    Verdict.NOT_A_SUBMISSION: LetterKind.NOT_A_SUBMISSION,
}
"""How each verdict is answered."""
_TO_THE_AGENCY = (LetterKind.ACCEPTANCE, LetterKind.RETURNED)
"""Letters that speak of an agency's data."""
_OF_NOBODYS_DATA = (LetterKind.DUPLICATE, LetterKind.NOT_A_SUBMISSION)
"""Letters that say nothing of it to one who did not send it himself: they stand with the agency whose mailbox it is."""


def answers(
    arrivals: Iterable[Arrival], earlier: Mapping[str, Sequence[Arrival]], district: District
) -> list[Intention]:
    """Plan the answers. ``earlier`` holds every file of an agency (by code), in order of arrival, held ones left out."""
    planned: dict[str, Intention] = {}
    came = list(arrivals)
    reported = {item.agency.code for item in came if item.agency and item.verdict is not Verdict.DUPLICATE}
    for arrival in came:
        intention = _answer(arrival, earlier, district, reported)
        if intention:
            planned.setdefault(intention.key, intention)
    return list(planned.values())


def _answer(
    arrival: Arrival,
    earlier: Mapping[str, Sequence[Arrival]],
    district: District,
    reported: Collection[str],
) -> Intention | None:
    kind = KINDS[arrival.verdict]
    to = _recipients(arrival, kind, district)
    if arrival.automatic or not to:
        return None
    own = earlier.get(arrival.agency.code, ()) if arrival.agency else ()
    known = _addressee(arrival, kind)
    reader = known or _owner(arrival, kind, district)
    return Intention(
        key=key_of(arrival, kind),
        kind=kind,
        to=to,
        body=Answer(
            arrival,
            _before(arrival, kind, own) if known else None,
            _replaced(arrival, own),
            is_missing=reader is not None and reader.code not in reported,
        ),
        agency=reader,
    )


def key_of(arrival: Arrival, kind: LetterKind) -> str:
    """A sender without a table gets one letter a day, so that two machines can never talk to each other."""
    if kind is LetterKind.NOT_A_SUBMISSION and arrival.received_at:
        return f"answer:{arrival.sender}:{arrival.received_at.astimezone(CHINA).date()}:{kind}"
    return f"answer:{arrival.mail or 'inbox'}:{arrival.sha256}:{kind}"


def occasion(key: str) -> str:
    """Return what a key is about, whatever the letter says of it."""
    return key.rpartition(":")[0] if key.startswith("answer:") else key


def _recipients(arrival: Arrival, kind: LetterKind, district: District) -> tuple[str, ...]:
    """Answer the sender; one who only passes an agency's file on, and a folder, have it answered to the agency."""
    own = addresses(arrival.agency)
    if arrival.sender is None:
        return own if kind in _TO_THE_AGENCY else ()
    passes_on = arrival.sender.casefold() in {mail.casefold() for mail in district.trusted_senders}
    if kind in _TO_THE_AGENCY and passes_on and own and not belongs_to(arrival.sender, arrival.agency):
        return own
    return (arrival.sender,)


def _addressee(arrival: Arrival, kind: LetterKind) -> Agency | None:
    """Return the agency that a letter may speak of: never one that the sender does not belong to."""
    if kind in _TO_THE_AGENCY or (
        kind is LetterKind.DUPLICATE and belongs_to(arrival.sender, arrival.agency)
    ):
        return arrival.agency
    return None


def _owner(arrival: Arrival, kind: LetterKind, district: District) -> Agency | None:
    """Return the one agency whose mailbox it came from, for letters that speak of nobody's data."""
    if kind in _OF_NOBODYS_DATA:
        owners = [agency for agency in district.agencies if belongs_to(arrival.sender, agency)]
        return owners[0] if len(owners) == 1 else None
    return None


def _replaced(arrival: Arrival, own: Sequence[Arrival]) -> int:
    """Return the version whose figures counted until ``arrival`` was accepted."""
    return max(
        (item.version for item in own if item.version < arrival.version and item.verdict.is_acceptance),
        default=0,
    )


def _before(arrival: Arrival, kind: LetterKind, own: Sequence[Arrival]) -> Arrival | None:
    """Return the version before ``arrival``, or the file that a duplicate repeats."""
    if kind is LetterKind.DUPLICATE:
        return next((item for item in reversed(own) if item.sha256 == arrival.sha256), None)
    return next((item for item in reversed(own) if item.version < arrival.version), None)
