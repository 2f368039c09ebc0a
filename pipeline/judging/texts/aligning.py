"""The numbers of a passage and the tables go in; what is known of each comes out: as what the tables have it, or what its words name."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

from pipeline.forms.narrative import Claim, Sum
from pipeline.judging.texts.aligned import AlignedNumbers
from pipeline.judging.texts.meant import is_figure_of, value_of

if TYPE_CHECKING:
    from pipeline.judging.texts.account import SaidFigure
    from pipeline.judging.texts.filed import ReportTexts
    from pipeline.judging.texts.named_claims import NamedClaims
    from pipeline.judging.texts.signs import Signs
    from pipeline.judging.texts.surroundings import PlacedNumber
    from pipeline.model import Number

_MOST_THINGS = 10
"""Things that the words of a number name and that are tried for what it adds up."""


class Aligner:
    """Lays the numbers of a passage beside the tables, by what ``claims`` and ``signs`` of one rule name; made once."""

    def __init__(self, claims: NamedClaims, signs: Signs) -> None:
        self._claims, self._signs = claims, signs

    def aligned(
        self,
        numbers: Sequence[PlacedNumber],
        said: Collection[SaidFigure],
        wrong: Collection[SaidFigure],
        item: ReportTexts,
    ) -> AlignedNumbers:
        """Find out which numbers the tables have as what their words name. ``said`` is what was read, ``wrong`` what of it is false."""
        read = {own.start: own for own in said}
        false = {own.start for own in wrong}
        own = AlignedNumbers(numbers, stated={one.claim.key for one in said if one.start not in false})
        for at, number in enumerate(numbers):
            own.sentences.setdefault(number.sentence, []).append(at)
            known = read.get(number.start)
            if number.start in false:
                own.wrong.add(at)
            elif known:
                own.agree(at, known.claim)
            elif number.is_readable:
                self._weigh(own, at, item)
            elif number.is_within and not number.is_rest:  # 其余6件中: not all
                self._point(own, at, item)
        return own

    def _weigh(self, aligned: AlignedNumbers, at: int, item: ReportTexts) -> None:
        """Find what the words of one number name; what stands before and after it is tried where its own words do not fit."""
        number = aligned.numbers[at]
        for means in dict.fromkeys((number.means, number.means | number.before, number.means | number.later)):
            named, others = self._claims.named(aligned, at, means)
            fits = next((claim for claim in named if is_figure_of(claim, number.value, item)), None)
            if fits:
                aligned.agree(at, fits)
                return
            if any(is_figure_of(claim, number.value, item) for claim in others) or (
                _are_added(number.value, (*named, *others), item)
            ):
                aligned.open[at] = []
                return
            aligned.open.setdefault(at, []).extend(named)
        self._point(aligned, at, item)

    def _point(self, aligned: AlignedNumbers, at: int, item: ReportTexts) -> None:
        """Find what a few syllables around a number point to."""
        number = aligned.numbers[at]
        aligned.pointed[at] = pointed = list(self._signs.pointed(number))
        fits = next((claim for claim in pointed if is_figure_of(claim, number.value, item)), None)
        if fits:
            aligned.agree(at, fits)


def _are_added(value: Number, named: Iterable[Claim], item: ReportTexts) -> bool:
    """Say whether a number is what some of the things are together that its words name: 因不掌握、内容不明而无法提供5件."""
    cells = {own.plus for claim in named for own in claim.equals[:1] if not own.minus}
    known = [(frozenset(plus), found) for plus in cells if (found := value_of(Sum(plus), item))]
    return len(known) <= _MOST_THINGS and any(
        value == one + other and some.isdisjoint(others)
        for (some, one), (others, other) in combinations(known, 2)
    )
