"""Registers are read wherever their rows stand: moved, renamed, with blank rows, totals, notes, headings again, columns in any order."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from datetime import date, datetime
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.form import Form
from pipeline.forms.layout import STAMP_SHEET
from pipeline.forms.loader import form_ids, load_form, parse_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Assessment, Place, Reading, Rows, Severity, Verdict, column_letters
from pipeline.publishing.returning import returned_of
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.libreoffice import converted, with_sheets
from tests.support.submissions import AGENCY, submission_of

ROW = ["临政发〔2023〕1号", "某某办法", "2023-03-05", "是", "", "https://www.example.gov.cn/1.html", ""]
OTHER = ["临政发〔2021〕7号", "某某规定", "2021-07-01", "否", "2023-11-30", "", "已由新办法代替"]
SHEET = "文件台账"


@pytest.fixture(scope="module")
def form() -> Form:
    return load_form("normative_documents")


@pytest.fixture(scope="module")
def template(form: Form) -> bytes:
    return build_workbook(form, registers={"documents": [ROW, OTHER]})


def opened(template: bytes) -> tuple[Workbook, Worksheet]:
    book = openpyxl.load_workbook(BytesIO(template))
    sheet = book[SHEET]
    for name in list(sheet.tables):
        del sheet.tables[name]
    return book, sheet


def reading(form: Form, book: Workbook) -> Reading:
    stream = BytesIO()
    book.save(stream)
    return read(form, stream.getvalue())


def rows(found: Reading) -> Rows:
    return found.registers["documents"]


def cells(found: Reading) -> list[list[str]]:
    return [list(row) for row in rows(found).cells]


def codes(found: Reading) -> list[tuple[str, str]]:
    return [
        (item.code, item.variant)
        for item in found.findings
        if item.code in {"V02", "V01", "C04", "F03", "F05", "C08"}
    ]


def test_rows_of_the_template(form: Form, template: bytes) -> None:
    found = read(form, template)
    assert cells(found) == [ROW, OTHER]
    assert rows(found).place(1, 1) == Place(SHEET, "B7")
    assert found.numbers == {
        "documents_total.documents.issued_this_year": 0, "documents_total.documents.repealed_this_year": 0,
        "documents_total.documents.in_force_now": 1,
    }, "no year is stated"  # fmt: skip


def test_blank_rows_totals_notes_and_headings_are_no_rows(form: Form, template: bytes) -> None:
    book, sheet = opened(template)
    head = [str(cell.value) for cell in sheet[5]]
    lines: Sequence[Sequence[str | None]] = (
        ROW,
        ["合计"],
        [None],
        [f"2023年{SHEET}"],
        head,
        OTHER,
        ["注：以上均已公开"],
        ["小计", "2 件"],
        ["填表人：张三", None, "审核人：李四"],
        [None, "联系电话：12345"],
    )
    for number, line in enumerate(lines):
        for column in range(7):
            sheet.cell(6 + number, column + 1).value = line[column] if column < len(line) else None
    found = reading(form, book)
    assert cells(found) == [ROW, OTHER]
    assert rows(found).lines == (5, 10)


def test_rows_that_were_moved_are_found_by_their_headings(form: Form, template: bytes) -> None:
    book, sheet = opened(template)
    for merged in list(sheet.merged_cells.ranges):
        sheet.unmerge_cells(str(merged))
    sheet.insert_rows(5, 3)
    sheet.insert_cols(1, 2)
    sheet.title = "我单位的台账"
    found = reading(form, book)
    assert cells(found) == [ROW, OTHER]
    assert rows(found).place(0, 0) == Place("我单位的台账", "C9")
    assert ("F05", "renamed") in codes(found)


def test_columns_in_another_order_and_under_other_names(form: Form) -> None:
    book = openpyxl.load_workbook(BytesIO(build_workbook(form)))
    del book[SHEET]
    sheet = book.create_sheet(SHEET)
    sheet.append(
        ["序号", "标题", "文号", "成文日期", "是否 现行有效", "失效日期", "备注栏", "公开网址", "说明"]
    )
    sheet.append([1, ROW[1], ROW[0], datetime(2023, 3, 5), "√", None, "多出来的", ROW[5], None])  # noqa: DTZ001 - as a spreadsheet holds it
    sheet.append([2, OTHER[1], OTHER[0], "2021年7月1日", "否", date(2023, 11, 30), None, None, OTHER[6]])
    found = reading(form, book)
    assert cells(found) == [ROW, OTHER]
    assert ("V02", "extra_column") in codes(found)
    assert codes(found).count(("C04", "column")) == 2, "one note for each column, not for each row"


def test_a_column_that_is_missing_is_told_once(form: Form, template: bytes) -> None:
    book, sheet = opened(template)
    sheet["D5"] = None
    found = reading(form, book)
    assert [item.facts["label"] for item in found.findings if item.variant == "missing_column"] == [
        "是否现行有效"
    ]


def test_a_register_that_is_missing_is_told(form: Form, template: bytes) -> None:
    book, _ = opened(template)
    del book[SHEET]
    found = reading(form, book)
    assert ("F03", "missing_table") in codes(found)
    assert found.opened


def test_more_rows_than_the_template_has_room_for_are_read(form: Form) -> None:
    many = [[f"临政发〔2023〕{number}号", *ROW[1:]] for number in range(1, 1501)]
    found = read(form, build_workbook(form, registers={"documents": many}))
    assert cells(found) == many


def test_a_cell_with_an_error_is_no_blank(form: Form, template: bytes) -> None:
    book, sheet = opened(template)
    sheet["B6"] = "#REF!"
    sheet["B6"].data_type = "e"
    found = reading(form, book)
    assert [item.place for item in found.findings if item.code == "C08"] == [Place(SHEET, "B6")]
    assert cells(found)[0][1] == "#REF!"


@pytest.mark.parametrize("spelt", ["{} *", "{}*", "* {}", "{}＊", "{}"])
def test_a_star_says_only_that_a_column_has_to_be_filled(form: Form, template: bytes, spelt: str) -> None:
    book, sheet = opened(template)
    heads = [str(cell.value) for cell in sheet[5]][: len(ROW)]
    columns = form.registers[0].columns
    assert heads == [f"{column.label} *" if column.required else column.label for column in columns]
    for number, column in enumerate(columns, 1):
        sheet.cell(5, number).value = spelt.format(column.label)
    found = reading(form, book)
    assert cells(found) == [ROW, OTHER]
    assert codes(found) == []


ODD_CHOICES = """
id = "odd_choices"
extends = "request_register"
[[register]]
key = "applications"
[[register.column]]
key = "{column}"
choices = {{ {choices} }}
"""


@pytest.mark.parametrize("word", ['“网络”"平台"', "网络,平台", "网络，平台", '"', "甲&<乙>"])
def test_a_choice_of_whatever_characters_can_be_chosen(word: str) -> None:
    column = next(column for column in load_form("request_register").registers[0].columns if column.choices)
    choices = {**column.choices, next(iter(column.choices)): word}
    said = ", ".join(f"{key} = {json.dumps(label, ensure_ascii=False)}" for key, label in choices.items())
    all_can_be_chosen(parse_form(ODD_CHOICES.format(column=column.key, choices=said), "odd_choices.toml"))


@pytest.mark.parametrize("name", [name for name in form_ids() if load_form(name).registers])
def test_whatever_is_chosen_has_a_list_to_choose_from(name: str) -> None:
    all_can_be_chosen(load_form(name))


def all_can_be_chosen(own: Form) -> None:
    """Every drop-down of a register of the template offers the choices as they are, spelled as a spreadsheet takes them."""
    book = openpyxl.load_workbook(BytesIO(build_workbook(own)))
    for register in own.registers:
        rules = {
            str(rule.sqref).partition(":")[0].rstrip("0123456789"): str(rule.formula1)
            for rule in book[register.sheet].data_validations.dataValidation
        }
        for number, column in enumerate(register.columns):
            if column.choices:
                source = rules[column_letters(number)]
                assert source.count('"') == 2 * source.startswith('"')
                found = (
                    source.strip('"').split(",")
                    if source.startswith('"')
                    else [str(cell.value) for [cell] in book[STAMP_SHEET][source.partition("!")[2]]]
                )
                assert found == list(column.choices.values())


def test_what_is_computed_from_the_rows_is_not_asked_for(template: bytes) -> None:
    book, _ = opened(template)
    written = [cell for row in book["文件统计"].iter_rows() for cell in row if cell.data_type != "f"]
    drawn = "\n".join(str(cell.value) for cell in written if cell.value)
    assert "不用填写" in drawn
    assert "本表全为零" not in drawn
    assert "没有发生的填 0" not in drawn
    assert "收费金额" not in "\n".join(str(cell.value) for row in book["自查"].iter_rows() for cell in row)


SHORT = 'id = "short"\nextends = "normative_documents"\n[[register]]\nkey = "documents"\nrows = 2\n'


@pytest.mark.parametrize("quote", ["'", ""])
def test_a_formula_that_ends_before_the_rows_do_is_no_claim(quote: str) -> None:
    """More rows than the template has room for: what its formula came to is out of date, whichever way sheets are quoted."""
    form = parse_form(SHORT, "short.toml")
    book = openpyxl.load_workbook(
        BytesIO(build_workbook(form, Stamp("001", "甲局", 2023), registers={"documents": [ROW, OTHER]}))
    )
    sheet = book[SHEET]
    more = [[f"临政发〔2023〕{number}号", *ROW[1:]] for number in range(2, 7)]
    for number, line in enumerate(more):
        for column, value in enumerate(line):
            sheet.cell(8 + number, column + 1).value = value
    for name in form.drawn:
        place = form.places[name]
        cell = book[place.sheet][place.cell]
        cell.value = str(cell.value).replace("'", quote)
    stream = BytesIO()
    book.save(stream)
    found = read(form, with_results(stream.getvalue(), 1))
    assert cells(found) == [ROW, OTHER, *more]
    assert found.numbers["documents_total.documents.issued_this_year"] == 6
    assert found.numbers["documents_total.documents.in_force_now"] == 6
    told = {item.variant for item in found.findings if item.code == "C04"}
    assert "recomputed" in told
    [judged] = judge(form, [submission_of(found)])
    assert "drawn" not in {item.variant for item in judged.findings}


def test_a_workbook_that_goes_back_counts_all_rows_that_it_holds() -> None:
    form = parse_form(SHORT, "short.toml")
    rows = [[f"临政发〔2023〕{number}号", *ROW[1:]] for number in range(1, 8)]
    content = build_workbook(form, Stamp("001", "甲局", 2023), registers={"documents": rows})
    book = openpyxl.load_workbook(BytesIO(content))
    assert book[SHEET].tables["register_documents"].ref == "A5:G12"
    spelled = [
        str(cell.value)
        for sheet in book
        for row in sheet
        for cell in row
        if SHEET in str(cell.value) and str(cell.value).startswith("=")
    ]
    assert any("$12" in text for text in spelled)
    assert not [text for text in spelled if re.search(r"\$6:\$[A-Z]\$(?!12\b)", text)]
    found = read(form, content)
    assert found.numbers["documents_total.documents.issued_this_year"] == 7
    assert "restated" not in {item.variant for item in found.findings}


def with_results(content: bytes, result: int) -> bytes:
    """Store ``result`` for every formula, as a program does that has calculated."""
    return with_sheets(content, rb"</f><v ?/>|</f><v></v>", b"</f><v>%d</v>" % result)


@pytest.mark.parametrize("written", ["/", "无", "—", "\\", "暂无"])
def test_what_may_be_blank_and_says_so_is_a_blank(written: str, template: bytes, form: Form) -> None:
    book, sheet = opened(template)
    sheet["E6"], sheet["F7"], sheet["G6"] = written, written, written
    found = reading(form, book)
    said = rows(found).cells
    assert [said[0][4], said[1][5], said[0][6]] == ["", "", written], "in a remark it is what is said"
    assert [(item.variant, item.place) for item in found.findings if item.code == "C04"] == [
        ("left_blank", Place(SHEET, "E6")), ("left_blank", Place(SHEET, "F7")),
    ]  # fmt: skip
    assert not found.unreadable


def test_choices_and_answers_that_say_nothing_are_blank_where_they_may_be() -> None:
    form = load_form("request_register")
    row = [
        "1",
        "2023-03-01",
        "自然人",
        "/",
        "网络平台",
        "预算",
        "无",
        "予以公开",
        "2023-03-09",
        "/",
        "无",
        "/",
        "—",
    ]
    found = read(form, build_workbook(form, registers={"applications": [row]}))
    said = [
        "1",
        "2023-03-01",
        "自然人",
        "/",
        "网络平台",
        "预算",
        "",
        "予以公开",
        "2023-03-09",
        "",
        "",
        "",
        "",
    ]
    assert [list(own) for own in found.registers["applications"].cells] == [said]
    assert not found.unreadable
    needed = read(form, build_workbook(form, registers={"applications": [[*row[:2], "无", *row[3:]]]}))
    assert ("V01", "choice") in codes(needed)


def test_a_cell_under_a_merged_one_is_told_as_such(form: Form, template: bytes) -> None:
    book, sheet = opened(template)
    sheet["D7"] = None
    sheet.merge_cells("D6:D7")
    found = reading(form, book)
    [item] = [item for item in found.findings if item.code == "V01"]
    assert (item.variant, item.place, item.facts["cell"]) == ("merged", Place(SHEET, "D7"), "D6")
    [judged] = judge(form, [submission_of(found)])
    assert not [item for item in judged.findings if item.code == "C01" and item.place == Place(SHEET, "D7")]


def test_what_a_merged_cell_of_a_register_hides_is_said(form: Form, template: bytes) -> None:
    content = with_sheets(
        template, rb"<mergeCells count=\"(\d+)\">", rb'<mergeCells count="\1"><mergeCell ref="C6:C7"/>'
    )
    found = read(form, content)
    assert cells(found) == [ROW, OTHER]
    told = [(item.variant, item.facts["cells"]) for item in found.findings if item.code == "F05"]
    assert ("merged", "C7") in told


def with_second_sheet(form: Form, rows: Sequence[Sequence[str]], name: str, **more: object) -> Workbook:
    """The template with its rows, and a copy of its sheet with others."""
    content = build_workbook(form, Stamp("001", "甲局", 2023), registers={"documents": [ROW, OTHER]}, **more)  # type: ignore[arg-type]  # values
    book, sheet = opened(content)
    copy = book.copy_worksheet(sheet)
    copy.title = name
    for number in range(6, 12):
        for column in range(1, 8):
            copy.cell(number, column).value = None
    for number, row in enumerate(rows, 6):
        for column, value in enumerate(row, 1):
            copy.cell(number, column).value = value
    return book


SECOND = ["临政发〔2020〕3号", "某某细则", "2020-03-05", "否", "2023-05-01", "", ""]


def test_other_rows_on_a_further_sheet_are_told_with_both_places(form: Form) -> None:
    found = reading(form, with_second_sheet(form, [ROW, SECOND, OTHER], "文件台账（下半年）"))
    assert cells(found) == [ROW, OTHER]
    [told] = [item for item in found.findings if item.variant == "rows_elsewhere"]
    assert (told.severity, told.place) == (Severity.ERROR, Place("文件台账（下半年）", "A7"))
    assert (told.facts["rows"], told.facts["sheet"], told.facts["home"]) == (1, SHEET, SHEET)
    [judged] = judge(form, [submission_of(found)])
    assert judged.verdict is Verdict.RETURNED
    back = returned_of(form, [judged], judged)
    assert "rows_elsewhere" in {item.variant for item in judged.findings}
    assert [
        item
        for item in back.notices
        if item.sheet == SHEET and "还有 1 条" in item.message and "退回表" in item.message
    ]


def test_the_same_rows_on_a_further_sheet_are_a_copy(form: Form) -> None:
    for rows in ([ROW, OTHER], [OTHER]):
        found = reading(form, with_second_sheet(form, rows, "备份"))
        assert ("F05", "copy") in codes(found)
        assert not [item for item in found.findings if item.severity is Severity.ERROR]
    assert "extra_sheet" not in {item.variant for item in found.findings}


def test_headings_without_rows_on_a_further_sheet_are_nothing(form: Form) -> None:
    found = reading(form, with_second_sheet(form, [], "空表"))
    assert not {item.variant for item in found.findings} & {"copy", "rows_elsewhere", "extra_sheet"}


def test_the_register_of_another_period_is_no_part_of_this_one(form: Form) -> None:
    next_year = ["临政发〔2024〕1号", "某某规程", "2024-01-09", "是", "", "", ""]
    found = reading(form, with_second_sheet(form, [next_year], "2024年"))
    assert ("F05", "rows_of_another") in codes(found)
    assert not [item for item in found.findings if item.severity is Severity.ERROR]
    found = reading(form, with_second_sheet(form, [next_year, SECOND], "2024年"))
    assert ("F05", "rows_elsewhere") in codes(found)


def test_an_empty_own_sheet_gives_way_to_the_one_with_rows(form: Form) -> None:
    book = with_second_sheet(form, [ROW, SECOND], "明细")
    for line in book[SHEET]["A6:G7"]:
        for cell in line:
            cell.value = None
    found = reading(form, book)
    assert cells(found) == [ROW, SECOND]
    assert rows(found).sheet == "明细"
    assert ("F05", "renamed") in codes(found)
    again = book.copy_worksheet(book["明细"])
    again.title = "另一张"
    again["A6"], again["A8"] = SECOND[0].replace("3号", "4号"), None
    assert ("F05", "rows_elsewhere") in codes(reading(form, book))


def test_the_headings_of_a_register_are_no_copy_of_the_tables_drawn_from_it() -> None:
    own = load_form("request_register")
    book = openpyxl.load_workbook(BytesIO(build_workbook(own, Stamp("001", "甲局", 2023))))
    sheet = book["申请台账"]
    for name in list(sheet.tables):
        del sheet.tables[name]
    copy = book.create_sheet("台账2")
    copy.append([cell.value for cell in sheet[5]][: len(own.registers[0].columns)])
    copy.append(["2023-001", "2023-01-06", "自然人", "", "当面提交", "某事项", "", "予以公开", "2023-01-09"])
    found = reading(own, book)
    assert len(found.registers["applications"].cells) == 1
    assert "copy" not in {item.variant for item in found.findings}
    assert found.numbers["requests.new_received.natural_person"] == 1


def test_a_sheet_of_the_register_without_its_headings_is_told_to_the_office(form: Form) -> None:
    book = with_second_sheet(form, [SECOND], "我的表")
    for cell in book["我的表"][5]:
        cell.value = None
    assert ("F05", "extra_sheet") in codes(reading(form, book))


def struck(template: bytes, cells: Sequence[str]) -> Workbook:
    book, sheet = opened(template)
    for address in cells:
        sheet[address].font = Font(strike=True)
    return book


def struck_findings(found: Reading) -> list[tuple[str, str, str, str]]:
    return [
        (item.code, item.variant, item.severity.value, item.place.cell if item.place else "")
        for item in found.findings
        if item.variant.startswith("struck")
    ]


@pytest.mark.parametrize(
    ("cells_struck", "told"),
    [
        ([], []),
        ([f"{column}7" for column in "ABCDEFG"], [("V01", "struck_row", "error", "A7")]),
        (["A6"], [("V01", "struck", "error", "A6")]),
        (["C6"], [("V01", "struck", "error", "C6")]),
        (["B6"], [("F05", "struck_text", "warning", "B6")]),
        (["A12", "B12"], []),
    ],
)
def test_what_is_struck_out_is_told_at_its_row(
    form: Form, template: bytes, cells_struck: list[str], told: list[tuple[str, str, str, str]]
) -> None:
    found = reading(form, struck(template, cells_struck))
    assert cells(found) == [ROW, OTHER]
    assert struck_findings(found) == told
    [judged] = judge(form, [submission_of(found)])
    back = returned_of(form, [judged], judged)
    said = [item for item in back.notices if "删除线" in item.message]
    assert len(said) == len(told)
    assert all("退回表中" in item.message for item in said)


@pytest.mark.libreoffice
@pytest.mark.parametrize("suffix", ["ods", "xls"])
def test_a_struck_row_is_seen_in_other_formats(
    form: Form, template: bytes, suffix: str, tmp_path: Path
) -> None:
    sent = tmp_path / "sent.xlsx"
    struck(template, [f"{column}7" for column in "ABCDEFG"]).save(sent)
    found = read(form, converted(sent, tmp_path / "out", suffix).read_bytes())
    assert struck_findings(found) == [("V01", "struck_row", "error", "A7")]


REQUEST = {
    "登记编号": "2023-00{}", "收到日期": "2023-03-0{}", "申请人类别": "自然人", "提交方式": "当面提交", "申请内容": "某事项{}",
    "办理结果": "予以公开", "答复日期": "2023-03-1{}",
}  # fmt: skip


def requests(headings: dict[str, str], more: dict[str, str] | None = None) -> tuple[Form, Assessment]:
    """Three requests under other headings, of which an empty one leaves the column out; ``more`` columns stand at the end."""
    own = load_form("request_register")
    content = build_workbook(own, Stamp("001", AGENCY.name, 2023, AGENCY.level))
    book = openpyxl.load_workbook(BytesIO(content))
    sheet = book["申请台账"]
    for name in list(sheet.tables):
        del sheet.tables[name]
    sheet.delete_rows(5, 20)
    columns = {headings.get(label, label): value for label, value in REQUEST.items()} | (more or {})
    columns.pop("", None)
    labels = [column.label for column in own.registers[0].columns]
    columns |= {headings.get(label, label): "" for label in labels if label not in REQUEST}
    for number, (label, value) in enumerate(columns.items(), 1):
        sheet.cell(5, number).value = label
        for row in range(1, 4):
            sheet.cell(5 + row, number).value = value.format(row) or None
    found = reading(own, book)
    [judged] = judge(own, [submission_of(found)])
    return own, judged


def told(judged: Assessment) -> list[tuple[str, str]]:
    return [
        (item.code, item.variant)
        for item in judged.findings
        if item.severity is not Severity.INFO and item.code not in {"F10", "T3-01"}
    ]


@pytest.mark.parametrize(
    ("label", "found"),
    [("收到日期", "收到时间"), ("收到日期", "收件日期"), ("答复日期", "答复时间"), ("办理结果", "答复结果"), ("登记编号", "编号"),
     ("申请人类别", "申请人类型")],
)  # fmt: skip
def test_a_heading_of_the_same_meaning_is_the_heading(label: str, found: str) -> None:
    _, judged = requests({label: found})
    assert told(judged) == []
    assert judged.report


def test_a_column_under_an_unknown_heading_is_carried_over_and_asked_about() -> None:
    own, judged = requests({"收到日期": "登记的日子"})
    assert told(judged) == [("F03", "unknown_heading")]
    assert not [item for item in judged.findings if item.code == "T3-01"]
    back = returned_of(own, [judged], judged)
    [said] = [item for item in back.notices if item.severity == "error"]
    assert "“登记的日子”" in said.message
    assert "“收到日期”" in said.message
    again = read(own, build_workbook(own, values=back.values, notices=back.notices, registers=back.registers))
    assert [row[1] for row in again.registers["applications"].cells] == [
        "2023-03-01",
        "2023-03-02",
        "2023-03-03",
    ]


def test_of_two_columns_that_may_be_meant_none_is_and_the_cells_to_fill_are_marked() -> None:
    own, judged = requests({"收到日期": "登记的日子"}, {"来文的日子": "2023-03-0{}"})
    assert ("F03", "missing_column") in told(judged)
    assert not [item for item in told(judged) if item[0].startswith("R")]
    [head] = [item for item in judged.findings if item.variant == "missing_column"]
    assert {item.cause for item in judged.findings if item.code == "T3-01"} == {head.cause}
    back = returned_of(own, [judged], judged)
    [said] = [item for item in back.notices if item.code == "F03"]
    assert "“登记的日子”、“来文的日子”" in said.message
    assert "可以空着" not in said.message
    assert said.change == tuple(own.registers[0].row_key(1, row) for row in range(3))
    content = build_workbook(own, values=back.values, notices=back.notices, registers=back.registers)
    sheet = openpyxl.load_workbook(BytesIO(content))["申请台账"]
    assert sheet["B6"].fill.fgColor.rgb == sheet["B8"].fill.fgColor.rgb != sheet["C6"].fill.fgColor.rgb


@pytest.mark.parametrize("found", ["答复期限", "应答复日期", "答复截止日期"])
def test_the_day_when_an_answer_is_due_is_not_that_of_the_answer(found: str) -> None:
    _, judged = requests({"答复日期": found})
    assert ("F03", "missing_column") in told(judged)
    assert ("V02", "extra_column") in told(judged)
    assert {row[8] for row in judged.submission.reading.registers["applications"].cells} == {""}


def test_a_column_that_may_be_left_blank_may_be_missing() -> None:
    _, judged = requests({"申请人姓名或名称": ""})
    assert told(judged) == []
    assert judged.report
    [noted] = [item for item in judged.findings if item.variant == "spare_column"]
    assert noted.severity is Severity.INFO


def pasted_off(form: Form, by: int, which: Sequence[int]) -> Reading:
    """Twelve documents, those ``which`` pasted ``by`` columns off."""
    many = [[f"临政发〔2023〕{number}号", *(ROW if number % 3 else OTHER)[1:]] for number in range(1, 13)]
    book, sheet = opened(build_workbook(form, registers={"documents": many}))
    sheet.insert_cols(1, 3)
    for row in which:
        values = [sheet.cell(6 + row, column).value for column in range(4, 11)]
        for column in range(1, 16):
            sheet.cell(6 + row, column).value = None
        for column, value in enumerate(values, 4 + by):
            sheet.cell(6 + row, column).value = value
    found = reading(form, book)
    assert cells(found) == many
    return found


@pytest.mark.parametrize(
    ("by", "which"), [(1, range(12)), (-1, range(12)), (2, range(12)), (1, [3]), (-2, [4, 5, 6])]
)
def test_rows_pasted_some_columns_off_are_one_finding(form: Form, by: int, which: Sequence[int]) -> None:
    found = pasted_off(form, by, which)
    [told] = [item for item in found.findings if item.severity is Severity.ERROR]
    assert (told.code, told.variant) == ("F05", "rows_shifted")
    assert (told.facts["columns"], told.facts["rows"], told.facts["first"]) == (
        abs(by),
        len(which),
        6 + which[0],
    )
    assert told.facts["way"] == ("右" if by > 0 else "左")


def test_rows_with_slips_where_they_belong_are_not_off(form: Form) -> None:
    slips = [
        ["2023-01-05", "某某办法", "是", "2023-03-05", "", "", ""],
        [ROW[0], ROW[1], "不详", "不知道", "", "", ""],
    ]
    found = read(form, build_workbook(form, registers={"documents": [ROW, *slips]}))
    assert "rows_shifted" not in {item.variant for item in found.findings}


@pytest.mark.parametrize(
    "earlier",
    [
        "=COUNTIFS('文件台账'!$A$6:$A$1005,\"<>\")",
        "=IF('模板标识'!$B$6=0,COUNTIFS('文件台账'!$A$6:$A$1005,\"<>\"),0)",
    ],
)
def test_a_formula_of_an_earlier_template_is_no_claim(form: Form, earlier: str) -> None:
    """It counts by other conditions, or did not see a day that was pasted as text: the rows say what is right."""
    stamp = Stamp("001", "甲局", 2023)
    book = openpyxl.load_workbook(BytesIO(build_workbook(form, stamp, registers={"documents": [ROW, OTHER]})))
    for key in form.drawn:
        place = form.places[key]
        book[place.sheet][place.cell] = earlier
    stream = BytesIO()
    book.save(stream)
    found = read(form, with_results(stream.getvalue(), 2))
    assert [found.numbers[key] for key in form.drawn] == [1, 1, 1]
    [judged] = judge(form, [submission_of(found)])
    assert "drawn" not in {item.variant for item in judged.findings}
    assert "recomputed" in {item.variant for item in judged.findings}


@pytest.mark.parametrize(
    ("number", "is_lost"),
    [
        (1200000000000001, False),
        (1200000000000001.0, False),
        (1200000000000010, True),
        (202301060000000123, True),
        (123456789012340, False),
    ],
)
def test_a_number_of_sixteen_digits_was_kept_unless_it_ends_with_0(number: float, *, is_lost: bool) -> None:
    kind = load_form("request_register").registers[0].kinds[0]
    found = kind.read(number)
    assert (found.variant == "long_number") is is_lost
    assert is_lost or found.value == str(int(number))


def test_a_long_number_that_lost_its_last_digits_is_refused() -> None:
    form = load_form("request_register")
    row = ["", "2023-03-01", "自然人", "", "网络平台", "预算", "", "", "", "", "", "", ""]
    book = openpyxl.load_workbook(BytesIO(build_workbook(form, registers={"applications": [row, row, row]})))
    sheet = book["申请台账"]
    sheet["A6"], sheet["A7"], sheet["A8"] = 202301060000000123, 123456789012345, "202301060000000123"
    found = reading(form, book)
    assert codes(found) == [("V01", "long_number")]
    assert [own[0] for own in found.registers["applications"].cells][1:] == [
        "123456789012345",
        "202301060000000123",
    ]
