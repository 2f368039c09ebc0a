"""A held file that is no submission: it waits no longer, nothing is lost, and it can be taken back."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from pipeline.forms.form import Form
from pipeline.ledger import open_copy
from pipeline.ledger.events import EventKind, story
from tests.support.folders import YEAR, Ran, filled, make_district, nianbao, run
from tests.support.mails import mail

STRAY = "2024-01-10/说明.xlsx"


@pytest.fixture
def district(form: Form, tmp_path: Path) -> Path:
    """One agency whose file is accepted, and a file of nobody."""
    files = {"2024-01-10/甲局.xlsx": filled(form, "甲局"), STRAY: filled(form, "撤并的局")}
    folder = make_district(tmp_path, ["甲局"], files)
    assert run(folder).code == 1
    return folder


def said(folder: Path, *arguments: str | Path) -> tuple[int, str]:
    done = nianbao("dismiss", folder, *arguments, "--by", "王主任")
    return done.returncode, done.stdout + done.stderr


def listed(ran: Ran) -> set[str]:
    book = openpyxl.load_workbook(ran.folder / ran.record["files"]["summary"])
    return {str(cell.value) for row in book["问题与说明"].iter_rows() for cell in row}


def test_a_dismissed_file_is_not_held_but_listed_with_its_reason(district: Path) -> None:
    assert said(district, "说明.xlsx", "--reason", "已并入甲局")[0] == 0
    status = nianbao("status", district).stdout
    assert f"不是报送　{STRAY}　已并入甲局（王主任，" in status
    assert "待核实　" not in status
    ran = run(district)
    assert ran.code == 0
    assert ran.record["counts"]["held"] == 0
    assert ran.verdicts() == {"2024-01-10/甲局.xlsx": "accepted", STRAY: "not_a_submission"}
    assert {STRAY, "已并入甲局", "王主任"} <= listed(ran)
    assert (district / "inbox" / STRAY).is_file()
    with open_copy(district / "output") as ledger:
        assert [event.detail for event in story(ledger, YEAR) if event.kind is EventKind.DECIDED] == [
            f"dismiss {STRAY}"
        ]
    (district / "inbox" / STRAY).unlink()
    assert run(district).code == 0


def test_status_offers_what_can_be_chosen(district: Path) -> None:
    """A file in which nothing was read cannot be accepted; 待办.xlsx does not offer it either."""
    (district / "inbox" / "2024-01-10" / "说明.txt").write_text("填表说明", "utf-8")
    run(district)
    offered = [line for line in nianbao("status", district).stdout.splitlines() if "待核实　" in line]
    assert {line.partition("选")[2] for line in offered if "说明.txt" in line} == {"“不是报送”"}
    assert {line.partition("选")[2] for line in offered if STRAY in line} == {"“准予接收”或者“不是报送”"}


def test_a_dismissal_can_be_taken_back(district: Path) -> None:
    before = run(district)
    assert said(district, STRAY, "--reason", "已并入甲局")[0] == 0
    run(district)
    assert said(district, district / "inbox" / STRAY, "--revoke")[0] == 0
    after = run(district)
    assert after.verdicts() == before.verdicts()
    assert listed(after) == listed(before)
    assert said(district, STRAY, "--withdraw")[0] == 2


@pytest.mark.parametrize(
    ("arguments", "remedy"),
    [
        (["甲局.xlsx", "--reason", "重复"], "nianbao status"),
        (["无此文件", "--reason", "重复"], "nianbao status"),
        ([STRAY, "--reason", " "], "--reason"),
    ],
)
def test_what_is_not_held_or_not_explained_is_refused(
    district: Path, arguments: list[str], remedy: str
) -> None:
    code, words = said(district, *arguments)
    assert code == 2
    assert remedy in words
    assert words.count("\n") == 1


def test_a_name_that_means_two_files_is_asked_about(form: Form, district: Path) -> None:
    again = district / "inbox" / "2024-01-11" / "说明.xlsx"
    again.parent.mkdir()
    again.write_bytes(filled(form, "另一局"))
    run(district)
    code, words = said(district, "说明.xlsx", "--reason", "说明")
    assert (code, "2024-01-11/说明.xlsx" in words) == (2, True)
    assert said(district, STRAY, "--reason", "说明")[0] == 0
    assert run(district).record["counts"]["held"] == 1


def test_the_same_bytes_from_the_agency_itself_count_all_the_same(form: Form, tmp_path: Path) -> None:
    content = filled(form, "甲局")
    letter = mail([("甲局.xlsx", content)], From="someone@else.example").as_bytes()
    folder = make_district(tmp_path, ["甲局"], {"1.eml": letter})
    (folder / "agencies.csv").write_text("code,name,email\n001,甲局,jia@x.example\n", "utf-8")
    held = run(folder)
    assert held.verdicts() == {"1.eml/甲局.xlsx": "held"}
    letters = list((held.folder / "letters").iterdir())
    assert said(folder, "甲局.xlsx", "--reason", "陌生人")[0] == 0
    ran = run(folder)
    assert ran.record["counts"]["held"] == 0
    assert not [path for path in letters if "核实" in path.name and path.is_file()]
    with open_copy(folder / "output") as ledger:
        [row] = ledger.rows("SELECT verdict, reason FROM mails")
    assert (row["verdict"], row["reason"]) == ("not_a_submission", "dismissed")
    again = mail([("甲局.xlsx", content)], From="jia@x.example", Message_ID="<2@x.example>").as_bytes()
    (folder / "inbox" / "2.eml").write_bytes(again)
    assert run(folder).verdicts() == {"1.eml/甲局.xlsx": "not_a_submission", "2.eml/甲局.xlsx": "accepted"}


def test_what_was_held_and_is_a_copy_or_too_late_by_now_does_not_wait_in_status(
    form: Form, tmp_path: Path
) -> None:
    folder = make_district(tmp_path, ["甲局"], {"2024-01-10/旧.xlsx": filled(form, "老甲局")})
    run(folder)
    later = folder / "inbox" / "2024-01-12" / "新.xlsx"
    later.parent.mkdir()
    later.write_bytes(filled(form, "甲局"))
    run(folder)
    (folder / "agencies.csv").write_text("code,name,aliases\n001,甲局,老甲局\n", "utf-8")
    assert run(folder).record["counts"]["held"] == 0
    assert "待核实　" not in nianbao("status", folder).stdout
    assert said(folder, "旧.xlsx", "--reason", "旧名称")[0] == 2


def test_what_stands_for_itself_again_waits_in_status_again(form: Form, tmp_path: Path) -> None:
    """Once the agency is gone from the roster nobody owns the file, and the first that came stands for all."""
    content = filled(form, "甲局")
    letter = mail([("甲局.xlsx", content)], From="someone@else.example").as_bytes()
    folder = make_district(tmp_path, [], {"1.eml": letter})
    roster = "code,name,email\n001,甲局,jia@x.example\n002,乙局,yi@x.example\n"
    (folder / "agencies.csv").write_text(roster, "utf-8")
    run(folder)
    (folder / "inbox" / "甲局.xlsx").write_bytes(content)
    assert run(folder).verdicts() == {"1.eml/甲局.xlsx": "duplicate", "甲局.xlsx": "accepted"}
    assert "待核实　" not in nianbao("status", folder).stdout
    (folder / "agencies.csv").write_text("code,name,email\n002,乙局,yi@x.example\n", "utf-8")
    for _ in range(2):
        held = {file for file, verdict in run(folder).verdicts().items() if verdict == "held"}
        [shown] = [line for line in nianbao("status", folder).stdout.splitlines() if "待核实　" in line]
        assert [file for file in held if file in shown] == list(held)
