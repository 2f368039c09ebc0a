"""Texts that were pasted over several cells or stand twice: read whole, or said."""

from __future__ import annotations

import pytest

from pipeline.forms import layout
from pipeline.forms.form import Form, Text
from pipeline.intake.read.reading import read
from pipeline.model import Place, Severity, a1
from tests.intake.support import Draft, codes, draft, numbers_for

LINE = "本年度继续公开各类信息。"


def first(form: Form) -> Text:
    """A text with others below it on its sheet."""
    return next(text for text in form.texts if text.required)


def last(form: Form) -> Text:
    """The last text of its sheet."""
    return form.texts[-1]


def made(form: Form) -> Draft:
    return draft(form, numbers_for(form, 7))


def test_a_paragraph_after_an_empty_row_belongs_to_its_label(form: Form) -> None:
    text, file = first(form), made(form)
    _, row, column = form.positions[text.key]
    file.shift(text.sheet, lambda r, c: (r + 3 * (r > row), c))
    file.sheets[text.sheet] |= {(row + 1, column): "第二段。", (row + 3, column): "第三段。"}
    reading = read(form, file.xlsx())
    assert reading.texts[text.key].splitlines()[1:] == ["第二段。", "第三段。"]
    assert reading.findings == ()


@pytest.mark.parametrize(("rows", "columns"), [(0, 1), (0, 2), (2, 0), (1, -1)])
def test_a_sentence_beside_or_below_the_answer_is_pointed_at(form: Form, rows: int, columns: int) -> None:
    text, file = last(form), made(form)
    _, row, column = form.positions[text.key]
    file.sheets[text.sheet][row + rows, column + columns] = LINE
    [found] = read(form, file.xlsx()).findings
    assert (codes([found]), found.severity) == (["F05.unread_text"], Severity.WARNING)
    assert found.place == Place(text.sheet, a1(row + rows, column + columns))
    assert found.facts["raw"] == LINE


@pytest.mark.parametrize("note", ["填报人：张三", "已审", 2024.0])
def test_a_note_among_the_texts_is_none(form: Form, note: object) -> None:
    text, file = last(form), made(form)
    _, row, column = form.positions[text.key]
    file.sheets[text.sheet] |= {(row, column + 2): note, (row + 3, column): note}
    assert read(form, file.xlsx()).findings == ()


def test_a_text_beside_a_label_that_nobody_knows_is_pointed_at(form: Form) -> None:
    text, file = next(text for text in form.texts if not text.required), made(form)
    _, row, column = form.positions[text.key]
    file.sheets[text.sheet] |= {(row, layout.LABEL_COLUMN): "开头的话", (row, column): LINE}
    assert codes(read(form, file.xlsx()).findings) == ["F05.unread_text"]


def test_the_guidance_of_another_edition_is_no_text(form: Form) -> None:
    file = made(form)
    for text in form.texts:
        sheet, row, _ = form.positions[text.key]
        file.sheets[sheet][row, layout.PROMPT_COLUMN] = f"{text.guidance}。请填写"
    text = first(form)
    del file.sheets[text.sheet][form.positions[text.key][1:]]
    reading = read(form, file.xlsx())
    assert (reading.texts[text.key], reading.findings) == ("", ())


@pytest.mark.parametrize(
    ("name", "other", "said"),
    [
        ("一、总体情况 (2)", LINE * 3, ["F05.texts_differ"]),
        ("一、总体情况 (2)", "", []),
        ("2022年", LINE * 3, []),
    ],
)
def test_a_copy_of_a_sheet_of_texts_is_compared(form: Form, name: str, other: str, said: list[str]) -> None:
    text, file = first(form), made(form)
    spot = form.positions[text.key]
    file.sheets[name] = {**file.sheets[text.sheet], **({spot[1:]: other} if other else {})}
    reading = read(form, file.xlsx())
    assert text.label in reading.texts[text.key]
    assert codes(reading.findings) == said
    assert [found.place for found in reading.findings] == [form.places[text.key]] * len(said)
