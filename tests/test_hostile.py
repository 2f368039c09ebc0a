"""Hostile files in the inbox of a whole night: a plain finding each, the others untouched, little time and memory."""

from __future__ import annotations

import io
import os
import random
import re
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from pipeline.forms.form import Form
from pipeline.intake.guard.inspection import inspect
from pipeline.intake.read.reading import read
from pipeline.publishing.template import build_workbook
from tests.intake.support import draft, numbers_for, prefixed, rewrite_part
from tests.support.fills import report
from tests.support.folders import NOW, contents, inputs_only, make_district, run, run_measured
from tests.support.hostile import KINDS, items, long_text_mail, many_entries

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


def variant_of(content: bytes) -> str:
    refusal = inspect(content).refusal
    return refusal.variant if refusal else ""


@pytest.mark.parametrize(
    ("kind", "variant"),
    [
        ("two_directories.xlsx", "hostile"),
        ("directory_in_comment.xlsx", "hostile"),
        ("flipped_bit.xlsx", "altered"),
        ("long_comment.xlsx", ""),
        ("far_cells.xlsx", ""),
        ("thousand_sheets.xlsx", "hostile"),
        ("cell_in_cell.xlsx", "hostile"),
        ("bomb.xlsx", "hostile"),
        ("entities.xlsx", "hostile"),
        ("crowded.zip", "hostile"),
    ],
)
@pytest.mark.parametrize("seed", range(5))
def test_each_kind_is_refused_by_name_whatever_the_example(
    good: bytes, kind: str, variant: str, seed: int
) -> None:
    assert variant_of(KINDS[kind](good, random.Random(seed))) == variant


@pytest.mark.parametrize(
    ("spelled", "value"),
    [
        (b"<v>1&#50;</v>", 12),
        (b"<v>1&#x32;</v>", 12),
        (b"<v>1<!-- 5 -->2</v>", 12),
        (b"<v><![CDATA[12]]></v>", 12),
        (b"<v>1<?x y?>2</v>", 12),
        (b"<v>12</v>", 12),
    ],
)
@pytest.mark.parametrize("dress", [bytes, prefixed])
def test_a_value_is_read_right_however_it_is_spelled(
    form: Form, spelled: bytes, value: int, dress: Callable[[bytes], bytes]
) -> None:
    numbers = numbers_for(form, 3)
    key = next(cell.key for cell in form.cells if cell.is_input and cell.kind == "count")
    place = form.places[key]
    made = draft(form, numbers)
    part = f"xl/worksheets/sheet{list(made.sheets).index(place.sheet) + 1}.xml"
    stood = re.compile(rb'(<c r="%s"[^>]*>)<v>[^<]*</v>' % place.cell.encode())
    content = rewrite_part(made.xlsx(), part, lambda xml: dress(stood.sub(rb"\1" + spelled, xml)))
    assert read(form, content).numbers[key] == value


def test_a_sheet_may_declare_a_chinese_encoding(form: Form) -> None:
    numbers = numbers_for(form, 3)
    made = draft(form, numbers)
    part = f"xl/worksheets/sheet{list(made.sheets).index(form.tables[0].sheet) + 1}.xml"

    def spelled(xml: bytes) -> bytes:
        return re.sub(rb"<\?xml[^>]*>", b'<?xml version="1.0" encoding="GBK"?>', xml.decode().encode("gbk"))

    assert read(form, rewrite_part(made.xlsx(), part, spelled)).numbers == numbers


def test_a_text_longer_than_a_cell_can_hold_is_one_finding(form: Form) -> None:
    made = draft(form, numbers_for(form, 3), answers={form.texts[0].key: "字" * 250_000})
    [found] = read(form, made.ods()).findings
    assert (found.code, found.variant) == ("F01", "long_text")


@pytest.mark.parametrize(
    ("name", "content", "verdict"),
    [
        ("a.zip", lambda: many_entries(180_000), "held"),
        ("a.zip", lambda: many_entries(248_000), "held"),
        ("a.eml", lambda: long_text_mail(58_000_000), "not_a_submission"),
        ("a.eml", lambda: long_text_mail(70_000_000), "held"),
    ],
    ids=["entries", "too many entries", "mail", "too long a mail"],
)
def test_one_item_of_great_size_is_one_line(
    form: Form, tmp_path: Path, name: str, content: Callable[[], bytes], verdict: str
) -> None:
    files = {"甲局.xlsx": filled(form, "甲局", 1), name: content()}
    done, cost = run_measured(make_district(tmp_path / "区", ["甲局"], files))
    assert done.verdicts() == {"甲局.xlsx": "accepted", name: verdict}
    assert cost.seconds < 15
    assert cost.kilobytes < 450_000  # some six times the mail


ITEMS = int(os.environ.get("NIANBAO_HOSTILE", "40"))
"""Two of each kind, among a fifth as many reports."""


def test_a_run_with_many_hostile_items(form: Form, tmp_path: Path) -> None:
    """The good ones as if they were alone, each hostile one a line, little time and memory, nothing twice the next night."""
    names = [f"第{number}局" for number in range(ITEMS // 5)]
    harmless = {f"{name}.xlsx": filled(form, name, number) for number, name in enumerate(names)}
    hostile = items(harmless["第0局.xlsx"], ITEMS)
    mixed = make_district(tmp_path / "mixed", names, {**harmless, **hostile})
    first, cost = run_measured(mixed)
    assert first.code == 1, first.err
    assert cost.seconds < 45
    assert cost.kilobytes < 300_000
    assert {
        item.name
        for item in (mixed / "output" / "ledger" / "originals").iterdir()
        if item.stat().st_size > 25_000_000
    } == set()
    alone = run(make_district(tmp_path / "alone", names, harmless))
    assert contents(first.folder)["figures.csv"] == contents(alone.folder)["figures.csv"]
    told = [item["file"] for item in first.record["submissions"]]
    assert len(told) == len(set(told))
    assert {file for file in hostile if not any(line.startswith(file) for line in told)} == set()
    log = mixed / "output" / "ledger" / "log"
    read_before = sum(path.read_text("utf-8").count("开始") for path in log.iterdir())
    again = run(mixed)
    assert again.verdicts() == first.verdicts()
    assert (
        sum(path.read_text("utf-8").count("开始") for path in log.iterdir()) == read_before + 1
    )  # the run itself


@pytest.mark.parametrize("command", ["check", "run"])
def test_the_folder_in_which_it_is_called_is_no_code(
    form: Form, good: bytes, tmp_path: Path, command: str
) -> None:
    district = make_district(tmp_path / "区", ["甲局"], {"甲.xlsx": good, "乙.ods": draft(form).ods()})
    for module in ("json", "pickle", "html", "zipfile", "struct", "email", "pandas", "python_calamine"):
        (district / f"{module}.py").write_text("open('ran', 'w').close()\n", "utf-8")
    options = (
        ["inbox/甲.xlsx", "inbox/乙.ods"] if command == "check" else [".", "--workers", "2", "--now", NOW]
    )
    program = Path(sys.executable).with_name("nianbao")
    for start in ([program], [sys.executable, "-m", "pipeline"]):
        done = subprocess.run([*start, command, *options], cwd=district, capture_output=True, check=False)
        assert done.returncode in {0, 1}, done.stderr
        assert not (district / "ran").exists()
