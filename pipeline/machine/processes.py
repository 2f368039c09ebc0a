"""The number of a process goes in; what it has taken so far, or who belongs to it, comes out.

On Linux the system's own files tell in microseconds; elsewhere psutil does, whose loading alone costs a tenth of a second.
"""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path

_PROC = Path("/proc")
_TELLS_ITSELF = sys.platform == "linux" and (_PROC / "self/task" / str(os.getpid()) / "children").exists()
_VENV_STARTS_ANOTHER = sys.platform == "win32"
_USER, _RESIDENT = 11, 21
"""Fields of ``stat`` after the name: ticks in the program, after it those in the system; pages that are held."""


def interpreter() -> str:
    """Return the Python that a child is started with, so that its process is the one that works.

    In a venv on Windows ``python.exe`` only starts the real one and waits: what that takes nobody would see.
    """
    real = str(getattr(sys, "_base_executable", "")) if _VENV_STARTS_ANOTHER else ""
    return real if Path(real).is_file() else sys.executable


def taken(number: int) -> tuple[float, int] | None:
    """Return the seconds of processor time that a process has taken and the bytes that it holds; None where it is gone."""
    if not _TELLS_ITSELF:
        return _taken_elsewhere(number)
    try:
        facts = (_PROC / str(number) / "stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return None
    ticks = int(facts[_USER]) + int(facts[_USER + 1])
    return ticks / os.sysconf("SC_CLK_TCK"), int(facts[_RESIDENT]) * os.sysconf("SC_PAGE_SIZE")


def descendants(number: int) -> list[int]:
    """Return the processes that a process has started, and those that they have."""
    if not _TELLS_ITSELF:
        return _descendants_elsewhere(number)
    found: list[int] = []
    with suppress(OSError):
        for path in (_PROC / str(number) / "task").glob("*/children"):
            for child in map(int, path.read_bytes().split()):
                found += [child, *descendants(child)]
    return found


def end_all(numbers: list[int]) -> None:
    """End processes that may have ended already."""
    for number in numbers:
        with suppress(OSError):
            os.kill(number, getattr(signal, "SIGKILL", signal.SIGTERM))


def _taken_elsewhere(number: int) -> tuple[float, int] | None:
    import psutil  # noqa: PLC0415 - only where the system has no files that tell

    try:
        seen = psutil.Process(number)
        return sum(seen.cpu_times()[:2]), seen.memory_info().rss
    except psutil.Error:
        return None


def _descendants_elsewhere(number: int) -> list[int]:
    import psutil  # noqa: PLC0415

    try:
        return [child.pid for child in psutil.Process(number).children(recursive=True)]
    except psutil.Error:
        return []
