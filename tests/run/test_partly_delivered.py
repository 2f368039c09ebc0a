"""Sums that went up while an agency was missing: what becomes other than it was there is said at once, not when all are there."""

from __future__ import annotations

from pathlib import Path

from pipeline.forms.form import Form
from tests.support.towns import Town, box

SAID = "已报送的汇总表有更正，还没有上报："


def _post(town: Town, code: str, name: str, seed: int, day: int) -> None:
    at = f"Wed, {day:02} Jan 2024 09:30:00 +0800"
    town.receive(box(code), at, ("年报.xlsx", town.book(name, seed)))


def test_what_is_corrected_after_sums_went_up_in_part_is_said(form: Form, tmp_path: Path) -> None:
    town = Town.of(form, tmp_path / "区", "财政局", "教育局", "民政局")
    settings = town.folder / "district.toml"
    settings.write_text(
        settings.read_text("utf-8") + 'district_office_email = "up@office.example"\n', "utf-8"
    )
    _post(town, "001", "财政局", 1, 9)
    town.run("2024-01-09")
    assert town.say("deliver", "--by", "王主任", now="2024-01-10T08:00:00").code == 0
    assert town.say("send", "--by-hand", "--all", now="2024-01-10T09:00:00").code == 0
    _post(town, "002", "教育局", 1, 10)
    assert SAID not in town.run("2024-01-10").text, "who came since corrects nothing"
    _post(town, "001", "财政局", 2, 11)
    said = town.run("2024-01-11").text
    digests = [str(item.get_body().get_content()) for item in town.letters if item["X-Nianbao"] == "digest"]  # type: ignore[union-attr]
    page = (town.ran.folder / "index.html").read_text("utf-8")
    assert all(f"{SAID}财政局" in place for place in (said, page, digests[-1]))
    assert "教育局" not in said.partition(SAID)[2].partition("\n")[0]
    _post(town, "003", "民政局", 1, 12)
    assert SAID not in town.run("2024-01-12").text, "all are there: they go up together"
