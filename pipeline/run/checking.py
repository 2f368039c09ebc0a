"""Single files go in; what a run would say of each comes out, without a district, a ledger or letters."""

from __future__ import annotations

import traceback
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.district.roster import DEFAULT_LEVEL
from pipeline.intake.fetch import inbox_folder
from pipeline.intake.guard.isolation import (
    ItemWork,
    Spent,
    carried_out,
    opener,
    reading,
    set_aside,
    understood,
)
from pipeline.intake.identify import identity
from pipeline.judging.rules.carried_tables import carried_into
from pipeline.machine.ahead import load_ahead
from pipeline.machine.pool import BUG, Jobs
from pipeline.model import Assessment, Submission
from pipeline.run.filing import submission

if TYPE_CHECKING:
    from pipeline.forms.form import Form


def check(paths: Sequence[Path], form: Form, level: str | None = None, *, pool: Jobs) -> list[Assessment]:
    """Judge single files without a district: whatever agency and year they state is taken as theirs. Raises OSError.

    ``level`` counts more than the level that the template states. ``pool`` is where files are opened and read.
    """
    load_ahead("pipeline.judging.rules.judge")
    opened = [inbox_folder.open_file(path, opener(pool)) for path in paths]
    envelopes = [(envelope, failure) for found, failure in opened for envelope in found]
    works = [
        ItemWork(number, "", partial(reading, form.reference, item.content))
        for number, (item, failure) in enumerate(envelopes)
        if not failure
    ]
    read = {number: understood(form, outcome) for number, outcome in carried_out(pool, works, Spent())}
    read |= {number: set_aside(failure) for number, (_, failure) in enumerate(envelopes) if failure}
    submissions = [
        submission(envelope, read[number], identity.stated(read[number], level=level), level or DEFAULT_LEVEL)
        for number, (envelope, _) in enumerate(envelopes)
    ]
    return _judged(
        form, [replace(item, reading=carried_into(form, item.reading, {})) for item in submissions]
    )


def _judged(form: Form, submissions: Sequence[Submission]) -> list[Assessment]:
    """Judge all together; where that fails, each alone, so that one costs nothing but itself."""
    from pipeline.judging.rules.judge import judge  # noqa: PLC0415 - pandas and pandera, only where they are used

    try:
        return judge(form, submissions)
    except Exception:  # noqa: BLE001 - the barrier: which of the files it was is found out next
        if len(submissions) > 1:
            return [done for item in submissions for done in _judged(form, [item])]
        traceback.print_exc()
        return judge(form, [replace(item, reading=set_aside(BUG), held=True) for item in submissions])
