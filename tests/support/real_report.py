"""The real published reports kept in ``tests/data`` go in; their figures and texts come out by key.

The layout of a report comes from the form: section titles and headings. The figures are those of the rows and columns that
the form had when they were published, in their order then; what the form got since has none in them and is 0.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.forms.loader import load_form
from pipeline.model import Number, Report

if TYPE_CHECKING:
    from pipeline.forms.form import Form, Section

DATA = Path(__file__).parent.parent / "data"
_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class RealReport:
    """A report as published: ``numbers`` in the form's order, paragraphs of a text separated by line breaks."""

    agency: str
    year: int
    numbers: dict[str, Number]
    texts: dict[str, str]

    def as_report(self, form: Form, code: str = "") -> Report:
        """Return it as the trusted report that merging and publishing take."""
        entries = dict.fromkeys((entry.key for entry in form.entries), "")
        entries[form.entry_with_role("agency").key] = self.agency
        entries[form.entry_with_role("code").key] = code
        entries[form.entry_with_role("year").key] = str(self.year)
        ordered = tuple(self.numbers[cell.key] for cell in form.cells)
        return Report(form.id, self.agency, code, self.year, ordered, self.texts, entries)


@cache
def load_real_report() -> RealReport:
    """Read the one complete published report (临平区经济信息化和科学技术局, 2023)."""
    return real_report_on(load_form())


def real_report_on(form: Form) -> RealReport:
    """Read it on ``form``, which is the annual report, perhaps of another edition."""
    lines = (DATA / "real_report_2023.txt").read_text("utf-8").splitlines()
    lines = [line.strip() for line in lines if line.strip()]
    pattern = form.report_title.replace("{agency}", "(.+?)").replace("{year}", r"(\d{4})")
    title = re.fullmatch(pattern, lines[0])
    assert title, lines[0]
    starts = [lines.index(section.title) for section in form.sections]
    texts = _texts_without_section(form, lines[1 : starts[0]])
    numbers: dict[str, Number] = {}
    for section, start, end in zip(form.sections, starts, [*starts[1:], len(lines)], strict=True):
        body = lines[start + 1 : end]
        numbers |= _numbers(form, section, body)
        texts |= _texts(form, section, body)
    return RealReport(
        title[1], int(title[2]), _of_today(form, numbers), {text.key: texts[text.key] for text in form.texts}
    )


@cache
def load_city_figures() -> dict[str, Number]:
    """Read the 200 figures of a real city (宿迁市, 2023), in the form's order."""
    return _of_today(load_form(), _city())


def _city() -> dict[str, Number]:
    """Read what was published, in the order of the form as it was."""
    raw = json.loads((DATA / "city_2023.json").read_text("utf-8"), parse_float=Decimal)
    figures: dict[str, Number] = raw["figures"]
    return figures


def _of_today(form: Form, published: dict[str, Number]) -> dict[str, Number]:
    """Return a figure for every cell of the form, in its order."""
    return {cell.key: published.get(cell.key, 0) for cell in form.cells}


def _texts_without_section(form: Form, lines: list[str]) -> dict[str, str]:
    """Read the preface: the one text that stands in no section."""
    placed = {key for section in form.sections for key in section.contents}
    (key,) = [text.key for text in form.texts if text.key not in placed]
    return {key: "\n".join(lines)}


def _numbers(form: Form, section: Section, body: list[str]) -> dict[str, Number]:
    tables = [table.key for table in form.tables if table.key in section.contents]
    keys = [key for key in _city() if key.partition(".")[0] in tables]
    figures = [line for line in body if _NUMBER.fullmatch(line)] if tables else []
    return {
        key: Decimal(figure) if key in form.by_key and form.by_key[key].kind == "money" else int(figure)
        for key, figure in zip(keys, figures, strict=True)
    }


def _texts(form: Form, section: Section, body: list[str]) -> dict[str, str]:
    texts = [text for text in form.texts if text.key in section.contents]
    headings = {text.label: text.key for text in texts if text.heading}
    found: dict[str, list[str]] = {text.key: [] for text in texts}
    current = texts[0].key if texts else ""
    for line in body if texts else []:
        if line in headings:
            current = headings[line]
        else:
            found[current].append(line)
    return {key: "\n".join(paragraphs) for key, paragraphs in found.items()}
