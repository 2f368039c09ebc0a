"""A random source and a number of requests go in; figures and sentences as an agency of a district reports them come out.

Applicants and outcomes are drawn as often as they occur in the published figures of a whole city (3,511 requests), and
the sentences are of the kinds that published reports have: from none at all to a full account of every outcome.
"""

from __future__ import annotations

import random
from collections.abc import Mapping

from pipeline.forms.form import Form
from pipeline.model import Number
from tests.support.faults.planting import Numbers
from tests.support.fills import zeros

APPLICANTS = {
    "natural_person": 3402,
    "enterprise": 99,
    "public_interest": 4,
    "legal_service": 5,
    "other_organisation": 2,
}
OUTCOMES = {
    "granted_in_full": 1191,
    "granted_in_part": 328,
    "refused_barred_by_law": 27,
    "refused_security_stability": 6,
    "refused_third_party": 38,
    "refused_internal_affairs": 20,
    "refused_process": 9,
    "refused_enforcement_file": 21,
    "refused_query": 21,
    "unable_not_held": 1047,
    "unable_not_existing": 28,
    "unable_unclear": 3,
    "not_processed_complaint": 305,
    "not_processed_repeated": 39,
    "not_processed_excessive": 58,
    "not_processed_reissue": 4,
    "other_correction_overdue": 40,
    "other_fee_unpaid": 10,
    "other_other": 291,
}
GROUPS = {
    "不予公开": "refused_",
    "无法提供": "unable_",
    "不予处理": "not_processed_",
}
_CARRIED_SHARE = 0.04
_DISPUTED_SHARE = 0.03


def ordinary_numbers(form: Form, rng: random.Random, requests: int) -> Numbers:
    """Return consistent input figures of an agency that received ``requests``; totals are left at 0."""
    numbers = dict(zeros(form))
    for _ in range(requests):
        applicant = _drawn(rng, APPLICANTS)
        came = "carried_over" if rng.random() < _CARRIED_SHARE else "new_received"
        left = "carried_forward" if rng.random() < _CARRIED_SHARE else _drawn(rng, OUTCOMES)
        for row in (came, left):
            numbers[f"requests.{row}.{applicant}"] += 1
        if rng.random() < _DISPUTED_SHARE:
            group = rng.choice(("reconsideration", "litigation_direct", "litigation_after_reconsideration"))
            numbers[f"disputes.{group}.{rng.choice(('upheld', 'other_result', 'pending'))}"] += 1
    numbers |= {
        "proactive.normative_documents.issued": rng.randint(0, 3),
        "proactive.normative_documents.in_force": rng.randint(3, 12),
        "proactive.licences.decisions": rng.choice((0, 0, rng.randint(1, 900))),
        "proactive.penalties.decisions": rng.choice((0, rng.randint(1, 1500))),
    }
    return numbers


def account_of(rng: random.Random, numbers: Mapping[str, Number], year: int) -> str:
    """Write what a report says of its requests: nothing, what came, what was done, or every outcome."""

    def total(row: str) -> Number:
        return sum(
            number
            for key, number in numbers.items()
            if key.startswith(f"requests.{row}") and key.endswith(".total")
        )

    suits = sum(
        number
        for key, number in numbers.items()
        if key.startswith("disputes.litigation") and key.endswith(".total")
    )
    reviews = numbers["disputes.reconsideration.total"]
    disputed = rng.choice(("", "", f"因政府信息公开引起行政复议{reviews}件，行政诉讼{suits}件。"))
    new, carried, forward = total("new_received"), total("carried_over"), total("carried_forward")
    if not new:
        return f"本年度未收到政府信息公开申请。{disputed}"
    came = f"{year}年，我局共收到政府信息公开申请{new}件"
    over = f"，上年结转{carried}件" if carried or rng.random() < 0.5 else ""
    rest = f"，结转下年度继续办理{forward}件" if forward or rng.random() < 0.5 else ""
    parts = {
        name: total(prefix)
        for name, prefix in {"予以公开": "granted_in_full", "部分公开": "granted_in_part", **GROUPS}.items()
    }
    listed = "，".join(f"{name}{count}件" for name, count in parts.items() if count)
    told = rng.choice(
        [
            "",
            f"{came}。",
            f"{came}{over}。",
            f"{came}{over}，已办结{total('outcomes_total')}件{rest}。",
            f"{came}{over}；{listed}{rest}。" if listed else f"{came}。",
        ]
    )
    return told + disputed


def _drawn(rng: random.Random, weights: Mapping[str, int]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]
