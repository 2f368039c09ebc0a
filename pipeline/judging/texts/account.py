"""What is known while a paragraph is read: what it speaks of, which times and places are meant, what was said so far.

Clauses go in one after another; the figures that were said come out, each with the list and the account it belongs to.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from typing import TYPE_CHECKING

from pipeline.forms.narrative import TIME
from pipeline.judging.texts.pieces import (
    DEED,
    ENUMERATION,
    LESSER,
    MATTER,
    OTHER,
    OWN,
    RUNNING,
    SCOPE,
    TextPiece,
)
from pipeline.judging.texts.tidy import STOPS

if TYPE_CHECKING:
    from pipeline.forms.narrative import Claim, Concepts
    from pipeline.model import Number

UNCLEAR, LISTED, CLEAR = 0, 1, 2
"""How much of a passage is known: nothing; a list of outcomes with an unknown one among them; everything."""
_RECENT = 24
"""Claims back to which one looks for what a list divides."""
_MOST_SUMMED = 12
"""Figures before one that are tried for what it adds up."""


@dataclass(frozen=True, slots=True)
class SaidFigure:
    """A figure said: of what, how much, and where in the text the number (or 未收到) stands.

    ``chain`` is the same for all that belongs to one account, ``part_of`` for the parts of one list, 0 outside of lists;
    ``unit`` is what one of the last digit stands for, of money in 万元.
    """

    claim: Claim
    value: Number
    start: int
    end: int
    chain: int = 0
    part_of: int = 0
    at_most: bool = False
    sentence: int = 0
    unit: Number = 1
    leaves: Number = 0
    """What the text says right behind it that is left."""
    lent: Number = 0
    """What the text says right behind it that is others', of it or beside it."""
    of_earlier: bool = False
    """Whether it is told of what was carried over from the year before, and not of the year's."""
    begins: bool = False
    """Whether its clause begins with the number, so that it may come back to one told before: 结转4件。该4件申请均在期限内."""

    @property
    def is_rough(self) -> bool:
        """Whether it is told in 万, and not to the last one: 1.36万件."""
        return self.unit > 1 and not self.claim.money


def is_made_before(statement: SaidFigure, account: Iterable[SaidFigure]) -> bool:
    """Say whether figures told before make a statement, one alone or some that stand together."""
    before = [one.value for one in account if one.start < statement.start][-_MOST_SUMMED:]
    return any(statement.value in accumulate(before[at:]) for at in range(len(before)))


@dataclass(frozen=True, slots=True)
class _BeforeBracket:
    """What was spoken of where a bracket was opened, and how much had been said."""

    level: int
    topic: str
    subject: str
    pending: TextPiece | None
    said: int
    others: dict[str, bool]


def _marked(piece: TextPiece) -> dict[str, bool]:
    """Return what a mark of time or place marks, and whether it is another's; the agency's own name ends all that was of others."""
    if piece.kind is OWN and SCOPE in piece.concepts:
        return dict.fromkeys((SCOPE, LESSER, DEED, MATTER), False)
    return {piece.concepts[-1]: piece.kind is OTHER}


@dataclass(slots=True)
class Account:
    """What is known while a paragraph is read."""

    text: str
    """The text of the paragraph, and all around it."""
    hears: bool = False
    """Whether the agency hears disputes for others."""
    earlier: Concepts = frozenset()
    """Families of what came before the year."""
    topic: str = ""
    level: int = UNCLEAR
    chain: int = 0
    part_of: int = 0
    lists: int = 0
    sentence: int = 0
    said: list[SaidFigure] = field(default_factory=list)
    divided: SaidFigure | None = None
    """The last figure that is none of a list: what the figures of lists behind it divide."""
    of_all: list[SaidFigure] = field(default_factory=list)
    """What all of a figure were said to be, apart from the figures said; the tables have no fewer: 收到18件，均予以公开."""
    of_last: list[SaidFigure] = field(default_factory=list)
    """The figures that are told of last year."""
    pending: TextPiece | None = None
    before_pending: tuple[int, dict[str, bool]] = (UNCLEAR, {})
    """A number whose meaning only the next clause may say, and what was known before it."""
    ended: str = ""
    """The mark before the clause that is read."""
    phrase_clear: bool = True
    in_sentence: bool = False
    """Whether something was said in this sentence."""
    others: dict[str, bool] = field(default_factory=dict)
    lasting: dict[str, bool] = field(default_factory=dict)
    """Whether the latest time and place spoken of are others: in this sentence, and what of it outlasts the sentence."""
    subject: str = ""
    """What a clause has named for the parts that follow: 行政复议方面，维持9件; 行政复议维持8件，纠正2件."""
    behind: str = ""
    """What was spoken of in this sentence before a topic that an account goes past."""
    opened: Concepts = frozenset()
    """What the clause before, without a number, named that is counted: 依申请公开情况。全年11件; 均已答复，共计75件."""
    brackets: list[_BeforeBracket] = field(default_factory=list)
    """The brackets of this sentence that are open, the innermost last."""
    bracketed: set[int] = field(default_factory=set)
    """Which of what was said stands in a bracket that is closed: what goes on behind it does not follow from that."""
    aside: int = UNCLEAR
    """How much was known before a part was counted that is not known: 其中县政府办受理31件."""
    begun: int = -1
    is_of_part: bool = False
    """Whether a clause of this sentence has said that some of the whole is told of: 自然人申请中，."""
    is_rest: bool = False
    """Whether this sentence tells of what is left: 除撤回的3件外，45件申请均已答复."""
    clauses: list[tuple[int, Sequence[TextPiece]]] = field(default_factory=list)
    """The clauses so far, each with the number of its sentence."""
    is_showing: bool = False
    """Whether this sentence counts what was shown of something, and not what was done: 公示行政许可40件，行政处罚15件."""
    is_timed: bool = False
    """Whether the latest time spoken of in this sentence is of the year."""

    @property
    def is_elsewhere(self) -> bool:
        """Whether the latest time or place spoken of is another."""
        return any(self.others.values())

    def open_list(self) -> None:
        """Begin a list of parts."""
        self.lists += 1
        self.part_of = self.lists

    def end_clause(self, mark: str) -> None:
        """Go past the mark that ends a clause."""
        if mark == "（":
            self._enter_bracket()
        elif mark == "）":
            self._leave_bracket()
        elif mark == "：":
            self.open_list()
        elif mark == "；":
            self.pending, self.is_showing = None, False
        elif mark and mark in STOPS:
            self._end_sentence()
        self.ended = mark

    def _enter_bracket(self) -> None:
        """Remember what is spoken of before a bracket."""
        before = _BeforeBracket(
            self.level, self.topic, self.subject, self.pending, len(self.said), dict(self.others)
        )
        self.brackets.append(before)

    def _leave_bracket(self) -> None:
        """Go on with what was spoken of before the bracket: 诉讼8件（直接起诉5件，复议后起诉3件），维持6件."""
        if not self.brackets:
            return
        before = self.brackets.pop()
        self.topic = before.topic if before.level == CLEAR else self.topic
        self.level = max(self.level, before.level)
        self.subject, self.others = before.subject, before.others
        self.pending = before.pending if self.pending is before.pending else None
        self.bracketed.update(range(before.said, len(self.said)))

    def note(self, piece: TextPiece) -> None:
        """Remember a mark of time or place, and what is spoken of."""
        if piece.kind in {OWN, OTHER}:
            what = piece.concepts[-1]
            begins = self.begun in {-1, piece.start}
            self.begun = piece.end if begins else 0
            is_other = piece.kind is OTHER
            self.is_timed = not is_other if what == TIME else self.is_timed
            self.others |= _marked(piece)
            if begins or not is_other or what == TIME:
                self.outlast(piece)
        elif piece.kind is RUNNING:
            self.others[TIME] = not self.is_timed
        else:
            self.begun = -1 if piece.number == ENUMERATION else 0 if self.begun == -1 else self.begun

    def outlast(self, piece: TextPiece) -> None:
        """Remember a mark beyond its sentence."""
        self.lasting |= _marked(piece)

    def begin_anew(self) -> None:
        """Go on with the agency's own figures after what was told of others."""
        for mark in (LESSER, DEED, MATTER):
            self.others[mark] = self.lasting[mark] = False

    def leave_open(self) -> None:
        """Take figures that others may stand beside for parts: something that is not known was counted beside them."""
        for at in range(max(0, len(self.said) - _RECENT), len(self.said)):
            own = self.said[at]
            near = own.chain == self.chain and own.sentence >= self.sentence - 1
            if near and own.claim.beside and own.part_of == self.part_of:
                self.said[at] = replace(own, at_most=True)

    def resume(self, pieces: Sequence[TextPiece]) -> None:
        """Go on with the account where, after a part that is not known, a clause begins with the agency's year or name."""
        if self.ended == "；" and self.aside and pieces and pieces[0].kind is OWN:
            self.level, self.aside = max(self.level, self.aside), UNCLEAR

    def _end_sentence(self) -> None:
        """Forget what holds for one sentence alone."""
        self.pending = None
        self.brackets.clear()
        self.opened = frozenset() if self.subject else self.opened
        self.subject, self.behind, self.aside = "", "", UNCLEAR
        self.others = dict(self.lasting)
        self.part_of = 0
        self.sentence += 1
        self.in_sentence = self.is_timed = self.is_rest = self.is_of_part = self.is_showing = False
        if self.level == LISTED:
            self.level = UNCLEAR

    def precedes(self, claim: Claim, value: Number | None = None) -> bool:
        """Say whether what was said before is what ``claim`` comes after, and no less than a ``value`` within it.

        What came before the year is gone past by what is more: 新收101件，上年结转4件，其中自然人90件、法人11件.
        """
        if not claim.after:
            return True
        if self.subject:
            return claim.follows and self.subject in claim.after
        is_listed = is_past = False
        for at in range(len(self.said) - 1, max(-1, len(self.said) - 1 - _RECENT), -1):
            own = self.said[at]
            if at in self.bracketed:
                continue
            is_listed = is_listed or (own.claim.family == claim.family and own.part_of == self.part_of > 0)
            is_counted = own.claim.equals or own.claim.key in claim.after  # 自然人9件。网站7件、其他2件
            if own.chain == self.chain and is_counted and own.claim.family != claim.family:
                fits = own.claim.family in claim.after or own.claim.key in claim.after
                is_more = is_listed or (value or 0) > own.value
                if not fits and own.claim.family in self.earlier and self.part_of and is_more:
                    is_past = True
                    continue
                return fits and not (claim.within and value is not None and value > own.value)
        return not (claim.follows or is_past)
