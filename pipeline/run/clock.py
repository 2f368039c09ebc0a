"""What the machine's clock says goes in; a complaint comes out where it cannot be right: agencies must not be written to for it."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from pipeline.district.folder import District
from pipeline.ledger import Ledger
from pipeline.ledger.access import open_campaign
from pipeline.model import CHINA, EnvironmentFailedError

_LONGEST_PAUSE = timedelta(days=400)
"""Between two runs: a campaign is once a year."""
_LONGEST_CAMPAIGN = timedelta(days=366)
"""From the deadline on."""
_LONGEST_SILENCE = timedelta(days=300)
"""Between two runs of one campaign: a year that was set wrong is longer."""
_SETBACK = timedelta(hours=12)
"""By which a clock may have been put back for good reasons."""
RECENT = timedelta(days=7)
"""So long something that happened to a file or letter, or what a mail without a table says, is told; after that it is in the log only."""
_RECENT_RUNS = 8
"""Among which one that was ahead of time is told of."""


def check(ledger: Ledger, district: District, now: datetime) -> None:
    """Raise EnvironmentFailedError if ``now``, the machine's time, does not fit the deadline or the last run."""
    last, year = _last_run(ledger)
    is_same = year == district.year
    doubt = ""
    if now.astimezone(CHINA).date() > district.deadline + _LONGEST_CAMPAIGN:
        doubt = f"离截止日期 {district.deadline} 已过一年多"
    elif last and now - last > _LONGEST_PAUSE:
        doubt = f"离上次运行（{_spoken(last)}）已过一年多"
    elif last and is_same and now - last > _LONGEST_SILENCE:
        doubt = f"离本期上次运行（{_spoken(last)}）已过 {(now - last).days} 天"
    else:
        doubt = _set_back(last, now)
    if doubt:
        raise _doubted(now, doubt, "没有运行，也没有写信")


def refuse_setback(district: District, output: Path, now: datetime) -> None:
    """Raise EnvironmentFailedError if ``now``, the machine's time, is before the last run: what a person decides is dated.

    However long ago the last run was: who decides later than others has reasons.
    """
    with open_campaign(district, output) as (ledger, _):
        last, _ = _last_run(ledger)
    if doubt := _set_back(last, now):
        raise _doubted(now, doubt, "什么也没有记下")


def _last_run(ledger: Ledger) -> tuple[datetime | None, int]:
    row = ledger.one("SELECT started_at, year FROM runs ORDER BY id DESC LIMIT 1")
    return (datetime.fromisoformat(row["started_at"]), row["year"]) if row else (None, 0)


def _set_back(last: datetime | None, now: datetime) -> str:
    return f"比上次运行（{_spoken(last)}）还早" if last and now < last - _SETBACK else ""


def _doubted(now: datetime, doubt: str, undone: str) -> EnvironmentFailedError:
    return EnvironmentFailedError(
        f"电脑的时间是 {_spoken(now)}，{doubt}，可能不对。{undone}。请核对电脑的日期和时间；"
        f"时间没有错的，用 --now {now.isoformat(timespec='seconds')} 写明后运行一次。"
    )


def run_ahead(ledger: Ledger, now: datetime) -> str:
    """Say that a recent run was at a time which is still to come, and what to do; empty where none was."""
    rows = ledger.rows("SELECT started_at FROM runs ORDER BY id DESC LIMIT ?", (_RECENT_RUNS,))
    last = max((datetime.fromisoformat(row["started_at"]) for row in rows), default=now)
    if last <= now + _SETBACK:
        return ""
    return (
        f"有一次运行的时间是 {_spoken(last)}，比现在还晚，当时电脑的时间不对：那次写的催报和每日情况已撤回，那次收到的文件收到时间可能不对，"
        "那次写的其他信写着那一天，还没有发出的请改好日期再发"
    )


def _spoken(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
