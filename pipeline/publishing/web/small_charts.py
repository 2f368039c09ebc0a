"""Counts go in; the shapes of small charts come out, each with a sentence that says the same to who cannot see it.

Geometry only, in units of the drawing; colours belong to the style, so that day and run mode share one drawing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pipeline.publishing.states import spoken

WIDTH = 300
"""Of every drawing; text in it is as large as text beside it on a phone."""
MOST_LABEL = 19
"""As many characters of a bar's label leave room for its value."""
_PITCH = 38
_TOP, _BOTTOM, _LEFT, _RIGHT = 26, 24, 4, 42
_PLOT = 108
_FEWEST_DAYS, _WIDEST = 2, 40


@dataclass(frozen=True, slots=True)
class Segment:
    """A piece of a bar: its state's name, where it begins, how long it is, what it counts."""

    state: str
    x: float
    width: float
    count: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A labelled bar; ``y`` is the line its label stands on."""

    label: str
    value: str
    y: int
    segments: Sequence[Segment]


@dataclass(frozen=True, slots=True)
class Bars:
    """A chart of bars. ``said`` is the whole of it in words."""

    height: int
    bars: Sequence[Bar]
    said: str


@dataclass(frozen=True, slots=True)
class Steps:
    """A count growing from day to day. ``line`` and ``area`` are SVG paths; ``deadline`` is where it is past, if on the chart."""

    height: int
    line: str
    area: str
    base: int
    top: int
    end: tuple[float, float]
    first: str
    last: str
    deadline: float | None
    count: int
    whole: int
    said: str


@dataclass(frozen=True, slots=True)
class BarPiece:
    """A piece of a column."""

    state: str
    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Columns:
    """A column of states for each day. ``said`` is the whole of it in words."""

    height: int
    base: int
    pieces: Sequence[BarPiece]
    first: str
    last: str
    said: str


def segments(counts: Mapping[str, int], width: float, whole: int | None = None) -> list[Segment]:
    """Divide ``width`` among the states by their counts; ``whole`` is what the width stands for, by default their sum."""
    unit = width / (whole or sum(counts.values()) or 1)
    found, x = [], 0.0
    for state, count in counts.items():
        if count:
            found.append(Segment(state, round(x, 2), round(count * unit, 2), count))
        x += count * unit
    return found


def stacked(groups: Mapping[str, Mapping[str, int]], words: Mapping[str, str], done: Sequence[str]) -> Bars:
    """Draw a bar of states for each group; its value says how many of it are in one of the states ``done``."""
    bars, sentences = [], []
    for number, (label, counts) in enumerate(groups.items()):
        whole, finished = sum(counts.values()), sum(counts.get(state, 0) for state in done)
        bars.append(Bar(label, f"{finished} / {whole}", 14 + number * _PITCH, segments(counts, WIDTH, whole)))
        parts = "，".join(f"{words[state]} {count}" for state, count in counts.items() if count)
        sentences.append(f"{label} {whole} 家：{parts}")
    return Bars(len(bars) * _PITCH, bars, "；".join(sentences) + "。")


def ranked(values: Sequence[tuple[str, int]], most: int) -> Bars:
    """Draw the largest of ``values``, largest first; bars are as long as their values compared with the first."""
    chosen = sorted(((value, name) for name, value in values if value), key=lambda item: -item[0])
    shown = chosen[:most]
    longest = shown[0][0] if shown else 1
    bars = [
        Bar(name, str(value), 14 + number * _PITCH, segments({"plain": value}, WIDTH, longest))
        for number, (value, name) in enumerate(shown)
    ]
    rest = sum(value for value, _ in chosen[most:])
    said = "；".join(f"{name} {value}" for value, name in shown)
    return Bars(len(bars) * _PITCH, bars, f"{said}{f'；其余单位共 {rest}' if rest else ''}。")


def course(days: Mapping[date, Mapping[str, int]], words: Mapping[str, str], most: int) -> Columns | None:
    """Draw the last ``most`` days as columns of states; None where there is no course to show."""
    shown = dict(sorted(days.items())[-most:])
    if len(shown) < _FEWEST_DAYS:
        return None
    width = min(_WIDEST, round(WIDTH / len(shown) * 0.75, 1))
    pitch = (WIDTH - width) / (len(shown) - 1)
    whole = max(sum(counts.values()) for counts in shown.values()) or 1
    base = 8 + _PLOT
    pieces = []
    for number, counts in enumerate(shown.values()):
        y = float(base)
        for state, count in counts.items():
            height = round(_PLOT * count / whole, 2)
            y -= height
            if count:
                pieces.append(BarPiece(state, round(number * pitch, 1), round(y, 2), width, height))
    ends = {day: shown[day] for day in (min(shown), max(shown))}
    said = "；".join(
        f"{spoken(day)}：" + "，".join(f"{words[state]} {count}" for state, count in counts.items())
        for day, counts in ends.items()
    )
    return Columns(base + _BOTTOM, base, pieces, spoken(min(shown)), spoken(max(shown)), f"{said}。")


def growth(days: Sequence[date], whole: int, *, until: date, deadline: date) -> Steps | None:
    """Draw how many of ``whole`` had come by each day up to ``until``; None where there is no course to show."""
    counted = sorted(day for day in days if day <= until)
    if not counted or counted[0] == until:
        return None
    start = counted[0] - timedelta(days=1)
    last = max(until, deadline)
    across = (WIDTH - _LEFT - _RIGHT) / (last - start).days
    base = _TOP + _PLOT

    def x(day: date) -> float:
        return round(_LEFT + (day - start).days * across, 1)

    def y(count: int) -> float:
        return round(base - _PLOT * count / max(whole, 1), 1)

    line = f"M{x(start)} {y(0)}"
    for day in sorted(set(counted)):
        line += f"H{x(day)}V{y(sum(other <= day for other in counted))}"
    line += f"H{x(until)}"
    milestones = [start + (last - start) * part / 4 for part in range(1, 5)]
    course = "，".join(
        f"{spoken(day)} {sum(other <= day for other in counted)} 家" for day in milestones if day <= until
    )
    return Steps(
        height=base + _BOTTOM,
        line=line,
        area=f"{line}V{base}H{x(start)}Z",
        base=base,
        top=_TOP,
        end=(x(until), y(len(counted))),
        first=spoken(counted[0]),
        last=spoken(until),
        deadline=x(deadline) if start <= deadline <= last else None,
        count=len(counted),
        whole=whole,
        said=f"第一份 {spoken(counted[0])} 收到{f'；到{course}' if course else ''}；应报送 {whole} 家，截止 {spoken(deadline)}。",
    )
