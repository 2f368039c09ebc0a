"""The clauses of a passage go by; where a list of unknown parts adds up to its whole, what was known before it is known again behind it.

收到申请24件，其中规划类9件、土地类15件。办结22件: nobody knows what the parts are called, but nothing is left out, and nobody else is counted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.judging.texts.account import CLEAR, Account
from pipeline.judging.texts.pieces import COUNT, OWN, SCOPE, TextPiece, has, is_clear
from pipeline.judging.texts.tidy import STOPS
from pipeline.judging.texts.written_numbers import written_number

if TYPE_CHECKING:
    from pipeline.model import Number

_FEWEST = 2
_PART_ENDS = f"；{STOPS}"
"""The marks behind which no part of a list that is complete is spoken of."""
_CLAUSES_BACK = 4
"""Clauses before a list in which its whole may stand."""


@dataclass(frozen=True, slots=True)
class _BeforeList:
    """What was known before a list, the whole that it divides, and how much of it the parts so far make."""

    whole: Number
    level: int
    topic: str
    chain: int
    others: dict[str, bool]
    lasting: dict[str, bool]
    is_timed: bool
    is_first: bool
    """Whether its sentence counted nothing before the whole."""
    made: Number = 0
    parts: int = 0


class FullLists:
    """Follows the lists of one passage; made for each."""

    def __init__(self) -> None:
        self._before: _BeforeList | None = None

    def begin(self, state: Account, pieces: Sequence[TextPiece]) -> None:
        """Remember what is known where a clause begins to divide the last number."""
        if not (has(pieces[:1], "among") or (state.ended == "：" and self._before is None)):
            return
        whole = _last_said(state)
        self._before = None
        if whole and state.level == CLEAR and not state.is_elsewhere:
            self._before = _BeforeList(
                whole, state.level, state.topic, state.chain, dict(state.others), dict(state.lasting), state.is_timed,
                _counts_of_sentence(state) == 1,
            )  # fmt: skip

    def end(self, state: Account, pieces: Sequence[TextPiece], mark: str) -> None:
        """Add up what a clause counts; know again what was known before if that is all, and nothing more can belong to the list.

        Where more was counted before the whole (收到24件，上年结转15件，其中…；), what the sentence goes on with may be of that whole alone.
        Behind a comma it may be of the last part alone, so that it is no more than some: 规划类9件、土地类15件，答复13件.
        Where the agency's own is one part of several (本局9件、下属单位15件), what is told of it behind the list may be of that part.
        """
        before = self._before
        if before is None:
            return
        counted = [written_number(piece) for piece in pieces if piece.kind is COUNT]
        made = before.made + sum(own.value for own in counted if own)
        is_of_own = any(piece.kind is OWN and SCOPE in piece.concepts for piece in pieces)
        if None in counted or made > before.whole or is_of_own or not (counted or is_clear(pieces)):
            self._before = None
            return
        parts = before.parts + len(counted)
        is_ended = mark in STOPS or (before.is_first and (mark in _PART_ENDS or len(counted) == parts))
        if made == before.whole and parts >= _FEWEST and is_ended:
            is_unknown = state.level < before.level  # not 自然人10件、法人2件，办结12件
            state.is_of_part = state.is_of_part or (is_unknown and mark not in _PART_ENDS)
            state.level, state.topic, state.chain = before.level, before.topic, before.chain
            state.others, state.lasting = dict(before.others), dict(before.lasting)
            state.is_timed = before.is_timed
            self._before = None
        else:
            self._before = None if mark in STOPS else replace(before, made=made, parts=parts)


def _last_said(state: Account) -> Number:
    """Return the last number counted, if it was understood and stands outside of lists; else 0."""
    said = state.said[-1] if state.said else None
    for sentence, pieces in reversed(state.clauses[-_CLAUSES_BACK:]):
        last = next((piece for piece in reversed(pieces) if piece.kind is COUNT), None)
        if last and sentence >= state.sentence - 1:
            return said.value if said and said.start == last.start else 0
    return 0


def _counts_of_sentence(state: Account) -> int:
    """Return how many numbers the sentence of the last number counted."""
    counts = [
        (sentence, sum(piece.kind is COUNT for piece in pieces))
        for sentence, pieces in state.clauses[-_CLAUSES_BACK:]
    ]
    last = next((sentence for sentence, count in reversed(counts) if count), None)
    return sum(count for sentence, count in counts if sentence == last)
