"""A number and the words around it go in, with what is known so far; the claim that it makes where it stands comes out, or none.

Nothing is changed here: whether a claim is kept, and what is spoken of from then on, others say.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pipeline.forms.narrative import NAMED, REMAINDER, SOME, TAKEN_UP
from pipeline.judging.texts.account import LISTED, Account, SaidFigure
from pipeline.judging.texts.beginnings import compiled
from pipeline.judging.texts.clauses import is_part
from pipeline.judging.texts.pieces import COUNT, OTHER, RUNNING, TextPiece, has, is_clear, meaning

if TYPE_CHECKING:
    from pipeline.forms.narrative import Claim, Concepts, FigureClaims
    from pipeline.judging.texts.matching import ClaimMatcher
    from pipeline.judging.texts.phrases import Phrase
    from pipeline.judging.texts.written_numbers import WrittenNumber


class NumberClaims:
    """Says what numbers claim of what one rule names; made once."""

    def __init__(self, rule: FigureClaims, matcher: ClaimMatcher) -> None:
        self._matcher = matcher
        self._topics, self._lists, self._acts = map(frozenset, (rule.topics, rule.lists, rule.acts))
        self._subjects = frozenset(rule.subjects)
        self._earlier, self._outcomes = frozenset(rule.earlier), frozenset(rule.outcomes)
        self._shown, self._undivided = frozenset(rule.shown), frozenset(rule.undivided)
        self._last_times = compiled(rule.last_times)

    def of_phrase(
        self, state: Account, phrase: Phrase, written: WrittenNumber | None
    ) -> tuple[Claim | None, bool]:
        """Return what a number means where it stands, and whether it is told of what came before the year."""
        head, number, tail, topics = phrase.head, phrase.number, phrase.tail, phrase.topics
        counts_part = is_part(head) or (bool(state.brackets) and self._is_topic_alone(head))
        read = (
            self._matcher.meanings_of_part(head, tail)
            if counts_part
            else self._matcher.meanings(state, head, tail)
        )
        means = read if is_clear(head) else []
        value = written.value if written else None
        fitting = (
            found for own in means for found in self._matcher.fitting(state, own, topics, number, value)
        )
        claim = next(fitting, None) or (
            self._matcher.together(state, head, topics, number) if means else None
        )
        of_earlier = claim is None and any(own & self._earlier for own in means)
        if of_earlier:
            claim = self._outcome_of_earlier(state, means, topics, number)
        if claim is None or (not state.phrase_clear and not self._goes_on(state, claim)):
            return None, False
        if has(head, "among") and self._is_undivided(state, claim):
            return None, False
        if state.is_showing and claim.family in self._shown and not meaning(head) & self._acts:
            return None, False  # 公示行政许可决定40件，行政处罚决定15件
        claim = self._matcher.of_both(state, meaning(head) | meaning(tail), claim)
        return self._matcher.with_others(claim, [*head, *tail]), of_earlier

    def counts_some(self, state: Account, phrase: Phrase, claim: Claim) -> bool:
        """Say whether a number may count no more than some of what it claims."""
        if claim.partly and (state.is_rest or self._is_among(phrase)):
            return True
        if claim.family in self._subjects and has(phrase.head, TAKEN_UP) and meaning(phrase.tail):
            return True  # 针对13件行政复议案件，逐项复盘
        is_left = REMAINDER in meaning(phrase.head) and claim.family not in self._lists
        is_beside_unknown = state.level == LISTED and bool(claim.beside)
        return is_beside_unknown or (is_left and not claim.rest_of)

    def of_last_year(self, state: Account, phrase: Phrase, written: WrittenNumber) -> Claim | None:
        """Return what a figure of last year claims that nothing leaves open, if last year and no other time stands right before it: 2022年新收13件."""
        head, number, tail = phrase.head, phrase.number, phrase.tail
        times = [piece for piece in head if piece.kind is RUNNING or piece.concepts == ("time",)]
        if len(times) != 1 or not self._last_times.fullmatch(state.text, times[0].start, times[0].end):
            return None
        words = [piece for piece in head if piece is not times[0]]
        is_whole = not (has(head, "among") or has(head, "another") or state.brackets or is_part(head))
        if state.text.find("的", times[0].end, number.start) >= 0 or meaning(tail) - self._topics:
            return None  # 上年收到的2件已于1月办结
        if not (is_whole and is_clear(head)) or any(piece.kind is OTHER for piece in words):
            return None
        means = self._matcher.meanings(state, words, tail)
        fitting = (
            one
            for own in means
            for one in self._matcher.fitting(state, own, phrase.topics, number, written.value)
        )
        claim = next(fitting, None)
        is_only_last_years = not any(is_other for what, is_other in state.others.items() if what != "time")
        if claim is None or claim.at_most or not is_only_last_years:
            return None
        return None if claim.partly and self._is_among(phrase) else claim

    def of_all_earlier(self, state: Account, whole: SaidFigure, means: Concepts) -> Claim | None:
        """Return what became of all that came before the year, told behind it: 上年结转3件，均予以公开; 上年结转的3件申请也已予以公开."""
        if whole.sentence != state.sentence or whole.at_most:
            return None
        number = TextPiece(COUNT, whole.start, whole.end, number=str(whole.value))
        return self._outcome_of_earlier(state, [means | self._earlier], frozenset(), number)

    def _outcome_of_earlier(
        self, state: Account, means: Sequence[Concepts], topics: Concepts, number: TextPiece
    ) -> Claim | None:
        """Return what became of all that came before the year, told in one phrase with it: 上年结转的3件也已予以公开."""
        outcomes = (
            claim
            for own in means
            if own & self._earlier
            for claim in self._matcher.fitting(state, own - self._earlier, topics, number)
            if claim.family in self._outcomes and claim.equals
        )
        return next(outcomes, None)

    def _is_undivided(self, state: Account, claim: Claim) -> bool:
        """Say whether a claim would divide what it cannot, so that its words tell of something else."""
        last = state.said[-1] if state.said else None
        return last is not None and {last.claim.family, claim.family} <= self._undivided

    def _is_among(self, phrase: Phrase) -> bool:
        """Say whether a number may count some of what is named: 对3件申请, 其中3件申请, 另有3件收到; not 申请有47件."""
        head = phrase.head
        is_among = (has(head, "another") or has(head, "among")) and meaning(head) <= self._topics
        return is_among or (has(head, SOME) and bool(meaning(phrase.tail)))

    def _is_topic_alone(self, head: Sequence[TextPiece]) -> bool:
        """Say whether a number in a bracket counts some of what is named no more than by its topic: 物业管理（申请6件）."""
        return meaning(head) <= self._topics and bool(meaning(head)) and not has(head, NAMED)

    def _goes_on(self, state: Account, claim: Claim) -> bool:
        """Say whether a claim may follow an unknown part of the same list."""
        return state.level == LISTED and claim.family in self._lists
