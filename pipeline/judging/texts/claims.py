"""A tidy, masked text goes in; the figures it claims come out, and nothing where it is not clear.

A claim is composed: a number, and around it in its clause known words alone, which together mean what one claim of the
form says. One unknown word and there is no claim: a wrong alarm costs more trust than a missed one. What a passage is about
may be said before, as long as all that stands between is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from pipeline.forms.narrative import ALL, EACH, NAMED, NO, REMAINDER, SOME, TIME, WITHIN
from pipeline.judging.texts.account import CLEAR, LISTED, UNCLEAR, Account, SaidFigure
from pipeline.judging.texts.beginnings import any_of, compiled
from pipeline.judging.texts.clauses import (
    Clause,
    begins_unknown,
    clauses,
    is_named_alone,
    is_part,
    joined,
    without_asides,
)
from pipeline.judging.texts.governments import GovernmentWords
from pipeline.judging.texts.matching import ClaimMatcher
from pipeline.judging.texts.numerals import amount_of, step_of, value_of
from pipeline.judging.texts.pieces import (
    COUNT,
    ENUMERATION,
    MARK,
    OTHER,
    OWN,
    RUNNING,
    UNKNOWN,
    Lexicon,
    TextPiece,
    has,
    is_clear,
    meaning,
)
from pipeline.judging.texts.tidy import SENTENCE

if TYPE_CHECKING:
    from pipeline.forms.narrative import Claim, Concepts, FigureClaims
    from pipeline.model import Number

_STOPS = "。！？\n"
_CLAUSES_BACK = 24
"""Clauses in which one looks for what is disputed."""
_CLAUSE_ENDS = f"，；：、（）{_STOPS}"
_GOES_ON = ("，", "（")
"""The marks behind a figure after which a clause may say what all of it are."""


class _ReadNumber(NamedTuple):
    """A number that was read: its value, where it stands, where its unit ends, and what one of its last digit stands for."""

    value: Number
    start: int
    end: int
    until: int
    unit: Number


class Passage(NamedTuple):
    """The pieces of the sentences of a paragraph that may say figures, from ``begin`` on; ``start`` is where the paragraph begins.

    ``topic`` is what the heading above it has said that it is about.
    """

    start: int
    begin: int
    topic: str
    pieces: tuple[TextPiece, ...]


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
        self._lexicon = Lexicon(rule)
        self._wholes = GovernmentWords(rule)
        self._shown, self._showing = frozenset(rule.shown), compiled(rule.showing)
        self._silent = compiled(any_of(rule.silent))
        self._bodies = compiled(rule.bodies)
        self._others_disputed = compiled(rule.others_disputed)
        self._unit_ahead = compiled(rule.unit_ahead)
        self._rest_follows = compiled(rule.rest_told)
        self._disputed = frozenset(rule.disputed)
        self._disputed_topics = frozenset(
            topic for claim in rule.claims if claim.family in self._disputed for topic in claim.topics
        )
        self._topics = frozenset(rule.topics)
        self._acts = frozenset(rule.acts)
        self._lists = frozenset(rule.lists)
        self._of_others = frozenset((*rule.acts, *rule.parts))
        self._between = frozenset(rule.between)
        self._subjects, self._parts = frozenset(rule.subjects), frozenset(rule.parts)
        self._undivided = frozenset(rule.undivided)
        self._earlier, self._outcomes = frozenset(rule.earlier), frozenset(rule.outcomes)
        self._all_of, self._stated_of_all = frozenset(rule.all_of), frozenset((*rule.lists, *rule.columns))
        self._of_disputes = frozenset(rule.nearby.disputed)
        self._timed = frozenset(rule.nearby.timed) - {TIME}
        self._matcher = ClaimMatcher(rule)
        self._included, self._last_times = compiled(rule.included), compiled(rule.last_times)
        self._home_topic = rule.home_topic
        self._counts, self._names = (compiled(pattern) for pattern in rule.triggers)
        self.passages = lru_cache(maxsize=64)(self._passages)
        self.read = lru_cache(maxsize=64)(self._read)

    def _read(
        self, text: str, *, whole: bool = False, at_home: bool = False, hears: bool = False
    ) -> FiguresRead:
        """Return what ``text`` claims, each paragraph standing for itself; ``hears``: its agency hears disputes for others."""
        found: list[SaidFigure] = []
        of_all: list[SaidFigure] = []
        of_last: list[SaidFigure] = []
        for passage in self.passages(text, whole=whole, at_home=at_home):
            state = Account(hears=hears, chain=passage.start)
            if passage.topic:
                state.topic, state.level = passage.topic, CLEAR
            self._skip(state, text, passage.start, passage.begin)
            self._passage(state, text, passage.pieces)
            found += state.said
            of_all += state.of_all
            of_last += state.of_last
        return FiguresRead(tuple(found), tuple(of_all), tuple(of_last))

    def _passages(self, text: str, *, whole: bool = False, at_home: bool = False) -> tuple[Passage, ...]:
        """Return the passages of ``text`` that may say figures, at most one of each paragraph.

        ``whole``: its members' figures are its own. ``at_home``: its heading has said what it is about.
        """
        if whole:
            text = self._wholes.marked(text)
        found: list[Passage] = []
        start = 0
        for paragraph in text.split("\n"):
            end = start + len(paragraph)
            spoken = self._spoken(text, start, end)
            if spoken:
                topic = self._home_topic if at_home and spoken[0] == 0 else ""
                pieces = self._lexicon.pieces(text, *spoken)
                if ahead := [own.end() for own in self._unit_ahead.finditer(text, *spoken)]:
                    pieces = _counted_alike(pieces, text, ahead)
                found.append(Passage(start, spoken[0], topic, tuple(pieces)))
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

    def _skip(self, state: Account, text: str, start: int, end: int) -> None:
        """Take in the times and places of sentences that say no figures."""
        for piece in self._lexicon.marks(text, start, end) if end > start else ():
            begins = piece.start in {start, state.begun} or text[piece.start - 1] in _CLAUSE_ENDS
            state.begun = piece.end if begins else 0
            if begins or piece.kind is OWN or piece.concepts[0] != "scope":
                state.lasting[piece.concepts[0]] = piece.kind is OTHER
        state.others = dict(state.lasting)

    def _passage(self, state: Account, text: str, pieces: Sequence[TextPiece]) -> Account:
        for clause in clauses(list(without_asides(pieces))):
            state.begun = -1
            state.resume(clause.pieces)
            if has(clause.pieces, "rest") and not self._leaves_out_last_years(clause.pieces):
                state.is_rest = True
            state.clauses.append((state.sentence, clause.pieces))
            if any(piece.kind is COUNT for piece in clause.pieces):
                self._counted(state, text, clause)
            elif clause.pieces:
                self._plain(state, text, clause)
            if clause.ends == "（":
                state.enter_bracket()
            elif clause.ends == "）":
                state.leave_bracket()
            elif clause.ends == "：":
                state.open_list()
            elif clause.ends == "；":
                state.pending, state.is_showing = None, False
            elif clause.ends and clause.ends in _STOPS:
                state.end_sentence()
            state.ended = clause.ends
        return state

    def _leaves_out_last_years(self, pieces: Sequence[TextPiece]) -> bool:
        """Say whether what was carried over is all that is left out: 除去上年结转的2件申请，全年收到63件."""
        is_one = sum(piece.kind is COUNT for piece in pieces) == 1
        return is_one and not has(pieces, "and") and not self._timed.isdisjoint(meaning(pieces))

    def _is_of_another(self, state: Account, text: str, *, none: bool) -> bool:
        """Say whether something else that may be disputed was spoken of, and no topic since: 处罚案件均已结案，无一引发行政复议.

        That there was ``none`` is told of whatever its sentence begins with, known or not.
        """
        found = -1
        for sentence, pieces in reversed(state.clauses[-_CLAUSES_BACK:]):
            if found not in {-1, sentence}:
                break
            is_other = bool(pieces) and self._others_disputed.search(text, pieces[0].start, pieces[-1].end)
            topics = meaning(pieces) & self._disputed_topics
            if topics and (not is_other or topics != {self._home_topic} or has(pieces, NAMED)):
                return False
            is_unknown = none and sentence == state.sentence and self._is_long_unknown(pieces)
            if (is_other or is_unknown) and not has(pieces[:1], "aside"):
                found = sentence
        return found >= 0

    @staticmethod
    def _is_long_unknown(pieces: Sequence[TextPiece]) -> bool:
        """Say whether what is not known in a clause may name a matter."""
        return any(piece.kind is UNKNOWN and piece.end - piece.start > 1 for piece in pieces)

    def _counted(self, state: Account, text: str, clause: Clause) -> None:
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
            cut = next((place for place, piece in enumerate(rest) if _parts_at(rest, place)), None)
            is_joint = (
                cut is not None and following == len(pieces) and not meaning(head) - {REMAINDER}
            )  # 其余3件为不掌握和信访类
            tail = rest if cut is None or is_joint else rest[:cut]
            if has(tail[:1], EACH) or has(tail[:1], "rest"):
                tail = []  # 其余57件分别为不予处理、其他处理和结转; 除1件外均已答复
            is_shared = cut is None and following < len(pieces)
            begin = at + 1 if cut is None else at + 2 + cut
            turn = next((place for place, piece in enumerate(rest) if "then" in piece.concepts), 0)
            if is_shared and turn and not meaning(head) and is_clear(rest[:turn]):
                tail, is_shared, begin = rest[:turn], False, at + 1 + turn
            for piece in head:
                state.note(piece)
            own_tail = tail if not is_shared or begins_unknown(rest) else []
            self._phrase(state, text, head, pieces[at], own_tail, topics)
            if has(rest[-1:], WITHIN):
                state.open_list()
            for piece in tail:
                state.note(piece)
            state.opened = frozenset()

    def _distributed(
        self, state: Account, text: str, pieces: list[TextPiece], numbers: list[int], topics: Concepts
    ) -> bool:
        """Take in numbers that are said of several things respectively: 复议、诉讼分别为11件和5件."""
        parts = joined(pieces[: numbers[0]]) or self._named_before(state)
        if len(parts) == 1 and len(numbers) > 1:
            parts = self._named_of(state, parts[0], len(numbers)) or parts
        spread = max(at for at in range(numbers[0]) if has(pieces[at : at + 1], EACH))
        between = [piece for piece in pieces[numbers[0] :] if piece.kind is not COUNT]
        is_one = len(parts) < 2 and meaning(pieces[spread : numbers[0]])  # noqa: PLR2004 - one thing is no list
        if is_one and (len(numbers) == 1 or meaning(between)):
            return False
        for piece in pieces:
            state.note(piece)
        known = is_clear(between) and all(map(is_clear, parts))
        if len(parts) != len(numbers) or meaning(between) or not known:
            state.level = UNCLEAR
            return True
        for part, at in zip(parts, numbers, strict=True):
            self._phrase(state, text, part, pieces[at], [], topics)
        return True

    def _named_of(self, state: Account, whose: list[TextPiece], many: int) -> list[list[TextPiece]]:
        """Return the ``many`` things that the clause before names, of what is named here: 制发、废止、有效件数三项，行政规范性文件分别为8件、2件、61件."""
        if not self._topics & meaning(whose) or not state.clauses[-2:-1]:
            return []
        sentence, pieces = state.clauses[-2]
        end = next((at for at, piece in enumerate(pieces) if piece.kind is COUNT), len(pieces))
        named = joined(pieces[:end]) if sentence == state.sentence and end >= len(pieces) - 1 else []
        if len(named) != many or not all(map(is_clear, named)):
            return []
        return [[*one, *whose] for one in named]

    @staticmethod
    def _named_before(state: Account) -> list[list[TextPiece]]:
        """Return the things that the clause before counts together: 复议、诉讼共9件，分别为7件和2件."""
        before = state.clauses[-2:-1]
        if not before or before[0][0] != state.sentence:
            return []
        pieces = before[0][1]
        counts = [at for at, piece in enumerate(pieces) if piece.kind is COUNT]
        return joined(pieces[: counts[0]]) if len(counts) == 1 and counts[0] == len(pieces) - 1 else []

    def _phrase(
        self,
        state: Account,
        text: str,
        head: list[TextPiece],
        number: TextPiece,
        tail: list[TextPiece],
        topics: Concepts,
    ) -> None:
        """Take in one number."""
        state.pending = None
        if has(head, "among"):
            state.open_list()
        elif has(head, "another") and not self._is_outcome(state):
            state.part_of = 0
        value = _value(number)
        claim, of_earlier = self._meant(state, text, head, number, tail, topics)
        spoken = meaning(head) | (meaning(tail) if is_clear(tail) else frozenset())
        if claim and value is not None and not self._is_repeated(text, number):
            state.phrase_clear = True
            is_beside_unknown = state.level == LISTED and bool(claim.beside)
            is_some = claim.partly and (state.is_rest or self._counts_some(head, tail))
            is_some = is_some or (
                REMAINDER in meaning(head) and claim.family not in self._lists and not claim.rest_of
            )
            is_some = is_some or is_beside_unknown or of_earlier
            self._settle(state, spoken | topics, claim)
            self._say(state, text, claim, _spot(number, value), at_most=is_some, of_earlier=of_earlier)
            turn = next((place for place, piece in enumerate(tail) if "then" in piece.concepts), len(tail))
            if claim.family in self._earlier and is_clear(tail) and state.said:
                self._all_of_earlier(state, text, state.said[-1], meaning(tail[turn:]))
            return
        if value is not None and self._is_of_last_year(state, text, head, number, tail, topics):
            return
        if head:
            is_shown = self._showing.search(text, head[0].start, number.start) is not None
            state.is_showing = is_shown or (state.is_showing and not meaning(head) & self._acts)
        state.phrase_clear = False
        state.aside = state.level if has(head, "among") else state.aside
        state.leave_open()
        if meaning(head) <= {REMAINDER} and is_clear(head):
            state.pending, state.before_pending = number, (state.level, dict(state.others))
        last = state.said[-1] if state.said else None
        is_listed = last is not None and (last.claim.family in self._lists or state.part_of > 0)
        goes_on = is_listed and not has(head, "among") and spoken.isdisjoint(self._of_disputes)
        state.level = min(state.level, LISTED if goes_on and state.in_sentence else UNCLEAR)

    def _meant(
        self,
        state: Account,
        text: str,
        head: list[TextPiece],
        number: TextPiece,
        tail: list[TextPiece],
        topics: Concepts,
    ) -> tuple[Claim | None, bool]:
        """Return what a number means where it stands, and whether it is told of what came before the year."""
        value = _value(number)
        counts_part = is_part(head) or (bool(state.brackets) and self._is_topic_alone(head))
        read = (
            self._matcher.meanings_of_part(head, tail)
            if counts_part
            else self._matcher.meanings(state, head, tail)
        )
        means = read if is_clear(head) else []
        fitting = (
            found for own in means for found in self._matcher.fitting(state, own, topics, number, value)
        )
        claim = next(fitting, None) or (
            self._matcher.together(state, text, head, topics, number) if means else None
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

    def _all_of_earlier(self, state: Account, text: str, whole: SaidFigure, means: Concepts) -> None:
        """Keep what became of all that came before the year, told behind it: 上年结转3件，均予以公开; 上年结转的3件申请也已予以公开."""
        number = TextPiece(COUNT, whole.start, whole.end, number=str(whole.value))
        claim = self._outcome_of_earlier(state, [means | self._earlier], frozenset(), number)
        if claim and whole.sentence == state.sentence and not whole.at_most:
            spot = _ReadNumber(whole.value, whole.start, whole.end, whole.end, whole.unit)
            self._say(state, text, claim, spot, at_most=True, of_earlier=True)

    def _is_of_last_year(
        self,
        state: Account,
        text: str,
        head: Sequence[TextPiece],
        number: TextPiece,
        tail: list[TextPiece],
        topics: Concepts,
    ) -> bool:
        """Keep a figure of last year that nothing leaves open, if last year and no other time stands right before it: 2022年新收13件."""
        times = [piece for piece in head if piece.kind is RUNNING or piece.concepts == ("time",)]
        if len(times) != 1 or not self._last_times.fullmatch(text, times[0].start, times[0].end):
            return False
        words = [piece for piece in head if piece is not times[0]]
        is_whole = not (has(head, "among") or has(head, "another") or state.brackets or is_part(head))
        if text.find("的", times[0].end, number.start) >= 0 or meaning(tail) - self._topics:
            return False  # 上年收到的2件已于1月办结
        if not (is_whole and is_clear(head)) or any(piece.kind is OTHER for piece in words):
            return False
        means = self._matcher.meanings(state, words, tail)
        value = _value(number)
        fitting = (one for own in means for one in self._matcher.fitting(state, own, topics, number, value))
        claim = next(fitting, None)
        is_some = claim is not None and claim.partly and self._counts_some(head, tail)
        is_only_last_years = not any(is_other for what, is_other in state.others.items() if what != "time")
        if claim is None or value is None or claim.at_most or is_some or not is_only_last_years:
            return False
        _, start, end, until, unit = _spot(number, value)
        if not self._silent.match(text, until):
            state.of_last.append(SaidFigure(claim, value, start, end, sentence=state.sentence, unit=unit))
        self._settle(state, meaning(words) | topics, claim)
        return True

    def _is_undivided(self, state: Account, claim: Claim) -> bool:
        """Say whether a claim would divide what it cannot, so that its words tell of something else."""
        last = state.said[-1] if state.said else None
        return last is not None and {last.claim.family, claim.family} <= self._undivided

    def _counts_some(self, head: Sequence[TextPiece], tail: Sequence[TextPiece]) -> bool:
        """Say whether a number may count some of what is named: 对3件申请, 其中3件申请, 另有3件收到; not 申请有47件."""
        is_among = (has(head, "another") or has(head, "among")) and meaning(head) <= self._topics
        return is_among or (has(head, SOME) and bool(meaning(tail)))

    def _is_topic_alone(self, head: Sequence[TextPiece]) -> bool:
        """Say whether a number in a bracket counts some of what is named no more than by its topic: 物业管理（申请6件）."""
        return meaning(head) <= self._topics and bool(meaning(head)) and not has(head, NAMED)

    def _is_outcome(self, state: Account) -> bool:
        """Say whether the last figure of the list is one of those that stand beside each other: 12件属于案卷，另有4件不予公开."""
        last = state.said[-1] if state.said else None
        return last is not None and last.part_of == state.part_of and last.claim.family in self._lists

    def _goes_on(self, state: Account, claim: Claim) -> bool:
        """Say whether a claim may follow an unknown part of the same list."""
        return state.level == LISTED and claim.family in self._lists

    def _settle(self, state: Account, spoken: Concepts, claim: Claim) -> None:
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

    def _say(
        self,
        state: Account,
        text: str,
        claim: Claim,
        number: _ReadNumber,
        *,
        at_most: bool = False,
        of_earlier: bool = False,
    ) -> None:
        """Keep a claim, unless it speaks of another time or place."""
        value, start, end, until, unit = number
        state.in_sentence = True
        if claim.family in self._disputed and self._is_of_another(state, text, none=not value):
            return
        rest = self._rest_follows.match(text, until) if claim.divided else None
        leaves = (rest["left"] and value_of(rest["left"]) if rest else None) or 0
        if state.is_elsewhere or self._silent.match(text, until):
            return
        state.subject = state.subject if claim.follows else self._matcher.side_of(claim)
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
                at_most or claim.at_most or rest is not None or state.is_of_part,
                state.sentence,
                unit,
                leaves,
                of_earlier or (claim.family in self._lists and self._tells_of_earlier(state)),
            )
        )

    def _tells_of_earlier(self, state: Account) -> bool:
        """Say whether the last figure of this sentence that is no outcome is of what came before the year."""
        here = (own for own in reversed(state.said) if own.sentence == state.sentence)
        whole = next((own for own in here if own.claim.family not in self._lists), None)
        return whole is not None and whole.claim.family in self._earlier

    def _plain(self, state: Account, text: str, clause: Clause) -> None:
        """Take in a clause without a number: it may say that there was none, go on with a number, or name the topic."""
        pieces = clause.pieces
        for piece in pieces:
            state.note(piece)
        clear = is_clear(pieces)
        state.is_of_part = self._is_of_part(state, pieces)
        if clear and state.pending and meaning(pieces) and self._resolve(state, text, meaning(pieces)):
            return
        if clear:
            self._none_or_all(state, text, pieces)
        state.opened, subject = self._matcher.subjects_named(pieces)
        named = self._subjects & meaning(pieces)
        if not subject and state.subject and len(named) == 1:
            [subject] = named  # 行政复议纠正2件；行政诉讼无败诉，3件均获维持
        state.subject = subject or state.subject
        topics = [(at, piece) for at, piece in enumerate(pieces) if self._topics & set(piece.concepts)]
        if topics:
            at, piece = topics[-1]
            is_new = is_clear(pieces[at:]) or is_named_alone(pieces, at)
            if is_new or not state.in_sentence:
                state.level = CLEAR if is_new else UNCLEAR
                state.topic = next(iter(self._topics & set(piece.concepts)))
                state.chain += 0 if state.in_sentence or has(pieces, "rest") else 1
        elif not clear and not self._is_aside(state, pieces):
            is_other = any(
                piece.kind is UNKNOWN and self._bodies.search(text, piece.start, piece.end)
                for piece in pieces
            )
            state.level = UNCLEAR if is_other else min(state.level, LISTED)
        if not clear and has(pieces, "rest"):
            state.leave_open()

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

    def _resolve(self, state: Account, text: str, means: Concepts) -> bool:
        """Read a number whose meaning only the next clause says: 4件于12月收到，顺延至次年办理; 54件：全年收到的申请数."""
        number, state.pending = state.pending, None
        if number is None:
            return False
        level, others = state.level, state.others
        state.level, state.others = state.before_pending
        value = _value(number)
        is_explained = state.ended == "："
        for claim in self._matcher.fitting(state, means, frozenset(), number):
            is_listed = claim.family in self._lists
            if value is not None and (is_listed or is_explained):
                self._say(state, text, claim, _spot(number, value), at_most=is_listed)
                return True
        state.level, state.others = level, others
        return False

    def _none_or_all(self, state: Account, text: str, pieces: list[TextPiece]) -> None:
        """Read a clause that says that there was none of something, or that all are something."""
        last = state.said[-1] if state.said else None
        if has(pieces, NO):
            self._none(state, text, pieces)
        elif last and last.claim.family in self._earlier and state.ended in _GOES_ON:
            self._all_of_earlier(state, text, last, meaning(pieces))
        elif has(pieces, ALL):
            self._all(state, pieces)

    def _none(self, state: Account, text: str, pieces: list[TextPiece]) -> None:
        """Read a clause that says that there was none: of all of it, or of each of the things it joins."""
        topics = meaning(pieces) & self._topics
        start = next(piece.start for piece in pieces if NO in piece.concepts)
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
                    end = pieces[-1].end
                    self._settle(state, topics, claim)
                    self._say(state, text, claim, _ReadNumber(0, start, end, end, 1))

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

    def _is_repeated(self, text: str, number: TextPiece) -> bool:
        """Say whether a number is one of 收到一件、登记一件、办结一件, which count nothing."""
        written = text[number.start : number.end]
        around = text[max(0, number.start - 12) : number.end + 12]
        return written.startswith("一") and around.count(written) > 1


def _counted_alike(pieces: Iterable[TextPiece], text: str, ahead: Sequence[int]) -> Iterator[TextPiece]:
    """Yield pieces with the bare numbers counted of a sentence in which the unit was told ``ahead``: 台账（单位：件）：新制发2，废止4."""
    units = iter((*ahead, len(text) + 1))
    following, is_counted = next(units), False
    for piece in pieces:
        while piece.start >= following:
            following, is_counted = next(units), True
        is_counted = is_counted and not (piece.kind is MARK and piece.number in _STOPS)
        written = text[piece.start : piece.end]
        is_bare = (
            piece.kind is UNKNOWN and written.isdecimal() and text[piece.end : piece.end + 1] in _CLAUSE_ENDS
        )
        yield piece._replace(kind=COUNT, number=written) if is_counted and is_bare else piece


def _parts_at(pieces: Sequence[TextPiece], place: int) -> bool:
    """Say whether what stands between two numbers parts there: 8件、…, 8件复议和3件诉讼, or 40件新收申请加上年结转的3件."""
    piece = pieces[place]
    joins = not {"and", "another"}.isdisjoint(piece.concepts)
    return piece.number == ENUMERATION or (joins and bool(meaning(pieces[:place])))


def _value(number: TextPiece) -> Number | None:
    """Return the amount or the number that is written."""
    return amount_of(number.number, number.scale) if number.scale else value_of(number.number)


def _spot(number: TextPiece, value: Number) -> _ReadNumber:
    unit = step_of(number.number, number.scale) if number.scale else 1
    return _ReadNumber(value, number.start, number.start + len(number.number), number.end, unit)
