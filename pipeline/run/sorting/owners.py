"""Files and their readings go in; whose each is comes out: as a person said, as was decided when it came, else by the roster of today."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from pipeline.district.folder import District
from pipeline.intake.identify import binding, identity
from pipeline.intake.identify.identity import Identity
from pipeline.ledger.arrivals import Arrival
from pipeline.ledger.codes import addresses_at
from pipeline.model import CHINA, LAST_FIGURES, Agency, Finding, Reading
from pipeline.periods import period_before, title_of
from pipeline.run.of_last_period import has_last_figures, is_of_last_period, periods_of
from pipeline.run.sorting.known_arrivals import Identified, KnownArrivals, doubtful


def identified_of(
    district: District, known: Iterable[Arrival], readings: Mapping[str, Reading], memory: KnownArrivals
) -> list[Identified]:
    """Say whose each file is; what may be another body's, or of last period, is held."""
    roster = identity.Roster.of(district.agencies, district.name, district.merged)
    codes = {agency.code: agency for agency in roster.agencies}
    gone = [entries[-1].agency for code, entries in memory.memory.items() if code not in codes]
    departed = identity.Roster.of(gone, district.name)
    found: list[Identified] = []
    for item in known:
        reading = readings[item.envelope.sha256]
        who = _departed(_whose(district, item, reading, roster, codes, memory), reading, departed)
        found.append((item, _of_its_period(district, item, who, reading, memory)))
    return found


def _of_its_period(
    district: District, item: Arrival, who: Identity, reading: Reading, memory: KnownArrivals
) -> Identity:
    """Hold what may be a correction of last period's report, or that report under this period's name; which it is, a person says."""
    past = memory.pasts.get(who.agency.code) if who.agency else None
    is_settled = who.held or item.repeats or item.id in memory.accepted or item.id in memory.bindings
    if is_settled:
        return who
    if has_last_figures(who, reading, past, district.year, memory.growing):
        return doubtful(who, LAST_FIGURES[1], before=title_of(period_before(district.year)))
    if not is_of_last_period(who, reading, past, district.year):
        return who
    about = identity.about_year(who)
    rest = tuple(finding for finding in who.findings if finding not in about)
    return doubtful(replace(who, findings=rest), "last_period", **periods_of(who, district.year))


def _whose(
    district: District,
    item: Arrival,
    reading: Reading,
    roster: identity.Roster,
    codes: Mapping[str, Agency],
    memory: KnownArrivals,
) -> Identity:
    """Say whose a file is: what a person said, what was decided when it came, else what the roster of today says."""
    sent = item.envelope
    found = identity.identify(reading, path=sent.path, sender=sent.sender, roster=roster, year=district.year)
    decided, kept = memory.accepted.get(item.id), memory.bindings.get(item.id)
    code = decided.agency if decided else kept.agency if kept else ""
    if code in codes:
        said = (*identity.about_name(found), *kept.findings) if kept and not decided else ()
        return Identity(
            codes[code], held=False, findings=(*identity.about_year(found), *said), year=found.year
        )
    then = addresses_at(memory.memory, found.agency.code, sent.received_at) if found.agency else ()
    bound = _merged(binding.bind(found, sent, roster, district.trusted_senders, then), item, district)
    return replace(bound, agency=None) if bound.held and binding.is_of_two(bound, sent) else bound


def _merged(found: Identity, item: Arrival, district: District) -> Identity:
    """Hold what comes from a body after it became part of another: which of the two it speaks for, nobody knows."""
    agency = found.agency
    if agency is None or agency not in district.merged or agency.merged_on is None:
        return found
    if item.came_at is not None and item.came_at.astimezone(CHINA).date() < agency.merged_on:
        return found
    names = {other.code: other.name for other in district.roster_agencies}
    facts = {"agency": agency.name, "into": names[agency.merged_into], "day": str(agency.merged_on)}
    doubt = Finding.found("F02", None, (), "merged", facts)
    return replace(found, held=True, findings=(*found.findings, doubt))


def _departed(found: Identity, reading: Reading, departed: identity.Roster) -> Identity:
    """Say of a file that nobody on the roster owns that its body was on it once: then neither its name nor its mailbox is unknown."""
    if found.agency or not found.held or not departed.agencies:
        return found
    body = identity.claimed(reading, departed)
    if body is None:
        return found
    known = ("F02", "unknown_agency"), (binding.CODE, "nobody")
    rest = tuple(item for item in found.findings if (item.code, item.variant) not in known)
    gone = Finding.found("F02", None, (), "departed", {"agency": body.name})
    return replace(found, findings=(gone, *rest))
