"""The command line: arguments go in, the exit code says how it went.

0 all well; 1 something was returned, held or missing; 2 usage or configuration; 3 another run holds the lock;
4 the environment failed and it is safe to run again.
"""

from __future__ import annotations

import os
import sys
import traceback
from contextlib import nullcontext
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import __version__
from pipeline.district.roster import LEVELS
from pipeline.machine.environment import disk, lock, typed
from pipeline.model import CHINA, BusyError, ConfigError, EnvironmentFailedError, NianbaoError
from pipeline.usage import SPACES, Command, Group, complaint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.district.folder import District

ALL_WELL, UNFINISHED, WRONG_USE, BUSY, ENVIRONMENT = range(5)
BUG = 70
"""EX_SOFTWARE: none of the five, so that a scheduler does not take a crash for a returned file."""
_READERS = 2
"""Children that read the files of ``check``, where there are enough of them."""
_EXIT_CODES = {ConfigError: WRONG_USE, BusyError: BUSY, EnvironmentFailedError: ENVIRONMENT}

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

Folder = Annotated[
    Path, typer.Argument(metavar="区县文件夹", help="放着 district.toml 的文件夹。", show_default=False)
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        metavar="文件夹",
        help="结果放在哪里；不写则放在区县文件夹的 output 中。",
        show_default=False,
    ),
]
Now = Annotated[
    str | None,
    typer.Option(
        "--now", metavar="时间", help="当作现在的时间，例如 2024-01-25T20:00:00。", show_default=False
    ),
]
AsJson = Annotated[bool, typer.Option("--json", metavar=" ", help="输出 JSON，供其他程序使用。")]


def _output(folder: Path, output: Path | None) -> Path:
    return output or folder / "output"


@app.command(cls=Command, epilog="例：nianbao init 临平区")
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="区县文件夹", help="要新建的文件夹。", show_default=False)
    ],
) -> None:
    """新建一个区县文件夹：设置、单位名单、收件箱和模板。"""
    from pipeline.coordinating import preparing

    with disk():
        made = preparing.init(folder, today=datetime.now(CHINA).date())
    for path in made:
        typer.echo(path)
    typer.echo(
        f"下一步：填好 {made[2]}（单位名单）和 {made[1]}，把收到的表格放进 {made[0]}，然后运行 nianbao run {typed(folder)}"
    )


@app.command(cls=Command, epilog="例：nianbao template 临平区 --agency 002")
def template(
    folder: Folder,
    agency: Annotated[
        str | None, typer.Option("--agency", metavar="代码", help="只做这一个单位。", show_default=False)
    ] = None,
    output: Output = None,
    now: Now = None,
) -> None:
    """给每个单位做一份带单位名称和年度的填报模板，并写好发模板的信。"""
    from pipeline.coordinating import preparing
    from pipeline.district.folder import load_district
    from pipeline.night import handing_out

    moment = _moment(now)
    district = load_district(folder)
    target = _output(folder, output)
    with lock(target), disk():
        paths = preparing.personal_templates(district, target, code=agency)
        done = handing_out.send_templates(district, target, code=agency, now=moment)
    typer.echo(f"做好 {len(paths)} 份模板，在 {paths[0].parent}")
    strays = [] if agency else preparing.left_over(paths)
    if strays:
        typer.echo(
            f"这个文件夹里还有 {len(strays)} 个表格不是现在名单中单位的模板，没有改动，请核对后删去：{'、'.join(strays)}"
        )
    if done.new or (len(done.silent) < len(paths) and not done.renewed):
        typer.echo(_waiting(done.new, district, target) if done.new else "没有新写信：以前已经写过。")
    if done.renewed:
        typer.echo(f"{done.renewed} 封待发的信与现在的模板、设置不同，已换成新的。")
    if done.older:
        typer.echo(
            f"{done.older} 家单位收到的是以前的模板（与现在的不同），不再另发；需要时请把新模板发给它们。"
        )
    if done.silent:
        names = "、".join(item.name for item in done.silent)
        typer.echo(
            f"{len(done.silent)} 家单位在名单中没有邮箱，没有写信：{names}。"
            "请用别的办法把模板发给它们，或者把邮箱补入 agencies.csv 的 email 列后重新运行。"
        )


@app.command(cls=Command, epilog="例：nianbao deliver 临平区")
def deliver(folder: Folder, output: Output = None, now: Now = None) -> None:
    """写一封信把汇总表报给上级办公室，不等收齐；收齐后的信每晚自动写。"""
    from pipeline.district.folder import load_district
    from pipeline.night import letterbox

    moment = _moment(now)
    district = load_district(folder)
    target = _output(folder, output)
    with lock(target), disk():
        letters = letterbox.send_summary(district, target, now=moment)
    typer.echo(_waiting(letters, district, target) if letters else "这份汇总表的信已经写过，没有再写。")


def _waiting(letters: int, district: District, target: Path) -> str:
    return f"新写了 {letters} 封信，等待发出，在 {target / str(district.year) / 'letters'}"


@app.command(cls=Command, epilog="例：nianbao check 财政局.xlsx")
def check(
    files: Annotated[list[Path], typer.Argument(metavar="文件…", help="要检查的表格。", show_default=False)],
    level: Annotated[
        str | None,
        typer.Option(
            "--level",
            metavar="级别",
            help="填报单位的级别：设区的市或县区；不写则以模板中的为准。",
            show_default=False,
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """检查单个文件，不需要区县文件夹，也不写任何文件。"""
    from pipeline import console
    from pipeline.forms.loader import DEFAULT_FORM, load_form
    from pipeline.machine.pool import Pool
    from pipeline.messages import notices
    from pipeline.night import checking
    from pipeline.publishing.record import submission_record, to_json

    if level not in (None, *LEVELS):
        raise ConfigError(f"--level 应为“{'”或“'.join(LEVELS)}”。")
    form = load_form(DEFAULT_FORM)
    _refuse_what_is_no_file(files)
    with disk(), Pool(_READERS) as pool:
        found = checking.check(files, form.id, level, pool=pool)
    checked = [(item, notices(form, item.findings)) for item in found]
    if as_json:
        sys.stdout.buffer.write(to_json([submission_record(item, found) for item, found in checked]))
    else:
        console.print_checks(checked)
    if not all(item.verdict.is_acceptance for item, _ in checked):
        raise typer.Exit(UNFINISHED)


@app.command(cls=Command, epilog="例：nianbao run 临平区 --now 2024-01-25T20:00:00")
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
            "--engine", metavar="地址", help="dask 集群地址，例如 tcp://10.0.0.5:8786。", show_default=False
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
    from pipeline import batch, console
    from pipeline.district.folder import load_district
    from pipeline.machine.work import open_work
    from pipeline.publishing.record import to_json

    moment = _moment(now)
    district = load_district(folder)
    target = _output(folder, output)
    files = sum(1 for _ in district.inbox.rglob("*")) if district.inbox.is_dir() else 0
    with (
        nullcontext() if dry_run else lock(target),
        open_work(files, workers=workers, engine=engine) as work,
        console.progress() as advance,
    ):
        outcome = batch.run(
            district,
            target,
            now=moment,
            work=work,
            progress=advance,
            dry_run=dry_run,
            with_pdf=with_pdf,
            retry=retry,
        )
    if as_json:
        sys.stdout.buffer.write(to_json(outcome.record))
    else:
        console.print_outcome(outcome, district, dry_run=dry_run)
    if outcome.failures:
        raise EnvironmentFailedError("\n".join(outcome.failures))
    if not outcome.is_all_well:
        raise typer.Exit(UNFINISHED)


@app.command("import", cls=Command, epilog="例：nianbao import 临平区 上年/figures.csv")
def import_(
    folder: Folder,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="文件…", help="上年运行生成的 figures.csv，或上年填好的表格。", show_default=False
        ),
    ],
    output: Output = None,
    now: Now = None,
) -> None:
    """导入上年的数据，用来与本年的数据比较。"""
    from pipeline import console
    from pipeline.coordinating import importing
    from pipeline.district.folder import load_district
    from pipeline.night import handing_out

    moment = _moment(now)
    _refuse_what_is_no_file(files)
    district = load_district(folder)
    target = _output(folder, output)
    with lock(target):
        taken = importing.import_files(district, target, files, now=moment)
        news = {
            report.agency for item in taken for report in item.reports if report.year == district.year - 1
        }
        waiting, gone = handing_out.handed_out(district, target, news)
    console.print_imports(taken, district)
    if waiting or gone:
        typer.echo(
            f"填报模板的信已经写过（待发 {waiting} 封、已发 {gone} 封），其中没有这次导入的数据。"
            f"运行 nianbao template {typed(folder)} 更新待发的；已发的不变。"
        )
    if any(item.refusal for item in taken):
        raise typer.Exit(UNFINISHED)


@app.command(cls=Command, epilog="例：nianbao status 临平区")
def status(
    folder: Folder,
    output: Output = None,
    rules: Annotated[
        bool, typer.Option("--rules", metavar=" ", help="改为逐条规则列出：提示了几家，后来怎样。")
    ] = False,
) -> None:
    """逐个单位列出报送情况：状态、计入第几次、收到时间、问题、最近一封信。"""
    from pipeline import console
    from pipeline.coordinating import standing
    from pipeline.district.folder import load_district

    district = load_district(folder)
    now = _moment(None)
    if rules:
        with disk():
            records = standing.rules(district, _output(folder, output))
        console.print_rules(district, records)
        return
    with disk():
        found = standing.status(district, _output(folder, output), today=now.date())
    console.print_status(district, found)


@app.command(cls=Command, epilog="例：nianbao waive 临平区 002 T3-04 --reason 机构合并 --by 王主任")
def waive(
    folder: Folder,
    agency: Annotated[
        str, typer.Argument(metavar="单位", help="单位的代码、名称或简称。", show_default=False)
    ],
    rule: Annotated[str, typer.Argument(metavar="规则", help="规则的编号，例如 T3-04。", show_default=False)],
    by: Annotated[
        str | None,
        typer.Option(
            "--by",
            metavar="姓名",
            help="同意的人；不写则是 district.toml 的 \\[people] 中的 coordinator，再没有就是本机用户。",
            show_default=False,
        ),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="理由", help="为什么。", show_default=False)
    ] = "",
    until: Annotated[
        str | None,
        typer.Option("--until", metavar="日期", help="到哪一天为止；不写则长期有效。", show_default=False),
    ] = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", metavar=" ", help="撤销这个例外。")] = False,
    output: Output = None,
) -> None:
    """准予一个单位对一条规则例外，写明理由和同意的人；汇总表和问题清单中会列明。"""
    from pipeline.coordinating import waiving
    from pipeline.district.folder import load_district
    from pipeline.model import Waiver

    district = load_district(folder)
    target, now = _output(folder, output), _moment(None)
    person = waiving.person(district, by)
    with disk(), lock(target):
        if withdraw:
            waiving.withdraw(district, target, agency, rule, by=person, at=now)
        else:
            wanted = Waiver(agency, rule, reason, person, now, waiving.day_of(until))
            waiving.grant(district, target, wanted)
    done = "撤销" if withdraw else "记下"
    typer.echo(f"已{done} {agency} 对规则 {rule} 的例外（{person}），下一次 nianbao run 时生效。")


@app.command(cls=Command, epilog="例：nianbao dismiss 临平区 说明.txt --reason 是填表说明 --by 王主任")
def dismiss(
    folder: Folder,
    file: Annotated[
        str, typer.Argument(metavar="文件", help="待核实的文件，照 status 列出的写。", show_default=False)
    ],
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="姓名", help="核实的人；不写则与 waive 相同。", show_default=False),
    ] = None,
    reason: Annotated[
        str, typer.Option("--reason", metavar="理由", help="为什么不是报送。", show_default=False)
    ] = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", metavar=" ", help="撤销，文件重新待核实。")] = False,
    output: Output = None,
) -> None:
    """把一个待核实的文件记为不是报送，写明理由和核实的人；不再待核实，不写信，也不删除。"""
    from pipeline.coordinating import dismissing, waiving
    from pipeline.district.folder import load_district

    district = load_district(folder)
    target, now = _output(folder, output), _moment(None)
    person = waiving.person(district, by)
    with disk(), lock(target):
        if withdraw:
            done = dismissing.withdraw(district, target, file, by=person, at=now)
        else:
            done = dismissing.dismiss(district, target, file, reason=reason, person=person, at=now)
    word = "已撤销，重新待核实" if withdraw else "已记为不是报送"
    typer.echo(f"{done[0].file}：{word}（{person}），下一次 nianbao run 时生效。")


@app.command(cls=Command, epilog="例：nianbao send 临平区")
def send(
    folder: Folder,
    by_hand: Annotated[
        bool,
        typer.Option(
            "--by-hand", metavar=" ", help="不发邮件，只记下：等待的和被拒收的信都已经用别的办法转交。"
        ),
    ] = False,
    agency: Annotated[
        str | None,
        typer.Option(
            "--agency", metavar="单位", help="与 --by-hand 同用，只记这一个单位的。", show_default=False
        ),
    ] = None,
    output: Output = None,
    now: Now = None,
) -> None:
    """发出等待中的信，即 letters 文件夹里的那些。"""
    from pipeline import batch, console
    from pipeline.district.folder import load_district

    district = load_district(folder)
    target = _output(folder, output)
    if by_hand:
        from pipeline.coordinating.waiving import agency_of
        from pipeline.night import letterbox

        code = agency_of(district, agency).code if agency else None
        with lock(target), disk():
            handed = letterbox.hand_over(district, target, code=code, now=_moment(now))
        console.print_handed_over(handed, district)
        return
    if agency:
        raise ConfigError("--agency 只能与 --by-hand 同用。发信时总是发出全部等待的信。")
    with lock(target):
        done, withdrawn = batch.send(district, target, now=_moment(now))
    if withdrawn:
        typer.echo(
            f"撤回过时的信 {withdrawn} 封，没有发出；还需要的，运行 nianbao run {typed(folder)} 会重新写。"
        )
    console.print_sent(done)
    if done.failure:
        raise EnvironmentFailedError(done.failure)
    if done.refused:
        raise typer.Exit(UNFINISHED)


@app.command(cls=Command, epilog="例：nianbao fields annual_report_2021 --json")
def fields(
    form: Annotated[
        str | None, typer.Argument(metavar="表样", help="表样的名称。", show_default=False)
    ] = None,
    as_json: AsJson = False,
) -> None:
    """列出表样的每个数据、文字和项目在模板中的位置。"""
    import json
    from dataclasses import asdict

    from pipeline.forms.loader import DEFAULT_FORM, data_dictionary, load_form

    rows = [asdict(item) for item in data_dictionary(load_form(form or DEFAULT_FORM))]
    if as_json:
        sys.stdout.buffer.write((json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode())
        return
    for row in rows:
        kind = "填写" if row["input"] else "自动计算"
        typer.echo(f"{row['key']}\t{row['label']}\t{row['kind']}\t{row['sheet']}!{row['address']}\t{kind}")


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        typer.echo(f"nianbao {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", metavar=" ", callback=_version, is_eager=True, help="显示版本。")
    ] = False,
) -> None:
    """Hold the options of the program itself."""


def _refuse_what_is_no_file(paths: Sequence[Path]) -> None:
    for path in paths:
        if path.is_dir():
            raise ConfigError("这是文件夹，不是文件。请写里面的文件，可以写几个。", file=path)
        if not path.is_file():
            raise ConfigError(f"没有这个文件。请检查文件名；{SPACES}。", file=path)


def _moment(text: str | None) -> datetime:
    if text is None:
        return datetime.now(CHINA).replace(microsecond=0)
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(f"--now 的时间“{text}”写法不对，例如 2024-01-25T20:00:00。") from None
    return (found if found.tzinfo else found.replace(tzinfo=CHINA)).astimezone(CHINA)


def main() -> None:
    """Run the command line; every failure ends in one Chinese sentence and its exit code."""
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="replace")  # type: ignore[union-attr]
    os.environ["PYTHONSAFEPATH"] = (
        "1"  # nor does a process that is started from here find its modules in this folder
    )
    sys.exit(_run())


def _run() -> int:
    try:
        code = app(standalone_mode=False)
    except NianbaoError as error:
        _complain(str(error))
        return next((code for kind, code in _EXIT_CODES.items() if isinstance(error, kind)), WRONG_USE)
    except Exception as error:  # noqa: BLE001 - the last stop before a coordinator's screen
        misused = complaint(error)
        if misused is not None:
            _complain(misused)
            return WRONG_USE
        traceback.print_exc()
        _complain("程序本身出了错，已有的结果没有受影响。请把上面的内容发给维护人员。")
        return BUG
    return code if isinstance(code, int) else ALL_WELL


def _complain(sentence: str) -> None:
    if sentence:
        typer.secho(sentence, err=True, fg=typer.colors.RED)
