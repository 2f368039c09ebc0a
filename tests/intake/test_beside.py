"""A ledger of 20,500 rows and a large picture beside the form: the form's sheets are read as ever, in every container, and both are named."""

from __future__ import annotations

import io
import random
import zipfile
from functools import cache

import pytest

from pipeline.forms.loader import load_form
from pipeline.intake.read.reading import read
from pipeline.model import Severity
from tests.intake.support import Draft, draft, numbers_for, rewrite_part
from tests.intake.xlsb import xlsb
from tests.support.submissions import plain_texts

FORM = load_form()
NUMBERS = numbers_for(FORM, 4)
LEDGER, ROWS = "办件台账", 20_500
PICTURES = {"xlsx": "xl/media/image1.png", "ods": "Pictures/1.png", "xlsb": "xl/media/image1.png"}


@cache
def with_ledger() -> Draft:
    made = draft(FORM, NUMBERS, answers={**plain_texts(FORM), FORM.entry_with_role("agency").key: "甲局"})
    made.sheets[LEDGER] = {
        (row, column): float(row) if column else f"第{row}号" for row in range(ROWS) for column in range(3)
    }
    return made


def with_ledger_in(kind: str) -> bytes:
    if kind != "ods":
        return saved(with_ledger(), kind)
    rows = "".join(
        f'<table:table-row><table:table-cell office:value-type="string"><text:p>第{row}号</text:p></table:table-cell>'
        + f'<table:table-cell office:value-type="float" office:value="{row}"><text:p>{row}</text:p></table:table-cell>'
        * 2
        + "</table:table-row>"
        for row in range(ROWS)
    )
    ledger = f'<table:table table:name="{LEDGER}">{rows}</table:table></office:spreadsheet>'.encode()
    made = draft(FORM, NUMBERS, answers={**plain_texts(FORM), FORM.entry_with_role("agency").key: "甲局"})
    return rewrite_part(made.ods(), "content.xml", lambda xml: xml.replace(b"</office:spreadsheet>", ledger))


def saved(made: Draft, kind: str) -> bytes:
    return (
        xlsb({name: cells for name, cells in made.sheets.items() if cells})
        if kind == "xlsb"
        else bytes(getattr(made, kind)())
    )


@pytest.mark.parametrize("kind", ["xlsx", "ods", "xlsb", "xls"])
def test_a_large_sheet_beside_costs_only_itself(kind: str) -> None:
    found = read(FORM, with_ledger_in(kind))
    assert found.numbers == NUMBERS
    assert found.texts == plain_texts(FORM)
    named = [item for item in found.findings if item.place and item.place.sheet == LEDGER]
    assert [(item.code, item.variant) for item in named] == [("F05", "clipped")]
    assert not [item for item in found.findings if item.severity is Severity.ERROR]


@pytest.mark.parametrize("kind", PICTURES)
def test_a_large_picture_is_named_and_no_more(kind: str) -> None:
    made = draft(FORM, NUMBERS, answers=plain_texts(FORM))
    picture = random.Random(1).randbytes(8_000_000)
    found = read(FORM, added(saved(made, kind), PICTURES[kind], picture))
    assert found.numbers == NUMBERS
    assert [item.facts["count"] for item in found.findings if item.variant == "pictures"] == [1]


def added(content: bytes, name: str, data: bytes) -> bytes:
    stream = io.BytesIO(content)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.writestr(name, data)
    return stream.getvalue()
