"""A report that may name a person waits before it is published, and such a number is told nowhere."""

from __future__ import annotations

import random
import zipfile
from pathlib import Path

from pipeline.forms.form import Form
from pipeline.publishing.template import build_workbook
from tests.support.fills import report
from tests.support.folders import inputs_only, make_district, nianbao, run

MOBILE = "13857101234"
IDENTITY = "330106198506121237"


def filled(form: Form, text: str) -> bytes:
    written = report(form, "", "甲局", 2023, rng=random.Random(1))
    numbers = dict(zip((cell.key for cell in form.cells), written.numbers, strict=True))
    entries = {form.entry_with_role("agency").key: "甲局", form.entry_with_role("year").key: "2023"}
    texts = {**written.texts, "problems": f"{written.texts['problems']}{text}"}
    return build_workbook(form, values={**inputs_only(form, numbers), **texts, **entries})


def test_a_report_with_a_mobile_number_is_not_published_until_somebody_has_answered(
    form: Form, tmp_path: Path
) -> None:
    name = f"甲局_{IDENTITY}.xlsx"
    folder = make_district(tmp_path, ["甲局"], {name: filled(form, f"联系人手机/{MOBILE}。")})
    first = run(folder)
    [row] = first.record["submissions"]
    assert (row["verdict"], bool(row["report"]), row["site"]) == ("accepted_with_remarks", True, None)
    assert not list((first.folder / "site").glob("reports/*"))
    assert "公布前请核对 1 份" in (first.folder / "index.html").read_text("utf-8")
    told = "".join(finding["message"] for finding in row["findings"])
    assert "330***…1237" in told
    assert IDENTITY not in (first.folder / "findings.csv").read_text("utf-8-sig")
    assert IDENTITY not in (first.folder / "index.html").read_text("utf-8")
    assert MOBILE not in told + first.out
    assert IDENTITY not in told + first.out
    for book in first.folder.glob("*.xlsx"):
        with zipfile.ZipFile(book) as package:
            assert not any(IDENTITY.encode() in package.read(part) for part in package.namelist())
    [log] = (folder / "output" / "ledger" / "log").iterdir()
    assert IDENTITY not in log.read_text("utf-8")
    done = nianbao("waive", folder, "001", "N12", "--reason", "是办公用的号码", "--by", "顾")
    assert done.returncode == 0, done.stderr
    [row] = run(folder).record["submissions"]
    assert row["site"] is not None
    assert list((first.folder / "site").glob("reports/*"))
