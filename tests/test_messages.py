"""The catalogue: every code a stage can emit has words, and the words use only facts it has."""

from __future__ import annotations

import ast
import random
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

import pipeline
from pipeline.forms.form import Basic, Form
from pipeline.judging.rules.judge import judge
from pipeline.model import CellChange, Fact, Finding, Place, Severity, Suggestion, Verdict
from pipeline.wording.addresses import cell_named, spelled
from pipeline.wording.catalogue import CATALOGUE
from pipeline.wording.grouping import group_notices
from pipeline.wording.messages import (
    SEVERITY_WORDS,
    VERDICT_WORDS,
    agencies_by_verdict,
    counts_in_words,
    notice,
    notices,
    spoken,
)
from tests.support.fills import consistent_numbers
from tests.support.submissions import filled

SOURCES = sorted(Path(pipeline.__file__).parent.rglob("*.py"))


def test_every_severity_and_verdict_has_a_word() -> None:
    assert set(SEVERITY_WORDS) == set(Severity)
    assert set(VERDICT_WORDS) == {*Verdict, None}


def test_what_can_be_chosen_in_the_workbook_is_said_so_and_not_as_a_command() -> None:
    said = "".join(f"{wording.fault}{wording.remedy}" for wording in CATALOGUE.values())
    assert not re.search("nianbao (decide|dismiss|waive)", said)


@pytest.mark.parametrize("code", sorted(CATALOGUE))
def test_wordings_are_whole_sentences_without_jargon(form: Form, code: tuple[str, str]) -> None:
    wording = CATALOGUE[code]
    names = set(
        re.findall(r"\{(\w+)\}", f"{wording.fault}{wording.remedy}{wording.actual}{wording.expected}")
    )
    said = notice(form, Finding(code[0], Severity.ERROR, None, (), code[1], dict.fromkeys(names, "某某")))
    assert said.message.endswith("。")
    assert not re.search(r"[{}]|None|cell|sheet|NaN|null", said.message)
    assert said.fault
    assert said.fault in said.message
    assert (said.hint or "") in said.message


def test_a_cell_has_one_name_whatever_is_said_of_it(form: Form) -> None:
    check = next(check for check in form.balances if check.subject != form.by_key[check.anchor].short_label)
    key = check.anchor
    facts: dict[str, Fact] = {**dict.fromkeys(check.keys, 1), "left": 1, "right": 2, "difference": 1}
    own = Finding(check.rule.id, Severity.ERROR, form.places[key], (key,), check.id, facts)
    blank = Finding("C01", Severity.ERROR, form.places[key], (key,))
    named = {notice(form, found).message.partition("：")[0] for found in (own, blank)}
    assert named == {f"{form.places[key]}（{form.by_key[key].short_label}）"}
    several = [replace(blank, place=form.places[cell.key], keys=(cell.key,)) for cell in form.cells[:2]]
    [group] = group_notices(notices(form, several))
    assert group.where == spelled(form, [cell.key for cell in form.cells[:2]])


def test_a_heading_is_named_without_its_number() -> None:
    assert cell_named("一、总体情况 B10", "（五）监督保障") == "一、总体情况 B10（监督保障）"
    assert cell_named("一、总体情况 B4", "引言") == "一、总体情况 B4（引言）"
    assert cell_named("", "（五）监督保障") == "（五）监督保障"


def test_every_literal_finding_of_the_stages_is_in_the_catalogue() -> None:
    """Walks the source: Finding.found("F01", …, "encrypted", …) with literal code and variant."""
    seen = 0
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if not (isinstance(node, ast.Call) and ast.unparse(node.func) == "Finding.found" and node.args):
                continue
            given = dict(enumerate(node.args))
            named = {keyword.arg: keyword.value for keyword in node.keywords}
            code, variant = given[0], given.get(3) or named.get("variant")
            if isinstance(code, ast.Constant) and (variant is None or isinstance(variant, ast.Constant)):
                assert (code.value, variant.value if variant else "") in CATALOGUE, f"{path}:{node.lineno}"
                seen += 1
    assert seen > 20


def test_a_balance_finding_says_terms_sums_and_difference(form: Form) -> None:
    numbers = consistent_numbers(form, random.Random(1))
    key = "requests.new_received.enterprise"
    numbers |= {key: 12, "requests.carried_over.enterprise": 1}
    numbers |= {"requests.outcomes_total.enterprise": 11, "requests.carried_forward.enterprise": 1}
    [assessment] = judge(form, [filled(form, numbers)])
    said = next(
        item for item in notices(form, assessment.findings) if item.code == "T3-01" and item.key == key
    )
    assert said.cell == form.places[key].cell
    assert (said.actual, said.expected) == ("第一项＋第二项 13", "第三项＋第四项 12")
    assert "第一项 12 + 第二项 1 = 13，第三项 11 + 第四项 1 = 12，相差 1" in said.message
    assert said.message.startswith(f"三、依申请公开 E8（{form.by_key[key].short_label}）：")


def test_an_inequality_says_its_bound(form: Form) -> None:
    numbers = consistent_numbers(form, random.Random(1))
    row = "proactive.normative_documents"
    numbers |= {f"{row}.issued": 9, f"{row}.in_force": 3, f"{row}.repealed": 2}
    [assessment] = judge(form, [filled(form, numbers)])
    [said] = notices(form, assessment.findings)
    assert (said.code, said.actual, said.expected) == ("T2-03", "9", "不大于 5")


def test_heavier_findings_come_first(form: Form) -> None:
    found = [
        Finding("C04", Severity.INFO, Place("甲", "A1"), (), "normalised", {"raw": "１", "value": 1}),
        Finding("C01", Severity.ERROR, Place("甲", "A2")),
        Finding("C07", Severity.WARNING, Place("甲", "A3"), (), "size", {"value": 10000}),
    ]
    assert [item.severity for item in notices(form, found)] == ["error", "warning", "info"]


@pytest.mark.parametrize(
    ("value", "text"),
    [(Decimal("25.10"), "25.1"), (Decimal("1E+3"), "1000"), (Decimal(0), "0"), (7, "7"), ("/", "/")],
)
def test_facts_are_written_as_people_write_them(value: Decimal | int | str, text: str) -> None:
    assert spoken(value) == text


def test_a_remark_does_not_ask_for_reasons(form: Form) -> None:
    """Where to give them is said around the list, in a return; a receipt asks for none."""
    rules = [rule for rule in form.rules_by_id.values() if rule.severity == "warning"]
    said = [rule.remedy for rule in rules if not isinstance(rule, Basic)]
    said += [CATALOGUE[code].remedy for code in (("F07", "late"), ("C07", "size"))]
    assert len(said) > 10
    assert not [remedy for remedy in said if re.search("原因|请说明", remedy)]


def test_counts_are_agencies_that_add_up_and_files_apart() -> None:
    """One agency's only file is held, and so is one of nobody's: ``held`` counts the two files."""
    counts = {
        "expected": 9, "received": 7, "accepted": 3, "accepted_with_remarks": 1, "returned": 2, "held": 2, "missing": 2,
    }  # fmt: skip
    stands = agencies_by_verdict(counts)
    assert stands[Verdict.HELD] == 1
    assert sum(stands.values()) == counts["expected"]
    assert sum(stands.values()) - stands[None] == counts["received"]
    assert counts_in_words(counts) == (
        "应报送 9 家，已报送 7 家：合格 3 家，合格（有提醒） 1 家，退回 2 家，待核实 1 家；未报送 2 家。待核实的文件 2 份。"
    )
    assert "文件" not in counts_in_words(counts | {"held": 0})


def test_where_the_office_may_accept_an_error_is_said_where_to_write_why_and_not_after_it_has_refused(
    form: Form,
) -> None:
    """Of any other error nothing is to be explained: a person's identity number waits for nobody's approval."""
    check = next(check for check in form.balances if check.rule.waivable)
    facts = {**dict.fromkeys(check.keys, 1), "left": 3, "right": 2, "difference": 1}
    found = Finding(
        check.rule.id, Severity.ERROR, form.places[check.anchor], (check.anchor,), check.id, facts
    )
    assert "在“自查”的“说明”栏写明原因" in str(notice(form, found).hint)
    suggested = replace(found, suggestions=(Suggestion("left", (CellChange(check.anchor, None, 3, 2),), 1),))
    assert "在“自查”的“说明”栏写明原因" in str(notice(form, suggested).hint)
    refused = str(notice(form, replace(found, refused="上年公布的数没有更正")).hint)
    assert "不同意所作的说明（上年公布的数没有更正）" in refused
    assert "写明原因" not in refused
    assert notice(form, replace(found, explanation="机构合并")).pleaded == "机构合并"
    other = next(
        check for check in form.balances if check.rule.severity == "error" and not check.rule.waivable
    )
    plain = replace(found, code=other.rule.id, keys=(other.anchor,), variant=other.id)
    plain = replace(plain, facts={**dict.fromkeys(other.keys, 1), "left": 3, "right": 2, "difference": 1})
    assert "写明原因" not in str(notice(form, plain).hint)
    told = {"number": "1", "sentence": "某某"}
    number = Finding("N12", Severity.ERROR, None, ("other_matters",), "identity_number", told)
    assert not notice(form, replace(number, explanation="已核对")).pleaded
