"""What was published against what was accepted: every plausible edit is found exactly, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.judging.rules.published import differences
from pipeline.model import Finding, Place
from pipeline.publishing.web.report_page import compile_page, render_page
from pipeline.publishing.word import report as word
from pipeline.publishing.word.word_layout import build_layout
from pipeline.wording.messages import notices
from tests.support.documents import Style, as_docx, as_html, portal
from tests.support.fills import report
from tests.support.folders import filled, make_district, nianbao, run

FORM = load_form()
SENT = report(FORM, "001", "样例区甲局", 2023)
NUMBERS = dict(zip((cell.key for cell in FORM.cells), SENT.numbers, strict=True))
OWN_WORD = word.render(word.compile_layout(build_layout(FORM), FORM), SENT)
OWN_PAGE = render_page(compile_page(FORM), SENT)


def compared(content: bytes) -> list[Finding]:
    found = differences(FORM, read(FORM, content), NUMBERS, SENT.texts)
    assert len(notices(FORM, found)) == len(found)
    return found


@pytest.mark.parametrize(
    "content",
    [
        OWN_WORD,
        OWN_PAGE,
        as_docx(FORM, SENT, Style(signed=True)),
        as_html(FORM, SENT, Style(), portal("tables")).encode("gbk"),
    ],
)
def test_what_was_published_unchanged_does_not_differ(content: bytes) -> None:
    assert compared(content) == []


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.sets(st.integers(0, len(FORM.cells) - 1), max_size=6), st.booleans())
def test_every_figure_that_was_changed_is_found_and_no_other(changed: set[int], as_word: bool) -> None:  # noqa: FBT001
    numbers = tuple(value + 1 if at in changed else value for at, value in enumerate(SENT.numbers))
    edited = replace(SENT, numbers=numbers)
    content = as_docx(FORM, edited, Style()) if as_word else render_page(compile_page(FORM), edited)
    found = compared(content)
    assert {item.key for item in found} == {FORM.cells[at].key for at in changed}
    assert {item.code for item in found} <= {"P01"}
    assert all(item.place for item in found)


def test_the_place_is_the_one_in_the_published_document() -> None:
    edited = replace(SENT, numbers=(SENT.numbers[0] + 5, *SENT.numbers[1:]))
    [found] = compared(render_page(compile_page(FORM), edited))
    assert found.place == Place("第1张表", "第3行第2列")
    assert (found.facts["published"], found.facts["accepted"]) == ("5", "0")


@pytest.mark.parametrize(
    ("edit", "variant"),
    [
        (lambda text: text.replace("。", "！", 1), "changed"),
        (lambda text: text.split("。", 1)[1], "left_out"),
        (lambda text: f"今年工作很好。{text}", "added"),
    ],
)
def test_a_sentence_that_was_changed_left_out_or_added_is_found(edit: object, variant: str) -> None:
    key = next(text.key for text in FORM.texts if text.heading)
    assert callable(edit)
    edited = replace(SENT, texts={**SENT.texts, key: edit(SENT.texts[key])})
    [found] = compared(render_page(compile_page(FORM), edited))
    assert (found.code, found.variant, found.keys) == ("P02", variant, (key,))


def test_blanks_differ_only_where_something_was_accepted() -> None:
    assert compared(as_docx(FORM, SENT, Style(blank_zeros=True))) == []


def test_what_is_not_found_is_said_and_no_difference() -> None:
    name = FORM.tables[2].blocks[0].columns[0].label[-1]
    page = OWN_PAGE.decode().replace(f">{name}<", ">别的<")
    found = compared(page.encode())
    assert found
    assert {item.code for item in found} == {"P03"}


def test_the_command_compares_reports_and_the_districts_own_with_the_sums(tmp_path: Path) -> None:
    names = ["样例区甲局", "样例区乙局"]
    folder = make_district(tmp_path / "区", names, {f"{name}.xlsx": filled(FORM, name) for name in names})
    ran = run(folder)
    assert ran.code == 0, ran.out
    published = tmp_path / "网上"
    published.mkdir()
    page = (ran.folder / "site" / "reports" / f"{names[0]}.html").read_bytes()
    (published / "a.html").write_bytes(page)
    lines = (ran.folder / "figures.csv").read_text("utf-8-sig").splitlines()
    sums = [
        sum(map(float, column)) for column in zip(*(line.split(",")[2:] for line in lines[1:]), strict=True)
    ]
    own = report(FORM, "", "样例区", 2023)
    whole = tuple(
        type(old)(str(value)) if not isinstance(old, int) else int(value)
        for old, value in zip(own.numbers, sums, strict=True)
    )
    (published / "区.docx").write_bytes(as_docx(FORM, replace(own, numbers=whole), Style()))
    done = nianbao("compare", folder, published)
    assert (done.returncode, done.stdout.count("一致")) == (0, 2), done.stdout
    assert "2 家单位之和" in done.stdout
    wrong = tuple(value + (at == 30) for at, value in enumerate(whole))
    (published / "区.docx").write_bytes(as_docx(FORM, replace(own, numbers=wrong), Style()))
    (published / "a.html").write_bytes(
        page.replace(b"</main>", b'<a href="x.pdf">x</a><a href="http://example.cn/">y</a></main>')
    )
    done = nianbao("compare", folder, published)
    assert done.returncode == 1
    assert "有 1 处不同" in done.stdout
    assert "x.pdf" in done.stdout
    assert "http://example.cn/" in done.stdout
