"""待办.xlsx goes in; every decision that was made in it is carried out, those about letters and deliveries as well."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

from pipeline.coordinating import deciding, todo
from pipeline.coordinating.todo import AS_EDITED, HANDED, RELEASE, RESTORE, SIGN, STOP, Carried, Carrier
from pipeline.district.folder import District
from pipeline.model import ConfigError
from pipeline.publishing.todo_book import FilledDecision
from pipeline.run import signing
from pipeline.run.letters import by_hand


def carry_out(district: District, output: Path, *, now: datetime) -> Carried:
    """Carry out what was filled in since the last run. Raises EnvironmentFailedError, never for what a person wrote."""
    return todo.carry_out(district, output, now=now, also=_carriers(district, output, now))


def _carriers(district: District, output: Path, now: datetime) -> dict[str, Carrier]:
    def release(about: Sequence[str], item: FilledDecision) -> None:
        by = deciding.person(district, item.person or None)
        signing.release(district, output, by=by, reason=item.reason, now=now, key=about[0])

    def sign(about: Sequence[str], item: FilledDecision) -> None:
        if not item.person:
            raise ConfigError("签发要写明是谁审核同意的，请填写“决定人”。")
        signing.sign(district, output, by=item.person, reason=item.reason, now=now, key=about[0])

    def letter(act: by_hand.Act) -> Carrier:
        def settle(about: Sequence[str], _: FilledDecision) -> None:
            act(district, output, about[0], now=now)

        return settle

    def mark_delivered(about: Sequence[str], _: FilledDecision) -> None:
        by_hand.mark_delivered_until(district, output, datetime.fromisoformat(about[0]), now=now)

    return {
        RELEASE: release,
        SIGN: sign,
        STOP: letter(by_hand.stop),
        RESTORE: letter(by_hand.restore),
        AS_EDITED: letter(by_hand.send_as_edited),
        HANDED: mark_delivered,
    }
