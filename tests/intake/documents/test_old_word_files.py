"""An old Word file is read by LibreOffice within a child of the pool; one that does not come to its end costs itself."""

from __future__ import annotations

import socket
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import psutil
import pytest

from pipeline.forms.loader import load_form
from pipeline.intake.guard import isolation as barrier
from pipeline.intake.guard.isolation import FIRST
from pipeline.machine import libreoffice
from pipeline.machine.pool import JobAnswer, JobFailure, Limits, Outcome, Pool
from pipeline.publishing.word import report as word
from pipeline.publishing.word.word_layout import build_layout
from tests.intake.support import draft, numbers_for
from tests.support.libreoffice import convert
from tests.support.real_report import load_real_report

FORM = load_form()
REAL = load_real_report()
HANGS = "import time\nwhile True: time.sleep(9)\n"


@pytest.fixture(scope="module")
def old_word(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    folder = tmp_path_factory.mktemp("word")
    source = folder / "report.docx"
    source.write_bytes(
        word.render(word.compile_layout(build_layout(FORM), FORM), REAL.as_report(FORM, "003"))
    )
    [made] = convert([source], folder / "made", "doc")
    return made.read_bytes()


def test_it_is_read_within_the_limits_of_any_file(old_word: bytes) -> None:
    """The child may hold few addresses; LibreOffice needs many more than it ever uses."""
    with Pool(1) as pool:
        [(_, outcome)] = pool.run([barrier.reading(FORM.reference, old_word)], lambda: FIRST)
    assert barrier.understood(FORM, outcome).numbers == REAL.numbers


def test_one_that_keeps_it_busy_costs_itself(old_word: bytes) -> None:
    """What the pool ends it ends with everything that was started, and the next file is read."""
    good = draft(FORM, numbers_for(FORM, 3)).xlsx()
    limits = {"before": FIRST, "old": Limits(seconds=0.4), "after": FIRST}
    outcomes: dict[str, Outcome] = {}
    with Pool(1) as pool:
        for name, content in (("before", good), ("old", old_word), ("after", good)):
            job = barrier.reading(FORM.reference, content)
            [(_, outcomes[name])] = pool.run([job], lambda name=name: limits[name])  # type: ignore[misc]
    assert isinstance(outcomes["old"], JobFailure)
    assert outcomes["old"].kind == "time"
    assert isinstance(outcomes["before"], JobAnswer)
    assert outcomes["before"] == outcomes["after"]
    assert [
        item.name() for item in psutil.Process().children(recursive=True) if "soffice" in item.name()
    ] == []


def test_a_program_that_hangs_is_ended_with_what_it_started(tmp_path: Path) -> None:
    program = tmp_path / "hangs"
    child = f"import subprocess, sys\nsubprocess.Popen([sys.executable, '-c', {HANGS!r}])\n{HANGS}"
    program.write_text(f"#!{sys.executable}\n{child}", "utf-8")
    program.chmod(0o700)
    start = time.monotonic()
    libreoffice.convert(str(program), [tmp_path / "x.doc"], tmp_path / "out", "docx", seconds=1.0)
    assert time.monotonic() - start < 10
    assert [item.pid for item in psutil.Process().children(recursive=True) if is_hanging(item)] == []
    assert not (tmp_path / "out" / "x.docx").exists()


def is_hanging(process: psutil.Process) -> bool:
    try:
        return process.status() != psutil.STATUS_ZOMBIE and HANGS in "".join(process.cmdline())
    except psutil.Error:
        return False


@contextmanager
def listening() -> Iterator[tuple[int, list[bytes]]]:
    """A port on this machine, and what was asked there."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        running = [True]

        def serve() -> None:
            while running:
                try:
                    connection, _ = server.accept()
                except TimeoutError:
                    continue
                with connection:
                    asked.append(connection.recv(200))

        thread = Thread(target=serve)
        thread.start()
        try:
            yield server.getsockname()[1], asked
        finally:
            running.clear()
            thread.join()


HTML = '<html><body><img src="%(url)s/a.png"><link rel="stylesheet" href="%(url)s/a.css"><iframe src="%(url)s/b"></iframe></body></html>'


def test_it_asks_the_network_for_nothing(tmp_path: Path) -> None:
    program = libreoffice.find_program()
    if program is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    source = tmp_path / "a.html"
    with listening() as (port, asked):
        source.write_text(HTML % {"url": f"http://127.0.0.1:{port}"}, "utf-8")
        libreoffice.convert(program, [source], tmp_path / "out", "docx:Office Open XML Text", seconds=60)
    assert (tmp_path / "out" / "a.docx").exists()
    assert asked == []
