"""The numbers of a sentence go in, laid beside the tables; out come those that are a slip of the pen away from what their words name.

The more digits beside them have been told rightly, the more certain that is; see docs/decisions/0203.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from pipeline.judging.texts.aligned import AlignedNumbers, is_slip, weight
from pipeline.judging.texts.meant import is_figure_of, meanings, of_columns
from pipeline.judging.texts.named_claims import counted_claims
from pipeline.judging.texts.pieces import ENUMERATION

if TYPE_CHECKING:
    from pipeline.forms.narrative import Claim, FigureClaims, Sum
    from pipeline.judging.texts.filed import ReportTexts
    from pipeline.judging.texts.named_claims import NamedClaims
    from pipeline.judging.texts.signs import Signs
    from pipeline.judging.texts.surroundings import PlacedNumber
    from pipeline.model import Number

_ENOUGH, _ENOUGH_OF_KNOWN_WORDS = 3.0, 1.5
"""What has to speak for an account before a number of it is accused; less where all words around the number are known."""
_LEAST = 0.5
_DERIVED = 1.5
"""What it weighs that the cell, and not the number, is the sum or difference of two figures beside it."""
_FARTHER = 0.5
"""How much less a figure of the sentence before or after speaks for an account."""


class SlipSearch:
    """Knows of one rule what its words may mean besides, and what speaks for an account; made once."""

    def __init__(self, rule: FigureClaims, claims: NamedClaims, signs: Signs) -> None:
        self._claims, self._signs = claims, signs
        self._lists, self._columns = frozenset(rule.lists), frozenset(rule.columns)
        self._acts, self._home_topic = frozenset(rule.nearby.acts), rule.home_topic
        firsts: dict[str, set[Sum]] = defaultdict(set)
        for claim in counted_claims(rule):
            firsts[claim.family].add(claim.equals[0])
        self._whole = {family for family, sums in firsts.items() if len(sums) == 1}
        """Families of one figure, whatever it is called."""

    def suspects(
        self, aligned: AlignedNumbers, here: Sequence[int], near: Sequence[int], item: ReportTexts
    ) -> Iterator[tuple[int, Claim]]:
        """Yield the numbers of a sentence that are a slip away from what their words name, where enough speaks for the account.

        What stands ``near``, in this sentence or beside it, speaks for it.
        """
        for at in here:
            number = aligned.numbers[at]
            named = [
                (claim, value)
                for claim in aligned.open.get(at, ())
                if self._may_be_meant(aligned, at, claim)
                and not _is_of_a_group(claim, aligned.open[at], number)
                for value in (meanings(claim, item) or ())[:1]
                if value and is_slip(number.value, value)
            ]
            is_ours = (number.is_named or self._signs.are_of_an_account(number.named)) and (
                not number.is_at_home or self._are_outcomes(aligned, here)
            )
            proof = _proof(aligned, at, here, near) if named and is_ours else {}
            if not proof or self._is_derived(aligned, at, near):
                continue
            needed = _ENOUGH_OF_KNOWN_WORDS if number.is_clear else _ENOUGH
            for claim, value in named:
                speaks = sum(proof.values()) + (_DERIVED if _is_made_of(value, proof) else 0)
                is_enough = speaks >= max(_LEAST, needed - _chance(value))
                is_part = _is_part(aligned, at, here, value) or _comes_twice(aligned, at, near, claim, value)
                if is_enough and not is_part:
                    yield at, claim
                    break

    def means_something_else(
        self, aligned: AlignedNumbers, here: Sequence[int], at: int, claim: Claim, item: ReportTexts
    ) -> bool:
        """Say whether a number is a sum of what stands beside it, of disputes and not of requests, or of a column alone."""
        is_of_requests = set(claim.topics) == {self._home_topic}
        return (
            aligned.is_total(at, here)
            or (aligned.numbers[at].is_disputed and is_of_requests)
            or self._is_of_one_column(aligned, here, at, claim, item)
        )

    def _are_outcomes(self, aligned: AlignedNumbers, here: Sequence[int]) -> bool:
        """Say whether a sentence lists what became of requests, so that it needs no other word to speak of them."""
        return any(aligned.agreed[one].family in self._lists for one in here if one in aligned.agreed)

    def _is_of_one_column(
        self, aligned: AlignedNumbers, here: Sequence[int], at: int, claim: Claim, item: ReportTexts
    ) -> bool:
        """Say whether a number is its figure of a column alone of which its sentence tells: 自然人提出7件，公开4件."""
        before = [aligned.numbers[one] for one in here if one < at and claim.family not in self._columns]
        columns = [
            own.equals[0]
            for number in before
            for _, own in self._claims.fitting(number, number.means)
            if own.family in self._columns and is_figure_of(own, number.value, item)
        ]
        return aligned.numbers[at].value in of_columns(claim, columns, item)

    def _may_be_meant(self, aligned: AlignedNumbers, at: int, claim: Claim) -> bool:
        """Say whether a claim is still to be told; a verb or “申请” alone names it only where nothing else stands there."""
        is_stated = claim.key in aligned.stated or (
            claim.family in aligned.stated and claim.family in self._whole
        )
        number = aligned.numbers[at]
        if number.is_rest and claim.family not in self._lists:
            return False
        return not is_stated and (number.is_clear or number.is_named or not number.means <= self._acts)

    def _is_derived(self, aligned: AlignedNumbers, at: int, near: Sequence[int]) -> bool:
        """Say whether a number is the sum or difference of two that stand together, and so may be meant as that; not in a list of known parts."""
        listed = [one for one in near if one in aligned.agreed and aligned.agreed[one].family in self._lists]
        if len(listed) > 1 and any(claim.family in self._lists for claim in aligned.open[at]):
            return False
        others = [aligned.numbers[one].value for one in near if one != at]
        return any(aligned.numbers[at].value in (x + y, x - y, y - x) for x, y in pairwise(others))


def _proof(aligned: AlignedNumbers, at: int, here: Sequence[int], near: Sequence[int]) -> dict[Number, float]:
    """Return the figures that speak for the account of a number, and how much; none where nothing counted alike agrees beside it."""
    numbers = aligned.numbers
    agreed = [one for one in near if one in aligned.agreed and numbers[one].scope == numbers[at].scope]
    linked = near if any(numbers[one].is_rest for one in here) else here
    if not any(
        numbers[one].value for one in agreed if one in linked and numbers[one].unit == numbers[at].unit
    ):
        return {}
    beside = {numbers[one].value for one in agreed if one in linked}
    values = {numbers[one].value for one in agreed}
    return {own: weight(own) * (1 if own in beside else _FARTHER) for own in values}


def _is_part(aligned: AlignedNumbers, at: int, here: Sequence[int], value: Number) -> bool:
    """Say whether a number and one that stands next to it, and is not known either, make the cell together."""
    return aligned.has_part(at, [one for one in (at - 1, at + 1) if one in here], value)


def _comes_twice(aligned: AlignedNumbers, at: int, near: Sequence[int], claim: Claim, value: Number) -> bool:
    """Say whether another number that the same words name makes the cell together with a number: 新收的公开13件；结转的公开1件."""
    same = (one for one, open_ in aligned.open.items() if any(own.key == claim.key for own in open_))
    return aligned.has_part(at, [one for one in same if one in near], value)


def _is_of_a_group(claim: Claim, named: Iterable[Claim], number: PlacedNumber) -> bool:
    """Say whether several words, not all known, stand for more cells of a group that is named as well: 因不掌握、内容不明而无法提供5件."""
    cells = {key for own in claim.equals[:1] for key in own.plus}
    return (
        not number.is_clear
        and ENUMERATION in number.said
        and any(cells < set(own.plus) for one in named for own in one.equals[:1])
    )


def _is_made_of(value: Number, figures: Collection[Number]) -> bool:
    """Say whether a value is the sum or difference of two figures that are not 0."""
    known = sorted(own for own in figures if own)
    return any(value in (x + y, y - x) for at, x in enumerate(known) for y in known[at + 1 :])


def _chance(value: Number) -> float:
    """Return how little chance it is that a number of something else is just a slip away."""
    return 2 if value >= 100 else 1 if value >= 10 else 0  # noqa: PLR2004 - by digits
