"""A clause without a number goes in: it may say that there was none, go on with a number, or name what is spoken of from then on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.forms.narrative import ALL, NO, WITHIN
from pipeline.judging.texts.account import CLEAR, LISTED, UNCLEAR, Account, SaidFigure
from pipeline.judging.texts.beginnings import compiled
from pipeline.judging.texts.clauses import is_named_alone, joined
from pipeline.judging.texts.pieces import COUNT, UNKNOWN, TextPiece, has, is_clear, meaning
from pipeline.judging.texts.written_numbers import WrittenNumber, written_number

if TYPE_CHECKING:
    from pipeline.forms.narrative import Concepts, FigureClaims
    from pipeline.judging.texts.matching import ClaimMatcher
    from pipeline.judging.texts.number_claims import NumberClaims
    from pipeline.judging.texts.recording import ClaimRecorder

_GOES_ON = ("，", "（")
"""The marks behind a figure after which a clause may say what all of it are."""


class UncountedClauses:
    """Reads the clauses without a number of one rule; made once."""

    def __init__(
        self, rule: FigureClaims, matcher: ClaimMatcher, claims: NumberClaims, recorder: ClaimRecorder
    ) -> None:
        self._matcher, self._claims, self._recorder = matcher, claims, recorder
        self._bodies = compiled(rule.bodies)
        self._topics, self._lists, self._earlier = map(frozenset, (rule.topics, rule.lists, rule.earlier))
        self._of_others = frozenset((*rule.acts, *rule.parts))
        self._subjects, self._parts = frozenset(rule.subjects), frozenset(rule.parts)
        self._all_of, self._stated_of_all = frozenset(rule.all_of), frozenset((*rule.lists, *rule.columns))

    def take_in(self, state: Account, pieces: list[TextPiece]) -> None:
        """Take in a clause."""
        for piece in pieces:
            state.note(piece)
        clear = is_clear(pieces)
        state.is_of_part = self._is_of_part(state, pieces)
        if clear and state.pending and meaning(pieces) and self._resolve(state, meaning(pieces)):
            return
        if clear:
            self._none_or_all(state, pieces)
        self._name_subject(state, pieces)
        self._name_topic(state, pieces, clear=clear)
        if not clear and has(pieces, "rest"):
            state.leave_open()

    def _name_subject(self, state: Account, pieces: list[TextPiece]) -> None:
        """Set what a clause names that can be counted, and of which subject the parts that follow are."""
        state.opened, subject = self._matcher.subjects_named(pieces)
        named = self._subjects & meaning(pieces)
        if not subject and state.subject and len(named) == 1:
            [subject] = named  # 行政复议纠正2件；行政诉讼无败诉，3件均获维持
        state.subject = subject or state.subject

    def _name_topic(self, state: Account, pieces: list[TextPiece], *, clear: bool) -> None:
        """Set what is spoken of from a clause on, and how much of the passage is known."""
        topics = [
            (at, piece) for at, piece in enumerate(pieces) if not self._topics.isdisjoint(piece.concepts)
        ]
        if topics:
            at, piece = topics[-1]
            is_new = is_clear(pieces[at:]) or is_named_alone(pieces, at)
            if is_new or not state.in_sentence:
                state.level = CLEAR if is_new else UNCLEAR
                state.topic = next(concept for concept in piece.concepts if concept in self._topics)
                state.chain += 0 if state.in_sentence or has(pieces, "rest") else 1
        elif not clear and not self._is_aside(state, pieces):
            is_other = any(
                piece.kind is UNKNOWN and self._bodies.search(state.text, piece.start, piece.end)
                for piece in pieces
            )
            state.level = UNCLEAR if is_other else min(state.level, LISTED)

    def _is_of_part(self, state: Account, pieces: list[TextPiece]) -> bool:
        """Say whether what follows a clause without a number counts a part: 无法提供的申请中，…; 其余均为纸质申请，共10件."""
        if has(pieces, WITHIN):
            return not self._parts.isdisjoint(meaning(pieces))
        return state.is_of_part or has(pieces, "rest")

    def _is_aside(self, state: Account, pieces: list[TextPiece]) -> bool:
        """Say whether unknown words only add to what the sentence has said."""
        if not state.in_sentence:
            return False
        if has(pieces[:1], "aside") or has(pieces[:1], "then"):
            return True
        return meaning(pieces).isdisjoint(self._of_others)

    def _resolve(self, state: Account, means: Concepts) -> bool:
        """Read a number whose meaning only the next clause says: 4件于12月收到，顺延至次年办理; 54件：全年收到的申请数."""
        number, state.pending = state.pending, None
        if number is None:
            return False
        level, others = state.level, state.others
        state.level, state.others = state.before_pending
        written = written_number(number)
        is_explained = state.ended == "："
        for claim in self._matcher.fitting(state, means, frozenset(), number):
            is_listed = claim.family in self._lists
            if written and (is_listed or is_explained):
                self._recorder.say(state, claim, written, at_most=is_listed)
                return True
        state.level, state.others = level, others
        return False

    def _none_or_all(self, state: Account, pieces: list[TextPiece]) -> None:
        """Read a clause that says that there was none of something, or that all are something."""
        last = state.said[-1] if state.said else None
        if has(pieces, NO):
            self._none(state, pieces)
        elif last and last.claim.family in self._earlier and state.ended in _GOES_ON:
            claim = self._claims.of_all_earlier(state, last, meaning(pieces))
            if claim:
                self._recorder.say_of_earlier(state, claim, last)
        elif has(pieces, ALL):
            self._all(state, pieces)

    def _none(self, state: Account, pieces: list[TextPiece]) -> None:
        """Read a clause that says that there was none: of all of it, or of each of the things it joins."""
        topics = meaning(pieces) & self._topics
        start, end = next(piece.start for piece in pieces if NO in piece.concepts), pieces[-1].end
        parts = [pieces] if self._matcher.nothing(state, pieces, topics) else joined(pieces)
        named = [piece for piece in pieces if not self._topics.isdisjoint(piece.concepts)]
        claims = [
            self._matcher.nothing(state, part, topics)
            or self._matcher.nothing(state, [*part, *named], topics)  # 未制发、未废止行政规范性文件
            for part in parts
        ]
        if all(claims):
            for claim in claims:
                if claim:
                    self._recorder.settle(state, topics, claim)
                    self._recorder.say(state, claim, WrittenNumber(0, start, end, end, 1))

    def _all(self, state: Account, pieces: list[TextPiece]) -> None:
        """Read a clause that says what all of the figure before it are: 收到18件，均予以公开; 复议2件，均维持."""
        last = state.said[-1] if state.said else None
        if not last or last.sentence != state.sentence or last.at_most or state.ended not in _GOES_ON:
            return
        if state.is_elsewhere or len(state.said) - 1 in state.bracketed:
            return
        means = meaning(pieces)
        at = next(piece for piece in pieces if ALL in piece.concepts)
        number = TextPiece(COUNT, at.start, at.end, number=str(last.value))
        for claim in self._matcher.fitting(state, means, means & self._topics, number, last.value):
            is_part = last.claim.family in self._all_of and claim.family in self._stated_of_all
            if claim.equals and (claim.follows or is_part):
                state.of_all.append(SaidFigure(claim, last.value, at.start, at.end, state.chain))
                return
