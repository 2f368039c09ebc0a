"""A form that extends another: changed, added, left out, and every fault at its line."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from pipeline.forms.form import Form
from pipeline.forms.library import FORMS_NAME, in_file
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
