"""The words around a number go in, with what is known so far; the claims of the form that they can mean come out, likeliest first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.forms.narrative import BARE, NO, OTHERS_TOO, REMAINDER, SUM, WITHIN, Sum
from pipeline.judging.texts.account import CLEAR, LISTED, Account
from pipeline.judging.texts.clauses import joined, turn_of
from pipeline.judging.texts.pieces import OWN, TextPiece, has, is_clear, meaning

if TYPE_CHECKING:
    from pipeline.forms.narrative import Claim, Concepts, FigureClaims
    from pipeline.model import Number


class ClaimMatcher:
    """Knows the claims of one rule by their words; made once."""

    def __init__(self, rule: FigureClaims) -> None:
        self._topics = frozenset(rule.topics)
        self._lists = frozenset(rule.lists)
        self._subjects = frozenset(rule.subjects)
        self._acts = frozenset(rule.acts) - self._topics
        self._claims: dict[Concepts, list[Claim]] = defaultdict(list)
        for claim in rule.claims:
            for said in () if claim.near else claim.says:
                self._claims[said].append(claim)
        self._undivided = frozenset(rule.undivided)
        self._groups = self._groups_of_cells(rule)
        self._named_alone = self._subjects_named_alone(rule)
        self._sides = dict(self._named_sides(rule))
        self._both = dict(self._results_of_both(rule))

    def _subjects_named_alone(self, rule: FigureClaims) -> dict[str, str]:
        """Return the subjects that one concept names, by it."""
        subjects = [own for own in rule.claims if own.family in self._subjects and not own.follows]
        alone = [(said, own.family) for own in subjects for said in own.says]
        return {concept: family for said, family in alone if len(said) == 1 for concept in said}

    def _groups_of_cells(self, rule: FigureClaims) -> dict[str, Claim]:
        """Return the claims of several cells that lists name for themselves, by each of their cells: 不予公开 by its grounds."""
        wholes = self._lists - self._undivided
        groups = [own for own in rule.claims if own.family in wholes and own.counted and own.equals[:1]]
        many = [(own, own.equals[0].plus) for own in groups if not own.equals[0].minus]
        return {cell: own for own, cells in reversed(many) if len(cells) > 1 for cell in cells}

    def _named_sides(self, rule: FigureClaims) -> Iterator[tuple[str, str]]:
        """Yield the keys of the claims whose words name one subject, and which: 行政复议维持8件 is of the 行政复议; both together are neither."""
        names = self._named_alone
        for claim in rule.claims:
            named = [names[concept] for concept in names if all(concept in said for said in claim.says)]
            of_both = any(sum(concept in said for concept in names) > 1 for said in claim.says)
            if len(named) == 1 and not (of_both or claim.follows or claim.family in self._subjects):
                yield claim.key, named[0]

    def _results_of_both(self, rule: FigureClaims) -> Iterator[tuple[Concepts, Claim]]:
        """Yield what follows claims that name two subjects together, by its words."""
        names = self._named_alone
        together = {
            own.family
            for own in rule.claims
            if sum(all(concept in said for said in own.says) for concept in names) > 1
        } - self._subjects
        for claim in rule.claims:
            if claim.follows and claim.equals and not together.isdisjoint(claim.after):
                yield from ((said, claim) for said in claim.says)

    def of_both(self, state: Account, means: Concepts, claim: Claim) -> Claim:
        """Return a result of the last subject as that of both where a list follows both: 复议2件、诉讼1件，其中2件维持."""
        both = self._both.get(means)
        is_result = both is not None and both.family == claim.family and both.key != claim.key
        if not both or not is_result or not state.part_of or state.subject:
            return claim
        before = [own for own in state.said if own.part_of != state.part_of][-2:]
        families = {own.claim.family for own in before if own.sentence == state.sentence}
        if len(families & self._subjects) < 2 or not families <= self._subjects:  # noqa: PLR2004 - both
            return claim
        return replace(both, equals=(*both.equals, *claim.equals))

    def side_of(self, claim: Claim) -> str:
        """Return the subject that a claim names for the parts that follow it."""
        return self._sides.get(claim.key, "")

    def subjects_named(self, pieces: Sequence[TextPiece]) -> tuple[Concepts, str]:
        """Return what a clause without a number names that can be counted, and which subject it names."""
        means = meaning(pieces)
        named = self._claims.get(means, []) if is_clear(pieces) else []
        subject = next((own.family for own in named if own.family in self._subjects), "")
        return means if any(own.equals for own in named) else frozenset(), subject

    def meanings(self, state: Account, head: list[TextPiece], tail: list[TextPiece]) -> list[Concepts]:
        """Return what a number can mean by the words before it and, where it goes on with them, after it."""
        before = meaning(head)
        if REMAINDER in before and len(parts := joined(head)) > 1 and meaning(parts[-1]) == {REMAINDER}:
            return []  # 未到期及其他52件
        turn = turn_of(tail)
        if has(head, "these"):  # 这9件申请｜主要涉及补贴: what is told again is known by what it is called
            turn = next((at + 1 for at, piece in enumerate(tail) if self._topics & set(piece.concepts)), turn)
        noun, predicate = tail[:turn], tail[turn:]
        if noun and not is_clear(noun):
            return []
        named = before | meaning(noun)
        if named:
            own = named - {REMAINDER} or named
            if not before and meaning(noun) & self._acts and is_clear(predicate):
                return [own | meaning(predicate), own]  # 10件申请由我局受理并办结
            return [own | {SUM}, own] if has(head, SUM) else [own]
        if not meaning(predicate):
            is_bare = bool(state.opened) and _is_bare(head)
            said = [BARE] * is_bare + [SUM] * has(head, SUM)
            if said:
                return [*([state.opened] if is_bare else []), *(frozenset((one,)) for one in said)]
        return [meaning(predicate)] if is_clear(predicate) else []

    def meanings_of_part(self, head: Sequence[TextPiece], tail: Sequence[TextPiece]) -> list[Concepts]:
        """Return what a number can mean that counts a part of a subject, if the words around it name both: 诉讼案件中6件为直接起诉."""
        at = next((place for place, piece in enumerate(head) if WITHIN in piece.concepts), 0)
        whole, part = meaning(head[:at]), meaning(head[at:]) | meaning(tail)
        is_of_subject = bool(whole) and whole <= self._topics | self._named_alone.keys()
        is_named = is_of_subject and not whole <= self._topics and bool(part) and is_clear(tail)
        return [whole | part] if is_named else []

    def fitting(
        self,
        state: Account,
        means: Concepts,
        topics: Concepts,
        number: TextPiece | None,
        value: Number | None = None,
    ) -> Iterator[Claim]:
        """Yield the claims that words mean, where they stand; without a ``number`` those that “none” can be said of."""
        for claim in self._claims.get(means, ()):
            if (number is None and not claim.nil) or (claim.heard and state.hears):
                continue
            if BARE in means and claim.follows != bool(state.subject):
                continue
            if number is not None and (not claim.counted or claim.money != number.is_money):
                continue
            if self._is_topical(state, claim, (means | topics) & self._topics) and state.precedes(
                claim, value
            ):
                yield claim

    def _is_topical(self, state: Account, claim: Claim, known: Concepts) -> bool:
        """Say whether what is spoken of, here or clearly before, is what ``claim`` needs."""
        if not claim.topics or not known.isdisjoint(claim.topics):
            return True
        if state.level != CLEAR and not (state.level == LISTED and claim.family in self._lists):
            return False
        passes = claim.family in self._subjects and state.behind in claim.topics
        return state.topic in claim.topics or passes

    def together(
        self, state: Account, head: list[TextPiece], topics: Concepts, number: TextPiece
    ) -> Claim | None:
        """Return the claim of several things told in one number (不存在或不掌握21件): their sum, where none is left open."""
        parts = joined(head)
        if len(parts) < 2 or "等" in state.text[head[0].start : head[-1].end]:  # noqa: PLR2004 - one thing is no list
            return None
        found = [next(self.fitting(state, meaning(part), topics, number), None) for part in parts]
        claims = [
            own
            for own in found
            if own
            and own.equals
            and not own.equals[0].minus
            and own.family in self._lists
            and not own.at_most
        ]
        total = Sum(tuple(key for own in claims for key in own.equals[0].plus))
        if len(claims) < len(parts) or len(set(total.plus)) < len(total.plus):
            return None
        name = "、".join(own.name for own in claims)
        return replace(claims[0], key="+".join(own.key for own in claims), name=name, equals=(total,))

    def with_others(self, claim: Claim, pieces: Sequence[TextPiece]) -> Claim:
        """Return a claim of one ground as that of its group where it is only named as one of several: 因过程性信息等原因不予公开14件.

        Where the group is not named itself, others beside the ground may be all of it or one: 属于过程性信息等情形9件.
        """
        group = self._groups.get(claim.equals[0].plus[0]) if claim.equals else None
        if claim.family not in self._undivided or not group or not has(pieces, OTHERS_TOO):
            return claim
        own, whole = claim.equals[0], group.equals[0]
        if any(said <= meaning(pieces) for said in group.says):
            return replace(group, equals=(whole, own, *group.equals[1:]))
        others = (cell for cell in whole.plus if cell not in own.plus)
        return replace(claim, equals=(*claim.equals, whole, *(Sum((*own.plus, cell)) for cell in others)))

    def nothing(self, state: Account, pieces: Sequence[TextPiece], topics: Concepts) -> Claim | None:
        """Return the claim of which a clause says that there was none."""
        return next(self.fitting(state, meaning(pieces) - {NO}, topics, None), None)


def _is_bare(head: Sequence[TextPiece]) -> bool:
    """Say whether only the agency, the year and words for a sum stand before a number, perhaps with one syllable more: 2023年为6件."""
    last = head[-1:] if has(head[-1:], "filler") and head[-1].end - head[-1].start == 1 else []
    said = head[: len(head) - len(last)]
    return bool(said) and all(piece.kind is OWN or SUM in piece.concepts for piece in said)
