"""Where every agency stands goes in; the reminders of the day, and the letters that hand templates out, come out."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.correspondence.state import State, addresses
from pipeline.district.folder import District
from pipeline.model import Agency
from pipeline.post import Handout, Intention, LetterKind, Reminder


def reminders(state: State) -> list[Intention]:
    """Remind the agencies from which nothing came, on the workdays that the calendar says, each by its own deadline."""
    calendar, today = state.district.calendar, state.today
    found: list[Intention] = []
    for standing in state.standings:
        agency = standing.agency
        deadline = state.district.deadline_of(agency.code)
        to = addresses(agency)
        if standing.is_missing and to and calendar.reminds_on(today, deadline):
            body = Reminder(
                deadline=deadline,
                left=calendar.workdays_between(today, deadline),
                late=calendar.workdays_between(deadline, today),
                times=state.reminded(agency) + 1,
            )
            found.append(Intention(f"reminder:{agency.code}:{today}", LetterKind.REMINDER, to, body, agency))
    return found


def handouts(district: District, agencies: Iterable[Agency]) -> list[Intention]:
    """Hand every agency that has a mailbox its template, once a campaign."""
    return [
        Intention(
            f"template:{district.year}:{agency.code}",
            LetterKind.TEMPLATE,
            addresses(agency),
            Handout(district.deadline_of(agency.code)),
            agency,
        )
        for agency in agencies
        if addresses(agency)
    ]
