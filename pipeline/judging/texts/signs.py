"""A number whose words are not known goes in; the figure of an account comes out that a few syllables point to and that would close it.

By itself such a syllable (留, 存, 跨年) proves nothing. But an account closes: what came is what was done and what is left. A number that
would close its sentence if it were what its syllables point to, and does not as it stands, is wrong; see docs/decisions/0209.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from itertools import combinations
from typing import TYPE_CHECKING

from pipeline.forms.narrative import Claim
from pipeline.judging.texts.aligned import AlignedNumbers, is_slip, weight
from pipeline.judging.texts.beginnings import compiled
from pipeline.judging.texts.meant import value_of

if TYPE_CHECKING:
    from pipeline.forms.narrative import FigureClaims
    from pipeline.judging.texts.filed import ReportTexts
    from pipeline.judging.texts.surroundings import PlacedNumber
    from pipeline.model import Number

_ENOUGH = 1.5
"""What the figures have to weigh that come to a number."""
_MOST_STATED = 6
"""Figures of a sentence that are tried; an account has no more."""
_TOGETHER = (2, 3)
"""How many of them are added and subtracted: 上年转入1件，新收13件，答复12件，留2件."""


class Signs:
    """Knows the signs of one rule; made once."""

    def __init__(self, rule: FigureClaims) -> None:
        meant = {
            sign.claim: next(own for own in rule.claims if own.key == sign.claim and own.equals)
            for sign in rule.signs
        }
        self._syllables = frozenset(rule.nearby.syllables)
        self._of_requests = frozenset((rule.home_topic,))
        self._signs = [(sign, compiled(sign.said), meant[sign.claim]) for sign in rule.signs]

    def pointed(self, number: PlacedNumber) -> Iterator[Claim]:
        """Yield what the syllables around a number point to; of none around it, those of the clause before."""
        found = list(self._pointed(number, number.said))
        yield from found or self._pointed(number, number.said_before)

    def are_of_an_account(self, unknown: str) -> bool:
        """Say whether words that are not known may be said of an account, and of nothing else."""
        return self._syllables.issuperset(unknown)

    def unclosed(
        self, aligned: AlignedNumbers, here: Sequence[int], near: Sequence[int], item: ReportTexts
    ) -> Iterator[tuple[int, Claim]]:
        """Yield the numbers of a sentence that would close an account if they were what their words point to, and do not.

        What stands ``near``, in this sentence or beside it, belongs to the account, but not alone.
        """
        for at in here:
            stated = aligned.beside(at, near) if aligned.beside(at, here) else []
            for claim in self._unknown(aligned, at):
                if self._may_be_another(aligned, at, here, claim):
                    continue
                if meant := self._unclosed(aligned, at, near, claim, stated, item):
                    yield at, meant
                    break

    def _unknown(self, aligned: AlignedNumbers, at: int) -> Iterator[Claim]:
        """Yield what a number may be that is still to be told, if all around it may be said of an account."""
        number = aligned.numbers[at]
        if at not in aligned.agreed and self.are_of_an_account(number.unknown):
            named = () if number.is_other_time else aligned.open.get(at, ())
            for claim in (*named, *aligned.pointed.get(at, ())):
                if claim.key not in aligned.stated:
                    yield claim

    @staticmethod
    def _may_be_another(aligned: AlignedNumbers, at: int, here: Sequence[int], claim: Claim) -> bool:
        """Say whether another number of the sentence may be meant as well: 公开47件，去年43件；部分公开12件，去年10件."""
        others = (one for one in here if one != at and one not in aligned.agreed)
        return any(claim.key == own.key for one in others for own in aligned.pointed.get(one, ()))

    @staticmethod
    def _unclosed(
        aligned: AlignedNumbers,
        at: int,
        near: Sequence[int],
        claim: Claim,
        stated: Collection[Number],
        item: ReportTexts,
    ) -> Claim | None:
        """Return a claim as that which closes the account, if a number is meant as that and does not."""
        values = [value_of(meant, item) for meant in claim.equals]
        if any(value and value not in stated and aligned.has_part(at, near, value) for value in values):
            return None
        written = aligned.numbers[at].value
        for meant, value in zip(claim.equals, values, strict=True):
            if value and value not in stated and _closes(written, value, stated):
                return replace(claim, equals=(meant,))
        return None

    def _pointed(self, number: PlacedNumber, said: str) -> Iterator[Claim]:
        spoken = number.topics | number.means
        if number.is_disputed:
            spoken -= self._of_requests
        for sign, pattern, claim in self._signs:
            is_meant = sign.past or not number.is_of_another_time
            if is_meant and not spoken.isdisjoint(sign.topics) and pattern.search(said):
                yield claim


def closing(value: Number, stated: Collection[Number]) -> frozenset[Number]:
    """Return the figures of which a value is the sum or difference, as few and as great as will do; none if it is none."""
    known = sorted({own for own in stated if own}, reverse=True)[:_MOST_STATED]
    for size in _TOGETHER:
        for chosen in combinations(known, size):
            if any(value == total for total in _signed(chosen)):
                return frozenset(chosen)
    return frozenset()


def _is_of_all(value: Number, stated: Collection[Number]) -> bool:
    """Say whether all figures told come to a value: 除撤回7件、结转7件外，均已答复，共75件, of 83 and 6."""
    known = [own for own in stated if own]
    return 1 < len(known) <= _MOST_STATED and any(value == total for total in _signed(tuple(known)))


def _signed(values: tuple[Number, ...]) -> Iterator[Number]:
    """Yield what values come to, one or more of them subtracted."""
    if not values:
        yield 0
        return
    first, *rest = values
    for total in _signed(tuple(rest)):
        yield total + first
        yield total - first


def _closes(written: Number, value: Number, stated: Collection[Number]) -> bool:
    """Say whether what was told comes to a value from which a number is a slip of the pen away, and does not come to the number."""
    if not is_slip(written, value) or _is_of_all(written, stated):
        return False
    account, other = closing(value, stated), closing(written, stated)
    weighs = sum(map(weight, account))
    is_other = 0 < len(other) <= len(account) and sum(map(weight, other)) >= weighs
    return weighs >= _ENOUGH and not is_other
