"""Earlier years that the ledger knows stand in the district workbook, and only a change of them makes it anew."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl

from pipeline.forms.form import Form
from pipeline.publishing.summary.charts import CHARTS_SHEET
from tests.support.fills import zeros
from tests.support.folders import Ran, make_district, nianbao, run

NAMES = ["样例区财政局", "样例区教育局"]


def imported(form: Form, district: Path, year: int, names: list[str]) -> None:
    """Import the figures of ``year`` of ``names``, all zero, as an earlier run would have left them."""
    folder = district / str(year)
    folder.mkdir()
    keys = [cell.key for cell in form.cells]
    rows = [f"{NAMES.index(name) + 1:03},{name},{','.join('0' for _ in zeros(form))}" for name in names]
    (folder / "figures.csv").write_text("\n".join([f"agency_code,agency,{','.join(keys)}", *rows]), "utf-8")
    (folder / "run.json").write_text(json.dumps({"year": year}), "utf-8")
    done = nianbao("import", district, folder / "figures.csv")
    assert done.returncode == 0, done.stderr


def years(ran: Ran) -> list[str]:
    content = (ran.folder / ran.record["files"]["summary"]).read_bytes()
    sheet = openpyxl.load_workbook(io.BytesIO(content), data_only=True)[CHARTS_SHEET]
    return [str(row[0]) for row in sheet.iter_rows(values_only=True) if "年" in str(row[0])[4:5]]


def test_earlier_years_are_taken_from_the_ledger(form: Form, tmp_path: Path) -> None:
    district = make_district(tmp_path / "样例区", NAMES, {})
    imported(form, district, 2022, NAMES)
    assert years(run(district)) == ["2022年（2 家）", "2023年（0 家）"]
    imported(form, district, 2020, NAMES[:1])
    second = run(district)
    assert years(second) == ["2020年（1 家）", "2022年（2 家）", "2023年（0 家）"]
    assert "没有新的报送" in run(district).out
