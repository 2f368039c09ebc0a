"""Every HTML page that a district's runs write, as it lies in the folder: one of each kind, without barriers, by day and by night.

The other tests of this folder build pages of extremes; this one takes what is really written, so that no kind is forgotten.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from pipeline.forms.loader import load_form
from tests.support.browser import Scheme, in_every_look, show
from tests.support.documents import Style, as_html, portal
from tests.support.fills import report
from tests.support.folders import filled, make_district, nianbao, run

pytestmark = pytest.mark.chromium
FORM = load_form()
OWN_FORM = Path(__file__).parent.parent.parent / "pipeline" / "forms" / f"{FORM.id}.toml"
NAMES = ["样例区甲局", "样例区乙局", "样例区丙局"]
PEOPLE = '[people]\ncoordinator = "王主任"\nemail = "office@example.gov.cn"\n'
KINDS = {"index.html", "reports/…", "site/index.html", "site/reports/…", "site/reports/2022/…", "preview/…"}
"""The coordinator's page, with its letters and what was published otherwise; an agency's report; the folder for the portal, with a
year before; a form as it will look."""


def kind_of(path: Path, folder: Path) -> str:
    """Return the place of a page, without the name of the agency or form it is about."""
    inner = path.relative_to(folder)
    return inner.as_posix() if inner.name == "index.html" else f"{inner.parent.as_posix()}/…"


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """One page of each kind: a year before is imported, one agency counts, one file is none, what was published differs."""
    place = tmp_path_factory.mktemp("district")
    files = {"a.xlsx": filled(FORM, NAMES[0]), "b.xlsx": b"PK no workbook"}
    district = make_district(place / "区", NAMES, files, extra=PEOPLE)
    rows = [f"{number:03},{name},jia{number}@example.gov.cn" for number, name in enumerate(NAMES, 1)]
    (district / "agencies.csv").write_text("\n".join(["code,name,email", *rows]), "utf-8")
    before = place / "before.html"
    before.write_text(as_html(FORM, report(FORM, "002", NAMES[1], 2022), Style(), portal("modern")), "utf-8")
    assert nianbao("import", district, before).returncode == 0
    first = run(district)
    published = (first.folder / "site" / "reports" / f"{NAMES[0]}.html").read_text("utf-8")
    (district / "published").mkdir()
    otherwise = re.sub(r"(<td headers=[^>]*>)[^<]*", r"\g<1>99", published, count=1)
    (district / "published" / "公布的.html").write_text(otherwise, "utf-8")
    folder = run(district).folder
    assert nianbao("form", "preview", OWN_FORM, "--output", folder / "preview").returncode == 0
    return {kind_of(path, folder): path for path in sorted(folder.rglob("*.html"))}


def test_every_kind_of_page_is_shown(pages: Mapping[str, Path]) -> None:
    assert set(pages) == KINDS


def test_the_coordinators_page_has_letters_and_what_was_published(pages: Mapping[str, Path]) -> None:
    said = pages["index.html"].read_text("utf-8")
    assert "letters/" in said
    assert "公布核对" in said


@in_every_look
@pytest.mark.parametrize("kind", sorted(KINDS))
def test_shown_whole_without_barriers(
    browser: Browser, pages: Mapping[str, Path], kind: str, width: int, scheme: Scheme
) -> None:
    with show(browser, pages[kind], width=width, scheme=scheme) as shown:
        shown.page.evaluate("document.querySelectorAll('details').forEach(item => { item.open = true; })")
        assert shown.sideways() == 0
        assert shown.barriers() == []
        shown.assert_quiet()
