"""An action goes in; it runs in a process of its own that dies, by SIGKILL, at a step of one's choice."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from pipeline.machine.durable import watched
from tests.support.forking import in_child


def steps_of(action: Callable[[], object], note: Path) -> list[str]:
    """Carry out ``action`` undisturbed in a child; return its lasting steps in order. ``note`` is a scratch file."""

    def write_down(step: str) -> None:
        with note.open("a", encoding="utf-8") as file:
            file.write(f"{step}\n")

    assert _in_child(action, write_down) == 0
    return note.read_text("utf-8").splitlines()


def run_in_child(action: Callable[[], object]) -> int:
    """Carry out ``action`` in a child, as a run of its own; return its exit status."""
    return _in_child(action, lambda _: None)


def kill_at(number: int, action: Callable[[], object]) -> bool:
    """Kill ``action`` right after its ``number``-th lasting step (from 1); return whether it got that far."""
    passed = 0

    def count(_: str) -> None:
        nonlocal passed
        passed += 1
        if passed == number:
            os.kill(os.getpid(), signal.SIGKILL)

    return _in_child(action, count) == -signal.SIGKILL


def _in_child(action: Callable[[], object], watcher: Callable[[str], object]) -> int:
    def watched_action() -> int:
        sys.settrace(None)  # nobody would ever read what is measured here
        with watched(watcher):
            action()
        return 0

    return in_child(watched_action)
