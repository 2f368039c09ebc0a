"""Pieces go in; clauses come out, and what the words of one say of each other: joined, apart, a part of what is named before."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.forms.narrative import NAMED, NO, WITHIN
from pipeline.judging.texts.pieces import COUNT, ENUMERATION, MARK, OTHER, UNKNOWN, TextPiece, has, meaning
from pipeline.judging.texts.tidy import STOPS

CLAUSE_ENDS = f"，；：、（）{STOPS}"
_MOST_UNKNOWN = 8
"""Characters around a topic named in full that need not be known."""


@dataclass(slots=True)
class Clause:
    """The pieces between two marks, and the mark that ends it."""

    pieces: list[TextPiece]
    ends: str


def clauses(pieces: Sequence[TextPiece]) -> Iterator[Clause]:
    """Yield the clauses: what stands between marks, 、 not being one."""
    own: list[TextPiece] = []
    for piece, after in zip(pieces, [*pieces[1:], None], strict=True):
        is_joint = (
            piece.number == "：" and after and after.kind is COUNT and own and own[-1].kind is not COUNT
        )
        if is_joint:
            continue
        if piece.kind is MARK and piece.number != ENUMERATION:
            yield Clause(own, piece.number)
            own = []
        else:
            own.append(piece)
    yield Clause(own, "")


def without_asides(pieces: Sequence[TextPiece]) -> Iterator[TextPiece]:
    """Yield the pieces but for brackets in which nothing is counted."""
    at = 0
    closing = _closing(pieces)
    while at < len(pieces):
        end = closing.get(at)
        at = end + 1 if end is not None else at
        if end is None:
            yield pieces[at]
            at += 1


def _closing(pieces: Sequence[TextPiece]) -> dict[int, int]:
    """Return where the brackets end that hold no number, by where they begin."""
    found: dict[int, int] = {}
    opened: int | None = None
    for at, piece in enumerate(pieces):
        if piece.number == "（" and piece.kind is MARK:
            opened = at
        elif piece.number == "）" and piece.kind is MARK and opened is not None:
            found[opened] = at
            opened = None
        elif piece.kind is COUNT:
            opened = None
    return found


def is_named_alone(pieces: Sequence[TextPiece], at: int) -> bool:
    """Say whether a topic named in full is all that is spoken of: few words are not known, and nothing is joined (加大依申请公开力度)."""
    unknown = sum(piece.end - piece.start for piece in pieces if piece.kind is UNKNOWN)
    is_joined = has(pieces, "and") or any(
        piece.number == ENUMERATION or piece.kind is OTHER for piece in pieces
    )
    return NAMED in pieces[at].concepts and unknown <= _MOST_UNKNOWN and not is_joined


def is_part(head: Sequence[TextPiece]) -> bool:
    """Say whether a number counts some of what is named before it: 新收申请中12件涉及征收."""
    at = next((place for place, piece in enumerate(head) if WITHIN in piece.concepts), 0)
    return bool(meaning(head[:at]))


def begins_unknown(between: Sequence[TextPiece]) -> bool:
    """Say whether what stands between two numbers begins with the name of something that is not known: 收到20件留言并答复47件申请."""
    return bool(between) and between[0].kind is UNKNOWN


def turn_of(tail: Sequence[TextPiece]) -> int:
    """Return where the words after a number turn to what was done with it (47件申请｜并办结); their end where they do not."""
    return next((at for at, piece in enumerate(tail) if "then" in piece.concepts), len(tail))


def joined(pieces: Sequence[TextPiece]) -> list[list[TextPiece]]:
    """Split pieces where words join them."""
    parts: list[list[TextPiece]] = [[]]
    for piece in pieces:
        if piece.number == ENUMERATION or "and" in piece.concepts:
            parts.append([])
        else:
            parts[-1].append(piece)
    return [part for part in parts if meaning(part) - {NO}]
