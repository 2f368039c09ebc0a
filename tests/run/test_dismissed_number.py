"""A file that turned out to be no submission keeps its number: whoever reads of another number is told why, and no page counts by it."""

from __future__ import annotations

from pathlib import Path

from pipeline.forms.form import Form
from tests.support.towns import Town, box


def test_the_number_of_what_was_no_submission_is_explained(form: Form, tmp_path: Path) -> None:
    town = Town.of(form, tmp_path / "区", "财政局")
    drafts = [("草稿.xlsx", town.book("财政局", 1)), ("年报.xlsx", town.book("财政局", 2))]
    town.receive(box("001"), "Mon, 08 Jan 2024 09:30:00 +0800", *drafts)
    town.run("2024-01-08")
    for name, _ in drafts:
        assert town.decide("dismiss", f"mail/001.eml/{name}", day="2024-01-09").code == 0
    town.receive(
        box("001"),
        "Tue, 09 Jan 2024 09:30:00 +0800",
        ("年报.xlsx", town.book("财政局", 3, wrong={"preface": "××局"})),
    )
    town.run("2024-01-09")
    [row] = [row for row in town.ran.record["submissions"] if row["version"]]
    assert row["version"] == 3, "numbers are not given again"
    kind = "acceptance" if row["counts"] else "returned"
    [said] = town.told(kind, "001")
    assert "第 1、2 次发来的经核实不是报送" in said
    page = (town.ran.folder / "index.html").read_text("utf-8")
    assert kind == "returned"
    assert "第 3 次报送" in page
    assert "第 1 次报送" not in page
