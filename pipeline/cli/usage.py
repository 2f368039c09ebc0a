"""What typer says of itself and of a wrong command line goes in; Chinese comes out, or English where the locale is."""

from __future__ import annotations

import re
from typing import Any

from typer import rich_utils
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from pipeline.cli.english import is_spoken, said

rich_utils.ARGUMENTS_PANEL_TITLE = said("参数")
rich_utils.OPTIONS_PANEL_TITLE = said("选项")
rich_utils.COMMANDS_PANEL_TITLE = said("命令")
rich_utils.REQUIRED_LONG_STRING = said("[必填]")
rich_utils.DEFAULT_STRING = said("[默认：{}]")

_SPOKEN = {"Usage:": "用法：", "[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]…"}
_QUOTED = re.compile(r"'([^']+)'|\((?!s\))([^()]+)\)")
_REMEDY = "运行 nianbao --help 看用法和例子。"
_FAULTS = {
    "MissingParameter": "少写了“{what}”。",
    "NoSuchOption": "没有“{what}”这个选项。",
    "BadParameter": "“{what}”的内容写得不对。",
    "BadOptionUsage": "“{what}”后面少写了内容。",
    "UsageError": "没有“{what}”这个命令。",
}
"""By the name of typer's exception; ``what`` is what it quotes."""
SPACES = "名称中有空格的，要用英文双引号括起来"
_TOO_MUCH = f"多写了“{{what}}”；{SPACES}。"


def _speak(command: Any) -> None:  # noqa: ANN401 - typer's own types
    """Say everything about ``command``, and about those below it, in the language of the locale."""
    for item in (command, *command.params, *getattr(command, "commands", {}).values()):
        for name in ("help", "epilog", "metavar"):
            text = getattr(item, name, None)
            if text:
                setattr(item, name, said(text))


class _Chinese:
    """Says in Chinese what typer says of itself."""

    def get_usage(self, ctx: Any) -> str:  # noqa: ANN401 - typer keeps the type to itself
        """Return the usage line."""
        usage: str = super().get_usage(ctx)  # type: ignore[misc]
        for english, chinese in () if is_spoken() else _SPOKEN.items():
            usage = usage.replace(english, chinese, 1)
        return usage

    def format_help(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401
        """Write the help in the language of the locale."""
        _speak(self)
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401
        """Return the --help option."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option:
            option.help = said("显示帮助。")
            option.metavar = " "
        return option


class Command(_Chinese, TyperCommand):
    """A command with Chinese help."""


class Group(_Chinese, TyperGroup):
    """The program itself with Chinese help."""


def complaint(error: Exception) -> str | None:
    """Say what is wrong with a command line; empty where its help was shown instead, None where ``error`` is not typer's."""
    if not isinstance(error, TyperException):
        return None
    kind = type(error).__name__
    if kind == "NoArgsIsHelpError":
        return ""
    own = error.format_message()
    if is_spoken():
        return f"{own} Run nianbao --help for usage and examples."
    quoted = _QUOTED.search(own)
    what = getattr(error, "option_name", None) or (quoted[1] or quoted[2] if quoted else "")
    known = _FAULTS.get(kind, "") if what else ""
    if "extra argument" in own:
        known = _TOO_MUCH
    return (known.format(what=what) if known else f"命令写法不对（{own}）。") + _REMEDY
