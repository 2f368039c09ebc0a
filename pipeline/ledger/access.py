"""A district and its output folder go in; its ledger and the district as persons have decided come out: the one way to both.

Whoever opens the ledger without this works with a roster that nobody has held against memory, and with deadlines that
somebody has extended since; or takes a campaign that is over by a roster of today.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.district.folder import District
from pipeline.ledger import arrivals, decisions
from pipeline.ledger.closed_roster import by_its_roster
from pipeline.ledger.codes import check_codes, check_list
from pipeline.ledger.store import Ledger, open_copy, open_ledger, parts_in


@contextmanager
def open_campaign(district: District, output: Path) -> Iterator[tuple[Ledger, District]]:
    """Open the ledger, to be written. Raises ConfigError for a roster that contradicts what it said before."""
    with open_ledger(output, district.part) as ledger:
        yield ledger, _as_decided(ledger, district)


@contextmanager
def view_campaign(district: District, output: Path) -> Iterator[tuple[Ledger, District]]:
    """Open the ledger as it is now, in memory: nothing is changed on the disk. Raises ConfigError as ``open_campaign``."""
    with open_copy(output, district.part) as ledger:
        yield ledger, _as_decided(ledger, district)


def left_forms(output: Path, parts: Collection[str]) -> tuple[str, ...]:
    """Return the forms that were collected beside the first, and are not among ``parts`` now."""
    return tuple(part for part in parts_in(output) if part not in parts)


@contextmanager
def view_left_form(output: Path, part: str) -> Iterator[Ledger]:
    """Open the ledger of a form that is collected no longer, in memory: there is no campaign of it any more, nor a roster."""
    with open_copy(output, part) as ledger:
        yield ledger


def left_behind(output: Path, parts: Collection[str]) -> frozenset[str]:
    """Return the digests of all files and mails of the forms that were left."""
    found: set[str] = set()
    for part in left_forms(output, parts):
        with view_left_form(output, part) as ledger:
            found |= arrivals.ever_came(ledger)
    return frozenset(found)


def _as_decided(ledger: Ledger, district: District) -> District:
    check_list(ledger, district)
    check_codes(ledger, district.roster_agencies, district.roster)
    return by_its_roster(ledger, district.as_decided(decisions.in_force(ledger, district.year)))
