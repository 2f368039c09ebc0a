"""The year is changed while letters wait and decisions are written down: nothing of that is dropped without a word."""

from __future__ import annotations

from pathlib import Path

from openpyxl import load_workbook

from pipeline.forms.form import Form
from pipeline.publishing.todo_book import TODO_NAME
from tests.support.towns import Town
from tests.test_side_by_side import DOCUMENTS
from tests.test_side_by_side import filled as documents

WAITING = "封信写好了没有发出"


def ended(form: Form, folder: Path) -> Town:
    """A campaign in which one agency has reported, one was reminded, and nobody has sent any letter."""
    town = Town.of(form, folder, "甲局", "乙局", year=2022)
    town.receive("a001@gov.example", "Mon, 16 Jan 2023 09:30:00 +0800", ("甲局.xlsx", town.book("甲局", 1)))
    town.run("2023-01-16")
    town.run("2023-02-01")
    return town


def next_year(town: Town) -> None:
    town.year = 2023
    town.settings()


def laid(town: Town, year: int) -> list[str]:
    return sorted(
        path.name.split("_")[1] for path in (town.folder / "output" / str(year) / "letters").glob("*.eml")
    )


def test_letters_of_a_former_campaign_are_told_until_somebody_has_seen_to_them(
    form: Form, tmp_path: Path
) -> None:
    town = ended(form, tmp_path / "区")
    assert laid(town, 2022) == ["催报", "接收回执", "每日情况"]
    next_year(town)
    said = town.run("2024-01-08").text
    assert "2022年度有 1 " + WAITING + "（接收回执 1 封）" in said
    assert laid(town, 2022) == ["接收回执"], "what was to be done by a day is past"
    [receipt] = (town.folder / "output" / "2022" / "letters").glob("*接收回执*.eml")
    handle = receipt.stem.rpartition("_")[2]
    assert f"--letter {handle}" in said
    assert WAITING in town.run("2024-01-09").text
    assert town.say("send", "--by-hand", "--letter", handle, now="2024-01-10T09:00:00").code == 0
    assert laid(town, 2022) == []
    assert WAITING not in town.run("2024-01-10").text


def test_letters_to_agencies_are_told_for_a_while_and_what_goes_up_until_it_is_done(
    form: Form, tmp_path: Path
) -> None:
    """Without a server hardly anybody records of every receipt that it was handed over."""
    town = Town.of(form, tmp_path / "区", "甲局", year=2022)
    settings = town.folder / "district.toml"
    office = 'district_office_email = "fb@x.example"\n'
    settings.write_text(settings.read_text("utf-8") + office, "utf-8")
    town.receive("a001@gov.example", "Mon, 16 Jan 2023 09:30:00 +0800", ("甲局.xlsx", town.book("甲局", 1)))
    town.run("2023-01-16")
    assert town.say("deliver", "--by", "王主任", now="2023-01-17T09:00:00").code == 0
    next_year(town)
    settings.write_text(settings.read_text("utf-8") + office, "utf-8")
    assert "2022年度有 2 " + WAITING in town.run("2024-01-08").text
    assert "2022年度有 1 " + WAITING + "（报送汇总表 1 封）" in town.run("2024-02-01").text


def test_a_letter_of_a_former_campaign_can_be_stopped(form: Form, tmp_path: Path) -> None:
    town = ended(form, tmp_path / "区")
    [receipt] = (town.folder / "output" / "2022" / "letters").glob("*接收回执*.eml")
    next_year(town)
    town.run("2024-01-08")
    assert town.say("letters", "--stop", receipt.stem.rpartition("_")[2], now="2024-01-09T09:00:00").code == 0
    assert WAITING not in town.run("2024-01-09").text


def test_a_decision_that_was_not_carried_out_before_the_year_changed_is_told(
    form: Form, tmp_path: Path
) -> None:
    town = ended(form, tmp_path / "区")
    path = town.folder / "output" / "2022" / TODO_NAME
    book = load_workbook(path)
    page = book["其他决定"]
    heads = {cell.value: cell.column for row in page.iter_rows(max_row=4) for cell in row if cell.value}
    row = next(cell.row for line in page.iter_rows() for cell in line if cell.value == "甲局")
    page.cell(row, heads["决定"], "退回重报")
    page.cell(row, heads["理由"], "口径不对")
    book.save(path)
    next_year(town)
    assert f"output/2022/{TODO_NAME} 里选了的 1 项（退回重报）没有办" in town.run("2024-01-08").text
    page.cell(row, heads["决定"]).value = None
    book.save(path)
    assert "没有办：选好" not in town.run("2024-01-09").text


UNREPORTED = "已报送的数据有更正，还没有上报"
OFFICE = 'district_office_email = "fb@x.example"\n'


def test_a_correction_that_was_not_reported_before_the_year_changed_is_told_for_a_while(
    form: Form, tmp_path: Path
) -> None:
    town = Town.of(form, tmp_path / "区", "甲局", year=2022)
    settings = town.folder / "district.toml"
    settings.write_text(settings.read_text("utf-8") + OFFICE, "utf-8")
    town.receive("a001@gov.example", "Mon, 16 Jan 2023 09:30:00 +0800", ("甲局.xlsx", town.book("甲局", 1)))
    town.run("2023-01-16")
    assert town.say("deliver", "--by", "王主任", now="2023-01-17T09:00:00").code == 0
    assert town.say("send", "--by-hand", "--all", now="2023-01-17T10:00:00").code == 0
    next_year(town)
    assert UNREPORTED not in town.run("2023-01-17").text, "nothing was corrected"
    town.year = 2022
    town.settings()
    settings.write_text(settings.read_text("utf-8") + OFFICE, "utf-8")
    town.receive("a001@gov.example", "Wed, 18 Jan 2023 09:30:00 +0800", ("甲局.xlsx", town.book("甲局", 2)))
    assert UNREPORTED in town.run("2023-01-18").text
    next_year(town)
    said = town.run("2023-01-20").text
    assert "2022年度" + UNREPORTED + "：甲局　" in said
    assert "把报告期改回 2022" in said
    assert UNREPORTED in (town.ran.folder / "index.html").read_text("utf-8")
    town.lines.clear()
    town.change("002", name="乙局")
    assert "甲局　" in town.run("2023-01-25").text, "a body that is gone reported all the same"
    assert UNREPORTED not in town.run("2023-03-25").text


def test_a_correction_on_a_form_that_is_collected_no_longer_is_told_for_a_while(
    form: Form, tmp_path: Path
) -> None:
    """Nobody opens the ledger of such a form: without this the last word of it would be the first page's."""
    town = Town.of(form, tmp_path / "区", "样例区财政局", year=2023)
    settings = town.folder / "district.toml"
    alone = settings.read_text("utf-8") + OFFICE
    both = alone + f'[[forms]]\nform = "{DOCUMENTS}"\nyear = 2023\ndeadline = 2024-02-15\n'
    settings.write_text(both, "utf-8")
    for day, rows in (("16", 3), ("18", 4)):
        town.put(f"2024-01-{day}/文件.xlsx", documents(DOCUMENTS, "样例区财政局", rows=rows))
        town.run(f"2024-01-{day}")
        if day == "16":
            own = ("--form", DOCUMENTS)
            assert town.say("deliver", "--by", "王主任", *own, now="2024-01-17T09:00:00").code == 0
            assert town.say("send", "--by-hand", "--all", *own, now="2024-01-17T10:00:00").code == 0
    settings.write_text(alone, "utf-8")
    said = town.run("2024-01-19").text
    assert f"不再收的行政规范性文件台账，2023年度{UNREPORTED}：样例区财政局　" in said
    assert UNREPORTED in (town.ran.folder / "index.html").read_text("utf-8")
    assert UNREPORTED not in town.run("2024-02-19").text
    settings.write_text(both, "utf-8")
    assert "不再收的" not in town.run("2024-02-20").text
    correct = ("--by", "王主任", "--reason", "漏填一件", "--form", DOCUMENTS)
    assert town.say("deliver", *correct, now="2024-02-21T09:00:00").code == 0
    settings.write_text(alone, "utf-8")
    assert "不再收的行政规范性文件台账，2023年度的报送汇总表写好了还没有报出" in town.run("2024-02-22").text
