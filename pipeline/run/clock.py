"""What the machine's clock says goes in; a complaint comes out where it cannot be right: agencies must not be written to for it."""

from __future__ import annotations

from datetime import datetime, timedelta

from pipeline.district.folder import District
from pipeline.ledger import Ledger
from pipeline.model import CHINA, EnvironmentFailedError

_LONGEST_PAUSE = timedelta(days=400)
"""Between two runs: a campaign is once a year."""
_LONGEST_CAMPAIGN = timedelta(days=366)
"""From the deadline on."""
_SETBACK = timedelta(hours=12)
"""By which a clock may have been put back for good reasons."""


def check(ledger: Ledger, district: District, now: datetime) -> None:
    """Raise EnvironmentFailedError if ``now``, the machine's time, does not fit the deadline or the last run."""
    row = ledger.one("SELECT started_at FROM runs ORDER BY id DESC LIMIT 1")
    last = datetime.fromisoformat(row["started_at"]) if row else None
    doubt = ""
    if now.astimezone(CHINA).date() > district.deadline + _LONGEST_CAMPAIGN:
        doubt = f"离截止日期 {district.deadline} 已过一年多"
    elif last and now - last > _LONGEST_PAUSE:
        doubt = f"离上次运行（{_spoken(last)}）已过一年多"
    elif last and now < last - _SETBACK:
        doubt = f"比上次运行（{_spoken(last)}）还早"
    if doubt:
        raise EnvironmentFailedError(
            f"电脑的时间是 {_spoken(now)}，{doubt}，可能不对。没有运行，也没有写信。请核对电脑的日期和时间；"
            f"时间没有错的，用 --now {now.isoformat(timespec='seconds')} 写明后运行一次。"
        )


def _spoken(moment: datetime) -> str:
    return f"{moment.astimezone(CHINA):%Y-%m-%d %H:%M}"
