"""What only a person decides: exceptions, extensions, versions that count, and what goes up."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.arguments import (
    district_of,
    moment_of,
    output_of,
    refuse_setback,
)
from pipeline.cli.commands.letter_commands import waiting_letters
from pipeline.cli.options import (
    By,
    Folder,
    Now,
    Output,
    Until,
    Which,
    Why,
    Withdrawn,
)
from pipeline.cli.usage import Command
from pipeline.machine.environment import disk, lock
from pipeline.model import ConfigError

if TYPE_CHECKING:
    from pipeline.model import DecisionKind

commands = typer.Typer()


@commands.command(
    cls=Command, epilog="例：nianbao decide 临平区 return 002 --reason 数字与年中统计不符 --by 王主任"
)
def decide(
    folder: Folder,
    kind: Annotated[
        str,
        typer.Argument(
            metavar="决定",
            help="return 退回已合格的报送、count 以第几次计入、accept 接收待核实的文件、waive 准予例外、refuse 不同意单位的说明、"
            "extend 延期、dismiss 不是报送、release 同意更正已报送的数据。",
            show_default=False,
        ),
    ],
    about: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="单位或文件",
            help="单位的代码、名称或简称（accept、dismiss 写文件名），后面按需要写第几次、规则或日期；release 可以不写。",
            show_default=False,
        ),
    ] = None,
    by: By = None,
    reason: Why = "",
    until: Until = None,
    revoke: Annotated[bool, typer.Option("--revoke", metavar=" ", help="撤销这个决定。")] = False,
    which: Which = None,
    output: Output = None,
    now: Now = None,
) -> None:
    """记下一个决定：退回、以第几次计入、接收、例外、不同意说明、延期、不是报送、同意更正；写明理由和决定的人，可以撤销。"""
    from pipeline.model import DecisionKind

    if kind not in list(DecisionKind):
        raise ConfigError(f"没有“{kind}”这种决定，应为：{'、'.join(DecisionKind)}。")
    _decide(
        folder,
        output,
        DecisionKind(kind),
        tuple(about or ()),
        by,
        reason,
        until,
        revoke=revoke,
        which=which,
        now=now,
    )


@commands.command(cls=Command, epilog="例：nianbao waive 临平区 002 T3-04 --reason 机构合并 --by 王主任")
def waive(
    folder: Folder,
    agency: Annotated[
        str, typer.Argument(metavar="单位", help="单位的代码、名称或简称。", show_default=False)
    ],
    rule: Annotated[str, typer.Argument(metavar="规则", help="规则的编号，例如 T3-04。", show_default=False)],
    by: By = None,
    reason: Why = "",
    until: Until = None,
    revoke: Annotated[bool, typer.Option("--revoke", metavar=" ", help="撤销这个例外。")] = False,
    withdrawn: Withdrawn = False,
    which: Which = None,
    output: Output = None,
    now: Now = None,
) -> None:
    """准予一个单位对一条规则例外，写明理由和同意的人；汇总表和问题清单中会列明。"""
    from pipeline.model import DecisionKind

    about = (agency, rule)
    ends = revoke or withdrawn
    _decide(folder, output, DecisionKind.WAIVE, about, by, reason, until, revoke=ends, which=which, now=now)


@commands.command(cls=Command, epilog="例：nianbao dismiss 临平区 说明.txt --reason 是填表说明 --by 王主任")
def dismiss(
    folder: Folder,
    file: Annotated[
        str, typer.Argument(metavar="文件", help="待核实的文件，照 status 列出的写。", show_default=False)
    ],
    by: By = None,
    reason: Why = "",
    revoke: Annotated[bool, typer.Option("--revoke", metavar=" ", help="撤销，文件重新待核实。")] = False,
    withdrawn: Withdrawn = False,
    which: Which = None,
    output: Output = None,
    now: Now = None,
) -> None:
    """把一个待核实的文件记为不是报送，写明理由和核实的人；不再待核实，不写信，也不删除。"""
    from pipeline.model import DecisionKind

    ends = revoke or withdrawn
    _decide(
        folder,
        output,
        DecisionKind.DISMISS,
        (file,),
        by,
        reason,
        None,
        revoke=ends,
        which=which,
        now=now,
    )


def _decide(
    folder: Path,
    output: Path | None,
    kind: DecisionKind,
    about: tuple[str, ...],
    by: str | None,
    reason: str,
    until: str | None,
    *,
    revoke: bool,
    which: str | None,
    now: str | None,
) -> None:
    from pipeline.coordinating import deciding
    from pipeline.model import DecisionKind
    from pipeline.run import signing
    from pipeline.wording.messages import decision_words

    moment = moment_of(now)
    district = district_of(folder, moment, which)
    target = output_of(folder, output)
    person = deciding.person(district, by)
    wanted = deciding.Wanted(kind, about, reason, person, moment, deciding.day_of(until))
    with disk(), lock(target):
        refuse_setback([district], target, moment, now)
        if kind is DecisionKind.RELEASE and not revoke:
            whose = [deciding.agency_of(district, name).name for name in about]
            done = [signing.release(district, target, by=person, reason=reason, now=moment, whose=whose)]
        else:
            done = (deciding.revoke if revoke else deciding.decide)(district, target, wanted)
    names = {agency.code: agency.name for agency in district.roster_agencies}
    for item in done:
        whom = "　".join(part for part in (names.get(item.agency, item.agency), item.file) if part)
        word = "已撤销" if revoke else "已记下"
        typer.echo(f"{word}：{whom}　{decision_words(item)}（{person}），下一次 nianbao run 时生效。")


@commands.command(cls=Command, epilog="例：nianbao deliver 临平区 --by 王主任")
def deliver(
    folder: Folder,
    by: Annotated[
        str, typer.Option("--by", metavar="姓名", help="审核、签发的人；必须写明。", show_default=False)
    ] = "",
    reason: Annotated[
        str,
        typer.Option(
            "--reason", metavar="理由", help="更正已经报送的数据时，为什么更正。", show_default=False
        ),
    ] = "",
    which: Which = None,
    output: Output = None,
    now: Now = None,
) -> None:
    """签发汇总表：写明谁审核同意，信才报给上级办公室；没有收齐的注明阶段汇总，更正要写理由。"""
    from pipeline.run import signing

    moment = moment_of(now)
    district = district_of(folder, moment, which)
    target = output_of(folder, output)
    if not by.strip():
        raise ConfigError("--by 没有填写。汇总表要有人审核、签发，请写明姓名，例如 --by 王主任。")
    with lock(target), disk():
        refuse_setback([district], target, moment, now)
        letters = signing.sign(district, target, by=by.strip(), reason=reason.strip(), now=moment)
    if letters:
        typer.echo(f"已签发（{by.strip()}）。{waiting_letters(letters, district, target)}")
    else:
        typer.echo("这份汇总表已经签发过，没有再写。")
