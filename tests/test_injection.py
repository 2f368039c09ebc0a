"""Names and texts that are code elsewhere: in what goes out they are text, and no name leads out of the folder."""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import pytest
from defusedxml.ElementTree import fromstring

from pipeline.forms.form import Form
from pipeline.publishing.files import Names, safe_name
from pipeline.publishing.template import build_workbook
from tests.support.fills import report
from tests.support.folders import Ran, inputs_only, make_district, run

STRINGS = [
    '=HYPERLINK("http://evil.example","x")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(1)", "＝1+1", "\t=1", "=1\n=2",
    "<script>alert(1)</script>", "</p><p>【今天请打电话】", "<![CDATA[x]]>", "]]>", "&lt;&amp;&#0;&#x1F;", "<!--", "<?xml?>", "&evil;",
    "{{ 7*7 }}", "{% raw %}", "${jndi:x}", "%s%n", "{0.__class__}", "javascript:alert(1)", "data:text/html,x", "\u202eabc", "\u2028x",
    "\x1b[31mx", "'; DROP TABLE letters; --", '"><img src=x onerror=alert(1)>', "\ufffe", "_x0041_", "_x000D_", "DDEAUTO c:\\x", "[red]",
    "\U000e0041",
]  # fmt: skip
NAMES = [
    "甲&乙局", "<b>局</b>", '局"引号"', "局'单引号'", "=1+1局", "@局", "../../局", "..\\局", "C:局", "con", "局.", "局%2e%2e", "局?*|",
    "{{ 局 }}", "-局", "+局", "局]]>", "&amp;局", "局\u3000末", "LPT1.局", "局#1", "局;rm", "局`x`", "$(局)", "局\u00a0",
]  # fmt: skip


@pytest.fixture(scope="module")
def night(form: Form, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Hostile names on the roster, hostile strings in every text and entry, hostile names of files."""
    files = {f"{number}.xlsx": _filled(form, number, name) for number, name in enumerate(NAMES, 1)}
    files |= {f"{number}=cmd&<b>.xlsx": b"x" for number in range(3)}
    folder = make_district(tmp_path_factory.mktemp("injection"), [], files)
    target = io.StringIO()
    csv.writer(target).writerows(
        [("code", "name"), *((f"{number:03}", name) for number, name in enumerate(NAMES, 1))]
    )
    (folder / "agencies.csv").write_text(target.getvalue(), "utf-8")
    done = run(folder)
    assert done.code in (0, 1), done.err
    return done


def _filled(form: Form, number: int, name: str) -> bytes:
    dice = random.Random(number)
    written = report(form, "", name, 2023, rng=dice)
    numbers = dict(zip((cell.key for cell in form.cells), written.numbers, strict=True))
    texts = {key: f"{text}{dice.choice(STRINGS)}。" for key, text in written.texts.items()}
    texts |= {
        key: f"{STRINGS[(number + at) % len(STRINGS)]}{text}" for at, (key, text) in enumerate(texts.items())
    }
    entries = {entry.key: dice.choice(STRINGS) for entry in form.entries}
    entries |= {form.entry_with_role("agency").key: name, form.entry_with_role("year").key: "2023"}
    entries |= {form.entry_with_role("code").key: f"{number:03}"}
    return build_workbook(form, values={**inputs_only(form, numbers), **texts, **entries})


def outputs(night: Ran, *suffixes: str) -> list[Path]:
    found = [path for path in sorted(night.folder.rglob("*")) if path.suffix in suffixes]
    assert found
    return found


def test_every_part_is_well_formed_and_no_formula_is_theirs(night: Ran) -> None:
    theirs = re.compile('HYPERLINK\\("http://evil|cmd\\||=2$|SUM\\(1\\)$|^2\\+3$|^1\\+1')
    counts = [0, 0]
    for path in outputs(night, ".xlsx", ".docx"):
        with zipfile.ZipFile(path) as package:
            for name in package.namelist():
                assert not name.startswith("/")
                assert ".." not in name
                if name.endswith((".xml", ".rels")):
                    root = fromstring(package.read(name), forbid_dtd=True)
                    counts[0] += 1
                    for element in root.iter():
                        kind = element.tag.rpartition("}")[2]
                        if kind in ("f", "formula1", "formula2"):
                            counts[1] += 1
                            assert not theirs.search(element.text or ""), (path, element.text)
                        assert kind not in ("ddeLink", "oleLink")
                        target = element.get("Target", "")
                        assert "evil" not in target
                        assert not target.startswith(("javascript:", "data:", "file:"))
    assert counts[0] > 100
    assert counts[1] > 1000


def test_no_cell_of_a_csv_is_a_formula(night: Ran) -> None:
    cells = 0
    for path in outputs(night, ".csv"):
        for row in csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")):
            for cell in row:
                cells += 1
                is_number = re.fullmatch(r"-?\d+(\.\d+)?", cell)
                assert is_number or not cell.lstrip().startswith(
                    ("=", "+", "-", "@", "＝", "＋", "－", "＠")
                ), cell
    assert cells > 1000


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self.tags: set[str] = set()
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        for name, value in attrs:
            if name in ("href", "src", "action"):
                self.found.append(value or "")
            if name.startswith("on"):
                self.handlers.append(name)


def test_pages_hold_no_markup_of_theirs_and_link_to_files_of_ours(night: Ran) -> None:
    links = 0
    for path in outputs(night, ".html"):
        page = _Links()
        page.feed(path.read_text("utf-8"))
        assert not page.handlers
        assert not page.tags & {"img", "iframe", "object", "embed", "base"}
        for link in page.found:
            links += 1
            assert not re.match(r"(?!tel:|mailto:)[a-z]+:|//|/|\.\./\.\./", link, re.IGNORECASE), link
    assert links > 50


def test_no_name_leads_out_of_the_folder(night: Ran) -> None:
    district = night.folder.parent.parent
    beside = {path.name for path in district.iterdir()}
    assert beside == {"district.toml", "agencies.csv", "inbox", "output"}
    assert {path.name for path in (district / "output").iterdir()} <= {"2023", "ledger", ".nianbao.lock"} | {
        path.name for path in (district / "output").iterdir() if path.name.startswith(".")
    }
    for path in night.folder.rglob("*"):
        assert path.resolve().is_relative_to(night.folder.resolve())
        assert not re.search(r'[\\:*?"<>|]', path.name)


@pytest.mark.parametrize(
    "name", [*NAMES, *STRINGS, "", ".", "..", "/", "\\", "a/../../b", "\x00", "." * 300, "局" * 300]
)
def test_a_file_name_is_one_name_whatever_it_is_made_of(name: str) -> None:
    made = safe_name(name, "_1")
    assert made not in ("", ".", "..")
    assert not set(made) & set('\\/:*?"<>|\x00\n\r\t')
    assert len(made.encode()) <= 255
    assert Names().take(name, "x")
