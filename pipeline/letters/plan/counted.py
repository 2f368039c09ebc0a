"""The versions that count by a person's word go in; the letters to agencies that were told of another come out.

A receipt says which version counts. Where a person decides otherwise, or takes that back, no file came that would be
answered: the agency is told by a letter of its own, with the reason.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from pipeline.letter import CountedVersion, Intention, LetterKey, LetterKind, LetterState, Occasion
from pipeline.letters.plan.planning_state import CampaignState, WrittenLetter, addresses
from pipeline.model import Agency

_TELLING = (LetterKind.ACCEPTANCE, LetterKind.DUPLICATE, LetterKind.COUNTED)
"""Letters that say which version counts."""


def counted(state: CampaignState, planned: Sequence[Intention]) -> list[Intention]:
    """Plan the letters. ``planned`` are the answers of this run: who gets one about the version that counts is told by it."""
    answered = {item.key.file for item in planned if item.kind in _TELLING}
    agencies = {agency.code: agency for agency in state.district.agencies}
    return [
        letter
        for code, item in state.counted.items()
        if item.sha256 not in answered and code in agencies
        for letter in _letter(state, agencies[code], item)
    ]


def _letter(state: CampaignState, agency: Agency, item: CountedVersion) -> Iterator[Intention]:
    written = [each for each in state.written if each.agency == agency.code and each.kind in _TELLING]
    standing = [each for each in written if each.state is not LetterState.WITHDRAWN]
    corrected = (
        _letter_of_old_decision(standing, item)
        if item.decided_at is None
        else _letter_before_decision(standing, item)
    )
    to = addresses(agency) or (corrected.to if corrected else ())
    if corrected and to:
        key = _free(agency, item, {each.key for each in standing})
        body = replace(item, instead=item.versions.get(corrected.sha256, 0))
        yield Intention(key, LetterKind.COUNTED, to, body, agency)


def _letter_before_decision(standing: Sequence[WrittenLetter], item: CountedVersion) -> WrittenLetter | None:
    """Return the last letter that left before the decision, where it is about another version and none has told of the decision yet."""
    decided = item.decided_at
    if decided is None or any(
        each.kind is LetterKind.COUNTED and each.sha256 == item.sha256 and each.created_at >= decided
        for each in standing
    ):
        return None
    last = _last([each for each in standing if each.is_gone and each.created_at <= decided], item)
    return last if last and last.sha256 != item.sha256 else None


def _letter_of_old_decision(standing: Sequence[WrittenLetter], item: CountedVersion) -> WrittenLetter | None:
    """Return the letter that told of a decision that holds no longer, where none has told since what counts instead."""
    last = _last([each for each in standing if each.kind is LetterKind.COUNTED and each.is_gone], item)
    if last is None or last.sha256 == item.sha256:
        return None
    since = (each for each in standing if each.sha256 == item.sha256 and each.created_at > last.created_at)
    return None if any(since) else last


def _last(letters: Sequence[WrittenLetter], item: CountedVersion) -> WrittenLetter | None:
    """Return the letter that was written last; of receipts of one run that of the later version."""

    def order(each: WrittenLetter) -> tuple[datetime, int]:
        return each.created_at, item.versions.get(each.sha256, 0)

    return max(letters, key=order, default=None)


def _free(agency: Agency, item: CountedVersion, taken: Collection[LetterKey]) -> LetterKey:
    """Return a key under which nothing stands: a version may be said to count more than once."""
    key = LetterKey(Occasion.COUNTED, (agency.code, item.sha256))
    while key in taken:
        key = replace(key, number=key.number + 1)
    return key
