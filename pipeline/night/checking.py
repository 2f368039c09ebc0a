"""Single files go in; what a night would say of each comes out, without a district, a ledger or letters."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.district.roster import DEFAULT_LEVEL
from pipeline.forms.loader import load_form
from pipeline.intake import identity
from pipeline.model import Assessment, Envelope
from pipeline.night.assessing import read_chunk, submission


def check(envelopes: Sequence[Envelope], form_id: str, level: str | None = None) -> list[Assessment]:
    """Judge single files without a district: whatever agency and year they state is taken as theirs.

    ``level`` counts more than the level that the template states.
    """
    from pipeline.judging.judge import judge  # noqa: PLC0415 - pandas and pandera, only where they are used

    form = load_form(form_id)
    readings = read_chunk(form.id, [envelope.content for envelope in envelopes])
    submissions = [
        submission(envelope, found, identity.stated(found, level=level), level or DEFAULT_LEVEL)
        for envelope, found in zip(envelopes, readings, strict=True)
    ]
    return judge(form, submissions)
