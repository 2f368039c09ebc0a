"""Seconds of callables go in; medians and ratios come out as printable lines."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

ROUNDS = 5


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison. ``aim`` is the ratio or the milliseconds promised; ``unit`` says which."""

    name: str
    value: float
    unit: str
    aim: float
    note: str = ""

    def __str__(self) -> str:
        met = "ok " if self.value <= self.aim else "OVER"
        return f"{met}  {self.name:<46} {self.value:8.2f} {self.unit:<16} aim ≤ {self.aim:g}   {self.note}"


def least_cpu_seconds(*functions: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Run the functions in turn and return the least that each took of the processor: what others do matters less."""
    for function in functions:
        function()
    times: list[list[float]] = [[] for _ in functions]
    for _ in range(rounds):
        for function, taken in zip(functions, times, strict=True):
            start = time.process_time()
            function()
            taken.append(time.process_time() - start)
    return list(map(min, times))


def median_seconds(*functions: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Time the functions in turn (A B A B …), so that a drifting machine touches all alike; return the medians."""
    for function in functions:
        function()
    times: list[list[float]] = [[] for _ in functions]
    for _ in range(rounds):
        for function, taken in zip(functions, times, strict=True):
            start = time.perf_counter()
            function()
            taken.append(time.perf_counter() - start)
    return [statistics.median(taken) for taken in times]
