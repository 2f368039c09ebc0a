"""What came, where every agency stands, what has been written and the clock go in; the letters to be written come out.

Pure planning: nothing is read, written or sent here. An intention's key says its occasion, and what has been written
for an occasion is not planned again, so a night may be planned as often as one likes.
"""

from pipeline.correspondence.answers import answers, carries_anothers
from pipeline.correspondence.delivery import (
    asked_delivery,
    complete_delivery,
    corrects,
    delivery_of_all,
    unsigned_delivery,
)
from pipeline.correspondence.digest import digest, morning
from pipeline.correspondence.outdated import renewed, untrue
from pipeline.correspondence.plan import Plan, plan
from pipeline.correspondence.reminders import handouts, reminders
from pipeline.correspondence.state import Standing, State, Written, addresses

__all__ = [
    "Plan",
    "Standing",
    "State",
    "Written",
    "addresses",
    "answers",
    "asked_delivery",
    "carries_anothers",
    "complete_delivery",
    "corrects",
    "delivery_of_all",
    "digest",
    "handouts",
    "morning",
    "plan",
    "reminders",
    "renewed",
    "unsigned_delivery",
    "untrue",
]
