"""The numbers of a passage and the tables go in; the number comes out that spoils an account which else agrees with the tables.

Words that are not known may change what a number means, so by itself it proves nothing. But where the numbers beside it are those of the
tables, the account is this agency's and this year's, and a number that is a slip of the pen away from the cell its known words name
is a slip. The more digits have been told rightly, the more certain that is; see docs/decisions/0203.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from pipeline.forms.narrative import BARE, Claim, Sum
from pipeline.judging.texts.account import SaidFigure, is_made_before
from pipeline.judging.texts.aligned import AlignedNumbers, is_slip, weight
from pipeline.judging.texts.leftover import LeftOver
from pipeline.judging.texts.meant import meanings, of_columns, value_of
from pipeline.judging.texts.pieces import COUNT, ENUMERATION
from pipeline.judging.texts.signs import Signs
from pipeline.judging.texts.surroundings import PlacedNumber, placed

if TYPE_CHECKING:
    from pipeline.forms.narrative import Concepts, FigureClaims
    from pipeline.judging.texts.filed import ReportTexts
    from pipeline.judging.texts.pieces import TextPiece
    from pipeline.model import Number

_ENOUGH, _ENOUGH_OF_KNOWN_WORDS = 3.0, 1.5
"""What has to speak for an account before a number of it is accused; less where all words around the number are known."""
_LEAST = 0.5
_DERIVED = 1.5
"""What it weighs that the cell, and not the number, is the sum or difference of two figures beside it."""
_FARTHER = 0.5
"""How much less a figure of the sentence before or after speaks for an account."""
_MOST_NUMBERS = 60
"""Numbers of a sentence; with more it is none."""
_MOST_PARTS = 10
"""Figures that are tried for what a number adds up."""


class Aligner:
    """Knows the claims of one rule by the least words that name them; made once."""

    def __init__(self, rule: FigureClaims) -> None:
        self._topics = frozenset((*rule.topics, *rule.nearby.topics))
        self._lists, self._columns = frozenset(rule.lists), frozenset(rule.columns)
        self._nearby, self._home_topic = rule.nearby, rule.home_topic
        self._acts = frozenset(rule.nearby.acts)
        self._divisions = rule.divisions
        self._signs = Signs(rule)
        self._claims: dict[str, list[tuple[Concepts, Claim]]] = defaultdict(list)
        self._of_cell: dict[str, Claim] = {}
        self._fitting = lru_cache(maxsize=1024)(self._find)
        firsts: dict[str, set[Sum]] = defaultdict(set)
        for claim in rule.claims:
            if not claim.counted or claim.money or not claim.equals:
                continue
            first = claim.equals[0]
            if len(first.plus) == 1 and not first.minus:
                self._of_cell.setdefault(first.plus[0], claim)
            firsts[claim.family].add(first)
            for said in claim.says:
                if BARE not in said and not any(other < said for other in claim.says):
                    self._claims[min(said)].append((said, claim))

        self._left_over = LeftOver(rule.divisions, self._of_cell)
        self._whole = {family for family, sums in firsts.items() if len(sums) == 1}
        """Families of one figure, whatever it is called."""

    def spoiling(
        self,
        pieces: Sequence[TextPiece],
        text: str,
        home_topic: str,
        said: Collection[SaidFigure],
        wrong: Collection[SaidFigure],
        item: ReportTexts,
    ) -> Iterator[SaidFigure]:
        """Yield at most one number of each sentence, as the figure that it should be. ``said`` is what was read, ``wrong`` what of it is false."""
        said = [own for own in said if not _is_open_sum(own, said)]
        read = {own.start for own in said}
        if all(piece.kind is not COUNT or piece.scale or piece.start in read for piece in pieces):
            return
        aligned = self._aligned(
            placed(pieces, text, self._topics, self._nearby, home_topic), said, wrong, item
        )
        for sentence, here in aligned.sentences.items():
            is_account = aligned.wrong.isdisjoint(here) and len(here) <= _MOST_NUMBERS
            if not is_account or not any(at in aligned.open or at in aligned.pointed for at in here):
                continue
            near = [at for beside in (-1, 0, 1) for at in aligned.sentences.get(sentence + beside, ())]
            found = list(self._suspects(aligned, here, near, item))
            found = found or list(self._left_over.spoiling(aligned, here, item))
            found = found or list(self._signs.unclosed(aligned, here, near, item))
            if len(found) == 1 and not self._means_something_else(aligned, here, *found[0], item):
                [(at, claim)] = found
                number = aligned.numbers[at]
                yield SaidFigure(claim, number.value, number.start, number.end)

    def _aligned(
        self,
        numbers: Sequence[PlacedNumber],
        said: Collection[SaidFigure],
        wrong: Collection[SaidFigure],
        item: ReportTexts,
    ) -> AlignedNumbers:
        """Find out which numbers the tables have as what their words name."""
        read = {own.start: own for own in said}
        false = {own.start for own in wrong}
        own = AlignedNumbers(numbers, stated={one.claim.key for one in said if one.start not in false})
        for at, number in enumerate(numbers):
            own.sentences.setdefault(number.sentence, []).append(at)
            known = read.get(number.start)
            if number.start in false:
                own.wrong.add(at)
            elif known:
                self._agree(own, at, known.claim)
            elif number.is_readable:
                self._weigh(own, at, item)
            elif number.is_within and not number.is_rest:  # 其余6件中: not all
                self._point(own, at, item)
        return own

    def _agree(self, aligned: AlignedNumbers, at: int, claim: Claim) -> None:
        aligned.agreed[at] = claim
        aligned.stated |= {claim.key, claim.family}

    def _weigh(self, aligned: AlignedNumbers, at: int, item: ReportTexts) -> None:
        """Find what the words of one number name; what stands before and after it is tried where its own words do not fit."""
        number = aligned.numbers[at]
        for means in dict.fromkeys((number.means, number.means | number.before, number.means | number.later)):
            named, others = self._named(aligned, at, means)
            fits = next((claim for claim in named if number.value in (meanings(claim, item) or ())), None)
            if fits:
                self._agree(aligned, at, fits)
                aligned.open.pop(at, None)
                return
            if any(number.value in (meanings(claim, item) or ()) for claim in others) or (
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
        fits = next((claim for claim in pointed if number.value in (meanings(claim, item) or ())), None)
        if fits:
            self._agree(aligned, at, fits)
            aligned.open.pop(at, None)

    def _named(self, aligned: AlignedNumbers, at: int, means: Concepts) -> tuple[list[Claim], list[Claim]]:
        """Return the claims that most of the words name, and those that fewer of them do."""
        number = aligned.numbers[at]
        if number.parts is not None and not means:
            return list(self._totals(aligned, at)), []
        fitting = [
            (size, claim)
            for size, claim in self._fitting(means, number.topics, number.is_other_time)
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
            and not (is_other_time and said.isdisjoint(self._nearby.timed))
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
            yield Claim("sum", self._nearby.added, (), (Sum(tuple(cells)),), "sum")
            return
        for division in self._divisions:
            listed = [own for own in before if set(own.plus) <= set(division.cells)]
            if len(listed) > 1:
                yield Claim("whole", division.name, (), division.wholes, "whole")

    def _suspects(
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
            proof = self._proof(aligned, at, here, near) if named and is_ours else {}
            if not proof or self._is_derived(aligned, at, near):
                continue
            needed = _ENOUGH_OF_KNOWN_WORDS if number.is_clear else _ENOUGH
            for claim, value in named:
                speaks = sum(proof.values()) + (_DERIVED if _is_made_of(value, proof) else 0)
                is_enough = speaks >= max(_LEAST, needed - _chance(value))
                is_part = self._is_part(aligned, at, here, value) or _comes_twice(
                    aligned, at, near, claim, value
                )
                if is_enough and not is_part:
                    yield at, claim
                    break

    def _are_outcomes(self, aligned: AlignedNumbers, here: Sequence[int]) -> bool:
        """Say whether a sentence lists what became of requests, so that it needs no other word to speak of them."""
        return any(aligned.agreed[one].family in self._lists for one in here if one in aligned.agreed)

    def _means_something_else(
        self, aligned: AlignedNumbers, here: Sequence[int], at: int, claim: Claim, item: ReportTexts
    ) -> bool:
        """Say whether a number is a sum of what stands beside it, of disputes and not of requests, or of a column alone."""
        is_of_requests = set(claim.topics) == {self._home_topic}
        return (
            aligned.is_total(at, here)
            or (aligned.numbers[at].is_disputed and is_of_requests)
            or self._is_of_one_column(aligned, here, at, claim, item)
        )

    def _is_of_one_column(
        self, aligned: AlignedNumbers, here: Sequence[int], at: int, claim: Claim, item: ReportTexts
    ) -> bool:
        """Say whether a number is its figure of a column alone of which its sentence tells: 自然人提出7件，公开4件."""
        before = [aligned.numbers[one] for one in here if one < at and claim.family not in self._columns]
        columns = [
            own.equals[0]
            for number in before
            for _, own in self._fitting(number.means, number.topics, number.is_other_time)
            if own.family in self._columns and number.value in (meanings(own, item) or ())
        ]
        return aligned.numbers[at].value in of_columns(claim, columns, item)

    def _proof(
        self, aligned: AlignedNumbers, at: int, here: Sequence[int], near: Sequence[int]
    ) -> dict[Number, float]:
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

    def _may_be_meant(self, aligned: AlignedNumbers, at: int, claim: Claim) -> bool:
        """Say whether a claim is still to be told; a verb or “申请” alone names it only where nothing else stands there."""
        is_stated = claim.key in aligned.stated or (
            claim.family in aligned.stated and claim.family in self._whole
        )
        number = aligned.numbers[at]
        if number.is_rest and claim.family not in self._lists:
            return False
        return not is_stated and (number.is_clear or number.is_named or not number.means <= self._acts)

    def _is_part(self, aligned: AlignedNumbers, at: int, here: Sequence[int], value: Number) -> bool:
        """Say whether a number and one that stands next to it, and is not known either, make the cell together."""
        return aligned.has_part(at, [one for one in (at - 1, at + 1) if one in here], value)

    def _is_derived(self, aligned: AlignedNumbers, at: int, near: Sequence[int]) -> bool:
        """Say whether a number is the sum or difference of two that stand together, and so may be meant as that; not in a list of known parts."""
        listed = [one for one in near if one in aligned.agreed and aligned.agreed[one].family in self._lists]
        if len(listed) > 1 and any(claim.family in self._lists for claim in aligned.open[at]):
            return False
        others = [aligned.numbers[one].value for one in near if one != at]
        return any(aligned.numbers[at].value in (x + y, x - y, y - x) for x, y in pairwise(others))


def _is_open_sum(own: SaidFigure, said: Collection[SaidFigure]) -> bool:
    """Say whether a sum of what was told was only read as no more than the whole: it may be a slip like any number."""
    return own.claim.told and own.at_most and not is_made_before(own, said)


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


def _are_added(value: Number, named: Iterable[Claim], item: ReportTexts) -> bool:
    """Say whether a number is what some of the things are together that its words name: 因不掌握、内容不明而无法提供5件."""
    cells = {own.plus for claim in named for own in claim.equals[:1] if not own.minus}
    known = [(frozenset(plus), found) for plus in cells if (found := value_of(Sum(plus), item))]
    return len(known) <= _MOST_PARTS and any(
        value == one + other and some.isdisjoint(others)
        for (some, one), (others, other) in combinations(known, 2)
    )


def _is_made_of(value: Number, figures: Collection[Number]) -> bool:
    """Say whether a value is the sum or difference of two figures that are not 0."""
    known = sorted(own for own in figures if own)
    return any(value in (x + y, y - x) for at, x in enumerate(known) for y in known[at + 1 :])


def _chance(value: Number) -> float:
    """Return how little chance it is that a number of something else is just a slip away."""
    return 2 if value >= 100 else 1 if value >= 10 else 0  # noqa: PLR2004 - by digits
