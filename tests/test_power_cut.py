"""A run whose power is cut, so that everything is lost that was not forced to the disk, is as if it had not been."""

from __future__ import annotations

import random
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pipeline.forms.form import Form
from tests.support.folders import make_district
from tests.support.power_cut import Cut, compiled, cut
from tests.test_killed import AGENCIES, filled

pytestmark = [
    pytest.mark.skipif(
        sys.platform != "linux" or not shutil.which("gcc"),
        reason="what loses unforced writes is compiled with gcc on Linux",
    ),
    pytest.mark.no_cover,
]
POINTS = 10


@pytest.fixture
def work() -> Iterator[Path]:
    shared = Path("/dev/shm")  # noqa: S108 - a folder of our own in it
    with TemporaryDirectory(dir=shared if shared.is_dir() else None) as made:
        yield Path(made)


@pytest.fixture
def district(form: Form, work: Path) -> Path:
    files = {
        "2024-01-15/甲局.xlsx": filled(form, "甲局", 0),
        "2024-01-15/乙局.xlsx": filled(form, "乙局", 1, fault="两件"),
        "2024-01-15/丙局.xlsx": filled(form, "丙局", random.Random(3).randrange(100)),
    }
    return make_district(work / "区", AGENCIES, files)


def hurt(found: list[Cut]) -> list[Cut]:
    return [item for item in found if not item.ended or item.different]


def test_a_run_whose_power_is_cut_anywhere_ends_like_an_undisturbed_one(
    district: Path, work: Path, tmp_path: Path
) -> None:
    steps, found = cut(compiled(tmp_path), district, work, POINTS)
    assert steps > POINTS
    assert all(item.was_cut for item in found)
    assert not hurt(found)


def test_a_disk_that_is_not_asked_to_keep_what_was_written_is_noticed(
    district: Path, work: Path, tmp_path: Path
) -> None:
    """The test above can fail: where the one flush is not heard, files stand in their places without what is in them."""
    _, found = cut(compiled(tmp_path), district, work, 3, deaf=True)
    assert hurt(found)
