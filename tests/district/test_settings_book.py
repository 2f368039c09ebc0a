"""经办.xlsx: what a person can save is read right, or refused at its cell; nothing is ignored in silence."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date, datetime, time
from io import BytesIO
from pathlib import Path
from types import ModuleType

import pytest
from openpyxl import Workbook, load_workbook

from pipeline.coordinating.adopting import adopt
from pipeline.coordinating.preparing import init
from pipeline.district import settings_checks, settings_fields, settings_source
from pipeline.district.folder import load_district
from pipeline.ledger.access import view_campaign
from pipeline.model import CHINA, Agency, ConfigError
from pipeline.publishing import settings_pages
from pipeline.publishing.settings_pages import Value, build_settings_book, filled_of
from pipeline.run.letters.handing_out import send_templates
from tests.district.test_district import district as text_district
from tests.support.settings import AGENCIES, DEADLINE, cell_of, desk, filled

LAST_DAY, EXTENDED, EARLIER = (
    datetime.combine(day, time.min) for day in (DEADLINE, date(2024, 2, 5), date(2024, 1, 5))
)
FULL = filled(
    {
        ("people", "coordinator"): "张三",
        ("people", "email"): "zwgk@x.example",
        ("mail", "smtp_host"): "smtp.x.example",
        ("mail", "smtp_port"): 587,
        ("mail", "smtp_security"): "starttls",
        ("mail", "trusted"): "a@x.example；b@x.example",
        ("mail", "send"): "是",
        ("calendar", "remind_days_before"): "3、0",
        ("calendar", "remind_every"): 2,
        ("rules", "blank_is_zero"): "是",
    },
    {
        "日历": [{"日期": date(2024, 2, 12), "安排": "放假"}, {"日期": "2024年2月4日", "安排": "上班"}],
        "延期": [{"单位": "财政局", "延期到": date(2024, 2, 5), "原因": "合并"}],
        "例外": [{"单位": "002", "规则": "t3-04", "理由": "合并", "到哪天": "2024/3/1"}],
        "规则": [
            {"规则": "T2-06", "做法": "改级别", "内容": "只告诉政务公开办"},
            {"规则": "T2-06", "做法": "改界限", "内容": "factor = 10、base=50"},
            {"规则": "T3-09", "做法": "停用", "原因": "本区另有规定"},
            {"规则": "T3-06", "做法": "试行"},
        ],
    },
)
SAME_AS_TEXT = """\
name = "样例区"
level = "县区"
year = 2023
form = "annual_report_2021"
deadline = 2024-01-31
[people]
coordinator = "张三"
email = "zwgk@x.example"
[mail]
smtp_host = "smtp.x.example"
smtp_port = 587
smtp_security = "starttls"
trusted = ["a@x.example", "b@x.example"]
send = true
[calendar]
remind_days_before = [3, 0]
remind_every = 2
holidays = [2024-02-12]
workdays = [2024-02-04]
[rules]
blank_is_zero = true
trial = ["T3-06"]
[rules.severity]
"T2-06" = "info"
[rules.limits]
"T2-06" = { factor = 10, base = 50 }
[rules.off]
"T3-09" = "本区另有规定"
[[extension]]
agency = "财政局"
until = 2024-02-05
reason = "合并"
"""
ROSTER = """\
code,name,aliases,kind,level,phone,email
001,样例区政府办公室,区府办；区政府办,部门,,,fb@x.example
002,样例区财政局,财政局,部门,,13800000000,
003,塘栖镇人民政府,,镇,设区的市,,
"""


MEANT_ALIKE = (
    "name",
    "level",
    "year",
    "deadline",
    "agencies",
    "rules",
    "mail",
    "people",
    "calendar",
    "extensions",
)
"""Of a district: what must be the same, however it was written down."""


def test_a_workbook_and_text_files_mean_the_same_district(tmp_path: Path) -> None:
    own = load_district(desk(tmp_path, FULL))
    [excepted] = own.excepted
    assert (excepted.rule, excepted.until) == ("T3-04", date(2024, 3, 1))
    text_district(tmp_path, SAME_AS_TEXT, ROSTER.encode())
    (tmp_path / "经办.xlsx").rename(tmp_path / "别的.xlsx")
    other = load_district(tmp_path)
    for name in MEANT_ALIKE:
        assert getattr(own, name) == getattr(other, name), name


def test_beside_each_other_they_must_say_the_same(tmp_path: Path) -> None:
    text_district(desk(tmp_path, FULL), SAME_AS_TEXT, ROSTER.encode())
    assert load_district(tmp_path).book == tmp_path / "经办.xlsx"
    text_district(
        tmp_path, SAME_AS_TEXT.replace("2024-01-31", "2024-01-30"), ROSTER.replace("003,", "004,").encode()
    )
    with pytest.raises(ConfigError) as refused:
        load_district(tmp_path)
    said = str(refused.value)
    assert "2024-01-31" in said
    assert "2024-01-30" in said
    assert "单位 003 只在 经办.xlsx 中" in said
    assert "单位 004 只在 agencies.csv 中" in said


def test_who_uses_the_workbook_is_told_its_line_and_who_writes_text_the_key(tmp_path: Path) -> None:
    beside = filled(lists={"另收": [{"表样": "request_register", "报告期": "2023", "截止日期": DEADLINE}]})
    own = load_district(desk(tmp_path, beside))
    for campaign in own.campaigns:
        assert campaign.where("mail", "authserv_id") == "经办.xlsx 的“设置”的“邮件服务器的名字”"
        assert campaign.where("mail", "authserv_id") in campaign.remarks(came_by_mail=True)[0]
    text_district(tmp_path, SAME_AS_TEXT, ROSTER.encode())
    (tmp_path / "经办.xlsx").unlink()
    assert load_district(tmp_path).where("mail", "authserv_id") == "district.toml 的 [mail] 的 authserv_id"
    new = tmp_path / "新区"
    init(new, today=date(2024, 1, 8))
    assert load_district(new).where("people", "coordinator") == "经办.xlsx 的“设置”的“经办人”"


def test_a_period_of_the_wrong_kind_is_told_at_its_cell(tmp_path: Path) -> None:
    wrong = filled({("", "form"): "disclosure_statistics_quarter", ("", "year"): "2023-01"})
    with pytest.raises(ConfigError, match=r"202[34]Q") as refused:
        load_district(desk(tmp_path, wrong))
    assert re.search(r"表“设置” B\d+：报告期", str(refused.value))


def test_a_form_is_named_in_words_beside_its_id_and_no_empty_rows_are_printed() -> None:
    second: dict[str, Value] = {"表样": "request_register", "报告期": "2023", "截止日期": DEADLINE}
    book = load_workbook(BytesIO(build_settings_book(filled(lists={"另收": [second]}))))
    said = {row[0]: row for row in book["设置"].iter_rows(values_only=True)}
    assert said["表样"][1:3] == ("annual_report_2021", "政府信息公开工作年度报告；一般不改")
    printed = {sheet.title: str(sheet.print_area).rpartition("$")[2] for sheet in book.worksheets[1:]}
    assert printed == {"名单": "7", "日历": "4", "延期": "4", "例外": "4", "规则": "4", "另收": "5"}


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """Writer and reader share one declaration."""
    own = load_district(desk(tmp_path / "a", FULL))
    again = load_district(desk(tmp_path / "b", filled_of(own)))
    assert filled_of(again) == filled_of(own)


@pytest.mark.parametrize(
    ("period", "deadline", "is_left"),
    [
        ("2023", date(2024, 2, 5), True),
        ("2023", date(2025, 2, 28), False),  # made up for, by now
        ("2024", date(2025, 2, 5), False),
    ],
)
def test_what_is_collected_besides_and_is_of_the_year_before_is_named(
    tmp_path: Path, period: str, deadline: date, *, is_left: bool
) -> None:
    row: dict[str, str | date] = {"表样": "request_register", "报告期": period, "截止日期": deadline}
    settings: dict[tuple[str, str], str | int | date] = {
        ("", "year"): "2024",
        ("", "deadline"): date(2025, 1, 31),
    }
    content = filled(settings, lists={"另收": [row]})
    if not is_left:
        assert len(load_district(desk(tmp_path, content)).campaigns) == 2
        return
    with pytest.raises(ConfigError, match=r"表“另收” C.*上年留下的"):
        load_district(desk(tmp_path, content))


def test_a_form_may_be_written_by_its_title(tmp_path: Path) -> None:
    others: list[dict[str, str | date]] = [
        {"表样": "政府信息公开申请办理台账", "报告期": "2023", "截止日期": date(2024, 2, 15)},
        {
            "表样": "政府信息公开情况统计表（disclosure_statistics_quarter）",
            "报告期": "2023Q4",
            "截止日期": date(2024, 1, 20),
        },
    ]
    rows: list[dict[str, str | date]] = [
        {"单位": "财政局", "延期到": date(2024, 2, 20), "表样": "政府信息公开申请办理台账"},
        {"单位": "财政局", "延期到": date(2024, 1, 25), "表样": "政府信息公开情况统计表：2023Q4"},
    ]
    content = replace(FULL, lists={**FULL.lists, "另收": others, "延期": rows})
    content = replace(content, settings={**content.settings, ("", "form"): "政府信息公开工作年度报告"})
    own = load_district(desk(tmp_path / "a", content))
    assert [item.form for item in own.campaigns] == [
        "annual_report_2021", "request_register", "disclosure_statistics_quarter",
    ]  # fmt: skip
    assert own.others[0].deadline_of("002") == date(2024, 2, 20)
    wrong = replace(FULL, lists={**FULL.lists, "另收": [{**others[0], "表样": "公开台账"}], "延期": []})
    with pytest.raises(ConfigError, match="政府信息公开申请办理台账（request_register）"):
        load_district(desk(tmp_path / "b", wrong))


def test_an_extension_names_its_form_in_the_workbook(tmp_path: Path) -> None:
    others: list[dict[str, str | date]] = [
        {"表样": "request_register", "报告期": "2023", "截止日期": date(2024, 2, 15)},
        {"表样": "disclosure_statistics_quarter", "报告期": "2023Q3", "截止日期": date(2024, 1, 10)},
        {"表样": "disclosure_statistics_quarter", "报告期": "2023Q4", "截止日期": date(2024, 1, 20)},
    ]
    rows: list[dict[str, str | date]] = [
        {"单位": "财政局", "延期到": date(2024, 2, 5)},
        {"单位": "财政局", "延期到": date(2024, 2, 20), "表样": "request_register"},
        {"单位": "财政局", "延期到": date(2024, 1, 25), "表样": "disclosure_statistics_quarter:2023Q4"},
    ]
    content = replace(FULL, lists={**FULL.lists, "另收": others, "延期": rows})
    own = load_district(desk(tmp_path / "a", content))
    assert [item.deadline_of("002") for item in own.campaigns] == [
        date(2024, 2, 5), date(2024, 2, 20), date(2024, 1, 10), date(2024, 1, 25),
    ]  # fmt: skip
    again = load_district(desk(tmp_path / "b", filled_of(own)))
    assert [item.extensions for item in again.campaigns] == [item.extensions for item in own.campaigns]
    quarters = "disclosure_statistics_quarter:2023Q3、disclosure_statistics_quarter:2023Q4"
    for number, (form, until, where) in enumerate(
        [
            (
                "website_report",
                date(2024, 2, 20),
                f"“延期” D5：没有收“website_report”，应为：annual_report_2021、request_register、{quarters}。",
            ),
            ("政府信息公开情况统计表", date(2024, 2, 20), f"收了 2 期，请写明是哪一期：{quarters}。"),
            (
                "disclosure_statistics_quarter：2023Q2",
                date(2024, 2, 20),
                f"没有收“disclosure_statistics_quarter:2023Q2”，应为：{quarters}。",
            ),
            ("request_register", date(2024, 2, 15), "“延期” B5"),
        ]
    ):
        wrong: list[dict[str, str | date]] = [{"单位": "财政局", "延期到": until, "表样": form}]
        content = replace(FULL, lists={**FULL.lists, "另收": others, "延期": wrong})
        with pytest.raises(ConfigError, match=re.escape(where)):
            load_district(desk(tmp_path / f"wrong{number}", content))


@pytest.mark.parametrize(
    "module", [settings_pages, settings_checks, settings_source], ids=lambda item: item.__name__
)
def test_a_title_of_a_list_is_written_once(module: ModuleType) -> None:
    titles = {column.title for columns in settings_fields.LISTS.values() for column in columns}
    source = ast.parse(Path(str(module.__file__)).read_text("utf-8"))
    written = {node.value for node in ast.walk(source) if isinstance(node, ast.Constant)}
    assert titles & written == set()


def test_every_field_of_an_agency_has_its_column(tmp_path: Path) -> None:
    """A field that the roster learns must be written by ``adopt`` too, or it would be lost without a word."""
    assert {item.name for item in fields(Agency)} == {
        "code", "name", "kind", "level", "aliases", "contact", "phone", "emails", "former_names",
        "merged_into", "merged_on", "split_from", "split_on", "line",
    }, "teach pipeline/publishing/settings_pages.py the new field, then name it here"  # fmt: skip
    own = load_district(desk(tmp_path / "a", FULL))
    assert load_district(desk(tmp_path / "b", filled_of(own))).agencies == own.agencies


def test_mergers_splits_and_former_names_are_adopted(tmp_path: Path) -> None:
    roster = "代码,单位名称,邮箱,曾用名,并入,分设自\n1,甲局,a@x.cn,甲委;甲办,,\n2,乙局,,,1 2024-01-10,\n3,丙局,,,,甲局 2023-06-01\n"
    folder = text_district(tmp_path, roster=roster.encode())
    before = load_district(folder, date(2024, 1, 11))
    assert [item.code for item in before.merged] == ["2"]
    adopt(folder)
    after = load_district(folder, date(2024, 1, 11))
    assert (after.agencies, after.merged) == (before.agencies, before.merged)
    assert not load_district(folder, date(2024, 1, 9)).merged


@pytest.mark.parametrize(
    ("sheet", "before", "after", "where"),
    [
        ("设置", LAST_DAY, "月底", "表“设置” B9"),
        ("设置", LAST_DAY, "45322", "表“设置” B9"),
        ("设置", LAST_DAY, "2023-12-31", "表“设置” B9"),
        ("设置", 2023, "二三年", "表“设置” B7"),
        ("设置", 2023, 2022, "表“设置” B9"),
        ("设置", "县区", "区里", "表“设置” B6"),
        ("设置", "样例区", None, "表“设置” B5"),
        ("设置", "zwgk@x.example", "zwgk", "表“设置” B14"),
        ("设置", "starttls", "ssl", "表“设置” B29"),
        ("设置", 587, 0, "表“设置” B28"),
        ("设置", "署名单位", "署名", None),
        ("名单", "001", None, "表“名单” A5"),
        ("名单", "001", 1.13301e17, "表“名单” A5"),
        ("名单", "13800000000", "1.38E+10", "表“名单” H6"),
        ("名单", "fb@x.example", "无", "表“名单” I5"),
        ("名单", "设区的市", "市", "表“名单” F7"),
        ("名单", "财政局", "区府办", "表“名单” C5"),
        ("名单", "代码", "序号", "表“名单” A3"),
        ("名单", "样例区财政局", '="财政"&"局"', "表“名单” B6"),
        ("日历", "放假", "休息", "表“日历” B5"),
        ("延期", "财政局", "税务局", "表“延期” A5"),
        ("延期", EXTENDED, EARLIER, "表“延期” B5"),
        ("例外", "t3-04", "T9-99", "表“例外” B5"),
        ("例外", "合并", None, "表“例外” C5"),
        ("规则", "本区另有规定", None, "表“规则” D7"),
        ("规则", "只告诉政务公开办", "警告", "表“规则” C5"),
        ("规则", "T3-09", "T3-99", "表“规则” A7"),
    ],
)
def test_a_fault_is_named_at_its_cell(
    tmp_path: Path, sheet: str, before: object, after: str | float | datetime | None, where: str | None
) -> None:
    def change(book: Workbook) -> None:
        row, column = cell_of(book[sheet], before)
        book[sheet].cell(row, column).value = after

    folder = desk(tmp_path, FULL, change)
    if where is None:
        load_district(folder)  # a label nobody knows, with nothing beside it, says nothing
        return
    with pytest.raises(ConfigError, match=re.escape(where)):
        load_district(folder)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book["设置"]["B9"] = "月底"
        book["名单"]["I5"] = "无"
        book["延期"]["A5"] = "税务局"
        book.create_sheet("草稿")["B2"] = "记得打电话"

    with pytest.raises(ConfigError) as refused:
        load_district(desk(tmp_path, FULL, change))
    assert [
        place in str(refused.value) for place in ("“设置” B9", "“名单” I5", "“延期” A5", "“草稿” A1")
    ] == [True] * 4


@pytest.mark.parametrize(
    "faulty",
    [
        {"并入": "003"},
        {"并入": "003 2024-01-10", "分设自": "002"},
        {"简称": "样例区政府办公室"},
        {"单位名称": ""},
        {"电话": "1.38E+10"},
        {"级别": "中央"},
    ],
)
def test_columns_of_the_workbook_are_called_as_they_stand_there(
    tmp_path: Path, faulty: dict[str, str]
) -> None:
    """Who fills it in has never seen former_names."""
    rows = [AGENCIES[0], {**AGENCIES[1], **faulty}, {**AGENCIES[2], "并入": "002 2024-01-10"}]
    with pytest.raises(ConfigError) as refused:
        load_district(desk(tmp_path, filled(lists={"名单": rows})))
    assert not re.search("[（(][a-z_]+[)）]", str(refused.value)), str(refused.value)


def rearranged(book: Workbook) -> None:
    sheet = book["名单"]
    sheet["A9"], sheet["C9"] = "合计", "3"
    sheet["A12"], sheet["B12"], sheet["F12"] = "004", "乔司\n街道办事处", "街道"
    sheet["I12"] = "mailto:qs@x.example"
    sheet["H12"] = 13900000000
    sheet["B3"], sheet["I3"] = "单位全称", "电子邮箱"


def numbers_for_codes(book: Workbook) -> None:
    for row in (5, 6):
        book["名单"].cell(row, 1).value = row - 4
        book["名单"].cell(row, 1).number_format = "General"


def shown_with_zeros(book: Workbook) -> None:
    for row in (5, 6, 7):
        book["名单"].cell(row, 1).value = row - 4
        book["名单"].cell(row, 1).number_format = "000"


@pytest.mark.parametrize("change", [rearranged, numbers_for_codes, shown_with_zeros])
def test_what_is_certain_is_read(tmp_path: Path, change: Callable[[Workbook], None]) -> None:
    agencies = load_district(desk(tmp_path, FULL, change)).agencies
    assert [item.code for item in agencies[:3]] == ["001", "002", "003"]
    if change is rearranged:
        assert (agencies[3].name, agencies[3].phone, agencies[3].emails, agencies[3].level) == (
            "乔司街道办事处", "13900000000", ("qs@x.example",), "县区",
        )  # fmt: skip


def test_zeros_that_may_be_lost_are_refused(tmp_path: Path) -> None:
    def change(book: Workbook) -> None:
        book["名单"]["A5"], book["名单"]["A6"], book["名单"]["A7"] = 1, "甲02", "003"

    with pytest.raises(ConfigError, match=r"“名单” A5：代码“1”是数字"):
        load_district(desk(tmp_path, FULL, change))


def test_a_new_folder_is_no_district_yet_and_says_so(tmp_path: Path) -> None:
    """The examples of the workbook are no data; the sample roster of the text files is called one."""
    init(tmp_path / "区", today=date(2024, 1, 2))
    loaded = load_district(tmp_path / "区")
    assert "样例名单" in loaded.note
    (tmp_path / "区" / "district.toml").unlink()
    with pytest.raises(ConfigError, match="名单是空的"):
        load_district(tmp_path / "区")


def test_a_filled_workbook_counts_beside_text_files_that_nobody_touched(tmp_path: Path) -> None:
    init(tmp_path / "区", today=date(2024, 1, 2))
    loaded = load_district(desk(tmp_path / "区", FULL))
    assert (len(loaded.agencies), loaded.note) == (3, "")


@pytest.mark.parametrize(
    "content", [b"", "全区\n甲局".encode(), "全区\t甲局".encode("gb18030"), b"\x00\xff\xfe" * 9]
)
def test_a_workbook_that_was_overwritten_is_called_none_with_the_way_back(
    tmp_path: Path, content: bytes
) -> None:
    folder = desk(tmp_path, FULL)
    (folder / "经办.xlsx").write_bytes(content)
    with pytest.raises(ConfigError, match=r"经办\.xlsx：这个文件不是电子表格.*备份") as raised:
        load_district(folder)
    assert "A1" not in str(raised.value)


def test_a_workbook_that_is_gone_after_runs_that_used_it_is_missed(tmp_path: Path) -> None:
    """What ``init`` left beside it is no district: nobody is to be told that all of its agencies are others now."""
    init(tmp_path / "区", today=date(2024, 1, 2))
    book = desk(tmp_path / "区", FULL) / "经办.xlsx"
    moment, output = datetime(2024, 1, 8, tzinfo=CHINA), tmp_path / "output"
    send_templates(load_district(tmp_path / "区"), output, code=None, now=moment)
    book.rename(tmp_path / "别处.xlsx")
    sample = load_district(tmp_path / "区")
    with (
        pytest.raises(ConfigError, match=r"以前用的 经办\.xlsx.*不在了.*备份"),
        view_campaign(sample, output),
    ):
        pytest.fail("went on with the sample")
    (tmp_path / "别处.xlsx").rename(book)
    with view_campaign(load_district(tmp_path / "区"), output) as (_, own):
        assert len(own.agencies) == 3


def test_several_workbooks_are_not_guessed_between(tmp_path: Path) -> None:
    folder = desk(tmp_path, FULL)
    (folder / "经办.xls").write_bytes((folder / "经办.xlsx").read_bytes())
    with pytest.raises(ConfigError, match=r"经办\.xls、经办\.xlsx"):
        load_district(folder)
    (folder / "经办.xlsx").unlink()
    assert load_district(folder).deadline == DEADLINE, "the content decides, not the name"
    (folder / "经办.xls").rename(folder / "经办(1).xlsx")
    with pytest.raises(ConfigError, match=r"改名为 经办\.xlsx"):
        load_district(folder)


def test_an_existing_roster_is_taken_over(tmp_path: Path) -> None:
    text_district(tmp_path, SAME_AS_TEXT, ROSTER.encode("gbk"))
    before = load_district(tmp_path)
    path, after, _ = adopt(tmp_path)
    assert (path.name, after) == ("经办.xlsx", before)
    assert not (tmp_path / "agencies.csv").exists()
    assert (tmp_path / "旧设置" / "agencies.csv").is_file()
    with pytest.raises(ConfigError, match="已经填写"):
        adopt(tmp_path)


def test_settings_stay_where_the_workbook_cannot_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is open in a program, or the disk is full: a district without settings cannot be run."""
    text_district(tmp_path, SAME_AS_TEXT, ROSTER.encode())
    before = load_district(tmp_path)

    def refuse(path: Path, _content: bytes) -> bool:
        raise PermissionError(13, "open in another program", str(path))

    monkeypatch.setattr("pipeline.coordinating.adopting.write_if_changed", refuse)
    with pytest.raises(PermissionError):
        adopt(tmp_path)
    assert load_district(tmp_path) == before


def test_settings_that_were_set_aside_before_stay(tmp_path: Path) -> None:
    for comment in ("# 先前", "# 后来"):
        text_district(tmp_path, f"{SAME_AS_TEXT}\n{comment}\n", ROSTER.encode())
        adopt(tmp_path)
        (tmp_path / "经办.xlsx").unlink()
    aside = {path.name: path.read_text("utf-8") for path in (tmp_path / "旧设置").glob("*.toml")}
    assert ["# 先前" in aside["district.toml"], "# 后来" in aside["district（2）.toml"]] == [True, True]


@pytest.mark.parametrize(
    "text",
    [
        "全区单位名单\n\n序号\t单位代码\t单位名称\t联系电话".replace("序号\t", "") + "\n001\t甲局\t0571-1\n合计\t1家\t\n",
        "单位代码;单位全称;联系电话\n001;甲局;1.3800000001E10\n",
        "编码,单位,手机\n001,甲局,0571-1\n",
    ],
)  # fmt: skip
def test_a_list_from_anywhere_is_taken_over(tmp_path: Path, text: str) -> None:
    init(tmp_path / "区", today=date(2024, 1, 2))
    (tmp_path / "名单.csv").write_text(text, "gb18030")
    _, district, _ = adopt(tmp_path / "区", tmp_path / "名单.csv")
    assert [(item.code, item.name) for item in district.agencies] == [("001", "甲局")]
    assert district.agencies[0].phone in {"0571-1", "13800000001"}


def test_a_list_kept_for_other_purposes_is_adopted_as_it_is(tmp_path: Path) -> None:
    """Columns of its own are left out and named, agencies without codes are numbered, the sum is no agency."""
    init(tmp_path / "区", today=date(2024, 1, 2))
    listed = tmp_path / "名单.csv"
    listed.write_text(
        "序号,部门名称,分管领导,联络员,办公电话,电子信箱\n1,甲局,赵一,钱二,0571-1,j@x.example\n2,乙局,孙三,李四,0571-2,\n,合计,,,2,\n",
        "utf-8",
    )
    _, district, left_out = adopt(tmp_path / "区", listed)
    assert [(item.code, item.name, item.contact) for item in district.agencies] == [
        ("001", "甲局", "钱二"),
        ("002", "乙局", "李四"),
    ]
    assert left_out == ["序号", "分管领导"]
