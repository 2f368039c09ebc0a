"""Everything the outputs of a run depend on goes in; one digest comes out.

Two runs with the same fingerprint have the same outputs, so the second need not make them again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime

from pipeline.district.folder import District
from pipeline.machine.digest import digest_of, program
from pipeline.model import CHINA, Envelope


def fingerprint(
    district: District,
    envelopes: Sequence[Envelope],
    others: Sequence[object],
    layouts: Sequence[bytes],
    now: datetime,
) -> str:
    """Digest the inbox (in order of arrival), the configuration, the layouts and the program.

    Of the clock only the passing of deadlines counts, the common one and each that was extended, and the coming of the
    days on which bodies become part of others, by days in China. ``others`` are plain values that print the same every time.
    """
    today = now.astimezone(CHINA).date()
    parts = (
        *(
            (item.path, item.sha256, item.received_at, item.sender, item.failed_checks, item.proof)
            for item in envelopes
        ),
        *others,
        (
            district.name,
            district.level,
            district.year,
            district.form,
            district.form_mark,
            district.deadline,
            district.rules,
        ),
        district.trusted_senders,
        *district.roster_agencies,
        len(district.merged),
        district.extensions,
        district.calendar.holidays,
        district.calendar.workdays,
        *(today > day for day in (district.deadline, *(item.until for item in district.extensions))),
        *(hashlib.sha256(layout).hexdigest() for layout in layouts),
        program(),
    )
    return digest_of(parts)
