"""Where every agency stands goes in; the reminders of the day, and the letters that hand templates out, come out."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.district.folder import District
from pipeline.letter import Handout, Intention, LetterKey, LetterKind, LetterState, Occasion, Reminder
from pipeline.letters.plan.planning_state import CampaignState, addresses
from pipeline.model import Agency


def reminders(state: CampaignState) -> list[Intention]:
    """Remind the agencies from which nothing came, on the workdays that the calendar says, each by its own deadline.

    In a year of which nobody has written down the days off, only on days that surely are workdays; what is counted is so at the least.
    Who sent something of which only the office knows what to do has nothing to send. A reminder that has waited since an earlier day is written anew on any workday: what lies there says what is left today.
    """
    calendar, today = state.district.calendar, state.today
    dated = {
        item.agency
        for item in state.written
        if item.kind is LetterKind.REMINDER and item.state is LetterState.WAITING and item.day < today
    }
    found: list[Intention] = []
    for standing in state.standings:
        agency = standing.agency
        deadline = state.district.deadline_of(agency.code)
        to = addresses(agency)
        is_due = calendar.reminds_on(today, deadline) or (
            agency.code in dated and calendar.is_surely_workday(today)
        )
        waits = standing.waits_alike
        if standing.is_missing and to and is_due and not standing.waits_for_the_office:
            body = Reminder(
                deadline=deadline,
                left=calendar.sure_workdays_between(today, deadline),
                late=calendar.sure_workdays_between(deadline, today),
                times=state.reminded(agency) + 1,
                doubtful=standing.is_doubtful,
                sent=tuple(item.name for item in waits),
                doubt=waits[0].doubt if waits else "",
            )
            found.append(
                Intention(
                    LetterKey(Occasion.REMINDER, (agency.code, str(today))),
                    LetterKind.REMINDER,
                    to,
                    body,
                    agency,
                )
            )
    return found


def handouts(district: District, agencies: Iterable[Agency]) -> list[Intention]:
    """Hand every agency that has a mailbox its template, once a campaign."""
    return [
        Intention(
            LetterKey(Occasion.TEMPLATE, (str(district.year), agency.code)),
            LetterKind.TEMPLATE,
            addresses(agency),
            Handout(district.deadline_of(agency.code)),
            agency,
        )
        for agency in agencies
        if addresses(agency)
    ]
