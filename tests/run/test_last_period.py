"""What comes when the next period is collected and corrects last period's report is no report of the next one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.intake.identify.identity import Identity
from pipeline.judging.rules.judge import judge
from pipeline.ledger.arrivals import Arrival
from pipeline.ledger.assessments import Judgement
from pipeline.model import (
    CHINA,
    LAST_FIGURES,
    Claims,
    Envelope,
    Finding,
    Number,
    PastReport,
    Reading,
    Verdict,
)
from pipeline.periods import named
from pipeline.run.of_last_period import added_figures, has_last_figures, is_of_last_period
from pipeline.run.sorting.copies import instead_of_a_report
from pipeline.run.sorting.known_arrivals import Identified, KnownArrivals
from pipeline.run.sorting.overtaken import is_overtaken
from tests.support.fills import zeros
from tests.support.submissions import AGENCY, reading_of, submission_of
from tests.support.towns import Town, box

NAMES = ("财政局", "教育局", "民政局")


@pytest.fixture
def town(form: Form, tmp_path: Path) -> Town:
    """A district in its second year; two agencies have reported the first."""
    town = Town.of(form, tmp_path / "区", *NAMES)
    for code, name in (("001", "财政局"), ("002", "教育局")):
        town.receive(box(code), "Wed, 10 Jan 2024 09:30:00 +0800", ("年报.xlsx", town.book(name, 1)))
    town.run("2024-01-10")
    assert set(town.figures) == {"财政局", "教育局"}
    town.year = 2024
    town.settings()
    town.run("2025-01-06")
    return town


def post(town: Town, name: str, seed: int, day: int, wrong: Mapping[str, Number | str] | None = None) -> None:
    """Let a report of the first year come in January of the third."""
    code = next(code for code, line in town.lines.items() if line[0] == name)
    book = town.book(name, seed, year=2023, wrong=wrong)
    town.receive(box(code), f"Wed, {day:02} Jan 2025 09:30:00 +0800", ("年报.xlsx", book))


def outcomes(town: Town) -> dict[str, tuple[str, list[str]]]:
    """Verdict and findings of what has come, by agency."""
    return {
        row["agency_name"]: (row["verdict"], [item["code"] for item in row["findings"]])
        for row in town.ran.record["submissions"]
    }


def test_a_correction_of_last_years_report_waits_for_a_person_and_is_returned_to_nobody(town: Town) -> None:
    [changed] = [cell for cell in town.form.cells if cell.is_input][:1]
    post(town, "财政局", 1, 8, {changed.key: 987})
    post(town, "教育局", 2, 8)
    post(town, "民政局", 1, 8)
    town.run("2025-01-08")
    found = outcomes(town)
    verdict, codes = found["财政局"]
    assert verdict == "held"
    assert "F09" in codes
    assert "F03" not in codes, "whether the year is wrong is not known"
    assert not town.told("returned", "001")
    for other in ("教育局", "民政局"):
        assert found[other][0] == "returned", "other figures than last year, or no report of last year"
    [file] = [row["file"] for row in town.ran.record["submissions"] if row["agency_name"] == "财政局"]
    assert town.decide("dismiss", file, day="2025-01-09").code == 0
    town.run("2025-01-09")
    assert "财政局" not in outcomes(town)
    assert town.ran.record["counts"]["missing"] == 1
    town.year = 2023
    town.settings()
    before = town.figures["财政局"]
    town.run("2025-01-10")
    rows = [row for row in town.ran.record["submissions"] if row["agency_name"] == "财政局"]
    assert [row["version"] for row in rows] == [1, 2], (
        "where last year is collected again, it is a version of that"
    )
    assert before == town.figures_of("财政局", 1)


def test_a_person_may_say_that_it_is_this_years(town: Town) -> None:
    post(town, "财政局", 1, 8)
    town.run("2025-01-08")
    [row] = town.ran.record["submissions"]
    assert row["verdict"] == "held"
    assert town.decide("accept", row["file"], day="2025-01-09").code == 0
    town.run("2025-01-09")
    assert outcomes(town)["财政局"][0] == "returned", "the year is wrong"
    assert town.told("returned", "001")


LAST, THIS = named("2023") or 0, named("2024") or 0
FIGURES: Mapping[str, Number | None] = {"a": 3, "b": 0, "c": 5, "d": 7}


@pytest.mark.parametrize(
    ("figures", "stated", "stamp", "is_so"),
    [
        (FIGURES, LAST, "2023", True),
        (FIGURES, LAST, "", True),
        (FIGURES, LAST, "2024", False),
        (FIGURES, THIS, "2023", False),
        ({**FIGURES, "d": 8, "b": 1}, LAST, "2023", True),
        ({**FIGURES, "d": 8, "a": 1}, LAST, "2023", False),
        (dict.fromkeys(FIGURES), LAST, "2023", False),
    ],
)
def test_it_states_the_last_period_on_no_template_of_this_and_has_mostly_its_figures(
    figures: Mapping[str, Number | None], stated: int, stamp: str, *, is_so: bool
) -> None:
    reading = Reading("x", Claims(stamp={"year": stamp}), figures)
    found = Identity(None, held=False, findings=(), year=stated)
    assert is_of_last_period(found, reading, PastReport("001", LAST, FIGURES), THIS) == is_so
    assert not is_of_last_period(found, reading, None, THIS)


BEFORE, NOW = named("2024Q1") or 0, named("2024Q2") or 0
ITEMS = ("proactive_items.website", "proactive_items.wechat", "applications.in_time", "resources.trained")
SOME, SMALL = (120, 35, 80, 12), (3, 2, 2, 1)
STAFF = "resources.full_time.this_quarter"


def quarter(adds: tuple[int, ...], comes_to: tuple[int, ...]) -> dict[str, Number | None]:
    """What a quarter adds, and what the year comes to by it."""
    found: dict[str, Number | None] = {
        f"{item}.year_to_date": number for item, number in zip(ITEMS, comes_to, strict=True)
    }
    return found | {f"{item}.this_quarter": number for item, number in zip(ITEMS, adds, strict=True)}


@pytest.mark.parametrize(
    ("figures", "stated", "is_so"),
    [
        (quarter(SOME, SOME), NOW, True),
        (quarter(SOME, (240, 70, 160, 24)), NOW, True),
        (quarter(SOME, SOME) | {STAFF: 3}, NOW, True),
        (quarter((121, 35, 80, 12), SOME), NOW, False),
        (quarter((120, 35, 80, 0), (120, 35, 80, 12)), NOW, False),
        (quarter(SOME, SOME), BEFORE, False),
    ],
)
def test_all_that_happened_once_more_is_the_last_period_under_another_name(
    figures: Mapping[str, Number | None], stated: int, *, is_so: bool
) -> None:
    growing = added_figures(load_form("disclosure_statistics_quarter"))
    assert STAFF not in growing.adds, "staff stays as it is"
    past = PastReport("001", BEFORE, quarter(SOME, SOME) | {STAFF: 2})
    reading = Reading("x", Claims(), figures)
    found = Identity(None, held=False, findings=(), year=stated)
    assert has_last_figures(found, reading, past, NOW, growing) == is_so
    assert not has_last_figures(found, reading, None, NOW, growing)


def test_small_figures_come_again_by_chance() -> None:
    growing = added_figures(load_form("disclosure_statistics_quarter"))
    found = Identity(None, held=False, findings=(), year=NOW)
    past = PastReport("001", BEFORE, quarter(SMALL, SMALL))
    for year in ((6, 4, 4, 2), SMALL):
        assert not has_last_figures(found, Reading("x", Claims(), quarter(SMALL, year)), past, NOW, growing)


def test_what_waits_for_that_is_not_compared_with_the_last_period_besides() -> None:
    form = load_form("disclosure_statistics_quarter")
    figures = zeros(form) | quarter(SOME, SOME)
    past = PastReport(AGENCY.code, BEFORE, figures)
    item = replace(submission_of(reading_of(form, figures)), year=NOW)
    doubt = Finding.found(LAST_FIGURES[0], None, (), LAST_FIGURES[1], {"agency": "甲局", "before": "上季"})
    held = replace(item, reading=replace(item.reading, findings=(doubt,)), held=True)
    growing = {check.rule.id for check in form.checks.values() if check.rule.within_year}
    for sent, codes in ((item, {"Q1-92", "Q3-92", "Q5-93"}), (held, set())):
        [judged] = judge(form, [sent], history={AGENCY.code: past})
        assert growing.intersection(finding.code for finding in judged.findings) == codes


@pytest.mark.parametrize(("variant", "is_settled"), [(LAST_FIGURES[1], True), ("last_period", False)])
def test_a_newer_report_settles_what_states_this_period_not_what_may_correct_the_last_one(
    variant: str, *, is_settled: bool
) -> None:
    doubt = Finding.found(LAST_FIGURES[0], None, (), variant)
    waiting = Judgement(1, "", AGENCY.code, 1, Verdict.HELD, (doubt,))
    newer = Judgement(2, "", AGENCY.code, 2, Verdict.ACCEPTED, ())
    item = Arrival(1, Envelope(b"", "1", "x.xlsx", "x.xlsx", "folder"), None, datetime.now(CHINA))
    who = Identity(AGENCY, held=True, findings=(doubt,), year=NOW)
    known = KnownArrivals(earlier={1: waiting, 2: newer})
    assert is_overtaken(item, who, known, {2: newer}) == is_settled
    assert not is_overtaken(item, who, known, {})


def test_a_year_adds_nothing_to_a_year(form: Form) -> None:
    figures = dict.fromkeys((cell.key for cell in form.cells), 345)
    found = Identity(None, held=False, findings=(), year=THIS)
    past = PastReport("001", LAST, figures)
    assert not has_last_figures(found, Reading("x", Claims(), figures), past, THIS, added_figures(form))


def test_last_periods_file_sent_again_as_it_was_is_shown_where_nothing_else_came() -> None:
    march, july = (datetime(2024, month, 8, tzinfo=CHINA) for month in (4, 7))

    def came(number: int, code: str, at: datetime | None, *, repeats: int | None = BEFORE) -> Identified:
        envelope = Envelope(b"", f"{number}", "x.xlsx", f"{number}/x.xlsx", "folder", received_at=at)
        who = Identity(replace(AGENCY, code=code), held=False)
        return Arrival(number, envelope, repeats, july), who

    files = [
        came(1, "001", july),
        came(2, "002", None),
        came(3, "003", march),
        came(4, "004", july),
        came(5, "004", july, repeats=None),
    ]
    assert {number: one.code for number, one in instead_of_a_report(files, NOW).items()} == {
        1: "001",
        2: "002",
    }
