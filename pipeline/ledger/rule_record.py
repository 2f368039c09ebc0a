"""A year goes in; for every rule that ever fired, what became of it agency by agency comes out.

It tells which rules earn their keep: one that is explained away again and again asks the wrong question.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from pipeline.ledger.assessments import Judgement, latest
from pipeline.ledger.store import Ledger
from pipeline.model import Finding, Severity


class Fate(StrEnum):
    """What became of a rule that fired at an agency: as its newest version shows."""

    MENDED = "mended"
    EXPLAINED = "explained"
    WAIVED = "waived"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class RuleRecord:
    """At how many agencies a rule fired, and what became of it at each; ``findings`` counts every version and cell."""

    rule: str
    agencies: int
    findings: int
    fates: Counter[Fate]


def of_year(ledger: Ledger, year: int) -> list[RuleRecord]:
    """Return the record of every rule that fired in the campaign of ``year``, the most frequent first."""
    by_agency: dict[str, list[Judgement]] = {}
    for item in latest(ledger, year).values():
        if item.agency:
            by_agency.setdefault(item.agency, []).append(item)
    fired: dict[str, Counter[Fate]] = {}
    findings: Counter[str] = Counter()
    for versions in by_agency.values():
        versions.sort(key=lambda item: item.version)
        codes = [finding.code for item in versions for finding in _addressed(item.findings)]
        findings.update(codes)
        for rule in set(codes):
            fired.setdefault(rule, Counter())[_fate(rule, versions[-1])] += 1
    records = [RuleRecord(rule, fates.total(), findings[rule], fates) for rule, fates in fired.items()]
    return sorted(records, key=lambda record: (-record.agencies, -record.findings, record.rule))


def _addressed(findings: Iterable[Finding]) -> list[Finding]:
    """Return what the clerk was told, or was excepted from."""
    return [finding for finding in findings if finding.severity is not Severity.INFO]


def _fate(rule: str, newest: Judgement) -> Fate:
    still = [finding for finding in _addressed(newest.findings) if finding.code == rule]
    if not still:
        return Fate.MENDED
    if all(finding.waived for finding in still):
        return Fate.WAIVED
    return Fate.EXPLAINED if all(finding.is_answered for finding in still) else Fate.OPEN
