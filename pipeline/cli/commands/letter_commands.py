"""The letters that wait, that were sent, and that were handed over."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.application import UNFINISHED
from pipeline.cli.arguments import (
    districts_of,
    moment_of,
    output_of,
    refuse_setback,
)
from pipeline.cli.options import (
    Folder,
    Now,
    Output,
    WhichOrAll,
)
from pipeline.cli.usage import Command
from pipeline.machine.environment import command, disk, lock
from pipeline.model import ConfigError, EnvironmentFailedError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.district.folder import District
    from pipeline.run.letters.by_hand import Chosen

commands = typer.Typer()


def waiting_letters(letters: int, district: District, target: Path) -> str:
    """Say how many letters were written and where they wait."""
    from pipeline.ledger.output_record import LETTERS

    return f"新写了 {letters} 封信，待发，在 {district.results_in(target) / LETTERS}"


@commands.command(cls=Command, epilog="例：nianbao send 临平区")
def send(
    folder: Folder,
    by_hand: Annotated[
        bool,
        typer.Option(
            "--by-hand",
            metavar=" ",
            help="不发邮件，只记下已经用别的办法转交的信；先列出有哪些，用 --all、--agency 或 --letter 写明记哪些。",
        ),
    ] = False,
    again: Annotated[bool, typer.Option("--again", metavar=" ", help="被拒收的信也重新发一次。")] = False,
    undo: Annotated[
        bool, typer.Option("--undo", metavar=" ", help="与 --by-hand 同用：撤销已记下的转交，信重新等待。")
    ] = False,
    agency: Annotated[
        str | None,
        typer.Option("--agency", metavar="单位", help="只指这一个单位的信。", show_default=False),
    ] = None,
    letter: Annotated[
        list[str] | None,
        typer.Option(
            "--letter",
            metavar="代号",
            help="只指这封信（文件名末尾的六个字），可以写多次。",
            show_default=False,
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", metavar=" ", help="与 --by-hand 同用：全部。")] = False,
    pause: Annotated[float, typer.Option("--pause", metavar="秒", min=0, help="两封信之间停几秒。")] = 0,
    most: Annotated[
        int | None,
        typer.Option("--most", metavar="封", min=1, help="这一次最多发几封。", show_default=False),
    ] = None,
    which: WhichOrAll = None,
    output: Output = None,
    now: Now = None,
) -> None:
    """发出等待中的信，即 letters 文件夹里的那些；或者记下用别的办法转交的。"""
    from pipeline.cli import console
    from pipeline.coordinating.deciding import agency_of
    from pipeline.run.letters import by_hand as persons

    moment = moment_of(now)
    districts = districts_of(folder, moment, which)
    target = output_of(folder, output)
    code = agency_of(districts[0], agency).code if agency else None
    chosen = persons.Chosen(code, tuple(letter or ()), every)
    if by_hand:
        with lock(target), disk():
            if chosen.is_named:
                refuse_setback(districts, target, moment, now)
            _record_by_hand(districts, target, chosen, undo=undo, now=moment)
        return
    if undo or every or (chosen.is_named and not again):
        raise ConfigError(
            "--undo、--all 只能与 --by-hand 同用，--agency、--letter 只能与 --by-hand 或 --again 同用。发信时总是发出全部等待的信。"
        )
    if again:
        with lock(target), disk():
            refuse_setback(districts, target, moment, now)
            for district, meant in persons.divided(districts, target, chosen):
                waiting = persons.try_again(district, target, meant, now=moment)
                console.print_letters_settled(waiting, district, "重新待发")
    _deliver(districts, target, pause, most, now)


def _deliver(
    districts: Sequence[District], target: Path, pause: float, most: int | None, now: str | None
) -> None:
    """Send what waits of each form, ``most`` letters altogether, and say what became of it."""
    from pipeline.cli import console
    from pipeline.district.adjusting import form_of
    from pipeline.run import batch

    is_refused = False
    for district in districts:
        with lock(target):
            done, withdrawn, withheld = batch.send(
                district, target, now=moment_of(now), pause=pause, most=most, by_clock=now is None
            )
        form = f"{form_of(district).document_of(district.year)}　" if len(districts) > 1 else ""
        if withdrawn:
            typer.echo(
                f"{form}撤回过时的信 {withdrawn} 封，没有发出；还需要的，运行 {command('run', district.folder)} 会重新写。"
            )
        console.print_sent(done, form)
        if withheld:
            typer.echo(
                f"{form}催报 {withheld} 封没有发：邮箱还没有收取，有的单位也许已经报送。请运行 {command('run', district.folder)}，收取以后再发。"
            )
        if done.failure:
            raise EnvironmentFailedError(done.failure)
        is_refused = is_refused or bool(done.refused)
        most = most if most is None else max(0, most - len(done.attempts))
    if is_refused:
        raise typer.Exit(UNFINISHED)


def _record_by_hand(
    districts: Sequence[District], target: Path, chosen: Chosen, *, undo: bool, now: datetime
) -> None:
    """Record of the letters of each form what a person did with them; where none is named, list them."""
    from pipeline.cli import console
    from pipeline.run.letters import by_hand as persons

    if undo and not chosen.is_named:
        raise ConfigError("请写明撤销哪些：--letter 代号、--agency 单位，或者 --all 全部。")
    for district, meant in persons.divided(districts, target, chosen):
        if undo:
            back = persons.take_back(district, target, meant, now=now)
            console.print_letters_settled(back, district, "撤销转交，重新等待")
        elif chosen.is_named:
            console.print_handed_over(persons.mark_delivered(district, target, meant, now=now), district)
        else:
            console.print_letters(persons.undelivered(district, target, meant, now=now), district)
    if not chosen.is_named:
        typer.echo("没有记下任何信。要记下的，写明哪些：--letter 代号、--agency 单位，或者 --all 全部。")


@commands.command(cls=Command, epilog="例：nianbao letters 临平区 002 --open 3f9a1c")
def letters(
    folder: Folder,
    agency: Annotated[
        str | None,
        typer.Argument(metavar="单位", help="单位的代码、名称或简称；不写则是全部。", show_default=False),
    ] = None,
    open_: Annotated[
        str | None,
        typer.Option(
            "--open", metavar="代号", help="打开这封信：显示内容，信和附件另存一份。", show_default=False
        ),
    ] = None,
    stop: Annotated[
        str | None, typer.Option("--stop", metavar="代号", help="这封信不发了。", show_default=False)
    ] = None,
    withdraw: Annotated[str | None, typer.Option("--withdraw", metavar="代号", hidden=True)] = None,
    as_edited: Annotated[
        str | None,
        typer.Option(
            "--as-edited", metavar="代号", help="照在 letters 文件夹里改过的发。", show_default=False
        ),
    ] = None,
    restore: Annotated[
        str | None,
        typer.Option("--restore", metavar="代号", help="照原样发，不管文件夹里怎样。", show_default=False),
    ] = None,
    which: WhichOrAll = None,
    output: Output = None,
    now: Now = None,
) -> None:
    """留底：列出发过的和等待的每一封信，打开其中一封；对改过、删过的信说明怎么办。"""
    from pipeline.cli import console
    from pipeline.coordinating.deciding import agency_of
    from pipeline.district.adjusting import form_of
    from pipeline.run.letters import by_hand as persons

    moment = moment_of(now)
    districts = districts_of(folder, moment, which)
    target = output_of(folder, output)
    acts = (
        (stop, persons.stop, "不再发出"),
        (withdraw, persons.stop, "不再发出"),  # what --stop was called
        (as_edited, persons.send_as_edited, "照改过的发出"),
        (restore, persons.restore, "照原样发出"),
    )
    asked = [(handle, act, word) for handle, act, word in acts if handle]
    if len(asked) + bool(open_) > 1:
        raise ConfigError("--open、--stop、--as-edited、--restore 一次只能用一个。")
    with disk(), lock(target):
        if asked:
            refuse_setback(districts, target, moment, now)
        for handle, act, word in asked:
            district = persons.campaign_of(districts, target, handle)
            console.print_letters_settled(act(district, target, handle, now=moment), district, word)
        if open_:
            district = persons.campaign_of(districts, target, open_)
            console.print_letter(*persons.opened(district, target, open_), district)
        elif not asked:
            code = agency_of(districts[0], agency).code if agency else None
            for district in districts:
                if len(districts) > 1:
                    typer.echo(form_of(district).document_of(district.year))
                console.print_letters(persons.ever_written(district, target, code), district)
