"""What arrives in January: every file of the inbox, how it was made, and what nianbao must answer.

``DELIVERIES`` is the one table: the build follows it, the README is printed from it, and the tests assert a run
against it (``FAULTS`` is the part with something to say).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone

from examples.linping.copies import PlainSheet, changed, with_label, with_row_inserted, with_value
from examples.linping.parcels import Mail
from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.forms.values.answers import YES
from pipeline.model import Number

Values = dict[str, Number | str]

ACCEPTED, REMARKS, RETURNED = "accepted", "accepted_with_remarks", "returned"
HELD, DUPLICATE, NO_SUBMISSION = "held", "duplicate", "not_a_submission"

SILENT = ("LP023", "LP031", "LP039")
"""Bodies that send nothing."""
MISTAKEN = ("LP033",)
"""Bodies whose only file stands under another body until a person has looked."""


@dataclass(frozen=True, slots=True)
class Delivery:
    """One file of the inbox.

    ``code`` is the body that sent it (of a ``foreign`` file: whose figures fill it). ``codes`` are all finding codes
    of the answer, heavy or light. ``stated`` is what the clerk typed as agency, on a template without stamp or on
    that of the body ``stamped_for``; ``shape`` names the format or parcel; ``edit`` spoils the values, ``reshape``
    the sheets; ``superseded`` is accepted and replaced by a later file.
    """

    path: str
    code: str
    verdict: str = ACCEPTED
    codes: tuple[str, ...] = ()
    wrong: str = ""
    answer: str = ""
    stated: str = ""
    stamped_for: str = ""
    foreign: bool = False
    year: int = 2023
    shape: str = "xlsx"
    mail: Mail | None = None
    edit: Callable[[Values], Values] | None = None
    reshape: Callable[[list[PlainSheet]], list[PlainSheet]] | None = None
    superseded: bool = False

    @property
    def put_down_to(self) -> str | None:
        """The body a run shows the file under: by stamp, by name, or by file name where it cannot be opened."""
        if self.foreign or self.verdict in {DUPLICATE, NO_SUBMISSION}:
            return None
        return self.stamped_for or self.code


def _set(changes: Mapping[str, Number | str]) -> Callable[[Values], Values]:
    return lambda values: {**values, **changes}


def _added(key: str, more: int) -> Callable[[Values], Values]:
    return lambda values: {**values, key: int(values[key]) + more}


def _without(keys: tuple[str, ...]) -> Callable[[Values], Values]:
    return lambda values: {key: value for key, value in values.items() if key not in keys}


def _inputs(table: str) -> tuple[str, ...]:
    return tuple(cell.key for cell in load_form().cells_of(table) if cell.is_input)


def _nil(table: str) -> Callable[[Values], Values]:
    """Declare a table nil and leave it empty, as the template invites to."""
    return lambda values: {**_without(_inputs(table))(values), load_form().table(table).nil_key: YES}


def _full_width(*keys: str) -> Callable[[Values], Values]:
    wide = str.maketrans("0123456789", "０１２３４５６７８９")
    return lambda values: {**values, **{key: str(values[key]).translate(wide) for key in keys}}


def _for_last_year(values: Values) -> Values:
    """Turn the report into the one of the year before."""
    return {
        key: value.replace("2023", "2022") if isinstance(value, str) else value
        for key, value in values.items()
    }


def _of_neighbour(values: Values) -> Values:
    """Move the report to the neighbouring district."""
    return {
        key: value.replace("临平", "余杭").replace("linping", "yuhang") if isinstance(value, str) else value
        for key, value in values.items()
    }


def _on_sheet(
    table: str, change: Callable[[Form, PlainSheet], PlainSheet]
) -> Callable[[list[PlainSheet]], list[PlainSheet]]:
    form = load_form()
    return lambda sheets: changed(sheets, form.table(table).sheet, lambda sheet: change(form, sheet))


def _date_for_number(form: Form, sheet: PlainSheet) -> PlainSheet:
    _, row, column = form.positions["proactive.penalties.decisions"]
    return with_value(sheet, row, column, datetime(2024, 1, 2, tzinfo=UTC).replace(tzinfo=None))


def _row_for_online(form: Form, sheet: PlainSheet) -> PlainSheet:
    _, row, _ = form.positions["requests.carried_over.natural_person"]
    return with_row_inserted(sheet, row, "其中：网上提交的申请")


def _sent(day: int, hour: int, minute: int) -> datetime:
    return datetime(2024, 1, day, hour, minute, tzinfo=timezone(timedelta(hours=8)))


DELIVERIES: tuple[Delivery, ...] = (
    Delivery("2024-01-26/区政府办公室2023年度政府信息公开工作年度报告.xlsx", "LP001"),
    Delivery("2024-01-15/杭州市临平区发展和改革局2023年政府信息公开年报.xlsx", "LP002"),
    Delivery("2024-01-12/杭州市临平区经济信息化和科学技术局2023年政府信息公开工作年度报告.xlsx", "LP003"),
    Delivery("2024-01-15/教育局年报(最终版).xlsx", "LP004"),
    Delivery(
        "2024-01-19/教育局年报(最终版) - 副本.xlsx",
        "LP004",
        DUPLICATE,
        wrong="同一个文件隔了几天又报送一次，只是文件名多了“副本”",
        answer="内容完全相同，只算一次",
        shape="copy",
    ),
    Delivery(
        "2024-01-16/区民政局-年报数据.xlsx",
        "LP005",
        RETURNED,
        ("C02",),
        "“规章”一行填了“/”",
        "请填 0",
        edit=_set(
            dict.fromkeys(
                (f"proactive.regulations.{item}" for item in ("issued", "repealed", "in_force")), "/"
            )
        ),
    ),
    Delivery("新建文件夹/司法局2023.xlsx", "LP006", stated="区司法局"),
    Delivery(
        "2024-01-12/杭州市临平区财政局2023年政府信息公开年报.xlsx",
        "LP007",
        RETURNED,
        ("N02",),
        "第一次报送，“五、存在的主要问题及改进情况”没有写",
        "请补写",
        edit=_set({"problems": ""}),
    ),
    Delivery(
        "2024-01-17/杭州市临平区财政局2023年政府信息公开年报（修改稿）.xlsx",
        "LP007",
        wrong="第二次报送，已补写",
        answer="以这一次为准",
    ),
    Delivery("2024-01-18/人社局-政府信息公开年报（定稿）.xlsx", "LP008"),
    Delivery("2024-01-23/住建局2023年年报20240122.xlsx", "LP009"),
    Delivery(
        "2024-01-18/交通局报送表.xlsx",
        "LP010",
        ACCEPTED,
        ("C04",),
        "行政许可、行政处罚两个数用了全角数字",
        "已读成普通数字并记下来",
        edit=_full_width("proactive.licences.decisions", "proactive.penalties.decisions"),
    ),
    Delivery(
        "2024-01-19/区农业农村局年报.xlsx",
        "LP011",
        REMARKS,
        ("C07", "N07"),
        "收费金额按元填写（42800），应为 4.28 万元；总述是上年的，年份没有改",
        "金额很大，请核对是不是把元当成了万元；文字里写着 2022 年的工作",
        edit=_set(
            {
                "proactive.charges.amount": 42800,
                "overview.lead": "2022年，我局坚持以公开为常态、不公开为例外，围绕乡村振兴推进政务公开。",
            }
        ),
    ),
    Delivery(
        "2024-01-15/商务局.xlsx",
        "LP012",
        REMARKS,
        ("C03",),
        "行政处罚填了“5件”",
        "已去掉单位，按 5 读取",
        edit=_set({"proactive.penalties.decisions": "5件"}),
    ),
    Delivery(
        "2024-01-22/文广旅体局年报表（含网上申请）.xlsx",
        "LP013",
        ACCEPTED,
        ("F05",),
        "表格抄到自己的工作簿里，第三部分多插了一行“其中：网上提交的申请”（没有填数）",
        "按行列名称逐格读取",
        reshape=_on_sheet("requests", _row_for_online),
    ),
    Delivery(
        "2024-01-22/卫健局2023年度年报.xlsx",
        "LP014",
        RETURNED,
        ("N04", "T3-01"),
        "自然人一列不平：新收多记了 1 件",
        "指出自然人和总计两列各相差 1，文字中写的是 8 件",
        edit=_added("requests.new_received.natural_person", 1),
    ),
    Delivery(
        "2024-01-24/退役军人事务局政府信息公开年报.xlsx",
        "LP015",
        RETURNED,
        ("F02", "N01", "N07"),
        "把上一年度的报告又报了一遍（报告年度 2022）",
        "请报送 2023 年度的；文字中的统计期限和年份也是上年的",
        year=2022,
        edit=_for_last_year,
    ),
    Delivery(
        "2024-01-24/应急局年报.xlsx",
        "LP016",
        RETURNED,
        ("N04", "T3-01", "T3-03"),
        "新收申请的总计被手工改成 5，各类申请人之和是 4",
        "指出总计与各类申请人之和相差 1，文字中写的也是 4 件",
        edit=_set({"requests.new_received.total": 5}),
    ),
    Delivery(
        "2024-01-25/杭州市临平区审计局2023年年报（加密）.xlsx",
        "LP017",
        RETURNED,
        ("F01",),
        "设了打开密码",
        "请取消密码",
        shape="locked",
    ),
    Delivery("2024-01-22/市场监管局年报（已审核）.xlsx", "LP018"),
    Delivery(
        "2024-01-25/区统计局政府信息公开年报（沿用去年格式）.xlsx",
        "LP019",
        RETURNED,
        ("F04",),
        "用了国办公开办函〔2019〕60号的旧表样",
        "只说一件事：请换新表样",
        shape="old_form",
    ),
    Delivery(
        "2024-01-25/医保局年报.xlsx",
        "LP020",
        RETURNED,
        ("C01",),
        "第四部分整张表空着，也没有选“本表全为零”",
        "列出没有填写的单元格",
        edit=_without(_inputs("disputes")),
    ),
    Delivery(
        "2024-01-23/综合行政执法局2023.xlsx",
        "LP021",
        RETURNED,
        ("C03",),
        "收费金额填了“251000元”，本栏单位是万元",
        "请换算成万元",
        edit=_set({"proactive.charges.amount": "251000元"}),
    ),
    Delivery("2024-01-19/数据资源局年报.xlsx", "LP022", edit=_nil("disputes")),
    Delivery(
        "2024-01-23/信访局年报数据（复制）.xlsx",
        "LP024",
        RETURNED,
        ("C08",),
        "行政处罚一格被表格软件变成了日期 1月2日",
        "请重新填数字",
        stated="杭州市临平区信访局",
        reshape=_on_sheet("proactive", _date_for_number),
    ),
    Delivery(
        "2024-01-18/公安分局年报.xls",
        "LP025",
        wrong="存成了 Excel 97–2003 格式（.xls）",
        answer="照常读取",
        shape="xls",
    ),
    Delivery("2024-01-26/规划和自然资源局临平分局2023年年报.xlsx", "LP026"),
    Delivery(
        "2024-01-19/生态环境分局年报.ods",
        "LP027",
        wrong="用国产办公软件存成了 .ods",
        answer="照常读取",
        shape="ods",
    ),
    Delivery("2024-01-16/政务办-信息公开年报.xlsx", "LP028", stated="区政务办", edit=_nil("disputes")),
    Delivery(
        "2024-01-22/机关事务中心年报.xlsx",
        "LP029",
        RETURNED,
        ("C09",),
        "第三部分选了“本表全为零”，表里却填着 1 件申请",
        "请改选“否”，或把这些数改为 0",
        edit=_set({"requests.nil": YES}),
    ),
    Delivery(
        "2024-01-24/杭州市临平区档案馆2023年年报.xlsx",
        "LP030",
        RETURNED,
        ("F01",),
        "把 Word 文档的后缀改成了 .xlsx",
        "说明这是 Word 文档，请用填报模板",
        shape="word",
    ),
    Delivery("2024-01-17/临平经开区2023年政府信息公开工作年度报告.xlsx", "LP032"),
    Delivery(
        "2024-01-23/临平新城管委会.xlsx",
        "LP033",
        HELD,
        ("F02",),
        "用了发给临平经开区的模板，填报单位写的是临平新城",
        "请政务公开办确认是谁的数据",
        stated="临平新城管理委员会",
        stamped_for="LP032",
    ),
    Delivery("新建文件夹/科创城 年报 (2).xlsx", "LP034", stated="科创城管委会"),
    Delivery("街道、镇/临平街道2023年政府信息公开年报.xlsx", "LP035"),
    Delivery("街道、镇/东湖街道年报0116.xlsx", "LP036", stated="东湖街道"),
    Delivery(
        "2024-01-17/回复：收到，谢谢.eml",
        "LP036",
        NO_SUBMISSION,
        ("F01",),
        wrong="一封道谢的邮件，没有附件，说表已经交了",
        answer="不计入，原话给经办人看",
        shape="mail",
        mail=Mail(_sent(17, 9, 42), "回复：年报模板", "收到，谢谢！我街道的表昨天已经交了。"),
    ),
    Delivery(
        "2024-01-22/南苑街道年报.xlsx",
        "LP037",
        REMARKS,
        ("F03",),
        "表头“行政规范性文件”被改成“规范性文件”",
        "已按规定的名称读取",
        stated="南苑街道办事处",
        reshape=_on_sheet("proactive", lambda _, sheet: with_label(sheet, "行政规范性文件", "规范性文件")),
    ),
    Delivery("街道、镇/星桥年报.xlsx", "LP038", stated="星桥街道"),
    Delivery(
        "2024-01-12/乔司街道2023年政府信息公开年报.eml",
        "LP040",
        ACCEPTED,
        wrong="第一次报送，行政处罚少算了 13 件（表内看不出来）",
        answer="后来被第二次代替",
        shape="mail",
        mail=Mail(
            _sent(12, 16, 5),
            "乔司街道年报报送",
            "您好，附件是我街道年报，请查收。",
            "乔司街道年报.xlsx",
            "UTF-8",
        ),
        edit=_added("proactive.penalties.decisions", -13),
        superseded=True,
    ),
    Delivery(
        "2024-01-18/更正：乔司街道2023年政府信息公开年报.eml",
        "LP040",
        ACCEPTED,
        wrong="第二次报送，更正了行政处罚数",
        answer="以这一次为准",
        shape="mail",
        mail=Mail(
            _sent(18, 11, 27),
            "更正：乔司街道年报报送",
            "您好，上次行政处罚数漏了一个中队的，以本次附件为准。",
            "乔司街道年报（更正）.xlsx",
            "UTF-8",
        ),
    ),
    Delivery(
        "2024-01-16/崇贤街道年报报送.eml",
        "LP041",
        wrong="邮件报送，附件名是 GBK 编码",
        answer="从邮件中取出附件读取",
        shape="mail",
        mail=Mail(
            _sent(16, 10, 24),
            "崇贤街道2023年政府信息公开年报",
            "领导好：年报见附件，如有问题请联系我。",
            "崇贤街道2023年政府信息公开年报.xlsx",
        ),
    ),
    Delivery(
        "2024-01-25/塘栖镇人民政府2023年政府信息公开工作年度报告.xlsx",
        "LP042",
        RETURNED,
        ("T2-01",),
        "镇政府填了 1 件规章；镇没有规章制定权",
        "请改为 0，或移到“行政规范性文件”",
        edit=_set({"proactive.regulations.issued": 1, "proactive.regulations.in_force": 1}),
    ),
    Delivery(
        "2024-01-20/余杭区商务局2023年年报.xlsx",
        "LP012",
        HELD,
        ("F02",),
        "别的区的单位误发到本区",
        "单位不在本区名单中",
        stated="杭州市余杭区商务局",
        foreign=True,
        edit=_of_neighbour,
    ),
)

FAULTS: tuple[Delivery, ...] = tuple(item for item in DELIVERIES if item.wrong)
"""The files with something to say, in the order of the README."""


def expected() -> dict[str, dict[str, object]]:
    """Return path in the inbox → verdict, codes, and the body it is put down to (None: nobody)."""
    return {
        item.path: {
            "verdict": item.verdict,
            "codes": sorted(item.codes),
            "agency": item.put_down_to,
        }
        for item in DELIVERIES
    }
