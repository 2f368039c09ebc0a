"""A form goes in; a folder to look at comes out: the blank template, and a report of it for print and for the web."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

from pipeline.coordinating.preparing import layouts
from pipeline.district.folder import LAYOUT_NAME
from pipeline.forms.form import Form
from pipeline.model import Report
from pipeline.publishing.files import safe_name, write_if_changed
from pipeline.publishing.web.report_page import compile_page, render_page
from pipeline.publishing.word import report as word

AGENCY = "某某单位"


def preview(form: Form, folder: Path, year: int) -> list[Path]:
    """Write what the form looks like into ``folder``; return the files. Raises OSError."""
    blank, layout = layouts(form)
    report = _example(form, year)
    name = safe_name(form.title_for(AGENCY, year), "（样张）")
    contents = {
        **dict([blank]),
        f"{name}.docx": word.render(word.compile_layout(layout[1], form), report),
        f"{name}.html": render_page(compile_page(form), report),
        LAYOUT_NAME: layout[1],
    }
    for file, content in contents.items():
        write_if_changed(folder / file, content)
    return [folder / file for file in contents]


def _example(form: Form, year: int) -> Report:
    """Make a report whose texts are the prompts and whose figures are their numbers in the form's order."""
    return Report(
        form=form.id,
        agency=AGENCY,
        code="",
        year=year,
        numbers=tuple(at if cell.number.is_whole else Decimal(at) for at, cell in enumerate(form.cells, 1)),
        texts={text.key: text.prompt for text in form.texts},
        entries={},
    )
