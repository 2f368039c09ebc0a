"""The bytes of an earlier district workbook go in; the agencies and figures its 明细 sheets hold come out.

The workbook that was delivered is its own record: what has changed since is read off it, not off a copy that might differ.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING

from python_calamine import CalamineError, load_workbook

from pipeline.publishing.summary.background import Delivered
from pipeline.publishing.summary.detail import (
    CODE_COLUMN,
    DETAIL_HEAD,
    FIRST_ROW,
    KEYS_ROW,
    NAME_COLUMN,
    detail_sheet_name,
)

if TYPE_CHECKING:
    from pipeline.forms.form import Cell, Form
    from pipeline.model import Number


def delivered_in(form: Form, content: bytes, at: datetime) -> Delivered:
    """Return what the workbook of ``at`` holds of every agency in its sums; of nobody if it is no district workbook of ``form``."""
    try:
        book = load_workbook(BytesIO(content))
    except CalamineError:
        return Delivered(at, {})
    found: dict[str, dict[str, Number]] = {}
    names: dict[str, str] = {}
    for table in form.tables:
        name = detail_sheet_name(table)
        rows = (
            book.get_sheet_by_name(name).to_python(skip_empty_area=False) if name in book.sheet_names else []
        )
        keys = rows[KEYS_ROW][len(DETAIL_HEAD) :] if len(rows) > KEYS_ROW else []
        for row in rows[FIRST_ROW:]:
            values = zip(keys, row[len(DETAIL_HEAD) :], strict=True)
            known = {
                str(key): _number(form.by_key[str(key)], value)
                for key, value in values
                if str(key) in form.by_key and isinstance(value, int | float)
            }
            if row[CODE_COLUMN] and known:
                found.setdefault(str(row[CODE_COLUMN]), {}).update(known)
                names[str(row[CODE_COLUMN])] = str(row[NAME_COLUMN])
    figures = {code: [numbers.get(cell.key) for cell in form.cells] for code, numbers in found.items()}
    return Delivered(at, figures, names)


def _number(cell: Cell, value: float) -> Number:
    return int(value) if cell.number.is_whole else Decimal(repr(value))
