"""A clause with numbers goes in; what each of them claims is kept, and where one claims nothing, how much is still known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.forms.narrative import REMAINDER
from pipeline.judging.texts.account import LISTED, UNCLEAR, Account
from pipeline.judging.texts.beginnings import compiled
from pipeline.judging.texts.clauses import turn_of
from pipeline.judging.texts.phrases import Phrase, PhraseDivider
from pipeline.judging.texts.pieces import TextPiece, has, is_clear, meaning
from pipeline.judging.texts.written_numbers import written_number

if TYPE_CHECKING:
    from pipeline.forms.narrative import Concepts, FigureClaims
    from pipeline.judging.texts.number_claims import NumberClaims
    from pipeline.judging.texts.recording import ClaimRecorder


class CountedClauses:
    """Reads the clauses with numbers of one rule; made once."""

    def __init__(self, rule: FigureClaims, claims: NumberClaims, recorder: ClaimRecorder) -> None:
        self._claims, self._recorder = claims, recorder
        self._divider = PhraseDivider(rule)
        self._showing = compiled(rule.showing)
        self._acts, self._lists, self._earlier = map(frozenset, (rule.acts, rule.lists, rule.earlier))
        self._of_disputes = frozenset(rule.nearby.disputed)

    def take_in(self, state: Account, pieces: list[TextPiece]) -> None:
        """Take in a clause, one number after another."""
        state.phrase_clear = True
        each = self._divider.respective(state, pieces)
        if each is not None:
            for piece in pieces:
                state.note(piece)
            if not each:
                state.level = UNCLEAR
            for phrase in each:
                self._phrase(state, phrase)
            return
        for phrase in self._divider.phrases(pieces):
            for piece in phrase.head:
                state.note(piece)
            self._phrase(state, phrase)
            if phrase.begins_list:
                state.open_list()
            for piece in phrase.passed:
                state.note(piece)
            state.opened = frozenset()

    def _phrase(self, state: Account, phrase: Phrase) -> None:
        """Take in one number."""
        head, tail = phrase.head, phrase.tail
        state.pending = None
        if has(head, "among"):
            state.open_list()
        elif has(head, "another") and not self._is_outcome(state):
            state.part_of = 0
        written = written_number(phrase.number)
        claim, of_earlier = self._claims.of_phrase(state, phrase, written)
        if claim and written and not _is_repeated(state.text, phrase.number):
            state.phrase_clear = True
            is_some = of_earlier or self._claims.counts_some(state, phrase, claim)
            self._recorder.settle(state, _spoken(phrase) | phrase.topics, claim)
            self._recorder.say(state, claim, written, at_most=is_some, of_earlier=of_earlier)
            if claim.family in self._earlier and is_clear(tail) and state.said:
                self._turned(state, tail)
            return
        claim = self._claims.of_last_year(state, phrase, written) if written else None
        if claim and written:
            self._recorder.say_of_last(state, claim, written)
            self._recorder.settle(state, meaning(head) | phrase.topics, claim)
        else:
            self._unclaimed(state, phrase)

    def _is_outcome(self, state: Account) -> bool:
        """Say whether the last figure of the list is one of those that stand beside each other: 12件属于案卷，另有4件不予公开."""
        last = state.said[-1] if state.said else None
        return last is not None and last.part_of == state.part_of and last.claim.family in self._lists

    def _turned(self, state: Account, tail: list[TextPiece]) -> None:
        """Keep what became of all that came before the year, where the words behind its number turn to that."""
        whole = state.said[-1]
        claim = self._claims.of_all_earlier(state, whole, meaning(tail[turn_of(tail) :]))
        if claim:
            self._recorder.say_of_earlier(state, claim, whole)

    def _unclaimed(self, state: Account, phrase: Phrase) -> None:
        """Take in a number that claims nothing: what stands beside it is left open."""
        head = phrase.head
        if head:
            is_shown = self._showing.search(state.text, head[0].start, phrase.number.start) is not None
            state.is_showing = is_shown or (state.is_showing and not meaning(head) & self._acts)
        state.phrase_clear = False
        state.aside = state.level if has(head, "among") else state.aside
        state.leave_open()
        if meaning(head) <= {REMAINDER} and is_clear(head):
            state.pending, state.before_pending = phrase.number, (state.level, dict(state.others))
        last = state.said[-1] if state.said else None
        is_listed = last is not None and (last.claim.family in self._lists or state.part_of > 0)
        goes_on = is_listed and not has(head, "among") and _spoken(phrase).isdisjoint(self._of_disputes)
        state.level = min(state.level, LISTED if goes_on and state.in_sentence else UNCLEAR)


def _spoken(phrase: Phrase) -> Concepts:
    """Return what the words around a number mean, those after it where every one is known."""
    return meaning(phrase.head) | (meaning(phrase.tail) if is_clear(phrase.tail) else frozenset())


def _is_repeated(text: str, number: TextPiece) -> bool:
    """Say whether a number is one of 收到一件、登记一件、办结一件, which count nothing."""
    written = text[number.start : number.end]
    around = text[max(0, number.start - 12) : number.end + 12]
    return written.startswith("一") and around.count(written) > 1
