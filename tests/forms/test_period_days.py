"""What a register asks of days is asked of the period that is reported, whatever its length: by the counts, the rules of rows, the template."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from datetime import date

import pytest

from pipeline.forms import drawing
from pipeline.forms.form import Form
from pipeline.forms.loader import load_form, parse_form
from pipeline.forms.period_days import PERIOD_DAYS
from pipeline.forms.registers import Register
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Assessment
from pipeline.periods import kind_of
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.rows import nil_of, row_of
from tests.support.submissions import AGENCY, submission_of

HEAD = 'id = "own"\nextends = "request_register"\nperiod = "{period}"\n[[entry]]\nkey = "info.year"\nkind = "{entry}"\n'
RULES = """[[register]]
key = "applications"
[[register.rule]]
id = "P1"
severity = "error"
title = "本期收到的填信息处理费"
relation = "needs"
column = "fee"
when = { received = "in_year" }
remedy = "请填"
source = "测试"
[[register.rule]]
id = "P2"
severity = "error"
title = "以前收到的不填提交方式"
relation = "blank"
column = "channel"
when = { received = "before_year" }
remedy = "请清空"
source = "测试"
"""
PERIODS = [2024, 202421, 202422, 202441, 202444, 202401, 202406, 202412]
DAYS = ["2023-12-31", "2024-01-01", "2024-01-31", "2024-03-31", "2024-06-01", "2024-06-30", "2024-07-01", "2024-10-01",
        "2024-12-31", "2025-01-01"]  # fmt: skip
BOUNDS = {
    2024: ("2024-01-01", "2024-12-31"),
    202421: ("2024-01-01", "2024-06-30"),
    202422: ("2024-07-01", "2024-12-31"),
    202441: ("2024-01-01", "2024-03-31"),
    202444: ("2024-10-01", "2024-12-31"),
    202401: ("2024-01-01", "2024-01-31"),
    202406: ("2024-06-01", "2024-06-30"),
    202412: ("2024-12-01", "2024-12-31"),
}


def form_of(period: int, rules: str = "") -> Form:
    """The register of requests, collected for periods of the kind of ``period``."""
    kind = kind_of(period)
    entry = "year" if kind == "year" else "period"
    return parse_form(HEAD.format(period=kind, entry=entry) + rules, "own.toml")


def rows_at(register: Register, days: list[str]) -> list[list[str]]:
    """Rows that were received on ``days``, of one applicant and not answered yet."""
    found = []
    for number, day in enumerate(days):
        row = [""] * len(register.columns)
        made = row_of(register, random.Random(number), number)
        for name in (column.key for column in register.columns if column.required):
            row[register.index[name]] = made[register.index[name]]
        row[register.index["received"]] = day
        row[register.index["applicant"]] = "自然人"
        found.append(row)
    return found


def judged(form: Form, content: bytes, period: int) -> Assessment:
    found = read(form, content)
    assert found.claims.year == period
    [assessment] = judge(form, [replace(submission_of(found), year=period)])
    return assessment


@pytest.mark.parametrize("period", PERIODS)
def test_days_are_counted_within_the_period_and_before_it(period: int) -> None:
    form, (first, last) = form_of(period), BOUNDS[period]
    [register] = form.registers
    rows = rows_at(register, DAYS)
    stamp = Stamp(AGENCY.code, AGENCY.name, period, AGENCY.level)
    content = build_workbook(
        form, stamp, registers={register.key: rows}, values=nil_of(form, {register.key: rows})
    )
    found = read(form, content)
    expected = {
        "requests.new_received.natural_person": sum(first <= day <= last for day in DAYS),
        "requests.carried_over.natural_person": sum(day < first for day in DAYS),
    }
    drawn = drawing.drawn_figures(form, found.registers, period)
    assert {key: drawn[key] for key in expected} == expected
    assert {key: found.numbers[key] for key in expected} == expected
    recomputed = [item for item in found.findings if item.variant == "recomputed"]
    assert not recomputed, "the results that the template stores are those"


@pytest.mark.parametrize("period", PERIODS)
def test_rules_of_rows_ask_the_period(period: int) -> None:
    form, (first, last) = form_of(period, RULES), BOUNDS[period]
    [register] = form.registers
    rows = rows_at(register, DAYS)
    stamp = Stamp(AGENCY.code, AGENCY.name, period, AGENCY.level)
    found = judged(form, build_workbook(form, stamp, registers={register.key: rows}), period)
    broken = [item.code for item in found.findings]
    assert broken.count("P1") == sum(first <= day <= last for day in DAYS)
    assert broken.count("P2") == sum(day < first for day in DAYS)


def test_without_a_period_no_day_lies_in_it_or_before() -> None:
    for word in ("in_year", "before_year"):
        assert not any(map(drawing.test_of((word,), None), DAYS))


def test_a_form_of_years_has_the_year_in_each_formula_and_others_refer_to_the_stamp() -> None:
    yearly, monthly = load_form("request_register"), form_of(202406)
    for form, is_yearly in ((yearly, True), (monthly, False)):
        formulas = [
            drawing.drawn_formula(form, drawn)
            for drawn in form.drawn.values()
            if {("in_year",), ("before_year",)} & {words for _, words in drawn.where}
        ]
        assert formulas
        assert all(("DATE(" in text) is is_yearly for text in formulas)
        assert all(any(f"&{day}" in text for day in PERIOD_DAYS) is not is_yearly for text in formulas)
        assert all(re.search(r"[<>=]\"&(DATE\(|')", text) for text in formulas)


@pytest.mark.parametrize("period", PERIODS)
def test_bounds_are_those_of_the_calendar(period: int) -> None:
    inside = drawing.test_of(("in_year",), period)
    first, last = (date.fromisoformat(day) for day in BOUNDS[period])
    for number in range(first.toordinal() - 2, last.toordinal() + 3):
        day = date.fromordinal(number)
        assert inside(day.isoformat()) is (first <= day <= last)
