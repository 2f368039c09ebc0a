"""The help is complete in both languages, and every command shows an example."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from pipeline import cli
from pipeline.cli.commands import app
from pipeline.cli.english import ENGLISH

CHINESE = re.compile(r"[\u4e00-\u9fff]")
COMMAND = typer.main.get_command(app)


def texts() -> set[str]:
    commands = [COMMAND, *COMMAND.commands.values()]  # type: ignore[attr-defined]
    items = [*commands, *(param for command in commands for param in command.params)]
    found = {getattr(item, name, None) for item in items for name in ("help", "metavar")}
    return {text for text in found if text and CHINESE.search(text)}


def test_everything_that_is_said_in_chinese_is_said_in_english() -> None:
    assert texts() <= set(ENGLISH)


def test_nothing_is_translated_that_is_said_nowhere() -> None:
    modules = [path for path in Path(cli.__path__[0]).rglob("*.py") if path.name != "english.py"]
    nodes = [node for path in modules for node in ast.walk(ast.parse(path.read_text("utf-8")))]
    written = {node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    assert set(ENGLISH) - texts() - written <= {"例："}, "which opens an example"


def test_every_command_shows_an_example() -> None:
    for name, command in COMMAND.commands.items():  # type: ignore[attr-defined]
        assert command.epilog.startswith(f"例：nianbao {name} "), name


@pytest.mark.parametrize(
    ("language", "english"), [("en_US.UTF-8", True), ("zh_CN.UTF-8", False), ("C.UTF-8", False)]
)
def test_the_locale_decides(language: str, *, english: bool) -> None:
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("LC_", "LANG", "NIANBAO_LANG"))
    }
    done = subprocess.run(
        [sys.executable, "-m", "pipeline", "run", "--help"],
        capture_output=True,
        encoding="utf-8",
        env=environment | {"LANG": language, "COLUMNS": "200"},
        check=False,
    )
    without_example = done.stdout.partition("Example")[0].replace("经办.xlsx", "")
    assert bool(CHINESE.search(without_example)) is not english
    assert ("Judge everything in the inbox" in done.stdout) is english
