"""Every workbook and document that a night writes is one that Excel and Word accept, and that other readers read alike."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from tests.support.folders import Ran
from tests.support.office import complaints

SAMPLE = Path(__file__).parent.parent / "examples" / "linping-2023"
SHEET, DOCUMENT = "xl/worksheets/sheet2.xml", "word/document.xml"


def written(ran: Ran, suffix: str) -> list[Path]:
    return sorted(ran.folder.rglob(f"*{suffix}"))


def test_everything_written_keeps_to_the_standard(sample: Ran) -> None:
    files = [*written(sample, ".xlsx"), *written(sample, ".docx")]
    assert len(files) > 60
    found = {file.name: complaints(file.read_bytes()) for file in files}
    assert {name: several for name, several in found.items() if several} == {}


def test_openpyxl_and_calamine_read_every_stored_value_and_no_error(sample: Ran) -> None:
    for file in (sample.folder / sample.record["files"][name] for name in ("summary", "upward")):
        content = file.read_bytes()
        theirs = CalamineWorkbook.from_filelike(io.BytesIO(content))
        formulas = openpyxl.load_workbook(io.BytesIO(content))
        for sheet in openpyxl.load_workbook(io.BytesIO(content), data_only=True):
            rows = theirs.get_sheet_by_name(sheet.title).to_python(skip_empty_area=False)
            for above, row in enumerate(formulas[sheet.title].iter_rows()):
                for number, cell in enumerate(row):
                    ours = sheet[cell.coordinate].value
                    if cell.data_type == "f":
                        assert ours is not None, (sheet.title, cell.coordinate)
                        assert rows[above][number] == ours, (sheet.title, cell.coordinate)
                    assert not str(ours).startswith("#"), (sheet.title, cell.coordinate)


def changes() -> Iterator[tuple[str, str, str, str, str]]:
    """Yield name, kind of file, part, and what is replaced by what."""
    yield "order of a sheet", ".xlsx", SHEET, "<printOptions", "<sheetFormatPr/><printOptions"
    yield "two cells at one place", ".xlsx", SHEET, '<c r="B2"', '<c r="A2"/><c r="B2"'
    yield "a sheet that is not there", ".xlsx", "xl/workbook.xml", "$A$", "$A$1+'没有'!$A$"
    yield "a part that is not there", ".xlsx", "[Content_Types].xml", "/xl/styles.xml", "/xl/style.xml"
    yield "order of a paragraph", ".docx", DOCUMENT, "<w:pPr>", '<w:pPr><w:jc w:val="left"/>'
    yield "a table without a grid", ".docx", DOCUMENT, "<w:gridCol ", "<w:col "
    yield "a note without its part", ".docx", DOCUMENT, 'r:id="', 'r:id="x'


@pytest.mark.parametrize(("name", "kind", "part", "old", "new"), list(changes()))
def test_what_is_against_the_standard_is_seen(
    sample: Ran, name: str, kind: str, part: str, old: str, new: str
) -> None:
    file = sample.folder / sample.record["files"]["summary" if kind == ".xlsx" else "district_report"]
    target = io.BytesIO()
    with zipfile.ZipFile(file) as before, zipfile.ZipFile(target, "w") as after:
        for item in before.namelist():
            text = before.read(item)
            if item == part:
                assert old.encode() in text, name
                text = text.replace(old.encode(), new.encode(), 1)
            after.writestr(item, text)
    assert complaints(target.getvalue())
