"""The loader: what a form may say, and on which line it is refused."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

import pipeline.forms
from pipeline.district.adjusting import adjusted
from pipeline.district.rule_settings import Rules
from pipeline.forms.arithmetic import with_totals
from pipeline.forms.form import Form
from pipeline.forms.loader import data_dictionary, load_form, parse_form
from pipeline.judging.rules.judge import judge
from pipeline.model import ConfigError, Number
from pipeline.publishing.template import build_workbook
from pipeline.wording.messages import notices
from tests.support.submissions import filled

TEXT = (Path(pipeline.forms.__file__).parent / "annual_report_2021.toml").read_text("utf-8")


def line_of(token: str) -> int:
    return next(number for number, line in enumerate(TEXT.splitlines(), 1) if token in line)


def test_the_form_has_its_200_numbers_in_printing_order(form: Form) -> None:
    assert [len(form.cells_of(table.key)) for table in form.tables] == [10, 175, 15]
    assert [cell.index for cell in form.cells] == list(range(200))
    assert form.cells[0].key == "proactive.regulations.issued"
    assert form.cells[9].key == "proactive.charges.amount"
    assert form.cells[10].key == "requests.new_received.natural_person"
    assert form.cells[-1].key == "disputes.litigation_after_reconsideration.total"


def test_only_the_charges_are_money(form: Form) -> None:
    assert [cell.key for cell in form.cells if cell.kind == "money"] == ["proactive.charges.amount"]


def test_totals_are_computed_and_nothing_else_is(form: Form) -> None:
    computed = {cell.key for cell in form.cells if not cell.is_input}
    rows = {f"requests.{row.key}.total" for row in form.table("requests").blocks[0].rows}
    columns = {f"requests.outcomes_total.{column.key}" for column in form.table("requests").blocks[0].columns}
    disputes = {cell.key for cell in form.cells_of("disputes") if cell.key.endswith(".total")}
    assert computed == rows | columns | disputes
    assert len(computed) == 25 + 6 + 3


def test_a_computed_cell_comes_after_its_parts(form: Form) -> None:
    done: set[str] = set()
    for key, parts in form.evaluation_order:
        assert not any(not form.by_key[part].is_input and part not in done for part in parts)
        done.add(key)


def test_rules_become_one_balance_for_each_row_or_column(form: Form) -> None:
    counted: dict[str, int] = {}
    for check in form.checks.values():
        counted[check.rule.id] = counted.get(check.rule.id, 0) + 1
    assert counted == {
        "T2-01": 3,
        "T2-02": 2,
        "T2-03": 2,
        "T2-04": 2,
        "T2-06": 4,
        "T3-01": 7,
        "T3-02": 7,
        "T3-03": 25,
        "T3-04": 1,
        "T3-05": 6,
        "T3-06": 1,
        "T3-08": 2,
        "T3-09": 1,
        "T4-01": 3,
        "T4-02": 1,
        "T4-04": 1,
    }
    linear = {check.rule.id for check in form.balances}
    assert set(counted) - linear == {"T2-06", "T3-06", "T3-08", "T3-09", "T4-02"}
    assert len(form.balance("T3-02.enterprise").right) == 21
    assert len(form.balance("T3-03.granted_in_full").right) == 6


def test_the_regulations_rule_does_not_bind_cities(form: Form) -> None:
    assert "T2-01" not in {balance.rule.id for balance in form.balances_for("设区的市")}
    assert "T2-01" in {balance.rule.id for balance in form.balances_for("县区")}


def test_every_address_is_taken_once(form: Form) -> None:
    assert len({*form.positions.values(), *form.past_positions.values()}) == 2 * len(form.cells) + 20
    dictionary = data_dictionary(form)
    assert len({row.key for row in dictionary}) == len(dictionary) == 200 + 9 + 8 + 3
    assert {(row.sheet, row.address) for row in dictionary} == {
        (place.sheet, place.cell) for place in form.places.values()
    }


@pytest.mark.parametrize(
    ("old", "new", "token"),
    [
        ('id = "T3-01"', 'id = "T2-01"', 'id = "T3-01"'),
        ('id = "annual_report_2021"', 'id = "con"', 'id = "annual_report_2021"'),
        ('id = "annual_report_2021"', 'id = "letters"', 'id = "annual_report_2021"'),
        (
            "requests.carried_forward.{column}",
            "requests.carried_fwd.{column}",
            "requests.carried_forward.{column}",
        ),
        ('label = ["行政许可"]', "label = []", '"licences"'),
        ('kind = "money"', 'kind = "euro"', '"amount"'),
        ("report_title = ", "report_tilte = ", "report_title = "),
        ('role = "code"', 'roel = "code"', 'role = "code"'),
        ('key = "refused_query"', 'key = "refused_process"', '"refused_process"'),
        ('severity = "error"', 'severity = "fatal"', 'severity = "error"'),
        ("limits = { factor = 5, base = 20 }", "limits = { factor = 5 }", "limits = { factor = 5"),
        (
            "limits = { factor = 5, base = 20 }",
            "limits = { factor = 5, base = 0.5 }",
            "limits = { factor = 5",
        ),
        ("变化不超过 {factor} 倍", "变化不超过 {times} 倍", "变化不超过 {factor} 倍"),
        ('after = ["T3-04"]', 'after = ["T3-07"]', 'after = ["T3-04"]'),
        ('after = ["T3-04"]', 'after = ["T2-02"]', 'after = ["T3-04"]'),
        (
            'left = ["requests.carried_over.total"]',
            'left = ["requests.carried_over.total@-1"]',
            'left = ["requests.carried_over.total"]',
        ),
        (
            "requests.carried_forward.total@-1",
            "requests.carried_forward.total@-2",
            "requests.carried_forward.total@-1",
        ),
        ('rules = ["T3-04", "T3-05"]', 'rules = ["T3-07"]', 'rules = ["T3-04"'),
        ('relation = "<="', 'relation = "<"', 'relation = "<="'),
        (
            'each = { row = "requests.rows" }',
            'each = { row = "requests.lines" }',
            'each = { row = "requests.rows" }',
        ),
        (
            'right = ["requests.@outcome.{column}"]',
            'right = ["requests.@result.{column}"]',
            'right = ["requests.@outcome.{column}"]',
        ),
        ('"requests.@refused.total"', '"requests.refused_*.total"', "shared_wholes = "),
        (
            '{ each = "requests.@applicant"',
            '{ each = "requests.@applicants"',
            'each = "requests.@applicant", cells',
        ),
        ('contents = ["disputes"]', 'contents = ["quarrels"]', 'contents = ["disputes"]'),
        (
            'cell = "proactive.charges.amount"',
            'cell = "proactive.charges.fee"',
            'cell = "proactive.charges.amount"',
        ),
        ("first_year = 2021", 'first_year = "2021"', "first_year"),
        ("defines = true", 'defines = "yes"', "defines = true"),
        ('sheet = "四、复议诉讼"', 'sheet = "四、诉讼"', 'sheet = "四、复议诉讼"'),
        ('["第一项", "第二项"]', '["一", "二", "三"]', '["第一项", "第二项"]'),
        (
            'right = ["requests.{row}.@applicant"]',
            'right = ["requests.{row}.@applicant", "requests.{row}.research"]',
            'right = ["requests.{row}.@applicant"]',
        ),
        (
            'left = ["proactive.{row}.issued"]',
            'left = ["proactive.{rwo}.issued"]',
            'left = ["proactive.{row}.issued"]',
        ),
    ],
)
def test_a_faulty_form_is_refused_with_its_line(old: str, new: str, token: str) -> None:
    with pytest.raises(ConfigError, match=rf"form\.toml 第 {line_of(token)} 行"):
        parse_form(TEXT.replace(old, new, 1), "form.toml")


def test_text_that_is_no_toml_is_refused_with_its_line() -> None:
    with pytest.raises(ConfigError, match=r"form\.toml 第 3 行"):
        parse_form('id = "x"\n\nedition = \n', "form.toml")


def test_a_rule_may_not_add_money_to_counts() -> None:
    mixed = TEXT.replace(
        'right = ["proactive.{row}.in_force"',
        'right = ["proactive.charges.amount", "proactive.{row}.in_force"',
    )
    with pytest.raises(ConfigError, match="T2-03"):
        parse_form(mixed.replace('right = ["现行有效", "本年废止"]', 'right = ["之和"]'), "form.toml")


def test_an_unknown_form_is_refused_and_the_known_ones_named() -> None:
    with pytest.raises(ConfigError, match="annual_report_2021"):
        load_form("annual_report_1999")


def test_a_row_added_to_the_form_needs_no_other_change() -> None:
    """The promise of one declaration: cells, addresses, totals and rules follow."""
    marker = '  { key = "refused_query"'
    added = '  { key = "refused_new", label = ["三、本年度办理结果", "（三）不予公开", "9.新情形"], groups = ["outcome"] },\n'
    larger = parse_form(TEXT.replace(marker, added + marker, 1), "form.toml")
    assert len(larger.cells) == 207
    assert len(larger.balance("T3-02.research").right) == 22
    assert larger.balance("T3-03.refused_new")
    assert larger.places["requests.carried_forward.total"].cell == "J33"


def test_a_rule_added_to_the_form_needs_no_other_change() -> None:
    """A new id of a known relation: it is judged, shown on 自查, put into words and can be adjusted."""
    added = """
[[rule]]
id = "X1"
severity = "warning"
title = "法律服务机构的申请不少于 {minimum} 件，且超过新收的 {percent}%"
source = "试验"
subject = "法律服务机构"
left = ["requests.new_received.legal_service"]
relation = "share"
limits = { percent = 50, minimum = 3 }
right = ["requests.new_received.total"]
words = { left = ["法律服务机构"], right = ["新收"] }
remedy = "请核对"
"""
    form = adjusted(parse_form(TEXT + added, "form.toml"), Rules(limits={"X1": {"minimum": 4}}))
    column = "legal_service"
    numbers: dict[str, Number | None] = {cell.key: 0 for cell in form.cells if cell.is_input}
    numbers |= {f"requests.new_received.{column}": 4, f"requests.granted_in_full.{column}": 4}
    [assessment] = judge(form, [filled(form, with_totals(form, numbers))])
    [said] = notices(form, assessment.findings)
    assert (said.code, said.key) == ("X1", f"requests.new_received.{column}")
    assert "法律服务机构 4，新收 4（要求：法律服务机构的申请不少于 4 件" in said.message
    book = CalamineWorkbook.from_filelike(BytesIO(build_workbook(form)))
    ids = [row[0] for row in book.get_sheet_by_name(form.sheet_of_kind("checks").name).to_python()]
    assert "X1" in ids
    assert form.may_waive("X1")


def test_the_rules_of_the_sums_are_declared(form: Form) -> None:
    assert [rule.id for rule in form.summary_rules] == ["D01", "D02", "D03"]
    by_id = {balance.rule.id: balance.reaches_back for balance in form.on_summary}
    assert [rule for rule, back in by_id.items() if back] == ["T3-04", "T3-05"]
    assert {rule for rule, back in by_id.items() if not back} >= {"T3-01", "T3-02", "T3-03", "T4-01"}
