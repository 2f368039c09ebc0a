"""What a run itself changes is not asked for in the digest that it writes: what was agreed, what was overtaken, what leaves by itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.forms.form import Form
from tests.support.towns import Town, box

SUPERIOR = "sxq@city.example"
AGREE, SIGN = "还没有上报", "请签发"


def reporting_up(form: Form, folder: Path) -> Town:
    """A town that sends its workbook up, and whose one agency has reported."""
    town = Town.of(form, folder, "财政局")
    config = town.folder / "district.toml"
    config.write_text(config.read_text("utf-8") + f'district_office_email = "{SUPERIOR}"\n', "utf-8")
    town.receive(box("001"), "Mon, 08 Jan 2024 09:30:00 +0800", ("年报.xlsx", town.book("财政局", 1)))
    return town


@pytest.fixture
def town(form: Form, tmp_path: Path) -> Town:
    """A town whose workbook went up on the 9th, and a correction that came the same day."""
    town = reporting_up(form, tmp_path / "区")
    town.run("2024-01-08")
    town.say("deliver", "--by", "王主任", now="2024-01-09T09:00:00")
    town.say("send", "--by-hand", "--all", now="2024-01-09T10:00:00")
    town.receive(box("001"), "Tue, 09 Jan 2024 11:30:00 +0800", ("年报2.xlsx", town.book("财政局", 2)))
    town.run("2024-01-09")
    return town


def digest(town: Town) -> str:
    """The body of the newest digest."""
    [letter] = [item for item in town.letters if "每日情况" in item["Subject"]]
    return str(letter.get_body(("plain",)).get_content())  # type: ignore[union-attr]


def agreed(town: Town, day: str = "2024-01-10") -> None:
    assert town.decide("release", "财政局", day=day).code == 0
    town.run(day)


def test_what_was_agreed_is_to_be_signed(town: Town) -> None:
    assert AGREE in digest(town)
    agreed(town)
    assert "更正已经同意，请签发" in digest(town)
    assert AGREE not in digest(town)
    assert "待发的信 1 封，在 letters 文件夹。已用别的办法发出的，在 待办.xlsx" in digest(town), (
        "the receipt, and no unsigned workbook"
    )


def test_what_is_overtaken_or_taken_back_is_to_be_agreed_to_anew(town: Town) -> None:
    agreed(town)
    town.receive(box("001"), "Thu, 11 Jan 2024 09:30:00 +0800", ("年报3.xlsx", town.book("财政局", 3)))
    town.run("2024-01-11")
    assert AGREE in digest(town)
    assert "更正已经同意" not in digest(town)


def test_what_was_signed_and_then_stopped_is_not_asked_for_and_may_be_signed_anew(
    form: Form, tmp_path: Path
) -> None:
    """A person does not want it to leave. Whoever signs again has thought better of it."""
    town = reporting_up(form, tmp_path / "区")
    town.run("2024-01-08")
    assert SIGN not in town.say("deliver", "--by", "王主任", now="2024-01-09T09:00:00").text
    [letter] = [item for item in town.letters if item["To"] == SUPERIOR]
    assert (
        town.say("letters", "--stop", letter["Message-ID"].strip("<>")[:6], now="2024-01-09T10:00:00").code
        == 0
    )
    assert "签发" not in town.run("2024-01-10").text
    assert "签发" not in digest(town)
    again = town.say("deliver", "--by", "李主任", now="2024-01-11T09:00:00")
    assert "已签发（李主任）" in again.text
    assert [item for item in town.letters if item["To"] == SUPERIOR]
