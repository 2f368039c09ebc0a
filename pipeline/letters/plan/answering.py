"""Arrivals go in; who is answered, and what with, comes out.

Every mail that a person wrote is answered, once for all its files that end alike; a machine never is, and neither is a sender
whom the district's own server knows to be false. What is said of an agency's data goes to who sent it, where the address is the
agency's, else to the agency's own (see ``state.readers``); so does the answer to a file put into the inbox by hand.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from pipeline.district.folder import District
from pipeline.letter import AnsweredFile, AnswerPlan, Intention, LetterKey, LetterKind, Occasion
from pipeline.letters.plan.planning_state import readers
from pipeline.model import CHINA, Agency, SenderProof, Verdict, belongs_to

KINDS: Mapping[Verdict, LetterKind] = {
    Verdict.ACCEPTED: LetterKind.ACCEPTANCE,
    Verdict.ACCEPTED_WITH_REMARKS: LetterKind.ACCEPTANCE,
    Verdict.RETURNED: LetterKind.RETURNED,
    Verdict.HELD: LetterKind.HELD,
    Verdict.DUPLICATE: LetterKind.DUPLICATE,
    Verdict.NOT_A_SUBMISSION: LetterKind.NOT_A_SUBMISSION,
}
"""How each verdict is answered."""
_TO_THE_AGENCY = (LetterKind.ACCEPTANCE, LetterKind.RETURNED, LetterKind.AWAITING)
"""Letters that speak of an agency's data."""
_OF_NOBODYS_DATA = (LetterKind.DUPLICATE, LetterKind.NOT_A_SUBMISSION)
"""Letters that say nothing of it to one who did not send it himself: they stand with the agency whose mailbox it is."""


def answers(
    arrivals: Iterable[AnsweredFile], earlier: Mapping[str, Sequence[AnsweredFile]], district: District
) -> list[Intention]:
    """Plan the answers. ``earlier`` holds every file of an agency (by code), in order of arrival, held ones left out."""
    planned: dict[LetterKey, Intention] = {}
    came = list(arrivals)
    reported = {item.agency.code for item in came if item.agency and item.verdict is not Verdict.DUPLICATE}
    for arrival in came:
        intention = _answer(arrival, earlier, district, reported)
        if intention:
            planned.setdefault(intention.key, intention)
    return _one_for_each_mail(planned.values())


def _one_for_each_mail(planned: Iterable[Intention]) -> list[Intention]:
    """Answer the files of one mail that end alike with one letter, about the first of them; the others are named in it.

    Each that is accepted has a receipt of its own: an agency has one report in a mail.
    """
    alike: dict[object, list[Intention]] = {}
    for item in planned:
        is_receipt = item.kind is LetterKind.ACCEPTANCE
        mail = item.body.arrival.mail if isinstance(item.body, AnswerPlan) and not is_receipt else ""
        doubt = item.body.arrival.doubt if isinstance(item.body, AnswerPlan) else ""
        alike.setdefault((mail, item.to, item.kind, item.agency, doubt) if mail else item.key, []).append(
            item
        )
    return [_naming(first, others) for first, *others in alike.values()]


def _naming(first: Intention, others: Sequence[Intention]) -> Intention:
    if not others or not isinstance(first.body, AnswerPlan):
        return first
    names = tuple(item.body.arrival.name for item in others if isinstance(item.body, AnswerPlan))
    return replace(first, body=replace(first.body, also=names))


def _answer(
    arrival: AnsweredFile,
    earlier: Mapping[str, Sequence[AnsweredFile]],
    district: District,
    reported: Collection[str],
) -> Intention | None:
    kind = kind_of(arrival)
    to = _recipients(arrival, kind)
    if arrival.automatic or not to or arrival.proof is SenderProof.FAILED:
        return None
    own = earlier.get(arrival.agency.code, ()) if arrival.agency else ()
    known = _addressee(arrival, kind)
    reader = known or _owner(arrival, kind, district)
    return Intention(
        key=key_of(arrival, kind),
        kind=kind,
        to=to,
        body=AnswerPlan(
            arrival if kind is LetterKind.ACCEPTANCE else _of_its_own(arrival, own, to),
            _before(arrival, kind, own) if known and _may_hear_of(arrival, to) else None,
            (replaced := _replaced(arrival, own)),
            next((item.report for item in own if replaced and item.version == replaced), None),
            is_missing=reader is not None and reader.code not in reported,
        ),
        agency=reader,
    )


def kind_of(arrival: AnsweredFile) -> LetterKind:
    """Return how a file is answered: one of which every error was explained does not go back, it waits for the office."""
    is_awaiting = arrival.verdict is Verdict.RETURNED and arrival.awaits_approval
    return LetterKind.AWAITING if is_awaiting else KINDS[arrival.verdict]


def key_of(arrival: AnsweredFile, kind: LetterKind) -> LetterKey:
    """A sender without a table gets one letter a day, so that two machines can never talk to each other."""
    if kind is LetterKind.NOT_A_SUBMISSION and arrival.received_at:
        day = arrival.received_at.astimezone(CHINA).date()
        return LetterKey(Occasion.ANSWER, (str(arrival.sender), str(day)), kind)
    return LetterKey(Occasion.ANSWER, (arrival.mail or "inbox", arrival.sha256), kind)


def _recipients(arrival: AnsweredFile, kind: LetterKind) -> tuple[str, ...]:
    """Answer the sender; what speaks of an agency's data goes to its readers, whoever passed the file on."""
    sent = (arrival.sender,) if arrival.sender else ()
    if kind in _TO_THE_AGENCY:
        return readers(arrival.agency, sent)
    return sent


def _may_hear_of(arrival: AnsweredFile, to: Sequence[str]) -> bool:
    """Whether those who are written to may hear of what the agency sent besides: its own addresses, and its own senders."""
    return all(belongs_to(address, arrival.agency) for address in to)


def _of_its_own(arrival: AnsweredFile, own: Sequence[AnsweredFile], to: Sequence[str]) -> AnsweredFile:
    """Leave out which version counts, where those who are written to may not hear of it and did not send that."""
    counted = next((item.sender for item in own if item.version == arrival.counting), None)
    if _may_hear_of(arrival, to) or all(address == counted for address in to):
        return arrival
    return replace(arrival, counting=0)


def carries_anothers(intention: Intention) -> bool:
    """Whether the workbook that answers a file shows what came with another, and goes to who may not have sent that."""
    body = intention.body
    if not isinstance(body, AnswerPlan) or body.arrival.shown in (0, body.arrival.version):
        return False
    return not _may_hear_of(body.arrival, intention.to)


def _addressee(arrival: AnsweredFile, kind: LetterKind) -> Agency | None:
    """Return the agency that a letter may speak of: never one that the sender does not belong to."""
    if kind in _TO_THE_AGENCY or (
        kind is LetterKind.DUPLICATE and belongs_to(arrival.sender, arrival.agency)
    ):
        return arrival.agency
    return None


def _owner(arrival: AnsweredFile, kind: LetterKind, district: District) -> Agency | None:
    """Return the one agency whose mailbox it came from, for letters that speak of nobody's data."""
    if kind in _OF_NOBODYS_DATA:
        return district.owner_of(arrival.sender)
    return None


def _replaced(arrival: AnsweredFile, own: Sequence[AnsweredFile]) -> int:
    """Return the version whose figures counted until ``arrival`` was accepted, as persons' words and judgements had it by then."""
    before = [item for item in own if (item.word, item.version) < (arrival.word, arrival.version)]
    spoken = [
        item for item in before if item.sent_back or (item.verdict.is_acceptance and _counted(item, arrival))
    ]
    newest = max(spoken, key=lambda item: (item.word, item.version), default=None)
    return newest.version if newest and newest.verdict.is_acceptance else 0


def _counted(item: AnsweredFile, later: AnsweredFile) -> bool:
    """Whether a version that is accepted counted before ``later`` was."""
    if item.since is None or later.since is None:
        return True
    return item.since < later.since or not item.is_rejudged


def _before(arrival: AnsweredFile, kind: LetterKind, own: Sequence[AnsweredFile]) -> AnsweredFile | None:
    """Return the version before ``arrival``, or the file that a duplicate repeats."""
    if kind is LetterKind.DUPLICATE:
        return next((item for item in reversed(own) if item.sha256 == arrival.sha256), None)
    return next((item for item in reversed(own) if item.version < arrival.version), None)
