"""What every peer is told on its command line, and how it says what it took.

    python benchmarks/peers/<peer>.py INBOX FIELDS OUTPUT [MOST]

``FIELDS`` is what ``nianbao fields --json`` prints. A peer imports first and then times itself: start-up is nobody's point here.
"""

from __future__ import annotations

import json
import re
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Task:
    """Files to work on, fields to take out of them, and where to write."""

    files: list[Path]
    fields: list[dict[str, Any]]
    output: Path

    @property
    def numbers(self) -> list[dict[str, Any]]:
        """The fields that hold numbers."""
        return [field for field in self.fields if field["kind"] in {"count", "money"}]

    @property
    def texts(self) -> list[dict[str, Any]]:
        """The fields that hold texts."""
        return [field for field in self.fields if field["kind"] == "text"]


def spot(address: str) -> tuple[int, int]:
    """Return row and column, from zero, of an address like ``B7``."""
    letters, digits = re.fullmatch(r"([A-Z]+)(\d+)", address).groups()  # type: ignore[union-attr]
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(digits) - 1, column - 1


def carry_out(work: Callable[[Task], object]) -> None:
    """Do ``work`` and print, as JSON, on how many files, and the seconds of processor and clock it took."""
    inbox, fields, output, *most = sys.argv[1:]
    files = sorted(Path(inbox).glob("*.xlsx"))[: int(most[0]) if most else None]
    Path(output).mkdir(parents=True, exist_ok=True)
    task = Task(files, json.loads(Path(fields).read_text("utf-8")), Path(output))
    wall, cpu = time.perf_counter(), time.process_time()
    work(task)
    took = {"files": len(files), "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
    print(json.dumps(took))
