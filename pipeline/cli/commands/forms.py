"""The forms themselves: their keys, their schema, and forms of one's own."""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.application import WRONG_USE, complain
from pipeline.cli.arguments import (
    form_named,
    refuse_what_is_no_file,
)
from pipeline.cli.options import (
    AsJson,
)
from pipeline.cli.usage import Command
from pipeline.machine.environment import disk
from pipeline.model import CHINA, ConfigError
from pipeline.periods import last_ended

if TYPE_CHECKING:
    from pipeline.forms.form import Form

commands = typer.Typer()


@commands.command(cls=Command, epilog="例：nianbao fields annual_report_2021 --json")
def fields(
    form: Annotated[
        str | None, typer.Argument(metavar="表样", help="表样的名称。", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """列出表样的每个数据、文字和项目在模板中的位置。"""
    import json
    from dataclasses import asdict

    from pipeline.forms.loader import DEFAULT_FORM, data_dictionary

    rows = [asdict(item) for item in data_dictionary(form_named(form or DEFAULT_FORM))]
    if as_json:
        sys.stdout.buffer.write((json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode())
        return
    for row in rows:
        kind = "填写" if row["input"] else "自动计算"
        typer.echo(f"{row['key']}\t{row['label']}\t{row['kind']}\t{row['sheet']}!{row['address']}\t{kind}")


@commands.command(cls=Command, epilog="例：nianbao schema annual_report_2021")
def schema(
    form: Annotated[
        str | None, typer.Argument(metavar="表样", help="表样的名称。", show_default=False)
    ] = None,
) -> None:
    """打印表样的校验规则（pandera 的 YAML）：每个数据、每条规则一列。"""
    from pipeline.forms.loader import DEFAULT_FORM
    from pipeline.judging.schema.form_schema import printed, schema_of

    sys.stdout.buffer.write(printed(schema_of(form_named(form or DEFAULT_FORM))).encode())


@commands.command(cls=Command, epilog="例：nianbao form check 临平区/forms/local_report.toml")
def form(
    action: Annotated[
        str,
        typer.Argument(
            metavar="check|preview",
            help="check 列出全部错误和行号；preview 做出模板和样张。",
            show_default=False,
        ),
    ],
    file: Annotated[
        Path, typer.Argument(metavar="表样文件", help="自己写的表样（.toml）。", show_default=False)
    ],
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            metavar="文件夹",
            help="样张放在哪里；不写则放在表样旁边的“预览”中。",
            show_default=False,
        ),
    ] = None,
) -> None:
    """检查一份自己写的表样，或者做出样张看一看。"""
    from pipeline.forms import library
    from pipeline.forms.faults import faults_of, remarks_of
    from pipeline.forms.loader import parse_written

    if action not in ("check", "preview"):
        raise ConfigError(f"“{action}”应为 check 或 preview，例如 nianbao form check {file}。")
    refuse_what_is_no_file([file])
    with disk():
        written = library.in_file(file)
    faults = faults_of(written)
    for fault in faults:
        complain(str(fault))
    if faults:
        raise typer.Exit(WRONG_USE)
    found = parse_written(written)
    if action == "check":
        for remark in remarks_of(written):
            complain(f"提醒：{remark}")
        typer.echo(f"没有错误：{_counts(found)}。")
        return
    from pipeline.coordinating.previewing import preview

    with disk():
        made = preview(
            found, output or file.parent / "预览", last_ended(found.period, datetime.now(CHINA).date())
        )
    for path in made:
        typer.echo(path)


def _counts(form: Form) -> str:
    """Say what a form asks for."""
    columns = sum(len(register.columns) for register in form.registers)
    parts = {
        "张表": len(form.tables),
        "个数": len(form.cells),
        "个其他的值": len(form.cell_values),
        "张登记表": len(form.registers),
        "列": columns,
        "段文字": len(form.texts),
        "项基本信息": len(form.entries),
        "条规则": len(form.rules_by_id),
    }
    return "，".join(f"{count} {what}" for what, count in parts.items() if count)
