"""The sheets of a file and what was read of them go in; the visible sheets that nothing was read from come out.

A clerk may put figures on a sheet of their own. They count nowhere; the original is kept whole, and the office is told.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipeline.forms.layout import LONGEST_SHEET_NAME, TITLE_ROW
from pipeline.intake.read.labels import normalise
from pipeline.intake.read.placing import own_names, sheet_texts
from pipeline.model import Fact, Finding, Place

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from pipeline.forms.form import Form
    from pipeline.intake.read.spreadsheet import Raw, SheetData

_OF_FIGURES = frozenset({"table", "register"})
"""Kinds of sheets of which a copy may hold what was not read."""


def strange_sheets(form: Form, sheets: Sequence[SheetData], known: Collection[str]) -> Iterator[Finding]:
    """Point at the visible sheets with content that are none of the template's and not among the ``known``."""
    own = own_names(form)
    for sheet in sheets:
        if not sheet.visible or sheet.name in own or sheet.name in known or _is_a_copy(form, sheet):
            continue
        filled = [value for row in sheet.rows for value in row if _is_filled(value)]
        if filled:
            facts: dict[str, Fact] = {
                "sheet": sheet.name[:LONGEST_SHEET_NAME],
                "cells": len(filled),
                "numbers": sum(isinstance(value, int | float) for value in filled),
            }
            yield Finding.found("F05", Place(sheet.name), (), "extra_sheet", facts)


def _is_a_copy(form: Form, sheet: SheetData) -> bool:
    """Say whether a sheet is one of the template under another name that holds no figures: what differs on it is said where it is compared.

    Of tables and registers those that still have their headings are among the known; another was compared with nothing.
    """
    title = sheet.at(TITLE_ROW, 0)
    titles = tuple(normalise(item.title) for item in form.sheets if item.kind not in _OF_FIGURES)
    if isinstance(title, str) and titles and normalise(title).startswith(titles):
        return True
    labels = {normalise(item.label) for item in form.texts}
    return any(text in labels for _, _, text in sheet_texts(sheet))


def _is_filled(value: Raw) -> bool:
    if isinstance(value, str):
        return bool(normalise(value))
    return value is not None and not isinstance(value, bool)
