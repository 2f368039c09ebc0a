"""What stands in a written report is read from the document, whatever it was made from."""

from __future__ import annotations

import io
import time
from collections.abc import Callable
from decimal import Decimal

import docx
from docx.document import Document

from pipeline.forms.loader import load_form
from pipeline.publishing.word import report as word
from pipeline.publishing.word.printed_figures import compile_reader, read_figures
from pipeline.publishing.word.word_layout import build_layout
from tests.support import fills

FORM = load_form()
LAYOUT = build_layout(FORM)
COMPILED = word.compile_layout(LAYOUT, FORM)
READER = compile_reader(FORM)
REPORT = fills.report(FORM, "001", "甲局", 2023)


def restyled(change: Callable[[Document], None]) -> bytes:
    document = docx.Document(io.BytesIO(LAYOUT))
    change(document)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def test_the_figures_come_back_exactly() -> None:
    large = {cell.key: Decimal("59237.2449") if cell.kind == "money" else 1_234_567 for cell in FORM.cells}
    for report in (
        REPORT,
        fills.report(FORM, "001", "甲局", 2023, large),
        fills.report(FORM, "1", "乙", 2023, fills.zeros(FORM)),
    ):
        assert read_figures(READER, word.render(COMPILED, report)) == report.numbers


def test_exchanged_marks_of_a_restyled_layout_are_found_out() -> None:
    def exchange(document: Document) -> None:
        cells = document.tables[-1].rows[-1].cells
        cells[0].text, cells[1].text = cells[1].text, cells[0].text

    layout = word.compile_layout(restyled(exchange), FORM)
    numbers = dict(zip((cell.key for cell in FORM.cells), range(200), strict=True))
    report = fills.report(FORM, "001", "甲局", 2023, numbers)
    found = read_figures(READER, word.render(layout, report))
    first = FORM.cells_of(FORM.tables[-1].key)[0].index
    assert (found[first], found[first + 1]) == (first + 1, first)
    assert found[:first] == report.numbers[:first]


def test_a_table_whose_labels_were_changed_is_not_read() -> None:
    def relabel(document: Document) -> None:
        document.tables[0].rows[0].cells[0].text = "别的"

    layout = word.compile_layout(restyled(relabel), FORM)
    found = read_figures(READER, word.render(layout, REPORT))
    size = len(FORM.cells_of(FORM.tables[0].key))
    assert set(found[:size]) == {None}
    assert found[size:] == REPORT.numbers[size:]


def test_what_is_no_document_has_no_figures() -> None:
    assert set(read_figures(READER, b"PK\3\4")) == {None}


def test_reading_back_costs_little() -> None:
    content = word.render(COMPILED, REPORT)
    read_figures(READER, content)
    start = time.process_time()
    for _ in range(50):
        read_figures(READER, content)
    assert (time.process_time() - start) / 50 < 0.010
