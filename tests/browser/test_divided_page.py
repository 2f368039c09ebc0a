"""The coordinator's page of a province: the overview finds every agency, and each page beside it lists a part of the roster."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pipeline.publishing import document_paths
from pipeline.publishing.document_paths import PAGE, lists_of
from pipeline.publishing.web.dashboard import build_pages
from pipeline.publishing.web.letters_page import fill, parts, said_of
from tests.browser.test_dashboard_page import FORM, LETTERS, morning
from tests.support.browser import PHONE, Scheme, in_every_look, show

pytestmark = pytest.mark.chromium
AGENCIES, PER_LIST = 220, 80
"""More than the overview shows of what is found; parted as a province is, but fewer on a page."""


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    said = said_of(LETTERS, ["已收齐，请审核、签发"])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(document_paths, "MOST_ROWS", AGENCIES - 1)
        patched.setattr(document_paths, "_PER_LIST", PER_LIST)
        built = build_pages(FORM, morning(FORM, AGENCIES))
    for path, page in built.items():
        (folder / path).write_text(fill(parts(page), said), "utf-8")
    return {path.name: path for path in sorted(folder.iterdir())}


def test_pages_are_those_of_a_province() -> None:
    assert not lists_of(1500)
    assert [part.stop for part in lists_of(1600).values()] == [500, 1000, 1500, 1600]


@in_every_look
def test_shown_whole_without_barriers(
    browser: Browser, pages: Mapping[str, Path], width: int, scheme: Scheme
) -> None:
    overview, *_, last = pages.values()
    page = overview if width == PHONE else last  # the overview's colours are those of any morning
    with show(browser, page, width=width, scheme=scheme) as shown:
        shown.page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true; })")
        assert shown.sideways() == 0
        assert shown.barriers() == []
        shown.assert_quiet()


def test_an_agency_is_found_and_led_to_on_the_page_that_lists_it(
    browser: Browser, pages: Mapping[str, Path]
) -> None:
    with show(browser, pages[PAGE]) as shown:
        rows = shown.page.locator("#list tbody tr")
        assert rows.count() == 0
        shown.page.get_by_label("查找单位").fill("第177局")
        assert rows.count() == 1
        assert shown.page.get_by_role("status").inner_text() == f"找到 1 / {AGENCIES} 家"
        shown.page.get_by_label("查找单位").fill("没有这个局")
        assert shown.page.get_by_text("没有符合条件的单位。").is_visible()
        shown.page.get_by_label("查找单位").fill("第177局")
        rows.get_by_role("link").click()
        shown.page.wait_for_load_state()
        assert "第177局" in shown.page.locator(":target").inner_text()
        assert shown.page.locator("#list tbody tr:visible").count() == AGENCIES - 2 * PER_LIST
        shown.page.get_by_role("link", name="总览").first.click()
        shown.page.wait_for_load_state()
        assert shown.page.locator("#lists").is_visible()


def test_counts_and_letters_lead_to_their_agencies(browser: Browser, pages: Mapping[str, Path]) -> None:
    with show(browser, pages[PAGE]) as shown:
        rows = shown.page.locator("#list tbody tr")
        shown.page.locator("a[data-state=missing]").click()
        assert {text.strip() for text in rows.locator("td:nth-child(2)").all_inner_texts()} == {"未报送"}
        assert shown.page.get_by_role("status").inner_text() == f"找到 {rows.count()} / {AGENCIES} 家"
        shown.page.get_by_label("状态").select_option("")
        shown.page.get_by_label("查找单位").fill("样例区第")
        assert rows.count() == 200
        assert "，显示前 200 家" in shown.page.get_by_role("status").inner_text()
        shown.page.get_by_role("link", name="没有送达 1 封").click()
        assert rows.count() == 1


def test_without_script_every_agency_stands_on_a_page_that_the_overview_leads_to(
    browser: Browser, pages: Mapping[str, Path]
) -> None:
    listed = 0
    with show(browser, pages[PAGE], script=False) as shown:
        leads = [item.get_attribute("href") or "" for item in shown.page.locator("#lists a").all()]
        assert not shown.page.locator("#tools").is_visible()
        for number in range(len(leads)):
            shown.page.locator("#lists a").nth(number).click()
            shown.page.wait_for_load_state()
            listed += shown.page.locator("#list tbody tr").count()
            shown.page.go_back()
    assert len(leads) == len(pages) - 1
    assert listed == AGENCIES
