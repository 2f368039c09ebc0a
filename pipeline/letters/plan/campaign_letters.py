"""The state of a campaign goes in; every letter of the run that has not been written yet comes out, and what becomes of those that wait."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipeline.letter import AnsweredFile, AnswerPlan, Intention, LetterKey, LetterKind, LetterState, Lying
from pipeline.letters.plan.answering import answers, key_of
from pipeline.letters.plan.counted import counted
from pipeline.letters.plan.daily_digest import digest
from pipeline.letters.plan.delivery import complete_delivery
from pipeline.letters.plan.limits import within_limits
from pipeline.letters.plan.outdated import corrected, renewed, untrue
from pipeline.letters.plan.planning_state import CampaignState, WrittenLetter
from pipeline.letters.plan.reminders import reminders

_OPPOSITE: Mapping[LetterKind, LetterKind] = {
    LetterKind.ACCEPTANCE: LetterKind.RETURNED,
    LetterKind.RETURNED: LetterKind.ACCEPTANCE,
    LetterKind.AWAITING: LetterKind.ACCEPTANCE,
}
"""Letters that speak of what an agency sent, each with the one that it takes back."""
_OF_A_DAY = (LetterKind.REMINDER, LetterKind.DIGEST)


@dataclass(frozen=True, slots=True)
class LetterPlan:
    """Letters to be written, the keys of those to be withdrawn, and the new addresses of others by key.

    ``waiting`` are the answers that wait and stay and may say something else by now, as they would be planned now: what has
    changed is for who writes to see.
    """

    letters: tuple[Intention, ...] = ()
    withdrawn: tuple[LetterKey, ...] = ()
    readdressed: Mapping[LetterKey, tuple[str, ...]] = field(default_factory=dict)
    waiting: tuple[Intention, ...] = ()


def plan(
    state: CampaignState,
    earlier: Mapping[str, Sequence[AnsweredFile]],
    untouched: frozenset[LetterKey] = frozenset(),
) -> LetterPlan:
    """Plan the run: answers, reminders, delivery, and last the digest. ``earlier`` as in ``answers``.

    ``untouched`` are letters of which it is known that they say what they would say now.
    """
    gone = untrue(state)
    left = replace(state, written=tuple(_withdrawn(item, frozenset(gone)) for item in state.written))
    readdressed = corrected(left)
    current = replace(left, written=tuple(_waiting(item, readdressed) for item in left.written))
    planned = _without_contradictions(current, _unwritten(current, earlier, reminders(state)))
    replaced = renewed(current.written, planned)
    planned += _morning(current, [item for item in current.written if item.key not in replaced], planned)
    replaced = renewed(current.written, planned)
    return LetterPlan(
        tuple(planned),
        (*gone, *replaced),
        {key: to for key, to in readdressed.items() if key not in replaced},
        tuple(_again(current, earlier, untouched.union(replaced, readdressed))),
    )


def _without_contradictions(state: CampaignState, planned: Sequence[Intention]) -> list[Intention]:
    """Leave out the reminders of who hears on the same day that a file came and is being looked at."""
    looked_at = {address for item in planned if item.kind is LetterKind.HELD for address in item.to}
    looked_at |= {
        address
        for item in state.written
        if item.kind is LetterKind.HELD
        and item.state is not LetterState.WITHDRAWN
        and item.day == state.today
        for address in item.to
    }
    return [
        item
        for item in planned
        if item.kind is not LetterKind.REMINDER or not looked_at.intersection(item.to)
    ]


def _again(
    state: CampaignState, earlier: Mapping[str, Sequence[AnsweredFile]], leaving: frozenset[LetterKey]
) -> Iterator[Intention]:
    """Plan the answers that wait as if they had not been written."""
    waiting = {item.key for item in state.written if item.is_waiting_answer} - leaving
    if waiting and state.arrivals:
        others = replace(state, written=tuple(item for item in state.written if item.key not in waiting))
        yield from (item for item in _unwritten(others, earlier, ()) if item.key in waiting)


def _withdrawn(item: WrittenLetter, gone: frozenset[LetterKey]) -> WrittenLetter:
    return replace(item, state=LetterState.WITHDRAWN) if item.key in gone else item


def _waiting(item: WrittenLetter, readdressed: Mapping[LetterKey, tuple[str, ...]]) -> WrittenLetter:
    to = readdressed.get(item.key)
    return replace(item, to=to, state=LetterState.WAITING) if to else item


def _unwritten(
    state: CampaignState, earlier: Mapping[str, Sequence[AnsweredFile]], reminded: Sequence[Intention]
) -> list[Intention]:
    planned = [
        *answers(state.arrivals, earlier, state.district),
        *reminded,
        *complete_delivery(state),
    ]
    written, record = _keys(state), Record.of(state)
    answered = (_answered(item, record, earlier) for item in planned)
    fresh = [item for item in answered if item and item.key not in written]
    return within_limits([*fresh, *counted(state, fresh)], state)


@dataclass(frozen=True, slots=True)
class Record:
    """What has been written so far: every letter about an occasion, oldest first."""

    state: CampaignState
    about: Mapping[LetterKey, Sequence[WrittenLetter]]

    @classmethod
    def of(cls, state: CampaignState) -> Record:
        """Sort the letters by their occasions."""
        about: dict[LetterKey, list[WrittenLetter]] = {}
        for item in state.written:
            about.setdefault(item.key.matter, []).append(item)
        return cls(state, about)

    def standing(self, key: LetterKey) -> list[WrittenLetter]:
        """Return the letters about the occasion of ``key`` that were not withdrawn."""
        return [item for item in self.about.get(key.matter, ()) if item.state is not LetterState.WITHDRAWN]

    def was_decided(self, key: LetterKey) -> bool:
        """Whether its sender may have had a receipt or a return: what has come into doubt since is the office's to settle."""
        letters = self.about.get(key.matter, ())
        return any(item.kind in _OPPOSITE and self.state.has_left(item) for item in letters)

    def last_gone(self, key: LetterKey) -> WrittenLetter | None:
        """Return the last letter about the occasion of ``key`` that is known to have left."""
        gone = [item for item in self.about.get(key.matter, ()) if item.is_gone]
        return gone[-1] if gone else None

    def last_read(self, key: LetterKey) -> WrittenLetter | None:
        """Return the last letter about the occasion of ``key`` that may have reached its reader."""
        read = [item for item in self.about.get(key.matter, ()) if self.state.has_left(item)]
        return read[-1] if read else None


def _answered(
    intention: Intention, record: Record, earlier: Mapping[str, Sequence[AnsweredFile]]
) -> Intention | None:
    """Return the letter as it is to be written, None where its reader knows already or it is no news to anybody.

    A file may be answered one way, then the other, then the first way again: each is a letter of its own.
    """
    if not isinstance(intention.body, AnswerPlan):
        return intention
    standing = record.standing(intention.key)
    if standing and standing[-1].kind is intention.kind and not _says_more(intention.body, standing[-1]):
        return None
    if intention.kind is LetterKind.HELD and record.was_decided(intention.key):
        return None
    is_open = intention.kind in (LetterKind.RETURNED, LetterKind.AWAITING)
    is_known = is_open or intention.key.matter in record.about
    if is_known and _is_past(intention, earlier):
        return None
    taken = {item.key for item in standing}
    keys = (replace(intention.key, number=number) for number in range(1, len(taken) + 2))
    key = next(key for key in keys if key not in taken)
    return replace(intention, key=key, body=_in_view_of(intention, intention.body, record, earlier))


def _says_more(body: AnswerPlan, receipt: WrittenLetter) -> bool:
    """Whether the version that counts comes to something else, or is contradicted, since its ``receipt`` left."""
    arrival = body.arrival
    is_receipt = receipt.kind is LetterKind.ACCEPTANCE and receipt.is_gone
    is_news = arrival.changed is not None and arrival.changed > receipt.created_at
    return is_receipt and is_news and arrival.counting == arrival.version


def _in_view_of(
    intention: Intention, body: AnswerPlan, record: Record, earlier: Mapping[str, Sequence[AnsweredFile]]
) -> AnswerPlan:
    """Say what the reader has been told: of this file, and of the version that a return is compared with."""
    if intention.kind not in _OPPOSITE:
        return body
    before = record.last_gone(intention.key)
    if before and before.kind is _OPPOSITE[intention.kind]:
        return replace(body, earlier=None, reverses=before.day, written_at=before.created_at)
    if before and before.kind is intention.kind is LetterKind.ACCEPTANCE:
        return replace(body, earlier=None, again=before.day, written_at=before.created_at)
    if before and (before.kind, intention.kind) == (LetterKind.AWAITING, LetterKind.ACCEPTANCE):
        return replace(body, earlier=None, awaited=before.day, written_at=before.created_at)
    own = earlier.get(intention.agency.code, ()) if intention.agency else ()
    for item in reversed([item for item in own if item.version < body.arrival.version]):
        if item.verdict.is_acceptance:
            break  # what had been returned before was mended then
        letter = record.last_read(key_of(item, LetterKind.RETURNED))
        if letter:
            return replace(body, earlier=item, written_at=letter.created_at)
    return replace(body, earlier=None)


def _morning(
    state: CampaignState, written: Sequence[WrittenLetter], planned: Sequence[Intention]
) -> list[Intention]:
    """Plan the digest, which says how many of all these letters will still lie there when it is read."""
    found = digest(replace(state, reminding=_reminding(written, planned)), _lying(state, written, planned))
    return [item for item in found if item.key not in _keys(state)]


def _reminding(written: Sequence[WrittenLetter], planned: Sequence[Intention]) -> frozenset[str]:
    waits = (
        item.agency
        for item in written
        if item.state is LetterState.WAITING and item.kind is LetterKind.REMINDER
    )
    new = (item.agency.code for item in planned if item.agency and item.kind is LetterKind.REMINDER)
    return frozenset((*filter(None, waits), *new))


def foreseen(state: CampaignState, planned: LetterPlan) -> tuple[CampaignState, Lying]:
    """Return the state once what is ``planned`` is written, as the office is to read of it, with the letters that will lie there."""
    staying = (item for item in state.written if item.key not in planned.withdrawn)
    written = [_waiting(item, planned.readdressed) for item in staying]
    reminding = _reminding(written, planned.letters)
    return replace(state, reminding=reminding), _lying(state, written, planned.letters)


def _lying(state: CampaignState, written: Sequence[WrittenLetter], planned: Sequence[Intention]) -> Lying:
    """Count what a person has to send: neither what waits to be signed, or settled, nor what leaves with this run.

    Of what leaves with it nobody knows whether the server takes it; what it has put off before may be put off again.
    """
    apart = (LetterKind.DIGEST, LetterKind.REMINDER) if state.unread else (LetterKind.DIGEST,)
    left_over = [
        item
        for item in written
        if item.state is LetterState.WAITING
        and item.kind not in apart
        and not item.is_in_doubt
        and _is_signed(state, item)
    ]
    if state.district.mail.send:
        return Lying(put_off=sum(item.attempts > 0 for item in left_over))
    return Lying(len(left_over) + sum(item.kind not in apart and _is_signed(state, item) for item in planned))


def _is_signed(state: CampaignState, item: WrittenLetter | Intention) -> bool:
    return item.kind is not LetterKind.DELIVERY or item.key in state.signed


def _keys(state: CampaignState) -> set[LetterKey]:
    """Return the keys under which nothing is to be written; what was withdrawn may come true again, but for its day."""
    return {
        item.key
        for item in state.written
        if item.state is not LetterState.WITHDRAWN or item.kind in _OF_A_DAY
    }


def _is_past(intention: Intention, earlier: Mapping[str, Sequence[AnsweredFile]]) -> bool:
    """Whether an answer speaks of a version that a newer one has overtaken.

    Nobody need mend it any more, and judged anew it is no news to anybody.
    """
    if not isinstance(intention.body, AnswerPlan) or intention.agency is None:
        return False
    arrival = intention.body.arrival
    own = (arrival.word, arrival.version)
    return any((item.word, item.version) > own for item in earlier.get(intention.agency.code, ()))
