"""The web report: the same words and figures as the Word report, every figure under its headings, nothing from elsewhere."""

from __future__ import annotations

import base64
import hashlib
import io
import pickle
import re
from dataclasses import replace

import docx
import pytest
from docx.oxml.ns import qn
from lxml import html
from lxml.html import HtmlElement

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.forms.values.typed import plain_number
from pipeline.model import ConfigError, Report
from pipeline.publishing.web.report_page import CompiledPage, compile_page, render_page
from pipeline.publishing.word import report as word
from pipeline.publishing.word.word_layout import build_layout
from tests.support.fills import report
from tests.support.real_report import load_real_report

FORM = load_form()
REAL = load_real_report().as_report(FORM, "001")
PAGE = compile_page(FORM)
OPTIONAL = next(text for text in FORM.texts if not text.required)
HEADED = next(text for text in FORM.texts if text.heading)


def page_of(item: Report, page: CompiledPage = PAGE) -> HtmlElement:
    found = html.document_fromstring(render_page(page, item).decode())
    assert isinstance(found, HtmlElement)
    return found


def meta(page: HtmlElement, attribute: str, value: str) -> str:
    [found] = [item for item in page.iter("meta") if item.get(attribute) == value]
    return str(found.get("content"))


def style_of(page: HtmlElement) -> str:
    [found] = page.iter("style")
    return found.text or ""


def with_text(key: str, text: str) -> Report:
    return replace(REAL, texts={**REAL.texts, key: text})


def words_on_page(page: HtmlElement) -> list[str]:
    """Read title, headings, paragraphs and cells in their order; the contents and captions say nothing new."""
    items = page.iter("h1", "h2", "h3", "p", "th", "td")
    return [text for text in (item.text_content().strip() for item in items) if text]


def words_in_document(content: bytes) -> list[str]:
    body = docx.Document(io.BytesIO(content)).element.body
    texts = (
        "".join(leaf.text or "" for leaf in paragraph.iter(qn("w:t"))).strip()
        for paragraph in body.iter(qn("w:p"))
    )
    return [text for text in texts if text]


@pytest.mark.parametrize("item", [REAL, report(FORM, "007", "样例区<财政>局", 2023)], ids=["real", "made up"])
def test_says_what_the_word_report_says_in_the_same_order(item: Report) -> None:
    document = word.render(word.compile_layout(build_layout(FORM), FORM), item)
    assert words_on_page(page_of(item)) == words_in_document(document)


def test_every_figure_stands_under_its_own_headings(form: Form) -> None:
    page = page_of(report(form, "001", "样例区财政局", 2023))
    texts = {item.get("id"): item.text_content() for item in page.iter("th")}
    headings = [[texts[name] for name in (cell.get("headers") or "").split()] for cell in page.iter("td")]
    blocks = {
        (table.key, number): block.heading
        for table in form.tables
        for number, block in enumerate(table.blocks)
    }
    expected = [
        [*filter(None, [blocks[cell.table, cell.block]]), *cell.row.label, *cell.column.label]
        for cell in form.cells
    ]
    assert headings == expected


def test_figures_stand_in_the_order_of_the_form() -> None:
    item = report(FORM, "001", "样例区财政局", 2023)
    assert [cell.text for cell in page_of(item).iter("td")] == [*map(plain_number, item.numbers)]


def test_ids_are_unique_and_every_reference_finds_its_own() -> None:
    page = page_of(REAL)
    ids = [item.get("id") for item in page.iter() if item.get("id")]
    assert len(ids) == len(set(ids))
    links = {(item.get("href") or "").removeprefix("#") for item in page.iter("a")}
    labels = {item.get("aria-labelledby") for item in page.iter() if item.get("aria-labelledby")}
    assert links | labels <= set(ids)
    assert len(links) == len(FORM.sections)


def test_what_looks_like_markup_or_a_formula_is_text() -> None:
    nasty = '<script>alert(1)</script>&amp;"\'=HYPERLINK("http://x")'
    item = replace(with_text(HEADED.key, nasty), agency=nasty)
    page = page_of(item)
    assert not list(page.iter("script"))
    assert words_on_page(page)[0] == FORM.title_for(nasty, REAL.year)
    assert nasty in words_on_page(page)
    assert meta(page, "name", "ArticleTitle") == FORM.title_for(nasty, REAL.year)


def test_characters_that_are_no_text_are_left_out() -> None:
    assert "前后" in words_on_page(page_of(with_text(OPTIONAL.key, "前\x00\x01\ud800后")))


def test_an_optional_text_may_be_absent() -> None:
    shorter = words_on_page(page_of(with_text(OPTIONAL.key, " \n")))
    gone = [line.strip() for line in REAL.texts[OPTIONAL.key].splitlines() if line.strip()]
    assert gone
    assert shorter == [text for text in words_on_page(page_of(REAL)) if text not in gone]


def test_a_required_heading_stays_without_its_text() -> None:
    assert HEADED.label in words_on_page(page_of(with_text(HEADED.key, "")))


def test_asks_for_nothing_from_elsewhere() -> None:
    content = render_page(PAGE, REAL).decode()
    assert not re.search(r"https?:|//\w|@import|\bsrc=|<link|<script|url\(", content)


def test_the_policy_allows_the_style_that_is_there() -> None:
    page = page_of(REAL, compile_page(FORM, "h1 { color: #c00 }"))
    policy = meta(page, "http-equiv", "Content-Security-Policy")
    digest = base64.b64encode(hashlib.sha256(style_of(page).encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy
    assert "default-src 'none'" in policy


def test_the_district_style_stands_behind_ours() -> None:
    own = "h1 { color: #c00 }"
    assert style_of(page_of(REAL, compile_page(FORM, own))).endswith(own)


@pytest.mark.parametrize(
    "style",
    [
        "</STYLE><script>",
        "@import 'other.css';",
        "body { background: url(https://example.com/a.png) }",
        "body { background: url( '//example.com/a.png') }",
        "body { background: url(a.png) }",
    ],
)
def test_a_style_that_reaches_out_is_refused(style: str) -> None:
    with pytest.raises(ConfigError):
        compile_page(FORM, style)


@pytest.mark.parametrize(
    "style", ["a { fill: url(#mark) }", "h1 { background: url(data:image/png;base64,AA==) }"]
)
def test_a_style_that_stays_inside_is_taken(style: str) -> None:
    assert style in render_page(compile_page(FORM, style), REAL).decode()


def test_same_report_same_bytes_also_from_a_pickled_page() -> None:
    again = pickle.loads(pickle.dumps(compile_page(FORM)))  # noqa: S301 - our own bytes, as they go to a worker
    assert render_page(again, REAL) == render_page(PAGE, REAL)
