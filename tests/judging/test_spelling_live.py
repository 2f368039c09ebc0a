"""What 自查 computes of days, telephone numbers and percentages in real LibreOffice is what the pipeline finds, after poison."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from itertools import zip_longest
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook
from python_calamine import load_workbook as read_workbook

from pipeline.forms.form import Form
from pipeline.forms.formulas import FAILS, HOLDS
from pipeline.forms.layout import CHECK_COLUMNS, CHECKS_TOP
from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.model import Number
from pipeline.publishing.template import build_workbook
from tests.support.fills import zeros
from tests.support.libreoffice import computed, poisoned

FORM = load_form()
POISON = 987654
DAY, PHONE = "info.date", "info.phone"
DAYS = [
    "", "2024-01-15", "2024-1-5", "2024/1/5", "2024.1.5", "2024年1月5日", "2024 年 1 月 5 日", "20240105", "2024-02-29",
    "2023-02-29", "2024-13-01", "2024-1", "2024年1月", "1月5日", "1.5", "24-1-5", "15-1-2024", "下周三", "张三", "20241301", "1989-12-31",
    "2100-01-01", "2099-12-31", "２０２４-１-５", "2024-1-5-6", "2024", "0",
]  # fmt: skip
PHONES = [
    "", "0571-86001234", "86001234", "(0571)86001234", "（０５７１）８６００１２３４", "+86 571 86001234", "13812345678", "12345", "1234",
    "86001234转801", "86001234、86005678", "86001234/86005678", "0571—86001234", "办公室", "张三 86001234", "无", "a@b.cn", "86001234分机2", "-", "3",
]  # fmt: skip
SCALED = [
    ("requests.new_received.enterprise", 1), ("requests.carried_forward.research", 3), ("requests.new_received.enterprise", 0),
    ("proactive.charges.amount", 0.5), ("disputes.reconsideration.upheld", 2),
]  # fmt: skip


def filled(day: str = "", phone: str = "", **entries: str) -> bytes:
    values: dict[str, Number | str] = {**zeros(FORM), DAY: day, PHONE: phone, **entries}
    return build_workbook(FORM, values=values)


def percented(content: bytes, key: str, value: float) -> bytes:
    """The workbook in which somebody typed a percentage."""
    book = load_workbook(BytesIO(content))
    place = FORM.places[key]
    cell = book[place.sheet][place.cell]
    cell.value, cell.number_format = value, "0%"
    out = BytesIO()
    book.save(out)
    return out.getvalue()


def marks(form: Form, content: bytes) -> dict[str, str]:
    sheet = read_workbook(BytesIO(content)).get_sheet_by_name(form.sheet_of_kind("checks").name)
    rows = sheet.to_python(skip_empty_area=False)[CHECKS_TOP:]
    found = {str(row[CHECK_COLUMNS["id"]]): str(row[CHECK_COLUMNS["mark"]]) for row in rows}
    assert float(POISON) not in {row[CHECK_COLUMNS["left"]] for row in rows}
    return {key: mark for key, mark in found.items() if mark in {HOLDS, FAILS}}


def found_in(content: bytes) -> dict[str, str]:
    """What the pipeline finds, as the marks of the same lines."""
    said = {(finding.code, key) for finding in read(FORM, content).findings for key in finding.keys}
    spelled = {f"V03.{key}": ("V03", key) in said for key in (DAY, PHONE)}
    scaled = {
        table.key
        for table in FORM.tables
        for key in FORM.by_key
        if ("C08", key) in said and key.startswith(table.key)
    }
    shown = {f"C08.{table.key}": table.key in scaled for table in FORM.tables}
    return {key: FAILS if is_wrong else HOLDS for key, is_wrong in {**spelled, **shown}.items()}


def of_tables(computed: dict[str, str]) -> dict[str, str]:
    """The marks of the lines that are compared, one for each table."""
    joined: dict[str, str] = {}
    for key, mark in computed.items():
        if key.startswith(("V03.", "C08.")):
            name = re.sub(r"\.\d+$", "", key)
            joined[name] = FAILS if FAILS in {mark, joined.get(name)} else HOLDS
    return joined


@pytest.mark.libreoffice
def test_libreoffice_and_pipeline_agree(tmp_path: Path) -> None:
    given_folder = tmp_path / "given"
    given_folder.mkdir()
    cases = {f"{at:02}": case for at, case in enumerate(zip_longest(DAYS, PHONES, SCALED))}
    contents = {
        name: percented(filled(day or "", phone or ""), *scaled) if scaled else filled(day or "", phone or "")
        for name, (day, phone, scaled) in cases.items()
    }
    for name, content in contents.items():
        (given_folder / f"{name}.xlsx").write_bytes(poisoned(content, POISON))
    seen: dict[str, set[str]] = {}
    for path in computed(sorted(given_folder.iterdir()), tmp_path / "out"):
        live = of_tables(marks(FORM, path.read_bytes()))
        said = found_in(contents[path.stem])
        assert live == said, cases[path.stem]
        for key, mark in live.items():
            seen.setdefault(key, set()).add(mark)
    assert all(marks_seen == {HOLDS, FAILS} for marks_seen in seen.values())
    assert len(seen) == 2 + len(FORM.tables)


@given(
    st.dates(),
    st.sampled_from(
        ["{y}-{m}-{d}", "{y}年{m}月{d}日", "{y}.{m}.{d}", "{y:04}{m:02}{d:02}", "{m}/{d}", "{y}-{d}"]
    ),
)
def test_the_stored_mark_is_what_the_pipeline_finds(day: object, spelling: str) -> None:
    y, m, d = (getattr(day, name) for name in ("year", "month", "day"))
    value = spelling.format(y=y, m=m, d=d)
    kind = next(entry.value for entry in FORM.entries if entry.key == DAY)
    is_whole = spelling.count("{") == 3 and 1990 <= y <= 2099
    if is_whole:
        assert not kind.fault(value)
    elif "{y" not in spelling or y < 1000 or not 1990 <= y <= 2099:
        assert kind.fault(value)


def test_no_formula_is_longer_than_excel_takes() -> None:
    with zipfile.ZipFile(BytesIO(filled())) as archive:
        parts = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/")]
    lengths = [len(found.decode()) for part in parts for found in re.findall(rb"<f>([^<]*)</f>", part)]
    assert max(lengths) <= 8192 + 2_000  # "&quot;" and the like count for one
