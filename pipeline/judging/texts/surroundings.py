"""The pieces of a passage go in; its numbers come out, each with the known words around it, whatever else stands there.

Strict reading (``claims.py``) stops where a word is not known. This is for the numbers beside it: words that are not known are left
out, so what is said of a number here is likely, and no more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipeline.forms.narrative import NAMED, REMAINDER, SUM, WITHIN
from pipeline.judging.texts.numerals import value_of
from pipeline.judging.texts.pieces import (
    COUNT,
    ENUMERATION,
    MARK,
    OTHER,
    OWN,
    SCOPE,
    UNKNOWN,
    TextPiece,
    has,
    meaning,
)
from pipeline.judging.texts.tidy import STOPS

if TYPE_CHECKING:
    from pipeline.forms.narrative import Concepts, Nearby
    from pipeline.model import Number

_LASTING = 2
"""Sentences for which what is spoken of is remembered."""
_HOW_MANY = {"两": 2, "二": 2, "三": 3, "四": 4}


@dataclass(slots=True)
class PlacedNumber:
    """A number and what stands around it.

    ``means`` are the concepts of its own words; ``before`` and ``later`` those of the clauses without numbers before and after it;
    ``topics`` what has been spoken of lately. ``scope`` is 0 for the agency's own figures, another for each mention of somebody else.
    ``parts`` is how many a word for a sum says it adds up (0: it does not say), -1 where there is none.
    """

    start: int
    end: int
    value: Number
    means: Concepts
    before: Concepts
    topics: Concepts
    scope: int
    sentence: int
    parts: int | None
    is_clear: bool
    is_named: bool
    """Whether what it counts is named in full."""
    is_readable: bool
    is_within: bool
    """Whether it is what others are a part of: 所收62件中."""
    is_other_time: bool
    unit: str
    """What it is counted in; units that count the same things are one."""
    is_rest: bool
    """Whether it is what is left of what was told before."""
    goes_on: bool
    """Whether only 、 ， or ； stands between it and the clause before."""
    said: str = ""
    """The words around it as they are written, known or not."""
    unknown: str = ""
    """What of them is not known."""
    is_of_another_time: bool = False
    """Whether its own words name another time: 三季度末在办8件."""
    named: str = ""
    """What is not known right before it, but for words that mean nothing: what it counts (在办国家赔偿案件9件)."""
    counted_in: str = ""
    """Its unit as it is written."""
    said_before: str = ""
    """The clauses without numbers before it in its sentence, as they are written."""
    is_disputed: bool = False
    """Whether its sentence speaks of disputes, and of nothing else since."""
    later: Concepts = frozenset()
    is_at_home: bool = False
    """Whether only the heading says what is spoken of."""


@dataclass(slots=True)
class _Whereabouts:
    """Where one is while the numbers of a passage are placed."""

    spoken: dict[str, int] = field(default_factory=dict)
    sentence: int = 0
    scope: int = 0
    others: int = 0
    is_other_time: bool = False
    before: Concepts = frozenset()
    said_before: str = ""
    ended: str = ""
    is_disputed: bool = False
    home: Concepts = frozenset()
    """What the heading has said that the whole passage is about."""

    def note(self, pieces: Sequence[TextPiece]) -> None:
        """Remember whose and when."""
        for piece in pieces:
            if piece.kind not in {OTHER, OWN}:
                continue
            is_other = piece.kind is OTHER
            if SCOPE in piece.concepts:
                self.others += is_other
                self.scope = self.others if is_other else 0
            else:
                self.is_other_time = is_other

    def speak_of(self, concepts: Concepts) -> None:
        """Remember topics."""
        self.spoken |= dict.fromkeys(concepts, self.sentence)

    def dispute(self, concepts: Concepts, disputed: Collection[str]) -> None:
        """Remember whether disputes are spoken of, or requests by their full name since."""
        self.is_disputed = not concepts.isdisjoint(disputed) or (self.is_disputed and NAMED not in concepts)

    @property
    def topics(self) -> Concepts:
        """What has been spoken of lately."""
        return frozenset(own for own, when in self.spoken.items() if when >= self.sentence - _LASTING)

    def end_sentence(self) -> None:
        """Forget what holds for one sentence alone."""
        self.sentence += 1
        self.before, self.said_before = frozenset(), ""
        self.is_other_time = self.is_disputed = False


def placed(
    pieces: Sequence[TextPiece], text: str, topics: Concepts, nearby: Nearby, home_topic: str
) -> list[PlacedNumber]:
    """Return the numbers of a passage in order, amounts of money left out. ``topics`` are concepts that can be spoken of."""
    place = _Whereabouts(home=frozenset((home_topic,)) if home_topic else frozenset())
    place.speak_of(place.home)
    found: list[PlacedNumber] = []
    for segment, ends in _segments(pieces):
        place.note(segment)
        numbers = [at for at, piece in enumerate(segment) if piece.kind is COUNT]
        if numbers:
            for at, words in _around(segment, numbers, nearby.acts):
                place.speak_of(meaning(words) & topics)
                place.dispute(meaning(words), nearby.disputed)
                found += _placed(segment[at], words, text, place, nearby)
            place.before, place.said_before = frozenset(), ""
        else:
            place.before = meaning(segment)
            place.said_before = _written(segment, text)
            place.speak_of(place.before & topics)
            place.dispute(place.before, nearby.disputed)
            if found and found[-1].sentence == place.sentence:
                found[-1].later |= place.before
        place.ended = ends
        if ends and ends in STOPS:
            place.end_sentence()
    return found


def _segments(pieces: Sequence[TextPiece]) -> Iterator[tuple[list[TextPiece], str]]:
    """Yield what stands between marks, and the mark behind it; 、 is one of them only behind a number."""
    own: list[TextPiece] = []
    for piece in pieces:
        if piece.kind is MARK and (piece.number != ENUMERATION or any(one.kind is COUNT for one in own)):
            yield own, piece.number
            own = []
        else:
            own.append(piece)
    yield own, ""


def _around(
    segment: Sequence[TextPiece], numbers: Sequence[int], acts: Collection[str]
) -> Iterator[tuple[int, Sequence[TextPiece]]]:
    """Yield where the numbers of a segment stand, each with its words: those before it or, where they only act (提起9件复议和5件诉讼), after it."""
    first, last = meaning(segment[: numbers[0]]), meaning(segment[numbers[-1] + 1 :])
    follow = bool(last) and not (first - {REMAINDER, *acts}) and len(numbers) > 1
    for at, before, after in zip(numbers, [-1, *numbers], [*numbers[1:], len(segment)], strict=False):
        head, tail = segment[before + 1 : at], segment[at + 1 : after]
        if follow:
            yield at, tail if before >= 0 else [*head, *tail]
        else:
            yield at, [*head, *tail] if after == len(segment) else head


def _placed(
    number: TextPiece, words: Sequence[TextPiece], text: str, place: _Whereabouts, nearby: Nearby
) -> Iterator[PlacedNumber]:
    value = None if number.scale else value_of(number.number)
    if value is None:
        return
    means, topics = meaning(words) - {REMAINDER}, place.topics
    unit = text[number.start + len(number.number) : number.end]
    yield PlacedNumber(
        start=number.start,
        end=number.start + len(number.number),
        value=value,
        means=means,
        before=place.before,
        topics=topics | place.home,
        is_at_home=not place.home <= topics,
        scope=place.scope,
        sentence=place.sentence,
        parts=_parts(words, text),
        is_clear=all(piece.kind not in {UNKNOWN, OTHER} for piece in words),
        is_readable=not has(words, WITHIN) and means.isdisjoint(nearby.uncounted),
        is_within=has(words, WITHIN) and means.isdisjoint(nearby.uncounted),
        is_other_time=place.is_other_time,
        unit=nearby.alike if unit in nearby.alike else unit,
        is_named=has(words, NAMED),
        is_rest=REMAINDER in meaning(words),
        goes_on=place.ended in {ENUMERATION, "，", "；"},
        said=_written(words, text),
        is_of_another_time=any(piece.kind is OTHER and piece.concepts == ("time",) for piece in words),
        named=_noun(words, number, text),
        unknown=_written((piece for piece in words if piece.kind is UNKNOWN), text),
        counted_in=unit,
        said_before=place.said_before,
        is_disputed=place.is_disputed,
    )


def _noun(words: Sequence[TextPiece], number: TextPiece, text: str) -> str:
    """Return the unknown words right before a number; none where a known one stands there, or behind it (对…的9件予以废止)."""
    if meaning(piece for piece in words if piece.start > number.start):
        return ""
    before = [piece for piece in words if piece.end <= number.start and "filler" not in piece.concepts]
    last = before[-1] if before else None
    return text[last.start : last.end] if last and last.kind is UNKNOWN else ""


def _written(pieces: Iterable[TextPiece], text: str) -> str:
    return "".join(text[piece.start : piece.end] for piece in pieces)


def _parts(words: Sequence[TextPiece], text: str) -> int | None:
    """Return how many parts a word for a sum says, 0 if it does not; None without such a word."""
    said = [text[piece.start : piece.end] for piece in words if SUM in piece.concepts]
    return max((_HOW_MANY.get(word[0], 0) for word in said), default=None)
