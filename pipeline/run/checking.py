"""Single files go in; what a run would say of each comes out, without a district, a ledger or letters."""

from __future__ import annotations

import traceback
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.district.roster import DEFAULT_LEVEL
from pipeline.forms.loader import DEFAULT_FORM, form_ids, load_form
from pipeline.intake.fetch import inbox_folder
from pipeline.intake.guard.isolation import (
    ItemWork,
    Spent,
    carried_out,
    getting_ready,
    opener,
    reading,
    set_aside,
    understood,
)
from pipeline.intake.identify import identity
from pipeline.intake.read.stamped import OTHER_FORMS
from pipeline.judging.rules.carried_tables import carried_into
from pipeline.machine.ahead import load_ahead
from pipeline.machine.pool import BUG, Jobs
from pipeline.model import Assessment, Reading, Submission
from pipeline.run.filing import submission

if TYPE_CHECKING:
    from pipeline.forms.form import Form


def check(
    paths: Sequence[Path], form: Form | None, level: str | None = None, *, pool: Jobs
) -> list[tuple[Form, Assessment]]:
    """Judge single files without a district: whatever agency and year they state is taken as theirs. Raises OSError.

    Without ``form`` each is judged on the form that its template's stamp names, where that is one of nianbao's own, else on the
    annual report; with each comes by which. ``level`` counts more than the level that the template states. ``pool`` is where files are opened and read.
    """
    load_ahead("pipeline.judging.rules.judge")
    usual = form or load_form(DEFAULT_FORM)
    pool.prepare(getting_ready(usual.reference))
    opened = [inbox_folder.open_file(path, opener(pool)) for path in paths]
    envelopes = [(envelope, failure) for found, failure in opened for envelope in found]
    contents = {number: item.content for number, (item, failure) in enumerate(envelopes) if not failure}
    read = _read(usual, contents, pool)
    forms = dict.fromkeys(range(len(envelopes)), usual)
    for other in () if form else _stamped(usual, read):
        own = {
            number: content for number, content in contents.items() if _other(usual, read[number]) == other
        }
        forms |= dict.fromkeys(own, load_form(other))
        read |= _read(load_form(other), own, pool)
    read |= {number: set_aside(failure) for number, (_, failure) in enumerate(envelopes) if failure}
    submissions = [
        submission(envelope, read[number], identity.stated(read[number], level=level), level or DEFAULT_LEVEL)
        for number, (envelope, _) in enumerate(envelopes)
    ]
    settled = [
        replace(item, reading=carried_into(forms[at], item.reading, {}))
        for at, item in enumerate(submissions)
    ]
    judged = {
        at: assessment
        for by in dict.fromkeys(forms.values())
        for own in [[at for at in forms if forms[at] is by]]
        for at, assessment in zip(own, _judged(by, [settled[at] for at in own]), strict=True)
    }
    return [(forms[at], judged[at]) for at in range(len(settled))]


def _read(form: Form, contents: Mapping[int, bytes], pool: Jobs) -> dict[int, Reading]:
    works = [
        ItemWork(number, "", partial(reading, form.reference, content))
        for number, content in contents.items()
    ]
    return {number: understood(form, outcome) for number, outcome in carried_out(pool, works, Spent())}


def _stamped(usual: Form, read: Mapping[int, Reading]) -> list[str]:
    """Return the other forms of which there are files."""
    return sorted({other for found in read.values() if (other := _other(usual, found))})


def _other(usual: Form, found: Reading) -> str:
    """Return which other form of nianbao's a file was filled in on that does not hold all that ``usual`` asks for."""
    stated = found.claims.stamp.get("form", "")
    is_other = any(item.code == "F04" and item.variant in OTHER_FORMS for item in found.findings)
    return stated if is_other and stated != usual.id and stated in form_ids() else ""


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
