"""Agencies that become part of others while reports come in: what counts of them, what is said of them, and the next year."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from pipeline.forms.form import Form
from tests.support.towns import Town, box

SPORTS, CULTURE, OTHER = "体育局", "文旅局", "财政局"


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
    book = openpyxl.load_workbook(town.ran.folder / town.ran.record["files"]["summary"])
    past = [row[2].value for row in book["同比"].iter_rows() if isinstance(row[2].value, int | float)]
    disclosed = slice(len(town.form.cells_of(town.form.tables[0].key)))
    assert [Decimal(str(item)) for item in past[disclosed]] == numbers(whole, other)[disclosed]


def test_what_both_reported_before_the_merger_is_added_up(town: Town) -> None:
    assert town.run("2024-01-12").code == 0
    assert set(town.figures) == {SPORTS, CULTURE, OTHER}
    both = numbers(town.figures[SPORTS], town.figures[CULTURE])
    next_year(town)
    source, figures = last_year_in_template(town, "002", CULTURE)
    assert "合并各单位之和" in source
    assert figures == both
