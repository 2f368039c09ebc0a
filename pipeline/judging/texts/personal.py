"""Numbers that belong to a person, in the texts and in the name of the file. Never quoted whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pipeline.judging.texts.quoting import quoted
from pipeline.model import Finding, Severity
from pipeline.wording.personal_numbers import mask, personal_numbers, without_persons

if TYPE_CHECKING:
    from pipeline.forms.narrative import Personal
    from pipeline.judging.texts.filed import Check, ReportTexts, TextContext
    from pipeline.wording.personal_numbers import Number


def personal(rule: Personal, _around: TextContext) -> Check:
    """Look for numbers of persons; one finding for each number, and one for the name of the file."""

    def check(item: ReportTexts) -> Iterable[Finding]:
        for key, text in item.said(rule.texts).items():
            found = {number.digits: number for number in reversed(personal_numbers(text, item.year))}
            for number in sorted(found.values(), key=lambda one: one.start):
                if number.kind in rule.kinds:
                    weight = rule.lighter_severity if number.kind in rule.lighter else rule.severity
                    facts = {"number": mask(number.digits), "sentence": _quotation(text, number)}
                    yield item.finding(rule, number.kind, key, facts, severity=weight)
        yield from _named(rule, item)

    return check


def _named(rule: Personal, item: ReportTexts) -> Iterator[Finding]:
    """Say that the name of the file holds such a number: it is not published, and masked wherever it is told."""
    if any(number.kind in rule.kinds for number in personal_numbers(item.name, item.year)):
        yield Finding(rule.id, Severity.INFO, variant="file_name", facts={"name": without_persons(item.name)})


def _quotation(text: str, number: Number) -> str:
    """Return the sentence of a number, in which no number of a person stands whole."""
    before, after = without_persons(text[: number.start]), without_persons(text[number.end :])
    written = mask(number.digits)
    return quoted(f"{before}{written}{after}", len(before), len(before) + len(written))
