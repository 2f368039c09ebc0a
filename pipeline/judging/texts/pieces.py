"""A tidy, masked paragraph goes in; its pieces come out: known words with what they mean, numbers counted, marks, and the unknown.

Everything is found in one pass, so the time grows with the length alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

from pipeline.forms.narrative import NOT_EXACT, NUMERAL, SILENT_CONCEPTS, TIME
from pipeline.judging.texts.beginnings import any_of, guarded
from pipeline.judging.texts.lexicon import PlainWords

if TYPE_CHECKING:
    from pipeline.forms.narrative import Concepts, FigureClaims

WORD, COUNT, UNKNOWN, MARK, OTHER, OWN, RUNNING = (
    "word",
    "count",
    "unknown",
    "mark",
    "other",
    "own",
    "running",
)
SCOPE, LESSER, DEED, MATTER = "scope", "lesser", "deed", "matter"
"""Marks of whose figures are meant; besides, of others who have none of their own, of what is done for others, and of what else is counted."""
_MEANINGFUL = frozenset((WORD, OTHER))
ENUMERATION = "、"
ABOUT = "约"
"""What says before an amount of money that it is rounded, 约 or 约为."""
_MARKS = "，。；：、（）！？\n"
_MONEY = r"(?<![\d.])(?P<sum>\d[\d,，]{0,15}(?:\.\d{1,8})?)(?P<scale>亿元|万元|元)(?!以上|以下|左右|多|余)"
_MYRIADS = r"(?<![\d.])(?P<myriads>\d{1,6}(?:\.\d{1,4})?)(?P<scaled>[万亿])"
_ZERO = r"(?P<zero>0|零)(?=[，、。；）]|\Z)"


class TextPiece(NamedTuple):
    """A stretch of text of one ``kind``.

    ``concepts`` are those of a word; of a mark of time or place (``OTHER``, ``OWN``) what it is a mark of. ``number`` is what
    is written of a count, ``scale`` the unit of an amount of money, with 约 before it where that stands before the amount, or that
    it is written in 万 (1.36万件).
    """

    kind: str
    start: int
    end: int
    concepts: tuple[str, ...] = ()
    number: str = ""
    scale: str = ""

    @property
    def is_money(self) -> bool:
        """Whether an amount of money was counted."""
        return self.scale.endswith("元")


def meaning(pieces: Iterable[TextPiece]) -> Concepts:
    """Return what pieces mean together."""
    return (
        frozenset(chain.from_iterable(piece.concepts for piece in pieces if piece.kind in _MEANINGFUL))
        - SILENT_CONCEPTS
    )


def is_clear(pieces: Iterable[TextPiece]) -> bool:
    """Say whether every piece is known."""
    return all(piece.kind is not UNKNOWN for piece in pieces)


def has(pieces: Iterable[TextPiece], concept: str) -> bool:
    """Say whether one of the pieces stands for ``concept``."""
    return any(concept in piece.concepts for piece in pieces)


class Lexicon:
    """Finds the pieces that one rule knows; made once."""

    def __init__(self, rule: FigureClaims) -> None:
        self._concepts = {word: item.concepts for item in rule.words for word in item.plain}
        self._groups: dict[str, tuple[str, tuple[str, ...]]] = {}
        choices = [
            self._group(WORD, item.concepts, pattern) for item in rule.words for pattern in item.patterns
        ]
        choices += [self._group(WORD, ("filler",), any_of(rule.neutral))]
        marks = [
            self._group(OWN, (TIME,), any_of(rule.own_times)),
            self._group(OTHER, (TIME,), any_of(rule.other_times)),
            self._group(OWN, (SCOPE,), any_of(rule.own_scopes)),
            self._group(OTHER, (SCOPE, DEED), any_of(rule.deeds)),
            self._group(OTHER, (SCOPE, MATTER), any_of(rule.matters)),
            self._group(OTHER, (SCOPE,), any_of(rule.other_scopes)),
            self._group(OTHER, (SCOPE, LESSER), any_of(rule.lesser_scopes)),
            self._group(RUNNING, (TIME,), any_of(rule.running)),
        ]
        self._marks = re.compile(guarded((*choices, *marks)))
        choices += marks
        units = "|".join(rule.units)
        self._plain = PlainWords(self._concepts)
        others = [
            _ending("money", _MONEY),
            _ending("myriad", f"{_MYRIADS}(?:{units}){NOT_EXACT}"),
            _ending("count", f"(?P<number>{NUMERAL})(?:{units}){NOT_EXACT}|{_ZERO}"),
            _ending("mark", f"[{_MARKS}]"),
        ]
        self._others = re.compile("|".join(others))
        self.pattern = re.compile(guarded((*choices, _ending("plain", self._plain.begins), *others)))

    def _group(self, kind: str, concepts: tuple[str, ...], pattern: str) -> str:
        name = f"g{len(self._groups)}"
        self._groups[name] = (kind, concepts)
        return _ending(name, pattern)

    def pieces(self, text: str, start: int, end: int) -> Iterator[TextPiece]:
        """Yield the pieces of ``text[start:end]`` in order; together they cover all of it."""
        at = start
        last: TextPiece | None = None
        found = self._next(text, start, end)
        while found:
            if found.start > at:
                shorter = self._shorter(text, last, end) if last else None
                if last and shorter:
                    last = last._replace(
                        end=shorter.start, concepts=self._concepts[text[last.start : shorter.start]]
                    )
                    found = shorter
                else:
                    if last:
                        yield last
                    last = TextPiece(UNKNOWN, at, found.start)
            if last:
                yield last
            last, at = found, found.end
            found = self._next(text, at, end)
        if last:
            yield last
        if at < end:
            yield TextPiece(UNKNOWN, at, end)

    def _shorter(self, text: str, last: TextPiece, end: int) -> TextPiece | None:
        """Return what is found where a word is cut shorter, if it reaches beyond that word: 在|办结的, not 在办|结的."""
        if last.kind is not WORD:
            return None
        for cut in range(last.end - 1, last.start, -1):
            if text[last.start : cut] in self._concepts:
                found = self.pattern.match(text, cut, end)
                piece = self._piece(found, end) if found else None
                if piece and piece.end > last.end:
                    return piece
        return None

    def _next(self, text: str, at: int, end: int) -> TextPiece | None:
        """Return the first piece that is known from ``at`` on."""
        found = self.pattern.search(text, at, end)
        while found:
            piece = self._piece(found, end)
            if piece:
                return piece
            found = self.pattern.search(text, found.start() + 1, end)
        return None

    def marks(self, text: str, start: int, end: int) -> Iterator[TextPiece]:
        """Yield the marks of time and place alone."""
        for found in self._marks.finditer(text, start, end):
            kind, concepts = self._groups[found.lastgroup or ""]
            if kind in {OWN, OTHER}:
                yield TextPiece(kind, *found.span(), concepts)

    def _piece(self, found: re.Match[str], end: int) -> TextPiece | None:
        """Return the piece that was found; None where a word only seemed to begin, and nothing else does."""
        start, name = found.start(), found.lastgroup or ""
        if name in self._groups:
            kind, concepts = self._groups[name]
            return TextPiece(kind, start, found.end(), concepts)
        if name == "plain":
            stop = self._plain.longest(found.string, start, end)
            if stop > 0:
                return TextPiece(WORD, start, stop, self._concepts[found.string[start:stop]])
            other = self._others.match(found.string, start, end)
            return self._counted(other) if other else None
        return self._counted(found)

    @staticmethod
    def _counted(found: re.Match[str]) -> TextPiece:
        """Return the amount, number or mark that was found."""
        if found.lastgroup == "mark":
            return TextPiece(MARK, *found.span(), number=found[0])
        if found.lastgroup == "money":
            about = ABOUT if ABOUT in found.string[max(0, found.start() - 2) : found.start()] else ""
            return TextPiece(COUNT, *found.span(), number=found["sum"], scale=about + found["scale"])
        if found.lastgroup == "myriad":
            return TextPiece(COUNT, *found.span(), number=found["myriads"], scale=found["scaled"])
        return TextPiece(COUNT, *found.span(), number=found["number"] or "0")


def _ending(name: str, pattern: str) -> str:
    """Return ``pattern`` with an empty group ``name`` at its end: what begins with a character fails by that character alone."""
    return f"(?:{pattern})(?P<{name}>)"
