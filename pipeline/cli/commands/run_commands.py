"""The run, and what is looked at after it."""

from __future__ import annotations

import sys
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from pipeline.cli.application import UNFINISHED, complain
from pipeline.cli.arguments import (
    district_of,
    districts_of,
    form_named,
    moment_of,
    note_settings,
    output_of,
    refuse_what_is_no_file,
)
from pipeline.cli.options import (
    AsJson,
    Folder,
    FormName,
    Now,
    Output,
    Which,
    WhichOrAll,
)
from pipeline.cli.usage import Command
from pipeline.district.roster import LEVELS
from pipeline.machine.environment import command, disk, lock
from pipeline.model import ConfigError, EnvironmentFailedError

_READERS = 2
"""Children that read the files of ``check``, where there are enough of them."""

commands = typer.Typer()


@commands.command(cls=Command, epilog="例：nianbao check 财政局.xlsx")
def check(
    files: Annotated[list[Path], typer.Argument(metavar="文件", help="要检查的表格。", show_default=False)],
    level: Annotated[
        str | None,
        typer.Option(
            "--level",
            metavar="级别",
            help="填报单位的级别：设区的市或县区；不写则以模板中的为准。",
            show_default=False,
        ),
    ] = None,
    form: FormName = None,
    as_json: AsJson = False,
) -> None:
    """检查单个文件，不需要区县文件夹，也不写任何文件。"""
    from pipeline.cli import console
    from pipeline.machine.pool import Pool
    from pipeline.publishing.data.record import submission_record, to_json
    from pipeline.run import checking
    from pipeline.wording.messages import notices

    if level not in (None, *LEVELS):
        raise ConfigError(f"--level 应为“{'”或“'.join(LEVELS)}”。")
    bound = form_named(form) if form else None
    refuse_what_is_no_file(files)
    with disk(), Pool(_READERS) as pool:
        found = checking.check(files, bound, level, pool=pool)
    checked = [(item, notices(by, item.findings)) for by, item in found]
    if as_json:
        records = [
            submission_record(item, said, clerk=by.clerk_of(item.submission.reading.entries))
            for (by, _), (item, said) in zip(found, checked, strict=True)
        ]
        sys.stdout.buffer.write(to_json(records))
    else:
        console.print_checks(checked)
    if not all(item.verdict.is_acceptance for item, _ in checked):
        raise typer.Exit(UNFINISHED)


@commands.command(cls=Command, epilog="例：nianbao run 临平区 --now 2024-01-25T20:00:00")
def run(
    folder: Folder,
    output: Output = None,
    now: Now = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", metavar=" ", help="只看结果，不写任何文件。")] = False,
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers", metavar="个数", min=1, help="同时用几个进程；不写则自动决定。", show_default=False
        ),
    ] = None,
    engine: Annotated[
        str | None,
        typer.Option(
            "--engine",
            metavar="地址",
            help="dask 集群地址，例如 tls://10.0.0.5:8786；集群送回的结果在本机执行，只用自己管理的集群。",
            show_default=False,
        ),
    ] = None,
    with_pdf: Annotated[
        bool,
        typer.Option("--pdf", metavar=" ", help="各单位年报另存一份 PDF（需要 LibreOffice 和中文字体）。"),
    ] = False,
    retry: Annotated[
        bool, typer.Option("--retry", metavar=" ", help="把以前没有读完而搁置的文件再读一次。")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """检查收件箱里的全部报送，写出汇总表、各单位年报和退回表格。"""
    from pipeline.cli import console
    from pipeline.machine.work import open_work
    from pipeline.publishing.data.record import to_json
    from pipeline.run import batch
    from pipeline.run.side_by_side import run_all

    moment = moment_of(now)
    district = district_of(folder, moment)
    note_settings(district)
    target = output_of(folder, output)
    files = sum(1 for _ in district.inbox.rglob("*")) if district.inbox.is_dir() else 0
    with (
        nullcontext() if dry_run else lock(target),
        open_work(files, workers=workers, engine=engine) as work,
        console.progress() as advance,
    ):
        one = partial(
            batch.run,
            now=moment,
            work=work,
            progress=advance,
            dry_run=dry_run,
            with_pdf=with_pdf,
            by_clock=now is None and not dry_run,
            retry=retry,
        )
        outcomes = run_all(district, target, one, now=moment, fetches=not dry_run)
    if as_json:
        records = [outcome.record for outcome in outcomes]
        sys.stdout.buffer.write(to_json(records if district.others else records[0]))
    else:
        for outcome in outcomes:
            console.print_outcome(outcome, dry_run=dry_run)
    failures = [failure for outcome in outcomes for failure in outcome.failures]
    if failures:
        raise EnvironmentFailedError("\n".join(dict.fromkeys(failures)))
    if not all(outcome.is_all_well for outcome in outcomes):
        raise typer.Exit(UNFINISHED)


@commands.command(cls=Command, epilog="例：nianbao status 临平区")
def status(
    folder: Folder,
    which: WhichOrAll = None,
    output: Output = None,
    now: Now = None,
    rules: Annotated[
        bool, typer.Option("--rules", metavar=" ", help="改为逐条规则列出：提示了几家，后来怎样。")
    ] = False,
) -> None:
    """逐个单位列出报送情况：状态、计入第几次、收到时间、问题、最近一封信。"""
    from pipeline.cli import console
    from pipeline.coordinating import status as standing
    from pipeline.ledger import has_ledger

    moment = moment_of(now)
    for district in districts_of(folder, moment, which):
        if district.is_second and not which and not has_ledger(output_of(folder, output), district.part):
            typer.echo(f"{district.id}　还没有运行过。")
            continue
        with disk():
            if rules:
                console.print_rules(district, standing.rules(district, output_of(folder, output)))
            else:
                found = standing.status(district, output_of(folder, output), today=moment.date())
                console.print_status(found)


@commands.command("open", cls=Command, epilog="例：nianbao open 临平区")
def open_(folder: Folder, which: Which = None, output: Output = None) -> None:
    """打开最近一次运行写出的报送情况（网页）。"""
    import webbrowser

    from pipeline.publishing.document_paths import PAGE

    district = district_of(folder, moment_of(None), which)
    page = (district.results_in(output_of(folder, output)) / PAGE).resolve()
    if not page.is_file():
        raise ConfigError(f"还没有运行过。请先双击“今晚运行”，或者运行 {command('run', folder)}", file=folder)
    typer.echo(page)
    if not webbrowser.open(page.as_uri()):
        typer.echo("没有找到浏览器，请用文件管理器打开上面的文件。")


@commands.command(cls=Command, epilog="例：nianbao papers 临平区")
def papers(folder: Folder, which: WhichOrAll = None, output: Output = None, now: Now = None) -> None:
    """写出要盖章、要留存的材料：通报、通讯录、考核明细、公布情况、上报材料。"""
    from pipeline.coordinating.papers import unfinished, why_not_packed, write_papers
    from pipeline.run import signing

    moment = moment_of(now)
    districts = districts_of(folder, moment, which)
    target, refused = output_of(folder, output), []
    with lock(target), disk():
        for district in districts:
            upward = signing.goes_up(district, target, now=moment)
            paths = write_papers(district, target, today=moment.date(), upward=upward)
            for path in paths:
                typer.echo(path)
            for name in unfinished(paths):
                typer.echo(
                    f"上报材料里的《{name}》还有未补写的“【填写：……】”：请在结果文件夹里打开这份报告补完，保存后再运行一次。"
                )
            refused += [why] if (why := why_not_packed(district, target, upward)) else []
    for why in refused:
        complain(why)
    if refused:
        raise typer.Exit(UNFINISHED)
