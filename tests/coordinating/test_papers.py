"""The papers of the office say what the ledger knows, fit their page, and keep what a person ticked."""

from __future__ import annotations

import re
import sqlite3
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document
from openpyxl import load_workbook

from pipeline.coordinating.papers import BUNDLE, PAPERS, unfinished, write_papers
from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.letter import Upward
from pipeline.model import Agency, ConfigError, Verdict
from pipeline.publishing.papers.conduct import Conduct, ReportedVersion
from pipeline.publishing.papers.notice import build_notice
from pipeline.publishing.papers.plain_word import new_page, signature
from pipeline.publishing.workbook.measure import display_width
from tests.support.folders import NOW, YEAR, filled, make_district, nianbao, run
from tests.support.libreoffice import SOFFICE, to_pdf
from tests.support.towns import Town

AGENCY = Agency("001", "甲局", "部门", "县区")
DEADLINE = date(2024, 1, 31)


def on(day: int) -> datetime:
    return datetime(2024, 2, day, 4, tzinfo=UTC)


def came(verdict: Verdict, day: int | None) -> ReportedVersion:
    return ReportedVersion(
        on(day) if day else None, went_back=verdict is Verdict.RETURNED, was_accepted=verdict.is_acceptance
    )


EXCEPTED_LATER = ReportedVersion(on(1), went_back=True, was_accepted=True)
"""A letter sent it back, then an exception was granted; or it was accepted, then a person sent it back."""


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        ([], ("未报送", 0, False, None, "未报送")),
        ([came(Verdict.ACCEPTED, None)], ("日期不详", 0, True, None, "已汇总")),
        ([came(Verdict.RETURNED, 2)], ("迟 2 天", 1, False, None, "退回修改")),
        (
            [came(Verdict.RETURNED, 1), came(Verdict.RETURNED, 3), came(Verdict.ACCEPTED, 6)],
            ("迟 1 天", 2, False, 5, "已汇总"),
        ),
        (
            [came(Verdict.ACCEPTED_WITH_REMARKS, 1), came(Verdict.RETURNED, 3)],
            ("迟 1 天", 1, True, 0, "已汇总"),
        ),
        ([EXCEPTED_LATER], ("迟 1 天", 1, False, 0, "已汇总")),
        (
            [came(Verdict.RETURNED, 1), replace(EXCEPTED_LATER, received=on(4)), came(Verdict.ACCEPTED, 15)],
            ("迟 1 天", 2, False, 3, "已汇总"),
        ),
    ],
)
def test_how_an_agency_reported(versions: list[ReportedVersion], said: tuple[object, ...]) -> None:
    own = Conduct(AGENCY, 2023, DEADLINE, versions, counts=any(item.was_accepted for item in versions))
    assert (own.punctuality, own.returns, own.is_right_at_once, own.days_to_mend, own.state) == said


@pytest.mark.parametrize(
    ("day", "said"), [(29, ("按时", "1月29日登记")), (31, ("按时", "1月31日登记")), (32, ("日期不详", ""))]
)
def test_what_was_registered_in_time_came_in_time(day: int, said: tuple[str, str]) -> None:
    seen = datetime(2023, 12, 31, 4, tzinfo=UTC) + timedelta(days=day)
    own = Conduct(
        AGENCY,
        2023,
        DEADLINE,
        [
            ReportedVersion(None, seen, went_back=True),
            ReportedVersion(None, seen + timedelta(days=3), was_accepted=True),
        ],
    )
    assert (own.punctuality, own.first_said, own.days_late) == (*said, 0)
    assert own.days_to_mend == (3 if own.first_day else None)


@pytest.mark.usefixtures("unprinted")
def test_the_papers_are_written_and_ticks_are_kept(tmp_path: Path, form: Form) -> None:
    folder = make_district(tmp_path / "区", ["甲局", "乙局"], {"甲局.xlsx": filled(form, "甲局")})
    district, output = load_district(folder), folder / "output"
    with pytest.raises(ConfigError, match="run"):
        write_papers(district, output, today=DEADLINE, upward=Upward())
    run(folder)
    paths = write_papers(district, output, today=DEADLINE, upward=Upward())
    assert all(path.is_file() for path in paths)
    notice = Document(str(next(path for path in paths if path.suffix == ".docx")))
    lines = [paragraph.text for paragraph in notice.paragraphs]
    assert lines[1] == "各有关单位："
    assert "应报送 2 家，已报送 1 家" in lines[2]
    assert lines[-3:] == ["特此通报。", district.office, "2024年1月31日"]
    ticks = folder / "公布情况_2023.xlsx"
    book = load_workbook(ticks)
    book.worksheets[0]["C3"], book.worksheets[0]["E3"] = "是", "www.x.example"
    book.save(ticks)
    before = {path: path.read_bytes() for path in paths if path.suffix == ".docx"}
    write_papers(district, output, today=DEADLINE, upward=Upward())
    again = load_workbook(ticks).worksheets[0]
    assert (again["B3"].value, again["C3"].value, again["E3"].value) == ("甲局", "是", "www.x.example")
    assert {path: path.read_bytes() for path in before} == before, "the same content, the same bytes"
    with zipfile.ZipFile(output / "2023" / PAPERS / "上报材料.zip") as package:
        assert len([name for name in package.namelist() if name.endswith((".docx", ".xlsx"))]) == 3
    said = nianbao("papers", folder, "--now", NOW).stdout
    [draft] = unfinished(paths)
    assert (output / "2023" / draft).is_file(), "the name that it has where it is to be opened"
    assert f"上报材料里的《{draft}》还有未补写的" in said


@pytest.mark.usefixtures("unprinted")
def test_what_was_written_of_who_left_the_roster_is_kept_and_counted(tmp_path: Path, form: Form) -> None:
    """Likewise what somebody added by hand, and a row that stands there twice; an empty row goes."""
    folder = make_district(
        tmp_path / "区", ["甲局", "乙局", "丙局", "丁局"], {"甲局.xlsx": filled(form, "甲局")}
    )
    run(folder)
    output, ticks = folder / "output", folder / "公布情况_2023.xlsx"
    write_papers(load_district(folder), output, today=DEADLINE, upward=Upward())
    book = load_workbook(ticks)
    page = book.worksheets[0]
    written = {"C4": "是", "E4": "www.y.example", "C5": "是", "D5": "2024-02-01", "F3": "缓"}
    added = {"B12": "市直单位", "F12": "垂管", "A13": "001", "B13": "甲局", "F13": "另有一份"}
    for place, text in (written | added).items():
        page[place] = text
    book.save(ticks)
    (folder / "agencies.csv").write_text("code,name\n001,甲局\n003,丙局\n", "utf-8")
    for _ in range(2):
        write_papers(load_district(folder), output, today=DEADLINE, upward=Upward())
        rows = [
            [str(value or "") for value in row]
            for row in load_workbook(ticks, data_only=True)
            .worksheets[0]
            .iter_rows(min_row=3, values_only=True)
        ]
        assert rows[0] == ["001", "甲局", "", "", "", "缓"]
        assert rows[1] == ["003", "丙局", "是", "2024-02-01", "", ""]
        assert [row[2] for row in rows if row[0] == "已公布"] == ["2"]
        assert rows[-3:] == [
            ["002", "乙局", "是", "", "www.y.example", ""],
            ["", "市直单位", "", "", "", "垂管"],
            ["001", "甲局", "", "", "", "另有一份"],
        ]
        assert not any("丁局" in row for row in rows)


@pytest.mark.usefixtures("unprinted")
def test_what_went_back_is_told_by_the_letters_that_left_and_what_waits_is_no_return(
    form: Form, tmp_path: Path
) -> None:
    """Two returns; one is excepted after its letter left, the other is explained."""
    town = Town.of(form, tmp_path / "区", "甲局", "乙局")
    past = next(key for key in form.by_key if key.endswith("carried_forward.natural_person"))
    for number, name in enumerate(("甲局", "乙局"), 1):
        figures = dict(zip((cell.key for cell in form.cells), town.written(name, 1).numbers, strict=True))
        last = town.book(name, 1, year=YEAR - 1, wrong={past: int(figures[past]) + 3})
        (town.folder / f"上年{number}.xlsx").write_bytes(last)
        assert town.say("import", town.folder / f"上年{number}.xlsx", now="2024-01-08T09:00:00").code == 0
        town.put(f"2024-01-09/{name}.xlsx", town.book(name, 1))
    town.run("2024-01-09")
    town.say("send", "--by-hand", "--agency", "甲局", "--all", now="2024-01-10T09:00:00")
    town.put("2024-01-11/说明.xlsx", town.book("乙局", 1, explanations={"T3-04": "上年重复登记"}))
    assert town.decide("waive", "甲局", "T3-04", day="2024-01-11").code == 0
    town.run("2024-01-11")
    district, output = load_district(town.folder), town.folder / "output"
    write_papers(district, output, today=DEADLINE, upward=Upward())
    page = load_workbook(output / str(YEAR) / PAPERS / "考核明细.xlsx").worksheets[0]
    said = {row[2]: (row[7], row[8], row[9], row[11]) for row in page.iter_rows(min_row=3, values_only=True)}
    assert said["甲局"] == ("否", 1, 1, "已汇总")
    assert said["乙局"] == ("否", 2, 1, "待核准")


@pytest.mark.usefixtures("unprinted")
def test_a_report_of_last_year_is_as_late_as_was_said_then(form: Form, tmp_path: Path) -> None:
    """The deadline was another day; one agency had longer; since then one was renamed and one left the roster."""
    town = Town.of(form, tmp_path / "区", "甲局", "乙局", "丙局", year=2022)
    settings = town.folder / "district.toml"

    def due(day: str) -> None:
        written = settings.read_text("utf-8")
        settings.write_text(re.sub(r"deadline = \S+", f"deadline = {day}", written), "utf-8")

    due("2023-01-17")
    assert town.decide("extend", "乙局", "2023-01-20", day="2023-01-10").code == 0
    for name in ("甲局", "乙局", "丙局"):
        town.put(f"2023-01-19/{name}.xlsx", town.book(name, 1))
    town.run("2023-01-19")

    def said(year: int) -> tuple[dict[object, object], str]:
        district = load_district(town.folder)
        write_papers(district, town.folder / "output", today=date(year + 1, 2, 1), upward=Upward())
        book = load_workbook(town.folder / "output" / str(year) / PAPERS / "考核明细.xlsx")
        rows = list(book["2022"].iter_rows(min_row=3, values_only=True))
        return {row[2]: row[5] for row in rows if row[2]}, str(rows[-1][0])

    then = said(2022)
    assert then[0] == {"甲局": "迟 2 天", "乙局": "按时", "丙局": "迟 2 天"}
    assert "截止日期 2023-01-17" in then[1]
    town.year = 2023
    town.settings()
    town.change("001", name="新甲局", former_names="甲局")
    del town.lines["003"]
    town.save()
    town.run("2024-01-10")
    assert said(2023) == then
    with sqlite3.connect(town.folder / "output" / "ledger" / "ledger.sqlite") as ledger:
        [guard] = ledger.execute("SELECT sql FROM sqlite_master WHERE name = 'events_last'").fetchone()
        ledger.execute("DROP TRIGGER events_last")
        ledger.execute("DELETE FROM events WHERE kind = 'deadline' AND year = 2022")
        ledger.execute(guard)
    assert "没有记录" in said(2023)[1], "by an earlier version"


@pytest.mark.usefixtures("unprinted")
@pytest.mark.parametrize("name", ["disclosure_statistics_quarter", "request_register"])
def test_what_nobody_publishes_is_not_asked_after(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "样例区"
    assert nianbao("init", folder, "--form", name).returncode == 0
    now = f"{load_district(folder).deadline}T08:00:00"
    assert nianbao("run", folder, "--now", now).returncode in (0, 1)
    assert nianbao("papers", folder, "--now", now).returncode == 0
    assert [*folder.glob("公布情况*")] == []
    assert load_form().is_public


def test_papers_say_what_they_are_in_their_properties_and_styles() -> None:
    own = [Conduct(AGENCY, 2023, DEADLINE, [came(Verdict.ACCEPTED, 1)])]
    notice = Document(BytesIO(build_notice(load_form(), "样例区", "样例区政务公开办", DEADLINE, own)))
    properties = notice.core_properties
    assert properties.title == notice.paragraphs[0].text == "关于2023年政府信息公开工作年度报告报送情况的通报"
    assert (properties.author, properties.comments) == ("样例区政务公开办", "")
    assert (properties.created.date(), properties.language) == (DEADLINE, "zh-CN")
    assert notice.element.xpath("//w:body/w:p[1]//w:pStyle/@w:val") == ["Title"]
    assert len(notice.element.xpath("//w:tbl/w:tr[1]//w:tblHeader")) == 1, "the heads stand on every page"


@pytest.mark.libreoffice
def test_the_letter_numbers_its_attachments_as_the_files_are_numbered(tmp_path: Path, form: Form) -> None:
    """Each part is packed as PDF beside it, too."""
    if SOFFICE is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    folder = make_district(tmp_path / "区", ["甲局"], {"甲局.xlsx": filled(form, "甲局")})
    district, output = load_district(folder), folder / "output"
    run(folder)
    write_papers(district, output, today=DEADLINE, upward=Upward())
    with zipfile.ZipFile(output / "2023" / PAPERS / BUNDLE) as package:
        names = [Path(name).stem for name in package.namelist() if name.endswith((".docx", ".xlsx"))]
        printed = [Path(name).stem for name in package.namelist() if package.read(name).startswith(b"%PDF")]
        cover = Document(BytesIO(package.read("报送函.docx")))
    said = [paragraph.text for paragraph in cover.paragraphs]
    listed = [line.removeprefix("附件：").replace(". ", "_") for line in said if ". " in line]
    assert [f"附件{line}" for line in listed] == names[1:]
    assert printed == names
    assert {"特此函报。", district.office, "2024年1月31日"} < set(said)
    assert not any("你们" in line for line in said)


@pytest.mark.parametrize("office", ["甲区政务公开办", "样例市样例区人民政府政务公开领导小组办公室"])
def test_the_office_is_centred_over_the_date(office: str) -> None:
    document = new_page("函", office, DEADLINE, sides=28, ends=36)
    signature(document, office, DEADLINE, 16)
    signed, dated = (line.paragraph_format.right_indent.pt / 16 for line in document.paragraphs)
    middle = dated + display_width("2024年1月31日") / 4
    assert signed + display_width(office) / 4 == pytest.approx(middle, abs=0.1)
    assert (dated >= 4, signed >= 0) == (True, True)


@pytest.mark.libreoffice
def test_the_notice_is_one_page(tmp_path: Path) -> None:
    own = Conduct(AGENCY, 2023, DEADLINE, [came(Verdict.ACCEPTED, 1)])
    paths = {count: tmp_path / f"通报{count}.docx" for count in (3, 46)}
    for count, path in paths.items():
        path.write_bytes(build_notice(load_form(), "样例区", "样例区政务公开办", DEADLINE, [own] * count))
    for printed in to_pdf([*paths.values()], tmp_path / "out"):
        content = printed.read_bytes()
        assert content.count(b"/Type/Page\n") + content.count(b"/Type/Page/") == 1, printed.name
