"""Percentages against the numbers beside them and last year's, and what is counted twice against itself."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pipeline.judging.texts.changes import Changes
from pipeline.judging.texts.last_years_figures import LastYearsFigures
from pipeline.judging.texts.rates import Rates
from pipeline.judging.texts.repeats import CountedThing, Repeats
from pipeline.judging.texts.shares import Shares
from pipeline.judging.texts.stated_figures import figures_rule, hears_disputes, of_last_in, said_in

if TYPE_CHECKING:
    from pipeline.forms.narrative import Ratios
    from pipeline.judging.texts.filed import Check, ReportTexts, TextContext
    from pipeline.model import Finding


def ratios(rule: Ratios, around: TextContext) -> Check:
    """Look at every share and growth of what was read, and at what is counted in several places."""
    reading = figures_rule(around.form)
    changes, repeats = Changes(rule), Repeats(rule)
    shares = Shares(rule, reading.shared_wholes if reading else ())
    last = LastYearsFigures(rule, reading)
    rates = Rates(rule, reading.rates if reading else ())

    def check(item: ReportTexts) -> Iterable[Finding]:
        if not reading:
            return
        things: list[CountedThing] = []
        for key, text in item.said(rule.texts).items():
            said = [own for own in said_in(reading, key, text, item) if not own.lent]
            yield from shares.findings(item, key, text, said)
            yield from rates.findings(item, key, text, said)
            exact = [own for own in said if not own.is_rough]
            yield from changes.findings(item, key, text, exact)
            if item.past_numbers and last.is_spoken_of(text, item):
                of_last = of_last_in(reading, key, text, item)
                yield from last.findings(item, key, text, exact, of_last)
            yield from repeats.recalled(item, key, text, said)
            if not hears_disputes(reading, item):
                yield from repeats.again(item, key, text, exact)
            things += repeats.things(key, text, exact)
        for key, text in item.said(rule.counted_in).items():
            things += repeats.things(key, text, ())
        yield from repeats.findings(item, things)

    return check
