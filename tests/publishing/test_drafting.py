"""The district's own report: its figures are the sums, its gaps are marked, partial sums say so on every page."""

from __future__ import annotations

import io
import re
from decimal import Decimal

import docx
import pytest

from pipeline.forms.drafts import to_fill_in
from pipeline.forms.form import Form
from pipeline.forms.loader import load_form, parse_form
from pipeline.forms.values.typed import plain_number
from pipeline.model import ConfigError, DistrictSummary
from pipeline.publishing.drafting import district_report, render_district_report
from pipeline.publishing.word import report as word
from pipeline.publishing.word.word_layout import build_layout
from tests.forms.test_loader import TEXT
from tests.support.districts import agency, assessment, merged, mixed

FORM = load_form()
LAYOUT = word.compile_layout(build_layout(FORM), FORM)


def whole(form: Form) -> DistrictSummary:
    roster = [agency(number) for number in range(1, 4)]
    return merged(form, roster, [assessment(form, owner) for owner in roster])


def words(content: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(content)).paragraphs]


def test_every_text_of_the_report_is_drafted_or_asked_for(form: Form) -> None:
    texts = district_report(form, whole(form)).texts
    assert {text.key for text in form.texts if text.required} <= set(texts)
    assert all(texts.values())
    asked = [what for draft in form.drafts for what in draft.ask]
    said = "\n".join(texts.values())
    assert asked
    assert [what for what in asked if to_fill_in(what) not in said] == []
    assert "{{" not in said


def test_figures_of_the_sentences_are_the_sums(form: Form) -> None:
    summary = whole(form)
    numbers = dict(zip((cell.key for cell in form.cells), summary.totals, strict=True))
    said = "\n".join(district_report(form, summary).texts.values())
    refused = sum(
        numbers[cell.key]
        for cell in form.cells
        if "refused" in cell.row.groups and cell.column.key == "total"
    )
    for phrase, figure in (
        ("新收政府信息公开申请{}件", numbers["requests.new_received.total"]),
        ("结转下年度继续办理{}件", numbers["requests.carried_forward.total"]),
        ("不予公开{}件", refused),
        ("行政复议{}件", numbers["disputes.reconsideration.total"]),
        (
            "行政诉讼{}件",
            numbers["disputes.litigation_direct.total"]
            + numbers["disputes.litigation_after_reconsideration.total"],
        ),
        ("行政事业性收费{}万元", numbers["proactive.charges.amount"]),
    ):
        assert phrase.format(plain_number(figure)) in said
    organisations = re.search(r"法人或其他组织申请(\d+)件", said)
    assert organisations
    assert (
        int(organisations[1]) + numbers["requests.new_received.natural_person"]
        == numbers["requests.new_received.total"]
    )


def test_the_document_has_the_sections_and_the_summed_tables_in_order(form: Form) -> None:
    summary = whole(form)
    content = render_district_report(LAYOUT, form, summary)
    said = words(content)
    assert said[0].replace("\n", "") == form.title_for(summary.district, summary.year)
    titles = [section.title for section in form.sections]
    assert [text for text in said if text in titles] == titles
    tables = docx.Document(io.BytesIO(content)).tables
    assert [len(table.rows) for table in tables] == [form.grids[table.key].rows for table in form.tables]
    for table, printed in zip(form.tables, tables, strict=True):
        for cell in form.grids[table.key].cells:
            if cell.key:
                shown = printed.cell(cell.row, cell.column).text
                assert Decimal(shown) == summary.totals[form.by_key[cell.key].index]


def test_a_partial_report_says_so_on_every_page_and_in_its_first_paragraph(form: Form) -> None:
    summary = merged(form, *mixed(form))
    content = render_district_report(LAYOUT, form, summary)
    section = docx.Document(io.BytesIO(content)).sections[0]
    mark = f"部分汇总 {len(summary.reports)} / {len(summary.states)} 家"
    assert section.header.paragraphs[0].text == mark
    assert section.even_page_header.paragraphs[0].text == mark
    assert words(content)[1].startswith(f"【填写：{mark}，未含：")


def test_what_is_to_be_filled_in_is_highlighted_and_nothing_else(form: Form) -> None:
    document = docx.Document(io.BytesIO(render_district_report(LAYOUT, form, whole(form))))
    runs = [run for paragraph in document.paragraphs for run in paragraph.runs]
    marked = [run.text for run in runs if run.font.highlight_color]
    gaps = [run.text for run in runs if run.text.startswith("【填写：")]
    assert marked == gaps
    assert gaps


def test_a_whole_report_has_an_empty_head(form: Form) -> None:
    section = docx.Document(io.BytesIO(render_district_report(LAYOUT, form, whole(form)))).sections[0]
    assert section.header.paragraphs[0].text == ""
    assert "部分汇总" not in "".join(words(render_district_report(LAYOUT, form, whole(form))))


def test_the_same_sums_give_the_same_bytes(form: Form) -> None:
    assert render_district_report(LAYOUT, form, whole(form)) == render_district_report(
        LAYOUT, form, whole(form)
    )


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{{requests.@refused.total}}", "{{requests.@rejected.total}}"),
        ("{{requests.carried_over.total}}", "{{requests.carried_over.sum}}"),
        ('text = "problems"\nask', 'text = "troubles"\nask'),
    ],
)
def test_a_draft_that_speaks_of_nothing_is_refused_with_its_line(old: str, new: str) -> None:
    changed = TEXT.replace(old, new)
    with pytest.raises(ConfigError) as refused:
        parse_form(changed, "form.toml")
    token = new.split('"')[1] if '"' in new else new.strip("{}")
    lines = [number for number, line in enumerate(changed.splitlines(), 1) if token in line]
    assert any(f"第 {number} 行" in str(refused.value) for number in lines)


@pytest.mark.parametrize(
    ("old", "new"),
    [('over = "years"', 'over = "months"'), ("requests.@unable.total", "requests.@able.total")],
)
def test_a_chart_of_nothing_is_refused(old: str, new: str) -> None:
    with pytest.raises(ConfigError):
        parse_form(TEXT.replace(old, new), "form.toml")
