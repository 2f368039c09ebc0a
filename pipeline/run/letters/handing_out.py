"""The roster and last year's figures go in; the letters that carry the personal templates come out, renewed while they wait.

Between two runs a coordinator hands templates out, and perhaps learns last year's figures only after that.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.district.folder import District
from pipeline.ledger import Ledger, campaign, codes, letters
from pipeline.ledger.access import open_campaign, view_campaign
from pipeline.letter import Intention, LetterKind, LetterState
from pipeline.letters.plan import addresses, handouts
from pipeline.model import Agency
from pipeline.run.letters.outgoing import context_of, intend, lay_out, look_after, stale, withdraw
from pipeline.run.letters.standings import standings
from pipeline.run.letters.writing import LetterContext, LetterWriter


@dataclass(frozen=True, slots=True)
class HandedOut:
    """How many letters are ``new``, how many that waited were ``renewed``, and how many had left with an ``older`` template.

    ``silent`` are the agencies to which none can be written, ``reported`` those that are not asked any more, ``reminded``
    counts those to which a reminder waits that carries the same template.
    """

    new: int
    renewed: int
    older: int
    silent: Sequence[Agency]
    reported: Sequence[Agency] = ()
    reminded: int = 0


def send_templates(district: District, output: Path, *, code: str | None, now: datetime) -> HandedOut:
    """Write the letters with the personal templates (of the agency with ``code`` only)."""
    agencies = [agency for agency in district.agencies if code in (None, agency.code)]
    with open_campaign(district, output) as (ledger, district):
        codes.remember(ledger, district, now=now)
        context = context_of(ledger, district, output, now)
        look_after(ledger, district, context.target, now=now)
        reported = _reported(ledger, district)
        asked = [agency for agency in agencies if agency.code not in reported]
        planned = () if district.has_sample_roster else handouts(district, asked)
        changed = stale(context, planned, None)
        older = _left_with_another(context, planned)
        withdraw(context, [item.key for item in changed])
        reminded = _reminded(context, planned)
        written = intend(context, [item for item in planned if item not in reminded], None)
        lay_out(ledger, district, context.target, now=now)
    silent = [agency for agency in asked if not addresses(agency)]
    done = [agency for agency in agencies if agency.code in reported]
    return HandedOut(written - len(changed), len(changed), older, silent, done, len(reminded))


def _reported(ledger: Ledger, district: District) -> set[str]:
    """Return the codes of the agencies from which something came by the last run: a template that waits for them is untrue."""
    found = campaign.last_result(ledger, district.year)
    return {
        item.agency.code
        for item in (standings(district.agencies, dict(found.record)) if found else ())
        if not item.is_missing
    }


def handed_out(district: District, output: Path, agencies: Collection[str]) -> tuple[int, int]:
    """Count the letters with templates to ``agencies`` (codes): those that wait and those that have left."""
    with view_campaign(district, output) as (ledger, district):
        states = [
            item.state
            for item in letters.of_year(ledger, district.year)
            if item.kind == LetterKind.TEMPLATE and item.agency in agencies
        ]
    return states.count(LetterState.WAITING), sum(item.is_gone for item in states)


def _reminded(context: LetterContext, planned: Sequence[Intention]) -> list[Intention]:
    """Return those not written yet whose reader has a reminder waiting with the same template: one letter carries it."""
    year = context.district.year
    kept = letters.of_year(context.ledger, year)
    known = {item.key for item in kept if item.state is not LetterState.WITHDRAWN}
    waiting = {
        item.agency: item
        for item in letters.waiting(context.ledger, year)
        if item.kind == LetterKind.REMINDER
    }
    asked = [
        (item, waiting[item.agency.code])
        for item in planned
        if item.agency and item.agency.code in waiting and letters.stored_key(year, item.key) not in known
    ]
    if not asked:
        return []
    writer = LetterWriter.of(context, None)
    return [item for item, reminder in asked if writer.would_attach_the_same(item, reminder)]


def _left_with_another(context: LetterContext, planned: Sequence[Intention]) -> int:
    kept = {item.key: item for item in letters.of_year(context.ledger, context.district.year)}
    gone = [
        (item, old)
        for item in planned
        if (old := kept.get(letters.stored_key(context.district.year, item.key))) and old.state.is_gone
    ]
    if not gone:
        return 0
    writer = LetterWriter.of(context, None)
    return sum(not writer.would_attach_the_same(item, old) for item, old in gone)
