"""A form that extends another: changed, added, left out, and every fault at its line."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.forms.faults import faults_of
from pipeline.forms.form import Form
from pipeline.forms.library import FORMS_NAME, WrittenForm, in_file
from pipeline.forms.loader import parse_form, parse_written
from pipeline.forms.narrative import FigureClaims
from pipeline.forms.values.numbers import NUMBER_KINDS
from pipeline.model import ConfigError

HEAD = 'id = "own"\nextends = "annual_report_2021"\n'


def own(text: str) -> Form:
    return parse_form(HEAD + text, "own.toml")


def fault(text: str) -> ConfigError:
    with pytest.raises(ConfigError) as caught:
        own(text)
    return caught.value


def test_what_is_not_written_again_is_as_it_was(form: Form) -> None:
    found = own("")
    assert found.id == "own"
    assert (found.title, found.cells, found.places) == (form.title, form.cells, form.places)
    assert list(found.checks) == list(form.checks)


def test_a_rule_is_changed_key_by_key(form: Form) -> None:
    found = own('[[rule]]\nid = "T3-06"\nseverity = "info"\n')
    assert (found.rules_by_id["T3-06"].severity, form.rules_by_id["T3-06"].severity) == ("info", "warning")
    assert found.rules_by_id["T3-06"].title == form.rules_by_id["T3-06"].title


def test_a_text_is_added_where_it_belongs(form: Form) -> None:
    text = (
        '[[text]]\nkey = "local"\nlabel = "（六）本地事项"\nsheet = "一、总体情况"\nrequired = false\nprompt = "写本地事项"\n'
        'before = "problems"\n'
    )
    keys = [item.key for item in own(text).texts]
    assert keys.index("local") == keys.index("problems") - 1
    assert [key for key in keys if key != "local"] == [item.key for item in form.texts]


def test_a_table_is_replaced_by_its_blocks() -> None:
    text = (
        '[remove]\nrule = ["T4-01", "T4-02", "T4-04"]\nheadline = ["行政复议（件）", "行政诉讼：未经复议直接起诉（件）", "行政诉讼：复议后起诉（件）"]\n'
        'chart = ["历年申请、复议和诉讼"]\nnarrative = ["N04"]\ndraft = ["overview.on_request"]\nsummary_rule = ["D02"]\n'
        '[[table]]\nkey = "disputes"\n[[table.block]]\n'
        'columns = [{ key = "change", label = ["增减"], kind = "signed_count" }]\nrows = [{ key = "", label = [] }]\n'
    )
    found = own(text)
    assert [(cell.key, cell.kind) for cell in found.cells_of("disputes")] == [
        ("disputes.change", "signed_count")
    ]
    assert found.table("disputes").sheet == "四、复议诉讼"


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ('[remove]\nrule = ["T9-99"]\n', 4, "T9-99"),
        ("[remove]\nnothing = []\n", 4, "nothing"),
        ('[[text]]\nkey = "x"\nbefore = "y"\n', 5, "before"),
        ('[[rule]]\nid = "T3-06"\nseverity = "loud"\n', 5, "severity"),
        ("[[stranger]]\n", 3, "stranger"),
    ],
)
def test_a_fault_is_told_with_its_line(text: str, line: int, word: str) -> None:
    found = fault(text)
    assert str(found).startswith(f"own.toml 第 {line} 行")
    assert word in str(found)


def test_an_unknown_form_cannot_be_extended() -> None:
    with pytest.raises(ConfigError, match="no_such_form"):
        parse_form('id = "own"\nextends = "no_such_form"\n', "own.toml")


@pytest.mark.parametrize("kind", NUMBER_KINDS)
def test_a_kind_of_number_allows_what_it_says(kind: str) -> None:
    found = NUMBER_KINDS[kind]
    assert found.allows(0)
    assert found.allows(-1) is (found.least is None)
    assert found.allows(Decimal("0.5")) is not found.is_whole


def test_a_row_is_changed_added_and_left_out(form: Form) -> None:
    found = own(
        '[remove]\nrow = ["requests.other_fee_unpaid"]\n'
        '[[narrative]]\nid = "N04"\nclaim = [{ key = "unpaid", equals = [] }]\n'
        '[[table]]\nkey = "requests"\nrows = [\n'
        '  { key = "refused_query", label = ["三、本年度办理结果", "（三）不予公开", "8.别的名称"] },\n'
        '  { key = "refused_new", label = ["三、本年度办理结果", "（三）不予公开", "9.新情形"], groups = ["outcome"], before = "unable_not_held" },\n]\n'
    )
    keys = [row.key for row in found.table("requests").blocks[0].rows]
    old = [row.key for row in form.table("requests").blocks[0].rows]
    assert [key for key in keys if key != "refused_new"] == [key for key in old if key != "other_fee_unpaid"]
    assert keys.index("refused_new") == keys.index("unable_not_held") - 1
    assert found.table("requests").blocks[0].rows[keys.index("refused_query")].groups == (
        "outcome",
        "refused",
    )
    assert len(found.balance("T3-02.research").right) == 21


def test_words_are_added_to_a_rule_over_texts(form: Form) -> None:
    rule = own('[[narrative]]\nid = "N04"\n[narrative.words]\nlocal = ["本地说法"]\n').narrative("N04")
    was = form.narrative("N04")
    assert isinstance(rule, FigureClaims)
    assert isinstance(was, FigureClaims)
    assert {word.concepts for word in rule.words} - {word.concepts for word in was.words} == {("local",)}
    assert rule.claims == was.claims


def test_a_word_may_have_choices() -> None:
    words = '[narrative.words]\nlocal = ["(被|)申请(行政|)裁决", "(|)"]\n'
    rule = own(f'[[narrative]]\nid = "N04"\n{words}').narrative("N04")
    assert isinstance(rule, FigureClaims)
    [word] = [word for word in rule.words if word.concepts == ("local",)]
    assert set(word.plain) == {"被申请行政裁决", "被申请裁决", "申请行政裁决", "申请裁决"}


def test_a_claim_is_left_out(form: Form) -> None:
    rule, was = (one.narrative("N04") for one in (own('[remove]\n"narrative.claim" = ["unpaid"]\n'), form))
    assert isinstance(rule, FigureClaims)
    assert isinstance(was, FigureClaims)
    assert {claim.key for claim in was.claims} - {claim.key for claim in rule.claims} == {"unpaid"}


def test_a_sign_is_left_out_by_its_claim_and_with_it(form: Form) -> None:
    for removal in ("narrative.sign", "narrative.claim"):
        rule = own(f'[remove]\n"{removal}" = ["decisions"]\n').narrative("N04")
        was = form.narrative("N04")
        assert isinstance(rule, FigureClaims)
        assert isinstance(was, FigureClaims)
        assert {sign.claim for sign in was.signs} - {sign.claim for sign in rule.signs} == {"decisions"}


GONE = '[remove]\ntable = ["proactive"]\nsection = ["二、主动公开政府信息情况"]\ndraft = ["overview.proactive"]\n'


def test_what_is_said_of_a_removed_table_goes_with_it(form: Form) -> None:
    found = own(GONE)
    gone = {rule for rule in form.rules_by_id if rule.startswith("T2-")}
    assert gone
    assert set(form.rules_by_id) - set(found.rules_by_id) == gone
    kept = {sheet.name for sheet in found.sheets}
    assert [sheet.name for sheet in form.sheets if sheet.name not in kept] == ["二、主动公开"]
    assert {item.id for item in found.carried} == {"applications"}
    assert len(found.headlines) < len(form.headlines)
    rule, was = found.narrative("N04"), form.narrative("N04")
    assert isinstance(rule, FigureClaims)
    assert isinstance(was, FigureClaims)
    assert [claim.key for claim in rule.claims] == [claim.key for claim in was.claims], "still understood"
    assert all(
        bool(now.equals) == bool(then.equals and not any("proactive." in str(sum_) for sum_ in then.equals))
        for now, then in zip(rule.claims, was.claims, strict=True)
    )


def test_a_form_that_removes_a_table_is_not_broken_by_what_is_said_of_it_later(tmp_path: Path) -> None:
    """A later release adds a rule, a headline, a chart, a claim and its sign over the table."""
    base = """id = "base"
extends = "annual_report_2021"
edition = "2"
[[rule]]
id = "T2-99"
severity = "error"
title = "新加的规则"
left = ["proactive.licences.decisions"]
relation = "<="
right = ["requests.new_received.total"]
words = { left = ["许可"], right = ["收到"] }
remedy = "核对"
source = "无"
[[headline]]
label = "新加的数"
cell = "proactive.licences.decisions"
[[chart]]
title = "新加的图"
unit = "件"
over = "agencies"
parts = [{ label = "许可", cells = ["proactive.licences.decisions"] }]
[[narrative]]
id = "N04"
claim = [{ key = "new", name = "新的说法", says = ["receive"], equals = ["proactive.licences.decisions"] }]
"""
    (tmp_path / FORMS_NAME).mkdir()
    (tmp_path / FORMS_NAME / "base.toml").write_text(base, "utf-8")
    path = tmp_path / FORMS_NAME / "own.toml"
    path.write_text(f'id = "own"\nextends = "base"\n{GONE}', "utf-8")
    assert faults_of(in_file(tmp_path / FORMS_NAME / "base.toml")) == []
    assert faults_of(in_file(path)) == []
    found = parse_written(in_file(path))
    assert "T2-99" not in found.rules_by_id
    assert "新加的数" not in {item.label for item in found.headlines}


def test_a_rule_that_is_written_again_does_not_go_in_silence() -> None:
    assert "proactive" in str(fault(f'{GONE}[[rule]]\nid = "T2-02"\nseverity = "info"\n'))


def test_every_use_of_what_was_removed_is_told_at_once() -> None:
    told = _faults('[remove]\ntable = ["requests"]\nrow = ["disputes.none"]\n')
    assert len(told) == 1, "of what cannot be removed nothing else is told"
    told = _faults('[remove]\ntable = ["requests"]\n')
    assert [
        word for word in ("[[section]]", "[[draft]]", "[[chart]]") if any(word in one for one in told)
    ] == [
        "[[section]]",
        "[[draft]]",
        "[[chart]]",
    ]
    told = _faults('[remove]\nrow = ["requests.other_fee_unpaid", "requests.carried_forward"]\n')
    assert len([one for one in told if "carried_forward" in one]) > 5
    assert any("other_fee_unpaid" in one for one in told)


def test_faults_of_one_form_are_told_at_once() -> None:
    told = _faults(
        '[[headline]]\nlabel = "甲"\ncell = "no.cell"\n'
        '[[rule]]\nid = "T3-06"\nleft = ["no.left"]\n[[rule]]\nid = "T3-05"\nright = ["no.right"]\n'
        '[[text]]\nkey = "own_text"\nlabel = "乙"\nsheet = "没有的表"\nrequired = false\nprompt = "写"\n'
        '[[narrative]]\nid = "N04"\nclaim = [{ key = "unpaid", equals = ["no.claim"] }, { key = "received", equals = ["no.other"] }]\n'
        '[[draft]]\ntext = "preface"\nlines = ["{{no.draft}}"]\n'
        "[remove]\n"
    )
    words = ("no.cell", "no.left", "no.right", "没有的表", "no.claim", "no.other", "no.draft")
    assert [word for word in words if any(word in one for one in told)] == list(words)
    told = _faults('[remove]\nrule = ["A1", "T3-06", "A2"]\nnothing = []\n')
    assert [word for word in ("A1", "A2", "nothing") if any(word in one for one in told)] == [
        "A1",
        "A2",
        "nothing",
    ]
    told = _faults('[[text]]\nkey = "x"\nstrange = 1\nodd = 2\nrequired = 7\n')
    assert [word for word in ("strange", "odd", "required") if any(word in one for one in told)] == [
        "strange",
        "odd",
        "required",
    ]


def _faults(text: str) -> list[str]:
    return [str(one) for one in faults_of(WrittenForm(HEAD + text, "own.toml"))]


def test_a_rate_is_changed_and_left_out() -> None:
    changed = own(
        '[[narrative]]\nid = "N04"\nrate = [{ name = "办结率", after = ["answered"] }]\n'
    ).narrative("N04")
    assert isinstance(changed, FigureClaims)
    assert next(rate for rate in changed.rates if rate.name == "办结率").after == ("answered",)
    without = own('[remove]\n"narrative.rate" = ["公开率"]\n').narrative("N04")
    assert isinstance(without, FigureClaims)
    assert [rate.name for rate in without.rates] == ["办结率", "维持率", "纠错率"]


@pytest.mark.parametrize(
    ("text", "line", "word"),
    [
        ('[[narrative]]\nid = "N04"\nrate = [{ name = "办结率", parts = ["a.b"] }]\n', 5, "a.b"),
        ('[remove]\nrow = ["requests.none"]\n', 4, "requests.none"),
        ('[remove]\n"narrative.claim" = ["none"]\n', 4, "none"),
        ('[remove]\n"rule.claim" = ["none"]\n', 4, "rule.claim"),
        ('[remove]\nrule = [["T2-01"]]\n', 4, "T2-01"),
        ('[[table]]\nkey = "requests"\nrows = [{ key = "x", label = ["x"] }]\n', 5, "before"),
        ('[[table]]\nkey = "requests"\nrows = "x"\n', 5, "rows"),
        ('[[narrative]]\nid = "N04"\nclaim = [{ key = "unpaid", equals = ["a.b"] }]\n', 5, "a.b"),
        ('[[narrative]]\nid = "N04"\n[narrative.words]\nx = ["' + "(a|b)" * 9 + '"]\n', 6, "400"),
    ],
)
def test_a_fault_inside_is_told_with_its_line(text: str, line: int, word: str) -> None:
    found = fault(text)
    assert str(found).startswith(f"own.toml 第 {line} 行"), found
    assert word in str(found)


@pytest.mark.parametrize(
    ("kind", "name", "user"),
    [("rule", "T3-02", "summary_rule"), ("row", "requests.other_fee_unpaid", "narrative.claim")],
)
def test_what_is_removed_and_still_used_is_told_where_it_was_removed(kind: str, name: str, user: str) -> None:
    found = fault(f'title = "本区的表"\n[remove]\nentry = []\n{kind} = ["{name}"]\n')
    assert f"own.toml 第 6 行：删去了“{name}”" in str(found)
    assert re.search(rf"\[\[{re.escape(user)}\]\]“[^”]+”.*annual_report_2021\.toml 第 \d+ 行", str(found))


def test_cells_that_are_computed_from_each_other_are_told_at_their_rule() -> None:
    text = (
        '[[rule]]\nid = "X-01"\nseverity = "error"\ntitle = "绕"\nsource = "无"\nsubject = "总计"\nremedy = "无"\n'
        'defines = true\nleft = ["requests.granted_in_full.natural_person"]\nrelation = "="\nright = ["requests.outcomes_total.natural_person"]\n'
        'words = { left = ["予以公开"], right = ["总计"] }\n'
    )
    found = fault(text)
    assert all(
        f"“requests.{row}.natural_person”由" in str(found) for row in ("granted_in_full", "outcomes_total")
    )
    assert found.line


def test_a_form_cannot_extend_itself(tmp_path: Path) -> None:
    path = tmp_path / FORMS_NAME / "own.toml"
    path.parent.mkdir()
    path.write_text('id = "own"\nextends = "own"\n', "utf-8")
    with pytest.raises(ConfigError, match=r"第 2 行.*自己.*annual_report_2021") as caught:
        parse_written(in_file(path))
    assert "own、" not in str(caught.value)
