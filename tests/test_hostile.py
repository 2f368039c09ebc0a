"""Hostile files in the inbox of a whole night: a plain finding each, the others untouched, little time and memory."""

from __future__ import annotations

import io
import random
import zipfile
from pathlib import Path

import psutil
import pytest

from pipeline.forms.form import Form
from pipeline.intake.guard import inspect
from pipeline.publishing.workbook import build_workbook
from tests.support.fills import report
from tests.support.folders import contents, inputs_only, make_district, run

_HEAD = b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
MEMORY = 100 * 1024 * 1024
"""What the guard may take for one file."""


def changed(content: bytes, part: str, data: bytes, *, also: dict[str, bytes] | None = None) -> bytes:
    """The workbook with one part replaced and others added."""
    result = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for item in old.infolist():
            new.writestr(item.filename, data if item.filename == part else old.read(item))
        for name, extra in (also or {}).items():
            new.writestr(name, extra)
    return result.getvalue()


def hostile_files(good: bytes) -> dict[str, bytes]:
    """Name → bytes of what must cost nothing but a finding."""
    sheet = "xl/worksheets/sheet2.xml"
    corners = b'<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    entity = (
        b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    )
    return {
        "四角.xlsx": changed(good, sheet, _HEAD + corners + b"</worksheet>"),
        "炸弹.xlsx": changed(
            good, sheet, _HEAD + b"<sheetData>" + b" " * 50_000_000 + b"</sheetData></worksheet>"
        ),
        "实体.xlsx": changed(good, sheet, entity + _HEAD[21:] + b"<sheetData>&b;</sheetData></worksheet>"),
        "截断.xlsx": good[: len(good) // 2],
        "空.xlsx": b"",
        "网页.xlsx": "<!DOCTYPE html><html><body>年报</body></html>".encode(),
        "三百.xlsx": changed(
            good, sheet, b"x", also={f"xl/media/{number}.xml": b"<a/>" for number in range(300)}
        ),
        "路径.xlsx": changed(good, "none", b"", also={"../../etc/passwd": b"x"}),
    }


@pytest.fixture(scope="module")
def good(form: Form) -> bytes:
    return filled(form, "甲局", 1)


def filled(form: Form, name: str, seed: int) -> bytes:
    whole = report(form, "", name, 2023, rng=random.Random(seed))
    numbers = dict(zip((cell.key for cell in form.cells), whole.numbers, strict=True))
    entries = {form.entry_with_role("agency").key: name, form.entry_with_role("year").key: "2023"}
    return build_workbook(form, values={**inputs_only(form, numbers), **whole.texts, **entries})


def test_every_hostile_file_is_refused_by_name_and_little_memory(good: bytes) -> None:
    files = hostile_files(good)
    inspect(good)
    before = psutil.Process().memory_info().rss
    refused = {name: inspect(content).refusal for name, content in files.items()}
    assert psutil.Process().memory_info().rss - before < MEMORY
    variants = {name: finding.variant if finding else None for name, finding in refused.items()}
    assert variants == {
        "四角.xlsx": "hostile",
        "炸弹.xlsx": "hostile",
        "实体.xlsx": "hostile",
        "截断.xlsx": "damaged",
        "空.xlsx": "empty",
        "网页.xlsx": "not_a_workbook",
        "三百.xlsx": "hostile",
        "路径.xlsx": "hostile",
    }
    assert {finding.code for finding in refused.values() if finding} == {"F01"}


def test_hostile_files_leave_the_others_untouched(form: Form, good: bytes, tmp_path: Path) -> None:
    names = ["甲局", "乙局", "丙局"]
    harmless = {f"{name}.xlsx": filled(form, name, number) for number, name in enumerate(names)}
    alone = run(make_district(tmp_path / "alone", names, harmless))
    mixed = run(make_district(tmp_path / "mixed", names, {**harmless, **hostile_files(good)}))
    assert alone.code == 0, alone.err
    assert mixed.code == 1, mixed.err
    for name in ("figures.csv", *(f"reports/{name}.docx" for name in names)):
        assert contents(mixed.folder)[name] == contents(alone.folder)[name]
    for file in hostile_files(good):
        assert mixed.codes(file) == ["F01"]
    verdicts = mixed.verdicts()
    assert {verdicts[file] for file in harmless} == {"accepted"}
