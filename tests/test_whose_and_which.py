"""Whose report, which version, who decided: each is a kind of thing that people do to a campaign, by command line and files."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from unittest.mock import patch

import openpyxl
import pytest

from pipeline.cli.commands import decision_commands, letter_commands
from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.forms.layout import STAMP_NAMES, STAMP_SHEET
from pipeline.ledger import decisions
from pipeline.ledger.access import view_campaign
from pipeline.model import CHINA, EnvironmentFailedError
from pipeline.publishing.todo_book import OPEN, TODO_NAME
from pipeline.run import carrying, clock
from pipeline.wording.messages import spoken
from tests.support.folders import inputs_only
from tests.support.mails import mail
from tests.support.towns import Town, box

FIRST, SECOND, THIRD = "2024-01-10", "2024-01-12", "2024-01-15"
TYPED_OVER = "disputes.reconsideration.total"
HELD_FILE = "mail/002.eml/改好.xlsx"
IN_JANUARY = "Wed, {day} Jan 2024 09:30:00 +0800"


def at(day: int) -> str:
    """A morning of January."""
    return IN_JANUARY.format(day=f"{day:02}")


@pytest.fixture
def town(form: Form, tmp_path: Path) -> Town:
    return Town.of(form, tmp_path / "区", "财政局", "教育局", "民政局")


def zipped(*files: tuple[str, bytes, int]) -> bytes:
    """A zip whose entries were last changed on a day of January."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for name, data, day in files:
            archive.writestr(zipfile.ZipInfo(name, (2024, 1, day, 9, 0, 0)), data)
    return packed.getvalue()


def resaved(content: bytes) -> bytes:
    """The same workbook, saved by another program."""
    saved = io.BytesIO()
    openpyxl.load_workbook(io.BytesIO(content)).save(saved)
    return saved.getvalue()


# ---------------------------------------------------------------- the newest word of an agency


def test_an_earlier_file_sent_again_counts_again_and_the_letter_says_so(town: Town) -> None:
    for day, seed in ((9, 1), (11, 2), (14, 1)):
        town.receive(box("001"), at(day), (f"年报{day}.xlsx", town.book("财政局", seed)))
        town.run(f"2024-01-{day}")
    assert town.figures["财政局"] == town.figures_of("财政局", 1)
    [words] = town.told("duplicate", "001")
    assert "自2024年1月14日起，计入汇总的是第 1 次报送" in words
    [first] = [row for row in town.ran.record["submissions"] if row["counts"]]
    assert ("F09", "info") in [(one["code"], one["severity"]) for one in first["findings"]]
    assert "第 1 次" in town.say("status").text
    before = town.figures
    assert "没有新的报送" in town.run("2024-01-15").text
    assert town.figures == before


def test_what_came_back_from_us_and_what_was_judged_are_no_second_claim(town: Town) -> None:
    wrong = town.book("财政局", 1)
    town.receive(box("001"), at(9), ("年报.xlsx", wrong))
    town.run(FIRST)
    town.decide("return", "财政局", day="2024-01-11")
    town.run("2024-01-11")
    [back] = [item for item in town.letters if item["X-Nianbao"] == "returned"]
    [marked] = [part.get_content() for part in back.iter_attachments()]
    town.receive(
        box("001"), at(12), ("退回.xlsx", marked), ("旧.xlsx", wrong), ("改好.xlsx", town.book("财政局", 3))
    )
    town.run(SECOND)
    assert town.figures["财政局"] == town.figures_of("财政局", 3)
    assert town.ran.record["counts"]["held"] == 0


def test_a_person_who_lets_another_version_count_has_the_agency_told(town: Town) -> None:
    """Its receipt said otherwise; when the decision is revoked, it is told that, too."""
    for day, seed in ((9, 1), (11, 2)):
        town.receive(box("001"), at(day), (f"年报{day}.xlsx", town.book("财政局", seed)))
        town.run(f"2024-01-{day}")
    town.say("send", "--by-hand", "--all", now="2024-01-12T08:00:00")
    assert town.decide("count", "财政局", "1", day="2024-01-12", reason="第二次报错了").code == 0
    town.run("2024-01-12")
    [words] = town.told("counted", "001")
    assert "核对，自2024年1月12日起" in words
    assert "使用贵单位第 1 次报送" in words
    assert "第 2 次报送的数据不再计入" in words
    assert "原因：第二次报错了。" in words
    [letter] = [item for item in town.letters if item["X-Nianbao"] == "counted"]
    assert len(list(letter.iter_attachments())) == 1
    town.run("2024-01-13")
    assert len(town.told("counted", "001")) == 1
    town.say("send", "--by-hand", "--all", now="2024-01-13T21:00:00")
    town.decide("count", "财政局", "1", "--revoke", day="2024-01-14")
    town.run("2024-01-14")
    [words] = town.told("counted", "001")
    assert "决定已经撤销" in words
    assert "使用贵单位第 2 次报送" in words
    town.receive(box("001"), at(15), ("年报15.xlsx", town.book("财政局", 3)))
    town.run("2024-01-15")
    assert town.told("counted", "001") == [], "what waits is true no longer"
    assert "已替换第 2 次报送" in town.told("acceptance", "001")[0]


def test_a_receipt_that_waits_keeps_the_time_at_which_its_version_was_accepted(town: Town) -> None:
    town.receive(box("001"), at(9), ("年报9.xlsx", town.book("财政局", 1)))
    town.run("2024-01-09")
    [before] = town.told("acceptance", "001")
    assert "受理时间：2024年1月9日 20:00" in before
    town.receive(box("001"), at(11), ("年报11.xlsx", town.book("财政局", 2)))
    town.run("2024-01-11")
    first, second = sorted(town.told("acceptance", "001"), key=lambda words: "回执编号：2023-001-02" in words)
    assert "受理时间：2024年1月9日 20:00" in first
    assert "汇总使用第 2 次的数据" in first
    assert "受理时间：2024年1月11日 20:00" in second


# ---------------------------------------------------------------- a guess is said


def test_files_whose_order_is_a_guess_are_held_with_their_names_until_a_person_decides(town: Town) -> None:
    town.put("年报.xlsx", town.book("财政局", 1))
    town.put("年报 (1).xlsx", town.book("财政局", 2))
    town.run(FIRST)
    held = [row for row in town.ran.record["submissions"] if row["verdict"] == "held"]
    assert len(held) == town.ran.record["counts"]["held"] == 2
    assert all(
        "年报.xlsx" in row["findings"][0]["message"] and "年报 (1).xlsx" in row["findings"][0]["message"]
        for row in held
    )
    assert town.decide("accept", "年报 (1).xlsx", day=SECOND).code == 0
    town.run(SECOND)
    assert town.counting == {"财政局": "年报 (1).xlsx"}
    assert town.ran.record["counts"]["held"] == 0
    assert town.decide("accept", "年报 (1).xlsx", "--revoke", day=THIRD).code == 0


@pytest.mark.parametrize("where", ["", "2024-01-09/"])
def test_the_times_in_an_archive_say_which_file_is_the_newer(town: Town, where: str) -> None:
    packed = zipped(("年报 (1).xlsx", town.book("财政局", 2), 5), ("年报.xlsx", town.book("财政局", 1), 8))
    town.put(f"{where}报送.zip", packed)
    town.run(FIRST)
    assert town.figures["财政局"] == town.figures_of("财政局", 1)


@pytest.mark.parametrize("claimed", ["Mon, 15 Jan 2099 09:30:00 +0800", "Sat, 13 Jan 2024 09:30:00 +0800"])
def test_a_mail_from_after_the_run_is_of_no_known_time(town: Town, claimed: str) -> None:
    town.receive(box("001"), claimed, ("年报.xlsx", town.book("财政局", 1)))
    town.receive(box("001"), at(12), ("更正.xlsx", town.book("财政局", 2)))
    town.run(SECOND)
    rows = town.ran.record["submissions"]
    assert [row["verdict"] for row in rows] == ["held", "held"]
    assert all("不知道收到的先后" in row["findings"][0]["message"] for row in rows)
    assert "2099" not in town.say("status").text
    town.run("2024-01-14")  # when that day has come it proves no more
    assert [row["verdict"] for row in town.ran.record["submissions"]] == ["held", "held"]


def test_a_clock_that_is_a_few_minutes_ahead_is_none_from_after_the_run(town: Town) -> None:
    town.receive(box("001"), at(11), ("年报.xlsx", town.book("财政局", 1)))
    town.receive(box("001"), at(12).replace("09:30:00", "20:05:00"), ("更正.xlsx", town.book("财政局", 2)))
    town.run(SECOND)
    assert town.figures["财政局"] == town.figures_of("财政局", 2)


def test_an_archive_from_after_the_run_orders_nothing(town: Town) -> None:
    town.put("报.zip", zipped(("a.xlsx", town.book("财政局", 2), 25), ("b.xlsx", town.book("财政局", 1), 8)))
    town.run(FIRST)
    assert [row["verdict"] for row in town.ran.record["submissions"]] == ["held", "held"]


@pytest.mark.parametrize(("when", "count"), [("", 2), (at(9), 2)])
def test_mails_that_share_an_id_are_two_mails(town: Town, when: str, count: int) -> None:
    for seed in (1, 2):
        written = mail([("报表.xlsx", town.book("财政局", seed))], From=box("001"), Date=when)
        town.put(f"{seed}.eml", written.as_bytes())
    town.run(FIRST)
    assert town.ran.record["counts"]["held"] == count


# ---------------------------------------------------------------- what comes back into the inbox


def overwrite(town: Town, *seeds: int, first_day: int = 9) -> int:
    """Put one file after the other at one place of a shared folder, a run after each; return the day after."""
    for day, seed in enumerate(seeds, first_day):
        town.put("财政局.xlsx", town.book("财政局", seed))
        town.run(f"2024-01-{day:02}")
    return first_day + len(seeds)


def remove(town: Town, name: str) -> None:
    (town.folder / "inbox" / name).unlink()


def held(town: Town) -> list[str]:
    return [row["file"] for row in town.ran.record["submissions"] if row["verdict"] == "held"]


def test_an_earlier_file_put_where_the_newest_one_lay_is_the_newest_word(town: Town) -> None:
    day = overwrite(town, 1, 2, 1)
    assert town.figures["财政局"] == town.figures_of("财政局", 1)
    [first] = [row for row in town.ran.record["submissions"] if row["counts"]]
    assert (first["version"], [one["code"] for one in first["findings"]]) == (1, ["F09"])
    assert "自此以第 1 次报送计入" in first["findings"][0]["message"]
    assert "没有新的报送" in town.run(f"2024-01-{day}").text
    day = overwrite(town, 2, first_day=day + 1)
    assert town.figures["财政局"] == town.figures_of("财政局", 2)
    overwrite(town, 1, first_day=day)
    assert town.figures["财政局"] == town.figures_of("财政局", 1)


@pytest.mark.parametrize("place", ["财政局.xlsx", "财政局（以此为准）.xlsx"])
def test_an_agency_is_told_that_an_earlier_file_counts_which_somebody_put_into_the_inbox(
    town: Town, place: str
) -> None:
    overwrite(town, 1, 2)
    town.say("send", "--by-hand", "--all", now="2024-01-10T21:00:00")
    town.put(place, town.book("财政局", 1))
    town.run("2024-01-11")
    [words] = town.told("counted", "001")
    assert "第 1 次报送" in words
    assert "第 2 次报送的数据不再计入" in words
    assert "自2024年1月11日起" in words
    assert "核对，自" not in words, "nobody has looked"
    town.say("send", "--by-hand", "--all", now="2024-01-11T21:00:00")
    town.run("2024-01-12")
    assert town.told("counted", "001") == []


def test_what_a_person_chose_holds_until_the_agency_changes_its_file_again(town: Town) -> None:
    day = overwrite(town, 1, 2, 1)
    assert town.decide("count", "财政局", "2", day=f"2024-01-{day}").code == 0
    town.run(f"2024-01-{day}")
    assert town.figures["财政局"] == town.figures_of("财政局", 2)
    overwrite(town, 2, 1, first_day=day + 1)
    assert town.figures["财政局"] == town.figures_of("财政局", 1)


def gone_and_back(town: Town, name: str = "财政局再更正.xlsx") -> None:
    """A file, a newer one in its stead, and then the first one under a name of its own."""
    town.put("财政局.xlsx", town.book("财政局", 1))
    town.run("2024-01-09")
    remove(town, "财政局.xlsx")
    town.put("财政局更正.xlsx", town.book("财政局", 2))
    town.run("2024-01-10")
    remove(town, "财政局更正.xlsx")
    town.put(name, town.book("财政局", 1))
    town.run("2024-01-11")


@pytest.mark.parametrize("name", ["财政局再更正.xlsx", "财政局.xlsx"])
def test_an_earlier_file_that_was_gone_is_asked_about(town: Town, name: str) -> None:
    gone_and_back(town, name)
    assert town.figures["财政局"] == town.figures_of("财政局", 2)
    assert held(town) == [name]
    assert town.ran.record["counts"]["held"] == 1
    town.run("2024-01-12")
    assert held(town) == [name]
    assert town.decide("accept", name, day="2024-01-13").code == 0
    town.run("2024-01-13")
    assert town.figures["财政局"] == town.figures_of("财政局", 1)
    assert held(town) == []


@pytest.mark.parametrize("answer", ["moved away", "chosen", "sent anew"])
def test_the_question_about_an_earlier_file_ends_with_an_answer(town: Town, answer: str) -> None:
    gone_and_back(town)
    expected = 2
    if answer == "moved away":
        remove(town, "财政局再更正.xlsx")
    elif answer == "chosen":
        assert town.decide("count", "财政局", "2", day="2024-01-12").code == 0
    else:
        town.put("财政局最终.xlsx", town.book("财政局", 3))
        town.run("2024-01-12")
        expected = 3
    town.run("2024-01-13")
    assert town.figures["财政局"] == town.figures_of("财政局", expected)
    assert town.ran.record["counts"]["held"] == 0


def test_an_inbox_that_was_away_for_a_run_says_nothing_new(town: Town) -> None:
    town.put("一/财政局.xlsx", town.book("财政局", 1))
    town.run("2024-01-09")
    town.put("二/财政局.xlsx", town.book("财政局", 2))
    town.run("2024-01-10")
    inbox, aside = town.folder / "inbox", town.folder / "aside"
    inbox.rename(aside)
    inbox.mkdir()
    town.run("2024-01-11")
    inbox.rmdir()
    aside.rename(inbox)
    town.run("2024-01-12")
    assert town.counting == {"财政局": "二/财政局.xlsx"}
    assert held(town) == []
    assert "没有新的报送" in town.run("2024-01-13").text


def test_files_that_are_tidied_away_say_nothing_new(town: Town) -> None:
    overwrite(town, 1)
    town.put("财政局更正.xlsx", town.book("财政局", 2))
    town.run("2024-01-10")
    archive = town.folder / "inbox" / "已收"
    archive.mkdir()
    for name in ("财政局.xlsx", "财政局更正.xlsx"):
        (town.folder / "inbox" / name).rename(archive / name)
    town.run("2024-01-11")
    assert town.counting == {"财政局": "已收/财政局更正.xlsx"}
    for path in archive.iterdir():
        path.unlink()
    town.run("2024-01-12")
    assert town.counting == {"财政局": "已收/财政局更正.xlsx"}
    assert held(town) == []


def test_files_of_several_agencies_put_back_at_once_may_be_a_backup(town: Town) -> None:
    for day, seed in enumerate((1, 2, 1), 9):
        for name in ("财政局", "教育局"):
            town.put(f"{name}.xlsx", town.book(name, seed))
        town.run(f"2024-01-{day:02}")
    assert [town.figures[name] for name in ("财政局", "教育局")] == [
        town.figures_of(name, 2) for name in ("财政局", "教育局")
    ]
    assert sorted(held(town)) == ["教育局.xlsx", "财政局.xlsx"]


# ---------------------------------------------------------------- an agency is remembered


def accepted(town: Town) -> Town:
    """The town after all agencies have reported."""
    for code, (name, *_) in town.lines.items():
        town.receive(box(code), at(9), ("年报.xlsx", town.book(name)))
    assert town.run(FIRST).code == 0
    return town


def test_a_renumbered_code_column_stops_every_command_before_anything_is_written(town: Town) -> None:
    lines = accepted(town).lines
    before = {
        path: path.read_bytes() for path in (town.folder / "output" / "2023").rglob("*") if path.is_file()
    }
    town.lines = dict(zip(lines, [*list(lines.values())[1:], next(iter(lines.values()))], strict=True))
    town.save()
    commands = (
        ["run"], ["status"], ["template"], ["send", "--by-hand"],
        ["decide", "waive", "001", "T3-04", "--reason", "因为"], ["dismiss", "a.xlsx", "--reason", "因为"],
    )  # fmt: skip
    for command in commands:
        said = town.say(*command)
        assert said.code == 2, command
        for part in (
            "第 2 行",
            "代码 001 以前是“财政局”",
            "现在写的是“教育局”",
            "former_names",
            "merged_into",
        ):
            assert part in said.text, (command, part)
    after = {
        path: path.read_bytes() for path in (town.folder / "output" / "2023").rglob("*") if path.is_file()
    }
    assert after == before


def test_two_bodies_made_one_line_by_aliases_stop_the_run_and_the_remedy_works(town: Town) -> None:
    accepted(town)
    lines = dict(town.lines)
    town.lines = {"003": lines["003"], "004": ["财教局", "财政局;教育局", box("004"), "", "", ""]}
    town.save()
    said = town.run(SECOND)
    assert said.code == 2
    assert "以前的代码是 001" in said.text
    town.lines = {**lines, "004": ["财教局", "", box("004"), "", "", ""]}
    town.change("001", merged_into="财教局 2024-01-11")
    town.change("002", merged_into="004（2024-01-11）")
    town.run(SECOND)
    assert set(town.figures) == {"财政局", "教育局", "民政局"}, (
        "what was reported before the merger counts on"
    )
    town.receive(box("004"), at(14), ("年报.xlsx", town.book("财教局")))
    assert town.run(THIRD).code == 0
    assert set(town.figures) == {"财教局", "民政局"}
    page = (town.ran.folder / "index.html").read_text("utf-8")
    assert "<strong>财政局</strong>　1月11日并入财教局" in page, "what it had reported is shown"


def test_files_of_different_bodies_under_one_line_are_no_versions_of_one_report(
    form: Form, tmp_path: Path
) -> None:
    town = Town.of(form, tmp_path / "区", "残疾人联合会")
    town.change("001", name="社会事务中心", aliases="民政局;残疾人联合会")
    town.put("2024-01-08/a.xlsx", town.book("民政局"))
    town.put("2024-01-09/b.xlsx", town.book("残疾人联合会"))
    town.run(FIRST)
    assert town.figures == {}
    held = [row["findings"][0]["message"] for row in town.ran.record["submissions"]]
    assert all("民政局" in words and "残疾人联合会" in words for words in held)


def test_a_renamed_body_keeps_its_code_and_says_its_former_name(town: Town) -> None:
    accepted(town)
    town.change("001", name="金融和国资局")
    assert town.run(SECOND).code == 2
    town.change("001", former_names="财政局")
    assert town.run(SECOND).code == 0
    town.receive(box("001"), at(13), ("年报.xlsx", town.book("财政局", 5)))
    assert town.run(THIRD).code == 0
    assert town.figures["金融和国资局"] == town.figures_of("财政局", 5)


def test_a_short_form_that_was_left_standing_does_not_make_another_body_the_same(town: Town) -> None:
    town.change("001", aliases="区局")
    accepted(town)
    town.change("001", name="水利局")
    said = town.run(SECOND)
    assert (said.code, "代码 001 以前是“财政局”" in said.text) == (2, True)
    town.change("001", name="区财政局", aliases="财政局")
    assert town.run(SECOND).code == 0, "its former name stands in the row as well"


# ---------------------------------------------------------------- evidence as of its day


@pytest.mark.parametrize(
    "change", [{"email": "new@gov.example"}, {"name": "财政和金融局", "former_names": "财政局"}]
)
def test_what_was_accepted_is_not_taken_back_by_a_changed_roster(town: Town, change: dict[str, str]) -> None:
    before = accepted(town).figures["财政局"]
    town.change("001", **change)
    assert town.run(SECOND).code == 0
    assert town.figures[change.get("name", "财政局")] == before
    town.receive(box("001"), at(13), ("年报.xlsx", town.book("财政局", 7)))
    town.run(THIRD)
    held = town.ran.record["counts"]["held"]
    assert held == ("email" in change), "the new roster concerns what comes later"
    assert town.figures[change.get("name", "财政局")] == (before if held else town.figures_of("财政局", 7))


def test_what_is_held_is_released_by_the_new_roster(town: Town) -> None:
    town.receive("new@gov.example", at(9), ("年报.xlsx", town.book("财政局")))
    town.run(FIRST)
    assert town.ran.record["counts"]["held"] == 1
    town.change("001", email="new@gov.example")
    town.run(SECOND)
    assert town.figures["财政局"] == town.figures_of("财政局")


def test_a_mail_from_before_a_mailbox_was_replaced_counts_though_it_is_opened_later(town: Town) -> None:
    town.run("2024-01-08")
    town.change("001", email="new@gov.example")
    town.receive(box("001"), at(9), ("年报.xlsx", town.book("财政局")))
    town.run(FIRST)
    assert set(town.figures) == {"财政局"}


# ---------------------------------------------------------------- everything in a container has a line


def test_mails_in_an_archive_are_mails_and_what_cannot_be_read_is_named(town: Town) -> None:
    own = town.letter(box("002"), at(8), ("年报.xlsx", town.book("教育局"))).as_bytes()
    foreign = town.letter("x@evil.example", at(8), ("年报.xlsx", town.book("民政局"))).as_bytes()
    town.put(
        "报送.zip",
        zipped(
            ("财政局.xlsx", town.book("财政局"), 8),
            ("1.eml", own, 8),
            ("2.eml", foreign, 8),
            ("说明.docx", b"x", 8),
        ),
    )
    said = town.run(FIRST)
    verdicts = town.ran.verdicts()
    assert verdicts == {
        "报送.zip/财政局.xlsx": "accepted",
        "报送.zip/1.eml/年报.xlsx": "accepted",
        "报送.zip/2.eml/年报.xlsx": "held",
        "报送.zip/说明.docx": "not_a_submission",
    }
    assert "报送.zip/说明.docx" in said.text
    assert town.run(SECOND).code == 1
    assert town.ran.verdicts() == verdicts


def test_mails_in_an_archive_that_a_mail_carries_are_opened_like_forwarded_ones(town: Town) -> None:
    inner = town.letter("x@elsewhere.example", at(8), ("年报.xlsx", town.book("财政局"))).as_bytes()
    town.receive(box("001"), at(9), ("转发.zip", zipped(("1.eml", inner, 8), ("说明.docx", b"x", 8))))
    town.run(FIRST)
    assert set(town.figures) == {"财政局"}


# ---------------------------------------------------------------- the coordinator's computer


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("财政局.xlsx.crdownload", b"PK\x03\x04"),
        ("财政局.xlsx", b"PK\x03\x04 half of it"),
        ("财政局.xlsx", b""),
        ("财政局.msg", b"\xd0\xcf\x11\xe0"),
        ("财政局.lnk", b"L"),
    ],
)
def test_what_the_coordinators_computer_did_is_told_to_the_coordinator_alone(
    town: Town, name: str, content: bytes
) -> None:
    town.put(name, content)
    said = town.run(FIRST)
    assert f"  {name}　" in said.text
    assert town.ran.verdicts() == {name: "not_a_submission"}
    assert [item["X-Nianbao"] for item in town.letters if item["X-Nianbao"] in ("returned", "held")] == []
    assert town.ran.record["counts"]["missing"] == 3
    page = (town.ran.folder / "index.html").read_text("utf-8")
    assert f"<li><strong>{name}</strong>" in page
    town.put(name, town.book("财政局"))
    town.run(SECOND)
    assert (set(town.figures) == {"财政局"}) == name.endswith(".xlsx")


def test_what_an_agency_sends_and_nobody_can_open_is_shown_to_the_coordinator(town: Town) -> None:
    rest = "Content-Type: application/pkcs7-mime; smime-type=enveloped-data; name=smime.p7m\r\n\r\nMIIB"
    for name, sender in (("a", box("001")), ("b", "strange@elsewhere.example")):
        head = f"From: {sender}\r\nDate: {at(9)}\r\nMessage-ID: <{name}@x>\r\nSubject: nianbao\r\n"
        town.put(f"mail/{name}.eml", (head + rest).encode())
    town.run(FIRST)
    told = {
        item["file"]: [found["message"] for found in item["findings"]]
        for item in town.ran.record["submissions"]
    }
    assert told["mail/b.eml"] == []
    [said] = told["mail/a.eml"]
    assert "财政局来信" in said
    assert "打不开的内容：“smime.p7m”" in said or "打不开的内容：smime.p7m" in said


def test_nobody_is_reminded_while_the_inbox_is_not_there(town: Town) -> None:
    town.run(FIRST)
    letters = len(town.letters)
    (town.folder / "inbox").rename(town.folder / "elsewhere")
    said = town.run("2024-01-31")
    assert said.code == 4
    assert "网络盘" in said.text
    assert len(town.letters) == letters


def test_a_clock_that_cannot_be_right_writes_to_nobody(town: Town) -> None:
    town.run(FIRST)
    letters = len(town.letters)
    with patch.object(carrying, "carry_out") as carried:
        said = town.say("run")  # the machine's own clock is years later
    assert said.code == 4
    assert "--now" in said.text
    assert len(town.letters) == letters
    assert not carried.called, "nor is a decision dated by it"


def test_what_a_person_decides_is_not_dated_before_the_last_run(town: Town) -> None:
    town.run(SECOND)
    before = datetime(2024, 1, 2, tzinfo=CHINA)
    by = ("--by", "王主任", "--reason", "核实")
    with patch.object(decision_commands, "moment_of", return_value=before):
        for arguments in (("deliver",), ("decide", "extend", "001", "2024-02-05"), ("waive", "001", "T3-04")):
            said = town.say(*arguments, *by)
            assert (said.code, "比上次运行" in said.text) == (4, True), said.text
    with patch.object(letter_commands, "moment_of", return_value=before):
        for letter_acts in (("send", "--by-hand", "--all"), ("send", "--again"), ("letters", "--stop", "XX")):
            said = town.say(*letter_acts)
            assert (said.code, "比上次运行" in said.text) == (4, True), said.text
        assert town.say("send", "--by-hand").code == 0, "a list is dated by nothing"
    with view_campaign(load_district(town.folder), town.folder / "output") as (ledger, _):
        assert decisions.in_force(ledger, town.year) == []
    assert town.say("decide", "extend", "001", "2024-02-05", *by, now="2024-01-02").code == 0, (
        "if it is said so"
    )


def test_a_folder_of_a_day_to_come_is_told(town: Town) -> None:
    town.put(f"{SECOND}/年报.xlsx", town.book("财政局", 1))
    assert f"“{SECOND}”比登记的那天（{FIRST}）还晚" in town.run(FIRST).text
    town.put(f"{SECOND}/教育局.xlsx", town.book("教育局", 1))
    assert f"（{SECOND}）还晚" not in town.run(SECOND).text, "by then the day has come"


def test_the_receipt_of_a_correction_says_what_is_other_and_to_publish_it_again(
    town: Town, form: Form
) -> None:
    town.receive(box("001"), at(9), ("年报.xlsx", town.book("财政局", 1)))
    town.run("2024-01-09")
    assert "改为" not in text_of(town, "acceptance")
    town.receive(box("001"), at(11), ("更正.xlsx", town.book("财政局", 2)))
    town.run("2024-01-11")
    versions = (town.written("财政局", seed).numbers for seed in (1, 2))
    cell, old, new = next(item for item in zip(form.cells, *versions, strict=True) if item[1] != item[2])
    said = text_of(town, "acceptance", "已替换第 1 次")
    assert f"1. {cell.short_label}：{spoken(old)} 改为 {spoken(new)}" in said
    assert "已经公开的，请按本次数据重新公开" in said


def text_of(town: Town, kind: str, words: str = "") -> str:
    """What the one waiting letter of a kind says that has these words."""
    bodies = [item.get_body() for item in town.letters if item["X-Nianbao"] == kind]
    [said] = [text for body in bodies if body and words in (text := str(body.get_content()))]
    return said


def test_a_clock_that_was_a_year_ahead_leaves_no_reminder_of_that_day(town: Town) -> None:
    town.run(FIRST)
    town.run("2025-01-09")
    assert any(item["X-Nianbao"] == "reminder" for item in town.letters)
    said = town.run("2024-01-11").text
    assert "比现在还晚，当时电脑的时间不对" in said
    assert not any(item["X-Nianbao"] == "reminder" for item in town.letters), (
        "three weeks before the deadline"
    )
    assert [str(item["Subject"]) for item in town.letters if "2025" in str(item["Subject"])] == []


def test_a_clock_a_year_ahead_of_the_last_run_of_a_campaign_is_doubted(town: Town) -> None:
    town.run(FIRST)
    district = load_district(town.folder)
    with view_campaign(district, town.folder / "output") as (ledger, _):
        clock.check(ledger, district, datetime(2024, 9, 10, tzinfo=CHINA))
        with pytest.raises(EnvironmentFailedError, match="已过 364 天"):
            clock.check(ledger, district, datetime(2025, 1, 9, tzinfo=CHINA))
        clock.check(ledger, replace(district, year=2024), datetime(2025, 1, 9, tzinfo=CHINA))


def test_init_overwrites_nothing_and_knows_a_file_that_notepad_renamed(town: Town) -> None:
    config = town.folder / "district.toml"
    config.rename(town.folder / "district.toml.txt")
    before = {path: path.read_bytes() for path in town.folder.rglob("*") if path.is_file()}
    for command in ("init", "run", "status"):
        said = town.say(command)
        assert said.code == 2
        assert "district.toml.txt" in said.text
    (town.folder / "district.toml.txt").rename(town.folder / "設定.bak")
    said = town.say("init")
    assert said.code == 2
    assert "agencies.csv" in said.text
    assert {path.name for path in before} - {"district.toml.txt"} <= {
        path.name for path in town.folder.rglob("*")
    }
    assert (town.folder / "agencies.csv").read_bytes() == before[town.folder / "agencies.csv"]


# ---------------------------------------------------------------- decisions


def held_files(town: Town) -> list[str]:
    return [row["file"] for row in town.ran.record["submissions"] if row["verdict"] == "held"]


def test_a_file_on_anothers_template_stays_a_question_whatever_that_agency_sends(town: Town) -> None:
    """It is no sending of the agency whose template it is; its sender is told why it waits, and not reminded as if nothing came."""
    town.receive(box("002"), at(9), ("报表.xlsx", town.book("财政局", 1)))
    town.run(FIRST)
    [words] = town.told("held", "002")
    assert "发给本单位的模板" in words
    assert "财政局" not in words
    town.receive(box("001"), at(12), ("年报.xlsx", town.book("财政局", 2)))
    town.run(SECOND)
    assert "第 1 次报送" in town.told("acceptance", "001")[0]
    assert held_files(town) == ["mail/001.eml/报表.xlsx"]
    assert "待核实的文件 1 份" in town.say("status").text
    rows = list(openpyxl.load_workbook(town.ran.folder / TODO_NAME)[OPEN].iter_rows(values_only=True))
    assert any("mail/001.eml/报表.xlsx" in str(row) for row in rows)
    town.run("2024-01-24")
    [reminder] = town.told("reminder", "002")
    assert "《报表.xlsx》" in reminder
    assert "还没有收到贵单位" not in reminder
    town.decide("dismiss", "mail/001.eml/报表.xlsx", day="2024-01-25")
    town.run("2024-01-25")
    assert held_files(town) == []


def test_a_file_on_anothers_template_is_settled_by_the_same_figures_on_its_senders_own(town: Town) -> None:
    town.receive(box("002"), at(9), ("报表.xlsx", town.book("财政局", 1)))
    town.run(FIRST)
    own, others = town.written("财政局", 1), town.book("教育局", 5)
    figures = inputs_only(
        town.form, dict(zip((cell.key for cell in town.form.cells), own.numbers, strict=True))
    )
    texts = {key: text.replace("财政局", "教育局") for key, text in own.texts.items()}
    town.receive(box("002"), at(12), ("别的数.xlsx", others))
    town.run(SECOND)
    assert held_files(town) == ["mail/001.eml/报表.xlsx"], "other figures may be another report"
    town.receive(box("002"), at(15), ("自己的.xlsx", town.book("教育局", 5, wrong={**figures, **texts})))
    town.run(THIRD)
    assert town.counting == {"教育局": "mail/003.eml/自己的.xlsx"}
    assert held_files(town) == []


def test_what_a_person_sent_back_and_comes_again_unchanged_waits_for_that_person(town: Town) -> None:
    town.receive(box("001"), at(9), ("年报.xlsx", town.book("财政局", 1)))
    town.run(FIRST)
    town.decide("return", "财政局", day="2024-01-11", reason="行政许可口径不一致")
    town.run("2024-01-11")
    [back] = [item for item in town.letters if item["X-Nianbao"] == "returned"]
    [marked] = [part.get_content() for part in back.iter_attachments()]
    town.receive(box("001"), at(12), ("改好.xlsx", resaved(marked)))
    town.run("2024-01-14")
    assert town.counting == {}
    assert held_files(town) == ["mail/002.eml/改好.xlsx"]
    [words] = town.told("held", "001")
    assert "没有改动" in words
    [digest] = [item for item in town.letters if item["X-Nianbao"] == "digest"]
    body = digest.get_body()
    assert body
    assert "行政许可口径不一致" in body.get_content()
    assert "没有新的报送" in town.run("2024-01-14").text
    town.decide("accept", "mail/002.eml/改好.xlsx", day=THIRD)
    town.run(THIRD)
    assert town.counting == {"财政局": "mail/002.eml/改好.xlsx"}
    town.decide("accept", "mail/002.eml/改好.xlsx", "--revoke", day="2024-01-16")
    town.receive(box("001"), at(16), ("改过.xlsx", town.book("财政局", 2)))
    town.run("2024-01-16")
    assert town.counting == {"财政局": "mail/003.eml/改过.xlsx"}
    assert town.ran.record["counts"]["held"] == 0


def test_a_receipt_says_in_which_line_of_the_workbook_a_doubt_is_explained(town: Town) -> None:
    key = next(text.key for text in town.form.texts if "依申请公开" in text.label)
    text = town.written("财政局", 1).texts[key] + "全年新收政府信息公开申请98765件。"
    content = town.book("财政局", 1, wrong={key: text})
    town.receive(box("001"), at(9), ("年报.xlsx", content))
    town.run(FIRST)
    [words] = town.told("acceptance", "001")
    found = re.search(r"说明写在“(\w+)”的 H(\d+) 格，“(.+?)”一行", words)
    assert found, words
    sheet = openpyxl.load_workbook(io.BytesIO(content))[found[1]]
    assert sheet[f"B{found[2]}"].value == found[3]
    assert not sheet[f"H{found[2]}"].protection.locked


def test_a_mail_without_a_table_that_says_something_reaches_the_coordinator(town: Town) -> None:
    """Nothing is undone by it; thanks, and what a stranger writes, are not shown."""
    town.receive(box("001"), at(9), ("年报.xlsx", town.book("财政局", 1)))
    town.run("2024-01-09")
    town.say("send", "--by-hand", "--all", now="2024-01-10T08:00:00")
    for sender, words in (
        (box("001"), "数有误，请先撤回，不要汇总。"),
        (box("002"), "收到，谢谢老师！"),
        ("x@y.example", "推销打印机"),
    ):
        message = town.letter(sender, at(10))
        message.set_content(words)
        town.put(f"mail/{sender}.eml", message.as_bytes())
    said = town.run("2024-01-10").text
    assert "请先撤回" in said
    assert "财政局" in town.counting
    [digest] = [item for item in town.letters if item["X-Nianbao"] == "digest"]
    body = digest.get_body()
    assert body
    for text in (said, body.get_content(), (town.ran.folder / "index.html").read_text("utf-8")):
        assert "请先撤回" in text
        assert "谢谢老师" not in text
        assert "打印机" not in text
    town.say("send", "--by-hand", "--all", now="2024-01-11T08:00:00")
    town.run("2024-01-11")
    [digest] = [item for item in town.letters if item["X-Nianbao"] == "digest"]
    body = digest.get_body()
    assert body
    assert "请先撤回" in body.get_content(), "for a week"


@pytest.mark.parametrize("name", ["a说明.rar", "说明.rar"])
@pytest.mark.parametrize("is_zip", [True, False])
def test_what_cannot_be_read_beside_a_report_is_no_sending(town: Town, name: str, *, is_zip: bool) -> None:
    files = [(name, b"Rar!\x1a\x07\x00junk"), ("年报.xlsx", town.book("财政局", 1))]
    packed = [("财政局.zip", zipped(*((file, data, 5) for file, data in files)))] if is_zip else files
    town.receive(box("001"), at(9), *packed)
    town.run(FIRST)
    [words] = town.told("acceptance", "001")
    assert "回执编号：2023-001-01" in words
    assert f"“{name}”读不出来" in words
    assert town.told("returned", "001") == []


def test_what_cannot_be_read_in_an_archive_that_was_put_there_is_told_to_the_coordinator(town: Town) -> None:
    files = [("说明.rar", b"Rar!\x1a\x07\x00junk", 5), ("年报.xlsx", town.book("财政局", 1), 5)]
    town.put("财政局.zip", zipped(*files))
    town.run(FIRST)
    assert town.counting == {"财政局": "财政局.zip/年报.xlsx"}
    [digest] = [item for item in town.letters if item["X-Nianbao"] == "digest"]
    body = digest.get_body()
    assert body
    assert "说明.rar" in body.get_content()


def test_what_waited_and_came_again_is_no_repetition(town: Town) -> None:
    """Of two versions in one mail the right one is sent again: its receipt says all; another mailbox hears that it need not send."""
    right, wrong = town.book("财政局", 1), town.book("财政局", 2)
    town.receive(box("001"), at(9), ("年报.xlsx", wrong), ("最终.xlsx", right))
    town.receive("someone@mail.example", at(9), ("教育.xlsx", town.book("教育局", 1)))
    town.run(FIRST)
    [words] = town.told("held", "001")
    assert "请只把正确的那一份再发一次" in words
    town.say("send", "--by-hand", "--all", now="2024-01-11T08:00:00")
    town.receive(box("001"), at(12), ("最终.xlsx", right))
    town.receive(box("002"), at(12), ("教育.xlsx", town.book("教育局", 1)))
    town.run(SECOND)
    assert town.counting.keys() == {"财政局", "教育局"}
    assert town.told("duplicate", "001") == []
    [letter] = [item for item in town.letters if item["X-Nianbao"] == "duplicate"]
    assert letter["To"] == "someone@mail.example"
    body = letter.get_body()
    assert body
    assert "以前收到" not in body.get_content()
    assert "不用再发" in body.get_content()


def test_an_accepted_file_that_anothers_mailbox_sends_again_takes_nothing_from_it(town: Town) -> None:
    """Two arrivals of one content: what is said of the second is not said of the agency whose report counts."""
    town.receive(box("001"), at(9), ("年报.xlsx", town.book("财政局", 1)))
    town.receive(box("002"), at(10), ("年报.xlsx", town.book("财政局", 1)))
    town.run(FIRST)
    assert town.counting == {"财政局": "mail/001.eml/年报.xlsx"}
    page = (town.ran.folder / "index.html").read_text("utf-8")
    assert "reports/%E8%B4%A2%E6%94%BF%E5%B1%80.docx" in page, "the report that counts is linked"
    [path] = town.ran.folder.glob("*汇总表.xlsx")
    book = openpyxl.load_workbook(path, data_only=True, read_only=True)
    rows = [[str(cell) for cell in row] for sheet in book for row in sheet.iter_rows(values_only=True)]
    own = [row for row in rows if "财政局" in row and "001" in row]
    assert any("合格" in row for row in own)
    assert not [row for row in own if any("待改" in cell or "暂不计入" in cell for cell in row)]


def test_an_accepted_report_is_sent_back_by_letter_with_the_reason_and_can_be_let_count_again(
    town: Town,
) -> None:
    accepted(town)
    assert town.decide("return", "财政局", day=SECOND, reason="与年中统计不符").code == 0
    town.run(SECOND)
    assert "财政局" not in town.figures
    [words] = town.told("returned", "001")
    assert "与年中统计不符" in words
    assert "决定退回修改，原因见下" in words
    assert "检查的依据有变化" not in words
    assert "退回第 1 次报送　财政局　与年中统计不符（王主任，2024-01-12）" in town.say("status").text
    assert town.decide("count", "001", "1", day=SECOND).code == 2
    assert town.decide("return", "001", "--revoke", day=THIRD).code == 0
    assert town.run(THIRD).code == 0
    assert "财政局" in town.figures


def test_a_report_sent_back_is_not_replaced_by_the_one_it_had_replaced(town: Town) -> None:
    for day, seed in ((8, 1), (9, 2)):
        town.receive(box("001"), at(day), ("年报.xlsx", town.book("财政局", seed)))
        town.run(f"2024-01-{day:02}")
    town.decide("return", "001", day=FIRST)
    town.run(FIRST)
    assert town.figures == {}
    assert town.decide("count", "001", "第 1 次", day=SECOND).code == 0
    town.run(SECOND)
    assert town.figures["财政局"] == town.figures_of("财政局", 1)
    town.receive(box("001"), at(14), ("年报.xlsx", town.book("财政局", 3)))
    town.run(THIRD)
    assert town.figures["财政局"] == town.figures_of("财政局", 3), "the agency has spoken since"


def test_a_held_file_is_accepted_once_and_an_extension_is_kept(town: Town) -> None:
    town.receive("x@elsewhere.example", at(9), ("年报.xlsx", town.book("财政局")))
    town.run(FIRST)
    assert town.decide("accept", "mail/001.eml/年报.xlsx", day=SECOND).code == 0
    assert town.decide("extend", "教育局", "2024-02-05", day=SECOND).code == 0
    assert town.decide("extend", "教育局", "2024-01-05", day=SECOND).code == 2
    town.run(SECOND)
    assert set(town.figures) == {"财政局"}
    status = town.say("status").text
    assert "延期至 2024-02-05　教育局" in status
    assert "延期至2月5日" in (town.ran.folder / "index.html").read_text("utf-8")


def test_a_report_called_by_another_agency_s_name_waits_for_a_person(town: Town) -> None:
    town.put("教育局2023年报.xlsx", town.book("财政局", 1))
    town.run(FIRST)
    [row] = town.ran.record["submissions"]
    assert (row["verdict"], [one["code"] for one in row["findings"]]) == ("held", ["F09"])
    assert town.decide("accept", "教育局2023年报.xlsx", day=SECOND).code == 0
    town.run(SECOND)
    assert town.counting == {"财政局": "教育局2023年报.xlsx"}


def came_back_unchanged(town: Town, wrong: Mapping[str, int] | None = None) -> None:
    """A total is typed over, or ``wrong``; the workbook that went back for it comes again with nothing changed."""
    book = town.book("财政局", 1, wrong=wrong or {TYPED_OVER: 99_999})
    town.receive(box("001"), at(9), ("年报.xlsx", book))
    town.run("2024-01-09")
    [back] = [item for item in town.letters if item["X-Nianbao"] == "returned"]
    [marked] = [part.get_content() for part in back.iter_attachments()]
    town.receive(box("001"), at(10), ("改好.xlsx", marked))
    town.run(FIRST)
    assert [row["file"] for row in town.ran.record["submissions"] if row["verdict"] == "held"] == [HELD_FILE]


def test_who_accepts_a_file_whose_total_was_contradicted_lets_it_count_with_its_computed_totals(
    town: Town,
) -> None:
    came_back_unchanged(town)
    place = town.form.places[TYPED_OVER]
    assert f"没有改动（{place.sheet} {place.cell}" in town.told("held", "001")[0]
    assert town.decide("accept", HELD_FILE, day=SECOND).code == 0
    town.run(SECOND)
    assert town.figures == {"财政局": town.figures_of("财政局", 1)}
    assert town.ran.record["counts"]["held"] == 0
    assert "没有新的报送" in town.run(THIRD).text
    assert town.decide("accept", HELD_FILE, "--revoke", day="2024-01-16").code == 0
    town.run("2024-01-16")
    assert (town.figures, town.ran.record["counts"]["held"]) == ({}, 1)


def test_who_accepts_a_file_whose_sums_still_fail_is_told_that_it_cannot_count(town: Town) -> None:
    came_back_unchanged(town, {"requests.carried_forward.natural_person": 77_777})
    said = town.decide("accept", HELD_FILE, day=SECOND)
    assert (said.code, "T3-01" in said.text, "改正后重新报送" in said.text) == (2, True, True)


def test_a_file_held_for_its_total_is_settled_by_a_newer_report(town: Town) -> None:
    came_back_unchanged(town)
    town.receive(box("001"), at(12), ("年报.xlsx", town.book("财政局", 2)))
    town.run(SECOND)
    assert town.figures == {"财政局": town.figures_of("财政局", 2)}
    assert not [row for row in town.ran.record["submissions"] if row["verdict"] == "held"]
    todo = openpyxl.load_workbook(town.ran.folder / TODO_NAME)[OPEN]
    assert not [row for row in todo.iter_rows(values_only=True) if "待核实的文件" in row]
    assert town.decide("accept", HELD_FILE, day=THIRD).code == 2, "nothing waits any more"
    assert "没有新的报送" in town.run(THIRD).text


def test_a_correction_is_released_by_the_same_command_as_everything_else(town: Town) -> None:
    config = town.folder / "district.toml"
    config.write_text(config.read_text("utf-8") + 'district_office_email = "sxq@city.example"\n', "utf-8")
    accepted(town)
    assert town.say("deliver", "--by", "王主任", now=f"{FIRST}T21:00:00").code == 0
    assert town.say("send", "--by-hand", "--all", now=f"{FIRST}T21:30:00").code == 0
    town.receive(box("001"), at(11), ("年报.xlsx", town.book("财政局", 4)))
    town.run(SECOND)
    wrong = town.decide("release", "教育局", day=THIRD)
    assert (wrong.code, "有更正的是：财政局" in wrong.text) == (2, True)
    assert town.decide("release", "财政局", day=THIRD, reason="漏计").code == 0
    assert "同意更正已报送的数据　漏计（王主任，2024-01-15）" in town.say("status").text
    town.run(THIRD)
    assert town.say("deliver", "--by", "王主任", now=f"{THIRD}T21:00:00").code == 0, "the reason is known"
    [letter] = [item for item in town.letters if item["To"] == "sxq@city.example"]
    body = letter.get_body()
    assert body is not None
    assert "更正理由：漏计" in body.get_content()
    assert town.say("send", "--by-hand", "--all", now=f"{THIRD}T21:30:00").code == 0
    late = town.decide("release", "--revoke", day="2024-01-16")
    assert (late.code, "已经报出" in late.text) == (2, True)


def test_an_extension_holds_for_every_command_from_then_on(town: Town) -> None:
    town.run(FIRST)
    assert town.decide("extend", "教育局", "2024/2/5", day=SECOND).code == 0
    assert town.say("template", now=f"{SECOND}T10:00:00").code == 0
    assert "2月5日" in town.told("template", "002")[0]
    assert "2月5日" not in town.told("template", "003")[0]


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["judge", "001"], "return"),
        (["return", "没有这个局"], "单位名单的“代码”列"),
        (["return", "--revoke"], "后面依次写：单位"),
        (["extend", "001", "下月"], "写法不对"),
        (["return", "001"], "财政局还没有合格的报送。"),
        (["count", "001", "7"], "财政局没有第 7 次报送；还没有合格的报送。"),
        (["count", "001"], "第几次"),
        (["extend", "001"], "日期"),
        (["accept", "没有.xlsx"], "nianbao status"),
        (["waive", "001", "T9-99"], "没有规则"),
        (["release"], "没有等待同意的更正"),
        (["release", "--revoke"], "没有这样的决定"),
        (["extend", "001", "--revoke"], "没有这样的决定"),
    ],
)
def test_a_decision_that_cannot_be_made_says_why(town: Town, arguments: list[str], remedy: str) -> None:
    town.run(FIRST)
    said = town.decide(*arguments, day=SECOND)
    assert said.code == 2
    assert remedy in said.text


# ---------------------------------------------------------------- one time of receipt


def status_row(town: Town, name: str) -> tuple[object, ...]:
    """The row of an agency on 报送情况."""
    book = openpyxl.load_workbook(town.ran.folder / town.ran.record["files"]["summary"])
    return next(row for row in book["报送情况"].iter_rows(values_only=True) if row[2] == name)


def test_a_file_first_seen_after_the_deadline_is_late_everywhere_if_an_earlier_look_proves_it(
    town: Town,
) -> None:
    town.put("财政局.xlsx", town.book("财政局"))
    town.run("2024-01-20")
    town.run("2024-02-08")
    town.put("教育局.xlsx", town.book("教育局"))
    town.run("2024-02-09")
    assert "F07" in town.ran.codes("教育局.xlsx")
    assert "F07" not in town.ran.codes("财政局.xlsx")
    assert status_row(town, "教育局")[6:8] == ("2024-02-09 登记", "迟报")
    assert status_row(town, "财政局")[6:8] == ("2024-01-20 登记", "按时")
    assert "2024-02-09 登记" in town.say("status").text


def test_where_nothing_proves_it_nobody_is_called_late_and_the_guess_is_marked(town: Town) -> None:
    town.put("教育局.xlsx", town.book("教育局"))
    town.run("2024-02-09")
    assert "F07" not in town.ran.codes("教育局.xlsx")
    assert status_row(town, "教育局")[6:8] == ("2024-02-09 登记", "不详")


def test_a_report_on_the_template_of_another_agency_is_accepted_once_a_person_says_whose_it_is(
    town: Town,
) -> None:
    """Nothing but the person knows: the row says all that speaks against it, and the decision names the agency."""
    town.receive(box("002"), at(10), ("年报.xlsx", town.book("教育局", 1, template_of="001")))
    town.run(FIRST)
    [held] = [row["file"] for row in town.ran.record["submissions"] if row["verdict"] == "held"]
    todo = openpyxl.load_workbook(town.ran.folder / TODO_NAME)[OPEN]
    [asked] = [str(row) for row in todo.iter_rows(values_only=True) if "待核实的文件" in row]
    assert "模板是发给“财政局”的，填报单位写的却是“教育局”" in asked
    assert "请在“补充”写明是哪个单位的" in asked
    said = town.decide("accept", held, day=SECOND)
    assert (said.code, "请先问清楚数据是哪个单位的" in said.text) == (2, True)
    assert town.decide("accept", held, "002", day=SECOND).code == 0
    town.run(SECOND)
    assert town.figures == {"教育局": town.figures_of("教育局", 1)}


# ---------------------------------------------------------------- mails that say that a machine wrote them


@pytest.mark.parametrize(
    ("name", "value"),
    [("X-Nianbao", "1"), ("Auto-Submitted", "auto-replied"), ("From", "postmaster@ju1.example")],
)
def test_a_report_that_comes_as_if_by_machine_is_a_report_and_is_not_answered(
    town: Town, name: str, value: str
) -> None:
    town.change("001", email="postmaster@ju1.example" if name == "From" else box("001"))
    town.receive(town.lines["001"][2], at(9), ("年报.xlsx", town.book("财政局", 1)))
    letter = town.letter(box("001"), at(11), ("更正.xlsx", town.book("财政局", 2)))
    del letter[name]
    letter[name] = value
    town.put("mail/更正.eml", letter.as_bytes())
    town.run(SECOND)
    assert town.figures["财政局"] == town.figures_of("财政局", 2)
    answered = [item["To"] for item in town.letters if item["X-Nianbao"] in ("acceptance", "held")]
    assert town.ran.record["counts"]["held"] == 0
    assert len(answered) <= 1


def test_a_letter_of_ours_that_comes_back_brings_nothing_but_what_is_not_ours(town: Town) -> None:
    town.receive(box("001"), at(9), ("年报.xlsx", town.book("财政局", 1)))
    town.run("2024-01-09")
    town.decide("return", "财政局", day="2024-01-10")
    town.run("2024-01-10")
    [back] = [item for item in town.letters if item["X-Nianbao"] == "returned"]
    town.put("mail/退信.eml", back.as_bytes())
    report = mail([], From="postmaster@x.example", Message_ID="<r@x>", Date=at(11))
    report.add_attachment(back)
    for part in back.iter_attachments():
        report.add_attachment(
            part.get_content(), maintype="application", subtype="octet-stream", filename="退回.xlsx"
        )
    town.put("mail/报告.eml", report.as_bytes())
    town.run("2024-01-11")
    assert [row["file"] for row in town.ran.record["submissions"] if row["version"]] == [
        "mail/001.eml/年报.xlsx"
    ]
    assert town.ran.record["counts"]["held"] == 0


def test_what_a_file_lacks_is_said_of_it_every_morning(town: Town, form: Form) -> None:
    """Whose it is is kept once it is known; that the file does not say so stays true."""
    book = openpyxl.load_workbook(io.BytesIO(town.book("财政局", 1)))
    for role in ("agency", "code"):
        place = form.places[form.entry_with_role(role).key]
        book[place.sheet][place.cell] = None
    stamp = book[STAMP_SHEET]
    stamp.cell(STAMP_NAMES.index("agency") + 1, 2).value = None
    saved = io.BytesIO()
    book.save(saved)
    town.receive(box("001"), at(9), ("年报.xlsx", saved.getvalue()))
    said = []
    for day, code in ((10, "002"), (11, "003")):
        town.receive(
            box(code), at(day), ("年报.xlsx", town.book({"002": "教育局", "003": "民政局"}[code], 2))
        )
        town.run(f"2024-01-{day}")
        [own] = [row for row in town.ran.record["submissions"] if row["agency"] == "001"]
        said.append(sorted((one["code"], one["severity"]) for one in own["findings"]))
    assert ("F02", "error") in said[0]
    assert said[0] == said[1]
