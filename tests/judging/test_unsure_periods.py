"""A register in which another period was left: that alone is said, and nothing of its rows that follows from it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.judging.rules.unsure_periods import counted_by_period
from pipeline.model import Assessment, Finding, PastReport
from pipeline.publishing.template import Stamp, build_workbook
from tests.judging.test_registers import plain
from tests.support.rows import YEAR
from tests.support.submissions import AGENCY, submission_of

LAST = YEAR - 1


def of_last_year(form: Form, rows: dict[str, list[list[str]]], about: str) -> Assessment:
    """Judge a workbook in which ``LAST`` stands where it is asked for ``YEAR``, or no year at all."""
    stamp = Stamp(agency_code=AGENCY.code, agency=AGENCY.name, year=LAST, level=AGENCY.level)
    entries = plain(form)[1]
    found = read(form, build_workbook(form, stamp, values=entries, registers=rows))
    finding = Finding.found("F02", None, (), about, {"stated": str(LAST), "expected": str(YEAR)})
    item = submission_of(replace(found, findings=(finding, *found.findings)) if about else found)
    past = PastReport(AGENCY.code, LAST - 1, {cell.key: 77 for cell in form.cells}, source="测试")
    year = None if about == "year_missing" else LAST
    [judged] = judge(form, [replace(item, year=year)], history={AGENCY.code: past})
    return judged


def rows_of_this_year(form: Form) -> dict[str, list[list[str]]]:
    rows, _ = plain(form)
    return rows


@pytest.mark.parametrize("about", ["year_wrong", "year_missing"])
@pytest.mark.parametrize("name", ["request_register", "normative_documents"])
def test_of_another_period_only_that_is_said(name: str, about: str) -> None:
    form = load_form(name)
    rows = rows_of_this_year(form)
    assert len([one for one in of_last_year(form, rows, "").findings if one.variant == "until"]) > 2
    found = of_last_year(form, rows, about)
    assert {(one.code, one.variant) for one in found.findings if one.severity.weight} == {("F02", about)}


def test_what_is_wrong_in_any_period_is_still_said() -> None:
    form = load_form("request_register")
    register = form.registers[0]
    rows = rows_of_this_year(form)
    row = rows[register.key][1]
    row[register.index["outcome"]], row[register.index["answered"]] = "予以公开", ""
    found = of_last_year(form, rows, "year_wrong")
    assert [one.code for one in found.findings if one.code.startswith("R")] == ["R2"]


def test_what_counts_by_the_period_is_known_with_its_totals() -> None:
    counted = counted_by_period(load_form("request_register"))
    assert {"requests.new_received.natural_person", "requests.outcomes_total.total"} <= counted
    assert not {"requests.carried_forward.total", "disputes.reconsideration.total"} & counted
