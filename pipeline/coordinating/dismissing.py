"""A coordinator's word about a file that waits goes in; the ledger keeps it, or a sentence says why it cannot.

The file itself stays where it is, and so does its original in the ledger. From the next night on it waits no longer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from pathlib import Path, PurePosixPath

from pipeline.district.folder import District
from pipeline.ledger import codes, dismissals, open_ledger
from pipeline.machine.environment import command
from pipeline.model import ConfigError, Dismissal


def dismiss(
    district: District, output: Path, file: str, *, reason: str, person: str, at: datetime
) -> list[Dismissal]:
    """Record that ``file`` is no submission; return what was kept. Raises ConfigError where it may not be."""
    for what, value in (("reason", reason), ("by", person)):
        if not value.strip():
            raise ConfigError(f"--{what} 没有填写。请写明理由和核实的人，然后重新运行。")
    with open_ledger(output) as ledger:
        codes.check_codes(ledger, district.agencies, district.roster)
        there = dismissals.waiting(ledger, district.year)
        given = [
            Dismissal(number, there[number], reason.strip(), person.strip(), at)
            for number in _meant(there, district, file, "待核实")
        ]
        for item in given:
            dismissals.dismiss(ledger, district.year, item)
    return given


def withdraw(district: District, output: Path, file: str, *, by: str, at: datetime) -> list[Dismissal]:
    """Let a dismissed file wait again; return what was withdrawn. Raises ConfigError if it was not dismissed."""
    with open_ledger(output) as ledger:
        codes.check_codes(ledger, district.agencies, district.roster)
        known = {item.envelope: item for item in dismissals.in_force(ledger, district.year)}
        paths = {number: item.file for number, item in known.items()}
        ended = [known[number] for number in _meant(paths, district, file, "记为不是报送")]
        for item in ended:
            dismissals.withdraw(ledger, district.year, item, by=by.strip(), at=at)
    return [replace(item, person=by.strip()) for item in ended]


def _meant(there: Mapping[int, str], district: District, wanted: str, what: str) -> list[int]:
    """Return the numbers of the files called ``wanted``: a path as it is shown, that of a file of the inbox, or a name.

    One path may have held several files, one after the other; all of them are meant.
    """
    spelled = _in_inbox(district, wanted)
    named = {path for path in there.values() if PurePosixPath(path).name == spelled}
    if spelled not in there.values() and len(named) > 1:
        raise ConfigError(f"有几个{what}的文件叫“{wanted}”，请写明是哪一个：{'、'.join(sorted(named))}。")
    path = spelled if spelled in there.values() else next(iter(named), None)
    if path is None:
        raise ConfigError(
            f"没有{what}的文件“{wanted}”。请照 {command('status', district.folder)} 列出的文件名写。"
        )
    return [number for number, item in there.items() if item == path]


def _in_inbox(district: District, wanted: str) -> str:
    try:
        return Path(wanted).resolve().relative_to(district.inbox.resolve()).as_posix()
    except ValueError:
        return PurePosixPath(wanted.replace("\\", "/")).as_posix()
