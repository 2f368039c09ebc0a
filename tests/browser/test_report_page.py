"""The web report in a real browser: on a phone and a desk, by day and by night, by keyboard, on paper."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.model import Report
from pipeline.publishing.web.report_page import compile_page, render_page
from tests.support.browser import DESKTOP, PHONE, Scheme, in_every_look, show
from tests.support.fills import numbers_tuple, report, zeros
from tests.support.real_report import load_real_report

pytestmark = pytest.mark.chromium
FORM = load_form()
REAL = load_real_report().as_report(FORM, "001")
LONG_NAME = (
    "杭州市临平区经济信息化和科学技术局（挂杭州市临平区中小企业服务局牌子）"
    + "、临平区大数据发展管理中心" * 3
)
LONGEST_TEXT = 30_000


def with_figures(form: Form, count: int, money: str) -> Report:
    figures = {cell.key: Decimal(money) if cell.kind == "money" else count for cell in form.cells}
    return replace(REAL, numbers=numbers_tuple(form, figures))


def with_long_text(form: Form) -> Report:
    return replace(REAL, texts={text.key: "依法公开" * (LONGEST_TEXT // 4) for text in form.texts})


CASES = {
    "the real report": REAL,
    "all zeros": replace(REAL, numbers=numbers_tuple(FORM, zeros(FORM))),
    "seven-digit counts": with_figures(FORM, 8_888_888, "59237.244912"),
    "nine-digit counts": with_figures(FORM, 888_888_888, "59237.244912"),
    "a name of 65 characters": report(FORM, "065", LONG_NAME[:65], 2023),
    "a word that cannot break": replace(REAL, agency="Agency" * 12),
}


TRIED = {"the real report", "nine-digit counts"}
"""What is looked over for barriers: a page as it is, and one whose tables are wider than a phone. Other figures and names are no other page."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("reports")
    page = compile_page(FORM)
    for name, item in {**CASES, "a text of 30,000 characters": with_long_text(FORM)}.items():
        (target / f"{name}.html").write_bytes(render_page(page, item))
    return target


@in_every_look
@pytest.mark.parametrize("case", CASES)
def test_shown_whole_without_barriers(
    browser: Browser, folder: Path, case: str, width: int, scheme: Scheme
) -> None:
    with show(browser, folder / f"{case}.html", width=width, scheme=scheme) as shown:
        assert shown.sideways() == 0
        assert case not in TRIED or shown.barriers() == []
        shown.assert_quiet()


@pytest.mark.parametrize("width", [PHONE, DESKTOP])
def test_a_very_long_text_stays_inside(browser: Browser, folder: Path, width: int) -> None:
    with show(browser, folder / "a text of 30,000 characters.html", width=width) as shown:
        assert shown.sideways() == 0
        shown.assert_quiet()


def test_the_keyboard_reaches_contents_and_tables(browser: Browser, folder: Path) -> None:
    with show(browser, folder / "the real report.html", width=PHONE) as shown:
        stops = []
        for _ in range(len(FORM.sections) + len(FORM.tables)):
            shown.page.keyboard.press("Tab")
            stops.append(shown.page.evaluate("document.activeElement.tagName"))
        assert stops == ["A"] * len(FORM.sections) + ["DIV"] * len(FORM.tables)
        shown.page.keyboard.press("ArrowRight")
        shown.page.wait_for_timeout(500)  # the page scrolls smoothly
        assert shown.page.evaluate("document.activeElement.scrollLeft") > 0


def test_contents_lead_to_their_sections(browser: Browser, folder: Path) -> None:
    with show(browser, folder / "the real report.html") as shown:
        for section in FORM.sections:
            shown.page.get_by_role("link", name=section.title).click()
            heading = shown.page.get_by_role("heading", name=section.title)
            assert heading.evaluate("item => item.getBoundingClientRect().top >= 0")
            assert heading.evaluate("item => item.getBoundingClientRect().bottom <= window.innerHeight")


@pytest.mark.parametrize("case", ["the real report", "seven-digit counts", "nine-digit counts"])
def test_no_figure_is_cut_off(browser: Browser, folder: Path, case: str) -> None:
    """Also on the phone, where the columns of the widest table have fixed widths."""
    for width in (PHONE, DESKTOP):
        with show(browser, folder / f"{case}.html", width=width) as shown:
            cut = shown.page.evaluate(
                "[...document.querySelectorAll('td')].filter(cell => cell.scrollWidth > cell.clientWidth).length"
            )
            assert cut == 0


def test_long_figures_keep_apart_on_paper(browser: Browser, folder: Path) -> None:
    with show(browser, folder / "nine-digit counts.html", width=642) as shown:
        shown.page.emulate_media(media="print")
        cut = shown.page.evaluate(
            "[...document.querySelectorAll('td')].filter(cell => cell.scrollWidth > cell.clientWidth).length"
        )
        assert cut == 0
        assert shown.sideways() == 0


def test_the_title_breaks_behind_the_agency(browser: Browser, folder: Path) -> None:
    with show(browser, folder / "the real report.html", width=PHONE) as shown:
        lines = shown.page.evaluate(
            "[...document.querySelectorAll('h1 span')].map(part => part.getClientRects().length)"
        )
        assert set(lines) == {1}


def test_a_table_that_fits_a_page_of_paper_is_not_torn(browser: Browser, folder: Path) -> None:
    """Of 250 mm, as the page has between its margins; only then it may be kept together."""
    with show(browser, folder / "the real report.html", width=642) as shown:
        shown.page.emulate_media(media="print")
        found = shown.page.evaluate(
            "[...document.querySelectorAll('.sheet table')].map(table => [table.offsetHeight, getComputedStyle(table).breakInside])"
        )
        assert max(height for height, _ in found) < 250 / 25.4 * 96 - 60, "60: its heading stays above it"
        assert {kept for _, kept in found} == {"avoid"}


def test_printed_on_a4_within_its_margins(browser: Browser, folder: Path) -> None:
    with show(browser, folder / "the real report.html", width=642) as shown:  # 170 mm at 96 dots an inch
        shown.page.emulate_media(media="print")
        assert shown.sideways() == 0
        assert not shown.page.get_by_role("navigation").is_visible()
        wide = shown.page.evaluate(
            "[...document.querySelectorAll('table')].filter(table => table.offsetWidth > table.parentElement.clientWidth + 1).length"
        )
        assert wide == 0
