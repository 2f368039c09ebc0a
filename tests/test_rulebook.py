"""The rule book in docs is what the form and the cases say, and fits two pages."""

from __future__ import annotations

import importlib.util
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from pipeline.forms.form import Form
from tests.support.libreoffice import to_pdf

DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture(scope="module")
def maker() -> Any:  # noqa: ANN401 - a script, not a package
    spec = importlib.util.spec_from_file_location("make_rules", DOCS / "make_rules.py")
    assert spec
    assert spec.loader
    found = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = found
    spec.loader.exec_module(found)
    return found


def test_the_rule_book_is_what_the_script_builds(form: Form, maker: Any) -> None:  # noqa: ANN401
    for name, content in maker.files(form).items():
        assert (DOCS / name).read_bytes() == content, "run: python docs/make_rules.py"


def test_every_rule_stands_in_it_in_chinese(form: Form) -> None:
    text = (DOCS / "rules.zh-CN.md").read_text("utf-8")
    rows = [line.strip("| ").split(" | ") for line in text.splitlines() if re.match(r"\| [A-Z]\d", line)]
    rules = rows[: len(form.rules_by_id)]
    assert [row[0] for row in rules] == list(form.rules_by_id)
    assert not [cell for row in rules for cell in row[1:] if re.search(r"requests\.|total|\{|\}|None", cell)]
    assert all(row[1] and row[2] and row[3] and row[4] for row in rules)


@pytest.mark.libreoffice
def test_it_prints_on_two_pages(tmp_path: Path) -> None:
    [pdf] = to_pdf([DOCS / "rules.zh-CN.docx"], tmp_path / "pdf")
    assert len(re.findall(rb"/Type\s*/Page\b(?!s)", pdf.read_bytes())) == 2
