"""A text that has to be written is asked for in every form: by the rule over texts that speaks of it, else like any other field."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.district.adjusting import form_of
from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.forms.formulas import FAILS, HOLDS
from pipeline.forms.loader import load_form, parse_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.model import Assessment, Severity, Verdict
from pipeline.publishing.template import Stamp, build_workbook
from pipeline.publishing.template.checks import completeness_checks
from pipeline.publishing.template.content import gather
from pipeline.wording.messages import notices
from tests.support.folders import make_district
from tests.support.submissions import AGENCY, submission_of

QUARTER = (Path(__file__).parent.parent / "forms" / "service_quarter.toml").read_text("utf-8")
MORE = """
[[text]]
key = "local"
label = "镇街特色"
sheet = "文字"
required = true
kinds = ["镇"]
prompt = "写特色工作。"

[[text]]
key = "other"
label = "其他"
sheet = "文字"
required = false
prompt = ""

[[section]]
title = "三、特色"
contents = ["local"]
"""
TOLD = """
[[narrative]]
id = "N02"
kind = "told"
severity = "error"
title = "写明措施"
source = "测试"
hollow = ['无']
remedy = "请写成句子（{prompt}）"
"""
PERIOD = 202442


def judged(form: Form, texts: dict[str, str], kind: str = "镇") -> Assessment:
    stamp = Stamp(AGENCY.code, AGENCY.name, PERIOD, AGENCY.level, kind)
    numbers = {cell.key: 0 for cell in form.cells if cell.is_input}
    found = read(form, build_workbook(form, stamp, values={**numbers, **texts}))
    own = replace(submission_of(found), agency=replace(AGENCY, kind=kind))
    [assessment] = judge(form, [own])
    return assessment


def errors(found: Assessment) -> list[tuple[str, str, tuple[str, ...]]]:
    return [
        (item.code, item.variant, item.keys) for item in found.findings if item.severity is Severity.ERROR
    ]


def blank(key: str) -> tuple[str, str, tuple[str, ...]]:
    return "C01", "value", (key,)


@pytest.mark.parametrize(
    ("kind", "texts", "expected"),
    [
        ("镇", {}, ["said", "local"]),
        ("镇", {"said": "　\n "}, ["said", "local"]),
        ("镇", {"said": "已落实。", "local": "有特色。"}, []),
        ("部门", {"other": "无"}, ["said"]),
        ("部门", {"said": "已落实。"}, []),
    ],
)
def test_a_required_text_without_a_rule_over_texts_is_asked_for(
    kind: str, texts: dict[str, str], expected: list[str]
) -> None:
    form = parse_form(QUARTER + MORE, "own.toml")
    found = judged(form, texts, kind)
    assert errors(found) == [blank(key) for key in expected]
    assert (found.verdict is Verdict.RETURNED) is bool(expected)
    for item in found.findings:
        if item.code == "C01":
            assert item.place == form.places[item.keys[0]]
    assert all(item.message and "{" not in item.message for item in notices(form, found.findings))


def test_where_a_rule_over_texts_asks_for_it_that_rule_is_told() -> None:
    form = parse_form(QUARTER + TOLD, "own.toml")
    assert errors(judged(form, {})) == [("N02", "empty_text", ("said",))]
    assert errors(judged(form, {"said": "无"})) == [("N02", "hollow", ("said",))]


def test_the_template_names_the_rule_that_will_find_it() -> None:
    for text, code in ((QUARTER, "C01"), (QUARTER + TOLD, "N02")):
        form = parse_form(text, "own.toml")
        for said, mark in (("", FAILS), ("已落实。", HOLDS)):
            content = gather(form, Stamp(), {"said": said}, {}, (), None)
            marks = {check.id: check.mark for check in completeness_checks(content)}
            assert marks[f"{code}.said"] == mark


def test_a_district_that_switched_the_rule_off_is_not_told_the_same_by_another(tmp_path: Path) -> None:
    assert not load_form("annual_report_2021").bare_texts
    off = '[rules.off]\nN02 = "本区另有规定"\n'
    form = form_of(load_district(make_district(tmp_path, ["甲局"], {}, extra=off)))
    assert not form.narrative("N02")
    assert not form.bare_texts
