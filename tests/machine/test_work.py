"""Carrying out a stage: the same results in order, whatever the executor."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from multiprocessing import active_children

import pytest
from distributed import LocalCluster

from pipeline.machine import work
from pipeline.machine.work import SERIAL_BELOW, Workforce, open_work
from pipeline.model import EnvironmentFailedError


def times(factor: int, items: Sequence[int]) -> list[int]:
    return [factor * item for item in items]


def named(_: int, items: Sequence[int]) -> list[str]:
    return [threading.current_thread().name] * len(items)


def test_chunks_are_joined_in_order_and_progress_ends_at_the_whole() -> None:
    seen: list[int] = []
    with ThreadPoolExecutor(3) as executor:
        for work in (Workforce(), Workforce(executor)):
            seen.clear()
            assert work.map(times, 3, range(101), seen.append) == [3 * item for item in range(101)]
            assert seen[0] == 0
            assert seen == sorted(seen)
            assert seen[-1] == 101


def test_small_batches_stay_in_this_process() -> None:
    with open_work(SERIAL_BELOW - 1) as work:
        assert work.executor is None


def test_a_stage_with_little_to_do_stays_here_however_full_the_inbox_is() -> None:
    with ThreadPoolExecutor(1) as executor:
        here = Workforce(executor, serial_below=50)
        assert here.map(named, 0, range(49), lambda _: None) == [threading.current_thread().name] * 49
        assert threading.current_thread().name not in here.map(named, 0, range(50), lambda _: None)


def test_processes_give_the_same_results() -> None:
    with open_work(10, workers=2) as work:
        assert work.executor is not None
        assert work.map(times, 2, range(60), lambda _: None) == times(2, range(60))


def test_helpers_start_before_there_is_work_for_them() -> None:
    with open_work(10, workers=2) as work:
        before = len(active_children())
        work.prepare(10, "json")
        assert len(active_children()) == before + 2
    with open_work(SERIAL_BELOW) as work:
        work.prepare(SERIAL_BELOW - 1, "json")
        assert len(active_children()) == before, "there is too little to do"
    Workforce().prepare(SERIAL_BELOW, "json")


def test_no_more_processes_are_asked_for_than_windows_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []

    def processes(number: int) -> ThreadPoolExecutor:
        asked.append(number)
        return ThreadPoolExecutor(1)

    monkeypatch.setattr(work, "_processes", processes)
    monkeypatch.setattr(work, "_MOST_PROCESSES", 61, raising=False)
    for workers in (62, 2):
        with open_work(SERIAL_BELOW, workers=workers):
            pass
    assert asked == [61, 2]


def test_a_cluster_that_does_not_answer_is_an_environment_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_PATIENCE", 1)
    with pytest.raises(EnvironmentFailedError), open_work(10, engine="tcp://127.0.0.1:9"):
        pytest.fail("nothing listens on the discard port")


@pytest.mark.filterwarnings("default")  # what a cluster warns of is not ours to mend
def test_a_real_cluster_gives_the_same_results() -> None:
    with (
        LocalCluster(n_workers=1, threads_per_worker=1, processes=False, dashboard_address=None) as cluster,  # type: ignore[no-untyped-call]
        open_work(10, engine=str(cluster.scheduler_address)) as work,
    ):
        assert work.map(times, 5, range(60), lambda _: None) == times(5, range(60))
