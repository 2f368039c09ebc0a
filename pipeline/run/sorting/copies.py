"""Files go in; those that only repeat one come out, and what sending the same again says."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.intake.identify import binding
from pipeline.intake.identify.identity import Identity
from pipeline.ledger.arrivals import Arrival
from pipeline.model import CHINA, Agency, Message
from pipeline.periods import Period, bounds_of
from pipeline.run.sorting.known_arrivals import Identified


def without_copies(found: Sequence[Identified]) -> tuple[list[Identified], list[Arrival]]:
    """Part the files that are to be judged from those that only repeat one, of this campaign or an earlier one."""
    same: dict[str, list[int]] = {}
    for number, (item, _) in enumerate(found):
        if not item.repeats:
            same.setdefault(item.envelope.sha256, []).append(number)
    stay: dict[int, Identity] = {}
    for numbers in same.values():
        staying = [numbers[index] for index in binding.copies_that_stay([found[at][1] for at in numbers])]
        twice = len(staying) > 1
        stay |= {at: binding.claimed_twice(found[at][1]) if twice else found[at][1] for at in staying}
    kept = [(item, stay[number]) for number, (item, _) in enumerate(found) if number in stay]
    return kept, [item for number, (item, _) in enumerate(found) if number not in stay]


def words_of_copies(
    kept: Sequence[Identified],
    copies: Sequence[Identified],
    messages: Sequence[Message],
    passed_over: set[int],
) -> dict[int, int]:
    """Return, for each file that its own agency sent again, by its number the last arrival that repeats it.

    Beside something new of the agency in the same mail an old file says nothing; nor does one of a sender who may not
    replace figures that count.
    """
    senders: dict[str, set[str | None]] = {}
    for item, who in kept:
        if who.agency and not who.held:
            senders.setdefault(who.agency.code, set()).add(item.envelope.sender)
    originals = {item.envelope.sha256: (item, who.agency) for item, who in kept if who.agency}
    mail_of = {path: number for number, message in enumerate(messages) for path in message.files}
    brings_new = {
        (mail_of[item.envelope.path], who.agency.code)
        for item, who in kept
        if who.agency and item.envelope.path in mail_of
    }
    words: dict[int, int] = {}
    for item, who in copies:
        original, agency = originals.get(item.envelope.sha256, (None, None))
        if original is None or who.held or who.agency != agency or item.repeats or item.id in passed_over:
            continue
        if who.agency and (mail_of.get(item.envelope.path), who.agency.code) in brings_new:
            continue
        known = senders.get(who.agency.code, ()) if who.agency else ()
        if who.agency and binding.may_not_replace(item.envelope, who.findings, who.agency, known):
            continue
        words[original.id] = max(words.get(original.id, 0), item.id)
    return words


def instead_of_a_report(identified: Sequence[Identified], period: Period) -> dict[int, Agency]:
    """Return whose the files are, by their numbers, that repeat one of another campaign, came when ``period`` was over, and are all that came of their agency."""
    reported = {who.agency.code for item, who in identified if who.agency and not item.repeats}
    return {
        item.id: who.agency
        for item, who in identified
        if item.repeats
        and who.agency
        and not who.held
        and who.agency.code not in reported
        and _came_after(item, period)
    }


def _came_after(item: Arrival, period: Period) -> bool:
    """Whether a file was sent after ``period``, for all that is known: one that is older has been moved to another place."""
    came = item.envelope.received_at
    return came is None or came.astimezone(CHINA).date() > bounds_of(period)[1]
