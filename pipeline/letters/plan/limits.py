"""Answers to be written go in; those that may be written today come out: so many to one address, so many in all.

Whoever forges a sender has us write to that person. One letter answers a mail, and a day's letters are counted, so that a
flood of forged mails ends as a few letters; what is beyond waits for the next day, and for a coordinator who looks.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

from pipeline.letter import AnswerPlan, Intention, Occasion
from pipeline.letters.plan.planning_state import CampaignState

STRANGER = 5
"""Answers a day to an address that nobody lists."""
KNOWN = 100
"""Answers a day to an address of the roster or the office, which may send the files of a whole district."""
ALL = 100
"""Answers a day to everybody, and two more for each agency."""


def within_limits(planned: Iterable[Intention], state: CampaignState) -> list[Intention]:
    """Return what may be written today, in order; letters that answer nobody are not counted."""
    today = [
        item for item in state.written if item.key.occasion is Occasion.ANSWER and item.day == state.today
    ]
    by_address = Counter(address.lower() for item in today for address in item.to)
    left = ALL + 2 * len(state.district.agencies) - len(today)
    listed = _listed(state)
    kept: list[Intention] = []
    for item in planned:
        if isinstance(item.body, AnswerPlan):
            if left <= 0 or any(by_address[to.lower()] >= _most(to, listed) for to in item.to):
                continue
            left -= 1
            by_address.update(to.lower() for to in item.to)
        kept.append(item)
    return kept


def _listed(state: CampaignState) -> set[str]:
    """Return every address and domain of the roster and the office."""
    listed = {mail.lower() for agency in state.district.agencies for mail in agency.emails}
    return listed | {mail.lower() for mail in state.district.trusted_senders}


def _most(address: str, listed: Collection[str]) -> int:
    domain = "@" + address.lower().rpartition("@")[2]
    return KNOWN if address.lower() in listed or domain in listed else STRANGER
