"""What a night writes for browsers, through the command line."""

from __future__ import annotations

import csv
import io
import random
import shutil
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from lxml import html
from lxml.html import HtmlElement

from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.ledger import decisions, letters, open_ledger
from pipeline.letter import KIND_WORDS, LetterKind
from pipeline.model import CHINA, Decision, Number
from pipeline.publishing import document_paths
from pipeline.publishing.data import record
from pipeline.publishing.template import build_workbook
from pipeline.run.letters import outgoing as letterbox
from tests.support.fills import report
from tests.support.folders import Ran, contents, inputs_only, make_district, nianbao, run

NAME = "样例区财政局"
NOW = datetime(2024, 2, 3, tzinfo=CHINA)
SAMPLE = Path(__file__).parent.parent / "examples" / "linping-2023"


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
    roster.write_text(roster.read_text("utf-8").replace(f'001,"{NAME}"', "002,别的局"), "utf-8")
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
    (first.folder / "site" / path).unlink()
    assert changed(before, run(district)) == set()
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


def page_of(ran: Ran, path: str) -> HtmlElement:
    found = html.document_fromstring((ran.folder / path).read_text("utf-8"))
    assert isinstance(found, HtmlElement)
    return found


def links_of(page: HtmlElement) -> set[str]:
    links = {unquote(item.get("href") or "") for item in page.iter("a")}
    return {link for link in links if not link.startswith(("#", "tel:"))}


def test_the_page_leads_to_every_output_that_the_record_names(sample: Ran) -> None:
    named = record.paths(sample.record) - {sample.record["files"]["dashboard"]}
    links = links_of(page_of(sample, "index.html"))
    assert {link for link in links if not link.startswith("letters/")} == named | {"待办.xlsx"}
    assert [link for link in links if not (sample.folder / link).is_file()] == []


def test_the_page_counts_what_the_record_counts(sample: Ran) -> None:
    page = page_of(sample, "index.html")
    tiles = {
        item.get("data-state"): (item.findtext("b") or "").strip()
        for item in page.iter("a")
        if item.get("data-state")
    }
    counts = dict(sample.record["counts"])
    others = ("accepted", "accepted_with_remarks", "returned", "missing")
    counts["held"] = counts["expected"] - sum(
        counts[state] for state in others
    )  # agencies; the record counts files
    assert set(tiles) == {*others, "held"}
    assert tiles == {state: str(counts[state]) for state in tiles}
    listed = [item for item in page.iter("tr") if item.get("data-state")]
    assert len(listed) == counts["expected"]


def told(page: HtmlElement) -> dict[str, str]:
    """Return what the page says of the letters to each agency, the same wherever it says so."""
    places = page.xpath("//span[contains(@class, 'told')]")
    said = {(item.get("data-agency") or "", item.text_content()) for item in places}
    assert len(said) == len(dict(said))
    return dict(said)


def test_the_page_says_of_every_agency_whether_it_was_told(tmp_path: Path, sample: Ran) -> None:
    output = shutil.copytree(sample.folder.parent, tmp_path / "output")
    ran = replace(sample, folder=output / sample.folder.name)
    district = load_district(SAMPLE)
    said = told(page_of(ran, "index.html"))
    assert set(said) == {"", *(agency.code for agency in district.agencies)}
    with open_ledger(output) as ledger:
        written = letters.last_by_agency(ledger, district.year)
        assert {code for code, words in said.items() if code and "待发" not in words} == set(said) - set(
            written
        ) - {""}
        gone, refused, *_ = written.values()
        letters.sent(ledger, gone.key, NOW)
        letters.failed(ledger, refused.key, "550 no such user", retry=False, at=NOW)
        letterbox.lay_out(ledger, district, ran.folder, now=NOW)
    after = told(page_of(ran, "index.html"))
    assert {code for code in said if said[code] != after[code]} == {"", gone.agency, refused.agency}
    assert after[gone.agency or ""] == f"已去信：{KIND_WORDS[LetterKind(gone.kind)]}（2月3日）"
    assert "550 no such user" in after[refused.agency or ""]
    assert "没有送达 1 封" in after[""]
    links = {link for link in links_of(page_of(ran, "index.html")) if link.startswith("letters/")}
    assert [link for link in links if not (ran.folder / link).is_file()] == []
    before = contents(ran.folder)
    assert changed(before, run(SAMPLE, output=output)) == {"待办.xlsx"}, (
        "the refused letter waits for a person"
    )


def test_many_agencies_stand_on_pages_of_their_own_that_come_and_go_with_the_roster(
    form: Form, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    names = [f"样例区第{number}局" for number in range(5)]
    folder = make_district(tmp_path / "样例区", names, {"年报.xlsx": filled(form, names[3])})
    whole = run(folder)
    assert [path for path in contents(whole.folder) if path.startswith("各单位")] == []
    everybody = told(page_of(whole, "index.html"))
    shutil.rmtree(folder / "output")
    monkeypatch.setattr(document_paths, "MOST_ROWS", 4)
    monkeypatch.setattr(document_paths, "_PER_LIST", 2)
    ran = run(folder)
    lists = ["各单位_00001-00002.html", "各单位_00003-00004.html", "各单位_00005-00005.html"]
    assert ran.record["lists"] == lists
    links = set().union(*(links_of(page_of(ran, path)) for path in ("index.html", *lists)))
    assert [link for link in links if not (ran.folder / link.partition("#")[0]).is_file()] == []
    said = told(page_of(ran, "index.html"))
    for path in lists:
        said |= told(page_of(ran, path))
    assert said == everybody
    before = contents(ran.folder)
    (ran.folder / lists[1]).unlink()
    assert changed(before, run(folder)) == set(), "made again from the ledger"
    roster = folder / "agencies.csv"
    roster.write_text("\n".join(roster.read_text("utf-8").splitlines()[:5]) + "\n", "utf-8")
    fewer = run(folder)
    assert "lists" not in fewer.record
    assert [path for path in contents(fewer.folder) if path.startswith("各单位")] == []


def test_an_extended_deadline_that_passes_shows_without_anything_new(tmp_path: Path) -> None:
    """The 16th hour of a day in London is the next day in China."""
    extra = '[[extension]]\nagency = "001"\nuntil = 2024-02-05\nreason = "机构改革"\n'
    folder = make_district(tmp_path / "样例区", [NAME], {}, extra=extra)
    lates = []
    for moment in ("2024-02-05T23:00:00+08:00", "2024-02-05T16:30:00+00:00"):
        nianbao("run", folder, "--now", moment)
        lates.append("逾期" in (folder / "output" / "2023" / "index.html").read_text("utf-8"))
    assert lates == [False, True]


def test_the_page_shows_the_exceptions_that_were_granted(district: Path) -> None:
    run(district)
    waiver = Decision.waive("001", "T3-04", "机构<合并>", "王主任", NOW)
    with open_ledger(district / "output") as ledger:
        decisions.give(ledger, 2023, waiver)
    [shown] = page_of(run(district), "index.html").find_class("waiver")
    assert shown.text_content() == "准予例外：T3-04，机构<合并>（王主任）"


def test_the_front_page_leads_to_the_whole_site_and_to_nothing_else(sample: Ran) -> None:
    site = {path.removeprefix("site/") for path in contents(sample.folder) if path.startswith("site/")}
    assert links_of(page_of(sample, "site/index.html")) == site - {"index.html"}


def test_the_site_tells_nothing_of_how_reports_came_about(sample: Ran) -> None:
    """No telephone of the roster, no name of a file that was sent, no agency that is not published."""
    front = (sample.folder / "site" / "index.html").read_text("utf-8")
    roster = csv.DictReader(io.StringIO((SAMPLE / "agencies.csv").read_text("utf-8-sig")))
    published = {item["agency"] for item in sample.record["submissions"] if item["site"]}
    for row in roster:
        assert row["phone"] not in front
        assert (f">{row['name']}<" in front) is (row["code"] in published)
