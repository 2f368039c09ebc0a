"""A form goes in; everything is done with it that a run does: template, submissions, verdicts, what goes back and what goes out."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, date, datetime

from pipeline.forms.form import Form
from pipeline.forms.loader import data_dictionary
from pipeline.intake.read.reading import read
from pipeline.judging.rules.judge import judge
from pipeline.judging.schema.form_schema import printed, schema_of
from pipeline.merging import merge
from pipeline.model import Assessment, Number, PastReport, Submission
from pipeline.periods import last_ended, period_after, period_before, spelled
from pipeline.publishing.data.datafiles import figures_csv
from pipeline.publishing.data.downloads import compile_downloads, figures_list, figures_workbook
from pipeline.publishing.drafting import render_district_report, upward_table
from pipeline.publishing.listings import listing_csv, listings_of
from pipeline.publishing.returning import returned_of
from pipeline.publishing.summary.district_workbook import build_summary
from pipeline.publishing.template import Stamp, build_workbook
from pipeline.publishing.web.report_page import compile_page, render_page
from pipeline.publishing.word import report as word
from pipeline.publishing.word.word_layout import build_layout
from pipeline.wording.messages import notices
from tests.support.rows import entries_of, nil_of, rows_of
from tests.support.submissions import AGENCY, submission_of

NOW = datetime(2024, 1, 26, 18, 0, tzinfo=UTC)
TEXT = "本部分（{label}）本年度有关工作已完成，收到申请 12 件。统计期限自2023年1月1日起，至2023年12月31日止。未收取信息处理费。开展了考核、评议，没有责任追究。"


def use(form: Form) -> None:
    """Run the form whole. Whatever is raised is a fault that the loader should have refused."""
    period = last_ended(form.period, NOW.date())
    past = PastReport(AGENCY.code, period_before(period), _numbers(form, 7), source="试")
    sent = [_submission(form, number, past) for number in range(4)]
    judged = judge(form, sent, history={AGENCY.code: past})
    for item in judged:
        assert all(said.message for said in notices(form, item.findings))
        back = returned_of(form, [item], item)
        build_workbook(
            form,
            values=back.values,
            explanations=back.explanations,
            notices=back.notices,
            registers=back.registers,
        )
    _publish(form, judged)
    assert data_dictionary(form)
    assert printed(schema_of(form))


def _submission(form: Form, number: int, past: PastReport) -> Submission:
    """A nil return, one with every cell filled, one left blank, one with words in its cells."""
    period = period_after(past.year)
    values: dict[str, Number | str] = {text.key: TEXT.format(label=text.label) for text in form.texts}
    values |= {
        form.entry_with_role("agency").key: AGENCY.name,
        form.entry_with_role("year").key: str(spelled(period)),
    }
    inputs = [cell.key for cell in form.cells if cell.is_input]
    if number < 2:
        values |= (
            dict.fromkeys(inputs, 0) if number == 0 else {key: _numbers(form, 3)[key] or 0 for key in inputs}
        )
    if number == 3:
        odd = ["/", "2件", "-5", "0.5", "十二", "2.1234567", "251000元", "1,200"]
        asked = [*inputs, *(value.key for value in form.valued_entries)]
        values |= {key: odd[at % len(odd)] for at, key in enumerate(asked)}
    stamp = Stamp(agency_code=AGENCY.code, agency=AGENCY.name, year=period, level=AGENCY.level, district="试")
    rows = rows_of(form, random.Random(number)) if number < 2 else {}
    values |= nil_of(form, rows) | entries_of(form, random.Random(number)) if number < 2 else {}
    if number == 3:
        rows = {own.key: [["？"] * len(own.columns)] * 2 for own in form.registers}
    content = build_workbook(form, stamp, values=values, past=past, registers=rows)
    return replace(
        submission_of(read(form, content), number=number),
        agency=replace(AGENCY, code=f"{number:03}"),
        year=period,
    )


def _numbers(form: Form, seed: int) -> dict[str, Number | None]:
    rng = random.Random(seed)
    return {cell.key: rng.randrange(1, 40) for cell in form.cells}


def _publish(form: Form, judged: list[Assessment]) -> None:
    agencies = [item.submission.agency for item in judged if item.submission.agency]
    summary = merge(
        form, district="试区", year=last_ended(form.period, NOW.date()), agencies=agencies, assessments=judged
    )
    layout, page, downloads = (
        word.compile_layout(build_layout(form), form),
        compile_page(form),
        compile_downloads(form),
    )
    for report in summary.reports:
        assert word.render(layout, report)
        assert render_page(page, report)
        assert figures_workbook(downloads, report)
        assert figures_list(downloads, report)
    told = {item.key: notices(form, item.findings) for item in judged}
    assert build_summary(form, summary, deadline=date(2024, 1, 25), now=NOW, notices=told)
    assert render_district_report(layout, form, summary)
    assert upward_table(form, summary, "县区")
    assert figures_csv(form, summary)
    assert all(map(listing_csv, listings_of(form, summary)))
