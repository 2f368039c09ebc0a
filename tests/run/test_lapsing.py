"""An exception that runs out takes a report out of the sums: the office hears of that before and after, until it is settled."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import load_workbook

from pipeline.forms.form import Form
from pipeline.publishing.todo_book import DONE, TODAY, TODO_NAME
from tests.support.towns import Town, box

RULE = "T3-04"


@pytest.fixture
def town(form: Form, tmp_path: Path) -> Town:
    """A town whose one agency contradicts last year's report, and is excepted until the 10th."""
    town = Town.of(form, tmp_path / "区", "财政局")
    carried = next(key for key in form.by_key if key.endswith("carried_forward.natural_person"))
    right = town.figures_of("财政局", 1)[[cell.key for cell in form.cells].index(carried)]
    past = tmp_path / "上年.xlsx"
    past.write_bytes(town.book("财政局", 1, year=town.year - 1, wrong={carried: int(right) + 3}))
    town.say("import", past)
    town.receive(box("001"), "Mon, 08 Jan 2024 09:30:00 +0800", ("年报.xlsx", town.book("财政局", 1)))
    waived = town.say(
        "waive", "财政局", RULE, "--reason", "移交一件", "--until", "2024-01-10", now="2024-01-08T10:00:00"
    )
    assert waived.code == 0
    return town


def shown(town: Town, sheet: str) -> str:
    rows = load_workbook(town.ran.folder / TODO_NAME)[sheet].iter_rows(values_only=True)
    return "\n".join(str(value) for row in rows for value in row if value)


def test_an_exception_that_ends_is_told_before_and_after(town: Town) -> None:
    assert "到 2024-01-10 为止" in town.run("2024-01-08").text
    assert set(town.figures) == {"财政局"}
    told = town.run("2024-01-11").text
    assert town.figures == {}
    [digest] = [str(item.get_body().get_content()) for item in town.letters if item["X-Nianbao"] == "digest"]  # type: ignore[union-attr]
    page = (town.ran.folder / "index.html").read_text("utf-8")
    for place in (told, page, digest, shown(town, TODAY), shown(town, DONE)):
        assert "已到期" in place or "已经到期，第 1 次报送的数据不再计入汇总" in place
    assert "已经到期" in town.run("2024-01-14").text, "until it is settled"


def test_what_is_settled_is_told_no_more(town: Town) -> None:
    town.run("2024-01-08")
    town.run("2024-01-11")
    town.say("waive", "财政局", RULE, "--reason", "再准予", now="2024-01-13T10:00:00")
    assert "2024-01-10" not in town.run("2024-01-13").text
    assert set(town.figures) == {"财政局"}
    assert "到期" not in shown(town, DONE)
