"""What 经办.xlsx asks for, sheet by sheet: the one declaration that its writer, its reader and its checks share."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from pipeline.district import settings_titles as titles
from pipeline.district.mail_settings import HIGHEST_PORT, SECURITIES
from pipeline.district.roster import LEVELS, ROSTER_SHEET
from pipeline.district.roster_table import HEADINGS
from pipeline.forms.loader import DEFAULT_FORM
from pipeline.forms.values.answers import YES

BOOK_NAME = "经办.xlsx"
BOOK_STEM = "经办"
BOOK_REMEDY = (
    f"请把备份（或回收站、文件的历史版本）里的 {BOOK_NAME} 放回这里；"
    f"没有备份的，用 nianbao init 在别处新建一个文件夹，填好其中的 {BOOK_NAME}（单位的代码照旧），再复制到这里。"
)
"""Said of a workbook that is gone or is none any more."""
SETTINGS, CALENDAR, EXTENSIONS, EXCEPTIONS, RULES, OTHERS = "设置", "日历", "延期", "例外", "规则", "另收"
SHEETS = (SETTINGS, ROSTER_SHEET, CALENDAR, EXTENSIONS, EXCEPTIONS, RULES, OTHERS)


class SettingKind(StrEnum):
    """How the content of a setting is read."""

    TEXT = "text"
    DAY = "day"
    WHOLE = "whole"
    YES_NO = "yes_no"
    PERIOD = "period"
    """A year, or the name of a half-year, a quarter or a month."""
    WHOLES = "wholes"
    """Several whole numbers."""
    TEXTS = "texts"
    """Several words, such as addresses."""
    ADDRESS = "address"


@dataclass(frozen=True, slots=True)
class Setting:
    """One line of the sheet 设置: what it is called, where its value belongs, and what may stand there."""

    label: str
    table: str
    key: str
    explanation: str
    kind: SettingKind = SettingKind.TEXT
    choices: tuple[str, ...] = ()
    is_required: bool = False
    least: int = 0
    most: int = HIGHEST_PORT


def _mail(
    label: str,
    key: str,
    explanation: str,
    kind: SettingKind = SettingKind.TEXT,
    choices: tuple[str, ...] = (),
    least: int = 0,
) -> Setting:
    return Setting(label, "mail", key, explanation, kind, choices, least=least)


SECTIONS: Mapping[str, tuple[Setting, ...]] = {
    "必须填写": (
        Setting("区县全称", "", "name", "会出现在汇总表的标题中", is_required=True),
        Setting("级别", "", "level", "点单元格右边的箭头选择", choices=LEVELS, is_required=True),
        Setting("报告年度", "", "year", "四位年份，如 2023；不是一年一报的写报告期，如 2024H1、2024Q2、2024-06", SettingKind.PERIOD, is_required=True),
        Setting("表样", "", "form", "一般不改", is_required=True),
        Setting("截止日期", "", "deadline", "各单位报送的最后一天，如 2024-01-31", SettingKind.DAY, is_required=True),
    ),
    "署名和联系方式": (
        Setting("署名单位", "people", "office", "信上的落款；不写则为“区县全称＋政务公开办”"),
        Setting("经办人", "people", "coordinator", "信上的联系人，也是作决定的人"),
        Setting("电话", "people", "phone", "信上的联系电话"),
        Setting("邮箱", "people", "email", "本办公室的邮箱：信从这里发出，每日情况也发到这里", SettingKind.ADDRESS),
        Setting("汇总表报给", "people", "district_office", "如：某某区人民政府办公室"),
        Setting("汇总表报给的邮箱", "people", "district_office_email", "收齐、签发后，写信把汇总表报到这个邮箱", SettingKind.ADDRESS),
    ),
    "催报和空格": (
        Setting("提前几个工作日催报", "calendar", "remind_days_before", "几个数用顿号隔开，如 5、2、0；0 是最后一个工作日", SettingKind.WHOLES),
        Setting("逾期后几个工作日催一次", "calendar", "remind_every", "0 是不催；不写则每个工作日催一次", SettingKind.WHOLE),
        Setting(
            "年报文档直接计入",
            "rules",
            "accept_documents",
            "是：单位报来的 Word、网页、PDF 年报，读得齐全无疑的直接计入；否或不写：转入模板退回核对",
            SettingKind.YES_NO,
        ),
        Setting("空格按 0 处理", "rules", "blank_is_zero", "是：空格和“/”“无”按 0 处理并提醒；否或不写：退回补填", SettingKind.YES_NO),
    ),
    "邮件服务器（不用邮件收发的不必填写）": (
        _mail("收信服务器", "imap_host", "不写则只看 inbox 文件夹"),
        _mail("收信端口", "imap_port", "不写则为 993", SettingKind.WHOLE, least=1),
        _mail("收信加密方式", "imap_security", "不写则为 tls", choices=SECURITIES),
        _mail("收信文件夹", "imap_folder", "不写则为 INBOX"),
        _mail("发信服务器", "smtp_host", "不写则不发信，信留在 letters 文件夹"),
        _mail("发信端口", "smtp_port", "不写则为 465", SettingKind.WHOLE, least=1),
        _mail("发信加密方式", "smtp_security", "不写则为 tls", choices=SECURITIES),
        _mail("证书文件", "ca_file", "服务器用自己的证书时，证书文件（PEM）的名字"),
        _mail("邮件服务器的名字", "authserv_id", "用来识别冒名邮件，问邮件管理员"),
        _mail("可以代报的邮箱", "trusted", "几个邮箱用分号隔开；从这些邮箱来的，等于放进 inbox", SettingKind.TEXTS),
        _mail("自动发信", "send", "是：每次运行结束时发信；否或不写：用 nianbao send 发", SettingKind.YES_NO),
    ),
}  # fmt: skip
FIELDS = tuple(item for group in SECTIONS.values() for item in group)
STANDARD: Mapping[str, str] = {"level": LEVELS[1], "form": DEFAULT_FORM}

SETTING_HEADS = ("项目", "内容", "说明")
HOLIDAY, WORKDAY = "放假", "上班"
SEVERITY, LIMIT, OFF, TRIAL = "改级别", "改界限", "停用", "试行"
SEVERITY_CHOICES: Mapping[str, str] = {"退回": "error", "提醒": "warning", "只告诉政务公开办": "info"}


@dataclass(frozen=True, slots=True)
class ListColumn:
    """One column of a list: its heading, what may stand there, an example."""

    title: str
    example: str
    width: float
    note: str = ""
    choices: tuple[str, ...] = ()
    is_day: bool = False


_OF_FORM = "“另收”中的表写明是哪一份，如 request_register；空着就是“设置”中的表样"
LISTS: Mapping[str, tuple[ListColumn, ...]] = {
    ROSTER_SHEET: (
        ListColumn(HEADINGS["code"], "例1", 10, "文本格式，前面的 0 不会丢；例：001"),
        ListColumn(HEADINGS["name"], "某某区财政局", 34, "全称，与公章一致"),
        ListColumn(HEADINGS["aliases"], "区财政局；财政局", 22, "几个简称用分号隔开"),
        ListColumn(HEADINGS["former_names"], "", 22, "更名前的名称，几个用分号隔开"),
        ListColumn(HEADINGS["kind"], "部门", 10, "用来分类汇总：部门、街道、镇、平台等"),
        ListColumn(HEADINGS["level"], "", 10, "空着就是本区县的级别", choices=LEVELS),
        ListColumn(HEADINGS["contact"], "李四", 10),
        ListColumn(HEADINGS["phone"], "0571-00000000", 16),
        ListColumn(HEADINGS["email"], "cz@example.gov.cn", 28, "几个邮箱用分号隔开；整个单位的邮箱写成 @cz.example.gov.cn"),
        ListColumn(HEADINGS["merged_into"], "", 16, "并入哪个单位和日期，如 003 2024-01-10；没有的空着"),
        ListColumn(HEADINGS["split_from"], "", 16, "从哪个单位分设和日期，写法同“并入”；没有的空着"),
        ListColumn(HEADINGS["note"], "第一格写“例”的行不算", 24, "只给自己看"),
    ),
    CALENDAR: (
        ListColumn(titles.DAY, "例：2024-02-12", 16, is_day=True),
        ListColumn(titles.ARRANGEMENT, HOLIDAY, 12, "放假的星期一到星期五，或者调休上班的星期六、星期日", choices=(HOLIDAY, WORKDAY)),
        ListColumn(titles.NOTE, "春节", 30, "只给自己看"),
    ),
    EXTENSIONS: (
        ListColumn(titles.UNIT, "例：财政局", 30, "代码、名称或简称"),
        ListColumn(titles.UNTIL, "2024-02-05", 16, is_day=True),
        ListColumn(titles.CAUSE, "机构合并", 40),
        ListColumn(titles.FORM, "", 34, _OF_FORM),
    ),
    EXCEPTIONS: (
        ListColumn(titles.UNIT, "例：财政局", 30, "代码、名称或简称"),
        ListColumn(titles.RULE, "T3-04", 12, "问题清单“规则”列的编号"),
        ListColumn(titles.REASON, "机构合并，上年结转由两家合计", 40),
        ListColumn(titles.PERSON, "王主任", 14, "不写则为“设置”的经办人"),
        ListColumn(titles.LAST_DAY, "", 14, "不写则长期有效", is_day=True),
        ListColumn(titles.ENDS, "", 8, "不再例外时选“是”；只删去这一行不会撤销", choices=(YES,)),
        ListColumn(titles.FORM, "", 34, _OF_FORM),
    ),
    RULES: (
        ListColumn(titles.RULE, "例：T2-06", 12, "编号见规则手册"),
        ListColumn(titles.WAY, SEVERITY, 12, choices=(SEVERITY, LIMIT, OFF, TRIAL)),
        ListColumn(titles.CONTENT, "提醒", 34, f"改级别：{'、'.join(SEVERITY_CHOICES)}；改界限：名称=整数，如 factor=10；停用、试行不写"),
        ListColumn(titles.CAUSE, "本区另有规定", 40, "停用必须写明"),
    ),
    OTHERS: (
        ListColumn(titles.FORM, "例：request_register", 34, "表样的名称，如 request_register、normative_documents、disclosure_statistics_quarter"),
        ListColumn(titles.PERIOD, "2023", 14, "四位年份，如 2023；不是一年一报的如 2024H1、2024Q2、2024-06"),
        ListColumn(titles.DEADLINE, "2024-01-31", 16, is_day=True),
        ListColumn(titles.NOTE, "与年报同时收", 30, "只给自己看"),
    ),
}  # fmt: skip
"""The lists, in the order of ``SHEETS``; of each sheet every row below the headings is one item."""
EXAMPLE = "例"


def label_of(table: str, key: str) -> str:
    """Return what the sheet 设置 calls the setting that district.toml holds as ``key`` of ``table``."""
    return next(item.label for item in FIELDS if (item.table, item.key) == (table, key))
