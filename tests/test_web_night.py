"""What a night writes for browsers, through the command line."""

from __future__ import annotations

import random
import shutil
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

import pytest

from pipeline.forms.form import Form
from pipeline.model import Number
from pipeline.publishing.workbook import build_workbook
from tests.support.fills import report
from tests.support.folders import Ran, contents, inputs_only, make_district, run

NAME = "样例区财政局"


def filled(form: Form, name: str = NAME, values: Mapping[str, Number] | None = None) -> bytes:
    made = report(form, "", name, 2023, rng=random.Random(0))
    numbers = dict(zip((cell.key for cell in form.cells), made.numbers, strict=True))
    entries = {form.entry_with_role("agency").key: name, form.entry_with_role("year").key: "2023"}
    return build_workbook(
        form, values={**inputs_only(form, numbers), **made.texts, **entries, **(values or {})}
    )


@pytest.fixture
def district(form: Form, tmp_path: Path) -> Path:
    return make_district(tmp_path / "样例区", [NAME], {"年报.xlsx": filled(form)})


def changed(before: dict[str, bytes], ran: Ran) -> set[str]:
    after = contents(ran.folder)
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


def test_a_district_restyles_its_web_reports_and_nothing_else(district: Path) -> None:
    before = contents(run(district).folder)
    (district / "input_templates").mkdir()
    (district / "input_templates" / "report.css").write_text("h1 { color: #b00020 } /* 区色 */", "utf-8")
    assert changed(before, run(district)) == {f"reports/{NAME}.html", f"site/reports/{NAME}.html"}


def test_a_style_that_asks_the_network_ends_the_run_by_name(district: Path) -> None:
    (district / "input_templates").mkdir()
    (district / "input_templates" / "report.css").write_text("@import 'https://example.com/a.css';", "utf-8")
    ran = run(district)
    assert ran.code == 2
    assert "report.css" in ran.err
    assert not (ran.folder / "run.json").exists()


def test_the_site_holds_every_format_of_what_counts_and_only_that(district: Path, form: Form) -> None:
    (district / "inbox" / "别的局.xlsx").write_bytes(filled(form, "别的局"))
    ran = run(district)
    site = {
        path.removeprefix("site/"): content
        for path, content in contents(ran.folder).items()
        if path.startswith("site/")
    }
    assert set(site) == {
        "index.html",
        *(f"reports/{NAME}{suffix}" for suffix in (".html", ".docx", ".xlsx", ".csv")),
    }
    for suffix in (".html", ".docx"):
        assert site[f"reports/{NAME}{suffix}"] == (ran.folder / f"reports/{NAME}{suffix}").read_bytes()
    assert ran.record["files"]["site"] == "site/index.html"


def test_the_site_forgets_what_no_longer_counts_and_mends_what_was_lost(district: Path) -> None:
    ran = run(district)
    lost = ran.folder / "site" / "reports" / f"{NAME}.csv"
    lost.unlink()
    run(district)
    assert lost.is_file()
    roster = district / "agencies.csv"
    roster.write_text(roster.read_text("utf-8").replace(NAME, "改名局"), "utf-8")
    assert {path for path in contents(run(district).folder) if path.startswith("site/")} == {
        "site/index.html"
    }


@pytest.mark.libreoffice
def test_pdf_is_made_on_request_linked_kept_and_dropped_when_it_is_no_longer_true(
    district: Path, form: Form
) -> None:
    if shutil.which("soffice") is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    path = f"reports/{NAME}.pdf"
    run(district)
    first = run(district, "--pdf")
    assert (first.code, first.record["submissions"][0]["pdf"]) == (0, path)
    assert (first.folder / path).read_bytes() == (first.folder / "site" / path).read_bytes()
    for page, link in (("index.html", path), ("site/index.html", path)):
        assert quote(link) in (first.folder / page).read_text("utf-8")
    before = contents(first.folder)
    assert changed(before, run(district, "--pdf")) == set()
    assert changed(before, run(district)) == set()
    number = next(cell.key for cell in form.cells if cell.kind == "money")
    later = district / "inbox" / "2024-01-30"
    later.mkdir()
    (later / "年报.xlsx").write_bytes(filled(form, values={number: 77}))
    second = run(district)
    assert [item["pdf"] for item in second.record["submissions"]] == [None, None]
    assert not (second.folder / path).exists()
    assert not (second.folder / "site" / path).exists()


def test_without_libreoffice_everything_else_is_written_and_the_exit_code_is_the_environments(
    district: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = run(district, "--pdf")
    assert ran.code == 4
    assert "LibreOffice" in ran.err
    assert (ran.folder / f"reports/{NAME}.html").is_file()
    assert [item["pdf"] for item in ran.record["submissions"]] == [None]
