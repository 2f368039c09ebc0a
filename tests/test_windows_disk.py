"""A whole run where files are held for a moment, modes cannot be set, names differ in case only: what Windows, a stick or a share does."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.forms.form import Form
from pipeline.machine import durable
from tests.support import windows
from tests.support.folders import NOW, YEAR, contents, filled, make_district, nianbao

NAMES = ("甲局", "乙局")
LAYOUT = Path(__file__).parents[1] / "input_templates" / "report.docx"


@pytest.fixture(scope="module")
def made(form: Form, tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {f"2024-01-15/{name}.xlsx": filled(form, name) for name in NAMES}
    folder = make_district(tmp_path_factory.mktemp("made") / "区", (), files)
    rows = [f"00{number},{name},{number}@gov.example" for number, name in enumerate((*NAMES, "丙局"), 1)]
    (folder / "agencies.csv").write_text("\n".join(["code,name,email", *rows]), "utf-8")
    return folder


@pytest.fixture(scope="module")
def usual(made: Path, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    calm = shutil.copytree(made, tmp_path_factory.mktemp("calm") / "区")
    assert nianbao("run", calm, "--now", NOW).returncode == 1
    assert [name for name in names(calm) if name.startswith("letters/")]
    return names(calm)


@pytest.fixture
def district(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "区")


def names(folder: Path) -> list[str]:
    """What a run leaves, but for the parts of names that are drawn by lot."""
    return sorted(path.rpartition("_")[0] or path for path in contents(folder / "output" / str(YEAR)))


def unfinished(folder: Path) -> list[str]:
    return [path.name for path in (folder / "output").rglob(".*.new")]


@pytest.mark.parametrize("held", ["originals", "reports", "index.html", "run.json", ".eml", "待办"])
def test_a_file_that_a_scanner_looks_at_for_a_moment_ends_no_run(
    district: Path, usual: list[str], monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    windows.scanned(monkeypatch, seconds=0.2, is_held=lambda path: held in str(path))
    done = nianbao("run", district, "--now", NOW)
    assert done.returncode == 1, done.stderr
    assert names(district) == usual
    assert unfinished(district) == []


@pytest.mark.parametrize("held", [".乙局.docx.new", ".eml.new"])
def test_a_file_that_stays_held_is_named_itself_and_the_next_run_is_whole(
    form: Form, district: Path, monkeypatch: pytest.MonkeyPatch, held: str
) -> None:
    """It is what was just written, not a ninth file beside it that there never was."""
    with monkeypatch.context() as patch:
        steps = windows.STEPS if held == ".eml.new" else ("replace",)
        windows.scanned(patch, seconds=600, is_held=lambda path: path.name.endswith(held), steps=steps)
        patch.setattr(durable, "_PATIENCE_SECONDS", 0.1)
        done = nianbao("run", district, "--now", NOW)
    assert done.returncode == 4
    assert held.removeprefix(".").removesuffix(".new") in done.stderr
    assert "（新" not in done.stderr
    (district / "inbox" / "2024-01-15" / "丙局.xlsx").write_bytes(filled(form, "丙局"))
    assert nianbao("run", district, "--now", NOW).returncode == 0
    assert unfinished(district) == []


def test_where_only_the_owner_sets_modes_whoever_may_write_sets_up_and_runs(
    district: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A stick, or a share of Windows, on Linux: chmod is refused with EPERM, or is nothing that it knows."""

    def refusing(number: int) -> Callable[..., None]:
        def refuse(path: str | Path, *_: object, **__: object) -> None:
            raise OSError(number, os.strerror(number), str(path))

        return refuse

    for number in (errno.EPERM, errno.ENOTSUP):
        monkeypatch.setattr(os, "chmod", refusing(number))
        done = nianbao("init", tmp_path / f"新区{number}")
        assert done.returncode == 0, done.stderr
        done = nianbao("run", district, "--now", NOW)
        assert done.returncode == 1, done.stderr
    assert unfinished(district) == []


@pytest.mark.parametrize("tells_case_apart", [True, False])
def test_a_rename_in_case_alone_is_no_edit_and_removes_nothing(
    district: Path, monkeypatch: pytest.MonkeyPatch, *, tells_case_apart: bool, form: Form
) -> None:
    """Every Windows and every Mac finds the file of the old name by the new one."""
    if not tells_case_apart:
        windows.ignores_case(monkeypatch, district)
    roster = district / "agencies.csv"
    (district / "inbox" / "2024-01-15" / "Ab局.xlsx").write_bytes(filled(form, "Ab局"))
    written = roster.read_text("utf-8").replace("丙局", "Ab局").splitlines()
    for name, former in (("Ab局", ""), ("AB局", "Ab局"), ("Ab局", "AB局")):
        rows = [f"{line},{former if 'b局' in line.lower() else ''}" for line in written[1:]]
        roster.write_text(
            "\n".join([f"{written[0]},former_names", *rows]).replace("Ab局,3", f"{name},3"), "utf-8"
        )
        done = nianbao("run", district, "--now", NOW)
        assert done.returncode == 0, done.stderr + done.stdout
        found = [path for path in names(district) if "b局" in path.lower() and not path.startswith("letters")]
        assert [path for path in found if name not in path or "手工修改" in path] == []
        assert {Path(path).parent.as_posix() for path in found} == {"reports", "site/reports"}


@pytest.mark.parametrize("name", ["agencies.csv", "district.toml", "待办.xlsx", "report.docx"])
def test_a_file_that_fails_while_it_is_read_is_named(
    district: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Left in the cloud by a synchronisation, or on a stick that was pulled: the system names no file then."""
    assert nianbao("run", district, "--now", NOW).returncode == 1
    (district / "input_templates").mkdir(exist_ok=True)
    shutil.copy(LAYOUT, district / "input_templates" / "report.docx")
    windows.cloud_only(monkeypatch, name)
    done = nianbao("run", district, "--now", NOW.replace("02-01", "02-02"))
    assert done.returncode == 4, done.stderr
    assert name in done.stderr
