"""How much of a stage is done goes in; lines that say so, how fast it goes and how long it will still take, come out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

_EVERY = 60.0
"""Seconds between two lines of a stage that takes long."""
_MINUTE = 60


def pace(done: int, whole: int, seconds: float) -> str:
    """Say how fast it goes and how long the rest takes; nothing as long as nobody can know."""
    if not done or seconds <= 0:
        return ""
    rate = done / seconds
    spoken = f"每秒 {rate:.0f} 份" if rate >= 1 else f"每分钟 {rate * _MINUTE:.0f} 份"
    return f"{spoken}，约剩 {_span((whole - done) / rate)}"


def _span(seconds: float) -> str:
    return f"{seconds:.0f} 秒" if seconds < _MINUTE else f"{seconds / _MINUTE:.0f} 分钟"


@dataclass(slots=True)
class PlainLines:
    """Prints a line at the end of each stage, and one every minute of a stage that takes longer."""

    put: Callable[[str], object]
    clock: Callable[[], float] = monotonic
    _begun: dict[str, float] = field(default_factory=dict)
    _said: float = 0.0

    def advance(self, stage: str, done: int, whole: int) -> None:
        """Take note that so much of a stage is done."""
        now = self.clock()
        if stage not in self._begun:
            self._begun[stage] = self._said = now
        if done == whole and whole:
            self.put(f"{stage}：{whole} 份")
        elif now - self._said >= _EVERY:
            self._said = now
            self.put(
                f"{stage}：{done} / {whole} 份，{pace(done, whole, now - self._begun[stage])}".rstrip("，")
            )
