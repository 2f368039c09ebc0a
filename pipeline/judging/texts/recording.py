"""A claim that was read goes in, with its number; it stands in the account from then on, unless it speaks of something else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.forms.narrative import NAMED
from pipeline.judging.texts.account import CLEAR, UNCLEAR, Account, SaidFigure
from pipeline.judging.texts.beginnings import any_of, compiled
from pipeline.judging.texts.clauses import CLAUSE_ENDS
from pipeline.judging.texts.numerals import value_of
from pipeline.judging.texts.pieces import UNKNOWN, TextPiece, has, meaning
from pipeline.judging.texts.written_numbers import WrittenNumber

if TYPE_CHECKING:
    from pipeline.forms.narrative import Claim, Concepts, FigureClaims
    from pipeline.judging.texts.matching import ClaimMatcher

_CLAUSES_BACK = 24
"""Clauses in which one looks for what is disputed."""


class ClaimRecorder:
    """Keeps the claims of one rule; made once."""

    def __init__(self, rule: FigureClaims, matcher: ClaimMatcher) -> None:
        self._matcher = matcher
        self._topics, self._lists, self._between = map(frozenset, (rule.topics, rule.lists, rule.between))
        self._earlier, self._all_of = frozenset(rule.earlier), frozenset(rule.all_of)
        self._disputed = frozenset(rule.disputed)
        self._disputed_topics = frozenset(
            topic for claim in rule.claims if claim.family in self._disputed for topic in claim.topics
        )
        self._others_disputed = compiled(rule.others_disputed)
        self._home_topic = rule.home_topic
        self._silent, self._lent = compiled(any_of(rule.silent)), compiled(rule.lent)
        self._rest_follows, self._included = compiled(rule.rest_told), compiled(rule.included)

    def settle(self, state: Account, spoken: Concepts, claim: Claim) -> None:
        """Set what is spoken of by a claim that was read."""
        topics = frozenset((claim.sets,)) if claim.sets else spoken & self._topics
        if claim.topics and not claim.sets:
            topics &= frozenset(claim.topics)
        if state.level == UNCLEAR:
            state.chain += 1
        if topics:
            topic = min(topics)
            if topic not in self._between:
                state.behind = ""
            elif state.level == CLEAR and state.in_sentence and state.topic not in self._between:
                state.behind = state.topic
            state.topic, state.level = topic, CLEAR

    def say(
        self,
        state: Account,
        claim: Claim,
        number: WrittenNumber,
        *,
        at_most: bool = False,
        of_earlier: bool = False,
    ) -> None:
        """Keep a claim, unless it speaks of another time or place."""
        value, start, end, until, unit = number
        state.in_sentence = True
        if claim.family in self._disputed and self._is_of_another(state, none=not value):
            return
        rest = self._rest_follows.match(state.text, until) if claim.divided else None
        leaves = (rest["left"] and value_of(rest["left"]) if rest else None) or 0
        if state.is_elsewhere:
            return
        lent = self._lent.match(state.text, until)
        if not lent and self._silent.match(state.text, until):
            return
        state.subject = state.subject if claim.follows else self._matcher.side_of(claim)
        if claim.newly and not self._included.match(state.text, until):
            claim = replace(claim, equals=claim.equals[:1])
        state.said.append(
            SaidFigure(
                claim,
                value,
                start,
                end,
                state.chain,
                state.part_of,
                at_most or claim.at_most or rest is not None or state.is_of_part,
                state.sentence,
                unit,
                leaves,
                (value_of(lent["n"]) if lent else None) or 0,
                of_earlier or (claim.family in self._lists and self._tells_of_earlier(state)),
                state.text[max(0, start - 2) : start].strip("该此")[-1:] in CLAUSE_ENDS,
            )
        )
        if claim.family not in self._lists:
            state.divided = state.said[-1]
        if claim.at_most and not claim.after and (claim.family in self._all_of or not claim.equals):
            state.is_of_part = True  # 收到线上申请65件，办结62件，收到线下申请9件

    def say_of_earlier(self, state: Account, claim: Claim, whole: SaidFigure) -> None:
        """Keep what became of all of a figure that came before the year."""
        number = WrittenNumber(whole.value, whole.start, whole.end, whole.end, whole.unit)
        self.say(state, claim, number, at_most=True, of_earlier=True)

    def say_of_last(self, state: Account, claim: Claim, number: WrittenNumber) -> None:
        """Keep a claim of last year."""
        value, start, end, until, unit = number
        if not self._silent.match(state.text, until):
            state.of_last.append(SaidFigure(claim, value, start, end, sentence=state.sentence, unit=unit))

    def _tells_of_earlier(self, state: Account) -> bool:
        """Say whether the last figure of this sentence that is no outcome is of what came before the year."""
        whole = state.divided
        return whole is not None and whole.sentence == state.sentence and whole.claim.family in self._earlier

    def _is_of_another(self, state: Account, *, none: bool) -> bool:
        """Say whether something else that may be disputed was spoken of, and no topic since: 处罚案件均已结案，无一引发行政复议.

        That there was ``none`` is told of whatever its sentence begins with, known or not.
        """
        found = -1
        for sentence, pieces in reversed(state.clauses[-_CLAUSES_BACK:]):
            if found not in {-1, sentence}:
                break
            is_other = bool(pieces) and self._others_disputed.search(
                state.text, pieces[0].start, pieces[-1].end
            )
            topics = meaning(pieces) & self._disputed_topics
            if topics and (not is_other or topics != {self._home_topic} or has(pieces, NAMED)):
                return False
            is_unknown = none and sentence == state.sentence and _is_long_unknown(pieces)
            if (is_other or is_unknown) and not has(pieces[:1], "aside"):
                found = sentence
        return found >= 0


def _is_long_unknown(pieces: Sequence[TextPiece]) -> bool:
    """Say whether what is not known in a clause may name a matter."""
    return any(piece.kind is UNKNOWN and piece.end - piece.start > 1 for piece in pieces)
