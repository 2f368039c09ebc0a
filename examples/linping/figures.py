"""The yearly magnitudes of each body go in; its 200 figures come out, in balance by construction.

Requests are drawn one by one (who asked, how it ended) and then counted, as an office counts them, so every
balance rule holds because it is true, not because it was adjusted.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from pipeline.forms.arithmetic import with_totals
from pipeline.forms.loader import load_form
from pipeline.model import Number

Numbers = dict[str, Number]

# code | new, carried over, carried forward | normative documents issued, repealed, in force
#      | licences, penalties, coercive measures, charges (万元) | reconsideration | direct suits | later suits
# the last three: upheld, corrected, other, pending
_YEAR = """
LP001|38 1 2|14 11 86|0 0 0 0|2 0 1 0|1 0 0 0|0 0 0 0
LP002|12 0 0|2 1 11|186 3 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP004|21 1 0|1 2 9|74 2 0 3864.275|1 0 0 0|0 0 0 0|0 0 0 0
LP005|5 0 0|2 1 8|139 1 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP006|3 0 0|0 1 2|57 4 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP007|9 0 1|1 0 7|0 2 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP008|14 0 0|2 1 12|612 38 2 0|0 0 1 0|0 0 0 0|0 0 0 0
LP009|96 4 5|3 2 19|1847 146 0 2316.9042|2 0 1 1|1 0 0 1|1 0 0 0
LP010|11 0 0|1 1 6|1093 874 61 0|0 0 0 0|0 0 0 0|0 0 0 0
LP011|22 1 0|3 2 14|408 67 9 4.28|1 0 0 0|0 0 0 0|0 0 0 0
LP012|1 0 0|1 0 5|93 5 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP013|4 0 0|1 1 6|216 41 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP014|8 0 0|2 1 10|1526 312 4 0|0 0 0 0|0 0 0 0|0 0 0 0
LP015|2 0 0|0 0 1|0 0 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP016|4 0 0|1 0 4|121 187 6 0|0 0 0 0|0 0 0 0|0 0 0 0
LP017|3 0 0|0 0 2|0 0 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP018|24 1 1|1 1 5|28416 1268 93 18.65|1 1 0 0|0 0 0 0|0 0 0 0
LP019|0 0 0|0 0 1|0 6 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP020|1 0 0|0 0 3|0 9 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP021|31 1 1|2 1 8|903 9642 218 25.1|2 0 0 0|1 0 0 0|0 0 0 0
LP022|1 0 0|1 0 3|0 0 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP023|0 0 0|0 1 2|0 0 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP024|5 0 0|0 0 0|0 0 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP025|17 0 1|0 0 2|246310 18574 3126 1427.36|1 0 0 0|0 0 0 0|0 0 0 0
LP026|581 18 15|2 1 16|963 12 0 9237.2449|6 1 3 1|3 0 1 1|1 0 0 0
LP027|13 0 0|0 0 4|214 83 7 0|0 0 0 0|0 0 0 0|0 0 0 0
LP028|2 0 0|0 0 2|0 0 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP029|1 0 0|0 0 1|0 0 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP030|0 0 0|0 0 0|0 0 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP031|0 0 0|0 0 1|0 0 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP032|19 1 1|2 1 9|0 0 0 0|0 0 1 0|0 0 0 0|0 0 0 0
LP033|7 0 0|0 0 2|0 0 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP034|4 0 0|1 1 3|0 0 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP035|23 1 1|0 0 1|0 1472 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP036|18 1 0|0 0 0|0 386 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP037|21 0 1|1 0 2|0 598 0 0|0 0 1 0|0 0 0 0|0 0 0 0
LP038|16 0 0|0 0 0|0 274 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP039|17 0 1|0 1 1|0 231 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP040|35 1 2|0 0 2|0 713 5 0|1 0 0 0|1 0 0 0|0 0 0 0
LP041|26 1 1|0 0 1|0 405 0 0|0 0 0 0|0 0 0 0|0 0 0 0
LP042|20 0 0|1 0 4|0 317 12 0|1 0 0 0|0 0 0 0|0 0 0 0
"""

_APPLICANTS = {
    "natural_person": 872,
    "enterprise": 84,
    "legal_service": 27,
    "other_organisation": 9,
    "public_interest": 5,
    "research": 3,
}
_OUTCOMES = {
    "granted_in_full": 430,
    "granted_in_part": 82,
    "refused_barred_by_law": 8,
    "refused_third_party": 12,
    "refused_internal_affairs": 14,
    "refused_process": 28,
    "refused_enforcement_file": 12,
    "refused_query": 22,
    "unable_not_held": 176,
    "unable_not_existing": 58,
    "unable_unclear": 12,
    "not_processed_complaint": 34,
    "not_processed_repeated": 26,
    "not_processed_published": 2,
    "not_processed_excessive": 3,
    "not_processed_reissue": 9,
    "other_correction_overdue": 18,
    "other_other": 54,
}
_GROUPS = ("reconsideration", "litigation_direct", "litigation_after_reconsideration")
_ENDS = ("upheld", "corrected", "other_result", "pending")


@dataclass(frozen=True, slots=True)
class YearOf:
    """The magnitudes of one body's year, as typed above."""

    requests: tuple[int, ...]
    documents: tuple[int, ...]
    decisions: tuple[str, ...]
    disputes: tuple[tuple[int, ...], ...]


def _years() -> dict[str, YearOf]:
    years = {}
    for line in _YEAR.strip().splitlines():
        code, requests, documents, decisions, *disputes = line.split("|")
        years[code] = YearOf(
            tuple(map(int, requests.split())),
            tuple(map(int, documents.split())),
            tuple(decisions.split()),
            tuple(tuple(map(int, group.split())) for group in disputes),
        )
    return years


YEARS = _years()


def figures(code: str) -> Numbers:
    """Return the 200 figures of the body ``code``, totals included, in the form's order."""
    form = load_form()
    year = YEARS[code]
    typed = {**_proactive(year), **_requests(code, year.requests), **_disputes(year)}
    blank = {cell.key: typed.pop(cell.key, 0) for cell in form.cells if cell.is_input}
    if typed:
        raise KeyError(f"not cells of the form: {sorted(typed)}")
    return {key: value for key, value in with_totals(form, blank).items() if value is not None}


def _proactive(year: YearOf) -> Numbers:
    issued, repealed, in_force = year.documents
    licences, penalties, coercive, charges = year.decisions
    return {
        "proactive.normative_documents.issued": issued,
        "proactive.normative_documents.repealed": repealed,
        "proactive.normative_documents.in_force": in_force,
        "proactive.licences.decisions": int(licences),
        "proactive.penalties.decisions": int(penalties),
        "proactive.coercive_measures.decisions": int(coercive),
        "proactive.charges.amount": Decimal(charges),
    }


def _requests(code: str, magnitudes: tuple[int, ...]) -> Numbers:
    """Draw each request: its applicant, whether it is new or carried over, its outcome or that it stays open."""
    new, over, forward = magnitudes
    draw = random.Random(f"linping-2023-{code}")
    counted: Counter[str] = Counter()
    for number in range(new + over):
        applicant = draw.choices(list(_APPLICANTS), list(_APPLICANTS.values()))[0]
        outcome = draw.choices(list(_OUTCOMES), list(_OUTCOMES.values()))[0]
        came = "carried_over" if number < over else "new_received"
        ended = "carried_forward" if number >= new + over - forward else outcome
        counted[f"requests.{came}.{applicant}"] += 1
        counted[f"requests.{ended}.{applicant}"] += 1
    return dict(counted)


def _disputes(year: YearOf) -> Numbers:
    return {
        f"disputes.{group}.{end}": count
        for group, counts in zip(_GROUPS, year.disputes, strict=True)
        for end, count in zip(_ENDS, counts, strict=True)
    }
