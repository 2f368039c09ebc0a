"""What came, where every agency stands, what has been written and the clock go in; the letters to be written come out.

Pure planning: nothing is read, written or sent here. An intention's key says its occasion, and what has been written
for an occasion is not planned again, so a run may be planned as often as one likes.
"""

from pipeline.letters.plan.answering import answers, carries_anothers
from pipeline.letters.plan.campaign_letters import LetterPlan, foreseen, plan
from pipeline.letters.plan.daily_digest import digest, morning
from pipeline.letters.plan.delivery import (
    asked_delivery,
    complete_delivery,
    corrects,
    delivery_of_all,
    unsigned_delivery,
    upward,
)
from pipeline.letters.plan.outdated import renewed, untrue
from pipeline.letters.plan.planning_state import AgencyStanding, CampaignState, WrittenLetter, addresses
from pipeline.letters.plan.reminders import handouts, reminders

__all__ = [
    "AgencyStanding",
    "CampaignState",
    "LetterPlan",
    "WrittenLetter",
    "addresses",
    "answers",
    "asked_delivery",
    "carries_anothers",
    "complete_delivery",
    "corrects",
    "delivery_of_all",
    "digest",
    "foreseen",
    "handouts",
    "morning",
    "plan",
    "reminders",
    "renewed",
    "unsigned_delivery",
    "untrue",
    "upward",
]
