"""A template that another program opened and saved again is still the template."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import pytest

from pipeline.forms.form import Form
from pipeline.intake.read.reading import read
from pipeline.publishing.template import build_workbook
from tests.intake.support import codes, numbers_for, rewrite_part
from tests.support.libreoffice import recalculate


def poison(address: str, xml: bytes) -> bytes:
    """Put a wrong stored result beside the formula at ``address``."""
    pattern = rb'(<c r="%s"[^>]*>.*?<v>)[^<]*(</v>)' % address.encode()
    return re.sub(pattern, rb"\g<1>987654\g<2>", xml, count=1)


@pytest.mark.libreoffice
def test_libreoffice_keeps_cells_and_formulas(form: Form, tmp_path: Path) -> None:
    numbers = numbers_for(form)
    inputs = {key: value for key, value in numbers.items() if form.by_key[key].is_input}
    original = tmp_path / "年报.xlsx"
    original.write_bytes(build_workbook(form, values=inputs))
    content = recalculate([original], tmp_path / "out")[0].read_bytes()
    reading = read(form, content)
    assert reading.numbers == numbers
    assert reading.findings == ()
    assert reading.places == read(form, original.read_bytes()).places

    totals = [cell for cell in form.cells if not cell.is_input]
    for cell in (totals[0], totals[-1]):
        place = form.places[cell.key]
        sheet = [item.name for item in form.sheets].index(place.sheet) + 1
        part = f"xl/worksheets/sheet{sheet}.xml"
        poisoned = rewrite_part(content, part, partial(poison, place.cell))
        again = read(form, poisoned)
        assert again.numbers == numbers, "the formula is still known as the template's own"
        assert codes(again.findings) == ["C04.recomputed"]
        assert again.findings[0].keys == (cell.key,)
