"""What a job may do: anything; what it costs: itself."""

from __future__ import annotations

import io
import json
import os
import struct
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline.machine import pool as module
from pipeline.machine import processes
from pipeline.machine.child import LARGEST, BrokenFrameError, read_frame
from pipeline.machine.pool import BUG, CRASH, MEMORY, TIME, Here, JobAnswer, JobFailure, Limits, Pool, PoolJob

QUICK = Limits(seconds=3.0, cpu=1.0, memory=200 * 1024 * 1024)


REMEMBERED: list[int] = []
"""What a child was told to get ready with."""
HOUSE = str(Path(__file__).resolve().parents[2])


@pytest.fixture(scope="module", autouse=True)
def _children_know_this_module() -> Iterator[None]:
    own = module._package_folders  # noqa: SLF001
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(module, "_package_folders", lambda: [*own(), HOUSE])
        yield


@pytest.fixture(scope="module")
def pool() -> Iterator[Pool]:
    with Pool(2) as made:
        yield made


def act(  # noqa: C901, PLR0912 - a list of misdeeds
    arguments: str, blobs: Sequence[bytes]
) -> tuple[str, Sequence[bytes]]:
    """Do in a child what the arguments name."""
    what = json.loads(arguments)
    if what == "abort":
        os.abort()
    if what == "leave":
        os._exit(0)
    if what == "spin":
        while True:
            pass
    if what == "work":
        end = time.process_time() + 1.0
        while time.process_time() < end:
            pass
    if what == "sleep":
        time.sleep(60)
    if what == "grow":
        return str(len(b"x" * 2_000_000_000)), ()
    if what == "creep":
        held = []
        while True:
            held.append(bytearray(b"x") * 5_000_000)
            time.sleep(0.02)
    if what == "hold":
        return str(os.getpid() if bytearray(b"x") * 170_000_000 else 0), ()
    if what == "who":
        return str(os.getpid()), ()
    if what == "remember":
        REMEMBERED.append(os.getpid())
        time.sleep(0.5)
    if what == "recall":
        return json.dumps([os.getpid(), REMEMBERED]), ()
    if what == "raise":
        raise ZeroDivisionError(what)
    if what == "print":
        print("noise" * 1000)  # noqa: T201 - as a library might
    if what == "where":
        return json.dumps([dict(os.environ), sys.path, str(Path.cwd()), os.listdir()]), ()  # noqa: PTH208
    return json.dumps(what), [bytes(reversed(blob)) for blob in blobs]


def job(what: object, *blobs: bytes) -> PoolJob:
    return PoolJob(f"{__name__}:act", json.dumps(what), blobs)


def test_what_is_large_may_take_longer(pool: Pool) -> None:
    """By its size: a second of work is too much for a small job, and nothing for one of three megabytes."""
    limits = replace(QUICK, cpu=0.1, seconds=10.0, each_megabyte=20.0)
    done = dict(pool.run([job("work"), job("work", bytes(3_000_000))], lambda: limits))
    assert (done[0].kind if isinstance(done[0], JobFailure) else "") == TIME
    assert isinstance(done[1], JobAnswer)


@pytest.mark.parametrize("where", ["pool", "here"])
def test_answers_carry_text_and_bytes(pool: Pool, where: str) -> None:
    chosen = pool if where == "pool" else Here()
    large = bytes(range(256)) * 4000
    done = dict(chosen.run([job("字"), job(1, b"ab", large), job("print")], lambda: QUICK))
    assert done == {
        0: JobAnswer('"\\u5b57"'),
        1: JobAnswer("1", (b"ba", large[::-1])),
        2: JobAnswer('"print"'),
    }


@pytest.mark.parametrize(
    ("what", "kind"),
    [
        ("abort", CRASH),
        ("leave", CRASH),
        ("spin", TIME),
        ("sleep", TIME),
        ("grow", MEMORY),
        ("creep", MEMORY),
        ("raise", BUG),
    ],
)
def test_whatever_a_job_does_costs_that_job(pool: Pool, what: str, kind: str) -> None:
    before, bad, after = (
        outcome for _, outcome in sorted(pool.run([job(1), job(what), job(2)], lambda: QUICK))
    )
    assert (before, after) == (JobAnswer("1"), JobAnswer("2"))
    assert isinstance(bad, JobFailure)
    assert bad.kind == kind
    assert ("ZeroDivisionError" in bad.detail) is (what == "raise")


@pytest.mark.skipif(os.name != "posix", reason="the redirector is a script")
def test_what_a_child_holds_is_seen_behind_the_redirector_of_a_venv(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As on Windows: python.exe starts the real one and waits, psutil measures, and a child sets itself no limit."""
    redirector = tmp_path / "python.sh"
    redirector.write_text(f'#!/bin/sh\n"{sys.executable}" "$@"\n', "utf-8")
    redirector.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(redirector))
    monkeypatch.setattr(processes, "_VENV_STARTS_ANOTHER", True, raising=False)
    monkeypatch.setattr(processes, "_TELLS_ITSELF", False)
    no_limit = module._START.replace(  # noqa: SLF001
        "from pipeline.machine.child", "sys.modules['resource']=None;from pipeline.machine.child"
    )
    monkeypatch.setattr(module, "_START", no_limit)
    with Pool() as made:
        [(_, grown)] = made.run([job("creep")], lambda: QUICK)
        [(_, spun)] = made.run([job("spin")], lambda: replace(QUICK, seconds=30.0))
    assert isinstance(grown, JobFailure)
    assert isinstance(spun, JobFailure)
    assert (grown.kind, spun.kind) == (MEMORY, TIME)
    assert spun.seconds < 10


def test_a_child_stays_however_large_its_parent_is_and_leaves_when_it_held_much_itself() -> None:
    ample = replace(QUICK, memory=1024 * 1024 * 1024)
    large = bytearray(b"x") * 300_000_000
    with Pool() as made:
        said = [*made.run([job("who"), job("who"), job("hold"), job("who")], lambda: ample)]
        numbers = [item.text for _, item in sorted(said) if isinstance(item, JobAnswer)]
    assert len(large) == 300_000_000
    assert numbers[0] == numbers[1] == numbers[2]
    assert numbers[3] not in {"", numbers[2]}


@pytest.mark.parametrize(("parts", "size"), [(2, 200 * 2**20), (2**32 - 1, 0)], ids=["large", "endless"])
def test_what_a_child_sends_is_bounded_as_a_whole(parts: int, size: int) -> None:
    """The parent holds what a child sends; one that was taken over must not decide how much."""
    one = struct.pack(">Q", size) + bytes(size)
    stream = io.BytesIO(struct.pack(">I", parts) + one * min(parts, 100_000))
    with pytest.raises(BrokenFrameError):
        read_frame(stream)
    assert stream.tell() <= LARGEST


def test_jobs_are_taken_when_a_child_is_free(pool: Pool) -> None:
    """A thousand large files are never in memory at once."""
    begun: list[int] = []

    def jobs() -> Iterator[PoolJob]:
        for number in range(20):
            begun.append(number)
            yield job(number)

    for done, _ in enumerate(pool.run(jobs(), lambda: QUICK)):
        assert len(begun) - done <= 3


def _texts(made: Pool, what: object, times: int) -> list[str]:
    outcomes = dict(made.run((job(what) for _ in range(times)), lambda: QUICK))
    assert all(isinstance(own, JobAnswer) for own in outcomes.values())
    return [own.text for own in outcomes.values() if isinstance(own, JobAnswer)]


def test_a_child_that_waits_gets_ready_for_what_comes_once() -> None:
    with Pool() as made:
        made.prepare(job("remember"))
        [child] = _texts(made, "who", 1)
        for _ in range(2):
            assert [json.loads(text) for text in _texts(made, "recall", 2)] == [
                [int(child), [int(child)]]
            ] * 2


def test_no_job_waits_for_the_start_of_another_child(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_WORTH_ANOTHER", 2)
    with Pool(2) as made:
        made.prepare(job("remember"))
        assert len(set(_texts(made, "who", 8))) == 1
        told: list[tuple[int, list[int]]] = []
        for _ in range(600):
            told += [json.loads(text) for text in _texts(made, "recall", 8)]
            if len({child for child, _ in told}) == 2:
                break
            time.sleep(0.02)
        else:
            pytest.fail("the other child never joins in")
        assert all(remembered == [child] for child, remembered in told)


@pytest.mark.parametrize("first", ["remember", "abort"])
def test_the_start_of_a_child_in_the_place_of_a_lost_one_counts_for_no_job(
    monkeypatch: pytest.MonkeyPatch, first: str
) -> None:
    """Else one job that is ended ends the next, which starts anew, and so on to the last of a run."""
    begun: list[tuple[str, bool]] = []
    begin = module._ChildLane.begin  # noqa: SLF001

    def noted(lane: module._ChildLane, one: PoolJob, limits: Limits, answers: Any) -> None:  # noqa: ANN401
        begun.append((json.loads(one.arguments), lane.is_gone))
        begin(lane, one, limits, answers)

    monkeypatch.setattr(module._ChildLane, "begin", noted)  # noqa: SLF001
    with Pool() as made:
        made.prepare(job(first))
        outcomes = dict(made.run(map(job, ["leave", "one", "raise", "two"]), lambda: QUICK))
    assert [type(outcomes[number]) for number in range(4)] == [JobFailure, JobAnswer, JobFailure, JobAnswer]
    assert begun[:3] == [("leave", True), (first, True), ("one", first == "abort")]
    assert begun[3:5] == [("raise", False), ("two", False)], "a job that fails by itself loses no child"


@pytest.mark.parametrize("what", ["abort", "raise", "leave"])
def test_a_child_that_cannot_get_ready_costs_no_job(what: str) -> None:
    with Pool() as made:
        made.prepare(job(what))
        for _ in range(3):
            assert _texts(made, {"n": 1}, 2) == ['{"n": 1}'] * 2


def test_a_child_has_no_power_of_its_own(pool: Pool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("NIANBAO_IMAP_PASSWORD", "secret")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise SystemExit('read from here')", "utf-8")
    pool.close()
    [(_, outcome)] = pool.run([job("where")], lambda: QUICK)
    assert isinstance(outcome, JobAnswer)
    names, paths, folder, files = json.loads(outcome.text)
    assert "secret" not in names.values()
    assert names["HOME"] == folder
    assert str(tmp_path) not in {folder, *paths}
    assert files == []


def test_nothing_of_a_pool_is_left_behind() -> None:
    with Pool() as made:
        [(_, outcome)] = made.run([job("where")], lambda: QUICK)
        assert isinstance(outcome, JobAnswer)
        folder = Path(json.loads(outcome.text)[2])
        assert folder.is_dir()
    assert not folder.exists()
