"""A campaign that nobody runs any more goes in; the corrections of what it delivered that did not go up come out, in a sentence.

While it runs its own page and digest say so. They are not written any more once its period is changed, or its form is collected
no longer.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pipeline.ledger import Ledger, campaign, letters, runs
from pipeline.letter import LetterKind
from pipeline.long_lists import first_of
from pipeline.periods import scope_of
from pipeline.run.letters.earlier import change_words

if TYPE_CHECKING:
    from pipeline.forms.form import Form

_MOST = 10
_A_WHILE = timedelta(days=14)


def is_recent_enough(ledger: Ledger, year: int, *, now: datetime, is_new: bool) -> bool:
    """Whether something is said of the campaign of ``year`` yet: for a while since its last run, or since what follows it began (``is_new``)."""
    last = runs.last_of(ledger, year)
    return last is not None and (is_new or now - last < _A_WHILE)


def waits(ledger: Ledger, year: int) -> bool:
    """Whether a letter that sends the district workbook up was written in the campaign of ``year`` and has not left."""
    return any(item.kind == LetterKind.DELIVERY for item in letters.waiting(ledger, year))


def unreported(ledger: Ledger, form: Form, year: int) -> str:
    """Say which figures of the campaign of ``year`` are others than those that went up whole; empty where none are.

    Who has come or gone since is no correction, and neither is anything while a letter about it waits.
    """
    went_up = any(item.state.is_gone and item.is_of_all for item in letters.of_year(ledger, year))
    if not went_up or waits(ledger, year):
        return ""
    changes = list(_changes(ledger, form, year))
    listed = first_of(changes, _MOST, "等 {} 项", between="；")
    return f"{scope_of(year)}已报送的数据有更正，还没有上报：{listed}" if changes else ""


def _changes(ledger: Ledger, form: Form, year: int) -> Iterator[str]:
    delivered, found = campaign.last_delivered(ledger, year), campaign.last_result(ledger, year)
    if delivered is None or found is None:
        return
    for code, before in delivered.figures.items():
        now = found.figures.get(code, ())
        if not len(form.cells) == len(before) == len(now):
            continue  # gone, or found on the form as it was before
        name = found.names.get(code) or delivered.names.get(code, code)
        for cell, old, new in zip(form.cells, before, now, strict=True):
            if old != new and new is not None:
                yield change_words(name, cell, old, new)
