"""A number whose words are not known goes in; the figures of an account that a few syllables of them point to come out.

By itself such a syllable (留, 存, 跨年) proves nothing. But an account closes: what came is what was done and what is left. A number that
would close its sentence if it were what its syllables point to, and does not as it stands, is wrong; see docs/decisions/0209.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from itertools import combinations
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.forms.narrative import Claim, FigureClaims
    from pipeline.judging.texts.placing import PlacedNumber
    from pipeline.model import Number

_MOST_TOLD = 6
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
        self._signs = [(sign, re.compile(sign.said), meant[sign.claim]) for sign in rule.signs]

    def pointed(self, number: PlacedNumber) -> Iterator[Claim]:
        """Yield what the syllables around a number point to; of none around it, those of the clause before."""
        found = list(self._pointed(number, number.said))
        yield from found or self._pointed(number, number.said_before)

    def are_of_an_account(self, unknown: str) -> bool:
        """Say whether words that are not known may be said of an account, and of nothing else."""
        return self._syllables.issuperset(unknown)

    def _pointed(self, number: PlacedNumber, said: str) -> Iterator[Claim]:
        spoken = number.topics | number.means
        for sign, pattern, claim in self._signs:
            is_meant = sign.past or not number.is_of_another_time
            if is_meant and not spoken.isdisjoint(sign.topics) and pattern.search(said):
                yield claim


def closing(value: Number, told: Collection[Number]) -> frozenset[Number]:
    """Return the figures of which a value is the sum or difference: those that weigh the most; none if it is none."""
    known = sorted({own for own in told if own}, reverse=True)[:_MOST_TOLD]
    for size in _TOGETHER:
        for chosen in combinations(known, size):
            if any(value == total for total in _signed(chosen)):
                return frozenset(chosen)
    return frozenset()


def _signed(values: tuple[Number, ...]) -> Iterator[Number]:
    """Yield what values come to, one or more of them subtracted."""
    if not values:
        yield 0
        return
    first, *rest = values
    for total in _signed(tuple(rest)):
        yield total + first
        yield total - first
