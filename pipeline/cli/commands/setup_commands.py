"""The commands before the first run: a new district, its templates, earlier years; and what was published, compared."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pipeline.cli.application import UNFINISHED
from pipeline.cli.arguments import (
    district_of,
    districts_of,
    moment_of,
    note_settings,
    output_of,
    period_of,
    refuse_what_is_no_file,
)
from pipeline.cli.commands.letter_commands import waiting_letters
from pipeline.cli.options import (
    Folder,
    FormName,
    Now,
    Output,
    UnsaidAgency,
    UnsaidYear,
    Which,
    WhichOrAll,
)
from pipeline.cli.usage import Command
from pipeline.machine.environment import command, disk, lock
from pipeline.model import CHINA
from pipeline.periods import period_before

if TYPE_CHECKING:
    from pipeline.district.folder import District

commands = typer.Typer()


@commands.command(cls=Command, epilog="例：nianbao init 临平区")
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

    if form and form.endswith(".toml"):
        refuse_what_is_no_file([Path(form)])
    with disk():
        made = preparing.init(folder, today=datetime.now(CHINA).date(), form_name=form or DEFAULT_FORM)
    for path in made:
        typer.echo(path)
    typer.echo(
        f"下一步：用 Excel 或 WPS 打开 {folder / BOOK_NAME}，填写“设置”和“名单”；把收到的表格放进 {made[0]}；"
        f"然后双击“今晚运行”，或者运行 {command('run', folder)}"
    )


@commands.command(cls=Command, epilog="例：nianbao adopt 临平区 全区单位名单.xls")
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
        refuse_what_is_no_file([roster])
    with disk():
        book, district, left_out = adopting.adopt(folder, roster)
    typer.echo(
        f"写好 {book}：{len(district.agencies)} 家单位。原来的文字设置移到了“{adopting.ASIDE}”文件夹。请打开核对一遍。"
    )
    if left_out:
        typer.echo(f"名单里的{'、'.join(f'“{name}”' for name in left_out)}不是名单的列，没有收进来。")


@commands.command(cls=Command, epilog="例：nianbao template 临平区 --agency 002")
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
    moment = moment_of(now)
    districts = districts_of(folder, moment, which)
    note_settings(districts[0])
    target = output_of(folder, output)
    with lock(target), disk():
        for district in districts:
            _make_templates(district, target, agency, moment)


def _make_templates(district: District, target: Path, agency: str | None, moment: datetime) -> None:
    """Write the templates of one form and the letters that carry them, and say so."""
    from pipeline.coordinating import deciding, preparing
    from pipeline.run.letters import handing_out

    code = deciding.agency_of(district, agency).code if agency else None
    paths = preparing.personal_templates(district, target, code=code)
    done = handing_out.send_templates(district, target, code=code, now=moment)
    typer.echo(f"做好 {len(paths)} 份模板，在 {paths[0].parent}")
    if district.has_sample_roster:  # which has been said
        return
    leftovers = [] if agency else preparing.left_over(paths)
    if leftovers:
        typer.echo(
            f"这个文件夹里还有 {len(leftovers)} 个表格不是现在名单中单位的模板，没有改动，请核对后删去：{'、'.join(leftovers)}"
        )
    others = len(done.silent) + len(done.reported) + done.reminded
    if done.new or (others < len(paths) and not done.renewed):
        typer.echo(waiting_letters(done.new, district, target) if done.new else "没有新写信：以前已经写过。")
    if done.renewed:
        typer.echo(f"{done.renewed} 封待发的信与现在的模板、设置不同，已换成新的。")
    if done.older:
        typer.echo(
            f"{done.older} 家单位收到的是以前的模板（与现在的不同），不再另发；需要时请把新模板发给它们。"
        )
    if done.reported:
        typer.echo(f"{len(done.reported)} 家单位已经报送，没有给它们写发模板的信。")
    if done.reminded:
        typer.echo(f"{done.reminded} 家单位有待发的催报，附件就是这份模板，没有另写发模板的信。")
    if done.silent:
        names = "、".join(item.name for item in done.silent)
        typer.echo(
            f"{len(done.silent)} 家单位在名单中没有邮箱，没有写信：{names}。"
            "请用别的办法把模板发给它们，或者把邮箱补入单位名单的“邮箱”列后重新运行。"
        )


@commands.command("import", cls=Command, epilog="例：nianbao import 临平区 往年年报/")
def import_(
    folder: Folder,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="文件",
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

    moment = moment_of(now)
    refuse_what_is_no_file(files, folders=True)
    district = district_of(folder, moment, which)
    target = output_of(folder, output)
    said = ImportAnswers(agency_of(district, agency).code if agency else "", period_of(year), blank_is_zero)
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


@commands.command(cls=Command, epilog="例：nianbao compare 临平区 网上的年报/")
def compare(
    folder: Folder,
    files: Annotated[
        list[Path],
        typer.Argument(
            metavar="文件",
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

    refuse_what_is_no_file(files, folders=True)
    district = district_of(folder, moment_of(None), which)
    said = ImportAnswers(agency_of(district, agency).code if agency else "", period_of(year))
    found = comparing.compare_files(district, output_of(folder, output), files, said)
    console.print_comparisons(found, form_of(district))
    if not all(item.is_well for item in found):
        raise typer.Exit(UNFINISHED)
