"""A city runs the same pipeline over its districts: what a district's run writes goes up as it is."""

from __future__ import annotations

import io
import random
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from pipeline.district.folder import load_district
from pipeline.forms.drafts import has_figures
from pipeline.forms.form import Form
from pipeline.intake.read import reading
from pipeline.machine.work import Workforce
from pipeline.publishing.drafting import district_report
from pipeline.publishing.template import Stamp, build_workbook
from pipeline.publishing.template.list_pages import READY
from pipeline.run import batch
from tests.support import fills
from tests.support.districts import agency, assessment, merged
from tests.support.fills import report
from tests.support.folders import YEAR, contents, inputs_only

NOW = datetime(2024, 2, 1, 8, tzinfo=UTC)
DISTRICTS = ("样例市甲区", "样例市乙区", "样例市丙县")


def made(folder: Path, name: str, level: str, roster: list[str], files: dict[str, bytes]) -> Path:
    (folder / "inbox").mkdir(parents=True)
    (folder / "district.toml").write_text(
        f'name = "{name}"\nlevel = "{level}"\nyear = {YEAR}\nform = "annual_report_2021"\ndeadline = 2024-01-31\n',
        "utf-8",
    )
    lines = [f"{number:03},{agency},县区" for number, agency in enumerate(roster, 1)]
    (folder / "agencies.csv").write_text("\n".join(["code,name,level", *lines]), "utf-8")
    for file, content in files.items():
        (folder / "inbox" / file).write_bytes(content)
    return folder


def night(folder: Path) -> batch.Outcome:
    return batch.run(
        load_district(folder), folder / "output", now=NOW, work=Workforce(), progress=lambda *_: None
    )


def agency_file(form: Form, name: str, seed: str) -> bytes:
    filled = report(form, "", name, YEAR, rng=random.Random(seed))
    numbers = dict(zip((cell.key for cell in form.cells), filled.numbers, strict=True))
    return build_workbook(
        form, Stamp(agency=name, year=YEAR), values={**inputs_only(form, numbers), **filled.texts}
    )


def district_night(form: Form, folder: Path, name: str, *, absent: int = 0) -> batch.Outcome:
    roster = [f"{name}第{number}局" for number in range(1, 4)]
    files = {f"{agency}.xlsx": agency_file(form, agency, f"{name}{agency}") for agency in roster[absent:]}
    return night(made(folder, name, "县区", roster, files))


def sums(outcome: batch.Outcome) -> list[Decimal]:
    lines = (outcome.folder / "figures.csv").read_text("utf-8-sig").splitlines()
    return [
        sum(map(Decimal, column), start=Decimal(0))
        for column in zip(*(line.split(",")[2:] for line in lines[1:]), strict=True)
    ]


@pytest.fixture(scope="module")
def districts(form: Form, tmp_path_factory: pytest.TempPathFactory) -> list[batch.Outcome]:
    root = tmp_path_factory.mktemp("districts")
    return [district_night(form, root / name, name) for name in DISTRICTS]


def test_a_city_accepts_its_districts_and_its_sums_are_theirs(
    districts: list[batch.Outcome], tmp_path: Path
) -> None:
    files = {
        Path(item.record["files"]["upward"]).name: (item.folder / item.record["files"]["upward"]).read_bytes()
        for item in districts
    }
    assert len(files) == len(DISTRICTS)
    city = night(made(tmp_path, "样例市", "设区的市", list(DISTRICTS), files))
    counts = city.record["counts"]
    assert counts["accepted"] + counts["accepted_with_remarks"] == len(DISTRICTS)
    expected = [sum(column, start=Decimal(0)) for column in zip(*map(sums, districts), strict=True)]
    assert sums(city) == expected
    assert any(expected)


def test_what_refers_to_a_report_of_its_own_title_is_not_offered_for_the_portal(
    form: Form, districts: list[batch.Outcome], tmp_path: Path
) -> None:
    """A table of sums says 见《…报告》; printed, that would be itself. What a body wrote itself is offered."""
    up = districts[0].folder / districts[0].record["files"]["upward"]
    bureau = "样例市财政局"
    files = {up.name: up.read_bytes(), "b.xlsx": agency_file(form, bureau, "b")}
    city = night(made(tmp_path, "样例市", "设区的市", [DISTRICTS[0], bureau], files))
    there = {path for path in contents(city.folder) if path.startswith("site/reports/")}
    assert there == {f"site/reports/{bureau}{suffix}" for suffix in (".html", ".docx", ".xlsx", ".csv")}
    offered = {item["agency_name"]: item["site"] for item in city.record["submissions"]}
    assert offered == {DISTRICTS[0]: None, bureau: f"site/reports/{bureau}.html"}
    front = (city.folder / "site" / "index.html").read_text("utf-8")
    assert bureau in front
    assert DISTRICTS[0] not in front
    assert "不含上报表 1 份" in (city.folder / "index.html").read_text("utf-8")
    assert {item["site"] is None for item in districts[0].record["submissions"]} == {False}


def test_a_portal_that_held_such_a_report_is_cleared(
    form: Form, districts: list[batch.Outcome], tmp_path: Path
) -> None:
    """A district first sent a report of its own, then its table of sums."""
    folder = made(
        tmp_path, "样例市", "设区的市", [DISTRICTS[0]], {"a.xlsx": agency_file(form, DISTRICTS[0], "a")}
    )
    there = night(folder).folder / "site" / "reports"
    assert len(list(there.iterdir())) == 4
    up = districts[0].folder / districts[0].record["files"]["upward"]
    (folder / "inbox" / "2024-01-30").mkdir()
    (folder / "inbox" / "2024-01-30" / up.name).write_bytes(up.read_bytes())
    assert night(folder).record["submissions"][0]["version"] == 2
    assert list(there.iterdir()) == []


def test_the_same_districts_give_a_city_the_same_bytes(
    districts: list[batch.Outcome], tmp_path: Path
) -> None:
    files = {
        Path(item.record["files"]["upward"]).name: (item.folder / item.record["files"]["upward"]).read_bytes()
        for item in districts
    }
    orders = (files, dict(reversed(files.items())))
    one, other = (
        night(made(tmp_path / str(number), "样例市", "设区的市", list(DISTRICTS), order))
        for number, order in enumerate(orders)
    )
    assert contents(one.folder) == contents(other.folder)


def test_a_draft_that_nobody_finished_is_not_accepted(form: Form, tmp_path: Path) -> None:
    """Every gap of the district's own report is one that rule N14 catches."""
    name, roster = DISTRICTS[0], [agency(number) for number in range(1, 3)]
    summary = replace(merged(form, roster, [assessment(form, owner) for owner in roster]), district=name)
    texts = district_report(form, summary).texts
    gaps = [draft.text for draft in form.drafts if draft.ask]
    assert gaps
    for number, key in enumerate(gaps):
        whole = report(form, "", name, YEAR, fills.zeros(form))
        file = build_workbook(
            form,
            Stamp(agency=name, year=YEAR),
            values={**inputs_only(form, fills.zeros(form)), **whole.texts, key: texts[key]},
        )
        outcome = night(made(tmp_path / str(number), "样例市", "设区的市", [name], {"a.xlsx": file}))
        [submission] = outcome.record["submissions"]
        assert "N14" in {finding["code"] for finding in submission["findings"]}, key
        assert submission["verdict"] == "returned", key


def test_sums_that_lack_an_agency_say_so_where_the_city_sees_it(form: Form, tmp_path: Path) -> None:
    name = DISTRICTS[0]
    outcome = district_night(form, tmp_path / "district", name, absent=1)
    file = outcome.folder / outcome.record["files"]["upward"]
    city = night(made(tmp_path / "city", "样例市", "设区的市", [name], {file.name: file.read_bytes()}))
    found = reading.read(form, file.read_bytes())
    assert "部分汇总 2 / 3 家" in found.texts[form.texts[0].key]
    assert f"{name}第1局" in found.texts[form.texts[0].key]
    guide = form.sheet_of_kind("guide").name
    shown = [
        cell.value
        for row in openpyxl.load_workbook(file, data_only=True)[guide]
        for cell in row
        if isinstance(cell.value, str)
    ]
    assert "部分汇总，不能报送" in shown
    assert READY not in shown
    [submission] = city.record["submissions"]
    assert submission["verdict"] == "returned"
    assert "N14" in {finding["code"] for finding in submission["findings"]}


def test_partial_sums_are_called_partial_on_every_sheet_and_in_every_sentence(
    form: Form, tmp_path: Path
) -> None:
    """Whoever deletes the paragraph and sends them up knowingly still sends them as partial; the city can read them."""
    mark, name = "部分汇总 2 / 3 家", DISTRICTS[0]
    outcome = district_night(form, tmp_path / "district", name, absent=1)
    content = (outcome.folder / outcome.record["files"]["upward"]).read_bytes()
    book = openpyxl.load_workbook(io.BytesIO(content))
    for table in form.tables:
        sheet = book[form.sheet(table.sheet).name]
        assert mark in str(sheet["A1"].value)
        assert mark in str(sheet.HeaderFooter.oddHeader)
    texts = reading.read(form, content).texts
    with_sums = [draft.text for draft in form.drafts if any(map(has_figures, draft.lines))]
    assert len(with_sums) == 2
    for key in with_sums:
        stated = [line for line in texts[key].splitlines() if "件" in line]
        assert stated
        assert all(line.startswith(f"（{mark}）") for line in stated)
    cell = form.places[form.texts[0].key]
    field = book[cell.sheet][cell.cell]
    field.value = str(field.value).partition("\n")[2]
    stream = io.BytesIO()
    book.save(stream)
    city = night(made(tmp_path / "city", "样例市", "设区的市", [name], {"a.xlsx": stream.getvalue()}))
    [submission] = city.record["submissions"]
    assert submission["verdict"] in {"accepted", "accepted_with_remarks"}
    assert sums(city) == sums(outcome)
