"""What is double-clicked does what it says, wherever the folder lies and whatever it is called."""

from __future__ import annotations

import configparser
import os
import shlex
import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from pipeline.coordinating import starters
from pipeline.coordinating.preparing import init
from pipeline.coordinating.starters import STARTERS, lay_starters
from pipeline.machine.environment import command, full_program, program

KIT = Path(__file__).parents[2] / "kit"
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


def test_a_starter_finds_the_program_where_no_shell_does(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Set up by a shell that found it by name; double-clicked, the desktop looks for programs elsewhere."""
    own = full_program()
    monkeypatch.setenv("PATH", f"{Path(shlex.split(own)[0]).parent}{os.pathsep}{os.environ['PATH']}")
    assert program() in {"nianbao", own}
    moved = shutil.copytree(folder, tmp_path / NAME)
    lay_starters(moved)
    done = subprocess.run(
        [moved / "发模板.sh"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={"PATH": "/usr/bin:/bin", "HOME": str(tmp_path)},
    )
    assert done.returncode == 0, done.stderr


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
        assert f'%NIANBAO% %HOW% {verb} "%~dp0."'.encode() in lines
        assert not any(b"\n" in line for line in lines)


BATCHES = [*(f"{name}.bat" for name in STARTERS), "安装.bat"]
ODD = "D:\\王 主任(1)&x"
PLACES = ("%~dp0", "%KIT%", "%FOLDER%", "%HOME_DIR%", "%LOCALAPPDATA%", "%USERPROFILE%", "%~f0", "%SystemRoot%",
          "%NIANBAO_HOME%", "%NIANBAO_FOLDER%", "%NIANBAO_PYTHON%")  # fmt: skip


@pytest.mark.parametrize("name", BATCHES)
def test_no_path_stands_outside_quotes_in_a_batch_file(folder: Path, name: str) -> None:
    """cmd takes what a path holds, as & or a space, for its own signs; every label that is gone to is there."""
    path = KIT / name if name.startswith("安装") else folder / name
    content = path.read_bytes()
    lines = content.decode("utf-8").split("\r\n")
    assert content.endswith(b"\r\n")
    assert not any("\n" in line or "\r" in line for line in lines)
    assert all(line.isascii() for line in lines[: lines.index("chcp 65001 >nul")])
    for line in lines:
        expanded = line
        for place in PLACES:
            expanded = expanded.replace(place, ODD)
        assert line.count('"') % 2 == 0, line
        assert ODD not in "".join(expanded.split('"')[::2]), line
    labels = {line[1:] for line in lines if line.startswith(":")}
    assert {line.split("goto ")[1].split()[0] for line in lines if "goto " in line} <= labels


@pytest.mark.parametrize(
    ("program", "own", "how"),
    [
        ('"C:\\Users\\王 主任\\nianbao.exe"', '"C:\\Users\\王 主任\\nianbao.exe"', ""),
        ('"C:\\100%\\python.exe" -m pipeline', '"C:\\100%%\\python.exe"', "-m pipeline"),
        ("nianbao", "nianbao", ""),
    ],
)
def test_a_batch_file_calls_the_program_by_path_and_as_a_module(
    monkeypatch: pytest.MonkeyPatch, program: str, own: str, how: str
) -> None:
    monkeypatch.setattr("pipeline.coordinating.starters.full_program", lambda: program)
    monkeypatch.setattr("pipeline.coordinating.starters.os.name", "nt")
    text = starters._bat("今晚运行", "run")  # noqa: SLF001 - what Windows gets, which is not here
    monkeypatch.undo()
    assert f"set NIANBAO={own}\n" in text
    assert f'set "HOW={how}"\n' in text


@pytest.mark.parametrize("name", STARTERS)
def test_a_batch_file_ends_also_where_nobody_presses_a_key(folder: Path, name: str) -> None:
    """A scheduler starts no run while the one before still waits; it is told how the run went."""
    lines = (folder / f"{name}.bat").read_text("utf-8").splitlines()
    assert not [line for line in lines if "pause" in line]
    assert [line for line in lines if "timeout.exe" in line and line.endswith("/t 3600 >nul 2>nul")]
    assert lines[-1] == "exit /b %CODE%"


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
