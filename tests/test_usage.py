"""A wrong command line is answered in Chinese, with what is wrong and where to look."""

from __future__ import annotations

import re

import pytest
import typer
from typer import rich_utils
from typer.main import get_command

from pipeline.cli.arguments import period_of
from pipeline.cli.commands import app
from pipeline.cli.usage import complaint


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["反正"], "反正"),
        (["run"], "区县文件夹"),
        (["run", "x", "--foo"], "--foo"),
        (["run", "x", "--workers", "a"], "--workers"),
        (["run", "x", "--workers", "0"], "--workers"),
        (["run", "x", "--now"], "--now"),
        (["run", "x", "多余"], "多余"),
        (["run", "x", "还有", "多余"], "还有 多余"),
        (["waive", "x"], "单位"),
        (["--bogus"], "--bogus"),
    ],
)
def test_a_wrong_command_line_is_answered_in_chinese(arguments: list[str], named: str) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever typer raises
        app(arguments, standalone_mode=False)
    said = complaint(caught.value)
    assert said
    assert f"“{named}”" in said
    assert "nianbao --help" in said
    assert "(" not in said
    assert ("空格" in said) is ("多余" in named)


@pytest.mark.parametrize(
    ("arguments", "asked"),
    [
        (["run", "x", "--workers", "0"], "“--workers”的内容写得不对，应为不小于 1 的整数。"),
        (["run", "x", "--workers", "a"], "“--workers”的内容写得不对，应为不小于 1 的整数。"),
        (["send", "x", "--pause", "-1"], "“--pause”的内容写得不对，应为不小于 0 的数。"),
        (["send", "x", "--most", "0"], "“--most”的内容写得不对，应为不小于 1 的整数。"),
    ],
)
def test_what_may_stand_there_is_said(arguments: list[str], asked: str) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011 - whatever typer raises
        app(arguments, standalone_mode=False)
    said = complaint(caught.value)
    assert said
    assert said.startswith(asked)
    assert "Invalid" not in said


def test_how_a_period_is_written_is_said() -> None:
    with pytest.raises(typer.BadParameter) as caught:
        period_of("20255")
    said = complaint(caught.value)
    assert said
    assert said.startswith("“--year”的内容写得不对：应写四位年份，例如 2023；")


def test_what_is_not_about_the_command_line_is_left_alone() -> None:
    assert complaint(ValueError("x")) is None


def test_nothing_at_all_shows_the_help_and_adds_no_sentence(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exception) as caught:  # noqa: PT011
        app([], standalone_mode=False)
    assert complaint(caught.value) == ""
    assert "用法" in capsys.readouterr().out


_WIDE = 400
"""Columns in which no text of a help is broken."""
_HELP = get_command(app)


@pytest.mark.parametrize("command", sorted(_HELP.commands))  # type: ignore[attr-defined]
def test_help_shows_every_word_of_its_texts(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in square brackets is taken for a style, and left out, unless it is escaped."""
    monkeypatch.setattr(rich_utils, "MAX_WIDTH", _WIDE)
    app([command, "--help"], standalone_mode=False)
    shown = capsys.readouterr().out
    told = _HELP.commands[command]  # type: ignore[attr-defined]
    texts = [told.help, told.epilog, *(item.help for item in told.params if not item.hidden)]
    assert not [text for text in texts if text.replace("\\[", "[") not in shown]


@pytest.mark.parametrize("command", [*sorted(_HELP.commands), ""])  # type: ignore[attr-defined]
def test_a_narrow_help_cuts_nothing_off_and_names_no_type(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rich_utils, "MAX_WIDTH", 80)
    app([*filter(None, [command]), "--help"], standalone_mode=False)
    usage, *shown = capsys.readouterr().out.strip().splitlines()
    assert not [line for line in shown if "…" in line or re.search(r"<\w+|\[x", line)]
    assert "..." not in usage
