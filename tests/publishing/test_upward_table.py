"""The sums of a district as a filled template: whatever a form asks for besides figures, the body above can read and accept them."""

from __future__ import annotations

import csv
import json
import random
import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest

from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.forms.formulas import FAILS
from pipeline.forms.layout import CHECK_COLUMNS, CHECKS_TOP, STAMP_SHEET, SUMS_NAME
from pipeline.forms.loader import load_form, parse_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.merging import merge
from pipeline.model import Assessment, DistrictSummary, Number, Reading, Severity, Verdict
from pipeline.publishing.drafting import upward_table
from pipeline.publishing.returning import returned_of
from pipeline.publishing.template import Stamp, build_workbook
from pipeline.publishing.template.list_pages import READY
from pipeline.publishing.template.returned import marked_workbook
from tests.support import districts
from tests.support.fills import consistent_numbers
from tests.support.folders import inputs_only, make_district, nianbao
from tests.support.libreoffice import recalculate
from tests.support.rows import YEAR, entries_of, nil_of, row_of
from tests.support.submissions import submission_of

HERE = Path(__file__).parent.parent
ENTRIES = """
[[entry]]
key = "info.staff"
label = "工作人员"
sheet = "单位"
kind = "count"
required = true
limits = { most = 30 }
prompt = "填人数"

[[entry]]
key = "info.public"
label = "是否公开"
sheet = "单位"
kind = "yes_no"
required = true
prompt = "选"
"""
NAMES = (
    "request_register",
    "normative_documents",
    "website_report",
    "reading_rooms",
    "service_quarter",
    "small_register",
)


def source_of(name: str) -> Path:
    folder = "data" if name == "small_register" else "forms"
    return HERE / folder / f"{name}.toml"


def form_named(name: str) -> Form:
    path = source_of(name)
    return parse_form(own_text(name), path.name) if path.exists() else load_form(name)


def own_text(name: str) -> str:
    return source_of(name).read_text("utf-8") + ENTRIES * (name == "reading_rooms")


def period_of(form: Form) -> int:
    return YEAR if form.period == "year" else 202342


def agency_report(form: Form, number: int) -> Assessment:
    owner, rng = districts.agency(number), random.Random(number)
    rows = {own.key: [row_of(own, rng, line) for line in range(6)] for own in form.registers}
    numbers = inputs_only(
        form, {cell.key: 0 for cell in form.cells} if form.drawn else consistent_numbers(form, rng)
    )
    entries = entries_of(form, rng) | {
        asked.key: f"0.3{number}" for asked in form.cell_values if asked.weight
    }
    entries |= {"info.staff": str(20 + number)} if "info.staff" in entries else {}
    values: dict[str, Number | str] = {
        **numbers,
        **entries,
        **nil_of(form, rows),
        **{text.key: "已完成。" for text in form.texts},
    }
    stamp = Stamp(owner.code, owner.name, period_of(form), owner.level)
    found = read(form, build_workbook(form, stamp, values=values, registers=rows))
    own = replace(submission_of(found, number=number), agency=owner, year=period_of(form))
    [judged] = judge(form, [own])
    return judged


def summary_of(form: Form, *, missing: int = 0) -> DistrictSummary:
    roster = [districts.agency(number) for number in range(1, 4 + missing)]
    reports = [agency_report(form, number) for number in range(1, 4)]
    assert all(item.report for item in reports), [item.findings for item in reports]
    return merge(
        form, district=districts.DISTRICT, year=period_of(form), agencies=roster, assessments=reports
    )


def judged_above(form: Form, found: Reading) -> Assessment:
    above = replace(districts.agency(9), name=districts.DISTRICT)
    [judged] = judge(form, [replace(submission_of(found), agency=above, year=period_of(form))])
    return judged


def errors(found: Assessment) -> list[tuple[str, str]]:
    return [(item.code, item.variant) for item in found.findings if item.severity is Severity.ERROR]


@pytest.mark.parametrize("name", NAMES)
def test_the_body_above_reads_the_sums_and_misses_nothing(name: str) -> None:
    form = form_named(name)
    summary = summary_of(form)
    content = upward_table(form, summary, "县区")
    found = read(form, content)
    assert [found.numbers[cell.key] for cell in form.cells] == list(summary.totals)
    assert found.claims.is_summed
    assert not found.registers
    judged = judged_above(form, found)
    assert errors(judged) == []
    assert judged.verdict.is_acceptance
    assert judged.report
    assert not {sheet.name for sheet in form.sheets if sheet.kind == "register"} & set(
        openpyxl.load_workbook(BytesIO(content)).sheetnames
    )


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_missing_by_its_own_checks_either(name: str) -> None:
    form = form_named(name)
    book = openpyxl.load_workbook(BytesIO(upward_table(form, summary_of(form), "县区")), data_only=True)
    sheet = book[form.sheet_of_kind("checks").name]
    failing = [
        row[CHECK_COLUMNS["id"]].value
        for row in sheet.iter_rows(min_row=CHECKS_TOP + 1)
        if row[CHECK_COLUMNS["mark"]].value == FAILS
    ]
    assert [key for key in failing if key not in form.checks] == []


@pytest.mark.libreoffice
def test_sums_stay_what_they_are_when_they_are_computed_anew(tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    summaries = {}
    for name in NAMES:
        form = form_named(name)
        summaries[name] = summary_of(form)
        (given / f"{name}.xlsx").write_bytes(upward_table(form, summaries[name], "县区"))
        (given / f"{name}_partial.xlsx").write_bytes(upward_table(form, summary_of(form, missing=1), "县区"))
    for path in recalculate(sorted(given.iterdir()), tmp_path / "out"):
        name = path.stem.removesuffix("_partial")
        form, content = form_named(name), path.read_bytes()
        found = read(form, content)
        assert [found.numbers[cell.key] for cell in form.cells] == list(summaries[name].totals)
        is_to_delete = path.stem != name and "N14" in {check.id for check in form.narratives}
        assert errors(judged_above(form, found)) == [("N14", "found")] * is_to_delete, "who is missing"
        guide = openpyxl.load_workbook(BytesIO(content), data_only=True)[form.sheet_of_kind("guide").name]
        said = str(guide["A4"].value)
        assert ("部分汇总，不能报送" in said) is path.stem.endswith("_partial")
        assert not said.startswith(("#", "Err"))


def test_sums_and_averages_of_values_are_such_as_the_form_takes() -> None:
    form = form_named("reading_rooms")
    summary = summary_of(form)
    found = read(form, upward_table(form, summary, "县区"))
    assert re.fullmatch(r"0\.3[1-3]", found.entries["support.days.now"]), "two places, as the form says"
    assert found.entries["info.staff"] == str(21 + 22 + 23), "more than one agency may have"
    assert found.entries["info.public"] == found.entries["rooms.hall.open"] == ""
    assert re.fullmatch(r"0\.3[1-3]\d{0,4}", found.entries["rooms.hall.satisfied"])


def test_sums_that_go_back_are_sums_still(tmp_path: Path) -> None:
    form = form_named("request_register")
    summary = summary_of(form)
    found = read(form, upward_table(form, summary, "县区"))
    broken = replace(found, numbers={**found.numbers, "requests.new_received.natural_person": 9_999})
    judged = judged_above(form, broken)
    assert judged.verdict is Verdict.RETURNED
    district = load_district(make_district(tmp_path, [districts.DISTRICT], {}))
    back = read(form, marked_workbook(form, district, judged, returned_of(form, [judged], judged), None))
    assert back.claims.is_summed
    assert back.numbers["requests.new_received.natural_person"] == 9_999


def test_a_form_of_figures_and_drafts_alone_is_stamped_as_ever() -> None:
    form = load_form("annual_report_2021")
    roster = [districts.agency(1)]
    summary = districts.merged(form, roster, [districts.assessment(form, roster[0])])
    stamp = openpyxl.load_workbook(BytesIO(upward_table(form, summary, "县区")))[STAMP_SHEET]
    assert SUMS_NAME not in [cell.value for [cell] in stamp["A1:A20"]]


def test_partial_sums_of_a_form_without_texts_are_not_ready() -> None:
    form = form_named("request_register")
    assert not form.texts
    book = openpyxl.load_workbook(BytesIO(upward_table(form, summary_of(form, missing=1), "县区")))
    panel = str(book[form.sheet_of_kind("guide").name]["A4"].value)
    assert "IF(>" not in panel
    assert READY not in panel


@pytest.mark.parametrize("name", ["request_register", "reading_rooms", "small_register"])
def test_a_city_collects_the_sums_by_command(name: str, tmp_path: Path) -> None:
    form = form_named(name)
    summary = summary_of(form)
    folder = make_district(
        tmp_path / "city",
        [districts.DISTRICT],
        {"a.xlsx": upward_table(form, summary, "县区")},
        level="设区的市",
    )
    settings = folder / "district.toml"
    settings.write_text(settings.read_text("utf-8").replace("annual_report_2021", name), "utf-8")
    if source_of(name).exists():
        (folder / "forms").mkdir()
        (folder / "forms" / f"{name}.toml").write_text(own_text(name), "utf-8")
    done = nianbao("run", folder, "--now", "2024-01-30T20:00:00")
    assert done.returncode == 0, done.stderr
    record = json.loads((folder / "output" / str(YEAR) / "run.json").read_text("utf-8"))
    assert record["counts"]["accepted"] + record["counts"]["accepted_with_remarks"] == 1
    with (folder / "output" / str(YEAR) / "figures.csv").open(encoding="utf-8-sig", newline="") as file:
        [_, figures] = csv.reader(file)
    assert figures[2 : 2 + len(form.cells)] == list(map(str, summary.totals))
