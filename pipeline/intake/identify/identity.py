"""A Reading and the roster go in; whose file it is, and whether a person must decide, comes out.

The stamp of a personal template weighs most, then the code, then the name. A file that did not open or is on the
old form says nothing of itself: its sender or its file name then attribute it, so that the return is shown under its
agency. Such a file carries no figures, so nothing is ever merged on that evidence.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipeline.district.roster import DEFAULT_LEVEL
from pipeline.forms.loader import form_ids, load_form
from pipeline.intake.identify import other_body
from pipeline.intake.identify.binding import owners
from pipeline.intake.identify.file_name import names_of, other_named
from pipeline.intake.identify.other_body import spelled
from pipeline.intake.read.labels import normalise
from pipeline.model import Agency, Fact, Finding
from pipeline.periods import Period, kind_of, named, title_of
from pipeline.wording.doubts import ABOUT_PERIOD

if TYPE_CHECKING:
    from pipeline.model import Place, Reading

_SHORTEST_NAME = 2


@dataclass(frozen=True, slots=True)
class Identity:
    """Whose file it is and of which year; ``held`` where a person must decide."""

    agency: Agency | None
    held: bool
    findings: tuple[Finding, ...] = ()
    year: int | None = None


@dataclass(frozen=True, slots=True)
class Roster:
    """The agencies, and which of them a spelling (code, name or alias) or an address (or domain) may mean."""

    agencies: tuple[Agency, ...]
    by_spelling: Mapping[str, tuple[Agency, ...]]
    by_email: Mapping[str, tuple[Agency, ...]]
    names: tuple[tuple[str, Agency], ...] = ()
    """By which the name of a file may speak of an agency."""
    district: str = ""
    """What the place is called; empty where nobody has said so."""

    @classmethod
    def of(cls, agencies: Iterable[Agency], district: str = "", merged: Sequence[Agency] = ()) -> Roster:
        """Index ``agencies`` once for a whole batch; those of ``district`` may also put its name before their own.

        A mailbox of a ``merged`` body may be another's now.
        """
        agencies_now = tuple(agencies)
        whole = (*agencies_now, *merged)
        pairs = ((text, agency) for agency in whole for text in _spellings(agency, spelled(district)))
        return cls(
            whole, _index(pairs), _by_email(merged) | _by_email(agencies_now), names_of(whole), district
        )

    def find(self, code: str, name: str) -> Agency | None:
        """Return the agency that code and name both mean; a name alone will do where the code means nobody."""
        by_code, by_name = _resolve(code, self), _resolve(name, self)
        if by_code and by_name and by_code != by_name:
            return None
        return by_code or by_name


def _by_email(agencies: Iterable[Agency]) -> dict[str, tuple[Agency, ...]]:
    return _index((email.casefold(), agency) for agency in agencies for email in agency.emails)


def _index(pairs: Iterable[tuple[str, Agency]]) -> dict[str, tuple[Agency, ...]]:
    found: dict[str, tuple[Agency, ...]] = {}
    for text, agency in pairs:
        found[text] = (*found.get(text, ()), agency)
    return found


def identify(reading: Reading, *, path: str, sender: str | None, roster: Roster, year: int) -> Identity:
    """Say whose file it is and whether it is of ``year``. ``path`` is the file's path in the inbox."""
    if _is_blind(reading):
        owner = _resolve_claims(reading, roster)[:1] or _by_sender(sender, roster)
        owner = owner or _by_path(path, roster)
        return Identity(owner[0] if owner else None, held=not owner)
    found = _agency(reading, roster)
    if not found.agency and not states_an_agency(reading):
        senders = _by_sender(
            sender, roster
        )  # nothing contradicts the mailbox: its agency is to fill in its name
        found = replace(found, agency=senders[0], held=False) if senders else found
    found = _by_its_name(found, reading, path, sender, roster)
    findings = (*found.findings, *_year_findings(reading, year))
    return Identity(found.agency, found.held, findings, _stated_year(reading))


def _by_its_name(
    found: Identity, reading: Reading, path: str, sender: str | None, roster: Roster
) -> Identity:
    """Hold a file whose name speaks of another agency than the file does, unless the agency's own mailbox sent it."""
    own = found.agency
    if own is None or found.held or not states_an_agency(reading) or own in owners(sender, roster.by_email):
        return found
    said = reading.claims.agency
    other = other_named(path, own, [said], roster.names)
    if other is None:
        return found
    facts = {
        "file": path.rpartition("/")[2],
        "stated": said or own.name,
        "agency": own.name,
        "named": other.name,
    }
    return replace(found, held=True, findings=(Finding.found("F09", None, (), "file_name", facts),))


def about_year(found: Identity) -> tuple[Finding, ...]:
    """Return what was found about the year alone."""
    return tuple(item for item in found.findings if item.variant in ABOUT_PERIOD)


def about_name(found: Identity) -> tuple[Finding, ...]:
    """Return what the file lacks that it should say of its agency, whoever that is."""
    return tuple(item for item in found.findings if item.variant == _NAMELESS)


_NAMELESS = "agency_missing"


def stated(reading: Reading, *, level: str | None = None) -> Identity:
    """Take the agency that a file states for granted, where there is no roster to hold it against, and the year, if it is the template's own.

    ``level`` counts more than the template's own, which a blank template carries too.
    """
    claims = reading.claims
    own_level = level or claims.stamp.get("level") or DEFAULT_LEVEL
    agency = Agency(claims.code, claims.agency, "", own_level) if claims.agency else None
    findings: list[Finding] = []
    if reading.is_placed and agency is None:
        findings.append(_finding(reading, "agency", _NAMELESS))
    year = _stated_year(reading)
    if reading.is_placed and year is None:
        findings.append(_finding(reading, "year", _about(reading, "missing")))
    own = named(claims.stamp.get("year", ""))
    if reading.is_placed and year is not None and own is not None and own != year:
        findings += _year_findings(reading, own)
    return Identity(agency, held=False, findings=tuple(findings), year=year)


def named_in(path: str, roster: Roster) -> Agency | None:
    """Return the one agency whose name stands in the name of a file or of its folders."""
    return next(iter(_by_path(path, roster)), None)


def _is_blind(reading: Reading) -> bool:
    """Say whether the file is returned whatever it states: it did not open or is not on the form."""
    return not reading.is_placed


def _agency(reading: Reading, roster: Roster) -> Identity:
    claims = reading.claims
    resolved = _resolve_claims(reading, roster)
    stated = claims.agency or claims.code or _stamped(reading)
    if not states_an_agency(reading):
        return Identity(None, held=True, findings=(_finding(reading, "agency", _NAMELESS),))
    if not resolved:
        return Identity(
            None, held=True, findings=(_finding(reading, "agency", "unknown_agency", stated=stated),)
        )
    agency = resolved[0]
    if len(set(resolved)) > 1 or not _may_mean(claims.agency, agency, roster):
        conflict = _finding(reading, "agency", "conflict", stamp=agency.name, stated=stated)
        return Identity(agency, held=True, findings=(conflict,))
    return Identity(agency, held=False)


def states_an_agency(reading: Reading) -> bool:
    """Whether a file says in any place whose it is."""
    return bool(reading.claims.agency or reading.claims.code or _stamped(reading))


def _resolve_claims(reading: Reading, roster: Roster) -> list[Agency]:
    """Return the agencies that stamp, code and name each resolve to, the weightiest claim first."""
    claims = reading.claims
    answers = (_resolve(text, roster) for text in (_stamped(reading), claims.code, claims.agency))
    return [agency for agency in answers if agency]


def claimed(reading: Reading, roster: Roster) -> Agency | None:
    """Return the agency of ``roster`` that a file says it is of, its name before what its template says."""
    return next(reversed(_resolve_claims(reading, roster)), None)


def _stamped(reading: Reading) -> str:
    return reading.claims.stamp.get("agency", "")


def _resolve(text: str, roster: Roster) -> Agency | None:
    """Return the one agency with this code, name or alias."""
    found = roster.by_spelling.get(spelled(text), ())
    return found[0] if len(found) == 1 else None


def _spellings(agency: Agency, district: str = "") -> set[str]:
    """Return how an agency may be spelled: 区财政局 of 临平区 also as 临平区财政局."""
    own = {spelled(text) for text in (agency.code, *agency.names) if text}
    return own | {f"{district[:-1]}{name}" for name in own if district and name.startswith(district[-1:])}


def _may_mean(stated: str, agency: Agency, roster: Roster) -> bool:
    """Say whether the name that a file states can be a spelling of ``agency``."""
    if not stated:
        return True
    if other_body.is_elsewhere(stated, roster.district, agency.names):
        return False
    return bool(_resolve(stated, roster)) or other_body.may_be(
        stated, (agency.code, *agency.names), roster.district
    )


def _by_sender(sender: str | None, roster: Roster) -> list[Agency]:
    found = owners(sender, roster.by_email)
    return list(found) if len(found) == 1 else []


def _by_path(path: str, roster: Roster) -> list[Agency]:
    """Return the one agency whose name the file's name holds, else its folders' names; longer names win."""
    for part in reversed(path.split("/")):
        text = normalise(part)
        hits = {
            (name, agency)
            for agency in roster.agencies
            for name in map(normalise, agency.names)
            if len(name) >= _SHORTEST_NAME and name in text
        }
        longest = [
            agency for name, agency in hits if not any(name in other and name != other for other, _ in hits)
        ]
        if len(set(longest)) == 1:
            return longest[:1]
    return []


def _year_findings(reading: Reading, year: int) -> tuple[Finding, ...]:
    written = _entry(reading, "year")
    found = _stated_year(reading)
    if found is None and not written:
        return (_finding(reading, "year", _about(reading, "missing"), expected=_said(year)),)
    if found != year:
        facts: dict[str, Fact] = {"stated": _said(found) if found else written, "expected": _said(year)}
        return (_finding(reading, "year", _about(reading, "wrong"), **facts),)
    return ()


def _stated_year(reading: Reading) -> int | None:
    """Return the year the clerk wrote; where nothing was written, the template's own."""
    written = _entry(reading, "year")
    return reading.claims.year or (None if written else named(reading.claims.stamp.get("year", "")))


def _said(period: Period) -> Fact:
    """Return a period as sentences say it: a year is its number."""
    return period if kind_of(period) == "year" else title_of(period)


def _about(reading: Reading, fault: str) -> str:
    """Return the variant of a finding: of a form whose period is the year, or of another."""
    return f"{'year' if reading.claims.period == 'year' else 'period'}_{fault}"


def _finding(reading: Reading, role: str, variant: str, **facts: Fact) -> Finding:
    key = _key_of(reading, role)
    place: Place | None = reading.places.get(key)
    named: Mapping[str, Fact] = facts
    return Finding.found("F02", place, (key,) if key else (), variant, named)


def _entry(reading: Reading, role: str) -> str:
    return reading.entries.get(_key_of(reading, role), "")


def _key_of(reading: Reading, role: str) -> str:
    """Return the key of the entry that plays ``role``; empty text where the reading's form is not at hand."""
    if reading.form and reading.claims.keys:
        return reading.claims.keys.get(role, "")
    if reading.form not in form_ids():
        return ""
    return load_form(reading.form).entry_with_role(role).key
