"""Workbooks go in; the same workbooks as LibreOffice recalculates them, or their pages as PDF, come out.

LibreOffice trusts stored results unless told otherwise, so its private profile here says "always recalculate";
a test with a poisoned result proves that it does.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import pytest

SOFFICE = shutil.which("soffice")
_TIMEOUT = 300
"""Seconds; a cold start on a busy machine takes some twenty."""
_ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
<item oor:path="/org.openoffice.Office.Calc/Formula/Load"><prop oor:name="ODFRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def poisoned(content: bytes, poison: int) -> bytes:
    """Replace every stored numeric result of a formula by ``poison``, which nothing but recalculation takes away."""
    return with_sheets(content, rb"(</f><v>)-?[\d.]+(</v>)", rb"\g<1>%d\g<2>" % poison)


def with_sheets(content: bytes, pattern: bytes, written: bytes) -> bytes:
    """Replace what matches ``pattern`` in the XML of every sheet of a workbook by ``written``."""
    result = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(result, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename.startswith("xl/worksheets/sheet"):
                data = re.sub(pattern, written, data)
            new.writestr(item, data)
    return result.getvalue()


def recalculate(files: Sequence[Path], out: Path) -> list[Path]:
    """Recalculate every formula of ``files`` and save them as .xlsx in ``out``, which must not be their folder."""
    return _convert(files, out, "xlsx")


def computed(files: Sequence[Path], out: Path) -> list[Path]:
    """Recalculate every formula of ``files`` and save them in ``out`` as .xls, which takes a third less time: for whoever asks for values alone."""
    return _convert(files, out, "xls")


def to_pdf(files: Sequence[Path], out: Path) -> list[Path]:
    """Print ``files`` as PDF into ``out``."""
    return _convert(files, out, "pdf")


def to_docx(files: Sequence[Path], out: Path) -> list[Path]:
    """Open ``files`` and save them as .docx in ``out``, which must not be their folder."""
    return _convert(files, out, "docx")


def convert(files: Sequence[Path], out: Path, kind: str) -> list[Path]:
    """Open workbooks, recalculate and save them as ``kind`` in ``out``, which must not be their folder."""
    return _convert(files, out, kind)


def converted(file: Path, out: Path, kind: str) -> Path:
    """Open ``file`` and save it as ``kind`` in ``out``, which must not be its folder."""
    return _convert([file], out, kind)[0]


def _convert(files: Sequence[Path], out: Path, kind: str) -> list[Path]:
    """Convert in one start of LibreOffice; skips the test where there is none."""
    if SOFFICE is None:
        pytest.skip("LibreOffice (soffice) is not installed")
    out.mkdir(parents=True, exist_ok=True)
    expected = [out / f"{file.stem}.{kind}" for file in files]
    assert len(set(expected)) == len(files), "file names must differ"
    assert not set(expected) & set(files), "the results would replace what they are made from"
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        profile = Path(folder) / "profile"
        (profile / "user").mkdir(parents=True)
        (profile / "user" / "registrymodifications.xcu").write_text(_ALWAYS_RECALCULATE, "utf-8")
        command = [SOFFICE, f"-env:UserInstallation={profile.as_uri()}", "--headless", "--norestore"]
        command += ["--convert-to", kind, "--outdir", str(out), *map(str, files)]
        done = subprocess.run(command, capture_output=True, text=True, timeout=_TIMEOUT, check=False)
    missing = [file.name for file in expected if not file.exists()]
    assert not missing, f"LibreOffice wrote no {missing}: {done.stderr}"
    return expected
