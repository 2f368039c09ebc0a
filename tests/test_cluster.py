"""A real cluster of two workers: the same outputs as in one process, also when a worker is killed in the middle."""

from __future__ import annotations

import os
import random
import signal
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from distributed import LocalCluster

from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.machine.cluster import RemotePool
from pipeline.machine.work import Workforce, open_work
from pipeline.model import CHINA
from pipeline.publishing.template import build_workbook
from pipeline.run import batch
from tests.support.fills import report
from tests.support.folders import YEAR, contents, inputs_only, make_district

pytestmark = [
    pytest.mark.filterwarnings("default"),  # what a cluster warns of is not ours to mend
    pytest.mark.skipif(os.name == "nt", reason="killing a worker needs signals"),
]
NOW = datetime(2024, 1, 15, 20, tzinfo=CHINA)
AGENCIES = tuple(f"第{number:02}局" for number in range(60))


@pytest.fixture(scope="module")
def district(tmp_path_factory: pytest.TempPathFactory, form: Form) -> Path:
    """A district with 60 agencies; one of them has sent something that nobody can read."""
    folder = tmp_path_factory.mktemp("cluster")
    files = {f"{name}.xlsx": _filled(form, name, seed) for seed, name in enumerate(AGENCIES[:-1])}
    return make_district(folder, AGENCIES, files | {f"{AGENCIES[-1]}.xlsx": b"PK\x03\x04 no table"})


def _filled(form: Form, name: str, seed: int) -> bytes:
    sent = report(form, "", name, YEAR, rng=random.Random(seed))
    numbers = dict(zip((cell.key for cell in form.cells), sent.numbers, strict=True))
    entries = {form.entry_with_role("agency").key: name, form.entry_with_role("year").key: str(YEAR)}
    return build_workbook(form, values={**inputs_only(form, numbers), **sent.texts, **entries})


@pytest.fixture(scope="module")
def cluster() -> Iterator[LocalCluster]:
    """Two workers, each a process of its own with one thread."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as found:  # type: ignore[no-untyped-call]
        yield found


@pytest.fixture(scope="module")
def alone(district: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What one process writes."""
    return _run(district, tmp_path_factory.mktemp("alone"), Workforce())


def _run(
    district: Path,
    output: Path,
    work: Workforce,
    progress: Callable[[str, int, int], None] = lambda *_: None,
) -> dict[str, bytes]:
    batch.run(load_district(district), output, now=NOW, work=work, progress=progress)
    return contents(output / str(YEAR))


def test_a_cluster_writes_the_same(
    district: Path, cluster: LocalCluster, alone: dict[str, bytes], tmp_path: Path
) -> None:
    with open_work(len(AGENCIES), engine=str(cluster.scheduler_address)) as work:
        assert isinstance(work.pool, RemotePool), "what came is read by the workers"
        assert work.pool.workers == 2
        assert _run(district, tmp_path, work) == alone


@pytest.mark.parametrize("stage", ["读取报送文件", "生成各单位年报"])
def test_a_worker_that_is_killed_in_the_middle_loses_nothing(
    stage: str, district: Path, cluster: LocalCluster, alone: dict[str, bytes], tmp_path: Path
) -> None:
    killed: list[int] = []

    def kill(said: str, done: int, whole: int) -> None:
        if said == stage and not killed and done < whole:
            killed.append(cluster.workers[0].pid)
            os.kill(killed[0], signal.SIGKILL)

    with open_work(len(AGENCIES), engine=str(cluster.scheduler_address)) as work:
        assert _run(district, tmp_path, work, kill) == alone
    assert killed, f"no worker was killed while {stage}"
    assert cluster.workers[0].pid not in killed, "another has taken its place"
