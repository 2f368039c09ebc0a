"""What typer says of itself and of a wrong command line goes in; Chinese comes out, or English where the locale is."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from pipeline.cli.english import is_spoken, said

_SPOKEN = {"Usage:": "用法：", "[OPTIONS]": "[选项]", "COMMAND [ARGS]...": "命令 [参数]…", "...": "…"}
_QUOTED = re.compile(r"'([^']+)'|\((?!s\))([^()]+)\)")
_REMEDY = "运行 nianbao --help 看用法和例子。"
_FAULTS = {
    "MissingParameter": "少写了“{what}”。",
    "NoSuchOption": "没有“{what}”这个选项。",
    "BadParameter": "“{what}”的内容写得不对{asked}。",
    "BadOptionUsage": "“{what}”后面少写了内容。",
    "UsageError": "没有“{what}”这个命令。",
}
"""By the name of typer's exception; ``what`` is what it quotes."""
_NUMBERS: Mapping[Any, str] = {int: "整数", float: "数"}
SPACES = "名称中有空格的，要用英文双引号括起来"
_TOO_MUCH = f"多写了“{{what}}”；{SPACES}。"


def _speak(command: Any) -> None:  # noqa: ANN401 - typer's own types
    """Say everything about ``command``, and about those below it, in the language of the locale."""
    for item in command.params:
        item.display_type_rich = partial(_named, item)
    for item in (command, *command.params, *getattr(command, "commands", {}).values()):
        for name in ("help", "epilog", "metavar"):
            text = getattr(item, name, None)
            if text:
                setattr(item, name, said(text))


@dataclass(frozen=True, slots=True)
class _Whole:
    """Makes texts that are broken where a line ends; Chinese has no spaces, and rich would cut off what has none."""

    make: Callable[..., Any]

    def __call__(self, **given: Any) -> Any:  # noqa: ANN401 - as typer calls it
        """Return the text."""
        text = self.make(**given)
        text.overflow = "fold"
        return text


def _named(param: Any, ctx: Any) -> str | None:  # noqa: ANN401
    """Return what is to be given: of an argument its name says it, where typer would say of what type it is."""
    return None if param.param_type_name == "argument" else param.metavar or param.display_type(ctx)


def _speak_panels() -> None:
    """Say the titles of the help in the language of the locale, and every text whole; only help is worth loading what draws it."""
    from typer import rich_utils  # noqa: PLC0415

    made = rich_utils._make_rich_text  # noqa: SLF001 - typer has no setting for it
    rich_utils._make_rich_text = made if isinstance(made, _Whole) else _Whole(made)  # noqa: SLF001
    rich_utils.RANGE_STRING = ""
    rich_utils.ARGUMENTS_PANEL_TITLE = said("参数")
    rich_utils.OPTIONS_PANEL_TITLE = said("选项")
    rich_utils.COMMANDS_PANEL_TITLE = said("命令")
    rich_utils.REQUIRED_LONG_STRING = said("[必填]")
    rich_utils.DEFAULT_STRING = said("[默认：{}]")


@dataclass(frozen=True, slots=True)
class _Plain:
    """Makes of the words of a command line what a parameter wants.

    Names and paths are taken as they are, and what was not given is nothing; only for the rest typer asks pydantic, which
    takes longer to load than a small command takes. ``make`` is None for the rest.
    """

    make: Callable[[Any], object] | None

    def coerce(self, value: Any, param: Any, ctx: Any) -> object:  # noqa: ANN401 - as typer calls it
        """Return the value, or the values of a parameter that takes several."""
        takes_several = param.multiple or param.nargs == -1
        if not value and (value is None or takes_several):
            return () if takes_several else None
        if self.make is None:
            param._runtime_param = None  # noqa: SLF001 - typer makes its own then
            return param.get_runtime_param().coerce(value, param=param, ctx=ctx)
        return [self.make(item) for item in value] if takes_several else self.make(value)


_PLAIN = {str: _Plain(str), Path: _Plain(Path), list[str]: _Plain(str), list[Path]: _Plain(Path)}


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
        _speak_panels()
        _speak(self)
        super().format_help(ctx, formatter)  # type: ignore[misc]

    def get_help_option(self, ctx: Any) -> Any:  # noqa: ANN401
        """Return the --help option."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option:
            option.help = said("显示帮助。")
            option.metavar = " "
        return option

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:  # noqa: ANN401 - as in typer
        """Parse the words of the command line."""
        param: Any  # typer's own, of which typer.core tells less
        for param in self.get_params(ctx):  # type: ignore[attr-defined]
            plain = _PLAIN.get(param.type_descriptor.annotation, _Plain(None))
            param._runtime_param = plain  # noqa: SLF001 - were it called otherwise one day, typer would do it itself
        rest: list[str] = super().parse_args(ctx, args)  # type: ignore[misc]
        return rest


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
    what = getattr(error, "option_name", None) or getattr(error, "param_hint", None)
    what = what or (quoted[1] or quoted[2] if quoted else "")
    known = _FAULTS.get(kind, "") if what else ""
    if "extra argument" in own:
        known = _TOO_MUCH
    return (known.format(what=what, asked=_asked(error)) if known else f"命令写法不对（{own}）。") + _REMEDY


def _asked(error: TyperException) -> str:
    """Say what may stand where something else was written: in our own words, or which numbers; empty where nobody knows."""
    own = str(getattr(error, "message", "")).removesuffix("。")
    if own and not own.isascii():
        return f"：{own}"
    described = getattr(getattr(error, "param", None), "type_descriptor", None)
    number = _NUMBERS.get(getattr(described, "annotation", None))
    least = getattr(getattr(described, "parameter_info", None), "min", None)
    if number is None:
        return ""
    return f"，应为{number}" if least is None else f"，应为不小于 {least} 的{number}"
