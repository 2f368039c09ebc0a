"""What the system's own files tell of a process is what psutil tells."""

from __future__ import annotations

import subprocess
import sys
import time

import psutil
import pytest

from pipeline.machine import processes

BUSY = """
import subprocess, sys
inner = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
held = bytearray(50_000_000)
number = sum(range(3_000_000))
print("ready", flush=True)
inner.wait()
"""


def test_a_process_and_its_children_are_seen_and_ended() -> None:
    with subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"ready\n"
        seen, known = processes.taken(process.pid), psutil.Process(process.pid)
        assert seen
        assert seen[0] == pytest.approx(sum(known.cpu_times()[:2]), abs=0.1)
        assert seen[1] == pytest.approx(known.memory_info().rss, rel=0.05)
        family = processes.descendants(process.pid)
        assert family == [child.pid for child in known.children(recursive=True)]
        assert len(family) == 1
        processes.end_all([process.pid, *family])
        process.wait()
        until = time.monotonic() + 10
        while time.monotonic() < until and psutil.pid_exists(family[0]):
            if psutil.Process(family[0]).status() == psutil.STATUS_ZOMBIE:
                break
            time.sleep(0.05)
        assert processes.taken(process.pid) is None
        assert processes.descendants(process.pid) == []
        processes.end_all([process.pid])


def test_elsewhere_psutil_tells_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    with subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        here = processes.taken(process.pid), processes.descendants(process.pid)
        monkeypatch.setattr(processes, "_TELLS_ITSELF", False)
        there = processes.taken(process.pid), processes.descendants(process.pid)
        processes.end_all([process.pid, *there[1]])
    assert here[1] == there[1]
    assert here[0]
    assert there[0]
    assert here[0][0] == pytest.approx(there[0][0], abs=0.1)
    assert processes.taken(process.pid) is None
    assert processes.descendants(process.pid) == []
