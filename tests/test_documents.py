"""Pages that are made from the sample district say what it says today."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

from pipeline.letter import KIND_WORDS

DOCS = Path(__file__).parent.parent / "docs"


def script(name: str) -> Any:  # noqa: ANN401 - a script, not a package
    """Load a script of the docs."""
    spec = importlib.util.spec_from_file_location(name, DOCS / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_of_letters_is_what_the_sample_gives() -> None:
    """After a change of words or of the sample: python docs/make_letters.py."""
    assert script("make_letters").page() == (DOCS / "letters.md").read_text("utf-8")


def test_the_data_dictionary_is_what_the_forms_say() -> None:
    """After a change of a shipped form: python docs/make_fields.py."""
    module = script("make_fields")
    assert module.dictionary() == (DOCS / module.NAME).read_text("utf-8")


def test_the_handbook_names_every_letter_that_an_agency_gets() -> None:
    text = (DOCS / "handbook.zh-CN.md").read_text("utf-8")
    assert [word for word in KIND_WORDS.values() if word not in text and word != "填报模板"] == []
