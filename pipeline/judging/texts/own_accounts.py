"""A clause goes in; what comes out is whether it is told of others for whom something was done, or begins an account of the agency's own.

指导, 协助 or 转办 before a number make it somebody else's, and so does 各村; but 全年共收到政府信息公开申请24件 is the agency's own whatever
it did for others, or with them, in a clause before.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from typing import TYPE_CHECKING

from pipeline.forms.narrative import NAMED, TIME
from pipeline.judging.texts.beginnings import compiled
from pipeline.judging.texts.pieces import (
    COUNT,
    DEED,
    ENUMERATION,
    LESSER,
    MATTER,
    OTHER,
    OWN,
    SCOPE,
    UNKNOWN,
    WORD,
    TextPiece,
    has,
    is_clear,
    meaning,
)

if TYPE_CHECKING:
    from pipeline.forms.narrative import FigureClaims
    from pipeline.judging.texts.account import Account

_OBJECT = 16
"""Characters before the name of others in which it may say what is done to them."""


class OwnAccounts:
    """Says where accounts of the agency's own begin after others were spoken of, by the words of one rule; made once."""

    def __init__(self, rule: FigureClaims) -> None:
        self._objects = compiled(rule.objects)
        self._anew, self._home_topic = frozenset(rule.anew), rule.home_topic

    def with_objects(self, text: str, pieces: Sequence[TextPiece]) -> list[TextPiece]:
        """Return the pieces of a clause, those that name others to whom something is done as what is done for them.

        参加全区业务培训, 指导各村, 做好各村工作; not 指导各部门, of whom the agency may tell.
        """
        if not any(piece.kind is OTHER for piece in pieces):
            return list(pieces)
        found: list[TextPiece] = []
        is_begun = False
        for piece in pieces:
            is_object = piece.kind is OTHER and (
                (is_begun and LESSER in piece.concepts)
                or (piece.concepts == (SCOPE,) and self._is_done_to(text, piece))
            )
            found.append(piece._replace(concepts=(SCOPE, DEED)) if is_object else piece)
            is_begun = piece.number != ENUMERATION and (is_begun or piece.kind in {UNKNOWN, WORD, OTHER})
        return found

    def _is_done_to(self, text: str, piece: TextPiece) -> bool:
        """Say whether it stands right before the name of others what the agency does."""
        return self._objects.search(text, max(0, piece.start - _OBJECT), piece.start) is not None

    def begins_anew(self, state: Account, pieces: Sequence[TextPiece]) -> bool:
        """Say whether a clause begins an account of the agency's own, of the year: where nothing was counted since others were spoken of.

        In the next sentence also where something was, but not what was named there: 配合上级答复6件。全年共收到申请24件.
        """
        marks = [mark for mark in (LESSER, DEED, MATTER) if state.others.get(mark)]
        if not marks:
            return False
        head = pieces[: next((at for at, piece in enumerate(pieces) if piece.kind is COUNT), len(pieces))]
        needed = {self._home_topic} if marks == [MATTER] else self._anew
        if not needed <= meaning(head) or not is_clear(head) or any(piece.kind is OTHER for piece in head):
            return False
        here, before = _clauses_of(state, state.sentence), _clauses_of(state, state.sentence - 1)
        if any(map(_counts, here)) or any(map(self._is_of_others, (*here, *before))):
            return False
        is_shared = any(map(_names_others, here))
        is_timed = any(piece.kind is OWN and piece.concepts == (TIME,) for piece in head)
        is_timed = is_timed or (state.is_timed and not is_shared)
        is_plain = has(head, NAMED) and not any(map(_counts, before))
        if LESSER in marks:
            return is_timed and is_plain and not is_shared
        return is_timed or (is_plain and state.is_timed)

    def _is_of_others(self, pieces: Sequence[TextPiece]) -> bool:
        """Say whether a clause tells of others what the form counts, so that what follows may be of them: 协助县政府办理公开申请."""
        return _names_others(pieces) and self._home_topic in meaning(pieces)


def _clauses_of(state: Account, sentence: int) -> list[Sequence[TextPiece]]:
    """Return the clauses of a sentence so far."""
    later = takewhile(lambda clause: clause[0] >= sentence, reversed(state.clauses))
    return [pieces for number, pieces in later if number == sentence]


def _counts(pieces: Sequence[TextPiece]) -> bool:
    return any(piece.kind is COUNT for piece in pieces)


def _names_others(pieces: Sequence[TextPiece]) -> bool:
    return any(piece.kind is OTHER for piece in pieces)
