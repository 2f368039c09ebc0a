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
from functools import partial
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline import KIT_MARK, __version__
from pipeline.cli.usage import SPACES, Command, Group, complaint
from pipeline.district.roster import LEVELS
from pipeline.machine.environment import command, disk, lock
from pipeline.machine.garbage import look_seldom
from pipeline.model import CHINA, BusyError, ConfigError, EnvironmentFailedError, NianbaoError
from pipeline.periods import last_ended, named, period_before, year_in

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipeline.district.folder import District
    from pipeline.forms.form import Form
    from pipeline.model import DecisionKind
    from pipeline.run.letters.by_hand import Chosen

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
    Path,
    typer.Argument(
        metavar="区县文件夹", help="放着 经办.xlsx 或 district.toml 的文件夹。", show_default=False
    ),
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
FormName = Annotated[
    str | None,
    typer.Option(
        "--form",
        metavar="表样",
        help="用哪一份表样：名称，或者表样文件（.toml）；不写则用现行的年度报告。",
        show_default=False,
    ),
]
UnsaidAgency = Annotated[
    str | None,
    typer.Option(
        "--agency", metavar="单位", help="文件里没有写单位时，写代码、名称或简称。", show_default=False
    ),
]
UnsaidYear = Annotated[
    str | None,
    typer.Option(
        "--year",
        "--period",
        metavar="年份",
        help="文件里没有写年度时，写四位年份。",
        show_default=False,
    ),
]
Which = Annotated[
    str | None,
    typer.Option(
        "--form",
        metavar="表样",
        help="同时收几份表时，指哪一份：名称，或者 名称:报告期；不写则指第一份。",
        show_default=False,
    ),
]
WhichOrAll = Annotated[
    str | None,
    typer.Option(
        "--form",
        metavar="表样",
        help="同时收几份表时，只指这一份：名称，或者 名称:报告期；不写则是全部。",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", metavar=" ", help="输出 JSON，供其他程序使用。")]


def _district(folder: Path, moment: datetime, which: str | None = None) -> District:
    """Load a district: of the forms that it collects the first, or the one that was named."""
    from pipeline.district.folder import load_district

    found = load_district(folder, moment.astimezone(CHINA).date())
    return found if which is None else _one_of(found.campaigns, which, folder)


def _districts(folder: Path, moment: datetime, which: str | None) -> tuple[District, ...]:
    """Load a district: all forms that it collects, or the one that was named."""
    found = _district(folder, moment, which)
    return (found,) if which else found.campaigns


def _one_of(campaigns: Sequence[District], which: str, folder: Path) -> District:
    found = [item for item in campaigns if which in (item.form, item.id)]
    if len(found) != 1:
        there = "、".join(item.id for item in campaigns)
        why = "没有收" if not found else "有几期在收"
        raise ConfigError(f"“{which}”{why}，现在收的是：{there}。", file=folder)
    return found[0]


def _output(folder: Path, output: Path | None) -> Path:
    return output or folder / "output"


@app.command(cls=Command, epilog="例：nianbao init 临平区")
def init(
    folder: Annotated[
        Path, typer.Argument(metavar="区县文件夹", help="要新建的文件夹。", show_default=False)
    ],
    form: FormName = None,
) -> None:
    """新建一个区县文件夹：设置、单位名单、收件箱和模板。"""
    from pipeline.coordinating import preparing
    from pipeline.district.settings_fields import BOOK_NAME
    from pipeline.forms.loader import DEFAULT_FORM

    with disk():
        made = preparing.init(folder, today=datetime.now(CHINA).date(), form_id=form or DEFAULT_FORM)
    for path in made:
        typer.echo(path)
    typer.echo(
        f"下一步：用 Excel 或 WPS 打开 {folder / BOOK_NAME}，填写“设置”和“名单”；把收到的表格放进 {made[0]}；"
        f"然后双击“今晚运行”，或者运行 {command('run', folder)}"
    )


@app.command(cls=Command, epilog="例：nianbao adopt 临平区 全区单位名单.xls")
def adopt(
    folder: Folder,
    roster: Annotated[
        Path | None,
        typer.Argument(
            metavar="名单", help="单位名单（Excel、WPS 或 CSV）；不写则用 agencies.csv。", show_default=False
        ),
    ] = None,
) -> None:
    """把已有的设置和名单（district.toml、agencies.csv 或别的名单文件）收进 经办.xlsx。"""
    from pipeline.coordinating import adopting

    if roster:
        _refuse_what_is_no_file([roster])
    with disk():
        book, district = adopting.adopt(folder, roster)
    typer.echo(
        f"写好 {book}：{len(district.agencies)} 个单位。原来的文字设置移到了“{adopting.ASIDE}”文件夹。请打开核对一遍。"
    )


@app.command(cls=Command, epilog="例：nianbao template 临平区 --agency 002")
def template(
    folder: Folder,
    agency: Annotated[
        str | None,
        typer.Option(
            "--agency", metavar="单位", help="只做这一个单位：代码、名称或简称。", show_default=False
        ),
    ] = None,
    which: WhichOrAll = None,
    output: Output = None,
    now: Now = None,
) -> None:
    """给每个单位做一份带单位名称和年度的填报模板，并写好发模板的信。"""
    moment = _moment(now)
    districts = _districts(folder, moment, which)
    _note(districts[0])
    target = _output(folder, output)
    with lock(target), disk():
        for district in districts:
            _hand_out(district, target, agency, moment)


def _hand_out(district: District, target: Path, agency: str | None, moment: datetime) -> None:
    """Write the templates of one form and the letters that carry them, and say so."""
    from pipeline.coordinating import deciding, preparing
    from pipeline.run.letters import handing_out

    code = deciding.agency_of(district, agency).code if agency else None
    paths = preparing.personal_templates(district, target, code=code)
    done = handing_out.send_templates(district, target, code=code, now=moment)
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
            "请用别的办法把模板发给它们，或者把邮箱补入单位名单的“邮箱”列后重新运行。"
        )


@app.command(cls=Command, epilog="例：nianbao deliver 临平区 --by 王主任")
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

    moment = _moment(now)
    district = _district(folder, moment, which)
    target = _output(folder, output)
    if not by.strip():
        raise ConfigError("--by 没有填写。汇总表要有人审核、签发，请写明姓名，例如 --by 王主任。")
    with lock(target), disk():
        letters = signing.sign(district, target, by=by.strip(), reason=reason.strip(), now=moment)
    if letters:
        typer.echo(f"已签发（{by.strip()}）。{_waiting(letters, district, target)}")
    else:
        typer.echo("这份汇总表已经签发过，没有再写。")


def _waiting(letters: int, district: District, target: Path) -> str:
    return f"新写了 {letters} 封信，等待发出，在 {district.results_in(target) / 'letters'}"


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
    form: FormName = None,
    as_json: AsJson = False,
) -> None:
    """检查单个文件，不需要区县文件夹，也不写任何文件。"""
    from pipeline.cli import console
    from pipeline.forms.loader import DEFAULT_FORM
    from pipeline.machine.pool import Pool
    from pipeline.publishing.data.record import submission_record, to_json
    from pipeline.run import checking
    from pipeline.wording.messages import notices

    if level not in (None, *LEVELS):
        raise ConfigError(f"--level 应为“{'”或“'.join(LEVELS)}”。")
    bound = _form_of(form or DEFAULT_FORM)
    _refuse_what_is_no_file(files)
    with disk(), Pool(_READERS) as pool:
        found = checking.check(files, bound, level, pool=pool)
    checked = [(item, notices(bound, item.findings)) for item in found]
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

    moment = _moment(now)
    district = _district(folder, moment)
    _note(district)
    target = _output(folder, output)
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
        outcomes = run_all(district, target, one, fetches=not dry_run)
    if as_json:
        records = [outcome.record for outcome in outcomes]
        sys.stdout.buffer.write(to_json(records if district.others else records[0]))
    else:
        for outcome, campaign in zip(outcomes, district.campaigns, strict=True):
            console.print_outcome(outcome, campaign, dry_run=dry_run)
    failures = [failure for outcome in outcomes for failure in outcome.failures]
    if failures:
        raise EnvironmentFailedError("\n".join(dict.fromkeys(failures)))
    if not all(outcome.is_all_well for outcome in outcomes):
        raise typer.Exit(UNFINISHED)


def _period(text: str | None) -> int | None:
    """Return the period that was written on the command line. Raises BadParameter."""
    if text is None:
        return None
    found = named(text)
    if found is None or not 2000 <= year_in(found) <= 2999:  # noqa: PLR2004 - what four digits can slip to
        raise typer.BadParameter(
            "应写四位年份，例如 2023；不是一年一报的写 2024H1、2024Q2、2024-06 这样。", param_hint="--year"
        )
    return found


@app.command("import", cls=Command, epilog="例：nianbao import 临平区 往年年报/")
def import_(
    folder: Folder,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="文件…",
            help="已公布的年报（Word、网页、PDF）、以前填好的表格、运行生成的 figures.csv，也可以是文件夹和 .zip。",
            show_default=False,
        ),
    ],
    agency: UnsaidAgency = None,
    year: UnsaidYear = None,
    blank_is_zero: Annotated[
        bool, typer.Option("--blank-is-zero", metavar=" ", help="表中的空格和“/”当作 0。")
    ] = False,
    which: Which = None,
    output: Output = None,
    now: Now = None,
) -> None:
    """导入以前年度的数据和文字，用来与本年的比较：公布的年报、填好的表格都可以。"""
    from pipeline.cli import console
    from pipeline.coordinating import importing
    from pipeline.coordinating.deciding import agency_of
    from pipeline.coordinating.import_report import ImportAnswers
    from pipeline.run.letters import handing_out

    moment = _moment(now)
    _refuse_what_is_no_file(files, folders=True)
    district = _district(folder, moment, which)
    target = _output(folder, output)
    said = ImportAnswers(agency_of(district, agency).code if agency else "", _period(year), blank_is_zero)
    with lock(target), console.progress() as advance:
        taken = importing.import_files(district, target, files, now=moment, said=said, advance=advance)
        news = {
            report.agency
            for item in taken
            for report in item.reports
            if report.year == period_before(district.year)
        }
        waiting, gone = handing_out.handed_out(district, target, news)
    console.print_imports(taken, district)
    if waiting or gone:
        typer.echo(
            f"填报模板的信已经写过（待发 {waiting} 封、已发 {gone} 封），其中没有这次导入的数据。"
            f"运行 {command('template', folder)} 更新待发的；已发的不变。"
        )
    if any(item.refusal for item in taken):
        raise typer.Exit(UNFINISHED)


@app.command(cls=Command, epilog="例：nianbao compare 临平区 网上的年报/")
def compare(
    folder: Folder,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="文件…",
            help="已公布的年报（Word、网页、PDF），也可以是文件夹和 .zip。",
            show_default=False,
        ),
    ],
    agency: UnsaidAgency = None,
    year: UnsaidYear = None,
    which: Which = None,
    output: Output = None,
) -> None:
    """把已公布的年报与已接受的数据和文字逐格、逐句核对；本区自己的年报与各单位之和核对。"""
    from pipeline.cli import console
    from pipeline.coordinating import comparing
    from pipeline.coordinating.deciding import agency_of
    from pipeline.coordinating.import_report import ImportAnswers
    from pipeline.district.adjusting import form_of

    _refuse_what_is_no_file(files, folders=True)
    district = _district(folder, _moment(None), which)
    said = ImportAnswers(agency_of(district, agency).code if agency else "", _period(year))
    found = comparing.compare_files(district, _output(folder, output), files, said)
    console.print_comparisons(found, form_of(district))
    if not all(item.is_well for item in found):
        raise typer.Exit(UNFINISHED)


@app.command("open", cls=Command, epilog="例：nianbao open 临平区")
def open_(folder: Folder, which: Which = None, output: Output = None) -> None:
    """打开最近一次运行写出的报送情况（网页）。"""
    import webbrowser

    from pipeline.publishing.document_paths import PAGE

    district = _district(folder, _moment(None), which)
    page = (district.results_in(_output(folder, output)) / PAGE).resolve()
    if not page.is_file():
        raise ConfigError(f"还没有运行过。请先双击“今晚运行”，或者运行 {command('run', folder)}", file=folder)
    typer.echo(page)
    if not webbrowser.open(page.as_uri()):
        typer.echo("没有找到浏览器，请用文件管理器打开上面的文件。")


@app.command(cls=Command, epilog="例：nianbao papers 临平区")
def papers(folder: Folder, which: WhichOrAll = None, output: Output = None, now: Now = None) -> None:
    """写出要盖章、要留存的材料：通报、通讯录、考核明细、公布情况、上报材料。"""
    from pipeline.coordinating.papers import write_papers

    moment = _moment(now)
    districts = _districts(folder, moment, which)
    target = _output(folder, output)
    with lock(target), disk():
        for district in districts:
            for path in write_papers(district, target, today=moment.date()):
                typer.echo(path)


@app.command(cls=Command, epilog="例：nianbao status 临平区")
def status(
    folder: Folder,
    which: WhichOrAll = None,
    output: Output = None,
    rules: Annotated[
        bool, typer.Option("--rules", metavar=" ", help="改为逐条规则列出：提示了几家，后来怎样。")
    ] = False,
) -> None:
    """逐个单位列出报送情况：状态、计入第几次、收到时间、问题、最近一封信。"""
    from pipeline.cli import console
    from pipeline.coordinating import status as standing
    from pipeline.ledger import has_ledger

    now = _moment(None)
    for district in _districts(folder, now, which):
        if district.is_second and not which and not has_ledger(_output(folder, output), district.part):
            typer.echo(f"{district.id}　还没有运行过。")
            continue
        with disk():
            if rules:
                console.print_rules(district, standing.rules(district, _output(folder, output)))
            else:
                found = standing.status(district, _output(folder, output), today=now.date())
                console.print_status(district, found)


By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="姓名",
        help="决定的人；不写则是 district.toml 的 \\[people] 中的 coordinator，再没有就是本机用户。",
        show_default=False,
    ),
]
Why = Annotated[str, typer.Option("--reason", metavar="理由", help="为什么。", show_default=False)]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="日期", help="到哪一天为止；不写则长期有效。", show_default=False),
]


@app.command(
    cls=Command, epilog="例：nianbao decide 临平区 return 002 --reason 数字与年中统计不符 --by 王主任"
)
def decide(
    folder: Folder,
    kind: Annotated[
        str,
        typer.Argument(
            metavar="决定",
            help="return 退回已合格的报送、count 以第几次计入、accept 接收待核实的文件、waive 准予例外、"
            "extend 延期、dismiss 不是报送、release 同意更正已报送的数据。",
            show_default=False,
        ),
    ],
    about: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="单位或文件…",
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
    """记下一个决定：退回、以第几次计入、接收、例外、延期、不是报送、同意更正；写明理由和决定的人，可以撤销。"""
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


@app.command(cls=Command, epilog="例：nianbao waive 临平区 002 T3-04 --reason 机构合并 --by 王主任")
def waive(
    folder: Folder,
    agency: Annotated[
        str, typer.Argument(metavar="单位", help="单位的代码、名称或简称。", show_default=False)
    ],
    rule: Annotated[str, typer.Argument(metavar="规则", help="规则的编号，例如 T3-04。", show_default=False)],
    by: By = None,
    reason: Why = "",
    until: Until = None,
    withdraw: Annotated[bool, typer.Option("--withdraw", metavar=" ", help="撤销这个例外。")] = False,
    which: Which = None,
    output: Output = None,
) -> None:
    """准予一个单位对一条规则例外，写明理由和同意的人；汇总表和问题清单中会列明。"""
    from pipeline.model import DecisionKind

    _decide(
        folder, output, DecisionKind.WAIVE, (agency, rule), by, reason, until, revoke=withdraw, which=which
    )


@app.command(cls=Command, epilog="例：nianbao dismiss 临平区 说明.txt --reason 是填表说明 --by 王主任")
def dismiss(
    folder: Folder,
    file: Annotated[
        str, typer.Argument(metavar="文件", help="待核实的文件，照 status 列出的写。", show_default=False)
    ],
    by: By = None,
    reason: Why = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", metavar=" ", help="撤销，文件重新待核实。")] = False,
    which: Which = None,
    output: Output = None,
) -> None:
    """把一个待核实的文件记为不是报送，写明理由和核实的人；不再待核实，不写信，也不删除。"""
    from pipeline.model import DecisionKind

    _decide(folder, output, DecisionKind.DISMISS, (file,), by, reason, None, revoke=withdraw, which=which)


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
    now: str | None = None,
) -> None:
    from pipeline.coordinating import deciding
    from pipeline.model import DecisionKind
    from pipeline.run import signing
    from pipeline.wording.messages import decision_words

    moment = _moment(now)
    district = _district(folder, moment, which)
    target = _output(folder, output)
    person = deciding.person(district, by)
    wanted = deciding.Wanted(kind, about, reason, person, moment, deciding.day_of(until))
    with disk(), lock(target):
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


@app.command(cls=Command, epilog="例：nianbao send 临平区")
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

    moment = _moment(now)
    districts = _districts(folder, moment, which)
    district = districts[0]
    target = _output(folder, output)
    code = agency_of(district, agency).code if agency else None
    chosen = persons.Chosen(code, tuple(letter or ()), every)
    if by_hand:
        with lock(target), disk():
            _record_by_hand(district, target, chosen, undo=undo, now=moment)
        return
    if undo or every or (chosen.is_named and not again):
        raise ConfigError(
            "--undo、--all、--agency、--letter 只能与 --by-hand 或 --again 同用。发信时总是发出全部等待的信。"
        )
    if again:
        with lock(target), disk():
            console.print_letters_settled(
                persons.try_again(district, target, chosen, now=moment), district, "重新等待发出"
            )
    _deliver(districts, target, pause, most, now)


def _deliver(
    districts: Sequence[District], target: Path, pause: float, most: int | None, now: str | None
) -> None:
    """Send what waits of each form, ``most`` letters altogether, and say what became of it."""
    from pipeline.cli import console
    from pipeline.run import batch

    is_refused = False
    for district in districts:
        with lock(target):
            done, withdrawn = batch.send(
                district, target, now=_moment(now), pause=pause, most=most, by_clock=now is None
            )
        if withdrawn:
            typer.echo(
                f"撤回过时的信 {withdrawn} 封，没有发出；还需要的，运行 {command('run', district.folder)} 会重新写。"
            )
        console.print_sent(done)
        if done.failure:
            raise EnvironmentFailedError(done.failure)
        is_refused = is_refused or bool(done.refused)
        most = most if most is None else max(0, most - len(done.attempts))
    if is_refused:
        raise typer.Exit(UNFINISHED)


def _record_by_hand(district: District, target: Path, chosen: Chosen, *, undo: bool, now: datetime) -> None:
    from pipeline.cli import console
    from pipeline.run.letters import by_hand as persons

    if undo:
        if not chosen.is_named:
            raise ConfigError("请写明撤销哪些：--letter 代号、--agency 单位，或者 --all 全部。")
        back = persons.take_back(district, target, chosen, now=now)
        console.print_letters_settled(back, district, "撤销转交，重新等待")
        return
    if not chosen.is_named:
        console.print_letters(persons.undelivered(district, target, chosen, now=now), district)
        raise ConfigError(
            "没有记下任何信。请看上面的清单，写明记哪些：--letter 代号、--agency 单位，或者 --all 全部。"
        )
    console.print_handed_over(persons.hand_over(district, target, chosen, now=now), district)


@app.command(cls=Command, epilog="例：nianbao letters 临平区 002 --open 3f9a1c")
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
    withdraw: Annotated[
        str | None, typer.Option("--withdraw", metavar="代号", help="这封信不发了。", show_default=False)
    ] = None,
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
    which: Which = None,
    output: Output = None,
    now: Now = None,
) -> None:
    """留底：列出发过的和等待的每一封信，打开其中一封；对改过、删过的信说明怎么办。"""
    from pipeline.cli import console
    from pipeline.coordinating.deciding import agency_of
    from pipeline.run.letters import by_hand as persons

    moment = _moment(now)
    district = _district(folder, moment, which)
    target = _output(folder, output)
    acts = (
        (withdraw, persons.stop, "不再发出"),
        (as_edited, persons.send_as_edited, "照改过的发出"),
        (restore, persons.restore, "照原样发出"),
    )
    asked = [(handle, act, word) for handle, act, word in acts if handle]
    if len(asked) + bool(open_) > 1:
        raise ConfigError("--open、--withdraw、--as-edited、--restore 一次只能用一个。")
    with disk(), lock(target):
        for handle, act, word in asked:
            console.print_letters_settled(act(district, target, handle, now=moment), district, word)
        if open_:
            console.print_letter(*persons.opened(district, target, open_), district)
        elif not asked:
            code = agency_of(district, agency).code if agency else None
            console.print_letters(persons.ever_written(district, target, code), district)


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

    from pipeline.forms.loader import DEFAULT_FORM, data_dictionary

    rows = [asdict(item) for item in data_dictionary(_form_of(form or DEFAULT_FORM))]
    if as_json:
        sys.stdout.buffer.write((json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode())
        return
    for row in rows:
        kind = "填写" if row["input"] else "自动计算"
        typer.echo(f"{row['key']}\t{row['label']}\t{row['kind']}\t{row['sheet']}!{row['address']}\t{kind}")


@app.command(cls=Command, epilog="例：nianbao schema annual_report_2021")
def schema(
    form: Annotated[
        str | None, typer.Argument(metavar="表样", help="表样的名称。", show_default=False)
    ] = None,
) -> None:
    """打印表样的校验规则（pandera 的 YAML）：每个数据、每条规则一列。"""
    from pipeline.forms.loader import DEFAULT_FORM
    from pipeline.judging.schema.form_schema import printed, schema_of

    sys.stdout.buffer.write(printed(schema_of(_form_of(form or DEFAULT_FORM))).encode())


@app.command(cls=Command, epilog="例：nianbao form check 临平区/forms/local_report.toml")
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
    from pipeline.forms.faults import faults_of
    from pipeline.forms.loader import parse_written

    if action not in ("check", "preview"):
        raise ConfigError(f"“{action}”应为 check 或 preview，例如 nianbao form check {file}。")
    _refuse_what_is_no_file([file])
    with disk():
        written = library.in_file(file)
    faults = faults_of(written)
    for fault in faults:
        _complain(str(fault))
    if faults:
        raise typer.Exit(WRONG_USE)
    found = parse_written(written)
    if action == "check":
        typer.echo(
            f"没有错误：{len(found.tables)} 张表，{len(found.cells)} 个数，{len(found.texts)} 段文字。"
        )
        return
    from pipeline.coordinating.previewing import preview

    with disk():
        made = preview(
            found, output or file.parent / "预览", last_ended(found.period, datetime.now(CHINA).date())
        )
    for path in made:
        typer.echo(path)


def _form_of(named: str) -> Form:
    """Return the form of that id, or in that file."""
    from pipeline.forms import library
    from pipeline.forms.loader import load_form, parse_written

    path = Path(named)
    if path.suffix != ".toml":
        return load_form(named)
    _refuse_what_is_no_file([path])
    with disk():
        return parse_written(library.in_file(path))


def _version(wanted: bool) -> None:  # noqa: FBT001 - typer calls it so
    if wanted:
        kit = resources.files("pipeline").joinpath(KIT_MARK)
        told = f"（安装包 {kit.read_text('utf-8').strip()}）" if kit.is_file() else ""
        typer.echo(f"nianbao {__version__}{told}")
        raise typer.Exit


@app.callback()
def _root(
    *,
    version: Annotated[
        bool, typer.Option("--version", metavar=" ", callback=_version, is_eager=True, help="显示版本。")
    ] = False,
) -> None:
    """Hold the options of the program itself."""


def _note(district: District) -> None:
    """Say on the screen what a person should know about the settings; JSON on the other stream stays clean."""
    if district.note:
        typer.secho(district.note, err=True, fg=typer.colors.YELLOW)


def _refuse_what_is_no_file(paths: Sequence[Path], *, folders: bool = False) -> None:
    for path in paths:
        if path.is_dir():
            if folders:
                continue
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
    look_seldom()
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
        from pipeline.wording.quoting import visible

        said = "\n".join(map(visible, sentence.split("\n")))  # a server's words may be in it
        typer.secho(said, err=True, fg=typer.colors.RED)
