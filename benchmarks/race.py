"""nianbao beside the floor and three peers, on the same files in the same run: processor time and clock, as a table.

    python -m benchmarks race [N] [--peers PYTHON]     N files (1,000); PYTHON has the packages of peers/requirements.txt

Half the files are written as nianbao's own templates are, half are saved by openpyxl, which stores no result of a formula.
Slow peers work on some of the files; their figures are for each file. nianbao is timed as whole processes, start-up, children
and all that it writes included. Without ``--peers`` only the floor is run.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook

import pipeline
from pipeline.forms.loader import load_form
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.fills import report

PEERS = Path(__file__).parent / "peers"
YEAR = 2023
_CONFIG = f"""\
name = "样例市"
level = "县区"
year = {YEAR}
form = "annual_report_2021"
deadline = 2024-01-31
"""
NIGHT = ("--now", "2024-02-01T08:00:00")
_AS_INSTALLED = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
"""Whoever installs a program has it compiled once, not at every start of every process."""
SAMPLES = {"competent": 30, "naive": 10, "by_frictionless": 20}
"""On how many files at most a peer is run."""


@dataclass(frozen=True, slots=True)
class Took:
    """What one way took for each file, in milliseconds of processor and clock."""

    name: str
    cpu: float
    wall: float
    files: int


def make_files(folder: Path, number: int) -> None:
    """Write a district with ``number`` agencies, whose reports lie in its inbox."""
    write_district(folder, number)
    for index in range(number):
        (folder / "inbox" / f"{name_of(index)}.xlsx").write_bytes(_filled(index))


def write_district(folder: Path, number: int) -> None:
    """Write a district with ``number`` agencies and an empty inbox."""
    (folder / "inbox").mkdir(parents=True)
    (folder / "district.toml").write_text(_CONFIG, "utf-8")
    rows = [f"{index:05},{name_of(index)},clerk{index:05}@example.gov.cn" for index in range(number)]
    (folder / "agencies.csv").write_text("\n".join(["code,name,email", *rows]), "utf-8")


def name_of(index: int) -> str:
    """Name an agency."""
    return f"样例市第{index:05}局"


def _filled(index: int) -> bytes:
    """Fill a template: every other as nianbao writes it, and by openpyxl."""
    form, code, name = load_form(), f"{index:05}", name_of(index)
    sent = report(form, code, name, YEAR, rng=random.Random(index))
    inputs = {cell.key: value for cell, value in zip(form.cells, sent.numbers, strict=True) if cell.is_input}
    values = {**inputs, **sent.texts}
    if index % 2 == 0:
        return build_workbook(form, Stamp(code, name, YEAR), values=values)
    book = load_workbook(BytesIO(build_workbook(form, Stamp(code, name, YEAR))))
    for key, value in values.items():
        place = form.places[key]
        book[place.sheet][place.cell] = value if isinstance(value, str | int) else float(value)
    stream = BytesIO()
    book.save(stream)
    return stream.getvalue()


def race(number: int, peers: str | None) -> Iterator[Took]:
    """Yield what each way took."""
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        district, output, fields = folder / "district", folder / "output", folder / "fields.json"
        make_files(district, number)
        compileall.compile_dir(Path(pipeline.__file__).parent, quiet=1)
        fields.write_bytes(_nianbao("fields", "--json").stdout)
        for name, options in (("one process", ("--workers", "1")), ("two workers", ("--workers", "2"))):
            target = output if name == "one process" else folder / "two"
            yield run_timed(
                f"nianbao, {name}", number, "run", str(district), "--output", str(target), *NIGHT, *options
            )
        yield run_timed("nianbao, nothing new", number, "run", str(district), "--output", str(output), *NIGHT)
        yield peer(sys.executable, "floor", number, district / "inbox", fields, output)
        for name, most in SAMPLES.items() if peers else ():
            yield peer(str(peers), name, min(number, most), district / "inbox", fields, folder / name)


def _nianbao(*arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "pipeline", *arguments]
    return subprocess.run(command, capture_output=True, check=False, env=_AS_INSTALLED)


def run_timed(name: str, files: int, *arguments: str) -> Took:
    """Run nianbao as a process; what it and all its children took."""
    before, start = os.times(), time.perf_counter()
    done = _nianbao(*arguments)
    wall, after = time.perf_counter() - start, os.times()
    assert done.returncode == 0, done.stderr.decode()
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return Took(name, cpu / files * 1000, wall / files * 1000, files)


def peer(python: str, name: str, files: int, *paths: Path) -> Took:
    """Run a peer, or the floor; what it says it took."""
    command = [python, str(PEERS / f"{name}.py"), *map(str, paths), str(files)]
    done = subprocess.run(command, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    took = json.loads(done.stdout.splitlines()[-1])
    return Took(name, took["cpu"] / files * 1000, took["wall"] / files * 1000, files)


def table(found: Sequence[Took]) -> str:
    """Write what was found as a table, with ratios against the floor and against nianbao in one process."""
    floor = next(item for item in found if item.name == "floor")
    ours = next(item for item in found if item.name == "nianbao, one process")
    lines = [
        "| | files | CPU, ms each | wall, ms each | CPU / floor | CPU / nianbao, one process | wall / floor |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {item.name} | {item.files:,} | {item.cpu:.1f} | {item.wall:.1f} | {item.cpu / floor.cpu:.2f} × | "
        f"{item.cpu / ours.cpu:.2f} × | {item.wall / floor.wall:.2f} × |"
        for item in found
    ]
    return "\n".join(lines)


def main(arguments: Sequence[str]) -> None:
    """Run the race and print the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks race")
    parser.add_argument("number", nargs="?", type=int, default=1000)
    parser.add_argument("--peers")
    asked = parser.parse_args(arguments)
    print(table(list(race(asked.number, asked.peers))))
