"""A body that is off the roster reports all the same: its name is known, and so is that it is not asked any more."""

from __future__ import annotations

from pathlib import Path

from openpyxl import load_workbook

from pipeline.forms.form import Form
from pipeline.publishing.todo_book import OPEN, TODO_NAME
from tests.support.towns import Town, box


def test_what_an_abolished_body_sends_is_said_to_be_its_own(form: Form, tmp_path: Path) -> None:
    town = Town.of(form, tmp_path / "区", "财政局", "大数据局")
    town.run("2024-01-08")
    old = town.book("大数据局", 1, template_of="002")
    del town.lines["002"]
    town.save()
    town.receive(box("002"), "Tue, 09 Jan 2024 09:30:00 +0800", ("大数据局.xlsx", old))
    town.receive(
        "nobody@else.example", "Tue, 09 Jan 2024 09:40:00 +0800", ("别的.xlsx", town.book("别的局", 2))
    )
    town.run("2024-01-09")
    said = {
        row["file"].rpartition("/")[2]: [item["message"] for item in row["findings"]]
        for row in town.ran.record["submissions"]
    }
    assert ["大数据局 的，它以前在单位名单中" in words for words in said["大数据局.xlsx"][:1]] == [True]
    assert not any(
        "看不出是哪个单位" in words or "不在任何单位的名单中" in words for words in said["大数据局.xlsx"]
    )
    assert any("不在任何单位的名单中" in words for words in said["别的.xlsx"])
    [told] = town.told("held", "002")
    assert "已经不在报送单位名单中" in told
    assert "写明单位全称" not in told
    rows = [
        row
        for row in load_workbook(town.ran.folder / TODO_NAME)[OPEN].iter_rows(values_only=True)
        if "大数据局.xlsx" in str(row)
    ]
    assert "记为“不是报送”" in str(rows)
