"""A tidy, masked text goes in; the figures it claims come out, and nothing where it is not clear.

A claim is composed: a number, and around it in its clause known words alone, which together mean what one claim of the
form says. One unknown word and there is no claim: a wrong alarm costs more trust than a missed one. What a passage is about
may be said before, as long as all that stands between is known.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pipeline.forms.narrative import TIME
from pipeline.judging.texts.account import CLEAR, Account, SaidFigure
from pipeline.judging.texts.clauses import CLAUSE_ENDS, clauses, without_asides
from pipeline.judging.texts.counted_clauses import CountedClauses
from pipeline.judging.texts.full_lists import FullLists
from pipeline.judging.texts.matching import ClaimMatcher
from pipeline.judging.texts.number_claims import NumberClaims
from pipeline.judging.texts.own_accounts import OwnAccounts
from pipeline.judging.texts.passages import Passage, PassageFinder
from pipeline.judging.texts.pieces import COUNT, OWN, SCOPE, TextPiece, has, meaning
from pipeline.judging.texts.recording import ClaimRecorder
from pipeline.judging.texts.uncounted_clauses import UncountedClauses

if TYPE_CHECKING:
    from pipeline.forms.narrative import FigureClaims


class FiguresRead(NamedTuple):
    """What a text claims."""

    said: tuple[SaidFigure, ...]
    of_all: tuple[SaidFigure, ...]
    """What it says that all of a figure are: 收到18件，均予以公开."""
    of_last: tuple[SaidFigure, ...]
    """What it claims of last year: 2022年新收13件."""


class ClaimReader:
    """Finds the claims of one rule; made once."""

    def __init__(self, rule: FigureClaims) -> None:
        self._finder, self._own_accounts = PassageFinder(rule), OwnAccounts(rule)
        matcher = ClaimMatcher(rule)
        claims, recorder = NumberClaims(rule, matcher), ClaimRecorder(rule, matcher)
        self._counted = CountedClauses(rule, claims, recorder)
        self._uncounted = UncountedClauses(rule, matcher, claims, recorder)
        self._earlier = frozenset(rule.earlier)
        self._timed = frozenset(rule.nearby.timed) - {TIME}
        self.passages = lru_cache(maxsize=64)(self._finder.passages)
        self.read = lru_cache(maxsize=64)(self._read)

    def _read(
        self, text: str, *, whole: bool = False, at_home: bool = False, hears: bool = False
    ) -> FiguresRead:
        """Return what ``text`` claims, each paragraph standing for itself; ``hears``: its agency hears disputes for others."""
        found: list[SaidFigure] = []
        of_all: list[SaidFigure] = []
        of_last: list[SaidFigure] = []
        for passage in self.passages(text, whole=whole, at_home=at_home):
            state = Account(text, hears=hears, chain=passage.start, earlier=self._earlier)
            if passage.topic:
                state.topic, state.level = passage.topic, CLEAR
            self._pass_over(state, passage)
            self._passage(state, passage.pieces)
            found += state.said
            of_all += state.of_all
            of_last += state.of_last
        return FiguresRead(tuple(found), tuple(of_all), tuple(of_last))

    def _pass_over(self, state: Account, passage: Passage) -> None:
        """Take in the times and places of the sentences before a passage, which say no figures."""
        marks = list(self._finder.marks_before(state.text, passage))
        for piece in self._own_accounts.with_objects(state.text, marks):
            begins = piece.start in {passage.start, state.begun} or state.text[piece.start - 1] in CLAUSE_ENDS
            state.begun = piece.end if begins else 0
            if begins or piece.kind is OWN or SCOPE not in piece.concepts:
                state.outlast(piece)
        state.others = dict(state.lasting)

    def _passage(self, state: Account, pieces: Sequence[TextPiece]) -> None:
        """Take in a passage, one clause after another."""
        lists = FullLists()
        for clause in clauses(list(without_asides(pieces))):
            state.begun = -1
            own = self._own_accounts.with_objects(state.text, clause.pieces)
            if self._own_accounts.begins_anew(state, own):
                state.begin_anew()
            state.resume(own)
            lists.begin(state, own)
            if has(own, "rest") and not self._leaves_out_last_years(own):
                state.is_rest = True
            state.clauses.append((state.sentence, own))
            if any(piece.kind is COUNT for piece in own):
                self._counted.take_in(state, own)
            elif own:
                self._uncounted.take_in(state, own)
            lists.end(state, own, clause.ends)
            state.end_clause(clause.ends)

    def _leaves_out_last_years(self, pieces: Sequence[TextPiece]) -> bool:
        """Say whether what was carried over is all that is left out: 除去上年结转的2件申请，全年收到63件."""
        is_one = sum(piece.kind is COUNT for piece in pieces) == 1
        return is_one and not has(pieces, "and") and not self._timed.isdisjoint(meaning(pieces))
