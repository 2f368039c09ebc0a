"""Forms with registers, from template to workbook, through the command line: shipped ones, and one written from nothing."""

from __future__ import annotations

import csv
import json
import random
import re
from pathlib import Path

import openpyxl
import pytest

from pipeline.district.adjusting import form_of
from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.forms.layout import ROWS_TOP
from pipeline.forms.library import FORMS_NAME
from tests.support.folders import Ran, make_district, nianbao, run
from tests.support.rows import entries_of, row_of

AGENCIES = ("甲局", "乙局", "丙局")
SMALL = Path(__file__).parent.parent / "data" / "small_register.toml"
FROM_NOTHING = """
[[sheet]]
name = "统计"
kind = "table"
title = "统计"
before = "自查"

[[sheet]]
name = "经费"
kind = "table"
title = "经费"
before = "自查"

[[section]]
title = "一、统计"
contents = ["counted", "spent"]

[[headline]]
label = "培训（次）"
cell = "counted.hall"

[[table]]
key = "counted"
name = "培训统计"
sheet = "统计"
nil_label = "全为零"
[[table.block]]
columns = [{ key = "hall", label = ["集中授课"], kind = "count" }, { key = "web", label = ["网络培训"], kind = "count" }, { key = "people", label = ["人次"], kind = "count" }]
rows = [{ key = "", label = [] }]

[[table]]
key = "spent"
name = "经费"
sheet = "经费"
nil_label = "全为零"
[[table.block]]
columns = [{ key = "amount", label = ["金额（万元）"], kind = "money" }, { key = "change", label = ["增减"], kind = "signed_count" }]
rows = [{ key = "own", label = ["自有"] }, { key = "given", label = ["拨款"] }]

[[register]]
key = "trainings"
[[register.figure]]
id = "B2"
severity = "error"
title = "次数由台账得出"
cell = "counted.{sort}"
defines = true
remedy = "请核对台账"
source = "测试"
[[register.figure]]
id = "B3"
severity = "error"
title = "人次与台账一致"
cell = "counted.people"
sum = "people"
remedy = "请核对人次"
source = "测试"
"""


def district(folder: Path, form_id: str) -> Path:
    made = make_district(folder / "区", AGENCIES, {})
    settings = made / "district.toml"
    settings.write_text(re.sub('form = "[^"]*"', f'form = "{form_id}"', settings.read_text("utf-8")), "utf-8")
    if form_id in {"small_register", "from_nothing"}:
        (made / FORMS_NAME).mkdir()
        (made / FORMS_NAME / "small_register.toml").write_text(SMALL.read_text("utf-8"), "utf-8")
        own = f'id = "from_nothing"\nextends = "small_register"\n{FROM_NOTHING}'
        (made / FORMS_NAME / "from_nothing.toml").write_text(own, "utf-8")
    return made


def fill(form: Form, path: Path, seed: int, target: Path, *, fault: bool) -> list[list[str]]:
    """Fill a template in as a clerk does, cell by cell; with a fault, if wanted, in the last column of the second row."""
    rng = random.Random(seed)
    book = openpyxl.load_workbook(path)
    register = form.registers[0]
    rows = [row_of(register, rng, number) for number in range(3)]
    if fault:
        rows[1][0] = ""
    for number, row in enumerate(rows):
        for column, value in enumerate(row):
            stored = register.kinds[column].stored(value) if value else None
            book[register.sheet].cell(ROWS_TOP + number + 1, column + 1, stored)
    given = entries_of(form, rng)
    given |= {cell.key: "0" for cell in form.cells if cell.is_input}
    for key, drawn in form.drawn.items():
        if not drawn.defines:
            given[key] = str(sum(int(row[register.index[drawn.column]]) for row in rows))
    for key, own in given.items():
        sheet, down, right = form.positions[key]
        entry = next((one for one in form.entries if one.key == key), None)
        book[sheet].cell(down + 1, right + 1).value = entry.value.stored(own) if entry else int(own)
    book.save(target)
    return rows


@pytest.mark.parametrize(
    "form_id", ["request_register", "normative_documents", "small_register", "from_nothing"]
)
def test_from_template_to_workbook(form_id: str, tmp_path: Path) -> None:
    folder = district(tmp_path, form_id)
    made = nianbao("template", folder, "--now", "2024-01-05T08:00:00")
    assert made.returncode == 0, made.stderr
    form = form_of(load_district(folder))
    register = form.registers[0]
    sent = []
    templates = sorted((folder / "output" / "2023" / "templates").glob("*.xlsx"))
    assert len(templates) == len(AGENCIES)
    for number, template in enumerate(templates):
        sent.append(fill(form, template, number, folder / "inbox" / template.name, fault=number == 2))
    ran = run(folder)
    assert ran.code == 1, ran.err
    found = {item["agency"]: item for item in ran.record["submissions"]}
    assert [found[code]["verdict"].split("_")[0] for code in ("001", "002", "003")] == [
        "accepted",
        "accepted",
        "returned",
    ], found
    listing_is_right(ran, form, sent[:2])
    marked_workbook_is_right(ran, form, found["003"]["returned"])
    fields = json.loads(
        nianbao(
            "fields",
            folder / FORMS_NAME / f"{form_id}.toml" if (folder / FORMS_NAME).exists() else form_id,
            "--json",
        ).stdout
    )
    assert {f"{register.key}.{column.key}" for column in register.columns} <= {item["key"] for item in fields}
    again = run(folder)
    assert "没有新的报送" in again.out


def listing_is_right(ran: Ran, form: Form, sent: list[list[list[str]]]) -> None:
    register = form.registers[0]
    public = [
        number
        for number, column in enumerate(register.columns)
        if not column.personal and register.kinds[number].together != "none"
    ]
    wanted = [[row[number] for number in public] for rows in sent for row in rows]
    with (ran.folder / f"{register.key}.csv").open(encoding="utf-8-sig") as file:
        head, *lines = list(csv.reader(file))
    assert head[2:] == [register.columns[number].key for number in public]
    assert [line[2:] for line in lines] == wanted
    book = openpyxl.load_workbook(ran.folder / str(ran.record["files"]["summary"]), data_only=True)
    sheet = book[f"{register.sheet} 汇总"]
    assert [cell.value for cell in sheet[3]][3:] == [register.columns[number].label for number in public]
    assert sheet.max_row == 3 + len(wanted) + 1
    for place, number in enumerate(public):
        kind, total = register.kinds[number], sheet.cell(sheet.max_row, place + 4).value
        values = [row[place] for row in wanted]
        if kind.together == "sum":
            assert total == pytest.approx(sum(float(value or 0) for value in values))
        if kind.together == "yes":
            assert total == values.count("是")
    names = [
        row[number]
        for rows in sent
        for row in rows
        for number, column in enumerate(register.columns)
        if column.personal and row[number]
    ]
    whole = (ran.folder / f"{register.key}.csv").read_text("utf-8-sig") + json.dumps(
        ran.record, ensure_ascii=False
    )
    whole += " ".join(str(cell.value) for page in book for row in page for cell in row if cell.value)
    assert not [name for name in names if name in whole], "personal data goes nowhere"


def marked_workbook_is_right(ran: Ran, form: Form, path: str) -> None:
    """The red cell is where the fault is, with its comment."""
    register = form.registers[0]
    sheet = openpyxl.load_workbook(ran.folder / path)[register.sheet]
    cell = sheet.cell(ROWS_TOP + 2, 1)
    assert cell.comment
    assert "没有填写" in cell.comment.text
    assert cell.fill.fgColor.rgb == "FFFF9C9C"
    assert sheet.cell(ROWS_TOP + 1, 1).value, "what was right stands there as it was sent"
    assert sheet.tables, "a real table"
