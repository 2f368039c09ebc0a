"""The shipped statistics of a quarter: from template to workbook by command, consistent fills accepted, three readings agreed."""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from pipeline.district.adjusting import in_period
from pipeline.forms.form import Form, last_year, this_year
from pipeline.forms.formulas import FAILS, HOLDS, NOT_ASSESSED
from pipeline.forms.loader import load_form
from pipeline.forms.values.answers import YES
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import NIL_CELL, ConfigError, Finding, Number, PastReport
from pipeline.periods import named, period_before
from pipeline.publishing.returning.going_back import returned_of
from pipeline.publishing.template import Stamp, build_workbook
from pipeline.wording.messages import notice
from tests.judging.test_three_readings import checks, pandera_says, poison
from tests.support.fills import consistent_numbers
from tests.support.folders import inputs_only, nianbao
from tests.support.libreoffice import computed
from tests.support.submissions import AGENCY, submission_of

FORM_ID = "disclosure_statistics_quarter"
PERIOD = named("2024Q2")
SLIPPED = 12


@pytest.fixture(scope="module")
def statistics() -> Form:
    return load_form(FORM_ID)


def workbook(form: Form, values: dict[str, Number | str], past: PastReport | None = None) -> bytes:
    stamp = Stamp(agency_code=AGENCY.code, agency=AGENCY.name, year=PERIOD, kind=AGENCY.kind)
    return build_workbook(form, stamp, values=values, past=past)


def past_of(form: Form, rng: random.Random, values: Mapping[str, Number | str]) -> PastReport:
    numbers: dict[str, Number | None] = {
        cell.key: rng.choice([1, 20, 30]) if rng.random() < 0.8 else None for cell in form.cells
    }
    numbers |= {"proactive_items.items_all.this_quarter": 20, "applications.received_all.this_quarter": 20}
    for check in form.checks.values():
        if check.rule.within_year:  # most go on where the quarter before ended
            now, then = (values.get(key) for key in (*check.left, this_year(check.right[-1])))
            if (
                isinstance(now, (int, Decimal))
                and isinstance(then, (int, Decimal))
                and now >= then
                and rng.random() < 0.8
            ):
                numbers[this_year(check.right[0])] = now - then
    return PastReport(AGENCY.code, 2022, numbers, source="试")


@pytest.mark.libreoffice
def test_three_readings_agree(statistics: Form, tmp_path: Path) -> None:
    form = replace(statistics, period="year")  # the submissions of these helpers are of a year
    given = tmp_path / "given"
    given.mkdir()
    pasts = {}
    for seed in range(SLIPPED):
        rng = random.Random(seed)
        values: dict[str, Number | str] = dict(inputs_only(form, consistent_numbers(form, rng)))
        own = [check for number, check in enumerate(form.checks.values()) if number % SLIPPED == seed]
        values |= {check.left[0]: 9000 for check in own}
        if seed % 4 == 1:
            values.pop(rng.choice([key for key, value in values.items() if value != 9000]))
        path = given / f"fill{seed:02}.xlsx"
        reaches = any(check.reaches_back for check in own)
        pasts[path.stem] = past_of(form, rng, values) if seed % 5 or reaches else None
        path.write_bytes(build_workbook(form, values=values, past=pasts[path.stem]))
    position = [sheet.kind for sheet in form.sheets].index("checks") + 1
    first = given / "fill00.xlsx"
    first.write_bytes(poison(first.read_bytes(), f"xl/worksheets/sheet{position}.xml"))
    marks: dict[str, set[str]] = {}
    for path in computed(sorted(given.iterdir()), tmp_path / "computed"):
        live = checks(form, path)
        assert live == pandera_says(form, (given / f"{path.stem}.xlsx").read_bytes(), pasts[path.stem]), (
            path.name
        )
        for name, check in live.items():
            marks.setdefault(name.partition(".")[0], set()).add(check.mark)
    assert {name for name, own in marks.items() if not {HOLDS, FAILS} <= own} == set()


def test_the_quarter_before_is_laid_beside_this_one(statistics: Form) -> None:
    assert PERIOD is not None
    past = PastReport(
        AGENCY.code, period_before(PERIOD), {"proactive_items.items_all.this_quarter": 40}, source="试"
    )
    numbers = {cell.key: 0 for cell in statistics.cells if cell.is_input}
    numbers |= {"proactive_items.website.this_quarter": 400, "proactive_items.website.year_to_date": 400}
    content = workbook(statistics, dict(numbers), past)
    item = replace(submission_of(read(statistics, content)), year=PERIOD)
    [found] = judge(statistics, [item], history={AGENCY.code: past})[0].findings
    assert (found.code, found.facts[last_year("proactive_items.items_all.this_quarter")]) == ("Q1-03", 40)
    other = replace(past, year=period_before(past.year))
    assert judge(statistics, [item], history={AGENCY.code: other})[0].findings == ()


WEBSITE = "proactive_items.website"


def reported(form: Form, period: str, quarter: int, so_far: int, before: int | None) -> list[Finding]:
    """What is found where only one row is not 0, and the quarter before is known or not."""
    own = named(period)
    assert own is not None
    values: dict[str, Number | str] = {cell.key: 0 for cell in form.cells if cell.is_input}
    values |= {f"{WEBSITE}.this_quarter": quarter, f"{WEBSITE}.year_to_date": so_far}
    stamp = Stamp(agency_code=AGENCY.code, agency=AGENCY.name, year=own, kind=AGENCY.kind)
    numbers: dict[str, Number | None] = {f"{WEBSITE}.year_to_date": before}
    past = None if before is None else PastReport(AGENCY.code, period_before(own), numbers, source="试")
    bound = in_period(form, own)
    item = replace(
        submission_of(read(bound, build_workbook(bound, stamp, values=values, past=past))), year=own
    )
    [found] = judge(bound, [item], history={AGENCY.code: past} if past else {})
    return list(found.findings)


def test_what_has_come_so_far_goes_on_from_the_quarter_before(statistics: Form) -> None:
    [found] = reported(statistics, "2024Q2", 120, 430, 700)
    assert (found.code, found.key) == ("Q1-92", f"{WEBSITE}.year_to_date")
    assert (found.facts["left"], found.facts["right"]) == (430, 820)
    assert reported(statistics, "2024Q2", 120, 820, 700) == []
    assert reported(statistics, "2024Q2", 120, 430, None) == [], "of what nobody knows nothing is said"


def test_a_figure_in_a_table_that_is_said_to_be_nil_names_the_cell_that_says_so(statistics: Form) -> None:
    """Who only filled the figure in would contradict the choice, and come back once more."""
    assert PERIOD is not None
    nil = statistics.table("remedies")
    values: dict[str, Number | str] = {
        cell.key: 0 for cell in statistics.cells if cell.is_input and cell.table != nil.key
    }
    past = PastReport(
        AGENCY.code, period_before(PERIOD), {"remedies.review_upheld.year_to_date": 1}, source="试"
    )
    content = workbook(statistics, values | {nil.nil_key: YES}, past)
    item = replace(submission_of(read(statistics, content)), year=PERIOD)
    [judged] = judge(statistics, [item], history={AGENCY.code: past})
    [found] = judged.findings
    place = str(statistics.places[nil.nil_key])
    assert (found.code, found.facts[NIL_CELL]) == ("Q4-92", place)
    [going] = returned_of(statistics, [judged], judged).notices
    assert place in (going.hint or "")
    plain = replace(item, reading=replace(item.reading, nil_tables=frozenset()))
    [other] = judge(statistics, [plain], history={AGENCY.code: past})[0].findings
    assert NIL_CELL not in other.facts


def test_the_first_quarter_is_compared_with_itself_alone(statistics: Form) -> None:
    for before in (None, 700):
        [found] = reported(statistics, "2024Q1", 120, 430, before)
        assert (found.code, found.facts["right"]) == ("Q1-92", 120)
        assert "上季" not in notice(in_period(statistics, 202441), found).message.split("；")[0]
        assert reported(statistics, "2024Q1", 120, 120, before) == []


@pytest.mark.libreoffice
def test_a_template_of_the_first_quarter_compares_both_columns(statistics: Form, tmp_path: Path) -> None:
    form = in_period(statistics, 202441)
    stamp = Stamp(agency_code=AGENCY.code, agency=AGENCY.name, year=202441, kind=AGENCY.kind)
    values: dict[str, Number | str] = {cell.key: 0 for cell in form.cells if cell.is_input}
    values |= {f"{WEBSITE}.this_quarter": 120, f"{WEBSITE}.year_to_date": 430}
    own, later = tmp_path / "一季度.xlsx", tmp_path / "二季度.xlsx"
    own.write_bytes(build_workbook(form, stamp, values=values))
    values["info.period"] = (
        "2024年第二季度"  # then the mark of the period is the only one, as it is built and as it is computed
    )
    later.write_bytes(build_workbook(form, stamp, values=values))
    marks = {"Q1-92.website": NOT_ASSESSED, "Q1-92.gazette": NOT_ASSESSED, "Q1-91.website": HOLDS}
    found = {key: check.mark for key, check in checks(form, later).items()}
    assert {key: found[key] for key in marks} == marks
    own, later = sorted(computed([own, later], tmp_path / "computed"))
    live, found = ({key: check.mark for key, check in checks(form, path).items()} for path in (own, later))
    assert (live["Q1-92.website"], live["Q1-92.gazette"]) == (FAILS, HOLDS)
    assert {key: found[key] for key in marks} == marks


def test_a_rule_that_begins_with_the_year_needs_a_period_before(tmp_path: Path) -> None:
    text = (files("pipeline.forms") / f"{FORM_ID}.toml").read_text("utf-8")
    for old, new in (
        ("proactive_items.{item}.year_to_date@-1", "proactive_items.items_all.this_quarter"),
        ('period = "quarter"', 'period = "year"'),
    ):
        path = tmp_path / "forms" / f"{FORM_ID}.toml"
        path.parent.mkdir(exist_ok=True)
        written = text.replace(old, new)
        if old.startswith("period"):
            written = written.replace('kind = "period"', 'kind = "year"')
        path.write_text(written, "utf-8")
        with pytest.raises(ConfigError, match="within_year"):
            load_form(FORM_ID, tmp_path)


def test_the_whole_way_by_command(statistics: Form, tmp_path: Path) -> None:
    folder = tmp_path / "样例区"
    assert nianbao("init", folder, "--form", FORM_ID).returncode == 0
    text = (folder / "district.toml").read_text("utf-8")
    assert 'period = "' in text
    (folder / "经办.xlsx").unlink()
    (folder / "district.toml").write_text(
        f'name = "样例区"\nlevel = "县区"\nperiod = "2024Q2"\nform = "{FORM_ID}"\ndeadline = 2024-07-15\n',
        "utf-8",
    )
    (folder / "agencies.csv").write_text("code,name\n001,样例区财政局\n002,样例区民政局\n", "utf-8")
    made = nianbao("template", folder, "--now", "2024-07-01T08:00:00")
    assert made.returncode == 0, made.stderr
    assert len(list((folder / "output" / "2024Q2" / "templates").glob("*.xlsx"))) == 2
    numbers = consistent_numbers(statistics, random.Random(3))
    for code, name, values in (
        ("001", "样例区财政局", dict(inputs_only(statistics, numbers))),
        (
            "002",
            "样例区民政局",
            {**inputs_only(statistics, numbers), "proactive_items.normative_files.this_quarter": 10**6},
        ),
    ):
        stamp = Stamp(agency_code=code, agency=name, year=PERIOD, district="样例区")
        (folder / "inbox" / f"{name}.xlsx").write_bytes(build_workbook(statistics, stamp, values=values))
    ran = nianbao("run", folder, "--now", "2024-07-10T08:00:00")
    assert "Traceback" not in ran.stderr, ran.stderr
    record = json.loads((folder / "output" / "2024Q2" / "run.json").read_text("utf-8"))
    verdicts = {item["agency_name"]: item["verdict"] for item in record["submissions"]}
    assert verdicts == {"样例区财政局": "accepted", "样例区民政局": "returned"}
    assert record["files"]["summary"] == "样例区2024年第二季度政府信息公开情况统计汇总表.xlsx"
    assert (folder / "output" / "2024Q2" / record["files"]["summary"]).is_file()
    assert list((folder / "output" / "2024Q2" / "reports").glob("*.docx"))
