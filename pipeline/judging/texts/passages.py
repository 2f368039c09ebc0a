"""A tidy, masked text goes in; of each paragraph the sentences that may say figures come out, as pieces.

Most of a text names nothing that a form counts, and is not cut into pieces.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipeline.judging.texts.beginnings import compiled
from pipeline.judging.texts.clauses import CLAUSE_ENDS
from pipeline.judging.texts.governments import GovernmentWords
from pipeline.judging.texts.pieces import COUNT, MARK, UNKNOWN, Lexicon, TextPiece
from pipeline.judging.texts.tidy import SENTENCE, STOPS

if TYPE_CHECKING:
    from pipeline.forms.narrative import FigureClaims


class Passage(NamedTuple):
    """The pieces of the sentences of a paragraph that may say figures, from ``begin`` on; ``start`` is where the paragraph begins.

    ``topic`` is what the heading above it has said that it is about.
    """

    start: int
    begin: int
    topic: str
    pieces: tuple[TextPiece, ...]


class PassageFinder:
    """Finds the passages that may say figures of one rule; made once."""

    def __init__(self, rule: FigureClaims) -> None:
        self._lexicon = Lexicon(rule)
        self._wholes = GovernmentWords(rule)
        self._unit_ahead = compiled(rule.unit_ahead)
        self._home_topic = rule.home_topic
        self._counts, self._names = (compiled(pattern) for pattern in rule.triggers)

    def passages(self, text: str, *, whole: bool = False, at_home: bool = False) -> tuple[Passage, ...]:
        """Return the passages of ``text`` that may say figures, at most one of each paragraph.

        ``whole``: its members' figures are its own. ``at_home``: its heading has said what it is about.
        """
        text = self._wholes.with_addressed_apart(text)
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

    def marks_before(self, text: str, passage: Passage) -> Iterable[TextPiece]:
        """Return the marks of time and place in the sentences of a paragraph before its passage."""
        return (
            self._lexicon.marks(text, passage.start, passage.begin) if passage.begin > passage.start else ()
        )


def _counted_alike(pieces: Iterable[TextPiece], text: str, ahead: Sequence[int]) -> Iterator[TextPiece]:
    """Yield pieces with the bare numbers counted of a sentence in which the unit was told ``ahead``: 台账（单位：件）：新制发2，废止4."""
    units = iter((*ahead, len(text) + 1))
    following, is_counted = next(units), False
    for piece in pieces:
        while piece.start >= following:
            following, is_counted = next(units), True
        is_counted = is_counted and not (piece.kind is MARK and piece.number in STOPS)
        written = text[piece.start : piece.end]
        is_bare = (
            piece.kind is UNKNOWN and written.isdecimal() and text[piece.end : piece.end + 1] in CLAUSE_ENDS
        )
        yield piece._replace(kind=COUNT, number=written) if is_counted and is_bare else piece
