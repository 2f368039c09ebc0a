"""A report that was accepted leaves the sums because it is judged anew: office and agency read why, until something newer has come."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from openpyxl import load_workbook

from pipeline.forms.form import Form
from pipeline.model import Number
from pipeline.publishing.todo_book import TODAY, TODO_NAME
from tests.support.faults.figures import COLUMNS
from tests.support.towns import Town, box

THIS, LAST = "requests.carried_over.", "requests.carried_forward."
LEFT = "财政局：更正了2023年度的数据，第 1 次报送与更正后的不符，数据不再计入汇总"


def _figures(town: Town, seed: int) -> dict[str, int]:
    keys = [cell.key for cell in town.form.cells]
    return {
        key: int(value)
        for key, value in zip(keys, town.figures_of("财政局", seed), strict=True)
        if key.startswith("requests")
    }


def _of_last_year(town: Town, more: int = 0) -> Mapping[str, Number | str]:
    """Figures of last year's report that leave over what this year's began with, and ``more``."""
    this, last = _figures(town, 1), _figures(town, 13)
    found: dict[str, Number | str] = {}
    for number, name in enumerate(COLUMNS):
        carried = this[THIS + name] + (0 if number else more)
        found[LAST + name] = carried
        found[THIS + name] = last[THIS + name] + carried - last[LAST + name]
    return found


def _today(town: Town) -> str:
    rows = load_workbook(town.ran.folder / TODO_NAME)[TODAY].iter_rows(values_only=True)
    return "\n".join(str(value) for row in rows for value in row if value)


def _words(town: Town, kind: str) -> str:
    found = [item for item in town.letters if item["X-Nianbao"] == kind]
    return "\n".join(str(item.get_body().get_content()) for item in found)  # type: ignore[union-attr]


def test_whose_own_correction_contradicts_it_is_said_to_office_and_agency(form: Form, tmp_path: Path) -> None:
    town = Town.of(form, tmp_path / "区", "财政局")
    town.receive(
        box("001"),
        "Wed, 10 Jan 2024 09:30:00 +0800",
        ("a.xlsx", town.book("财政局", 13, wrong=_of_last_year(town))),
    )
    town.run("2024-01-10")
    town.year = 2024
    town.settings()
    town.receive(box("001"), "Wed, 08 Jan 2025 09:30:00 +0800", ("b.xlsx", town.book("财政局", 1)))
    town.run("2025-01-08")
    assert set(town.figures) == {"财政局"}
    assert "不再计入" not in _words(town, "digest")
    town.say("send", "--by-hand", "--agency", "财政局", "--all", now="2025-01-09T08:00:00")
    town.year = 2023
    town.settings()
    again = town.book("财政局", 13, wrong=_of_last_year(town, more=2))
    town.receive(box("001"), "Thu, 09 Jan 2025 09:30:00 +0800", ("c.xlsx", again))
    town.run("2025-01-09")
    town.year = 2024
    town.settings()
    said = town.run("2025-01-09").text
    assert town.figures == {}
    page = (town.ran.folder / "index.html").read_text("utf-8")
    assert all(LEFT in place for place in (said, page, _words(town, "digest")))
    assert LEFT.partition("：")[2] in _today(town)
    assert "因贵单位更正了2023年度的数据，重新检查时发现 1 项错误" in _words(town, "returned")
    assert LEFT in town.run("2025-01-12").text, "until the agency has sent another one"
    town.receive(box("001"), "Mon, 13 Jan 2025 09:30:00 +0800", ("d.xlsx", town.book("财政局", 3)))
    assert LEFT not in town.run("2025-01-13").text
