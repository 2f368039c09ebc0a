"""The sheets of a file go in; those whose title names another agency or year than the others come out.

The template writes both into every title, and titles are locked: such a sheet was copied from another file.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pipeline.forms import layout
from pipeline.model import Fact, Finding, Place, a1

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipeline.forms.form import Form
    from pipeline.intake.read.spreadsheet import SheetData

_WHOSE = re.compile(r"（([^（）]*\d{4}年(?:度|[上下]半年|第[一二三四]季度|\d{1,2}月))）\s*$")


def foreign_titles(form: Form, sheets: Sequence[SheetData]) -> Iterator[Finding]:
    """Point at the sheets of ``form`` whose title is another's than that of most."""
    names = {sheet.name for sheet in form.sheets}
    stated: dict[str, str] = {}
    for sheet in sheets:
        title = sheet.title
        whose = _WHOSE.search(title) if isinstance(title, str) else None
        if whose and sheet.visible and sheet.name in names:
            stated[sheet.name] = whose[1]
    counts = Counter(stated.values())
    for name, whose_title in stated.items():
        [(most, count)] = counts.most_common(1)
        if counts[whose_title] < count:
            facts: Mapping[str, Fact] = {"stated": whose_title, "expected": most}
            place = Place(name, a1(layout.TITLE_ROW, 0))
            yield Finding.found("F05", place, (), "foreign_title", facts)
