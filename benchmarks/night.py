"""A whole run of 1,000 agencies, half of them by mail, against its floor: opening, reading and writing the same bytes.

Then what a night costs that brings nothing, and one that brings ten new files: against the work on these and the workbook.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_bytes
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

from python_calamine import load_workbook

from benchmarks.measure import Line
from pipeline.district.folder import load_district
from pipeline.forms.loader import load_form
from pipeline.ledger import access, codes
from pipeline.machine.garbage import look_seldom
from pipeline.machine.work import Workforce
from pipeline.publishing.summary import district_workbook as summary
from pipeline.publishing.template import Stamp, build_workbook
from pipeline.run import batch, carrying
from pipeline.run.letters import outgoing as letterbox
from tests.support.fills import report
from tests.support.mails import mail

AGENCIES = 1000
WHOLE_AIM = 6.0
DEMO_AIM = 3.0
UNCHANGED_AIM = 1.0
NEW = 10
NEW_AIM = 1.5
SHARE_AIM = 5.0
_OF_THE_COORDINATOR: Sequence[tuple[ModuleType, str]] = (
    (carrying, "carry_out"),
    (letterbox, "lay_out_todo"),
    (access, "check_codes"),
    (codes, "remember"),
)
"""What a run does for what persons decide, and to remember who is who: it came later than the rest and must not slow it."""
_CONFIG = """\
name = "样例市"
level = "县区"
year = 2023
form = "annual_report_2021"
deadline = 2024-01-31
"""
_NOW = datetime(2024, 2, 1, 8, tzinfo=UTC)
_SAMPLE = Path(__file__).parent.parent / "examples" / "linping-2023"


def run() -> list[Line]:
    """Run the night (imports done, they are in the last line), a second night with nothing new, and the sample district from a cold start."""
    with tempfile.TemporaryDirectory() as folder:
        return [*_thousand(Path(folder)), _demo(Path(folder) / "demo")]


def _thousand(folder: Path) -> list[Line]:
    _make_district(folder)
    district, output = load_district(folder), folder / "output"
    look_seldom()  # as the command does
    quiet = {"now": _NOW, "work": Workforce(), "progress": lambda *_: None}
    batch.run(load_district(_SAMPLE), folder / "warm", **quiet)
    watches = {name: _Stopwatch(getattr(module, name)) for module, name in _OF_THE_COORDINATOR}
    start, cpu = time.perf_counter(), time.process_time()
    with ExitStack() as patches:
        for module, name in _OF_THE_COORDINATOR:
            patches.enter_context(patch.object(module, name, watches[name]))
        done = batch.run(district, output, **quiet)
    ours, ours_cpu = time.perf_counter() - start, time.process_time() - cpu
    assert done.record["counts"]["accepted"] == AGENCIES
    floor = _floor(district.inbox, output, folder / "floor")
    start = time.perf_counter()
    again = batch.run(district, output, **quiet)
    second = time.perf_counter() - start
    assert again.unchanged
    for number in range(NEW):
        _deliver(folder, number, version=2)
    workbook = _Stopwatch(summary.build_summary)
    start = time.process_time()
    with patch.object(summary, "build_summary", workbook):
        later = batch.run(district, output, **quiet)
    few = time.process_time() - start
    assert later.record["counts"]["accepted"] == AGENCIES
    least = workbook.seconds + ours_cpu * NEW / AGENCIES
    note = f"{ours:.1f} s, floor {floor:.1f} s; one process, Word included"
    new_note = f"{few:.1f} s CPU, the workbook {workbook.seconds:.1f} s"
    return [
        Line("whole run, N = 1,000 / floor", ours / floor, "×", WHOLE_AIM, note),
        Line(
            "decisions, 待办.xlsx and roster memory / the whole run",
            100 * sum(watch.seconds for watch in watches.values()) / ours_cpu,
            "% CPU",
            SHARE_AIM,
            "、".join(f"{name} {watch.seconds:.2f} s" for name, watch in watches.items()),
        ),
        Line("a night with nothing new, N = 1,000", second, "s", UNCHANGED_AIM),
        Line(
            f"a night with {NEW} new, N = 1,000 / the {NEW} and the workbook",
            few / least,
            "×",
            NEW_AIM,
            new_note,
        ),
    ]


@dataclass(slots=True)
class _Stopwatch:
    """Does what ``action`` does, and adds up the CPU time that takes."""

    action: Callable[..., Any]
    seconds: float = 0.0

    def __call__(self, *args: object, **options: object) -> Any:  # noqa: ANN401 - whatever the action returns
        start = time.process_time()
        try:
            return self.action(*args, **options)
        finally:
            self.seconds += time.process_time() - start


def _make_district(folder: Path) -> None:
    (folder / "inbox").mkdir()
    (folder / "district.toml").write_text(_CONFIG, "utf-8")
    agencies = (f"{number:04},{_name(number)},{_address(number)}" for number in range(AGENCIES))
    lines = ["code,name,email", *agencies]
    (folder / "agencies.csv").write_text("\n".join(lines), "utf-8")
    for number in range(AGENCIES):
        _deliver(folder, number)


def _name(number: int) -> str:
    return f"样例市第{number:04}局"


def _address(number: int) -> str:
    return f"clerk{number:04}@example.gov.cn"


def _deliver(folder: Path, number: int, version: int = 1) -> None:
    """Put a report of the ``number``-th agency into the inbox, every other one as a mail; another version has other figures."""
    form, code, name = load_form(), f"{number:04}", _name(number)
    filled = report(form, code, name, 2023, rng=random.Random(version * AGENCIES + number))
    inputs = {
        cell.key: value for cell, value in zip(form.cells, filled.numbers, strict=True) if cell.is_input
    }
    content = build_workbook(form, Stamp(code, name, 2023), values={**inputs, **filled.texts})
    if number % 2:
        headers = {"From": _address(number), "Message_ID": f"<{version}.{number}@example.gov.cn>"}
        letter = mail([(f"{name}.xlsx", content)], **headers).as_bytes()
        (folder / "inbox" / f"{name}_{version}.eml").write_bytes(letter)
    else:
        (folder / "inbox" / f"{name}_{version}.xlsx").write_bytes(content)


def _floor(inbox: Path, output: Path, target: Path) -> float:
    """Time what no program can save: mails are opened, calamine reads every file, the bytes of the outputs are written."""
    contents = [path.read_bytes() for path in sorted(output.rglob("*")) if path.is_file()]
    target.mkdir()
    start = time.perf_counter()
    for path in sorted(inbox.iterdir()):
        workbook = load_workbook(BytesIO(_spreadsheet(path)))
        for name in workbook.sheet_names:
            workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    for number, content in enumerate(contents):
        (target / str(number)).write_bytes(content)
    return time.perf_counter() - start


def _spreadsheet(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix == ".xlsx":
        return content
    found = message_from_bytes(content).get_payload(1).get_payload(decode=True)  # type: ignore[union-attr]
    assert isinstance(found, bytes)
    return found


def _demo(output: Path) -> Line:
    """Time the sample district as a whole process, as ``make demo`` runs it."""
    command = [sys.executable, "-m", "pipeline", "run", str(_SAMPLE), "--output", str(output)]
    command += ["--now", "2024-02-01T08:00:00"]
    times = []
    for _ in range(3):
        shutil.rmtree(output, ignore_errors=True)
        start = time.perf_counter()
        subprocess.run(command, check=False, capture_output=True)
        times.append(time.perf_counter() - start)
        assert (output / "2023" / "run.json").is_file()
    return Line("the sample district from a cold start", sorted(times)[1], "s", DEMO_AIM)
