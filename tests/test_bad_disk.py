"""A disk that is full or cannot be written: exit code 4, nothing half-written, and the next run completes."""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.forms.form import Form
from pipeline.publishing.template import build_workbook
from tests.support.fills import report
from tests.support.folders import NOW, YEAR, contents, inputs_only, make_district, nianbao

NAMES = ("甲局", "乙局", "丙局")
_NAMESPACE = ("unshare", "--map-root-user", "--mount")
"""A mount namespace of its own: the small disk is seen by the child alone and gone with it."""


def can_mount() -> bool:
    """Whether this machine lets us mount a disk for one child; containers often do not."""
    if not shutil.which("unshare"):
        return False
    return subprocess.run([*_NAMESPACE, "true"], capture_output=True, check=False).returncode == 0


@pytest.fixture(scope="module")
def district(form: Form, tmp_path_factory: pytest.TempPathFactory) -> Path:
    files = {}
    for seed, name in enumerate(NAMES):
        sent = report(form, "", name, YEAR, rng=random.Random(seed))
        numbers = dict(zip((cell.key for cell in form.cells), sent.numbers, strict=True))
        entries = {form.entry_with_role("agency").key: name, form.entry_with_role("year").key: str(YEAR)}
        values = {**inputs_only(form, numbers), **sent.texts, **entries}
        files[f"2024-01-15/{name}.xlsx"] = build_workbook(form, values=values)
    return make_district(tmp_path_factory.mktemp("disk") / "区", NAMES, files)


@pytest.fixture(scope="module")
def wanted(district: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """What an undisturbed run leaves."""
    calm = tmp_path_factory.mktemp("calm")
    assert _run(district, calm).returncode in {0, 1}
    return contents(calm / str(YEAR))


def _run(district: Path, output: Path) -> subprocess.CompletedProcess[str]:
    return nianbao("run", district, "--output", output, "--now", NOW)


_SCRIPT = """
set -u
mount -t tmpfs -o size=$1k tmpfs "$2"
"$3" -m pipeline run "$4" --output "$2" --now "$5" 2>"$6/said"
echo $? >"$6/code"
cp -r "$2" "$6/left"
mount -o remount,size=64m "$2"
"$3" -m pipeline run "$4" --output "$2" --now "$5" >/dev/null 2>&1
echo $? >"$6/again"
cp -r "$2" "$6/done"
"""


def _on_small_disk(kilobytes: int, district: Path, aside: Path) -> None:
    """Run on a disk of ``kilobytes``, then again when there is room; leave behind in ``aside`` how it went."""
    output = aside / "output"
    output.mkdir()
    inner = ["sh", "-c", _SCRIPT, "sh", str(kilobytes), output, sys.executable, district, NOW, aside]
    subprocess.run([*_NAMESPACE, *map(str, inner)], check=True)


def _with_small_files(kilobytes: int, district: Path, aside: Path) -> None:
    """Where nothing can be mounted: let no file grow beyond ``kilobytes``, which fails in the same calls."""
    output = aside / "output"
    limited = (
        "import resource, sys; from pipeline.cli.commands import main\n"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({kilobytes * 1024}, resource.RLIM_INFINITY))\n"
        "main()"
    )
    command = [sys.executable, "-c", limited, "run", district, "--output", output, "--now", NOW]
    first = subprocess.run(list(map(str, command)), check=False, capture_output=True, encoding="utf-8")
    (aside / "said").write_text(first.stderr, "utf-8")
    (aside / "code").write_text(str(first.returncode))
    shutil.copytree(output, aside / "left")
    (aside / "again").write_text(str(_run(district, output).returncode))
    shutil.copytree(output, aside / "done")


AMONG_THE_REPORTS = 950
SIZES = (16, 150, 550, AMONG_THE_REPORTS, 1100) if can_mount() else (2, 12, 40)
"""Kilobytes: full at the ledger, at the originals, among the reports, at the district workbook."""


@pytest.mark.parametrize("kilobytes", SIZES)
def test_a_full_disk_ends_with_4_and_the_next_run_completes(
    kilobytes: int, district: Path, wanted: dict[str, bytes], tmp_path: Path
) -> None:
    (_on_small_disk if can_mount() else _with_small_files)(kilobytes, district, tmp_path)
    assert (tmp_path / "code").read_text().strip() == "4", (tmp_path / "said").read_text("utf-8")
    said = [line for line in (tmp_path / "said").read_text("utf-8").splitlines() if "。" in line]
    assert len(said) == 1
    assert "磁盘" in said[0]
    left = contents(tmp_path / "left")
    assert not [path for path in left if path.endswith(".new")]
    made = {
        path.removeprefix(f"{YEAR}/"): content
        for path, content in left.items()
        if path.startswith(f"{YEAR}/")
    }
    assert made == {path: wanted[path] for path in made}
    if kilobytes == AMONG_THE_REPORTS:  # all are written beside before one is put in its place
        assert not made
        assert [path for path in left if path.endswith("ledger.sqlite")]
    assert (tmp_path / "again").read_text().strip() in {"0", "1"}
    done = tmp_path / "done" / str(YEAR)
    assert contents(done) == wanted


def test_an_output_folder_that_is_read_only_ends_with_4_and_stays_as_it_is(
    district: Path, wanted: dict[str, bytes], tmp_path: Path
) -> None:
    output = tmp_path / "output"
    output.mkdir()
    if not can_mount():
        assert _run(district, Path("/proc/nianbao")).returncode == 4  # not even root may write there
        return
    script = 'mount --bind "$1" "$1"; mount -o remount,ro,bind "$1"; "$2" -m pipeline run "$3" --output "$1" --now "$4"'
    inner = ["sh", "-c", script, "sh", output, sys.executable, district, NOW]
    done = subprocess.run([*_NAMESPACE, *map(str, inner)], check=False, capture_output=True, encoding="utf-8")
    assert done.returncode == 4, done.stderr
    assert done.stderr.count("\n") == 1
    assert contents(output) == {}
    assert _run(district, output).returncode in {0, 1}
    assert contents(output / str(YEAR)) == wanted


_PLAIN_USER = ("setpriv", "--bounding-set", "-dac_override,-dac_read_search", "--inh-caps", "-all")
"""Root may read everything unless it gives that right away."""


def _run_without_rights(district: Path) -> subprocess.CompletedProcess[str]:
    before = _PLAIN_USER if os.geteuid() == 0 else ()
    command = [*before, sys.executable, "-m", "pipeline", "run", str(district), "--now", NOW]
    return subprocess.run(command, check=False, capture_output=True, encoding="utf-8")


@pytest.mark.skipif(
    os.name != "posix" or (os.geteuid() == 0 and not shutil.which("setpriv")), reason="rights as on Linux"
)
def test_what_cannot_be_read_in_the_inbox_is_named_and_taken_in_once_it_can(
    district: Path, tmp_path: Path
) -> None:
    own = tmp_path / "区"
    shutil.copytree(district, own)
    inbox, [first, *_] = own / "inbox", sorted((own / "inbox").rglob("*.xlsx"))
    (inbox / "关着").mkdir()
    first.rename(inbox / "关着" / first.name)
    (inbox / "不让进").mkdir()
    second = min((inbox / "2024-01-15").iterdir())
    shutil.copy(second, inbox / "不让进" / second.name)
    for path, mode in ((inbox / "关着", 0), (inbox / "不让进", 0o444), (second, 0)):
        path.chmod(mode)
    done = _run_without_rights(own)
    record = json.loads((own / "output" / str(YEAR) / "run.json").read_text("utf-8"))
    said = {item["file"]: [one["code"] for one in item["findings"]] for item in record["submissions"]}
    unread = ("关着", "不让进", f"2024-01-15/{second.name}")
    assert {file: said.get(file) for file in unread} == {file: ["F01"] for file in unread}
    page = (own / "output" / str(YEAR) / "index.html").read_text("utf-8")
    for file in unread:
        assert file in done.stdout
        assert file in page
    inbox.chmod(0)
    done = _run_without_rights(own)
    inbox.chmod(0o700)
    assert (done.returncode, done.stderr.count("\n")) == (4, 1), done.stderr
    assert "没有读取权限" in done.stderr
    assert str(inbox) in done.stderr
    for path in (inbox / "关着", inbox / "不让进", second):
        path.chmod(0o700)
    assert _run_without_rights(own).returncode == 0
    record = json.loads((own / "output" / str(YEAR) / "run.json").read_text("utf-8"))
    assert record["counts"]["accepted"] == len(NAMES)
