"""A form of quarters, written from nothing: the whole way by command, quarter after quarter in one folder, none in another's place."""

from __future__ import annotations

import csv
import email
import json
import random
import shutil
import zipfile
from email import policy
from pathlib import Path

import pytest

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.intake.documents.links import links_of
from pipeline.model import Number
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.fills import consistent_numbers
from tests.support.folders import inputs_only, nianbao

FORM_FILE = Path(__file__).parent / "forms" / "service_quarter.toml"
AGENCIES = ("样例区财政局", "样例区民政局")
FOREIGN = ("政府信息公开", "政务公开", "年报", "年度")
"""Words of the annual report."""


def settings(period: str, deadline: str) -> str:
    return (
        f'name = "样例区"\nlevel = "县区"\nperiod = "{period}"\nform = "service_quarter"\ndeadline = {deadline}\n'
        '[people]\nemail = "office@example.gov.cn"\ndistrict_office_email = "up@example.gov.cn"\n'
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return begun(tmp_path_factory.mktemp("district") / "样例区")


def begun(found: Path) -> Path:
    """Make a district that collects the quarters, without settings."""
    (found / "inbox").mkdir(parents=True)
    (found / "forms").mkdir()
    shutil.copy(FORM_FILE, found / "forms")
    rows = [f"{number:03},{name},{number}@example.gov.cn" for number, name in enumerate(AGENCIES, 1)]
    (found / "agencies.csv").write_text("\n".join(["code,name,email", *rows]), "utf-8")
    return found


def filled(form: Form, agency: str, period: int, seed: int) -> tuple[bytes, dict[str, Number]]:
    numbers = consistent_numbers(form, random.Random(seed))
    values: dict[str, Number | str] = {
        **inputs_only(form, numbers),
        "said": f"本季度第 {seed} 号措施已落实。",
    }
    code = f"{AGENCIES.index(agency) + 1:03}"
    stamp = Stamp(agency_code=code, agency=agency, year=period, district="样例区")
    return build_workbook(form, stamp, values=values), numbers


def run(folder: Path, now: str) -> None:
    done = nianbao("run", folder, "--now", now)
    assert "Traceback" not in done.stderr, done.stderr
    assert done.returncode in {0, 1}, done.stderr + done.stdout


def words_in(path: Path) -> str:
    """Everything that can be read in a file of the output."""
    content = path.read_bytes()
    if path.suffix in {".xlsx", ".docx", ".zip"}:
        with zipfile.ZipFile(path) as package:
            return "".join(
                package.read(name).decode("utf-8", "replace")
                for name in package.namelist()
                if not name.endswith((".xlsx", ".docx"))
            )
    if path.suffix == ".eml":
        message = email.message_from_bytes(content, policy=policy.default)
        body = message.get_body(("plain",))
        return f"{message['Subject']}\n{body.get_content() if body else ''}"
    return content.decode("utf-8", "replace")


def test_quarter_after_quarter_in_one_folder(folder: Path) -> None:
    form = load_form("service_quarter", folder)
    (folder / "district.toml").write_text(settings("2024Q1", "2024-04-15"), "utf-8")
    assert nianbao("template", folder, "--now", "2024-04-01T08:00:00").returncode == 0
    assert (folder / "output" / "2024Q1" / "templates").is_dir()
    sent = {}
    for number, name in enumerate(AGENCIES):
        content, sent[name] = filled(form, name, 202441, number)
        (folder / "inbox" / f"{number}.xlsx").write_bytes(content)
    run(folder, "2024-04-10T08:00:00")
    first = json.loads((folder / "output" / "2024Q1" / "run.json").read_text("utf-8"))
    assert first["year"] == "2024Q1"
    assert first["counts"]["accepted"] == len(AGENCIES)
    assert {item["year"] for item in first["submissions"]} == {"2024Q1"}

    (folder / "district.toml").write_text(settings("2024Q2", "2024-07-15"), "utf-8")
    (folder / "inbox" / "又发.xlsx").write_bytes(content)  # as it was in the first quarter
    content, later = filled(form, AGENCIES[0], 202442, 7)
    (folder / "inbox" / "二季度.xlsx").write_bytes(content)
    run(folder, "2024-07-10T08:00:00")
    second = json.loads((folder / "output" / "2024Q2" / "run.json").read_text("utf-8"))
    assert second["counts"]["missing"] == 1
    [again] = [item for item in second["submissions"] if item["file"] == "又发.xlsx"]
    assert (again["verdict"], [item["code"] for item in again["findings"]]) == ("duplicate", ["F09"])
    said = again["findings"][0]["message"]
    assert said in (folder / "output" / "2024Q2" / "index.html").read_text("utf-8")
    [morning] = (folder / "output" / "2024Q2" / "letters").glob("*每日情况*.eml")
    assert said in words_in(morning).replace("\n", "")
    for period, own in (("2024Q1", sent[AGENCIES[0]]), ("2024Q2", later)):
        with (folder / "output" / period / "figures.csv").open(encoding="utf-8-sig", newline="") as file:
            [row] = [row for row in csv.DictReader(file) if row["agency"] == AGENCIES[0]]
        assert {key: int(row[key]) for key in own} == own
    # the quarter before is the past of this one
    assert nianbao("template", folder, "--now", "2024-07-11T08:00:00").returncode == 0
    [template] = (folder / "output" / "2024Q2" / "templates").glob("001*.xlsx")
    assert "2024年第一季度" in words_in(template)
    # and stands in the folder for the portal, under its name
    site = folder / "output" / "2024Q2" / "site"
    assert {path.name for path in (site / "reports").iterdir() if path.is_dir()} == {"2024Q1"}
    front = (site / "index.html").read_text("utf-8")
    assert '<th scope="col">2024年第一季度</th>' in front
    assert f'aria-label="{AGENCIES[0]} 2024年第一季度 Excel"' in front
    assert "202441" not in front
    assert links_of(site / "index.html", front.encode()).missing == ()


@pytest.mark.usefixtures("unprinted")
@pytest.mark.parametrize("period", ["2024Q1", "2024Q2"])
def test_nothing_says_a_word_of_the_annual_report(folder: Path, period: str) -> None:
    nianbao("papers", folder, "--now", "2024-07-12T08:00:00")
    output = folder / "output" / period
    said = {str(path.relative_to(output)): words_in(path) for path in output.rglob("*") if path.is_file()}
    assert len(said) > 15
    wrong = {
        name: [word for word in FOREIGN if word in text or word in name]
        for name, text in said.items()
        if any(word in text or word in name for word in FOREIGN)
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('period = "2024Q1"', "应在2024年第一季度结束"),
        ('period = "2024"', "2024Q2 这样"),
        ('period = "2024Q9"', "2024Q2 这样"),
        ("year = 2024", "不是一年一报"),
        ('year = 2023\nperiod = "2024Q1"', "只留 period"),
    ],
)
def test_a_period_that_cannot_be_is_refused(folder: Path, text: str, problem: str) -> None:
    deadline = "2024-03-31" if "结束" in problem else "2024-05-31"
    plain = settings("2024Q1", deadline).replace('period = "2024Q1"', text)
    kept = (folder / "district.toml").read_text("utf-8")
    (folder / "district.toml").write_text(plain, "utf-8")
    try:
        done = nianbao("status", folder)
    finally:
        (folder / "district.toml").write_text(kept, "utf-8")
    assert (done.returncode, problem in done.stderr) == (2, True), done.stderr


def test_a_file_without_a_period_is_asked_for_one_in_the_forms_own_words(tmp_path: Path) -> None:
    made = begun(tmp_path / "样例区")
    (made / "district.toml").write_text(settings("2024Q3", "2024-10-10"), "utf-8")
    form = load_form("service_quarter", made)
    numbers = inputs_only(form, consistent_numbers(form, random.Random(1)))
    (tmp_path / "以前.xlsx").write_bytes(build_workbook(form, Stamp(agency=AGENCIES[0]), values=numbers))
    done = nianbao("import", made, tmp_path / "以前.xlsx", "--now", "2024-10-02T08:00:00")
    assert "没有写明报告期，请用 --period 写明，例如 2024Q2" in done.stdout
    assert not [word for word in FOREIGN if word in done.stdout]
