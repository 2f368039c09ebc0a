"""The label paths of a block's rows (or columns) and the texts of a sheet go in; where each line stands comes out.

The same search serves rows and columns: ``along`` is the coordinate that tells lines apart, ``depth`` the one on
which the levels of a label path lie. What is not certain is said, not guessed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pipeline.intake.read.labels import likeness, normalise, same_unit

if TYPE_CHECKING:
    from pipeline.forms.form import Line

ALIKE_ENOUGH = 0.65
CLEARLY_BEST = 0.05


@dataclass(frozen=True, slots=True, order=True)
class LabelMark:
    """A text that may be a label, normalised, with its two coordinates."""

    along: int
    depth: int
    text: str


@dataclass(slots=True)
class Lines:
    """Where lines stand: ``found`` by the number of the line in its block."""

    found: dict[int, LabelMark] = field(default_factory=dict)
    missing: list[int] = field(default_factory=list)
    ambiguous: list[int] = field(default_factory=list)
    near: list[int] = field(default_factory=list)
    """Lines of ``found`` whose label is only nearly the form's."""
    headings: dict[str, LabelMark] = field(default_factory=dict)
    """Texts taken for a heading over several lines that they nearly are, by the heading."""


def find_lines(lines: Sequence[Line], marks: Sequence[LabelMark]) -> Lines:
    """Find every line whose whole label stands among ``marks``."""
    parents = {normalise(part) for line in lines for part in line.label[:-1]}
    ladders = sorted(mark for mark in marks if mark.text in parents)
    levels = max((len(line.label) for line in lines), default=0)
    by_text: defaultdict[str, list[LabelMark]] = defaultdict(list)
    for mark in marks:
        by_text[mark.text].append(mark)
    leaves = [normalise(line.label[-1]) for line in lines]
    result = Lines()
    for number, line in enumerate(lines):
        candidates = by_text.get(leaves[number]) or [
            mark for word in line.also for mark in by_text.get(normalise(word), ())
        ]
        if len(candidates) > 1 or leaves.count(leaves[number]) > 1:
            wanted = normalise(line.label[-2]) if len(line.label) > 1 else ""
            candidates = [mark for mark in candidates if _parent(mark, ladders, levels) == wanted]
        _decide(result, number, _once(candidates))
    _refuse_shared(result)
    return result


def find_lines_below(lines: Sequence[Line], marks: Sequence[LabelMark], free: Collection[LabelMark]) -> Lines:
    """Find lines as ``find_lines`` does; where headings over them are damaged, with the ``free`` texts nearest to those."""
    result = find_lines(lines, marks)
    if not result.missing and not result.ambiguous:
        return result
    present = {mark.text for mark in marks}
    headings = {part: normalise(part) for line in lines for part in line.label[:-1]}
    nearest = {
        part: mark
        for part, text in headings.items()
        if text not in present and (mark := _nearest(text, free)) is not None
    }
    instead = {mark: replace(mark, text=headings[part]) for part, mark in nearest.items()}
    mended = find_lines(lines, [instead.get(mark, mark) for mark in marks])
    if len(mended.found) <= len(result.found):
        return result
    mended.headings = nearest
    return mended


def _nearest(label: str, free: Collection[LabelMark]) -> LabelMark | None:
    """Return the one text that is clearly most like ``label``."""
    ranked = sorted(((likeness(label, mark.text), mark) for mark in free), reverse=True)[:2]
    if not ranked or ranked[0][0] < ALIKE_ENOUGH:
        return None
    return ranked[0][1] if len(ranked) == 1 or ranked[1][0] <= ranked[0][0] - CLEARLY_BEST else None


def join_split(
    lines: Sequence[Line], result: Lines, marks: Sequence[LabelMark], step: tuple[int, int]
) -> None:
    """Give missing lines the label that stands in pieces, one below the other, as a table pasted from Word has it.

    ``step`` leads from one piece to the next: along, depth. Changes ``result``.
    """
    texts = {(mark.along, mark.depth): mark.text for mark in marks}
    for number in list(result.missing):
        wanted = normalise(lines[number].label[-1])
        whole = [
            LabelMark(mark.along, depth, wanted)
            for mark in marks
            if wanted.startswith(mark.text) and (depth := _end_of(wanted, mark, texts, step)) is not None
        ]
        if len(whole) == 1:
            result.missing.remove(number)
            result.found[number] = whole[0]


def _end_of(
    wanted: str, mark: LabelMark, texts: Mapping[tuple[int, int], str], step: tuple[int, int]
) -> int | None:
    """Return the depth of the last piece of ``wanted``, of which ``mark`` is the first; None if it is not."""
    text, along, depth = mark.text, mark.along, mark.depth
    while text != wanted:
        along, depth = along + step[0], depth + step[1]
        piece = texts.get((along, depth), "")
        text += piece
        if not piece or not wanted.startswith(text):
            return None
    return depth


def find_near(lines: Sequence[Line], result: Lines, free: Collection[LabelMark]) -> None:
    """Give missing lines the one free text that is clearly most like their label; changes ``result``."""
    scores = {
        (number, mark): likeness(label, mark.text)
        for number, label in ((number, normalise(lines[number].label[-1])) for number in result.missing)
        for mark in free
        if same_unit(label, mark.text)
    }
    taken = {mark.along for mark in result.found.values()}
    for number in list(result.missing):
        ranked = sorted(((score, mark) for (n, mark), score in scores.items() if n == number), reverse=True)
        if not ranked or ranked[0][0] < ALIKE_ENOUGH:
            continue
        best, mark = ranked[0]
        rivals = [score for score, _ in ranked[1:]]
        rivals += [score for (n, other), score in scores.items() if other == mark and n != number]
        if mark.along not in taken and all(score <= best - CLEARLY_BEST for score in rivals):
            result.missing.remove(number)
            result.near.append(number)
            result.found[number] = mark
            taken.add(mark.along)


def _once(candidates: Sequence[LabelMark]) -> list[LabelMark]:
    """Leave out the texts that a split merge repeats: those at the same place, and those right beside another."""
    spots = {(mark.along, mark.depth) for mark in candidates}
    first = [mark for mark in candidates if (mark.along - 1, mark.depth) not in spots]
    return list({mark.along: mark for mark in reversed(first)}.values())


def _decide(result: Lines, number: int, candidates: Sequence[LabelMark]) -> None:
    if len(candidates) == 1:
        result.found[number] = candidates[0]
    elif candidates:
        result.ambiguous.append(number)
    else:
        result.missing.append(number)


def _parent(mark: LabelMark, ladders: Sequence[LabelMark], levels: int) -> str:
    """Return the text that governs ``mark``: on the nearest of ``levels`` above, the last at or before it."""
    reach = range(mark.depth - levels, mark.depth)
    above = [other for other in ladders if other.depth in reach and other.along <= mark.along]
    return max(above, key=lambda other: (other.depth, other.along)).text if above else ""


def _refuse_shared(result: Lines) -> None:
    """Two lines cannot stand at the same place: neither is certain."""
    users: defaultdict[int, list[int]] = defaultdict(list)
    for number, mark in result.found.items():
        users[mark.along].append(number)
    for numbers in users.values():
        if len(numbers) > 1:
            for number in numbers:
                del result.found[number]
                result.ambiguous.append(number)
