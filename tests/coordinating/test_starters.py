"""What is double-clicked does what it says, wherever the folder lies and whatever it is called."""

from __future__ import annotations

import configparser
import os
import shlex
import subprocess
from datetime import date
from pathlib import Path

import pytest

from pipeline.coordinating.preparing import init
from pipeline.coordinating.starters import STARTERS, lay_starters
from pipeline.machine.environment import command

NAME = "样例 区(1)&$x"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("区县") / NAME
    init(made, today=date(2024, 1, 2))
    return made


def test_the_starter_of_templates_writes_templates(folder: Path) -> None:
    done = subprocess.run(
        [folder / "发模板.sh"], stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
    assert len(list((folder / "output" / "2023" / "templates").glob("*.xlsx"))) == 2


def test_the_menu_entry_names_the_script(folder: Path) -> None:
    for name in STARTERS:
        entry = configparser.RawConfigParser(interpolation=None, strict=True)
        entry.optionxform = str  # type: ignore[assignment,method-assign]
        entry.read(folder / f"{name}.desktop", "utf-8")
        words = entry["Desktop Entry"]["Exec"].replace("%%", "%").replace("\\\\$", "$")
        assert shlex.split(words) == ["sh", str(folder / f"{name}.sh")]
        assert entry["Desktop Entry"]["Terminal"] == "true"
        assert os.access(folder / f"{name}.desktop", os.X_OK)


def test_a_windows_console_is_told_its_encoding_before_the_first_chinese_word(folder: Path) -> None:
    for name, verb in STARTERS.items():
        lines = (folder / f"{name}.bat").read_bytes().split(b"\r\n")
        assert lines[:2] == [b"@echo off", b"chcp 65001 >nul"], (
            "no byte order mark, which cmd takes for a command"
        )
        assert f'%NIANBAO% {verb} "%FOLDER:~0,-1%"'.encode() in lines
        assert not any(b"\n" in line for line in lines)


def test_laid_again_nothing_changes(folder: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in folder.glob("*.*")}
    lay_starters(folder)
    assert {path: path.stat().st_mtime_ns for path in folder.glob("*.*")} == before


def test_a_printed_command_runs_as_it_is_printed(folder: Path) -> None:
    """Path and quoting are a shell's own."""
    done = subprocess.run(
        ["sh", "-c", command("template", folder)], capture_output=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stderr
