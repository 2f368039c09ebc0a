"""What a command cost: its time on the processor and the memory of its largest process, helpers of its own included.

A process keeps the size of the one that forked it as its largest, even after it became another program. So the command is
started by a small one that does nothing else, and not by the tests, whose memory holds everything tested so far.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

_STARTER = """
import json, resource, subprocess, sys
code = subprocess.run(sys.argv[2:], check=False).returncode
used = resource.getrusage(resource.RUSAGE_CHILDREN)
with open(sys.argv[1], "w") as told:
    json.dump([code, used.ru_utime + used.ru_stime, used.ru_maxrss], told)
"""


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command and its children used."""

    seconds: float
    """On the processor."""
    kilobytes: int
    """Of the largest of its processes, not their sum."""


def measured(command: list[str]) -> tuple[subprocess.CompletedProcess[str], Cost]:
    """Run ``command`` in a process of its own, and say what it took."""
    with tempfile.TemporaryDirectory() as folder:
        told = Path(folder) / "told"
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", _STARTER, str(told), *command],
            capture_output=True,
            check=True,
            encoding="utf-8",
            env=dict(os.environ),
        )
        code, seconds, kilobytes = json.loads(told.read_text("utf-8"))
    return subprocess.CompletedProcess(command, code, done.stdout, done.stderr), Cost(seconds, kilobytes)
