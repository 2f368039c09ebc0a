"""What a campaign needs before the first mail: a district folder, the blank templates, a template for each agency."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from pipeline.district.adjusting import form_of
from pipeline.district.folder import (
    CONFIG_NAME,
    INBOX_NAME,
    LAYOUT_NAME,
    LAYOUTS_NAME,
    MISNAMED,
    ROSTER_NAME,
    District,
)
from pipeline.district.roster import ROSTER_COLUMNS
from pipeline.forms.form import Form
from pipeline.forms.loader import DEFAULT_FORM, load_form
from pipeline.ledger import codes, imports, open_copy
from pipeline.model import Agency, ConfigError, PastReport
from pipeline.post import Attachment, LetterKind
from pipeline.publishing.files import safe_name, write_if_changed
from pipeline.publishing.letters import LETTERS, default_text
from pipeline.publishing.word_layout import build_layout
from pipeline.publishing.workbook import Stamp, build_workbook

TEMPLATES = "templates"

_CONFIG = """\
# 区县的基本设置。改完保存后直接运行 nianbao run 即可。
name = "{name}"            # 区县全称，会出现在汇总表标题中
level = "县区"             # 县区 或 设区的市
year = {year}                # 报告年度
form = "{form}"
deadline = {deadline}      # 报送截止日期

# [rules]
# blank_is_zero = true     # 空格和“/”“无”按 0 处理并提醒；不写或 false 时退回单位补填
# trial = ["T3-06"]        # 试行的规则：只告诉政务公开办，不影响结论，也不告诉单位
# [rules.severity]         # 改级别：error 退回，warning 提醒，info 只告诉政务公开办
# "T2-06" = "info"
# [rules.limits]           # 改界限，规则和界限见规则手册
# "T2-06" = {{ factor = 10, base = 50 }}
# [rules.off]              # 停用规则，写明原因
# "T3-09" = "本区撤回申请较多"

# [mail]                   # 从邮箱收、发年报；不写则只看 inbox 文件夹，什么也不发出去
# imap_host = "imap.example.gov.cn"     # 收信服务器；用户名和密码放在环境变量 NIANBAO_IMAP_USER、NIANBAO_IMAP_PASSWORD
# smtp_host = "smtp.example.gov.cn"     # 发信服务器；环境变量 NIANBAO_SMTP_USER、NIANBAO_SMTP_PASSWORD
# authserv_id = "mx.example.gov.cn"     # 本区邮件服务器的名字，用来识别冒名邮件
# send = true                           # 每次运行结束时自动发信；不写则用 nianbao send 发

# [people]                 # 信上的署名和联系方式
# office = "{name}政务公开办"
# coordinator = "张三"
# phone = "0571-00000000"
# email = "zwgk@example.gov.cn"         # 本办公室的邮箱：信从这里发出，每日情况也发到这里
# district_office = "{name}人民政府办公室"               # 汇总表报给谁
# district_office_email = "qfb@example.gov.cn"

# [calendar]               # 催报只在工作日：写上国务院办公厅公布的放假和调休
# holidays = [{holiday}]   # 放假的星期一到星期五
# workdays = []            # 调休上班的星期六、星期日
# remind_days_before = [5, 2, 0]        # 截止日期前第几个工作日催报，0 是最后一个工作日
# remind_every = 1         # 过了截止日期后每几个工作日催报一次，0 是不催

# [[extension]]            # 同意延期的单位，每个单位写一段
# agency = "002"
# until = {extended}
# reason = "机构合并"
"""

_ROSTER = """\
001,{name}人民政府办公室,区政府办公室;区府办,部门,,张三,0571-00000000,office@example.gov.cn
002,{name}财政局,区财政局,部门,,李四,0571-00000000,@cz.example.gov.cn
"""


def init(folder: Path, *, today: date) -> list[Path]:
    """Make a new district folder; return what was made. Raises ConfigError if there is one already."""
    if folder.is_file():
        raise ConfigError("这是文件，不是文件夹。请写要新建的文件夹。", file=folder)
    if (folder / CONFIG_NAME).exists():
        raise ConfigError(f"这里已经有 {CONFIG_NAME}，没有改动任何文件。请换一个空文件夹。", file=folder)
    if (folder / f"{CONFIG_NAME}.txt").exists():
        raise ConfigError(f"{MISNAMED}没有改动任何文件。", file=folder)
    form = load_form(DEFAULT_FORM)
    year = today.year - 1
    name = folder.resolve().name
    made = [folder / INBOX_NAME]
    header = ",".join(ROSTER_COLUMNS)
    config = _CONFIG.format(
        name=name,
        year=year,
        form=form.id,
        deadline=date(year + 1, 1, 31),
        holiday=date(year + 1, 1, 1),
        extended=date(year + 1, 2, 5),
    )
    contents = {
        CONFIG_NAME: config.encode(),
        ROSTER_NAME: f"{header}\n{_ROSTER.format(name=name)}".encode("utf-8-sig"),
        **{f"{LAYOUTS_NAME}/{path}": content for path, content in layouts(form)},
        **{f"{LAYOUTS_NAME}/{LETTERS}/{kind}.txt": _for_notepad(default_text(kind)) for kind in LetterKind},
    }
    there = [path for path in contents if (folder / path).exists()]
    if there:
        raise ConfigError(
            f"这里已经有 {'、'.join(there)}，没有改动任何文件。请换一个空文件夹；"
            f"原来的区县文件夹找不到 {CONFIG_NAME} 的，请把它找回来放好，不要重新建立。",
            file=folder,
        )
    made[0].mkdir(parents=True, exist_ok=True)
    for path, content in contents.items():
        write_if_changed(folder / path, content)
        made.append(folder / path)
    return made


def _for_notepad(text: str) -> bytes:
    """Encode a text so that Notepad on an old Windows shows its lines and its Chinese."""
    return text.replace("\n", "\r\n").encode("utf-8-sig")


def layouts(form: Form) -> Iterator[tuple[str, bytes]]:
    """Yield the blank template and the Word layout of ``form`` with the names they have in ``input_templates/``."""
    yield blank_name(form), build_workbook(form)
    yield LAYOUT_NAME, build_layout(form)


def write_layouts(folder: Path) -> list[Path]:
    """Write what ``layouts`` yields for the form in force into ``folder``; return what had to be written."""
    paths = [(folder / name, content) for name, content in layouts(load_form(DEFAULT_FORM))]
    return [path for path, content in paths if write_if_changed(path, content)]


def blank_name(form: Form) -> str:
    """Return the file name of the blank template."""
    return f"{form.title}填报模板.xlsx"


def personal_templates(district: District, output: Path, *, code: str | None = None) -> list[Path]:
    """Write a template for each agency (or the one with ``code``) into ``output/<year>/templates``; return their paths."""
    form = form_of(district)
    chosen = [agency for agency in district.agencies if code in (None, agency.code)]
    if not chosen:
        raise ConfigError(f"名单中没有代码为“{code}”的单位。请查看 {ROSTER_NAME} 的 code 列。")
    folder = output / str(district.year) / TEMPLATES
    with open_copy(output) as ledger:
        codes.check_codes(ledger, district.roster_agencies, district.roster)
        history = imports.last_year_of(ledger, district)
    paths = []
    for agency in chosen:
        made = personal_template(district, form, agency, history.get(agency.code))
        write_if_changed(folder / made.name, made.content)
        paths.append(folder / made.name)
    return paths


def left_over(paths: Sequence[Path]) -> list[str]:
    """Name the workbooks beside all personal templates in ``paths`` that are none: of agencies renamed or gone since."""
    return sorted(path.name for path in paths[0].parent.glob("*.xlsx") if path not in paths)


def personal_template(district: District, form: Form, agency: Agency, past: PastReport | None) -> Attachment:
    """Build the template of one agency, with its last year's figures, under the name it is sent with."""
    stamp = Stamp(
        agency_code=agency.code,
        agency=agency.name,
        year=district.year,
        level=agency.level,
        district=district.name,
    )
    return Attachment(_template_name(agency, district, form), build_workbook(form, stamp, past=past))


def _template_name(agency: Agency, district: District, form: Form) -> str:
    return safe_name(f"{agency.code}_{agency.name}", f"_{district.year}年{form.title}填报模板") + ".xlsx"
