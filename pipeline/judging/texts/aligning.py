"""The numbers of a passage and the tables go in; the number comes out that spoils an account which else agrees with the tables.

Words that are not known may change what a number means, so by itself it proves nothing. But where the numbers beside it are those of the
tables, the account is this agency's and this year's, and a number that is a slip of the pen away from the cell its known words name
is a slip. The more digits have been told rightly, the more certain that is; see docs/decisions/0203.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING

from pipeline.forms.narrative import BARE, Claim, Sum
from pipeline.judging.digit_slips import slip_of
from pipeline.judging.texts.account import SaidFigure
from pipeline.judging.texts.meant import meanings, value_of, values_of
from pipeline.judging.texts.pieces import COUNT, ENUMERATION
from pipeline.judging.texts.placing import PlacedNumber, placed
from pipeline.judging.texts.signs import Signs, closing

if TYPE_CHECKING:
    from pipeline.forms.narrative import Concepts, DividedCells, FigureClaims
    from pipeline.judging.texts.filed import ReportTexts
    from pipeline.judging.texts.pieces import TextPiece
    from pipeline.model import Number

_ENOUGH, _ENOUGH_OF_KNOWN_WORDS = 3.0, 1.5
"""What has to speak for an account before a number of it is accused; less where all words around the number are known."""
_LEAST = 0.5
_ENOUGH_TO_CLOSE = 1.5
"""What the figures have to weigh that come to a number."""
_DERIVED = 1.5
"""What it weighs that the cell, and not the number, is the sum or difference of two figures beside it."""
_FARTHER = 0.5
"""How much less a figure of the sentence before or after speaks for an account."""
_MOST_NUMBERS = 60
"""Numbers of a sentence; with more it is none."""
_FEWEST = 2
"""Parts of a list."""
_TWO_DIGITS = 10
_LONG = 3
"""Digits of a number of which any may be the wrong one."""
_MOST_PARTS = 10
"""Cells of a division that are tried for what a list leaves."""


@dataclass(slots=True)
class _Aligned:
    """The numbers of a passage, with what is known of each by its place."""

    numbers: Sequence[PlacedNumber]
    agreed: dict[int, Claim] = field(default_factory=dict)
    """Those that the tables have, and as what."""
    wrong: set[int] = field(default_factory=set)
    """Those of which strict reading says that they are false."""
    open: dict[int, list[Claim]] = field(default_factory=dict)
    """Those that the tables do not have, and what their words name."""
    pointed: dict[int, list[Claim]] = field(default_factory=dict)
    """Those of them to which only a few syllables point, and what these may mean."""
    told: set[str] = field(default_factory=set)
    """Keys, and families, of all that was rightly told."""
    sentences: dict[int, list[int]] = field(default_factory=dict)
    """The numbers of each sentence; while they are gone through, those so far."""


class Aligner:
    """Knows the claims of one rule by the least words that name them; made once."""

    def __init__(self, rule: FigureClaims) -> None:
        self._topics = frozenset((*rule.topics, *rule.nearby.topics))
        self._lists = frozenset(rule.lists)
        self._nearby = rule.nearby
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
            found = found or list(self._left_over(aligned, here, item))
            found = found or list(self._unclosed(aligned, here, item))
            if len(found) == 1:
                [(at, claim)] = found
                number = aligned.numbers[at]
                yield SaidFigure(claim, number.value, number.start, number.end)

    def _aligned(
        self,
        numbers: Sequence[PlacedNumber],
        said: Collection[SaidFigure],
        wrong: Collection[SaidFigure],
        item: ReportTexts,
    ) -> _Aligned:
        """Find out which numbers the tables have as what their words name."""
        read = {own.start: own for own in said}
        false = {own.start for own in wrong}
        own = _Aligned(numbers, told={one.claim.key for one in said if one.start not in false})
        for at, number in enumerate(numbers):
            own.sentences.setdefault(number.sentence, []).append(at)
            known = read.get(number.start)
            if number.start in false:
                own.wrong.add(at)
            elif known:
                self._agree(own, at, known.claim)
            elif number.is_readable:
                self._weigh(own, at, item)
            elif number.is_within:
                self._point(own, at, item)
        return own

    def _agree(self, aligned: _Aligned, at: int, claim: Claim) -> None:
        aligned.agreed[at] = claim
        aligned.told |= {claim.key, claim.family}

    def _weigh(self, aligned: _Aligned, at: int, item: ReportTexts) -> None:
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

    def _point(self, aligned: _Aligned, at: int, item: ReportTexts) -> None:
        """Find what a few syllables around a number point to."""
        number = aligned.numbers[at]
        aligned.pointed[at] = pointed = list(self._signs.pointed(number))
        fits = next((claim for claim in pointed if number.value in (meanings(claim, item) or ())), None)
        if fits:
            self._agree(aligned, at, fits)
            aligned.open.pop(at, None)

    def _named(self, aligned: _Aligned, at: int, means: Concepts) -> tuple[list[Claim], list[Claim]]:
        """Return the claims that most of the words name, and those that fewer of them do."""
        number = aligned.numbers[at]
        if number.parts >= 0 and not means:
            return list(self._totals(aligned, at)), []
        fitting = [
            (size, claim)
            for size, claim in self._fitting(means, number.topics, number.is_other_time)
            if not claim.follows or not aligned.told.isdisjoint(claim.after)
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

    def _totals(self, aligned: _Aligned, at: int) -> Iterator[Claim]:
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
        self, aligned: _Aligned, here: Sequence[int], near: Sequence[int], item: ReportTexts
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
            is_ours = number.is_named or self._signs.are_of_an_account(number.named)
            proof = self._proof(aligned, at, here, near) if named and is_ours else {}
            if not proof or self._is_derived(aligned, at, near):
                continue
            needed = _ENOUGH_OF_KNOWN_WORDS if number.is_clear else _ENOUGH
            for claim, value in named:
                speaks = sum(proof.values()) + (_DERIVED if _is_made_of(value, proof) else 0)
                is_enough = speaks >= max(_LEAST, needed - _chance(value))
                if is_enough and not self._is_part(aligned, at, here, value):
                    yield at, claim
                    break

    def _unclosed(
        self, aligned: _Aligned, here: Sequence[int], item: ReportTexts
    ) -> Iterator[tuple[int, Claim]]:
        """Yield the numbers that would close the account of their sentence if they were what their words point to, and do not."""
        for at in here:
            told = self._told_beside(aligned, at, here)
            for claim in self._unknown(aligned, at):
                meant = [value for value in meanings(claim, item) or () if value and value not in told]
                if any(self._has_part(aligned, at, here, value) for value in meant):
                    continue
                if any(_closes(aligned.numbers[at].value, value, told) for value in meant):
                    yield at, claim
                    break

    def _unknown(self, aligned: _Aligned, at: int) -> Iterator[Claim]:
        """Yield what a number may be that is still to be told, if all around it may be said of an account."""
        number = aligned.numbers[at]
        if self._signs.are_of_an_account(number.unknown):
            named = () if number.is_other_time else aligned.open.get(at, ())
            for claim in (*named, *aligned.pointed.get(at, ())):
                if claim.key not in aligned.told:
                    yield claim

    @staticmethod
    def _told_beside(aligned: _Aligned, at: int, here: Sequence[int]) -> set[Number]:
        """Return the figures of the sentence that the tables have, and that count the same things as a number."""
        numbers = aligned.numbers
        alike = numbers[at].scope, numbers[at].counted_in
        return {
            numbers[one].value
            for one in here
            if one in aligned.agreed and (numbers[one].scope, numbers[one].counted_in) == alike
        }

    def _proof(
        self, aligned: _Aligned, at: int, here: Sequence[int], near: Sequence[int]
    ) -> dict[Number, float]:
        """Return the figures that speak for the account of a number, and how much; none where nothing counted alike agrees beside it."""
        numbers = aligned.numbers
        told = [one for one in near if one in aligned.agreed and numbers[one].scope == numbers[at].scope]
        linked = near if any(numbers[one].is_rest for one in here) else here
        if not any(
            numbers[one].value for one in told if one in linked and numbers[one].unit == numbers[at].unit
        ):
            return {}
        beside = {numbers[one].value for one in told if one in linked}
        values = {numbers[one].value for one in told}
        return {own: _weight(own) * (1 if own in beside else _FARTHER) for own in values}

    def _may_be_meant(self, aligned: _Aligned, at: int, claim: Claim) -> bool:
        """Say whether a claim is still to be told; a verb or “申请” alone names it only where nothing else stands there."""
        is_told = claim.key in aligned.told or (claim.family in aligned.told and claim.family in self._whole)
        number = aligned.numbers[at]
        if number.is_rest and claim.family not in self._lists:
            return False
        return not is_told and (number.is_clear or number.is_named or not number.means <= self._acts)

    def _is_part(self, aligned: _Aligned, at: int, here: Sequence[int], value: Number) -> bool:
        """Say whether a number and one that stands next to it, and is not known either, make the cell together."""
        beside = [one for one in (at - 1, at + 1) if one in here and one not in aligned.agreed]
        return any(aligned.numbers[at].value + aligned.numbers[one].value == value for one in beside)

    @staticmethod
    def _has_part(aligned: _Aligned, at: int, here: Sequence[int], value: Number) -> bool:
        """Say whether a number and another of the sentence that is not known make the cell together."""
        numbers = aligned.numbers
        others = (numbers[one].value for one in here if one != at and one not in aligned.agreed)
        return any(numbers[at].value + other == value for other in others)

    def _is_derived(self, aligned: _Aligned, at: int, near: Sequence[int]) -> bool:
        """Say whether a number is the sum or difference of two that stand together, and so may be meant as that; not in a list of known parts."""
        listed = [one for one in near if one in aligned.agreed and aligned.agreed[one].family in self._lists]
        if len(listed) > 1 and any(claim.family in self._lists for claim in aligned.open[at]):
            return False
        others = [aligned.numbers[one].value for one in near if one != at]
        return any(aligned.numbers[at].value in (x + y, x - y, y - x) for x, y in pairwise(others))

    def _left_over(
        self, aligned: _Aligned, here: Sequence[int], item: ReportTexts
    ) -> Iterator[tuple[int, Claim]]:
        """Yield the part of a list that spoils it: its other parts and what they leave in the tables make a whole.

        After the last part that is known something else may be counted (维持9件，纠正1件，听证3件).
        """
        for division in self._divisions:
            known = ((key, item.numbers.get(key)) for key in division.cells)
            cells = {key: value for key, value in known if value is not None}
            wholes = values_of(division.wholes, item)
            if not wholes or len(cells) < len(division.cells):
                continue
            found = list(self._spoils(aligned, here, division, cells, wholes, item))
            if found:
                yield from found
                return

    def _spoils(
        self,
        aligned: _Aligned,
        here: Sequence[int],
        division: DividedCells,
        cells: dict[str, Number],
        wholes: Collection[Number],
        item: ReportTexts,
    ) -> Iterator[tuple[int, Claim]]:
        numbers = aligned.numbers
        covers = {
            at: _cover(aligned.agreed[at], numbers[at].value, item) for at in here if at in aligned.agreed
        }
        parts = [at for at, keys in covers.items() if keys and set(keys) <= cells.keys()]
        taken = [key for at in parts for key in covers[at]]
        left = {key: value for key, value in cells.items() if key not in taken and value}
        if not parts or len(set(taken)) < len(taken) or len(left) > _MOST_PARTS:
            return
        first = parts[0]
        while first > here[0] and numbers[first].goes_on and first - 1 not in aligned.agreed:
            first -= 1
        unknown = [
            at
            for at in range(first, parts[-1])
            if at not in aligned.agreed
            and numbers[at].is_readable
            and not (numbers[at].parts >= 0 and not numbers[at].means)
            and numbers[at].unit == numbers[parts[0]].unit
        ]
        made = _sums(left.values())
        fitted = [at for at in unknown if numbers[at].value in left.values()]
        whole_told = [
            numbers[at].value for at in here if at in aligned.agreed and numbers[at].value in wholes
        ]
        proof = sum(map(_weight, {*whole_told, *(numbers[at].value for at in parts)}))
        proof += sum(_weight(numbers[at].value) / 2 for at in fitted)
        if proof < _ENOUGH or len(parts) + len(fitted) < _FEWEST:
            return
        found = {
            at: value
            for at in unknown
            if numbers[at].value not in made
            for value in _missing(at, [*parts, *unknown], numbers, wholes)
            if value in made and is_slip(numbers[at].value, value)
        }
        if len(found) == 1:
            [(at, value)] = found.items()
            yield at, self._rest(division, left, value)

    def _rest(self, division: DividedCells, left: dict[str, Number], value: Number) -> Claim:
        """Return what a part should be: a cell that no other part has told, or several of them together."""
        keys = _making(value, list(left.items()))
        if len(keys) == 1 and keys[0] in self._of_cell:
            return self._of_cell[keys[0]]
        return Claim("rest", division.rest, (), (Sum(tuple(keys)),), "rest")


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
    known = [found for plus in cells if (found := value_of(Sum(plus), item))]
    return len(known) <= _MOST_PARTS and any(value == one + other for one, other in combinations(known, 2))


def _missing(
    at: int, parts: Iterable[int], numbers: Sequence[PlacedNumber], wholes: Iterable[Number]
) -> list[Number]:
    """Return what the part ``at`` would have to be, for the parts together to be one of the wholes."""
    others = sum(numbers[one].value for one in parts if one != at)
    return [whole - others for whole in wholes]


def _cover(claim: Claim, value: Number, item: ReportTexts) -> tuple[str, ...]:
    """Return the cells whose sum a true figure is."""
    return next((own.plus for own in claim.equals if not own.minus and value_of(own, item) == value), ())


def _sums(values: Iterable[Number]) -> set[Number]:
    """Return what some of ``values`` come to."""
    found: set[Number] = {0}
    for value in values:
        found |= {value + other for other in found}
    return found


def _making(value: Number, cells: Sequence[tuple[str, Number]]) -> list[str]:
    """Return the fewest cells that come to ``value``."""
    for size in range(1, len(cells) + 1):
        for chosen in combinations(cells, size):
            if sum(own for _, own in chosen) == value:
                return [key for key, _ in chosen]
    return []


def _is_made_of(value: Number, figures: Collection[Number]) -> bool:
    """Say whether a value is the sum or difference of two figures that are not 0."""
    known = sorted(own for own in figures if own)
    return any(value in (x + y, y - x) for at, x in enumerate(known) for y in known[at + 1 :])


def _closes(written: Number, value: Number, told: Collection[Number]) -> bool:
    """Say whether what was told comes to a value from which a number is a slip of the pen away, and does not come to the number."""
    if not is_slip(written, value):
        return False
    account, other = closing(value, told), closing(written, told)
    weight = sum(map(_weight, account))
    is_other = 0 < len(other) <= len(account) and sum(map(_weight, other)) >= weight
    return weight >= _ENOUGH_TO_CLOSE and not is_other


def _weight(value: Number) -> float:
    """Return how much it says that the tables have a number: hardly anything of 1, much of three digits."""
    return 3 if value >= 100 else 2 if value >= 10 else 1 if value >= 4 else 0.5 if value else 0  # noqa: PLR2004 - by digits


def _chance(value: Number) -> float:
    """Return how little chance it is that a number of something else is just a slip away."""
    return 2 if value >= 100 else 1 if value >= 10 else 0  # noqa: PLR2004 - by digits


def is_slip(written: Number, meant: Number) -> bool:
    """Say whether a slip of the pen makes one number the other: one more or less, a digit wrong, two swapped, one lost or doubled.

    Of two digits only the first counts as wrong: 22 and 27 are as likely two numbers.
    """
    if abs(written - meant) == 1:
        return True
    if written == meant or min(written, meant) < _TWO_DIGITS:
        return False
    return bool(slip_of(written, meant)) or _has_wrong_digit(str(written), str(meant))


def _has_wrong_digit(written: str, meant: str) -> bool:
    if len(written) != len(meant):
        return False
    differ = [at for at in range(len(meant)) if written[at] != meant[at]]
    return len(differ) == 1 and (len(meant) >= _LONG or differ == [0])
