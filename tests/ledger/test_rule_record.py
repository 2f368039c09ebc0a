"""What became of the rules that fired."""

from __future__ import annotations

from pathlib import Path

from pipeline.forms.form import Form
from pipeline.ledger import open_copy, rule_record
from pipeline.ledger.rule_record import Fate
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.folders import YEAR, make_district, nianbao, run

NAMES = ("甲局", "乙局")
FORWARD = {
    "requests.new_received.research": 10,
    "requests.granted_in_full.research": 2,
    "requests.carried_forward.research": 8,
}


def workbook(form: Form, name: str, changed: dict[str, int], explained: dict[str, str]) -> bytes:
    values: dict[str, int | str] = {cell.key: 0 for cell in form.cells if cell.is_input}
    values |= changed
    values |= {text.key: f"{name}按规定做好{text.label}，没有别的情况。" for text in form.texts}
    return build_workbook(form, Stamp(agency=name, year=YEAR), values=values, explanations=explained)


def test_a_rule_is_mended_explained_or_open(form: Form, tmp_path: Path) -> None:
    slip = {"proactive.licences.decisions": -1}
    files = {
        "2024-01-10/甲.xlsx": workbook(form, NAMES[0], slip | FORWARD, {}),
        "2024-01-12/甲.xlsx": workbook(form, NAMES[0], FORWARD, {"T3-06": "年底集中收到"}),
        "2024-01-12/乙.xlsx": workbook(form, NAMES[1], slip | FORWARD, {}),
    }
    folder = make_district(tmp_path / "区", NAMES, files)
    run(folder)
    with open_copy(folder / "output") as ledger:
        found = {item.rule: item for item in rule_record.of_year(ledger, YEAR)}
    assert found["C05"].fates == {Fate.MENDED: 1, Fate.OPEN: 1}
    assert found["T3-06"].fates == {Fate.EXPLAINED: 1, Fate.OPEN: 1}
    assert (found["T3-06"].agencies, found["T3-06"].findings) == (2, 3)
    done = nianbao("status", folder, "--rules")
    assert done.returncode == 0
    [line] = [line for line in done.stdout.splitlines() if line.startswith("T3-06")]
    assert line.split()[-6:] == ["2", "3", "0", "1", "0", "1"]
