"""Reading published reports: milliseconds of processor for each Word document and each web page, from bytes to figures and texts."""

from __future__ import annotations

import statistics
import time
from collections.abc import Sequence
from dataclasses import replace

from benchmarks.measure import Line
from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.intake.documents.document_reading import read_report
from pipeline.publishing.web.report_page import compile_page, render_page
from pipeline.publishing.word import report as word
from pipeline.publishing.word.word_layout import build_layout
from tests.support.fills import report
from tests.support.real_report import load_real_report

REPORTS, ROUNDS = 40, 5
WORD_AIM, WEB_AIM = 15.0, 10.0


def run() -> list[Line]:
    """Read 40 reports with the texts of the real one, each with figures of its own, in both formats."""
    form = load_form()
    real = load_real_report().as_report(form)
    reports = [
        replace(real, agency=f"样例市第{at}局", numbers=report(form, f"{at:03}", "", 2023).numbers)
        for at in range(REPORTS)
    ]
    layout, page = word.compile_layout(build_layout(form), form), compile_page(form)
    documents = [word.render(layout, item) for item in reports]
    pages = [render_page(page, item) for item in reports]
    return [
        Line("a report in Word (.docx) read", _each(form, documents), "ms CPU each", WORD_AIM),
        Line("a report as a web page (.html) read", _each(form, pages), "ms CPU each", WEB_AIM),
    ]


def _each(form: Form, contents: Sequence[bytes]) -> float:
    """Return the median of five rounds, in milliseconds for each; a report that is not understood would be timed for nothing."""
    taken = []
    for _ in range(ROUNDS):
        start = time.process_time()
        readings = [read_report(form, content) for content in contents]
        taken.append(time.process_time() - start)
        if not all(
            reading and None not in reading.numbers.values() and reading.texts for reading in readings
        ):
            message = "a report was not read"
            raise RuntimeError(message)
    return statistics.median(taken) / len(contents) * 1000
