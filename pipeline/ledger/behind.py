"""A ledger and the results beside it go in; that the ledger is older than the results is said, with what that means and what to do.

Whoever puts back an old copy of the ledger has what was decided, signed and sent since then forgotten: nothing is made of
that before a person knows. A run enters its beginning before it writes anything, so no run that was cut off looks like it.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from pipeline.model import CHINA

RESULT = "run.json"
"""What every run that comes to its end leaves in the folder of its period."""
_HEAD = 4000
"""Bytes of a record among which the moment of its run stands."""
_MOMENT = re.compile(rb'"now": "([^"]+)"')


def unknown_results(connection: sqlite3.Connection, output: Path, part: str) -> dict[Path, datetime]:
    """Return the records in ``output`` of runs of the form ``part`` that are later than any that its ledger knows, with their moments.

    From a record in which somebody has written so that it names no moment, nothing is concluded.
    """
    made = {path: moment for path in output.glob(f"*/{part}/{RESULT}") if (moment := _moment(path))}
    last = last_run(connection) if made else None
    return {path: moment for path, moment in made.items() if last is None or moment > last}


def last_run(connection: sqlite3.Connection) -> datetime | None:
    """Return when the last run began that a ledger knows."""
    known = [datetime.fromisoformat(row[0]) for row in connection.execute("SELECT started_at FROM runs")]
    return max(known, default=None)


def behind(
    last: datetime | None, newer: Mapping[Path, datetime], others: Iterable[Path], output: Path
) -> str:
    """Say that a ledger whose last run was ``last`` is older than the results ``newer``; ``others`` are those of other forms that their ledgers do not know."""
    folders = "、".join(sorted({f"“{path.relative_to(output).parts[0]}”" for path in (*newer, *others)}))
    until = f"只记到{_day(last)}的运行" if last else "一次运行也没有记"
    return (
        f"台账比结果旧：output 里有{_day(max(newer.values()))}运行的结果，台账{until}，大概是换上了旧的备份；"
        "这以后作的决定、签发和发出的信，台账都不知道。本次什么也没有写。请换上最新的备份再运行。"
        f"没有更新的备份的，先把 output 里的{folders}移到 output 以外留存，“自动发信”改为“否”，再运行一次；"
        "模板也在里面，运行以后请再发一次模板；然后照留存的 待办.xlsx 的“已决定”重新决定、签发，已经发过的信不要再发。"
    )


def _moment(record: Path) -> datetime | None:
    with record.open("rb") as file:
        found = _MOMENT.search(file.read(_HEAD))
    try:
        moment = datetime.fromisoformat(found[1].decode()) if found else None
    except ValueError:  # somebody wrote into it
        return None
    return moment if moment and moment.tzinfo else None


def _day(moment: datetime) -> str:
    own = moment.astimezone(CHINA)
    return f"{own.year}年{own.month}月{own.day}日 {own:%H:%M}"
