"""Printing for browsers: milliseconds for each report, for each agency's figures and for the coordinator's page; the floor is writing the bytes."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from benchmarks.measure import Line, median_seconds
from pipeline.forms.loader import load_form
from pipeline.publishing.data.downloads import compile_downloads, figures_list, figures_workbook
from pipeline.publishing.web.agency_rows import PageContext
from pipeline.publishing.web.dashboard import build_dashboard
from pipeline.publishing.web.report_page import compile_page, render_page
from tests.support.districts import merged, mixed, notices_of
from tests.support.fills import report
from tests.support.real_report import load_real_report

REPORTS = 1000
AIM, FLOOR_AIM, FIGURES_AIM, PAGE_AIM = 1.0, 3.0, 1.5, 0.5


def run() -> list[Line]:
    """Print 1,000 reports with the texts of the real one, each with figures of its own; then a page of 1,000 agencies."""
    form = load_form()
    page, downloads = compile_page(form), compile_downloads(form)
    real = load_real_report().as_report(form)
    codes = [f"{number:04}" for number in range(REPORTS)]
    reports = [
        replace(real, agency=f"样例市第{code}局", numbers=report(form, code, "", 2023).numbers)
        for code in codes
    ]
    agencies, found = mixed(form, REPORTS)
    now = datetime(2024, 1, 28, tzinfo=UTC)
    morning = PageContext(merged(form, agencies, found), date(2024, 1, 31), now, notices_of(form, found))
    printed = [render_page(page, item) for item in reports]

    def print_all() -> None:
        for item in reports:
            render_page(page, item)

    def print_figures() -> None:
        for item in reports:
            figures_workbook(downloads, item)
            figures_list(downloads, item)

    with tempfile.TemporaryDirectory() as folder:
        target = Path(folder) / "report.html"

        def write_all() -> None:
            for content in printed:
                target.write_bytes(content)

        timed = median_seconds(print_all, write_all, print_figures, lambda: build_dashboard(form, morning))
    ours, floor, figures, whole = (seconds / REPORTS * 1000 for seconds in timed)
    return [
        Line("web report, N = 1,000", ours, "ms/report", AIM, f"{len(printed[0]) / 1000:.0f} kB each"),
        Line("web report / writing its bytes", ours / floor, "×", FLOOR_AIM, f"writing {floor:.2f} ms each"),
        Line("figures as .xlsx and .csv, N = 1,000", figures, "ms/report", FIGURES_AIM),
        Line("coordinator's page, N = 1,000", whole, "ms/agency", PAGE_AIM),
    ]
