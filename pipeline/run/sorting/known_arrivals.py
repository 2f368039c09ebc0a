"""What is known of a file besides what it says, and how a doubt about it is put: for all that sorts files out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TypeAlias

from pipeline.district.mergers import Pasts
from pipeline.intake.identify.identity import Identity
from pipeline.ledger.arrivals import Arrival
from pipeline.ledger.assessments import Judgement
from pipeline.ledger.bindings import Binding
from pipeline.ledger.codes import Memory
from pipeline.model import Decision, Fact, Finding, Reading
from pipeline.run.of_last_period import AddedFigures

Identified: TypeAlias = tuple[Arrival, Identity]
"""A file and whose it is."""
DOUBT = "F09"
"""The code of what only a person can say of a file."""


@dataclass(frozen=True, slots=True)
class KnownArrivals:
    """What is known of arrivals besides what they say: ``bindings`` and ``accepted`` are by their numbers.

    ``earlier`` leaves out what counted only by a decision that was revoked since. ``own`` are the digests of what nianbao itself has sent out, ``accepted`` what a person accepts although it is held.
    ``chosen`` is the number of the arrival after which a person said last which version of an agency counts, by its code.
    """

    earlier: Mapping[int, Judgement] = field(default_factory=dict)
    bindings: Mapping[int, Binding] = field(default_factory=dict)
    memory: Memory = field(default_factory=dict)
    own: frozenset[str] = frozenset()
    accepted: Mapping[int, Decision] = field(default_factory=dict)
    chosen: Mapping[str, int] = field(default_factory=dict)
    pasts: Pasts = field(default_factory=dict)
    """Last period's reports by the codes of their agencies, as they were made."""
    growing: AddedFigures = field(default_factory=AddedFigures)
    """The figures of the form that a period adds to its year."""


def was_accepted(item: Arrival, memory: KnownArrivals) -> bool:
    """Whether a file was judged before and accepted."""
    own = memory.earlier.get(item.id)
    return own is not None and own.verdict.is_acceptance


def is_filled(reading: Reading) -> bool:
    """Whether it is a report that somebody filled in: templates come along in answers."""
    return any(value is not None for value in reading.numbers.values()) or any(
        rows.cells for rows in reading.registers.values()
    )


def doubtful(found: Identity, variant: str, **facts: Fact) -> Identity:
    """Hold a file, and say by ``variant`` what only a person knows of it."""
    agency = found.agency
    named: dict[str, Fact] = {"agency": agency.name if agency else "", **facts}
    doubt = Finding.found(DOUBT, None, (), variant, named)
    return replace(found, held=True, findings=(*found.findings, doubt))
