"""What documents print of texts that were left empty."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import BytesIO

from pipeline.forms.loader import load_form
from pipeline.judging.rules.published import differences
from pipeline.model import Reading
from pipeline.publishing.printed_words import texts_alone
from pipeline.publishing.web.report_page import compile_page, render_page
from pipeline.publishing.word.report import compile_layout, render
from pipeline.publishing.word.word_layout import build_layout
from tests.support.fills import report


def test_a_section_never_stands_over_nothing() -> None:
    """A text that may be left empty and is all that its section has."""
    form = load_form("disclosure_statistics_quarter")
    [free] = texts_alone(form)
    assert not texts_alone(load_form())
    what = report(form, "001", "甲局", 202344)
    word, page = compile_layout(build_layout(form), form), compile_page(form)
    empty = replace(what, texts={**what.texts, free: " "})
    for made, is_there in ((empty, True), (replace(what, texts={free: "有说明。"}), False)):
        with zipfile.ZipFile(BytesIO(render(word, made))) as package:
            printed = package.read("word/document.xml").decode()
        assert (">无。<" in printed) is is_there
        assert ("<p>无。</p>" in render_page(page, made).decode()) is is_there
    read = Reading(None, texts={free: "无。"})
    assert not [item for item in differences(form, read, {}, {free: ""}) if item.keys == (free,)]
    assert [item for item in differences(form, read, {}, {free: "有说明。"}) if item.keys == (free,)]
