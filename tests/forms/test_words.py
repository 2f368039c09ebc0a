"""What a form is called stands in the form: no letter, page, title or file name of another form has a word of the annual report."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from pipeline.forms.form import Form
from pipeline.forms.library import FORMS_NAME, OFFICE, office_of, period_of, shipped_ids
from pipeline.forms.loader import load_form, parse_form
from pipeline.letter import LetterKind
from pipeline.letters.text.templates import default_text
from tests.forms.mutation import shipped

ROOT = Path(__file__).parent.parent.parent
OF_THE_PROGRAM = {
    "settings_fields.py",
    "starting.py",
    "settings_pages.py",
    "looks_like.py",
    "other_body.py",
    "filed.py",
}
"""Modules beside the command line that speak of the program itself, to whoever installs it, or that recognise what comes."""


def words(form: Form) -> tuple[str, ...]:
    """The words by which people call the annual report."""
    own = form.words
    return own.document, own.subject, own.short, own.paper, own.office


def literals(path: Path) -> list[str]:
    """The texts in a module that are no docstrings."""
    tree = ast.parse(path.read_text("utf-8"))
    documented = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    bare = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        node.value
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and id(node) not in documented | bare
    ]


def test_no_module_calls_a_form_by_its_name(form: Form) -> None:
    wrong = [
        f"{path.name}: {said}"
        for path in sorted((ROOT / "pipeline").rglob("*.py"))
        if path.name not in OF_THE_PROGRAM and "cli" not in path.parts
        for said in literals(path)
        if any(word in said.replace("上年报告", "") for word in words(form))
    ]
    assert wrong == []


@pytest.mark.parametrize("kind", list(LetterKind))
def test_no_letter_calls_a_form_by_its_name(form: Form, kind: LetterKind) -> None:
    body = default_text(kind).partition("#}")[2]
    assert not [word for word in words(form) if word in body]
    if kind is not LetterKind.HELD:
        assert re.search(r"\{\{ (?:document|short|about|period) \}\}", body)


def test_no_page_calls_a_form_by_its_name(form: Form) -> None:
    for path in (ROOT / "pipeline").rglob("*.html"):
        assert not [word for word in words(form) if word in path.read_text("utf-8")], path.name


def test_a_form_that_does_not_say_is_called_by_its_title() -> None:
    text = re.sub(r"(?ms)^\[words\].*?^\n", "", shipped("annual_report_2021"))
    own = parse_form(text, "own.toml")
    assert (own.words.document, own.words.short, own.words.paper) == (own.title,) * 3
    assert (own.words.subject, own.words.office) == ("", OFFICE)


@pytest.mark.parametrize("form_id", shipped_ids())
def test_no_shipped_form_is_called_by_the_name_of_another(form_id: str) -> None:
    own = load_form(form_id)
    others = {load_form(other).title for other in shipped_ids()} - {own.title}
    assert own.words.document == own.title
    assert not {own.words.document, own.words.short, own.words.paper} & others
    assert own.words.office == office_of(form_id, None)


def test_one_that_extends_another_under_a_title_of_its_own_has_its_own_name(tmp_path: Path) -> None:
    head = 'id = "own"\nextends = "disclosure_statistics_quarter"\n'
    forms = tmp_path / FORMS_NAME
    forms.mkdir()
    for text, names in (
        (f'{head}title = "清单"\n', ("清单", "", "清单", "清单")),
        (f'{head}title = "清单"\n[words]\nshort = "单子"\n', ("清单", "", "单子", "清单")),
        (head, ("政府信息公开情况统计表", "政府信息公开情况", "统计", "统计表")),
    ):
        (forms / "own.toml").write_text(text, "utf-8")
        said = load_form("own", tmp_path).words
        assert (said.document, said.subject, said.short, said.paper) == names
        assert said.office == office_of("own", tmp_path) == "政务公开办"
        assert period_of("own", tmp_path) == "quarter"


def test_a_register_is_compared_with_last_years_register() -> None:
    """Its rules of what was carried over are inherited; last year's annual report may say something else, and may have been corrected."""
    form = load_form("request_register")
    reaching = {check.rule.id: check.rule for check in form.checks.values() if check.reaches_back}
    assert reaching.keys() == {"T3-04", "T3-05", "T4-04"}
    for rule in reaching.values():
        said = "".join((rule.title, rule.remedy, rule.source, *rule.left_words, *rule.right_words))
        assert rule.source == "上年台账"
        assert "年报" not in said
        assert "上年报告" not in said
    assert reaching["T3-04"].right_words == ("上年台账的结转下年度",)
