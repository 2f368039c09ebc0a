"""What ``init`` writes into district.toml and agencies.csv goes out; and whether a folder still holds just that.

Two files that nobody has touched say nothing: a workbook beside them that is filled in counts alone.
"""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from pathlib import Path

from pipeline.district.roster import ROSTER_COLUMNS
from pipeline.forms.loader import DEFAULT_FORM
from pipeline.periods import Period, PeriodKind, bounds_of, kind_of, last_ended, name_of, named, period_after

_CONFIG = """\
# 区县的基本设置。改完保存后直接运行 nianbao run 即可。
name = "{name}"            # 区县全称，会出现在汇总表标题中
level = "县区"             # 县区 或 设区的市
{period}
form = "{form}"
deadline = {deadline}      # 报送截止日期

# [rules]
# accept_documents = true  # 单位报来的是 Word、网页、PDF 年报而不是模板，内容读得齐全无疑的直接计入；不写或 false 时转入模板退回核对
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

_OFFICE = "人民政府办公室"
_ROSTER = """\
001,{name}人民政府办公室,区政府办公室;区府办,部门,,张三,0571-00000000,office@example.gov.cn
002,{name}财政局,区财政局,部门,,李四,0571-00000000,@cz.example.gov.cn
"""


def first_deadline(period: Period) -> date:
    """Return the deadline that ``init`` proposes: of a year the end of January, else half a month after the period."""
    ends = bounds_of(period)[1]
    return ends + timedelta(31 if kind_of(period) == "year" else 15)


def first_period(kind: PeriodKind, today: date) -> Period:
    """Return the period that ``init`` proposes: the last that has ended, or the one that runs where that was due before ``today``."""
    ended = last_ended(kind, today)
    return ended if today <= first_deadline(ended) else period_after(ended)


def settings_text(name: str, period: Period, form_id: str = DEFAULT_FORM) -> str:
    """Return district.toml as ``init`` writes it."""
    is_year = kind_of(period) == "year"
    deadline = first_deadline(period)
    return _CONFIG.format(
        name=name,
        period=f"year = {period}                # 报告年度"
        if is_year
        else f'period = "{name_of(period)}"          # 报告期，每期改一次',
        form=form_id,
        deadline=deadline,
        holiday=date(deadline.year, 1, 1),
        extended=deadline + timedelta(5),
    )


def roster_text(name: str) -> str:
    """Return agencies.csv as ``init`` writes it."""
    return f"{','.join(ROSTER_COLUMNS)}\n{_ROSTER.format(name=name)}"


def is_sample_roster(roster: Path) -> bool:
    """Whether the list of agencies is still as ``init`` wrote it, whatever the settings beside it say."""
    try:
        listed = roster.read_text("utf-8-sig")
    except (OSError, ValueError):
        return False
    name = listed.partition("\n001,")[2].partition(_OFFICE)[0]
    return listed == roster_text(name)


def is_untouched(settings: Path, roster: Path) -> bool:
    """Whether both files are still as ``init`` wrote them."""
    try:
        written, listed = settings.read_text("utf-8"), roster.read_text("utf-8-sig")
        values = tomllib.loads(written)
        name, form_id = str(values["name"]), str(values["form"])
        period = named(str(values.get("period", values.get("year"))))
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return (
        period is not None and written == settings_text(name, period, form_id) and listed == roster_text(name)
    )
