"""Reports that were published, put into a folder of the district: each night compares them with what counts."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from pathlib import Path
from urllib.parse import quote

import pytest
from openpyxl import load_workbook

from pipeline.forms.loader import load_form
from pipeline.publishing.todo_book import TODAY, TODO_NAME
from tests.support import windows
from tests.support.folders import Ran, filled, make_district, run

FORM = load_form()
NAME = "样例区甲局"


def test_a_night_compares_what_was_published_with_what_counts(tmp_path: Path) -> None:
    folder = make_district(tmp_path / "区", [NAME], {"a.xlsx": filled(FORM, NAME)})
    (folder / "agencies.csv").write_text(f"code,name,contact,phone\n001,{NAME},李芳,0571-86001234\n", "utf-8")
    first = run(folder)
    published = folder / "published"
    published.mkdir()
    page = (first.folder / "site" / "reports" / f"{NAME}.html").read_text("utf-8")
    assert "公布核对" not in (first.folder / "index.html").read_text("utf-8")
    (published / "好.html").write_text(page, "utf-8")
    cell = FORM.cells[0]
    at = page.index(">", page.index("<td headers=")) + 1
    end = page.index("<", at)
    (published / "错.html").write_text(f"{page[:at]}99{page[end:]}", "utf-8")
    second = run(folder)
    assert "没有新的报送" not in second.out
    shown = (second.folder / "index.html").read_text("utf-8")
    assert "1 份与已接受的不同" in shown
    assert "另有 1 份一致" in shown
    assert f"第1张表 第3行第2列（{cell.short_label}）：公布的是 99" in shown
    assert [item["file"] for item in second.record["published"]] == ["错.html"]
    [row] = calls(second)
    assert row[1:4] == (NAME, "李芳", "0571-86001234")
    assert "错.html" in row[4]
    assert f"（{cell.short_label}）：公布的是 99" in row[4]
    assert "没有新的报送" in run(folder).out
    assert calls(second) == [row], "what was found stays until it is mended"
    (published / "错.html").write_text(page, "utf-8")
    assert calls(run(folder)) == []
    (published / "坏.docx").write_bytes(b"PK no document")
    [unread] = calls(run(folder))
    assert "坏.docx" in unread[4]
    assert "样例区" in unread[1], "nobody's: it is for the office"


def test_the_districts_own_report_is_offered_once_it_is_finished_and_agrees(tmp_path: Path) -> None:
    folder = make_district(tmp_path / "区", [NAME], {"a.xlsx": filled(FORM, NAME)})
    first = run(folder)
    draft = first.folder / first.record["files"]["district_report"]
    own = first.folder / "site" / "reports" / draft.name
    published = folder / "published"
    published.mkdir()
    (published / "本级年报.docx").write_bytes(draft.read_bytes())
    second = run(folder)
    [item] = second.record["published"]
    assert "还有未补写的" in item["refusal"]
    assert not own.exists()
    (published / "本级年报.docx").write_bytes(completed(draft.read_bytes()))
    third = run(folder)
    assert third.record["published"] == []
    assert own.read_bytes() == completed(draft.read_bytes())
    page = (first.folder / "site" / "index.html").read_text("utf-8")
    assert page.index("本级年度报告") < page.index(NAME)
    assert quote(f"reports/{draft.name}") in page
    assert "没有新的报送" in run(folder).out
    elsewhere = published / "别的单位" / "本级年报.docx"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(b"another file of that name")
    run(folder)
    assert own.read_bytes() == completed(draft.read_bytes())
    elsewhere.unlink()
    (published / "本级年报.docx").unlink()
    run(folder)
    assert not own.exists()
    assert "本级年度报告" not in (first.folder / "site" / "index.html").read_text("utf-8")


def completed(draft: bytes) -> bytes:
    """The draft with every gap filled in."""
    result = BytesIO()
    with zipfile.ZipFile(BytesIO(draft)) as old, zipfile.ZipFile(result, "w") as new:
        for item in old.infolist():
            content = old.read(item)
            if item.filename == "word/document.xml":
                content = re.sub("【填写：[^】]*】", "另有安排。", content.decode()).encode()
            new.writestr(item, content)
    return result.getvalue()


def test_a_published_file_that_cannot_be_reached_costs_itself_and_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows lists it and does not find it, for its path is too long; another one is open in a program."""
    folder = make_district(tmp_path / "区", [NAME], {"a.xlsx": filled(FORM, NAME)})
    deep = folder / "published" / ("深" * 80) / ("深" * 80)
    deep.mkdir(parents=True)
    (deep / f"{'长' * 80}.html").write_text("<p>", "utf-8")
    windows.short_paths(monkeypatch)
    long = run(folder)
    assert long.code == 0, long.err
    [told] = calls(long)
    assert f"{'长' * 80}.html" in told[4]
    assert "路径太长" in told[4]
    assert "没有新的报送" in run(folder).out


def calls(ran: Ran) -> list[tuple[str, ...]]:
    """The rows of sheet 今天 of 待办.xlsx about what was published."""
    sheet = load_workbook(ran.folder / TODO_NAME)[TODAY]
    rows = [tuple(str(value or "") for value in row) for row in sheet.iter_rows(values_only=True)]
    return [row for row in rows if "公布的" in row[4]]
