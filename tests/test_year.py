"""A year: a rename, a new clerk, a report sent back, a delivery and a correction after it, a merger, and the next January."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl

from pipeline.forms.form import Form
from tests.support.towns import Town, box

OFFICE = 'district_office_email = "qfb@district.example"\n'
CARRIED = "requests.carried_forward.total"


def test_a_year(form: Form, tmp_path: Path) -> None:  # noqa: PLR0915 - a year has many days
    town = Town.of(form, tmp_path / "区", "财政局", "教育局", "民政局", "残联")
    with (town.folder / "district.toml").open("a", encoding="utf-8") as settings:
        settings.write(OFFICE)

    def post(code: str, day: int, name: str, seed: int = 0, year: int = 2024) -> None:
        stamp = f"{day:02} Jan {year} 09:30:00 +0800"
        town.receive(town.lines[code][2].split(";")[0], f"Wed, {stamp}", ("年报.xlsx", town.book(name, seed)))

    # All report; one is renamed and gets a new clerk afterwards; nothing of what was accepted changes.
    for code, (name, *_) in town.lines.items():
        post(code, 9, name)
    assert town.run("2024-01-09").code == 0
    town.change("001", name="财政和金融局", former_names="财政局", email="new@gov.example")
    assert town.run("2024-01-10").code == 0
    assert len(town.figures) == 4

    # A leader says "send it back"; the new clerk answers from the new mailbox.
    assert town.decide("return", "财政局", day="2024-01-11", reason="与部门决算不符").code == 0
    assert town.run("2024-01-11").code == 1
    bodies = (item.get_body() for item in town.letters if item["X-Nianbao"] == "returned")
    assert ["与部门决算不符" in str(part.get_content()) for part in bodies if part] == [True]
    post("001", 12, "财政和金融局", 1)
    assert town.run("2024-01-12").code == 0
    assert town.figures["财政和金融局"] == town.figures_of("财政和金融局", 1)

    # What is delivered is compared with: a correction is listed with who and what.
    assert town.say("deliver", "--by", "王主任", now="2024-01-31T10:00:00").code == 0
    assert town.say("send", "--by-hand", "--all", now="2024-01-31T11:00:00").code == 0
    post("002", 31, "教育局", 2)
    town.run("2024-02-01")
    book = openpyxl.load_workbook(town.ran.folder / town.ran.record["files"]["summary"])
    assert "教育局" in {cell.value for row in book["版本与更正"].iter_rows() for cell in row}

    # The bureaus merge in summer; the next January asks the new body for one report.
    forward = {name: Decimal(town.figures[name][form.by_key[CARRIED].index]) for name in ("民政局", "残联")}
    town.change("005", name="社会事务局", email=box("005"))
    town.change("003", merged_into="社会事务局 2024-07-01")
    town.change("004", merged_into="社会事务局 2024-07-01")
    town.year = 2024
    config = (town.folder / "district.toml").read_text("utf-8")
    config = config.replace("year = 2023", "year = 2024").replace("2024-01-31", "2025-01-31")
    (town.folder / "district.toml").write_text(config, "utf-8")
    assert town.say("template", "--agency", "社会事务局", now="2025-01-05T09:00:00").code == 0
    [template] = (town.folder / "output" / "2024" / "templates").glob("005_*.xlsx")
    values = {cell.value for row in openpyxl.load_workbook(template)["上年数据"].iter_rows() for cell in row}
    assert sum(forward.values()) in values
    town.run("2025-01-06")
    record = town.ran.record
    assert (record["counts"]["expected"], record["counts"]["missing"]) == (3, 3)
    post("005", 8, "社会事务局", year=2025)
    town.run("2025-01-08")
    [row] = [row for row in town.ran.record["submissions"] if row["agency"] == "005"]
    told = [one["message"] for one in row["findings"] if one["code"] == "T3-04"]
    carried = town.figures_of("社会事务局")[form.by_key["requests.carried_over.total"].index]
    assert bool(told) == (Decimal(carried) != sum(forward.values()))
    assert all(f"{sum(forward.values())}" in words for words in told)
    assert town.decide("waive", "社会事务局", "T3-04", day="2025-01-09").code == 0
    town.run("2025-01-09")

    # Last year's numbers on the line of another body would be compared with the wrong body: nothing runs.
    town.lines["001"], town.lines["002"] = town.lines["002"], town.lines["001"]
    town.save()
    assert town.run("2025-01-10").code == 2
