"""Nobody wrote down the holidays of a year: the coordinator is told before it matters, until she has."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.publishing.template import Stamp, build_workbook
from tests.run.test_todo import run_on
from tests.run.test_unread_mailbox import mailbox, office_in  # noqa: F401 - a fixture
from tests.support.fills import approved
from tests.support.folders import make_district
from tests.support.post_office import moment, words
from tests.support.rows import entries_of, row_of

SAID = "日历里没有 2024 年的放假、调休安排"


def test_a_year_without_holidays_is_told_until_it_is_written_down(
    form: Form,
    tmp_path: Path,
    mailbox: list[str],  # noqa: F811 - the fixture
) -> None:
    assert mailbox == [""]
    office = office_in(tmp_path, form)
    letters = office.night(moment(1, 24))
    [digest] = [item for item in letters if item["X-Nianbao"] == "digest"]
    assert SAID in words(digest)
    settings = office.folder / "district.toml"
    settings.write_text(settings.read_text("utf-8") + "[calendar]\nholidays = [2024-02-12]\n", "utf-8")
    [digest] = [item for item in office.night(moment(1, 25)) if item["X-Nianbao"] == "digest"]
    assert SAID not in words(digest)


OF_THE_PERIOD = "日历里没有 2023 年的放假、调休安排"
LATE = {"received": "2023-03-01", "answered": "2023-04-06", "extended": "", "outcome": "予以公开"}


def register_of(folder: Path, calendar: str) -> Path:
    """A district that collects a register; in the one that came a request was answered after 26 workdays."""
    form = load_form("request_register")
    [register], rng = form.registers, random.Random(1)
    row = row_of(register, rng, 0)
    for key, value in LATE.items():
        row[register.index[key]] = value
    for name in ("reconsideration", "suit", "suit_result"):
        row[register.index[name]] = ""
    entries = {form.entry_with_role("agency").key: "甲局", form.entry_with_role("year").key: "2023"}
    content = build_workbook(
        form,
        Stamp("001", "甲局", 2023, "县区", "样例区"),
        values={
            **{cell.key: 0 for cell in form.cells if cell.is_input},
            **entries_of(form, rng),
            **approved(form),
            **entries,
        },
        registers={register.key: [row]},
    )
    extra = f"[calendar]\nholidays = [{calendar}]\n"
    made = make_district(folder, ["甲局"], {"甲局.xlsx": content}, extra=extra)
    settings = made / "district.toml"
    settings.write_text(settings.read_text("utf-8").replace("annual_report_2021", form.id), "utf-8")
    return made


@pytest.mark.parametrize("calendar", ["2024-02-12", "2023-01-23, 2024-02-12"])
def test_what_is_due_within_workdays_of_a_year_without_holidays_is_told(
    tmp_path: Path, calendar: str
) -> None:
    """Whoever replaces last year's days by this year's takes those away by which the requests of the period are judged."""
    folder = register_of(tmp_path / "区", calendar)
    outcome = run_on(folder, 24)
    codes = {item["code"] for found in outcome.record["submissions"] for item in found["findings"]}
    told = [said for said in outcome.to_decide if OF_THE_PERIOD in said]
    if "2023" in calendar:
        assert ("R4" in codes, told) == (True, [])
        return
    assert "R4" not in codes
    [said] = told
    assert "“答复日期”的期限（R4）多容许 10 个工作日" in said
    settings = folder / "district.toml"
    off = '[rules.off]\nR4 = "本区另查"\n'
    settings.write_text(settings.read_text("utf-8") + off, "utf-8")
    assert not [said for said in run_on(folder, 25).to_decide if OF_THE_PERIOD in said]
