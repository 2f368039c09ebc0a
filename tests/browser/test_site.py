"""The folder for the portal: its front page in a browser, and every link of it leading to a file beside it."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import unquote

import pytest
from playwright.sync_api import Browser

from pipeline.forms.loader import load_form
from pipeline.publishing.document_paths import BOOK, LIST, WEB, WORD, path_of
from pipeline.publishing.web.agency_rows import Link
from pipeline.publishing.web.site import SiteEntry, build_front_page
from tests.support.browser import Scheme, in_every_look, show

pytestmark = pytest.mark.chromium
NAMES = ["样例区财政局", "样例区 #1 局（筹）", ("样例区" + "经济信息化和科学技术" * 9)[:65], "Agency" * 12]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    (folder / "reports").mkdir()
    suffixes = {WEB: "网页", WORD: "Word", BOOK: "Excel", LIST: "CSV"}
    entries = []
    for number, name in enumerate(NAMES):
        formats = [Link(label, path_of(name, suffix)) for suffix, label in suffixes.items()]
        for item in formats:
            (folder / item.path).write_text("<!DOCTYPE html><title>年报</title>", "utf-8")
        entries.append(SiteEntry(name, "街道" if number else "部门", formats))
    (folder / "index.html").write_bytes(build_front_page("样例区", 2023, load_form().words, entries))
    years = [
        SiteEntry(name, "部门", entries[0].formats, year) for name in NAMES for year in range(2008, 2023)
    ]
    many = build_front_page("样例区", 2023, load_form().words, entries, years)
    (folder / "many-years.html").write_bytes(many)
    (folder / "empty.html").write_bytes(build_front_page("样例区", 2023, load_form().words, []))
    return folder


@in_every_look
@pytest.mark.parametrize("name", ["index", "many-years", "empty"])
def test_shown_whole_without_barriers(
    browser: Browser, site: Path, name: str, width: int, scheme: Scheme
) -> None:
    with show(browser, site / f"{name}.html", width=width, scheme=scheme) as shown:
        assert shown.sideways() == 0
        assert shown.barriers() == []
        shown.assert_quiet()


def test_its_title_is_not_that_of_the_report_of_the_district(site: Path) -> None:
    page = (site / "index.html").read_text("utf-8")
    assert "<title>样例区2023年政府信息公开工作年度报告目录</title>" in page


def test_every_link_leads_to_a_file_beside_it(browser: Browser, site: Path) -> None:
    with show(browser, site / "index.html") as shown:
        links = [item.get_attribute("href") or "" for item in shown.page.get_by_role("link").all()]
    assert len(links) == len(set(links)) == 4 * len(NAMES)
    assert [link for link in links if not (site / unquote(link)).is_file()] == []


def test_a_name_opens_the_web_report(browser: Browser, site: Path) -> None:
    with show(browser, site / "index.html") as shown:
        shown.page.get_by_role("link", name=NAMES[1], exact=True).click()
        assert shown.page.title() == "年报"
