"""Random consistent reports in random styles: the same figures and texts, or an honest "not found"; never a wrong one."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.model import Report
from tests.support.documents import Style, as_docx, as_html, portal
from tests.support.fills import report

FORM = load_form()
CHOICES: dict[str, list[object]] = {
    "sections": ["chinese", "bracketed", "arabic", "part", "none"],
    "topics": ["chinese", "bracketed", "arabic", "part", "firstly", "none"],
    "extra_column": ["", "left", "right", "middle"],
    "title_lines": [1, 2],
}
STYLES = st.builds(
    Style,
    **{
        item.name: st.sampled_from(CHOICES[item.name]) if item.name in CHOICES else st.booleans()
        for item in fields(Style)
        if item.name != "seed"
    },
    seed=st.integers(0, 1000),
)


def made(seed: int) -> Report:
    return report(FORM, f"{seed:03}", "某市某区测试局", 2022)


def printed(kind: str, sent: Report, style: Style) -> bytes:
    if kind == "word":
        return as_docx(FORM, sent, style)
    page = as_html(FORM, sent, style, portal(kind))
    return page.encode("gb18030" if "gb2312" in page else "utf-8")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 200), STYLES, st.sampled_from(["word", "plain", "tables", "modern"]))
def test_what_is_read_is_what_stands_there(seed: int, style: Style, kind: str) -> None:
    sent = made(seed)
    found = read(FORM, printed(kind, sent, style))
    told = {key for item in found.findings for key in item.keys}
    for cell, number in zip(FORM.cells, sent.numbers, strict=True):
        value = found.numbers[cell.key]
        if value is None:
            assert (style.blank_zeros and not number) or cell.key in told, cell.key
        else:
            assert value == number, cell.key
    for key, text in sent.texts.items():
        assert "".join(found.texts[key].split()) == "".join(text.split()) or key in told, key
    assert found.claims.year == sent.year
    assert found.claims.agency == sent.agency


@pytest.mark.parametrize("kind", ["word", "plain", "tables", "modern"])
@pytest.mark.parametrize(
    "style",
    [
        Style(),
        Style(sections="none", topics="none"),
        Style(sections="part", topics="arabic", runs_in=True),
        Style(split_labels=True, broken_labels=True),
        Style(extra_column="middle", note_below=True),
        Style(framed=True, contents=True),
        Style(cut_tables=True, spaced_numbers=True, title_lines=2),
    ],
)
def test_usual_styles_are_read_whole(style: Style, kind: str) -> None:
    sent = made(7)
    found = read(FORM, printed(kind, sent, style))
    assert list(found.numbers.values()) == list(sent.numbers)
    assert {key: "".join(text.split()) for key, text in found.texts.items()} == {
        key: "".join(text.split()) for key, text in sent.texts.items()
    }


def test_a_heading_that_stands_twice_is_no_heading() -> None:
    sent = made(3)
    page = as_html(FORM, sent, Style(), portal("plain"))
    last = FORM.sections[-1].title
    doubled = page.replace("</body>", f"<p>{last}</p><p>又一段。</p></body>")
    found = read(FORM, doubled.encode())
    assert ("F08", "heading_twice") in {(item.code, item.variant) for item in found.findings}
    assert found.texts[FORM.sections[-1].contents[0]] == ""


def test_a_missing_topic_is_told() -> None:
    sent = made(4)
    topic = next(text for text in FORM.texts if text.heading)
    page = as_html(FORM, sent, Style(), portal("plain")).replace(topic.label, "工作的几个方面")
    found = read(FORM, page.encode())
    assert [item.keys for item in found.findings if item.variant == "no_heading"] == [(topic.key,)]


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        ("10<sup>1</sup>", None),
        ("<s>5</s>6", None),
        ('10<span style="display:none">9</span>', 10),
        ("1<b>2</b>", 12),
        ("<p>3</p>", 3),
        ("3<br>4", None),
        ("<table><tr><td>8</td></tr></table>", 8),
        ("１２", 12),
        ("约5", None),
    ],
)
def test_a_figure_is_what_a_person_sees(cell: str, number: int | None) -> None:
    sent = replace(
        made(5), numbers=tuple(7777 if at == 20 else value for at, value in enumerate(made(5).numbers))
    )
    page = as_html(FORM, sent, Style(), portal("plain")).replace(">7777<", f">{cell}<")
    found = read(FORM, page.encode())
    assert found.numbers[FORM.cells[20].key] == number


def test_the_earlier_form_gives_what_both_forms_have() -> None:
    sent = made(6)
    marker = FORM.superseded.markers[0]
    page = as_html(FORM, sent, Style(), portal("plain"))
    column = FORM.tables[0].blocks[0].columns[0].label[-1]
    found = read(FORM, page.replace(column, marker).encode())
    values = dict(zip((cell.key for cell in FORM.cells), sent.numbers, strict=True))
    known = {key: value for key, value in found.numbers.items() if value is not None}
    assert len(known) > len(values) - 10
    assert all(values[key] == value for key, value in known.items())
    assert found.findings[0].variant == "superseded"
