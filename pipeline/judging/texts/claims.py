"""A tidy, masked text goes in; the figures it claims come out, and nothing where it is not clear.

A claim is composed: a number, and around it in its clause known words alone, which together mean what one claim of the
form says. One unknown word and there is no claim: a wrong alarm costs more trust than a missed one. What a passage is about
may be said before, as long as all that stands between is known.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pipeline.forms.narrative import BARE, EACH, NO, OWN_NAME, SUM, Sum
from pipeline.judging.texts.clauses import Clause, clauses, is_named_alone, is_part, joined, without_asides
from pipeline.judging.texts.numerals import amount_of, step_of, value_of
from pipeline.judging.texts.pieces import (
    COUNT,
    ENUMERATION,
    OTHER,
    OWN,
    RUNNING,
    UNKNOWN,
    Lexicon,
    TextPiece,
    any_of,
    has,
    is_clear,
    meaning,
)
from pipeline.judging.texts.tidy import SENTENCE

if TYPE_CHECKING:
    from pipeline.forms.narrative import Claim, Concepts, FigureClaims
    from pipeline.model import Number

_STOPS = "。！？\n"
_CLAUSE_ENDS = f"，；：、（）{_STOPS}"
_UNCLEAR, _LISTED, _CLEAR = 0, 1, 2
"""How much of a passage is known: nothing; a list of outcomes with an unknown one among them; everything."""


@dataclass(frozen=True, slots=True)
class SaidFigure:
    """A figure said: of what, how much, and where in the text the number (or 未收到) stands.

    ``chain`` is the same for all that belongs to one account, ``part_of`` for the parts of one list, 0 outside of lists;
    ``unit`` is what one of the last digit stands for, in 万元.
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


class _ReadNumber(NamedTuple):
    """A number that was read: its value, where it stands, where its unit ends, and what one of its last digit stands for."""

    value: Number
    start: int
    end: int
    until: int
    unit: Number


@dataclass(slots=True)
class _Passage:
    """What is known while a paragraph is read."""

    topic: str = ""
    level: int = _UNCLEAR
    chain: int = 0
    part_of: int = 0
    lists: int = 0
    sentence: int = 0
    said: list[SaidFigure] = field(default_factory=list)
    taken: set[str] = field(default_factory=set)
    pending: TextPiece | None = None
    before_pending: tuple[int, dict[str, bool]] = (_UNCLEAR, {})
    phrase_clear: bool = True
    in_sentence: bool = False
    """Whether something was said in this sentence."""
    others: dict[str, bool] = field(default_factory=dict)
    lasting: dict[str, bool] = field(default_factory=dict)
    """Whether the latest time and place spoken of are others: in this sentence, and what of it outlasts the sentence."""
    subject: str = ""
    """What a clause without a number has named for the parts that follow: 行政复议方面，维持9件."""
    opened: bool = False
    """Whether the clause before, without a number, named what is counted: 依申请公开情况。全年11件."""
    aside: int = _UNCLEAR
    """How much was known before a part was counted that is not known: 其中县政府办受理31件."""
    begun: int = -1
    is_timed: bool = False
    """Whether the latest time spoken of in this sentence is of the year."""


class ClaimReader:
    """Finds the claims of one rule; made once."""

    def __init__(self, rule: FigureClaims) -> None:
        self._lexicon = Lexicon(rule)
        self._members = re.compile(any_of(rule.members))
        self._silent = re.compile(any_of(rule.silent))
        self._bodies = re.compile(rule.bodies)
        self._topics = frozenset(rule.topics)
        self._acts = frozenset(rule.acts)
        self._lists = frozenset(rule.lists)
        self._subjects = frozenset(rule.subjects)
        self._claims: dict[Concepts, list[Claim]] = defaultdict(list)
        for claim in rule.claims:
            for said in claim.says:
                self._claims[said].append(claim)
        self._included = re.compile(rule.included)
        self._home_topic = rule.home_topic
        self._counts, self._names = (re.compile(pattern) for pattern in rule.triggers)
        self.read = lru_cache(maxsize=64)(self._read)

    def _read(self, text: str, *, whole: bool = False, at_home: bool = False) -> tuple[SaidFigure, ...]:
        """Return what ``text`` claims, each paragraph standing for itself.

        ``whole``: its members' figures are its own. ``at_home``: its heading has said what it is about.
        """
        if whole:
            text = self._members.sub(lambda match: OWN_NAME * len(match[0]), text)
        found: list[SaidFigure] = []
        start = 0
        for paragraph in text.split("\n"):
            end = start + len(paragraph)
            spoken = self._spoken(text, start, end)
            if spoken:
                state = _Passage(chain=start)
                if at_home and spoken[0] == 0:
                    state.topic, state.level = self._home_topic, _CLEAR
                self._skip(state, text, start, spoken[0])
                found += self._passage(state, text, *spoken).said
            start = end + 1
        return tuple(found)

    def _spoken(self, text: str, start: int, end: int) -> tuple[int, int] | None:
        """Return from where to where the sentences stand that may say figures, with the one before them."""
        first = last = before = -1
        is_named = False
        for sentence in SENTENCE.finditer(text, start, end):
            was_named, is_named = is_named, self._names.search(sentence[0]) is not None
            if (is_named or was_named or last == sentence.start()) and self._counts.search(sentence[0]):
                first = first if first >= 0 else before if before >= 0 else sentence.start()
                last = sentence.end()
            before = sentence.start()
        return (first, last) if last >= 0 else None

    def _skip(self, state: _Passage, text: str, start: int, end: int) -> None:
        """Take in the times and places of sentences that say no figures."""
        for piece in self._lexicon.marks(text, start, end) if end > start else ():
            begins = piece.start in {start, state.begun} or text[piece.start - 1] in _CLAUSE_ENDS
            state.begun = piece.end if begins else 0
            if begins or piece.kind is OWN or piece.concepts[0] != "scope":
                state.lasting[piece.concepts[0]] = piece.kind is OTHER
        state.others = dict(state.lasting)

    def _passage(self, state: _Passage, text: str, start: int, end: int) -> _Passage:
        levels: list[tuple[int, int]] = []
        after = ""
        for clause in clauses(list(without_asides(list(self._lexicon.pieces(text, start, end))))):
            state.begun = -1
            _resume(state, clause.pieces, after)
            after = clause.ends
            if any(piece.kind is COUNT for piece in clause.pieces):
                self._counted(state, text, clause)
            elif clause.pieces:
                self._plain(state, text, clause)
            if clause.ends == "（":
                levels.append((state.level, len(state.said)))
            elif clause.ends == "）" and levels:
                level, _ = levels.pop()
                state.level = max(state.level, level)
            elif clause.ends == "：":
                state.lists += 1
                state.part_of = state.lists
            elif clause.ends and clause.ends in _STOPS:
                levels.clear()
                _end_sentence(state)
        return state

    def _counted(self, state: _Passage, text: str, clause: Clause) -> None:
        """Take in a clause with numbers: each with the words before it, and after it up to the next."""
        topics = meaning(clause.pieces) & self._topics if is_clear(clause.pieces) else frozenset()
        state.phrase_clear = True
        head: list[TextPiece] = []
        pieces = clause.pieces
        numbers = [at for at, piece in enumerate(pieces) if piece.kind is COUNT]
        if has(pieces[: numbers[0]], EACH) and self._distributed(state, text, pieces, numbers, topics):
            return
        begin = 0
        for at, following in zip(numbers, [*numbers[1:], len(pieces)], strict=True):
            head = pieces[begin:at]
            rest = pieces[at + 1 : following]
            cut = next((place for place, piece in enumerate(rest) if piece.number == ENUMERATION), None)
            tail = rest if cut is None else rest[:cut]
            is_shared = cut is None and following < len(pieces)
            begin = at + 1 if cut is None else at + 2 + cut
            turn = next((place for place, piece in enumerate(rest) if "then" in piece.concepts), 0)
            if is_shared and turn and not meaning(head) and is_clear(rest[:turn]):
                tail, is_shared, begin = rest[:turn], False, at + 1 + turn
            for piece in head:
                self._note(state, piece)
            self._phrase(state, text, head, pieces[at], [] if is_shared else tail, topics)
            for piece in tail:
                self._note(state, piece)
            state.opened = False

    def _distributed(
        self, state: _Passage, text: str, pieces: list[TextPiece], numbers: list[int], topics: Concepts
    ) -> bool:
        """Take in numbers that are said of several things respectively: 复议、诉讼分别为11件和5件."""
        parts = joined(pieces[: numbers[0]])
        if len(parts) < 2:  # noqa: PLR2004 - one thing is no list
            return False
        for piece in pieces:
            self._note(state, piece)
        between = [piece for piece in pieces[numbers[0] :] if piece.kind is not COUNT]
        known = is_clear(between) and all(map(is_clear, parts))
        if len(parts) != len(numbers) or meaning(between) or not known:
            state.level = _UNCLEAR
            return True
        for part, at in zip(parts, numbers, strict=True):
            self._phrase(state, text, part, pieces[at], [], topics)
        return True

    def _note(self, state: _Passage, piece: TextPiece) -> None:
        """Remember a mark of time or place, and what is spoken of."""
        if piece.kind in {OWN, OTHER}:
            [what] = piece.concepts
            begins = state.begun in {-1, piece.start}
            state.begun = piece.end if begins else 0
            state.others[what] = is_other = piece.kind is OTHER
            state.is_timed = not is_other if what == "time" else state.is_timed
            if begins or not is_other or what != "scope":
                state.lasting[what] = is_other
        elif piece.kind is RUNNING:
            state.others["time"] = not state.is_timed
        else:
            state.begun = -1 if piece.number == ENUMERATION else 0 if state.begun == -1 else state.begun

    def _phrase(
        self,
        state: _Passage,
        text: str,
        head: list[TextPiece],
        number: TextPiece,
        tail: list[TextPiece],
        topics: Concepts,
    ) -> None:
        """Take in one number."""
        state.pending = None
        if has(head, "among"):
            state.lists += 1
            state.part_of = state.lists
        elif has(head, "another"):
            state.part_of = 0
        means = self._meanings(state, head, tail) if is_clear(head) and not is_part(head) else []
        fitting = (found for own in means for found in self._fitting(state, own, topics, number))
        claim = next(fitting, None) or (self._together(state, text, head, topics, number) if means else None)
        if claim and not state.phrase_clear and not self._goes_on(state, claim):
            claim = None
        value = amount_of(number.number, number.scale) if number.scale else value_of(number.number)
        spoken = meaning(head) | (meaning(tail) if is_clear(tail) else frozenset())
        if claim and value is not None and not self._is_repeated(text, number):
            state.phrase_clear = True
            self._settle(state, spoken | topics, claim)
            self._say(state, text, claim, _spot(number, value))
            return
        state.phrase_clear = False
        state.aside = state.level if has(head, "among") else state.aside
        _leave_open(state)
        if not meaning(head) and is_clear(head) and state.level:
            state.pending, state.before_pending = number, (state.level, dict(state.others))
        last = state.said[-1] if state.said else None
        is_listed = last is not None and (last.claim.family in self._lists or state.part_of > 0)
        goes_on = is_listed and not has(head, "among")
        state.level = min(state.level, _LISTED if goes_on and state.in_sentence else _UNCLEAR)

    def _together(
        self, state: _Passage, text: str, head: list[TextPiece], topics: Concepts, number: TextPiece
    ) -> Claim | None:
        """Return the claim of several things told in one number (不存在或不掌握21件): their sum, where none is left open."""
        parts = joined(head)
        if len(parts) < 2 or "等" in text[head[0].start : head[-1].end]:  # noqa: PLR2004 - one thing is no list
            return None
        found = [next(self._fitting(state, meaning(part), topics, number), None) for part in parts]
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

    def _goes_on(self, state: _Passage, claim: Claim) -> bool:
        """Say whether a claim may follow an unknown part of the same list."""
        return state.level == _LISTED and claim.family in self._lists

    def _settle(self, state: _Passage, spoken: Concepts, claim: Claim) -> None:
        """Set what is spoken of by a claim that was read."""
        topics = frozenset((claim.sets,)) if claim.sets else spoken & self._topics
        if state.level == _UNCLEAR:
            state.chain += 1
        if topics:
            state.topic = min(topics & set(claim.topics)) if topics & set(claim.topics) else min(topics)
            state.level = _CLEAR

    def _meanings(self, state: _Passage, head: list[TextPiece], tail: list[TextPiece]) -> list[Concepts]:
        """Return what a number can mean by the words before it and, where it goes on with them, after it."""
        before = meaning(head)
        turn = next((at for at, piece in enumerate(tail) if "then" in piece.concepts), len(tail))
        noun, predicate = tail[:turn], tail[turn:]
        if noun and not is_clear(noun):
            return []
        named = before | meaning(noun)
        if named:
            return [named]
        if not meaning(predicate):
            is_bare = (
                state.opened
                and bool(head)
                and all(piece.kind is OWN or SUM in piece.concepts for piece in head)
            )
            said = [BARE] * is_bare + [SUM] * has(head, SUM)
            if said:
                return [frozenset((one,)) for one in said]
        return [meaning(predicate)] if is_clear(predicate) else []

    def _fitting(
        self, state: _Passage, means: Concepts, topics: Concepts, number: TextPiece | None
    ) -> Iterator[Claim]:
        """Yield the claims that words mean, where they stand."""
        for claim in self._claims.get(means, ()):
            if number is None and not claim.nil:
                continue
            if BARE in means and claim.follows != bool(state.subject):
                continue
            if number is not None and (not claim.counted or claim.money != bool(number.scale)):
                continue
            known = (means | topics) & self._topics
            is_topical = not claim.topics or not known.isdisjoint(claim.topics)
            if not is_topical:
                allowed = state.level == _CLEAR or (state.level == _LISTED and claim.family in self._lists)
                is_topical = allowed and state.topic in claim.topics
            if is_topical and _follows(state, claim):
                yield claim

    def _say(
        self, state: _Passage, text: str, claim: Claim, number: _ReadNumber, *, at_most: bool = False
    ) -> None:
        """Keep a claim, unless it speaks of another time or place, or was made in this sentence already."""
        value, start, end, until, unit = number
        state.in_sentence = True
        if claim.key in state.taken or any(state.others.values()) or self._silent.match(text, until):
            return
        state.taken.add(claim.key)
        state.subject = state.subject if claim.follows else ""
        if claim.newly and not self._included.match(text, until):
            claim = replace(claim, equals=claim.equals[:1])
        state.said.append(
            SaidFigure(
                claim,
                value,
                start,
                end,
                state.chain,
                state.part_of,
                at_most or claim.at_most,
                state.sentence,
                unit,
            )
        )

    def _plain(self, state: _Passage, text: str, clause: Clause) -> None:
        """Take in a clause without a number: it may say that there was none, go on with a number, or name the topic."""
        pieces = clause.pieces
        for piece in pieces:
            self._note(state, piece)
        clear = is_clear(pieces)
        if clear and state.pending and self._resolve(state, text, meaning(pieces)):
            return
        if has(pieces, NO) and clear:
            self._none(state, text, pieces)
        named = self._claims.get(meaning(pieces), []) if clear else []
        state.opened = any(own.equals for own in named)
        state.subject = next((own.family for own in named if own.family in self._subjects), state.subject)
        topics = [(at, piece) for at, piece in enumerate(pieces) if self._topics & set(piece.concepts)]
        if topics:
            at, piece = topics[-1]
            is_new = is_clear(pieces[at:]) or is_named_alone(pieces, at)
            if is_new or not state.in_sentence:
                state.level = _CLEAR if is_new else _UNCLEAR
                state.topic = next(iter(self._topics & set(piece.concepts)))
                state.chain += 1 if not state.in_sentence else 0
        elif not clear and not self._is_aside(state, pieces):
            is_other = any(
                piece.kind is UNKNOWN and self._bodies.search(text, piece.start, piece.end)
                for piece in pieces
            )
            state.level = _UNCLEAR if is_other else min(state.level, _LISTED)
        if not clear and has(pieces, "rest"):
            _leave_open(state)

    def _is_aside(self, state: _Passage, pieces: list[TextPiece]) -> bool:
        """Say whether unknown words only add to what the sentence has said."""
        if not state.in_sentence:
            return False
        return has(pieces[:1], "aside") or has(pieces[:1], "then") or not meaning(pieces) & self._acts

    def _resolve(self, state: _Passage, text: str, means: Concepts) -> bool:
        """Read a number whose meaning only the next clause says: 4件于12月收到，顺延至次年办理."""
        number, state.pending = state.pending, None
        if number is None:
            return False
        level, others = state.level, state.others
        state.level, state.others = state.before_pending
        value = value_of(number.number)
        for claim in self._fitting(state, means, frozenset(), number):
            if value is not None and claim.family in self._lists:
                self._say(state, text, claim, _spot(number, value), at_most=True)
                return True
        state.level, state.others = level, others
        return False

    def _none(self, state: _Passage, text: str, pieces: list[TextPiece]) -> None:
        """Read a clause that says that there was none: of all of it, or of each of the things it joins."""
        topics = meaning(pieces) & self._topics
        start = next(piece.start for piece in pieces if NO in piece.concepts)
        parts = [pieces] if self._nothing(state, pieces, topics) else joined(pieces)
        claims = [self._nothing(state, part, topics) for part in parts]
        if all(claims):
            for claim in claims:
                if claim:
                    end = pieces[-1].end
                    self._settle(state, topics, claim)
                    self._say(state, text, claim, _ReadNumber(0, start, end, end, 1))

    def _nothing(self, state: _Passage, pieces: list[TextPiece], topics: Concepts) -> Claim | None:
        return next(self._fitting(state, meaning(pieces) - {NO}, topics, None), None)

    def _is_repeated(self, text: str, number: TextPiece) -> bool:
        """Say whether a number is one of 收到一件、登记一件、办结一件, which count nothing."""
        written = text[number.start : number.end]
        around = text[max(0, number.start - 12) : number.end + 12]
        return written.startswith("一") and around.count(written) > 1


def _spot(number: TextPiece, value: Number) -> _ReadNumber:
    unit = step_of(number.number, number.scale) if number.scale else 1
    return _ReadNumber(value, number.start, number.start + len(number.number), number.end, unit)


def _leave_open(state: _Passage) -> None:
    """Take figures that others may stand beside for parts: something that is not known was counted beside them."""
    for at in range(max(0, len(state.said) - _RECENT), len(state.said)):
        own = state.said[at]
        near = own.chain == state.chain and own.sentence >= state.sentence - 1
        if near and own.claim.beside and own.part_of == state.part_of:
            state.said[at] = replace(own, at_most=True)


def _resume(state: _Passage, pieces: Sequence[TextPiece], after: str) -> None:
    """Go on with the account where, after a part that is not known, a clause begins with the agency's year or name."""
    if after == "；" and state.aside and pieces and pieces[0].kind is OWN:
        state.level, state.aside = max(state.level, state.aside), _UNCLEAR


def _end_sentence(state: _Passage) -> None:
    state.pending = None
    state.taken = set()
    state.opened = state.opened and not state.subject
    state.subject, state.aside = "", _UNCLEAR
    state.others = dict(state.lasting)
    state.part_of = 0
    state.sentence += 1
    state.in_sentence = state.is_timed = False
    if state.level == _LISTED:
        state.level = _UNCLEAR


def _follows(state: _Passage, claim: Claim) -> bool:
    """Say whether a claim comes after one that it can come after."""
    if not claim.after:
        return True
    if state.subject:
        return claim.follows and state.subject in claim.after
    for own in reversed(state.said[-_RECENT:]):
        if own.chain == state.chain and own.claim.equals and own.claim.family != claim.family:
            return own.claim.family in claim.after or own.claim.key in claim.after
    return not claim.follows


_RECENT = 24
"""Claims back to which one looks for what a list divides."""
