"""The district workbook of 1,000 and of 10,000 agencies: time for each agency, against deflating and writing its bytes, and memory."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import UTC, date, datetime
from pathlib import Path

import psutil

from benchmarks.measure import Line, median_seconds
from pipeline.forms.loader import load_form
from pipeline.model import DistrictSummary
from pipeline.publishing import zip_package
from pipeline.publishing.summary.district_workbook import build_summary
from tests.support.many import known, many

AGENCIES, MOST_AGENCIES = 1000, 10_000
FLOOR_AIM, EACH_AIM, MEMORY_AIM = 8.0, 2.0, 300.0


def run() -> list[Line]:
    """Build the workbook in this process for time, in one of its own for memory."""
    summary = many(load_form(), AGENCIES)
    content = build(summary)
    parts = zip_package.unpack(content)

    def write_only() -> None:
        with tempfile.TemporaryFile() as file:
            with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
                for name, plain in parts:
                    archive.writestr(name, plain)
            file.flush()

    ours, floor = median_seconds(lambda: build(summary), write_only, rounds=3)
    note = f"{ours:.2f} s; deflating and writing its {len(content) / 1e6:.1f} MB takes {floor:.2f} s"
    seconds, megabytes = map(float, _alone().split())
    return [
        Line(f"district workbook, N = {AGENCIES:,} / its bytes", ours / floor, "×", FLOOR_AIM, note),
        Line(
            f"district workbook, N = {MOST_AGENCIES:,}",
            seconds / MOST_AGENCIES * 1000,
            "ms CPU/agency",
            EACH_AIM,
        ),
        Line(f"district workbook, N = {MOST_AGENCIES:,}, memory", megabytes, "MB more", MEMORY_AIM),
    ]


def build(summary: DistrictSummary) -> bytes:
    """Build the workbook of ``summary``."""
    day = datetime(2024, 2, 1, tzinfo=UTC)
    return build_summary(
        load_form(), summary, deadline=date(2024, 1, 31), now=day, notices={}, background=known(summary)
    )


def _alone() -> str:
    program = "from benchmarks.summary import measure; measure()"
    return subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout


def measure() -> None:
    """Print the CPU seconds of the largest workbook and by how many megabytes it raised the peak of this process."""
    summary = many(load_form(), MOST_AGENCIES)
    before = psutil.Process().memory_info().rss
    start = time.process_time()
    size = len(build(summary))
    seconds = time.process_time() - start
    peak = Path("/proc/self/status").read_text("utf-8").split("VmHWM:")[1].split()[0]
    assert size
    print(seconds, int(peak) / 1000 - before / 1e6)
