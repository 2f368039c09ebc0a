"""Reports that were published, put into a folder of the district: each night compares them with what counts."""

from __future__ import annotations

from pathlib import Path

from pipeline.forms.loader import load_form
from tests.support.folders import filled, make_district, run

FORM = load_form()
NAME = "样例区甲局"


def test_a_night_compares_what_was_published_with_what_counts(tmp_path: Path) -> None:
    folder = make_district(tmp_path / "区", [NAME], {"a.xlsx": filled(FORM, NAME)})
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
    assert "没有新的报送" in run(folder).out
