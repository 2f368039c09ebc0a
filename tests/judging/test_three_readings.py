"""One rule, three readings: what LibreOffice computes on 自查 is what pandera finds, for every rule and every fill."""

from __future__ import annotations

import random
import re
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import pytest
from python_calamine import load_workbook

from pipeline.forms.arithmetic import difference
from pipeline.forms.form import Form
from pipeline.forms.formulas import FAILS, HOLDS, NOT_ASSESSED
from pipeline.forms.layout import CHECK_COLUMNS, CHECKS_TOP, YES
from pipeline.intake.reading import read
from pipeline.judging.judge import judge
from pipeline.model import Number
from pipeline.publishing.workbook import build_workbook
from tests.support.fills import consistent_numbers
from tests.support.libreoffice import recalculate
from tests.support.submissions import submission_of

FILLS = 300
_POISON = 987654


@dataclass(frozen=True, slots=True)
class Check:
    """A line of 自查 as computed."""

    mark: str
    difference: float | str


def fills(form: Form) -> list[dict[str, Number | str]]:
    """Consistent reports and such with planted slips: wrong inputs, typed totals, blanks, nil returns."""
    values = []
    for seed in range(FILLS):
        rng = random.Random(seed)
        numbers: dict[str, Number | str] = dict(consistent_numbers(form, rng, rng.choice([1, 6, 400])))
        typed = rng.sample(form.cells, rng.randrange(4)) if seed % 3 else []
        slipped = {cell.key: rng.randrange(900) for cell in typed}
        kept = {key: value for key, value in numbers.items() if form.by_key[key].is_input or seed % 5 == 0}
        for cell in rng.sample(form.cells, rng.randrange(3)) if seed % 4 == 1 else []:
            kept.pop(cell.key, None)
        if seed % 25 == 7:
            table = rng.choice(form.tables)
            for cell in form.cells_of(table.key):
                kept.pop(cell.key, None)
            kept[table.nil_key] = YES
            slipped = {key: value for key, value in slipped.items() if form.by_key[key].table != table.key}
        values.append(kept | slipped)
    return values


def checks(form: Form, path: Path) -> dict[str, Check]:
    sheet = load_workbook(BytesIO(path.read_bytes())).get_sheet_by_name(form.sheet_of_kind("checks").name)
    rows: Sequence[Sequence[object]] = sheet.to_python(skip_empty_area=False)
    found = {}
    for row in rows[CHECKS_TOP : CHECKS_TOP + len(form.balances_for("县区"))]:
        gap = row[CHECK_COLUMNS["difference"]]
        assert isinstance(gap, float | str)
        found[str(row[CHECK_COLUMNS["id"]])] = Check(str(row[CHECK_COLUMNS["mark"]]), gap)
    return found


def pandera_says(form: Form, content: bytes) -> dict[str, Check]:
    [assessment] = judge(form, [submission_of(read(form, content))])
    numbers = assessment.submission.reading.numbers
    failed = {finding.variant for finding in assessment.findings}
    return {
        balance.id: expected(balance.id, failed, difference(balance, numbers)) for balance in form.balances
    }


def expected(balance: str, failed: set[str], gap: Number | None) -> Check:
    if gap is None:
        assert balance not in failed
        return Check(NOT_ASSESSED, NOT_ASSESSED)
    return Check(FAILS if balance in failed else HOLDS, float(gap))


def poison(content: bytes, sheet: str) -> bytes:
    """Replace every stored numeric result of a formula on the sheet part by nonsense."""
    result = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(result, "w") as new:
        for item in old.infolist():
            data = old.read(item)
            if item.filename == sheet:
                data, times = re.subn(rb"(</f><v>)[^<]*(</v>)", rb"\g<1>%d\g<2>" % _POISON, data)
                assert times > 20
            new.writestr(item, data)
    return result.getvalue()


def verdicts(form: Form, contents: Mapping[str, bytes], folder: Path) -> dict[str, dict[str, Check]]:
    given = folder / "given"
    given.mkdir()
    for name, content in contents.items():
        (given / f"{name}.xlsx").write_bytes(content)
    files = sorted(given.iterdir())
    return {path.stem: checks(form, path) for path in recalculate(files, folder / "recalculated")}


@pytest.mark.libreoffice
def test_a_poisoned_result_is_recalculated(form: Form, tmp_path: Path) -> None:
    """The proof that the next test can fail: without recalculation the poison would come back."""
    content = build_workbook(form, values=consistent_numbers(form, random.Random(1)))
    position = [sheet.kind for sheet in form.sheets].index("checks") + 1
    poisoned = poison(content, f"xl/worksheets/sheet{position}.xml")
    (tmp_path / "poisoned.xlsx").write_bytes(poisoned)
    stored = checks(form, tmp_path / "poisoned.xlsx")
    assert {check.difference for check in stored.values()} == {float(_POISON)}
    computed = verdicts(form, {"poisoned": poisoned}, tmp_path)["poisoned"]
    assert {check.difference for check in computed.values()} != {float(_POISON)}
    assert computed == pandera_says(form, content)


@pytest.mark.libreoffice
@pytest.mark.parametrize("part", range(2))
def test_libreoffice_and_pandera_agree_on_every_rule_of_every_fill(
    form: Form, tmp_path: Path, part: int
) -> None:
    contents = {
        f"fill{number:03}": build_workbook(form, values=values)
        for number, values in enumerate(fills(form))
        if number // (FILLS // 2) == part
    }
    computed = verdicts(form, contents, tmp_path)
    marks = [check.mark for found in computed.values() for check in found.values()]
    assert {HOLDS, FAILS, NOT_ASSESSED} <= set(marks)
    assert len(contents) == FILLS // 2
    for name, content in contents.items():
        assert computed[name] == pandera_says(form, content), name
