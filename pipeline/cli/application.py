"""The program itself: its name, its version, the codes it ends with, and how it says what went wrong."""

from __future__ import annotations

from importlib import resources
from typing import Annotated

import typer

from pipeline import KIT_MARK, __version__
from pipeline.cli.usage import Group

ALL_WELL, UNFINISHED, WRONG_USE, BUSY, ENVIRONMENT = range(5)
BUG = 70
"""EX_SOFTWARE: none of the five, so that a scheduler does not take a crash for a returned file."""

app = typer.Typer(
    cls=Group,
    name="nianbao",
    help="政府信息公开工作年度报告：发模板、查报送、出汇总表和各单位年报。",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        kit = resources.files("pipeline").joinpath(KIT_MARK)
        kit_note = f"（安装包 {kit.read_text('utf-8').strip()}）" if kit.is_file() else ""
        typer.echo(f"nianbao {__version__}{kit_note}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", metavar=" ", callback=_version, is_eager=True, help="显示版本。")
    ] = False,
) -> None:
    """Hold the options of the program itself."""


def complain(sentence: str) -> None:
    """Print what went wrong where errors are read, with nothing in it that a screen would obey."""
    if sentence:
        from pipeline.wording.quotable import visible

        said = "\n".join(map(visible, sentence.split("\n")))  # a server's words may be in it
        typer.secho(said, err=True, fg=typer.colors.RED)
