"""Coefficients, bounds, tolerance, change against the past, and what binds one kind of agency: three readings of each."""

from __future__ import annotations

import random
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.forms.form import Form
from pipeline.forms.formulas import FAILS, HOLDS
from pipeline.forms.loader import parse_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import ConfigError, Number, PastReport
from pipeline.publishing.template import Stamp, build_workbook
from pipeline.wording.messages import notice
from tests.judging.test_three_readings import checks, pandera_says, poison
from tests.support.libreoffice import computed
from tests.support.submissions import AGENCY, submission_of

WRITTEN = (
    (Path(__file__).parent.parent / "forms" / "service_quarter.toml")
    .read_text("utf-8")
    .replace(
        'columns = [{ key = "now", label = ["本季度"], kind = "count" }]',
        'columns = [{ key = "now", label = ["本季度"], kind = "count" }, { key = "amount", label = ["金额"], kind = "money" },'
        ' { key = "change", label = ["比上季"], kind = "signed_count" }, { key = "hours", label = ["小时"], kind = "decimal" }]',
    )
)
RULE = """
[[rule]]
id = "{id}"
severity = "error"
title = "试"
source = "试"
subject = "试"
remedy = "请核对"
"""
RULES = {
    "R1": 'left = ["2 * cases.done.now", "cases.late.now"]\nrelation = "="\nright = ["ways.hall.now", "3*ways.net.now"]\n'
    'words = { left = ["按时", "超时"], right = ["大厅", "网上"] }',
    "R2": 'left = ["cases.done.now"]\nrelation = "near"\nright = ["ways.@way.now"]\nlimits = { tolerance = 3 }\n'
    'words = { left = ["按时"], right = ["渠道"] }',
    "R3": 'left = ["cases.received.so_far"]\nrelation = "change"\nright = ["cases.received.so_far@-1"]\n'
    'limits = { percent = 50, base = 4 }\nwords = { left = ["本期"], right = ["上期"] }',
    "R4": 'left = ["ways.hall.now"]\nrelation = "least"\nright = []\nlimits = { bound = 4 }\nwords = { left = ["大厅"], right = ["无"] }',
    "R5": 'left = ["ways.net.now"]\nrelation = "most"\nright = []\nlimits = { bound = 6 }\nwords = { left = ["网上"], right = ["无"] }',
    "R6": 'left = ["ways.net.now"]\nrelation = "<="\nright = ["ways.hall.now"]\nkinds = ["街道", "镇"]\n'
    'words = { left = ["网上"], right = ["大厅"] }',
    "R7": 'left = ["ways.net.amount"]\nrelation = "needs"\nright = ["ways.net.now"]\n'
    'words = { left = ["金额"], right = ["网上"] }',
    "R8": 'left = ["ways.hall.change", "ways.hall.now@-1"]\nrelation = "="\nright = ["ways.hall.now"]\n'
    'words = { left = ["增减", "上期"], right = ["本期"] }',
}
FILLS = 30


def form_with(rules: dict[str, str], text: str = WRITTEN) -> Form:
    return parse_form(
        text + "".join(RULE.format(id=name) + body + "\n" for name, body in rules.items()), "new.toml"
    )


FORM = form_with(RULES)


def fills() -> list[tuple[dict[str, Number | str], PastReport | None]]:
    """Small random figures, so that every rule holds in some and fails in others; some typed totals, some blanks."""
    found = []
    for seed in range(FILLS):
        rng = random.Random(seed)
        values: dict[str, Number | str] = {
            cell.key: rng.randrange(9) for cell in FORM.cells if cell.is_input or seed % 4 == 0
        }
        if seed % 5 == 1:
            values.pop(rng.choice(list(values)))
        if seed % 3 == 0:  # made to hold: twice as much on time as in the hall, and so on
            values |= {"cases.done.now": 6, "cases.late.now": 0, "ways.hall.now": 6, "ways.net.now": 2}
        past: dict[str, Number | None] = {cell.key: rng.choice([None, 2, 4, 6, 8]) for cell in FORM.cells}
        found.append((values, PastReport(AGENCY.code, 2022, past, source="试") if seed % 7 else None))
    return found


@pytest.mark.libreoffice
def test_three_readings_of_every_kind_of_rule_agree(tmp_path: Path) -> None:
    form = replace(FORM, period="year")  # the submissions of these helpers are of a year
    given = tmp_path / "given"
    given.mkdir()
    pasts = {}
    for number, (values, past) in enumerate(fills()):
        path = given / f"fill{number:02}.xlsx"
        path.write_bytes(build_workbook(form, values=values, past=past))
        pasts[path.stem] = past
    position = [sheet.kind for sheet in form.sheets].index("checks") + 1
    poisoned = poison((given / "fill00.xlsx").read_bytes(), f"xl/worksheets/sheet{position}.xml")
    (given / "fill00.xlsx").write_bytes(poisoned)
    marks: dict[str, set[str]] = {}
    for path in computed(sorted(given.iterdir()), tmp_path / "computed"):
        live = checks(form, path)
        assert live == pandera_says(form, (given / f"{path.stem}.xlsx").read_bytes(), pasts[path.stem]), (
            path.name
        )
        for name, check in live.items():
            marks.setdefault(name, set()).add(check.mark)
    for rule in ("R1", "R2", "R3", "R4", "R5", "R7", "R8"):
        assert {HOLDS, FAILS} <= marks[rule], rule
    assert "R6" not in marks


def said(values: dict[str, Number | str], kind: str = "部门", form: Form = FORM) -> dict[str, str]:
    """What judging says of a submission of an agency of ``kind``: code → message."""
    stamp = Stamp(agency_code=AGENCY.code, agency=AGENCY.name, year=202442, kind=kind)
    texts = {text.key: "本季度措施已落实。" for text in form.texts}
    content = build_workbook(form, stamp, values={**texts, **values})
    item = replace(submission_of(read(form, content)), agency=replace(AGENCY, kind=kind), year=202442)
    [assessment] = judge(form, [item])
    return {found.code: notice(form, found).message for found in assessment.findings}


def test_a_rule_binds_the_kinds_it_names() -> None:
    values: dict[str, Number | str] = {cell.key: 0 for cell in FORM.cells if cell.is_input}
    values |= {"ways.net.now": 3, "ways.hall.now": 2}
    assert "R6" in said(values, "街道")
    assert "R6" not in said(values, "部门")
    assert "R6" not in said(values, "")


def test_a_coefficient_is_said() -> None:
    values: dict[str, Number | str] = {cell.key: 0 for cell in FORM.cells if cell.is_input}
    values |= {"cases.done.now": 4, "cases.late.now": 1, "ways.hall.now": 6}
    assert "按时 4 × 2 + 超时 1 = 9" in said(values)["R1"]


def test_a_table_for_towns_does_not_bind_departments() -> None:
    towns = WRITTEN.replace(
        'nil_label = "本表全为零"\n\n[[table.block]]\nstub = "渠道"',
        'nil_label = "本表全为零"\nkinds = ["镇"]\n\n[[table.block]]\nstub = "渠道"',
    )
    towns = towns.replace('prompt = "写本季度做了什么"', 'prompt = "写本季度做了什么"\nkinds = ["镇"]')
    own = parse_form(towns, "towns.toml")
    assert own.table("ways").kinds == ("镇",)
    values: dict[str, Number | str] = {"said": ""}
    values |= {cell.key: 0 for cell in own.cells if cell.is_input and cell.table == "cases"}
    assert said(values, "部门", own) == {}
    assert set(said(values, "镇", own)) == {"C01"}
    filled = values | {"ways.hall.now": 3, "ways.net.now": 0}
    assert "S2" in said(filled, "部门", own)  # what is filled all the same is judged


@pytest.mark.parametrize(
    ("name", "old", "new", "problem"),
    [
        ("R1", '"cases.late.now"]', '"cases.done.now"]', "出现了两次"),
        ("R1", '"3*ways.net.now"]', '"3*cases.late.now"]', "出现了两次"),
        ("R1", '"3*ways.net.now"', '"0*ways.net.now"', "1 到 100 的整数"),
        ("R1", '"3*ways.net.now"', '"101*ways.net.now"', "1 到 100 的整数"),
        ("R2", "limits = { tolerance = 3 }\n", "", "需要的界限是：tolerance"),
        ("R4", "bound = 4", "bound = 0.5", "大于 0 的整数"),
        ("R6", '["街道", "镇"]', '"街道"', "kinds"),
        ("R7", '"needs"', '"<="', "拿金额和件数相比"),
        ("R7", '["ways.net.now"]', '["ways.net.now", "ways.net.hours"]', "把件数和可以有小数的数加在一起"),
        ("R8", '["ways.hall.now"]', '["ways.hall.hours"]', "拿件数和可以有小数的数相比"),
    ],
)
def test_a_rule_that_cannot_be_is_refused_with_its_line(name: str, old: str, new: str, problem: str) -> None:
    assert old in RULES[name]
    with pytest.raises(ConfigError, match=r"第 \d+ 行") as refused:
        form_with({name: RULES[name].replace(old, new)})
    assert problem in str(refused.value)
