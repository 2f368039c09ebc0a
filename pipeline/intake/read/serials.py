"""The serial number of a day goes in; the date that the fast reader would hand over comes out, as JSON can carry it."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

_SERIALS_FROM = datetime(1899, 12, 30)  # noqa: DTZ001 - a spreadsheet's days have no zone
_LEAP_DAY = 60
"""Day 60 of Excel's calendar never was: those before it are counted one too many."""
_DAY = 24 * 60 * 60
_LITERAL = re.compile(r"\"[^\"]*\"|[\\!_*].|\[[^\]]*\]")
_DATE_SIGNS = re.compile(r"[ymdhs年月日]|e(?![+-])", re.IGNORECASE)


def tells_a_date(code: str) -> bool:
    """Say whether a number format shows dates or times."""
    plain = _LITERAL.sub("", code).partition(";")[0]
    return not plain.casefold().startswith("general") and bool(_DATE_SIGNS.search(plain))


def dated(serial: float) -> object:
    """Return the date or time of ``serial`` in the calendar from 1900; the number itself where there is none."""
    if 0 <= serial < 1:
        return {"time": (_SERIALS_FROM + timedelta(seconds=round(serial * _DAY))).time().isoformat()}
    try:
        moment = _SERIALS_FROM + timedelta(days=serial)
    except (OverflowError, ValueError):
        return serial
    return day(moment)


def day(moment: datetime) -> object:
    """Return a date or a moment, by the calendar in which day 1 is 1 January 1900."""
    if 0 < (moment - _SERIALS_FROM).days < _LEAP_DAY:
        moment += timedelta(days=1)
    moment = (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
    if moment.time() == time():
        return {"date": moment.date().isoformat()}
    return {"datetime": moment.isoformat()}
