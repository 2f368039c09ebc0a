"""Without a mail server: letters that open ready to send, text to paste, the morning's text in the folder."""

from __future__ import annotations

from datetime import datetime
from email import message_from_bytes
from pathlib import Path

from pipeline.coordinating.preparing import TEMPLATES_ZIP, personal_templates
from pipeline.district.folder import load_district
from pipeline.ledger import open_ledger
from pipeline.machine.work import Workforce
from pipeline.model import CHINA
from pipeline.run import batch
from pipeline.run.letters import handing_out
from pipeline.run.letters.by_other_means import CHAT_NAME
from pipeline.run.letters.digest_file import MORNING_NAME
from tests.support.folders import make_district

ROSTER = "code,name,contact,phone,email\n001,甲局,张三,0571-1,jia@x.example\n002,乙局,,,\n"


def office(folder: Path, extra: str = "") -> Path:
    made = make_district(folder / "区", ["甲局"], {}, extra=extra)
    (made / "agencies.csv").write_text(ROSTER, "utf-8")
    return made


def arrived(folder: Path, now: datetime) -> Path:
    batch.run(load_district(folder), folder / "output", now=now, work=Workforce(), progress=lambda *_: None)
    return folder / "output" / "2023"


def at(day: int, hour: int = 20) -> datetime:
    return datetime(2024, 1, day, hour, tzinfo=CHINA)


def test_a_letter_opens_ready_to_be_sent_and_can_be_pasted(tmp_path: Path) -> None:
    year = arrived(office(tmp_path), at(24))
    [letter] = (year / "letters").glob("*.eml")
    mail = message_from_bytes(letter.read_bytes())
    assert (mail["X-Unsent"], mail["To"]) == ("1", "jia@x.example")
    chat = (year / CHAT_NAME).read_text("utf-8-sig")
    group, one_by_one = chat.split("二、")
    assert "甲局" in group
    assert "乙局" not in group
    assert "张三 0571-1" in one_by_one
    assert "还没有收到贵单位" in one_by_one


def test_the_text_to_paste_is_the_same_without_the_words_that_are_at_hand(tmp_path: Path) -> None:
    folder = office(tmp_path)
    year = arrived(folder, at(24))
    chat = (year / CHAT_NAME).read_bytes()
    with open_ledger(folder / "output") as ledger, ledger.transaction("as an earlier version left it"):
        assert [row["words"] for row in ledger.rows("SELECT words FROM letter_words")] != []
        ledger.write("DELETE FROM letter_words")
    (year / CHAT_NAME).unlink()
    arrived(folder, at(24))
    assert (year / CHAT_NAME).read_bytes() == chat


def test_a_server_sends_what_it_was_given(tmp_path: Path) -> None:
    mail = '[people]\nemail = "a@x.example"\n[mail]\nsmtp_host = "smtp.x.example"\n'
    year = arrived(office(tmp_path, mail), at(24))
    for letter in (year / "letters").glob("*.eml"):
        assert message_from_bytes(letter.read_bytes())["X-Unsent"] is None
    assert not (year / CHAT_NAME).exists()
    assert not (year / MORNING_NAME).exists(), "the mailbox has it"


def test_the_morning_lies_in_the_folder_on_a_friday_for_monday(tmp_path: Path) -> None:
    folder = office(tmp_path)
    year = arrived(folder, at(26))
    friday = (year / MORNING_NAME).read_text("utf-8-sig")
    assert "2024年1月29日（星期一）" in friday.splitlines()[0]
    assert "乙局" in friday
    arrived(folder, at(27))
    assert (year / MORNING_NAME).read_text("utf-8-sig") == friday, "nothing new, the same Monday"
    arrived(folder, at(29))
    assert "1月30日（星期二）" in (year / MORNING_NAME).read_text("utf-8-sig")


def test_the_morning_is_written_anew_where_somebody_saved_it_in_another_encoding(tmp_path: Path) -> None:
    folder = office(tmp_path)
    path = arrived(folder, at(26)) / MORNING_NAME
    path.write_text(path.read_text("utf-8-sig"), "gbk")
    arrived(folder, at(27))
    assert "2024年1月29日（星期一）" in path.read_text("utf-8-sig").splitlines()[0]


def test_all_templates_are_one_file_too(tmp_path: Path) -> None:
    folder = office(tmp_path)
    district = load_district(folder)
    paths = personal_templates(district, folder / "output")
    first = (paths[0].parent.parent / TEMPLATES_ZIP).read_bytes()
    personal_templates(district, folder / "output")
    assert (paths[0].parent.parent / TEMPLATES_ZIP).read_bytes() == first
    handing_out.send_templates(district, folder / "output", code=None, now=at(2))
    assert "填报模板已做好" in (folder / "output" / "2023" / CHAT_NAME).read_text("utf-8-sig")


def test_who_has_no_mailbox_is_named_with_the_telephone(tmp_path: Path) -> None:
    folder = office(tmp_path)
    (folder / "agencies.csv").write_text(ROSTER + "003,丙局,李四,0571-3,\n", "utf-8")
    chat = (arrived(folder, at(24)) / CHAT_NAME).read_text("utf-8-sig")
    assert chat.partition("三、")[2].split() == [
        "名单中没有邮箱的单位，没有写信，请另行联系", "乙局", "丙局", "李四", "0571-3",
    ]  # fmt: skip
    (folder / "agencies.csv").write_text("code,name,email\n001,甲局,jia@x.example\n", "utf-8")
    assert "三、" not in (arrived(folder, at(25)) / CHAT_NAME).read_text("utf-8-sig")


def test_a_register_is_not_filled_with_zeros(tmp_path: Path) -> None:
    folder = office(tmp_path)
    settings = folder / "district.toml"
    settings.write_text(
        settings.read_text("utf-8").replace("annual_report_2021", "normative_documents"), "utf-8"
    )
    handing_out.send_templates(load_district(folder), folder / "output", code=None, now=at(2))
    chat = (folder / "output" / "2023" / CHAT_NAME).read_text("utf-8-sig")
    assert "2023年度行政规范性文件台账" in chat
    assert "一条填一行" in chat
    assert "填 0" not in chat
    assert "年度报告" not in chat
