"""What is installed: by documents, and by locks. ``make lock`` on a project of two packages, from a folder of wheels: no network, the Makefile and uv as they are."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PROJECT = """
[project]
name = "trial"
version = "1"
dependencies = ["mended", "other"]
[project.optional-dependencies]
build = []
dev = ["tool"]
"""


def wheel(folder: Path, name: str, version: str) -> None:
    info = f"{name}-{version}.dist-info"
    with zipfile.ZipFile(folder / f"{name}-{version}-py3-none-any.whl", "w") as packed:
        packed.writestr(f"{info}/METADATA", f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
        packed.writestr(
            f"{info}/WHEEL",
            "Wheel-Version: 1.0\nGenerator: trial\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        )
        packed.writestr(f"{info}/RECORD", "")


def pins(path: Path) -> dict[str, str]:
    lines = (
        line.split(" ")[0].partition("==") for line in path.read_text("utf-8").splitlines() if "==" in line
    )
    return {name: version for name, _, version in lines}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project whose locks name version 1 of everything, and wheels of both versions beside it."""
    if not shutil.which("make"):
        pytest.skip("needs make")
    folder, wheels = tmp_path / "project", tmp_path / "wheels"
    folder.mkdir()
    wheels.mkdir()
    for name in ("mended", "other", "tool"):
        for version in ("1", "2"):
            wheel(wheels, name, version)
    shutil.copy(ROOT / "Makefile", folder)
    (folder / "pyproject.toml").write_text(PROJECT, "utf-8")
    (folder / "requirements.txt").write_text("mended==1\nother==1\n", "utf-8")
    (folder / "requirements-dev.txt").write_text("mended==1\nother==1\ntool==1\n", "utf-8")
    return folder


def lock(project: Path, *asked: str) -> tuple[dict[str, str], dict[str, str]]:
    """Run ``make lock`` in the environment of the tests, which is not built anew; return what the two locks pin."""
    environment = os.environ | {
        "UV_OFFLINE": "1",
        "UV_NO_INDEX": "1",
        "UV_NO_CONFIG": "1",
        "UV_FIND_LINKS": str(project.parent / "wheels"),
        "UV_CACHE_DIR": str(project.parent / "cache"),
        "UV_PYTHON": sys.executable,
    }
    venv = sys.prefix
    ran = subprocess.run(
        ["make", f"--old-file={venv}/dev.stamp", f"VENV={venv}", "lock", *asked],
        cwd=project,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    return pins(project / "requirements.txt"), pins(project / "requirements-dev.txt")


def test_make_lock_renews_every_version(project: Path) -> None:
    assert lock(project) == (
        {"mended": "2", "other": "2"},
        {"mended": "2", "other": "2", "tool": "2"},
    )


def test_make_lock_renews_the_one_version_that_is_asked_for(project: Path) -> None:
    assert lock(project, "LOCK=--upgrade-package mended") == (
        {"mended": "2", "other": "1"},
        {"mended": "2", "other": "1", "tool": "1"},
    )


def test_make_lock_stays_within_the_bounds(project: Path) -> None:
    (project / "pyproject.toml").write_text(PROJECT.replace('"mended"', '"mended<2"'), "utf-8")
    run, _ = lock(project)
    assert run == {"mended": "1", "other": "2"}


def test_no_document_installs_from_an_index_what_is_called_nianbao() -> None:
    """Nobody has registered that name: who does has the code of every machine that installs it."""
    by_name = re.compile(r"pip install (?:-\S+ )*['\"]?nianbao\b(?!\S*\.whl)")
    pages = [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *ROOT.glob("examples/*/*.md")]
    assert not [path.name for path in pages if by_name.search(path.read_text("utf-8"))]
