"""Printing Word reports: milliseconds for each, against python-docx opening and saving one, and against zlib alone."""

from __future__ import annotations

import zlib
from dataclasses import replace
from io import BytesIO

from docx import Document

from benchmarks.measure import Line, median_seconds
from pipeline.forms.loader import load_form
from pipeline.publishing import zip_package
from pipeline.publishing.word import report as word
from pipeline.publishing.word.word_layout import build_layout
from tests.support.fills import report
from tests.support.real_report import load_real_report

REPORTS = 1000
AIM = 3.0
FLOOR_AIM = 3.0
_PEER_SAVES = 10


def run() -> list[Line]:
    """Print 1,000 reports with the texts of the real one, each with figures of its own."""
    form = load_form()
    layout = word.compile_layout(build_layout(form), form)
    real = load_real_report().as_report(form)
    codes = [f"{number:04}" for number in range(REPORTS)]
    reports = [
        replace(real, agency=f"样例市第{code}局", numbers=report(form, code, "", 2023).numbers)
        for code in codes
    ]
    sample = word.render(layout, reports[0])
    plain = [content for _, content in zip_package.unpack(sample)]

    def print_all() -> None:
        for item in reports:
            word.render(layout, item)

    def deflate_only() -> None:
        body = max(plain, key=len)
        for _ in reports:
            zlib.compress(body, zip_package.LEVEL)

    def save_with_python_docx() -> None:
        for _ in range(_PEER_SAVES):
            Document(BytesIO(sample)).save(BytesIO())

    ours, floor, peer = median_seconds(print_all, deflate_only, save_with_python_docx)
    each, peer_each = ours / REPORTS * 1000, peer / _PEER_SAVES * 1000
    note = f"python-docx opens and saves one in {peer_each:.1f} ms: {peer_each / each:.0f} × as much"
    floor_note = f"zlib alone {floor / REPORTS * 1000:.2f} ms each"
    return [
        Line("Word, N = 1,000", each, "ms/document", AIM, note),
        Line("Word, N = 1,000 / zlib alone", ours / floor, "×", FLOOR_AIM, floor_note),
    ]
