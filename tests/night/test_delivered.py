"""What changed since the last delivered workbook is read off that workbook, as its covering letter carried it."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import openpyxl
import pytest

from pipeline import batch
from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.machine.work import Work
from pipeline.publishing.summary.changes import CHANGES_HEAD, CHANGES_SHEET
from pipeline.publishing.workbook import Stamp, build_workbook
from tests.support.fills import report
from tests.support.folders import YEAR, inputs_only, make_district

NOW = datetime(2024, 1, 20, 8, tzinfo=UTC)
OFFICE = '[people]\ndistrict_office_email = "bangongshi@example.gov.cn"\n'
LICENCES = "proactive.licences.decisions"


def sent_in(form: Form, name: str, licences: int) -> bytes:
    filled = report(form, "", name, YEAR, rng=random.Random(name))
    numbers = dict(zip((cell.key for cell in form.cells), filled.numbers, strict=True)) | {LICENCES: licences}
    return build_workbook(
        form, Stamp(agency=name, year=YEAR), values={**inputs_only(form, numbers), **filled.texts}
    )


def night(folder: Path, day: int) -> batch.Outcome:
    return batch.run(
        load_district(folder),
        folder / "output",
        now=NOW + timedelta(days=day),
        work=Work(),
        progress=lambda *_: None,
    )


def changes(outcome: batch.Outcome) -> tuple[list[dict[str, object]], str]:
    """Return the first block of 版本与更正, and its caption."""
    book = openpyxl.load_workbook(outcome.folder / outcome.record["files"]["summary"], data_only=True)
    rows = list(book[CHANGES_SHEET].iter_rows(values_only=True))
    block: list[dict[str, object]] = []
    for row in rows[3:]:
        if not isinstance(row[0], int):
            break
        block.append(dict(zip(CHANGES_HEAD, row, strict=True)))
    return block, str(rows[1][0])


@pytest.fixture
def district(form: Form, tmp_path: Path) -> Path:
    files = {
        f"2024-01-1{number}/{name}.xlsx": sent_in(form, name, 5)
        for number, name in enumerate(("甲局", "乙局"))
    }
    return make_district(tmp_path / "district", ["甲局", "乙局"], files, extra=OFFICE)


def test_a_correction_after_the_delivery_is_listed_with_both_figures(form: Form, district: Path) -> None:
    first = night(district, 0)
    assert first.letters
    assert changes(first) == ([], "一、与上次报送的汇总表相比")
    later = district / "inbox" / "2024-01-21" / "乙局.xlsx"
    later.parent.mkdir()
    later.write_bytes(sent_in(form, "乙局", 9))
    [change], caption = changes(night(district, 2))
    assert "2024-01-20 16:00" in caption
    assert (change["单位名称"], change["原数"], change["现数"], change["增减"]) == ("乙局", 5, 9, 4)
    assert change["项目"] == form.by_key[LICENCES].short_label


def test_the_delivery_itself_gives_the_next_night_nothing_to_write(district: Path) -> None:
    night(district, 0)
    assert night(district, 1).unchanged


def test_a_night_that_is_done_again_does_not_compare_with_its_own_letter(
    district: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class CutError(Exception):
        """The power fails."""

    def fail(*_: object, **__: object) -> None:
        raise CutError

    with monkeypatch.context() as patch:
        patch.setattr("pipeline.batch.runs.finish", fail)
        with pytest.raises(CutError):
            night(district, 0)
    assert changes(night(district, 0)) == ([], "一、与上次报送的汇总表相比")
