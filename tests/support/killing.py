"""An action goes in; it runs in a process of its own that dies, by SIGKILL, at a step of one's choice, or stops at every one."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from pipeline.machine.durable import watched
from tests.support.forking import begun, in_child


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


def stops_of(action: Callable[[], object]) -> Iterator[int]:
    """Carry ``action`` out in a child that stops, whole, right after every lasting step; yield their numbers, from 1.

    What stands on the disk meanwhile is what a kill would leave there. The child goes on when the next number is asked for.
    """
    child = begun(_watched(action, lambda _: os.kill(os.getpid(), signal.SIGSTOP)))
    status, number = os.waitpid(child, os.WUNTRACED)[1], 0
    try:
        while os.WIFSTOPPED(status):
            number += 1
            yield number
            os.kill(child, signal.SIGCONT)
            status = os.waitpid(child, os.WUNTRACED)[1]
    finally:
        if os.WIFSTOPPED(status):  # nobody asked for the rest
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0


def _in_child(action: Callable[[], object], watcher: Callable[[str], object]) -> int:
    return in_child(_watched(action, watcher))


def _watched(action: Callable[[], object], watcher: Callable[[str], object]) -> Callable[[], int]:
    def watched_action() -> int:
        sys.settrace(None)  # nobody would ever read what is measured here
        with watched(watcher):
            action()
        return 0

    return watched_action
