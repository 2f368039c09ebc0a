"""待办.xlsx as a person left it goes in; what was decided there is carried out, and what cannot be comes back with the reason.

A row's number says what it is about; the word chosen says the kind of decision. Both become the words that the command
line takes, so a decision from the workbook is the same as one that was typed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TypeAlias

from pipeline.coordinating import deciding
from pipeline.district.folder import District
from pipeline.ledger import decisions, open_copy
from pipeline.model import ConfigError, Decision, DecisionKind
from pipeline.periods import name_of
from pipeline.publishing.todo_book import TODO_NAME, FilledDecision, read_filled

WAIVE, ACCEPT, DISMISS, REFUSE = "准予例外", "准予接收", "不是报送", "不同意，请对方改"
PLEA, FILE = "说明", "文件"
"""What a row is about; begins its number."""
CHOICES: Mapping[str, tuple[str, ...]] = {PLEA: (WAIVE, REFUSE), FILE: (ACCEPT, DISMISS)}
_SEPARATOR = "|"
Carrier: TypeAlias = Callable[[Sequence[str], FilledDecision], None]
"""Carries one decision out: what it is about, and what was written. Raises ConfigError where it cannot be."""


@dataclass(frozen=True, slots=True)
class Carried:
    """What became of the rows that were filled in: how many were carried out; of the others the texts, and why not, by key."""

    done: int = 0
    kept: Mapping[str, FilledDecision] = field(default_factory=dict)
    refused: Mapping[str, str] = field(default_factory=dict)


NOTHING_CARRIED = Carried()


def key_of(kind: str, *about: str) -> str:
    """Spell the number of a row."""
    return _SEPARATOR.join((kind, *about))


def carry_out(district: District, output: Path, *, now: datetime) -> Carried:
    """Carry out what was filled in since the last run. Raises EnvironmentFailedError, never for what a person wrote."""
    path = output / name_of(district.year) / TODO_NAME
    filled = read_filled(path) if path.is_file() else []
    if not filled:
        return Carried()
    settled = _settled(district, output, now)
    done, kept, refused = 0, {}, {}
    for item in filled:
        if (item.key, item.reason) in settled:
            continue  # the workbook was open when it should have been written anew
        try:
            _carry(_carriers(district, output, now), item)
        except ConfigError as error:
            kept[item.key], refused[item.key] = item, str(error)
        else:
            if item.choice == REFUSE:
                kept[item.key] = item  # nothing for the ledger; the word stays until the agency sends anew
            done += item.choice != REFUSE
    return Carried(done, kept, refused)


def _carry(carriers: Mapping[str, Carrier], item: FilledDecision) -> None:
    kind, *about = item.key.split(_SEPARATOR)
    if not item.choice:
        raise ConfigError("还没有选“决定”。")
    if item.choice not in CHOICES.get(kind, ()):
        raise ConfigError(f"这一件事不能“{item.choice}”，请从列表中选：{'、'.join(CHOICES.get(kind, ()))}。")
    if item.choice == REFUSE:
        return
    if not item.reason:
        raise ConfigError("还没有写“理由”。")
    carriers[item.choice](about, item)


def _carriers(district: District, output: Path, now: datetime) -> dict[str, Carrier]:
    """Pair each decision with what carries it out."""

    def carrier(kind: DecisionKind) -> Carrier:
        def decide(about: Sequence[str], item: FilledDecision) -> None:
            person = deciding.person(district, item.person or None)
            wanted = deciding.Wanted(kind, tuple(about), item.reason, person, now)
            deciding.decide(district, output, wanted)

        return decide

    return {word: carrier(kind) for word, kind in _KINDS.items()}


_KINDS: Mapping[str, DecisionKind] = {
    WAIVE: DecisionKind.WAIVE,
    ACCEPT: DecisionKind.ACCEPT,
    DISMISS: DecisionKind.DISMISS,
}


def _settled(district: District, output: Path, now: datetime) -> set[tuple[str, str]]:
    """Return what holds already, as (key, reason)."""
    with open_copy(output) as ledger:
        held = decisions.in_force(ledger, district.year, now.date())
    return {(_key(item), item.reason) for item in decisions.of_kind(held, *_KINDS.values())}


def _key(decision: Decision) -> str:
    if decision.kind is DecisionKind.WAIVE:
        return key_of(PLEA, decision.agency, decision.rule)
    return key_of(FILE, decision.file)
