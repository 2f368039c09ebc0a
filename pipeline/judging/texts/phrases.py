"""A clause with numbers goes in; its phrases come out: each number with the words before it, and those after it up to the next."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pipeline.forms.narrative import EACH, REMAINDER, WITHIN
from pipeline.judging.texts.clauses import begins_unknown, joined, turn_of
from pipeline.judging.texts.pieces import COUNT, ENUMERATION, TextPiece, has, is_clear, meaning

if TYPE_CHECKING:
    from pipeline.forms.narrative import Concepts, FigureClaims
    from pipeline.judging.texts.account import Account


class Phrase(NamedTuple):
    """A number, the words before and after it that say what it counts, and the topics that its clause names."""

    head: list[TextPiece]
    number: TextPiece
    tail: list[TextPiece]
    topics: Concepts
    passed: Sequence[TextPiece] = ()
    """The words up to the next phrase, also where they are the next number's."""
    begins_list: bool = False
    """Whether what follows the number counts parts of it."""


class PhraseDivider:
    """Divides clauses by the topics of one rule; made once."""

    def __init__(self, rule: FigureClaims) -> None:
        self._topics = frozenset(rule.topics)

    def phrases(self, pieces: list[TextPiece]) -> Iterator[Phrase]:
        """Yield the phrases of a clause, one of each number."""
        topics = self._named_in(pieces)
        numbers = _numbers(pieces)
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
            turn = turn_of(rest)
            if is_shared and 0 < turn < len(rest) and not meaning(head) and is_clear(rest[:turn]):
                tail, is_shared, begin = rest[:turn], False, at + 1 + turn
            own_tail = tail if not is_shared or begins_unknown(rest) else []
            yield Phrase(head, pieces[at], own_tail, topics, tail, has(rest[-1:], WITHIN))

    def respective(self, state: Account, pieces: list[TextPiece]) -> list[Phrase] | None:
        """Return the phrases of numbers that are said of several things respectively: 复议、诉讼分别为11件和5件.

        None where they are not; none where it is not clear which is of which.
        """
        numbers = _numbers(pieces)
        if not has(pieces[: numbers[0]], EACH):
            return None
        parts = joined(pieces[: numbers[0]]) or _named_before(state)
        if len(parts) == 1 and len(numbers) > 1:
            parts = self._named_of(state, parts[0], len(numbers)) or parts
        spread = max(at for at in range(numbers[0]) if has(pieces[at : at + 1], EACH))
        between = [piece for piece in pieces[numbers[0] :] if piece.kind is not COUNT]
        is_one = len(parts) < 2 and meaning(pieces[spread : numbers[0]])  # noqa: PLR2004 - one thing is no list
        if is_one and (len(numbers) == 1 or meaning(between)):
            return None
        known = is_clear(between) and all(map(is_clear, parts))
        if len(parts) != len(numbers) or meaning(between) or not known:
            return []
        topics = self._named_in(pieces)
        return [Phrase(part, pieces[at], [], topics) for part, at in zip(parts, numbers, strict=True)]

    def _named_in(self, pieces: list[TextPiece]) -> Concepts:
        """Return the topics that a clause names of which every word is known."""
        return meaning(pieces) & self._topics if is_clear(pieces) else frozenset()

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


def _named_before(state: Account) -> list[list[TextPiece]]:
    """Return the things that the clause before counts together: 复议、诉讼共9件，分别为7件和2件."""
    before = state.clauses[-2:-1]
    if not before or before[0][0] != state.sentence:
        return []
    pieces = before[0][1]
    counts = _numbers(pieces)
    return joined(pieces[: counts[0]]) if len(counts) == 1 and counts[0] == len(pieces) - 1 else []


def _numbers(pieces: Sequence[TextPiece]) -> list[int]:
    """Return where numbers stand."""
    return [at for at, piece in enumerate(pieces) if piece.kind is COUNT]


def _parts_at(pieces: Sequence[TextPiece], place: int) -> bool:
    """Say whether what stands between two numbers parts there: 8件、…, 8件复议和3件诉讼, or 40件新收申请加上年结转的3件."""
    piece = pieces[place]
    joins = not {"and", "another"}.isdisjoint(piece.concepts)
    return piece.number == ENUMERATION or (joins and bool(meaning(pieces[:place])))
