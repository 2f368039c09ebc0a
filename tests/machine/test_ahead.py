"""What will be needed is loaded while this process waits, and each thing once."""

from __future__ import annotations

import sys
import threading
from pathlib import Path

import pytest

from pipeline.machine.ahead import load_ahead, wait_for_the_rest


def test_who_asks_again_while_it_is_under_way_begins_nothing_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "slow_to_load.py").write_text("VALUE = 1\n", "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    begun, may_go_on = threading.Semaphore(0), threading.Event()

    def make_ready() -> None:
        begun.release()
        may_go_on.wait()

    load_ahead("slow_to_load", then=make_ready)
    assert begun.acquire(timeout=60)
    load_ahead("slow_to_load", "json", then=make_ready)
    may_go_on.set()
    wait_for_the_rest()
    assert "slow_to_load" in sys.modules
    assert not begun.acquire(blocking=False), "made ready a second time"


def test_what_cannot_be_loaded_is_left_to_whoever_needs_it() -> None:
    done: list[bool] = []
    load_ahead("there_is_no_such_module", then=lambda: done.append(True))
    wait_for_the_rest()
    assert done
