"""Letters that have not reached anybody go in; those that are true no longer, and those whose address was corrected, come out.

A letter may wait for days: the mail server is down, or nobody has sent it. Meanwhile its agency reports, or somebody
mends the roster; what leaves then must be what would be written then.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pipeline.letter import Intention, LetterKey, LetterKind, Occasion
from pipeline.letters.plan.answering import KINDS, kind_of
from pipeline.letters.plan.delivery import complete_delivery
from pipeline.letters.plan.planning_state import AgencyStanding, CampaignState, WrittenLetter, readers
from pipeline.model import Agency

_RENEWED: Mapping[LetterKind, LetterKind] = {
    LetterKind.REMINDER: LetterKind.REMINDER,
    LetterKind.TEMPLATE: LetterKind.REMINDER,
    LetterKind.DIGEST: LetterKind.DIGEST,
    LetterKind.DELIVERY: LetterKind.DELIVERY,
    LetterKind.COUNTED: LetterKind.COUNTED,
}
"""Kinds of which an older letter gives way to a new one of the other kind to the same reader; reminders carry the template."""


def untrue(state: CampaignState) -> list[LetterKey]:
    """Return the keys of letters that say what does not hold any more."""
    standings = {standing.agency.code: standing for standing in state.standings}
    complete = {item.key for item in complete_delivery(state)}
    return [
        item.key
        for item in state.written
        if item.is_open and not _holds(state, item, standings.get(item.agency or ""), complete)
    ]


def renewed(written: Sequence[WrittenLetter], planned: Sequence[Intention]) -> list[LetterKey]:
    """Return the keys of letters in whose place another of the same kind is about to be written."""
    new = {(item.kind, item.agency.code if item.agency else None): item.key for item in planned}
    return [
        item.key
        for item in written
        if item.is_open
        and item.kind in _RENEWED
        and new.get((_RENEWED[item.kind], item.agency), item.key) != item.key
    ]


def corrected(state: CampaignState) -> dict[LetterKey, tuple[str, ...]]:
    """Map the keys of letters whose address is its reader's no longer to the addresses that are."""
    agencies = {agency.code: agency for agency in state.district.agencies}
    return dict(_corrected(state, agencies))


def _corrected(
    state: CampaignState, agencies: Mapping[str, Agency]
) -> Iterator[tuple[LetterKey, tuple[str, ...]]]:
    office = state.district.people.district_office_email
    for item in state.written:
        agency = agencies.get(item.agency or "")
        to = readers(agency, item.to)
        if not item.is_open:
            continue
        if to != item.to:
            yield item.key, to
        elif item.kind is LetterKind.DELIVERY and office and item.to != (office,):
            yield item.key, (office,)


def _is_dated(state: CampaignState, item: WrittenLetter) -> bool:
    """Whether a letter of a day has outlived it, or its day has not come; one that was refused is a fact that the coordinator reads of.

    A reminder says how much time is left: written one workday, it leaves by the next. The machine's clock may have been
    wrong: what was written on a day that is still to come says what is not so today.
    """
    if item.is_refused:
        return False
    if item.kind is LetterKind.DIGEST:
        return not (str(state.today),) <= item.key.about <= (str(state.reading_day),)
    if item.kind is LetterKind.REMINDER and item.day > state.today:
        return True
    waited = state.district.calendar.workdays_between(item.day, state.today)
    return item.kind is LetterKind.REMINDER and waited > 1


def _holds(
    state: CampaignState, item: WrittenLetter, standing: AgencyStanding | None, complete: set[LetterKey]
) -> bool:
    if (item.agency and standing is None) or _is_dated(state, item):
        return False  # its agency is on the roster no longer, or its day is past
    match item.kind:
        case LetterKind.REMINDER | LetterKind.TEMPLATE if standing:
            is_needless = item.kind is LetterKind.REMINDER and standing.waits_for_the_office
            return standing.is_missing and not is_needless
        case LetterKind.RETURNED | LetterKind.AWAITING | LetterKind.COUNTED if standing:
            return _is_of_what_stands(item, standing)
        case LetterKind.ACCEPTANCE | LetterKind.RETURNED | LetterKind.HELD | LetterKind.DUPLICATE:
            return any(KINDS[verdict] is item.kind for verdict in state.verdicts.get(item.sha256, ()))
        case LetterKind.DELIVERY:
            return item.key in complete or item.key.occasion is not Occasion.COMPLETE
        case _:
            return True


def _is_of_what_stands(item: WrittenLetter, standing: AgencyStanding) -> bool:
    """Whether a letter speaks of the version that counts, or says what became of the newest one."""
    if item.kind is LetterKind.COUNTED:
        return standing.counting == item.sha256
    latest = standing.latest
    return latest is not None and (latest.sha256, kind_of(latest)) == (item.sha256, item.kind)
