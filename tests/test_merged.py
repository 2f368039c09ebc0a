"""Agencies that become part of others while reports come in: what counts of them, what is said of them, and the next year."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest

from pipeline.forms.form import Form
from tests.support.towns import Town, box

SPORTS, CULTURE, OTHER = "体育局", "文旅局", "财政局"
LICENCES = "proactive.licences.decisions"


def at(day: int, year: int = 2024) -> str:
    return f"Wed, {day:02} Jan {year} 09:30:00 +0800"


@pytest.fixture
def town(form: Form, tmp_path: Path) -> Town:
    """All have reported by 10 January; on the 12th 体育局 becomes part of 文旅局."""
    town = Town.of(form, tmp_path / "区", SPORTS, CULTURE, OTHER)
    for code, (name, *_) in town.lines.items():
        town.receive(box(code), at(9), ("年报.xlsx", town.book(name)))
    assert town.run("2024-01-10").code == 0
    town.change("001", merged_into=f"{CULTURE} 2024-01-12")
    return town


def merged_report(town: Town, seed: int = 5) -> None:
    """文旅局 reports for both."""
    town.receive(box("002"), at(15), ("合并.xlsx", town.book(CULTURE, seed)))
    assert town.run("2024-01-15").code == 0
    assert set(town.figures) == {CULTURE, OTHER}


def next_year(town: Town) -> None:
    town.year += 1
    town.settings()


def last_year_in_template(town: Town, code: str, name: str) -> tuple[str, list[Decimal]]:
    """What the template says of last year: where it is from, and the figures."""
    assert town.say("template", "--agency", name, now="2025-01-05T09:00:00").code == 0
    [path] = (town.folder / "output" / str(town.year) / "templates").glob(f"{code}_*.xlsx")
    sheet = openpyxl.load_workbook(path)["上年数据"]
    rows = sheet.iter_rows(min_row=4)
    return str(sheet["A2"].value), [Decimal(str(row[2].value)) for row in rows if row[2].value is not None]


def numbers(*reports: list[str]) -> list[Decimal]:
    return [Decimal(sum(map(Decimal, several))) for several in zip(*reports, strict=True)]


# ---------------------------------------------------------------- the next year


def test_what_the_merged_report_held_is_last_years_and_counted_once(town: Town) -> None:
    merged_report(town)
    whole, other = town.figures[CULTURE], town.figures[OTHER]
    next_year(town)
    source, figures = last_year_in_template(town, "002", CULTURE)
    assert "合并各单位之和" not in source
    assert figures == numbers(whole)
    town.run("2025-01-06")
    assert last_year_in_the_workbook(town) == disclosed(town, numbers(whole, other))


def test_what_a_dissolved_body_reported_is_in_last_years_sum(town: Town) -> None:
    merged_report(town)
    whole, other = town.figures[CULTURE], town.figures[OTHER]
    next_year(town)
    del town.lines["003"]
    town.save()
    town.run("2025-01-06")
    assert last_year_in_the_workbook(town) == disclosed(town, numbers(whole, other))


def last_year_in_the_workbook(town: Town) -> list[Decimal]:
    """The district's figures of the first table as 同比 says they were."""
    book = openpyxl.load_workbook(town.ran.folder / town.ran.record["files"]["summary"])
    past = [row[2].value for row in book["同比"].iter_rows() if isinstance(row[2].value, int | float)]
    return disclosed(town, [Decimal(str(item)) for item in past])


def disclosed(town: Town, figures: list[Decimal]) -> list[Decimal]:
    return figures[: len(town.form.cells_of(town.form.tables[0].key))]


def test_what_both_reported_before_the_merger_is_added_up(town: Town) -> None:
    assert town.run("2024-01-12").code == 0
    assert set(town.figures) == {SPORTS, CULTURE, OTHER}
    both = numbers(town.figures[SPORTS], town.figures[CULTURE])
    next_year(town)
    source, figures = last_year_in_template(town, "002", CULTURE)
    assert "合并各单位之和" in source
    assert figures == both


# ---------------------------------------------------------------- what went up


def deliver(town: Town, day: str, *said: str) -> str:
    """Sign what stands, hand it over, and return its letter."""
    assert town.say("deliver", "--by", "王主任", *said, now=f"{day}T10:00:00").code == 0
    [letter] = [item for item in town.letters if item["X-Nianbao"] == "delivery"]
    assert town.say("send", "--by-hand", "--all", now=f"{day}T11:00:00").code == 0
    body = letter.get_body()
    assert body is not None
    return str(body.get_content())


def changes(town: Town) -> set[object]:
    """What the district workbook says of agencies that came or went since the delivery."""
    book = openpyxl.load_workbook(town.ran.folder / town.ran.record["files"]["summary"])
    return {row[6].value for row in book["版本与更正"].iter_rows() if "上次" in str(row[6].value)}


def test_a_correction_after_a_merger_says_what_its_workbook_says(form: Form, tmp_path: Path) -> None:
    town = Town.of(form, tmp_path / "区", SPORTS, CULTURE, OTHER)
    with (town.folder / "district.toml").open("a", encoding="utf-8") as settings:
        settings.write('district_office_email = "qfb@district.example"\n')
    for code, (name, *_) in town.lines.items():
        town.receive(box(code), at(9), ("年报.xlsx", town.book(name)))
    assert town.run("2024-01-10").code == 0
    assert "全部 3 家" in deliver(town, "2024-01-11")

    # Its successor has not reported anew: its own report counts on, in the workbook and in what is said of it.
    town.change("001", merged_into=f"{CULTURE} 2024-01-12")
    town.receive(box("003"), at(12), ("年报2.xlsx", town.book(OTHER, 2)))
    said = town.run("2024-01-12")
    assert set(town.figures) == {SPORTS, CULTURE, OTHER}
    assert changes(town) == set()
    assert SPORTS not in said.text
    letter = deliver(town, "2024-01-13", "--reason", "漏计")
    assert "全部 3 家" in letter
    assert SPORTS not in letter

    # Once the report of the whole counts, it says what became of the part.
    town.receive(box("002"), at(15), ("合并.xlsx", town.book(CULTURE, wrong={LICENCES: 977})))
    town.run("2024-01-15")
    gone = f"上次已汇总，现已并入{CULTURE}，由其合并报送，不再单独计入"
    assert changes(town) == {gone}
    letter = deliver(town, "2024-01-16", "--reason", "机构合并")
    assert "全部 2 家" in letter
    assert f"{SPORTS}：{gone}" in letter


# ---------------------------------------------------------------- between two runs


def counts(text: str) -> list[str]:
    """The sentence in which a run and the status say how many agencies stand where."""
    return [line.strip() for line in text.splitlines() if line.strip().startswith("应报送")]


def held_under(town: Town) -> dict[object, object]:
    """The headings of 报送情况 under which files wait, each with whose the first is."""
    book = openpyxl.load_workbook(town.ran.folder / town.ran.record["files"]["summary"])
    rows = list(book["报送情况"].iter_rows(values_only=True))
    return {row[0]: below[2] for row, below in pairwise(rows) if "请核实后处理" in str(row[0])}


def test_status_counts_mergers_as_a_run_does(town: Town) -> None:
    ran = town.run("2024-01-12")
    status = town.say("status", now="2024-01-12T21:00:00").text
    assert "应报送 3 家" in counts(ran.text)[0]
    assert counts(status) == counts(ran.text)
    assert f"{SPORTS}　2024-01-12 并入{CULTURE}；合并前的报送仍单独计入" in status

    merged_report(town)
    town.receive(box("001"), at(16), ("年报.xlsx", town.book(SPORTS, 3)))
    ran = town.run("2024-01-16")
    status = town.say("status", now="2024-01-16T21:00:00").text
    assert "应报送 2 家" in counts(ran.text)[0]
    assert "待核实的文件 1 份" in counts(ran.text)[0]
    assert counts(status) == counts(ran.text)
    assert f"{SPORTS}　2024-01-12 并入{CULTURE}；合并前报送：合格" in status
    assert f"{SPORTS}已并入其他单位，请核实" in status
    assert held_under(town) == {"已并入其他单位的单位报送的文件（1 个），请核实后处理": SPORTS}, (
        "whose it is, is known"
    )

    before = town.say("status", now="2024-01-11T21:00:00").text
    assert "并入" not in before, "as it was on that day"


def test_a_merger_counts_from_its_day_on_though_nothing_else_is_new(form: Form, tmp_path: Path) -> None:
    town = Town.of(form, tmp_path / "区", CULTURE, OTHER, SPORTS)
    town.change("003", merged_into=f"{CULTURE} 2024-01-12")
    assert "应报送 3 家" in counts(town.run("2024-01-11").text)[0]
    assert "应报送 2 家" in counts(town.run("2024-01-12").text)[0]
    assert "没有新的报送" in town.run("2024-01-13").text
