"""A form goes in; what stands beside what in its tables comes out, for the slips that a hand or a paste makes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipeline.forms.form import Cell, Form

Line = tuple[str, ...]
"""Keys of a row or column of a block, in order."""


@dataclass(frozen=True, slots=True)
class CellLane:
    """Cells of a row or column (``axis``) that are filled in one go, and the cell after the last, if any."""

    axis: str
    cells: Line
    beyond: str = ""


@dataclass(frozen=True, slots=True)
class Neighbours:
    """What touches what. ``lines`` are pairs of rows, or of columns, side by side; ``runs`` are pasted as one."""

    cells: tuple[tuple[str, str], ...]
    lines: tuple[tuple[Line, Line], ...]
    runs: tuple[tuple[CellLane, ...], ...]


@lru_cache(maxsize=8)
def neighbours_of(form: Form) -> Neighbours:
    """Return the neighbourhood of every cell of ``form``."""
    blocks: defaultdict[tuple[str, int], list[Cell]] = defaultdict(list)
    for cell in form.cells:
        blocks[cell.table, cell.block].append(cell)
    bundles = [(axis, _bundle(cells, axis)) for cells in blocks.values() for axis in ("row", "column")]
    keys = [[tuple(cell.key for cell in line) for line in lines] for _, lines in bundles]
    return Neighbours(
        cells=tuple(pair for lines in keys for line in lines for pair in pairwise(line)),
        lines=tuple(pair for lines in keys for pair in pairwise(lines)),
        runs=tuple(run for axis, lines in bundles for run in _runs(axis, lines)),
    )


def beside(form: Form, key: str) -> tuple[str, ...]:
    """Return the cells that touch ``key``."""
    return _touching(form).get(key, ())


@lru_cache(maxsize=8)
def _touching(form: Form) -> Mapping[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for one, other in neighbours_of(form).cells:
        found[one].append(other)
        found[other].append(one)
    return {key: tuple(own) for key, own in found.items()}


def _bundle(cells: Sequence[Cell], axis: str) -> list[list[Cell]]:
    lines: defaultdict[str, list[Cell]] = defaultdict(list)
    for cell in cells:
        lines[getattr(cell, axis).key].append(cell)
    return list(lines.values())


def _runs(axis: str, lines: Sequence[Sequence[Cell]]) -> Iterator[tuple[CellLane, ...]]:
    """Yield each line's stretches alone, then those of all lines together."""
    spans = dict.fromkeys(_spans(lines[0]))
    together = [tuple(_lane(axis, line, *span) for line in lines) for span in spans]
    yield from ((lane,) for lanes in together for lane in lanes)
    yield from (lanes for lanes in together if len(lanes) > 1)


def _spans(line: Sequence[Cell]) -> Iterator[tuple[int, int]]:
    """Yield (first, after the last) of every stretch of two or more input cells, whole and group by group."""
    groups = dict.fromkeys(group for cell in line for group in (*cell.row.groups, *cell.column.groups))
    for group in ("", *groups):
        start = 0
        for wanted, cells in groupby(line, key=partial(_belongs, group)):
            stop = start + len(list(cells))
            if wanted and stop - start > 1:
                yield start, stop
            start = stop


def _belongs(group: str, cell: Cell) -> bool:
    return cell.is_input and (not group or group in cell.row.groups or group in cell.column.groups)


def _lane(axis: str, line: Sequence[Cell], start: int, stop: int) -> CellLane:
    keys = tuple(cell.key for cell in line)
    return CellLane(axis, keys[start:stop], keys[stop] if stop < len(keys) else "")
