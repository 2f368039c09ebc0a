"""Earlier years that the ledger knows stand in the district workbook, and only a change of them makes it anew."""

from __future__ import annotations

import io
import json
from pathlib import Path

import openpyxl

from pipeline.forms.form import Form
from pipeline.intake.documents.links import links_of
from pipeline.intake.read.reading import read
from pipeline.publishing.summary.native_charts import CHARTS_SHEET
from tests.support.documents import Style, as_html, portal
from tests.support.fills import report, zeros
from tests.support.folders import Ran, filled, make_district, nianbao, run
from tests.support.towns import Town

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


def test_a_report_of_then_stands_under_the_name_of_then(form: Form, tmp_path: Path) -> None:
    """One body was renamed, one is part of another now: what they published stays where it was published."""
    town = Town.of(form, tmp_path / "区", "商务局", "文旅局", "体育局", year=2022)
    for name in ("商务局", "文旅局", "体育局"):
        town.put(f"{name}.xlsx", town.book(name, 1))
    town.run("2023-01-16")
    town.year = 2023
    town.settings()
    town.change("001", name="商务和投资促进局", former_names="商务局")
    town.change("003", merged_into="002 2023-06-20")
    town.run("2024-01-08")
    folder = town.ran.folder / "site" / "reports" / "2022"
    assert sorted(path.stem for path in folder.glob("*.html")) == ["体育局", "商务局", "文旅局"]
    page = (folder / "商务局.html").read_text("utf-8")
    assert "商务局2022年" in page
    assert "商务和投资促进局" not in page
    front = town.ran.folder / "site" / "index.html"
    assert links_of(front, front.read_bytes()).missing == ()


def test_the_folder_for_the_portal_carries_every_year_that_is_known(form: Form, tmp_path: Path) -> None:
    district = make_district(tmp_path / "样例区", NAMES, {})
    sent = report(form, "001", NAMES[0], 2021)
    (tmp_path / "a.html").write_text(as_html(form, sent, Style(), portal("modern")), "utf-8")
    assert nianbao("import", district, tmp_path / "a.html").returncode == 0
    imported(form, district, 2022, NAMES)
    first = run(district)
    folder = first.folder / "site" / "reports"
    assert sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.*")) == sorted(
        [
            *(f"2021/{NAMES[0]}{suffix}" for suffix in (".html", ".docx", ".xlsx", ".csv")),
            *(f"2022/{name}{suffix}" for name in NAMES for suffix in (".xlsx", ".csv")),
        ]
    )
    page = first.folder / "site" / "index.html"
    links = links_of(page, page.read_bytes())
    assert (links.missing, links.outward) == ((), ())
    text = page.read_text("utf-8")
    assert text.index("2022年</th>") < text.index("2021年</th>")
    found = read(form, (folder / "2021" / f"{NAMES[0]}.html").read_bytes())
    assert list(found.numbers.values()) == list(sent.numbers)
    stamp = (folder / "2021" / f"{NAMES[0]}.html").stat().st_mtime_ns
    (district / "inbox" / "a.xlsx").write_bytes(filled(form, NAMES[0]))
    second = run(district)
    assert (folder / "2021" / f"{NAMES[0]}.html").stat().st_mtime_ns == stamp
    assert set(second.record["archive"]) == {
        f"site/reports/{path.relative_to(folder).as_posix()}" for path in folder.glob("2*/*")
    }
