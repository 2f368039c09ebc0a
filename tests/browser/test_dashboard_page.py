"""The coordinator's page in a real browser: on a phone and a desk, by day and by night, by keyboard, with and without script."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pipeline.district.mail_settings import UNVERIFIED
from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.letter import LetterState
from pipeline.model import Decision, Finding, Place, Severity
from pipeline.publishing.document_paths import PAGE
from pipeline.publishing.web.agency_rows import Link, PageContext
from pipeline.publishing.web.dashboard import build_pages
from pipeline.publishing.web.letters_page import LetterLine, fill, parts, said_of
from tests.support.browser import DESKTOP, PHONE, Scheme, in_every_look, show
from tests.support.districts import agency, assessment, merged, mixed, notices_of

pytestmark = pytest.mark.chromium
FORM = load_form()
NOW = datetime(2024, 1, 28, 0, 0, tzinfo=UTC)
DEADLINE = date(2024, 1, 31)
LONG_NAME = ("杭州市临平区" + "经济信息化和科学技术" * 9)[:65]


MOST_PAGES = 8
"""Of paper, for 42 agencies."""
LETTERS = [
    LetterLine(None, "每日情况", LetterState.SENT, date(2024, 1, 27)),
    LetterLine(
        "002", "退回修改", LetterState.FAILED, date(2024, 1, 26), reason="550 " + "no such user here " * 9
    ),
    LetterLine("003", "退回修改", LetterState.WAITING, date(2024, 1, 27), path="letters/甲 局#1.eml"),
    LetterLine("006", "催报", LetterState.SENT, date(2024, 1, 25)),
]


def morning(form: Form, size: int) -> PageContext:
    agencies, found = mixed(form, size)
    agencies = [replace(item, contact="李芳", phone="0571-86001234") for item in agencies]
    agencies[0] = replace(agencies[0], name=LONG_NAME)
    stray = Finding(
        "F02", Severity.ERROR, Place("基本信息", "B4"), (), "unknown_agency", {"stated": "<b>=1+1</b>"}
    )
    found = [*found, assessment(form, None, file="x" * 120 + ".xlsx", findings=[stray])]
    links = {item.key: [Link("Word", "reports/甲 局#1.docx")] for item in found}
    return PageContext(
        summary=merged(form, agencies, found),
        deadline=DEADLINE,
        now=NOW,
        notices=notices_of(form, found),
        links=links,
        extended={agencies[5].code: date(2024, 2, 5)},
        outputs=[Link("汇总表（Excel）", "样例区 2023 年.xlsx")],
        waivers=[Decision.waive("001", "T3-04", "机构合并，上年数据在原单位", "王主任", NOW, DEADLINE)],
    )


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("page")
    (folder / "index.html").write_text(_filled(morning(FORM, 42)), "utf-8")
    (folder / "large.html").write_text(_filled(morning(FORM, 1000)), "utf-8")
    nobody = PageContext(
        merged(FORM, [agency(1)], []), DEADLINE, NOW, {}, remarks=(UNVERIFIED.format(where="经办.xlsx"),)
    )
    (folder / "first-night.html").write_text(_filled(nobody, []), "utf-8")
    whole = [agency(1), agency(2)]
    done = [assessment(FORM, item) for item in whole]
    last = PageContext(merged(FORM, whole, done), DEADLINE, NOW, notices_of(FORM, done))
    (folder / "last-night.html").write_text(_filled(last, []), "utf-8")
    return folder


def _filled(found: PageContext, letters: Sequence[LetterLine] = LETTERS) -> str:
    return fill(parts(build_pages(FORM, found)[PAGE]), said_of(letters, ["已收齐，请审核、签发"]))


@in_every_look
@pytest.mark.parametrize("name", ["index", "first-night", "last-night"])
def test_shown_whole_without_barriers(
    browser: Browser, pages: Path, name: str, width: int, scheme: Scheme
) -> None:
    with show(browser, pages / f"{name}.html", width=width, scheme=scheme) as shown:
        shown.page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true; })")
        assert shown.sideways() == 0
        assert shown.barriers() == []
        shown.assert_quiet()


def test_a_thousand_agencies_stay_usable(browser: Browser, pages: Path) -> None:
    with show(browser, pages / "large.html", width=PHONE) as shown:
        assert shown.sideways() == 0
        shown.page.get_by_label("查找单位").fill("第777局")
        assert shown.page.locator("#list tbody tr:visible").count() == 1
        shown.assert_quiet()


def names(shown_rows: list[str]) -> list[str]:
    return [text.split("\n")[0] for text in shown_rows]


def test_filter_by_name_state_and_kind(browser: Browser, pages: Path) -> None:
    with show(browser, pages / "index.html") as shown:
        rows = shown.page.locator("#list tbody tr:visible")
        assert rows.count() == 42
        shown.page.get_by_label("状态").select_option("退回")
        assert {text.strip() for text in rows.locator("td:nth-child(2)").all_inner_texts()} == {"退回"}
        assert shown.page.get_by_role("status").inner_text() == f"显示 {rows.count()} / 42 家"
        shown.page.get_by_label("查找单位").fill("没有这个局")
        assert rows.count() == 0
        assert shown.page.get_by_text("没有符合条件的单位。").is_visible()
        shown.page.get_by_role("button", name="显示全部").click()
        assert rows.count() == 42


def test_a_count_leads_to_its_agencies(browser: Browser, pages: Path) -> None:
    with show(browser, pages / "index.html") as shown:
        shown.page.locator("a[data-state=missing]").click()
        rows = shown.page.locator("#list tbody tr:visible")
        assert rows.count() == 6
        assert {text.strip() for text in rows.locator("td:nth-child(2)").all_inner_texts()} == {"未报送"}


def test_letters_that_did_not_arrive_lead_to_their_agencies(browser: Browser, pages: Path) -> None:
    for width in (PHONE, DESKTOP):
        with show(browser, pages / "index.html", width=width) as shown:
            shown.page.get_by_role("link", name="没有送达 1 封").press("Enter")
            [row] = shown.page.locator("#list tbody tr:visible").all_inner_texts()
            assert "002" in row
            assert row.count("信没有送达") == 1
            waiting = {item.get_attribute("href") for item in shown.page.locator("a[href^=letters]").all()}
            assert waiting == {"letters/%E7%94%B2%20%E5%B1%80%231.eml"}


def test_printed_on_a4_everything_is_there(browser: Browser, pages: Path) -> None:
    with show(browser, pages / "index.html", width=642) as shown:  # 170 mm at 96 dots an inch
        printed = shown.page.pdf(format="A4")
        assert 3 <= len(re.findall(rb"/Type /Page\b", printed)) <= MOST_PAGES
        shown.page.emulate_media(media="print")
        assert shown.sideways() == 0
        assert not shown.page.locator("#tools").is_visible()
        assert shown.page.locator("#list tbody tr:visible").count() == 42
        assert shown.page.locator("#list .wide:visible").count() == 6 * 43, "the wide form of the table"
        broken = shown.page.evaluate(
            "[...document.querySelectorAll('#list .chip, #list .phone, #list .piece')].filter(part => part.checkVisibility() && part.getClientRects().length > 1).length"
        )
        assert broken == 0, "states, telephone numbers and dates stay whole"
        shown.page.evaluate("dispatchEvent(new Event('beforeprint'))")
        remedies = shown.page.locator(".problems li").all()
        assert remedies
        assert all(item.is_visible() for item in remedies), "nothing stays folded on paper"
        shown.page.evaluate("dispatchEvent(new Event('afterprint'))")
        assert shown.page.locator("details[open]").count() == 0


def test_everything_is_done_by_keyboard_alone(browser: Browser, pages: Path) -> None:
    with show(browser, pages / "index.html") as shown:
        page = shown.page
        heading = page.get_by_role("columnheader", name="状态")
        page.get_by_label("查找单位").focus()
        page.keyboard.type("第1")
        rows = page.locator("#list tbody tr:visible")
        narrowed = rows.count()
        assert 0 < narrowed < 42
        for _ in range(20):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.textContent") == "状态":
                break
        assert page.evaluate("document.activeElement.tagName") == "BUTTON"
        page.keyboard.press("Enter")
        assert heading.get_attribute("aria-sort") == "ascending"
        ranks = [int(item.get_attribute("data-sort") or "") for item in rows.locator("td:nth-child(2)").all()]
        assert ranks == sorted(ranks)
        page.keyboard.press("Space")
        assert heading.get_attribute("aria-sort") == "descending"
        ranks = [int(item.get_attribute("data-sort") or "") for item in rows.locator("td:nth-child(2)").all()]
        assert ranks == sorted(ranks, reverse=True)


def test_blanks_sort_last_both_ways(browser: Browser, pages: Path) -> None:
    with show(browser, pages / "index.html") as shown:
        button = shown.page.get_by_role("button", name="收到时间")
        for _ in range(2):
            button.click()
            times = shown.page.locator("#list tbody tr:visible td:nth-child(5)").all_inner_texts()
            assert "" in times
            assert times.index("") == len(times) - times.count("")


def test_a_row_opens_the_problems_of_its_agency(browser: Browser, pages: Path) -> None:
    with show(browser, pages / "index.html") as shown:
        link = shown.page.locator("#list tbody tr[data-state=returned] th a[href^='#']").first
        target = shown.page.locator(link.get_attribute("href") or "")
        assert target.get_attribute("open") is None
        link.click()
        target.locator(".problems li").first.wait_for()
        assert target.get_attribute("open") is not None


def test_days_left_are_those_of_the_day_it_is_read(browser: Browser, pages: Path) -> None:
    said = {
        "2024-01-28T08:00:00+08:00": "还有 3 天",
        "2024-01-31T23:59:00+08:00": "今天截止",
        "2024-02-01T00:01:00+08:00": "已过 1 天",
    }
    for moment, words in said.items():
        with show(browser, pages / "index.html", at=moment) as shown:
            assert shown.page.locator("#left").inner_text() == words


def test_without_script_everything_is_there_to_read(browser: Browser, pages: Path) -> None:
    with show(browser, pages / "index.html", script=False) as shown:
        assert shown.page.locator("#list tbody tr:visible").count() == 42
        assert not shown.page.locator("#tools").is_visible()
        assert shown.page.locator("#left").inner_text() == "还有 3 天"
        assert shown.page.locator("thead button").count() == 0


def test_what_agencies_wrote_is_text(browser: Browser, pages: Path) -> None:
    with show(browser, pages / "index.html") as shown:
        assert shown.page.get_by_text("“<b>=1+1</b>”").count() == 1


def test_links_survive_spaces_and_signs(browser: Browser, pages: Path) -> None:
    with show(browser, pages / "index.html") as shown:
        link = shown.page.get_by_role("link", name="Word", exact=True).first
        assert link.get_attribute("href") == "reports/%E7%94%B2%20%E5%B1%80%231.docx"
