"""A suggestion goes in; somebody who reads only its sentence obeys it to the letter, and the suggested figures come out."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from typing import TypeAlias

import pytest

from pipeline.forms.arithmetic import with_totals
from pipeline.forms.loader import load_form
from pipeline.judging.repair.neighbours import neighbours_of
from pipeline.judging.repair.suggest import suggest
from pipeline.model import Number, Suggestion
from pipeline.wording.addresses import position
from pipeline.wording.hints import way_out
from tests.support.fills import consistent_numbers

FORM = load_form()
TOTALS = frozenset(cell.key for cell in FORM.cells if cell.defined_by)
NEAR = neighbours_of(FORM)
SEEDS = range(40)
Figures: TypeAlias = dict[str, Number | None]
_KEYS = {(place.sheet, position(place.cell)): key for key, place in FORM.places.items()}


# ---------------------------------------------------------------- slips of the hand


def slip(figures: Figures, rng: random.Random) -> None:
    key = rng.choice([cell.key for cell in FORM.cells if cell.is_input and cell.table == "requests"])
    figures[key] = int(figures[key] or 0) + rng.choice((1, 9, 40))


def exchange(figures: Figures, rng: random.Random) -> None:
    _exchange(figures, *((key,) for key in rng.choice(NEAR.cells)))


def exchange_lines(figures: Figures, rng: random.Random) -> None:
    _exchange(figures, *rng.choice(NEAR.lines))


def _exchange(figures: Figures, one: Sequence[str], other: Sequence[str]) -> None:
    for a, b in zip(one, other, strict=True):
        figures[a], figures[b] = figures[b], figures[a]


def shift(figures: Figures, rng: random.Random) -> None:
    _shift(figures, [lane.cells for lane in rng.choice(NEAR.runs)])


def shift_back(figures: Figures, rng: random.Random) -> None:
    _shift(figures, [lane.cells[::-1] for lane in rng.choice(NEAR.runs)])


def _shift(figures: Figures, lanes: Sequence[Sequence[str]]) -> None:
    for lane in lanes:
        found = [figures[key] for key in lane]
        figures.update(zip(lane, [0, *found[:-1]], strict=True))


SLIPS: tuple[Callable[[Figures, random.Random], None], ...] = (
    slip,
    exchange,
    exchange_lines,
    shift,
    shift_back,
)
_SHAPES = {"", "exchanged", "moved", "lines", "too_low", "too_high", "too_right", "too_left"}


def _suggested(computed: frozenset[str]) -> Iterator[tuple[Figures, Suggestion]]:
    for seed, hand in product(SEEDS, SLIPS):
        rng = random.Random(f"{hand.__name__}{seed}")
        meant = consistent_numbers(FORM, rng, 40)
        figures: Figures = dict(meant)
        hand(figures, rng)
        found = _summed(figures, computed)
        repairs = suggest(FORM, found, level="县区", computed=computed, places=FORM.places)
        yield from ((found, way) for repair in repairs for way in repair.suggestions)


def _summed(figures: Figures, computed: frozenset[str]) -> Figures:
    """Let the totals of ``computed`` follow what stands above them."""
    return with_totals(FORM, {key: None if key in computed else figures[key] for key in figures})


# ---------------------------------------------------------------- the clerk


@pytest.mark.parametrize("computed", [TOTALS, frozenset[str]()], ids=["live", "typed"])
def test_a_hint_obeyed_to_the_letter_makes_the_suggested_figures(computed: frozenset[str]) -> None:
    seen = set()
    for figures, way in _suggested(computed):
        hint = way_out(FORM, [way])
        wanted = figures | {change.key: change.after for change in way.changes}
        assert _summed(obeyed(figures, hint), computed) == _summed(wanted, computed), hint
        seen.add(way.kind if way.kind in _SHAPES else "")
    wanted_shapes = _SHAPES if not computed else _SHAPES - {"too_low", "too_high"}
    assert seen == wanted_shapes


def obeyed(figures: Figures, hint: str) -> Figures:
    """Do what a hint says, reading nothing but its words."""
    said = hint.partition("条勾稽关系")[0].removeprefix("请核对是不是应").removeprefix("把 ")
    for words, act in _ACTS:
        found = re.match(words, said)
        if found:
            return figures | act(figures, *found.groups())
    pytest.fail(f"nobody knows what to do: {hint}")


def _single(figures: Figures, said: str) -> Figures:
    steps = re.findall(r"([^，\s]+) ([A-Z]+\d+) 由 (-?[\d.]+|None) 改为 (-?[\d.]+)", said)
    assert said.count("改为") == len(steps)
    for sheet, cell, before, _ in steps:
        assert str(figures[_key(sheet, cell)]) == before
    return {_key(sheet, cell): int(after) for sheet, cell, _, after in steps}


def _pair(figures: Figures, sheet: str, one: str, other_sheet: str, other: str) -> Figures:
    a, b = _key(sheet, one), _key(other_sheet, other)
    return {a: figures[b], b: figures[a]}


def _moved(figures: Figures, sheet: str, source: str, number: str, other_sheet: str, target: str) -> Figures:
    assert figures[_key(sheet, source)] == int(number)
    return {_key(sheet, source): 0, _key(other_sheet, target): int(number)}


def _rows(figures: Figures, sheet: str, one: str, other: str) -> Figures:
    return _crossed(figures, sheet, 0, int(one) - 1, int(other) - 1)


def _columns(figures: Figures, sheet: str, top: str, bottom: str, one: str, other: str) -> Figures:
    first, second = (position(f"{letters}1") for letters in (one, other))
    assert first
    assert second
    crossed = _crossed(figures, sheet, 1, first[1], second[1])
    spots = {key: spot for (name, spot), key in _KEYS.items() if name == sheet and spot}
    return {key: value for key, value in crossed.items() if int(top) <= spots[key][0] + 1 <= int(bottom)}


def _crossed(figures: Figures, sheet: str, axis: int, one: int, other: int) -> Figures:
    """Exchange two rows or columns; the totals in them follow, or were typed and go along."""
    found: Figures = {}
    for (name, spot), key in _KEYS.items():
        if name == sheet and spot and spot[axis] in (one, other):
            across = [*spot]
            across[axis] = one + other - spot[axis]
            source = _KEYS.get((sheet, (across[0], across[1])))
            if source:
                found[key] = figures[source]
    return found


def _copied(figures: Figures, sheet: str, source: str, target: str, rest: str) -> Figures:
    pairs = zip(_blocks(source), _blocks(target), strict=True)
    copied = {_KEYS[sheet, other]: figures[_KEYS[sheet, one]] for one, other in pairs}
    return copied | _filled(figures, sheet, rest)


def _filled(_: Figures, sheet: str, said: str) -> Figures:
    found = re.findall(r"([A-Z]+\d+) 填 (-?\d+)", said)
    assert said.count("填 ") == len(found) > 0
    return {_key(sheet, cell): int(number) for cell, number in found}


def _restored(figures: Figures) -> Figures:
    return _summed(figures, TOTALS)


_ACTS: Sequence[tuple[str, Callable[..., Figures]]] = (
    (r"(\S+) (\S+) 的数(?:分别)?复制到 (\S+?)，再在 ([^（]+)", _copied),
    (r"(\S+) (\S+) 的 (\d+) 移到 (\S+) ([A-Z]+\d+)", _moved),
    (r"(\S+) ([A-Z]+\d+) 与 (\S+) ([A-Z]+\d+) 的数对换", _pair),
    (r"(\S+) 第 (\d+) 行与第 (\d+) 行的数对换", _rows),
    (r"(\S+) 第 (\d+) 行到第 (\d+) 行的 ([A-Z]+) 列与 ([A-Z]+) 列的数对换", _columns),
    (r"(\S+) ((?:[A-Z]+\d+ 填 -?\d+，?)+)", _filled),
    (r"([^（]+ 改为 [^（]+)", _single),
    (r"总计是手工填的或者公式被改动，与各项不符（.+），退回表中恢复自动计算", _restored),
)


def _key(sheet: str, cell: str) -> str:
    return _KEYS[sheet, position(cell)]


def _blocks(areas: str) -> Iterator[tuple[int, int]]:
    for area in areas.split("、"):
        first, last = (position(cell) for cell in (area.split(":") * 2)[:2])
        assert first
        assert last
        yield from product(range(first[0], last[0] + 1), range(first[1], last[1] + 1))
