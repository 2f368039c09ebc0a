"""The shipped return of a website: the whole way by command, values of every kind brought together, readings agreed under LibreOffice."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import docx
import pytest
from openpyxl import load_workbook

from pipeline.forms.form import Form
from pipeline.forms.formulas import FAILS, HOLDS, NOT_ASSESSED
from pipeline.forms.loader import load_form
from pipeline.model import Number, PastReport, Severity
from pipeline.publishing.template import Stamp, build_workbook
from tests.judging.test_three_readings import checks, pandera_says, poison
from tests.support.faults.every_form import consistent, judged
from tests.support.folders import inputs_only, nianbao
from tests.support.libreoffice import computed
from tests.support.submissions import AGENCY

FORM_ID = "website_report"
AGENCIES = ("样例区财政局", "样例区民政局", "样例区教育局")
SLIPPED = 8
VISITS = (5000, 1000, 2000, None, 1200, 6000, 900, 1000)
"""The visits of the year before in each of the slipped reports; this year's are ``NOW``, where they are not the slip."""
NOW = 5000


@pytest.fixture(scope="module")
def website() -> Form:
    return load_form(FORM_ID)


def site(name: str, more: dict[str, Number | str]) -> dict[str, Number | str]:
    """The entries of a website, all of them answered."""
    asked = load_form(FORM_ID).valued_entries
    told: dict[str, Number | str] = {entry.key: "否" for entry in asked if entry.kind == "yes_no"}
    told |= {
        "site.name": name,
        "site.url": "https://www.example.gov.cn",
        "site.kind": "部门网站",
        "site.identifier": "3301100001",
        "site.icp": "浙ICP备12345678号-1",
    }
    return told | more


def test_the_whole_way_by_command(website: Form, tmp_path: Path) -> None:
    folder = tmp_path / "样例区"
    assert nianbao("init", folder, "--form", FORM_ID).returncode == 0
    (folder / "经办.xlsx").unlink()
    (folder / "district.toml").write_text(
        f'name = "样例区"\nlevel = "县区"\nyear = 2023\nform = "{FORM_ID}"\ndeadline = 2024-01-31\n', "utf-8"
    )
    rows = [f"{number:03},{name}" for number, name in enumerate(AGENCIES, 1)]
    (folder / "agencies.csv").write_text("\n".join(["code,name", *rows]), "utf-8")
    assert nianbao("template", folder, "--now", "2024-01-02T08:00:00").returncode == 0
    numbers = inputs_only(website, consistent_numbers_of(website, 3))
    accounts = [["微信", "样例发布", "120", "3500", ""], ["其他", "样例视频", "30", "900", "2023-06-01"]]
    sent: tuple[tuple[dict[str, Number | str], list[list[str]]], ...] = (
        (
            site(
                "财政网",
                {
                    "site.drill": "是",
                    "site.answer_days": "3.5",
                    "site.answered": 30,
                    "site.answered_in_time": "90%",
                },
            ),
            accounts,
        ),
        (
            site(
                "民政网",
                {
                    "site.drill": "是的",
                    "site.answer_days": "1.5",
                    "site.answered": 10,
                    "site.answered_in_time": "100%",
                },
            ),
            [],
        ),
        (site("教育网", {"site.drill": "大概有吧", "site.kind": "商业网站"}), []),
    )
    for number, (name, (entries, listed)) in enumerate(zip(AGENCIES, sent, strict=True), 1):
        stamp = Stamp(agency_code=f"{number:03}", agency=name, year=2023, district="样例区")
        nil = {} if listed else {"accounts.nil": "是"}
        content = build_workbook(
            website, stamp, values={**numbers, **entries, **nil}, registers={"accounts": listed}
        )
        (folder / "inbox" / f"{name}.xlsx").write_bytes(content)
    ran = nianbao("run", folder, "--now", "2024-01-20T08:00:00")
    assert "Traceback" not in ran.stderr, ran.stderr
    output = folder / "output" / "2023"
    record = json.loads((output / "run.json").read_text("utf-8"))
    verdicts = {item["agency_name"]: item["verdict"] for item in record["submissions"]}
    assert verdicts == dict(zip(AGENCIES, ("accepted", "accepted", "returned"), strict=True))
    [wrong] = [item for item in record["submissions"] if item["verdict"] == "returned"]
    assert {(one["code"], one["key"]) for one in wrong["findings"] if one["severity"] == "error"} == {
        ("V01", "site.drill"),
        ("V01", "site.kind"),
    }

    # brought together: 是 counted, averages weighed, accounts listed and counted, choices as they are
    with (output / "entries.csv").open(encoding="utf-8-sig", newline="") as file:
        told = {row["agency"]: row for row in csv.DictReader(file)}
    assert {name: row["site.drill"] for name, row in told.items()} == dict.fromkeys(AGENCIES[:2], "是")
    assert told[AGENCIES[0]]["site.answered_in_time"] == "0.9"
    with (output / "accounts.csv").open(encoding="utf-8-sig", newline="") as file:
        assert [row["account"] for row in csv.DictReader(file)] == ["样例发布", "样例视频"]
    with (output / "figures.csv").open(encoding="utf-8-sig", newline="") as file:
        figures = {row["agency"]: row for row in csv.DictReader(file)}
    assert figures[AGENCIES[0]]["new_media.wechat.followers"] == "3500"
    assert figures[AGENCIES[0]]["new_media.all_platforms.accounts"] == "2"
    assert figures[AGENCIES[1]]["new_media.all_platforms.accounts"] == "0"
    together = totals_of(output / record["files"]["summary"])
    assert together["是否开展应急演练"] == 2
    assert together["留言平均办理时间"] == pytest.approx(3.0)
    assert together["留言按时办结率"] == pytest.approx(0.925)
    printed = "\n".join(
        paragraph.text
        for paragraph in docx.Document(str(output / "reports" / f"{AGENCIES[0]}.docx")).paragraphs
    )
    page = (output / "reports" / f"{AGENCIES[0]}.html").read_text("utf-8")
    for line in (
        "网站类型：部门网站",
        "是否开展应急演练：是",
        "留言平均办理时间：3.5天",
        "留言按时办结率：90%",
    ):
        assert line in printed, printed
        assert f"<p>{line}</p>" in page
    assert "公安机关备案号" not in printed, "it was not answered"
    assert "网站类型" not in "".join(
        paragraph.text
        for paragraph in docx.Document(str(output / record["files"]["district_report"])).paragraphs
    )
    assert list((output / "returned").glob("*教育局*.xlsx"))


def totals_of(path: Path) -> dict[str, object]:
    """The last row of the sheet that lists the entries, by heading, whatever stands in brackets after it."""
    book = load_workbook(path, data_only=True)
    [sheet] = [sheet for sheet in book if "网站情况" in sheet.title]
    rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
    heads = next(row for row in rows if any("是否开展应急演练" in str(cell) for cell in row))
    last = next(row for row in rows if "合计" in row)
    return {str(head).partition("（")[0].strip(): value for head, value in zip(heads, last, strict=True)}


def consistent_numbers_of(form: Form, seed: int) -> dict[str, Number]:
    filled = consistent(form, seed)
    inputs = {cell.key for cell in form.cells if cell.is_input}
    numbers = {
        key: value for key, value in filled.values.items() if key in inputs and not isinstance(value, str)
    }
    return {**dict.fromkeys([cell.key for cell in form.cells], 0), **numbers}


@pytest.mark.libreoffice
def test_three_readings_agree(website: Form, tmp_path: Path) -> None:
    given = tmp_path / "given"
    given.mkdir()
    pasts: dict[str, PastReport | None] = {}
    for seed in range(SLIPPED):
        values = {**consistent(website, seed).values, "publishing.visits.quantity": NOW}
        own = [check for number, check in enumerate(website.checks.values()) if number % SLIPPED == seed]
        values |= {check.left[0]: 10**6 for check in own if not check.reaches_back}
        values |= {check.right[0]: 0 for check in own if check.rule.relation == "needs"}
        rows = {"accounts": [["微信", f"账号{number}", "3", "40", ""] for number in range(seed)]}
        pasts[f"fill{seed:02}"] = past = year_before(website, VISITS[seed])
        content = build_workbook(website, values=values, registers=rows, past=past)
        (given / f"fill{seed:02}.xlsx").write_bytes(content)
    position = [sheet.kind for sheet in website.sheets].index("checks") + 1
    first = given / "fill00.xlsx"
    first.write_bytes(poison(first.read_bytes(), f"xl/worksheets/sheet{position}.xml"))
    marks: dict[str, set[str]] = {}
    for path in computed(sorted(given.iterdir()), tmp_path / "computed"):
        live = checks(website, path)
        content = (given / f"{path.stem}.xlsx").read_bytes()
        assert live == pandera_says(website, content, pasts[path.stem]), path.name
        for name, check in live.items():
            marks.setdefault(name.partition(".")[0], set()).add(check.mark)
    assert all({HOLDS, FAILS} <= own for own in marks.values()), marks
    assert marks["G1-03"] == {HOLDS, FAILS, NOT_ASSESSED}, "without last year nothing is compared"


def year_before(form: Form, visits: int | None) -> PastReport | None:
    """Return a year before of which the visits alone are known; None where nothing is."""
    if visits is None:
        return None
    numbers: dict[str, Number | None] = {**dict.fromkeys(form.by_key), "publishing.visits.quantity": visits}
    return PastReport(AGENCY.code, 2022, numbers, source="试")


@pytest.mark.parametrize(
    ("past", "now", "is_told"),
    [
        (1000, 4000, False),  # three times more, and not a visit above that
        (1000, 4001, True),
        (4000, 0, False),  # it cannot shrink by more than all
        (999, 900_000, False),  # below the base nothing is compared
        (None, 900_000, False),
    ],
)
def test_visits_are_compared_with_last_year(
    website: Form, past: int | None, now: int, *, is_told: bool
) -> None:
    filled = consistent(website, 3)
    values = {**filled.values, "publishing.visitors.quantity": 0, "publishing.visits.quantity": now}
    [item] = judged(website, [filled.changed(values, year_before(website, past))])
    found = [one for one in item.assessment.findings if one.code == "G1-03"]
    assert bool(found) is is_told
    for one in found:
        assert (one.severity, one.key) == (Severity.WARNING, "publishing.visits.quantity")
        assert one.place
        assert one.place.cell == website.places["publishing.visits.quantity"].cell


def test_a_change_against_an_accepted_year_is_told_by_command(website: Form, tmp_path: Path) -> None:
    """Two years of one agency: what was accepted in the first is what the second is compared with."""
    folder = tmp_path / "样例区"
    assert nianbao("init", folder, "--form", FORM_ID).returncode == 0
    (folder / "经办.xlsx").unlink()
    (folder / "agencies.csv").write_text(f"code,name\n001,{AGENCIES[0]}\n", "utf-8")
    told = {}
    for year, visits in ((2022, 2000), (2023, 9000)):
        (folder / "district.toml").write_text(
            f'name = "样例区"\nlevel = "县区"\nyear = {year}\nform = "{FORM_ID}"\ndeadline = {year + 1}-01-31\n',
            "utf-8",
        )
        stamp = Stamp(agency_code="001", agency=AGENCIES[0], year=year, district="样例区")
        numbers = inputs_only(website, consistent_numbers_of(website, 3))
        values = {**numbers, **site("财政网", {}), "accounts.nil": "是", "publishing.visitors.quantity": 0}
        content = build_workbook(website, stamp, values={**values, "publishing.visits.quantity": visits})
        (folder / "inbox" / f"{year}.xlsx").write_bytes(content)
        ran = nianbao("run", folder, "--now", f"{year + 1}-01-20T08:00:00")
        assert "Traceback" not in ran.stderr, ran.stderr
        record = json.loads((folder / "output" / str(year) / "run.json").read_text("utf-8"))
        [item] = [one for one in record["submissions"] if one["file"] == f"{year}.xlsx"]
        told[year] = [(one["code"], one["key"]) for one in item["findings"] if one["severity"] != "info"]
    assert told == {2022: [], 2023: [("G1-03", "publishing.visits.quantity")]}
