"""Where agencies stand, and what waits for the coordinator, by the record of the last run."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from pipeline.forms.form import Clerk, Form
from pipeline.model import Assessment, Finding, Notice, Severity, Verdict
from pipeline.publishing.data.record import Record, submission_record
from pipeline.run.letters.standings import standings
from pipeline.versions import versions_of
from pipeline.wording.messages import notices
from tests.support.arrivals import agency
from tests.support.districts import assessment

ONE, OTHER = agency(1), agency(2)


def record_of(*items: Assessment) -> Record:
    none: Sequence[Notice] = ()
    counting = versions_of(items).counting
    return {
        "submissions": [
            submission_record(item, none, clerk=Clerk(), counts=item is counting) for item in items
        ]
    }


def test_an_agency_that_a_waiting_file_names_may_be_its_owner(form: Form) -> None:
    """A template handed out to one agency came back with the name of another."""
    told = Finding("F02", Severity.ERROR, None, (), "conflict", {"stamp": ONE.name, "stated": OTHER.name})
    item = assessment(form, ONE, 1, Verdict.HELD, findings=[told])
    found: Record = {"submissions": [submission_record(item, notices(form, [told]), clerk=Clerk())]}
    assert [(one.has_held, one.is_named) for one in standings([ONE, OTHER], found)] == [
        (True, False),
        (False, True),
    ]


@pytest.mark.parametrize(
    ("verdicts", "latest", "counting", "has_held"),
    [
        ([], 0, 0, False),
        ([Verdict.RETURNED], 1, 0, False),
        ([Verdict.ACCEPTED, Verdict.RETURNED], 2, 1, False),
        ([Verdict.HELD], 0, 0, True),
        ([Verdict.RETURNED, Verdict.HELD], 1, 0, True),
        ([Verdict.HELD, Verdict.RETURNED], 2, 0, False),
        ([Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_REMARKS], 2, 2, False),
    ],
)
def test_where_an_agency_stands_is_read_from_the_record(
    form: Form, verdicts: list[Verdict], latest: int, counting: int, *, has_held: bool
) -> None:
    """A held file may be an impostor's: it neither counts nor hides that nothing else came."""
    items = [assessment(form, ONE, number, verdict) for number, verdict in enumerate(verdicts, 1)]
    found, missing = standings([ONE, OTHER], record_of(*reversed(items)))
    assert (found.latest.version if found.latest else 0) == latest
    assert found.counting == (items[counting - 1].submission.sha256 if counting else "")
    assert found.has_held == has_held
    assert found.is_missing == (not latest)
    assert missing.is_missing
