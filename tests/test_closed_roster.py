"""A roster that changes long after a report has gone up: the report is of the bodies by whom it was made."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from pipeline.forms.form import Form
from tests.support.folders import contents
from tests.support.towns import Town, box

SPORTS, CULTURE, OTHER, LATE = "体育局", "文旅局", "财政局", "审计局"
NEW, WHOLE = "数据局", "文化体育局"


@pytest.fixture
def town(form: Form, tmp_path: Path) -> Town:
    """Three of four have reported by February."""
    town = Town.of(form, tmp_path / "区", SPORTS, CULTURE, OTHER, LATE)
    for code in ("001", "002", "003"):
        name = town.lines[code][0]
        town.receive(box(code), "Wed, 10 Jan 2024 09:30:00 +0800", ("年报.xlsx", town.book(name)))
    town.run("2024-02-05")
    assert set(town.figures) == {SPORTS, CULTURE, OTHER}
    return town


def rearrange(town: Town, day: str) -> None:
    """Found two bodies, merge two, rename one, and strike one off, as of ``day``."""
    town.change("010", name=NEW, email=box("010"))
    town.change("011", name=WHOLE, email=box("011"))
    town.change("001", merged_into=f"{WHOLE} {day}")
    town.change("002", name="文化和旅游局", former_names=CULTURE, email="new@gov.example")
    del town.lines["003"]
    town.save()


def published(town: Town) -> dict[str, bytes]:
    """The reports, and what is ready for the portal."""
    found = contents(town.ran.folder)
    return {
        path: data
        for path, data in found.items()
        if path.startswith(("reports", "site")) and not path.endswith(".docx")
    }


def test_changes_of_the_summer_leave_last_winters_report_as_it_was(town: Town) -> None:
    before = published(town)
    rearrange(town, "2024-06-20")
    said = town.run("2024-07-08").text
    assert town.figures.keys() == {SPORTS, CULTURE, OTHER}
    assert "应报送 4 家，已报送 3 家" in said
    assert "以后的变动（文化和旅游局、数据局、文化体育局、体育局、财政局）只用于以后的报送" in said
    assert published(town) == before
    assert not [item for item in town.letters if item["To"] == box("010")]
    status = town.say("status", now="2024-07-08T21:00:00").text
    assert WHOLE not in status
    assert OTHER in status


def test_the_body_that_is_merged_later_is_new_in_the_next_year_and_has_the_past_of_its_parts(
    town: Town,
) -> None:
    sports = town.figures_of(SPORTS)
    rearrange(town, "2024-06-20")
    town.run("2024-07-08")
    town.year += 1
    town.settings()
    town.say("template", "--agency", WHOLE, now="2025-01-05T09:00:00")
    [path] = (town.folder / "output" / "2024" / "templates").glob("011_*.xlsx")
    past = openpyxl.load_workbook(path)["上年数据"]
    assert [str(row[2].value) for row in past.iter_rows(min_row=4) if row[2].value is not None] == sports
    assert "应报送 4 家" in town.run("2025-01-06").text


def test_changes_before_the_campaign_is_over_count(town: Town) -> None:
    rearrange(town, "2024-02-20")
    said = town.run("2024-03-01").text
    assert "应报送 5 家，已报送 2 家" in said
    assert "只用于以后的报送" not in said


def test_who_was_founded_later_reports_where_the_office_gives_it_time(town: Town) -> None:
    town.change("010", name=NEW, email=box("010"))
    assert "应报送 4 家" in town.run("2024-07-08").text
    config = town.folder / "district.toml"
    config.write_text(
        config.read_text("utf-8") + '[[extension]]\nagency = "010"\nuntil = 2024-08-01\nreason = "补报"\n',
        "utf-8",
    )
    assert "应报送 5 家" in town.run("2024-07-09").text


def test_what_was_never_collected_in_time_has_the_roster_of_today(form: Form, tmp_path: Path) -> None:
    town = Town.of(form, tmp_path / "区", SPORTS)
    town.run("2024-07-08")
    town.change("010", name=NEW, email=box("010"))
    assert "应报送 2 家" in town.run("2024-07-09").text
