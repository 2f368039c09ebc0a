"""Tables that ask for more than numbers: days, answers, choices, percentages, texts, averages; the whole way by command."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TypeAlias

import docx
import openpyxl
import pytest
from docx.table import _Cell
from openpyxl.worksheet.worksheet import Worksheet

from pipeline.forms.form import Form
from pipeline.forms.formulas import FAILS, HOLDS
from pipeline.forms.layout import CHECK_COLUMNS
from pipeline.forms.library import FORMS_NAME
from pipeline.forms.loader import form_ids, load_form, parse_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import ConfigError, Number, Report
from pipeline.publishing.template import Stamp, build_workbook
from pipeline.publishing.word import report as word
from pipeline.publishing.word.word_layout import build_layout
from tests.forms.trial import use
from tests.support.folders import Ran, make_district, nianbao, run
from tests.support.libreoffice import recalculate
from tests.support.submissions import AGENCY, submission_of

FORM = Path(__file__).parent / "reading_rooms.toml"
RESPONSIBLE = '{ key = "responsible", label = ["是否明确责任人"], kind = "yes_no"'
CHART = """
[[chart]]
title = "培训"
unit = "次"
over = "agencies"
parts = [{ label = "培训", cells = ["support.@all.now"] }]
"""
"""A chart over a group in which a number and an answer stand."""
GUARD = '[[basic]]\nid = "V01"'
AGENCIES = ("甲局", "乙局", "丙局")
CellContent: TypeAlias = "str | float | date | None"
COUNTS: dict[str, int] = {
    "rooms.hall.places": 1,
    "rooms.hall.visits": 300,
    "rooms.library.places": 2,
    "rooms.library.visits": 100,
    "support.trainings.now": 2,
    "support.trained.now": 40,
}
GOOD: dict[str, CellContent] = {
    **COUNTS,
    "rooms.hall.open": "是",
    "rooms.hall.opened": date(2021, 3, 5),
    "rooms.hall.run_by": "自行管理",
    "rooms.hall.satisfied": 0.9,
    "rooms.hall.remarks": "含自助终端\n两台",
    "rooms.library.open": "否",
    "rooms.library.run_by": "委托管理",
    "rooms.library.satisfied": 1,
    "support.days.now": 3.5,
    "support.responsible.now": "是",
    "support.department.now": "政务科",
    "rules.review.made": "是",
    "rules.review.since": date(2020, 1, 2),
    "rules.reply.made": "否",
}
TYPED: dict[str, CellContent] = {
    **GOOD,
    "rooms.hall.visits": 100,
    "rooms.hall.open": "√",
    "rooms.hall.opened": "2022.6.1",
    "rooms.hall.run_by": " 与其他单位合用",
    "rooms.hall.satisfied": "50%",
    "rooms.library.open": "是的",
    "support.trained.now": 10,
    "support.days.now": "1.5天",
    "support.telephone.now": "0571－8888 8888",
}
"""What clerks type and paste instead."""
WRONG: dict[str, CellContent] = {
    **GOOD,
    "rooms.hall.open": "大概",
    "rooms.hall.opened": "去年",
    "rooms.hall.run_by": "外包",
    "rooms.library.satisfied": 1.5,
    "rooms.library.open": None,
    "rooms.library.remarks": "长" * 41,
    "support.days.now": 3.125,
}
WRONG_CELLS = {
    ("V01", "D7", "rooms.hall.open"),
    ("V01", "E7", "rooms.hall.opened"),
    ("V01", "F7", "rooms.hall.run_by"),
    ("V01", "G8", "rooms.library.satisfied"),
    ("C01", "D8", "rooms.library.open"),
    ("V01", "H8", "rooms.library.remarks"),
    ("V01", "B8", "support.days.now"),
}


@pytest.fixture(scope="module")
def rooms() -> Form:
    return parse_form(FORM.read_text("utf-8"), "reading_rooms.toml")


def typed_into(form: Form, template: Path, target: Path, values: dict[str, CellContent]) -> None:
    """Fill a template in as a clerk does, cell by cell."""
    book = openpyxl.load_workbook(template)
    for key, value in values.items():
        sheet, row, column = form.positions[key]
        book[sheet].cell(row + 1, column + 1).value = value
    book.save(target)


def district(folder: Path, agencies: tuple[str, ...]) -> Path:
    """A district that collects the form, its templates made."""
    made = make_district(folder / "区", agencies, {})
    settings = made / "district.toml"
    settings.write_text(settings.read_text("utf-8").replace("annual_report_2021", "reading_rooms"), "utf-8")
    (made / FORMS_NAME).mkdir()
    shutil.copy(FORM, made / FORMS_NAME)
    done = nianbao("template", made, "--now", "2024-01-05T08:00:00")
    assert done.returncode == 0, done.stderr
    return made


@pytest.fixture(scope="module")
def ran(rooms: Form, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    folder = district(tmp_path_factory.mktemp("cells"), AGENCIES)
    templates = sorted((folder / "output" / "2023" / "templates").glob("*.xlsx"))
    for template, values in zip(templates, (GOOD, TYPED, WRONG), strict=True):
        typed_into(rooms, template, folder / "inbox" / template.name, values)
    return run(folder)


def test_a_template_validates_cells_by_their_kinds(rooms: Form, ran: Ran) -> None:
    template = next((ran.folder / "templates").glob("*.xlsx"))
    book = openpyxl.load_workbook(template)
    found = {
        str(cells): (rule.type, rule.formula1)
        for rule in book["一、专区"].data_validations.dataValidation
        for cells in [rule.sqref]
    }
    assert found["D7:D8"] == ("list", '"是,否"')
    assert found["E7:E8"][0] == "date"
    assert found["F7:F8"] == ("list", '"自行管理,委托管理,与其他单位合用"')
    assert found["G7:G8"] == ("decimal", "0")
    assert found["H7:H8"] == ("textLength", "40")
    assert found["B7:C8"][0] == "whole"
    sheet = book["一、专区"]
    assert [sheet[cell].number_format for cell in ("E7", "G7", "H7")] == ["yyyy-mm-dd", "0.00##%", "@"]
    assert not any(
        sheet.cell(row + 1, column + 1).protection.locked
        for name, row, column in (rooms.positions[value.key] for value in rooms.values_of("rooms"))
    )


def test_what_is_right_is_accepted_and_what_is_wrong_is_said_at_its_cell(ran: Ran) -> None:
    assert ran.code == 1, ran.err
    assert "Traceback" not in ran.err
    found = {item["agency"]: item for item in ran.record["submissions"]}
    assert {code: item["verdict"] for code, item in found.items()} == {
        "001": "accepted",
        "002": "accepted_with_remarks",
        "003": "returned",
    }, found
    errors = [one for one in found["003"]["findings"] if one["severity"] == "error"]
    assert {(one["code"], one["cell"], one["key"]) for one in errors} == WRONG_CELLS
    unit = [one["key"] for one in found["002"]["findings"] if one["severity"] == "warning"]
    assert unit == ["support.days.now"], "1.5天 is read, and said"
    returned = openpyxl.load_workbook(ran.folder / found["003"]["returned"])
    for _, cell, key in WRONG_CELLS:
        sheet: Worksheet = returned["二、保障" if key.startswith("support") else "一、专区"]
        assert sheet[cell].fill.fgColor.rgb == "FFFF9C9C"
        assert sheet[cell].comment
    sheet = returned["一、专区"]
    assert [sheet[cell].value for cell in ("D7", "E7", "F7", "G7", "C7")] == [
        "大概",
        "去年",
        "外包",
        0.9,
        300,
    ]


def test_values_are_listed_and_brought_together(ran: Ran) -> None:
    with (ran.folder / "figures.csv").open(encoding="utf-8-sig", newline="") as file:
        told = {row["agency"]: row for row in csv.DictReader(file)}
    first, second = (told[name] for name in AGENCIES[:2])
    assert first["rooms.hall.opened"] == "2021-03-05"
    assert second["rooms.hall.opened"] == "2022-06-01"
    assert (second["rooms.hall.run_by"], second["rooms.hall.open"]) == ("与其他单位合用", "是")
    assert (second["rooms.hall.satisfied"], second["support.days.now"]) == ("0.5", "1.5")
    assert "support.department.now" not in first, "together = none"
    book = openpyxl.load_workbook(ran.folder / ran.record["files"]["summary"], data_only=True)
    sums, support = book["一、专区 汇总"], book["二、保障 汇总"]
    shown = {
        key: sheet.cell(row, column).value
        for sheet, key, row, column in (
            (sums, "visits", 6, 3), (sums, "open", 6, 4), (sums, "opened", 6, 5), (sums, "satisfied", 6, 7),
            (support, "days", 7, 2), (support, "responsible", 8, 2), (support, "department", 9, 2),
        )
    }  # fmt: skip
    assert shown == {
        "visits": 400, "open": 2, "opened": "见明细", "satisfied": pytest.approx(0.8),
        "days": pytest.approx(3.1), "responsible": 2, "department": "不汇总",
    }  # fmt: skip
    detail = book["三、制度 明细"]
    assert [detail[cell].value for cell in ("F5", "H5", "I5")] == ["是", "否", None]
    assert detail["G5"].value.date() == date(2020, 1, 2)
    assert [cell.value for cell in detail[8]][5:] == [2, None, 0, None]


def test_documents_print_values_in_the_tables(ran: Ran) -> None:
    tables = docx.Document(str(ran.folder / "reports" / "甲局.docx")).tables
    cells = [[cell.text for cell in row.cells] for row in tables[0].rows]
    assert cells[2] == [
        "政务服务大厅",
        "1",
        "300",
        "是",
        "2021年3月5日",
        "自行管理",
        "90%",
        "含自助终端 两台",
    ]
    scaled = {text for cell in tables[0].rows[2].cells for text in _condensed(cell)}
    assert scaled == set(), "words break into lines where they are longer than a column is wide"
    page = (ran.folder / "reports" / "甲局.html").read_text("utf-8")
    assert ">2021年3月5日</td>" in page
    assert ">3.5天</td>" in page
    assert 'class="words">含自助终端 两台</td>' in page
    district = docx.Document(str(ran.folder / ran.record["files"]["district_report"])).tables
    assert [cell.text for cell in district[0].rows[2].cells][2:] == ["400", "2家", "", "", "80%", ""]


def _condensed(cell: _Cell) -> list[str]:
    """Return what is set narrower than its style says."""
    return [run.text for line in cell.paragraphs for run in line.runs if run.element.xpath("./w:rPr/w:w")]


def test_a_value_that_was_corrected_is_listed(rooms: Form, tmp_path: Path) -> None:
    folder = district(tmp_path, AGENCIES[:1])
    [template] = (folder / "output" / "2023" / "templates").glob("*.xlsx")
    typed_into(rooms, template, folder / "inbox" / "1.xlsx", GOOD)
    assert run(folder).code == 0
    later: dict[str, CellContent] = {
        "rooms.hall.run_by": "委托管理",
        "rooms.hall.satisfied": 0.95,
        "rules.reply.since": date(2023, 6, 1),
    }
    typed_into(rooms, template, folder / "inbox" / "2.xlsx", {**GOOD, **later})
    ran = run(folder)
    book = openpyxl.load_workbook(ran.folder / ran.record["files"]["summary"], data_only=True)
    rows = [row for row in book["版本与更正"].iter_rows(values_only=True) if row[1] == "甲局"]
    assert [row[2:5] for row in rows] == [
        ("政务服务大厅，管理方式", "自行管理", "委托管理"),
        ("政务服务大厅，满意率", "90%", "95%"),
        ("答复规范制度，发布日期", "空", "2023年6月1日"),
    ]


def test_the_data_dictionary_knows_them(ran: Ran) -> None:
    del ran
    fields = json.loads(nianbao("fields", FORM, "--json").stdout)
    own = {item["key"]: item for item in fields}
    assert own["rooms.hall.opened"] == {
        "key": "rooms.hall.opened", "label": "政务服务大厅 / 管理 / 启用日期", "kind": "date",
        "sheet": "一、专区", "address": "E7", "input": True,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "line", "words"),
    [
        ('left = ["rooms.{row}.visits"]', 'left = ["rooms.{row}.open"]', "left", "不是相加的数"),
        ('left = ["rooms.{row}.visits"]', 'left = ["rooms.{row}.satisfied"]', "left", "不是相加的数"),
        ('cell = "rooms.hall.visits"', 'cell = "rooms.hall.open"', "cell", "没有单元格"),
        ('kind = "yes_no" },\n  { key = "opened"', 'kind = "maybe" },\n  { key = "opened"', "open", "kind 应为"),
        ('weight = "visits"', 'weight = "open"', "satisfied", "weight"),
        (', weight = "visits"', "", "satisfied", "weight"),
        ('choices = { own = "自行管理", entrusted = "委托管理", shared = "与其他单位合用" }', 'unit = "个"', "run_by", "choices"),
        ("limits = { longest = 40 }", "limits = { most = 40 }", "remarks", "limits"),
        ("limits = { longest = 40 }", "personal = true", "personal", "不认识的键"),
        ('label = ["场所", "接待人次"], kind = "count"', 'label = ["场所", "接待人次"], kind = "count", required = false', "visits", "不相加"),
        ('label = ["情况"], kind = "count"', 'label = ["情况"]', "now", "kind 应为"),
        ('id = "V01"', 'id = "V09"', "", "V01"),
        ('{ key = "trainings", label = ["培训（次）"] }', '{ key = "trainings", label = ["培训（次）"], groups = ["all"] }', "@all", "不是相加的数"),
        ('{ key = "trainings", label = ["培训（次）"] }', '{ key = "trainings", label = ["培训（次）"], usual = 1001 }', "trainings", "usual"),
        ('{ key = "trainings", label = ["培训（次）"] }', '{ key = "trainings", label = ["培训（次）"], usual = true }', "trainings", "usual"),
        ('label = ["场所", "接待人次"], kind = "count"', 'label = ["场所", "接待人次"], kind = "count", usual = 5', "visits", "只能写在行里"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_refused_with_its_line(old: str, new: str, line: str, words: str) -> None:
    text = FORM.read_text("utf-8").replace(RESPONSIBLE, f'{RESPONSIBLE}, groups = ["all"]') + CHART * (
        "all" in new
    )
    assert text.count(old) == 1
    with pytest.raises(ConfigError) as error:
        parse_form(text.replace(old, new), "own.toml")
    assert words in str(error.value)
    assert error.value.line
    assert line in text.replace(old, new).splitlines()[error.value.line - 1]


ADDED = {
    "yes_no": "", "choice": 'choices = { one = "甲", two = "乙" }, ', "date": "required = false, ",
    "percent": 'together = "list", ', "decimal": 'together = "none", ', "text": "", "phone": "", "period": "", "year": "",
}  # fmt: skip
"""What a line of each kind says besides."""


@pytest.mark.parametrize("form_id", form_ids())
def test_a_row_of_every_kind_can_be_added_to_any_table_and_the_form_is_used_whole(form_id: str) -> None:
    base = load_form(form_id)
    tables = []
    for table in base.tables:
        block = table.blocks[-1]
        lines, before = (
            ("rows", block.rows[0].key) if block.rows[0].key else ("columns", block.columns[0].key)
        )
        items = [
            f'{{ key = "added_{kind}", label = ["另：{kind}"], kind = "{kind}", {more}before = "{before}" }}'
            for kind, more in ADDED.items()
        ]
        tables.append(f'[[table]]\nkey = "{table.key}"\n{lines} = [{", ".join(items)}]\n')
    guard = "" if "V01" in base.basics else FORM.read_text("utf-8")[FORM.read_text("utf-8").index(GUARD) :]
    guard = guard.partition("\n\n")[0]
    form = parse_form(
        f'id = "own"\nextends = "{form_id}"\nedition = "1"\n{"".join(tables)}{guard}\n', "own.toml"
    )
    assert {value.kind for value in form.cell_values} == set(ADDED)
    assert form.cells == base.cells
    assert {check.id for check in form.checks.values()} == {check.id for check in base.checks.values()}
    use(form)


def judged(form: Form, values: dict[str, Number | str], kind: str = "部门") -> list[tuple[str, str]]:
    stamp = Stamp(agency_code="001", agency="甲局", year=2023, level="县区", kind=kind)
    content = build_workbook(form, stamp, values={"info.agency": "甲局", "info.year": 2023, **values})
    sent = submission_of(read(form, content))
    [item] = judge(form, [replace(sent, agency=replace(AGENCY, kind=kind))])
    return [(found.code, found.keys[0] if found.keys else "") for found in item.findings]


SPELLED: dict[str, Number | str] = {
    key: value if isinstance(value, int | str) else str(value) for key, value in GOOD.items()
}


def test_a_nil_return_does_not_ask_for_values_and_loses_none(rooms: Form) -> None:
    nil: dict[str, Number | str] = {"rooms.nil": "是", "support.nil": "是", "rules.nil": "是"}
    assert judged(rooms, nil) == []
    assert judged(rooms, {**nil, "rules.review.made": "大概"}) == [("V01", "rules.review.made")]
    missing = {key: value for key, value in SPELLED.items() if not key.startswith("rules")}
    assert judged(rooms, missing) == [("C01", "rules.review.made"), ("C01", "rules.reply.made")]
    assert judged(rooms, {**missing, "rules.nil": "是"}) == []


def test_a_table_of_kinds_is_not_asked_of_others() -> None:
    text = FORM.read_text("utf-8").replace('nil_label = "本表没有内容"', 'nil_label = "无"\nkinds = ["镇"]')
    form = parse_form(text, "own.toml")
    missing = {key: value for key, value in SPELLED.items() if not key.startswith("rules")}
    assert judged(form, missing) == []
    assert len(judged(form, missing, "镇")) == 2
    partly = {**missing, "rules.review.made": "是"}
    assert judged(form, partly) == [("C01", "rules.reply.made")], "what is filled all the same is judged"


def test_cells_are_found_by_their_labels_where_columns_moved(rooms: Form, tmp_path: Path) -> None:
    path = tmp_path / "moved.xlsx"
    path.write_bytes(build_workbook(rooms, values={**SPELLED, "rooms.library.run_by": "外包"}))
    book = openpyxl.load_workbook(path)
    for cells in list(book["一、专区"].merged_cells.ranges):
        book["一、专区"].unmerge_cells(str(cells))
    book["一、专区"].insert_rows(7)
    book.save(path)
    reading = read(rooms, path.read_bytes())
    assert reading.entries["rooms.hall.opened"] == "2021-03-05"
    assert reading.entries["rooms.library.open"] == "否"
    wrong = next(found for found in reading.findings if found.code == "V01")
    assert (wrong.key, wrong.place and wrong.place.cell) == ("rooms.library.run_by", "F9")


def test_an_error_of_the_spreadsheet_is_no_text(rooms: Form, tmp_path: Path) -> None:
    path = tmp_path / "error.xlsx"
    path.write_bytes(build_workbook(rooms, values=SPELLED))
    book = openpyxl.load_workbook(path)
    book["一、专区"]["H7"].value = "#REF!"
    book.save(path)
    reading = read(rooms, path.read_bytes())
    [found] = [one for one in reading.findings if one.code == "C08"]
    assert (found.variant, found.key, found.place and found.place.cell) == (
        "error_value",
        "rooms.hall.remarks",
        "H7",
    )
    assert reading.unreadable["rooms.hall.remarks"] == "#REF!"


def test_a_printed_report_is_read_back(rooms: Form) -> None:
    stamp = Stamp(agency_code="001", agency="甲局", year=2023)
    sent = build_workbook(rooms, stamp, values={"info.agency": "甲局", "info.year": 2023, **SPELLED})
    reading = read(rooms, sent)
    numbers = tuple(value or 0 for value in reading.numbers.values())
    report = Report(rooms.id, "甲局", "001", 2023, numbers, {}, reading.entries)
    printed = word.render(word.compile_layout(build_layout(rooms), rooms), report)
    again = read(rooms, printed)
    own = {value.key: reading.entries[value.key] for value in rooms.cell_values}
    own["rooms.hall.remarks"] = "含自助终端 两台"
    assert {key: again.entries[key] for key in own} == own
    assert again.numbers == reading.numbers


def marks_in(form: Form, path: Path) -> dict[str, object]:
    """Return the mark of every line of 自查 by its id."""
    sheet = openpyxl.load_workbook(path, data_only=True)[form.sheet_of_kind("checks").name]
    return {
        str(row[CHECK_COLUMNS["id"]]): row[CHECK_COLUMNS["mark"]] for row in sheet.iter_rows(values_only=True)
    }


@pytest.mark.libreoffice
def test_live_checks_count_what_is_missing_and_sum_numbers_alone(rooms: Form, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    cases: dict[str, dict[str, Number | str]] = {
        "good": SPELLED,
        "blank": {**SPELLED, "rooms.hall.open": "", "rooms.hall.remarks": ""},
        "day": {**SPELLED, "rooms.hall.opened": "去年", "support.telephone.now": "没有"},
        "nil": {"rooms.nil": "是", "support.nil": "是", "rules.nil": "是"},
        "number": {**SPELLED, "rooms.hall.visits": ""},
    }
    for name, values in cases.items():
        (given / f"{name}.xlsx").write_bytes(build_workbook(rooms, values=values))
    told = {
        path.stem: marks_in(rooms, path)
        for path in recalculate(sorted(given.iterdir()), tmp_path / "recalculated")
    }
    own = ("C01.rooms", "C01.rooms.values", "V01.rooms.1", "V01.support.1", "C01.rules.values", "C09.rooms")
    failing = {name: {key for key in own if marks[key] == FAILS} for name, marks in told.items()}
    assert failing == {
        "good": set(),
        "blank": {"C01.rooms.values"},
        "day": {"V01.rooms.1", "V01.support.1"},
        "nil": set(),
        "number": {"C01.rooms"},
    }
    assert all(told["good"][key] == HOLDS for key in own)
