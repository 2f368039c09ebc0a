"""The known words around a number go in; the claims that they name come out, those first that most of the words name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from pipeline.forms.narrative import BARE, Claim, Sum

if TYPE_CHECKING:
    from pipeline.forms.narrative import Concepts, FigureClaims
    from pipeline.judging.texts.aligned import AlignedNumbers
    from pipeline.judging.texts.surroundings import PlacedNumber

_MOST_PARTS = 10
"""Figures that are tried for what a number adds up."""


class NamedClaims:
    """Knows the claims of one rule by the least words that name them; made once."""

    def __init__(self, rule: FigureClaims) -> None:
        self._added, self._timed = rule.nearby.added, rule.nearby.timed
        self._divisions = rule.divisions
        self._claims: dict[str, list[tuple[Concepts, Claim]]] = defaultdict(list)
        for claim in counted_claims(rule):
            for said in claim.says:
                if BARE not in said and not any(other < said for other in claim.says):
                    self._claims[min(said)].append((said, claim))
        self._fitting = lru_cache(maxsize=1024)(self._find)

    def fitting(self, number: PlacedNumber, means: Concepts) -> list[tuple[int, Claim]]:
        """Return the claims that some of the words ``means`` at a number name, with how many of the words."""
        return self._fitting(means, number.topics, number.is_other_time)

    def named(self, aligned: AlignedNumbers, at: int, means: Concepts) -> tuple[list[Claim], list[Claim]]:
        """Return the claims that most of the words name, and those that fewer of them do."""
        number = aligned.numbers[at]
        if number.parts is not None and not means:
            return list(self._totals(aligned, at)), []
        fitting = [
            (size, claim)
            for size, claim in self.fitting(number, means)
            if not claim.follows or not aligned.stated.isdisjoint(claim.after)
        ]
        most = max((size for size, _ in fitting), default=0)
        named = [claim for size, claim in fitting if size == most]
        return named, [claim for size, claim in fitting if size < most]

    def _find(
        self,
        means: Concepts,
        topics: Concepts,
        is_other_time: bool,  # noqa: FBT001 - a key of the cache
    ) -> list[tuple[int, Claim]]:
        """Return the claims that some of the words name where those topics are spoken of, with how many of the words.

        At another time only what was carried over from it is this year's.
        """
        known = means | topics
        return [
            (len(said), claim)
            for concept in sorted(known)
            for said, claim in self._claims.get(concept, ())
            if said <= known
            and said & means
            and not (claim.topics and known.isdisjoint(claim.topics))
            and not (is_other_time and said.isdisjoint(self._timed))
            and means.isdisjoint(claim.bars)
        ]

    def _totals(self, aligned: AlignedNumbers, at: int) -> Iterator[Claim]:
        """Yield what a number with only a word for a sum can add up: as many parts before it as the word says, or a division."""
        so_far = aligned.sentences[aligned.numbers[at].sentence][-_MOST_PARTS - 1 : -1]
        listed_before = (aligned.agreed[one] for one in so_far if one in aligned.agreed)
        before = [own.equals[0] for own in listed_before if own.equals]
        parts = aligned.numbers[at].parts
        if parts and len(before) >= parts:
            cells = [key for own in before[-parts:] for key in own.plus]
            yield Claim("sum", self._added, (), (Sum(tuple(cells)),), "sum")
            return
        for division in self._divisions:
            listed = [own for own in before if set(own.plus) <= set(division.cells)]
            if len(listed) > 1:
                yield Claim("whole", division.name, (), division.wholes, "whole")


def counted_claims(rule: FigureClaims) -> Iterator[Claim]:
    """Yield the claims of a rule that count things, and not money, and that the tables can tell."""
    return (claim for claim in rule.claims if claim.counted and not claim.money and claim.equals)


def claims_of_cells(rule: FigureClaims) -> dict[str, Claim]:
    """Return what each cell is called by itself."""
    found: dict[str, Claim] = {}
    for claim in counted_claims(rule):
        first = claim.equals[0]
        if len(first.plus) == 1 and not first.minus:
            found.setdefault(first.plus[0], claim)
    return found
