"""An Identity and the mail it came by go in; the Identity comes out, held where the sender may not speak for the agency.

The roster binds addresses and domains to agencies (F06). Figures count only where the agency's own mailbox sent them; a
file that a coordinator put into the inbox has no sender and is trusted, as is what comes from a trusted address. Where the
district's own server is asked who sent a mail and does not vouch for it, the mail speaks for no trusted address, and its
figures never replace others that count.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pipeline.model import Agency, Fact, Finding, Reason, SenderProof, belongs_to

if TYPE_CHECKING:
    from pipeline.intake.identify.identity import Identity, Roster
    from pipeline.model import Envelope

CODE = "F06"
_UNVERIFIED = "unverified"
_UNBOUND = "unbound"
_FOREIGN = (Reason.FOREIGN_SENDER.value, Reason.TWO_CLAIMS.value)
_CONFLICT = ("F02", "conflict")
_NO_SENDER = "（没有发件人）"
_ONLY_SAID = frozenset({_UNVERIFIED, _UNBOUND})
"""What is told of a sender that holds nothing up."""
_NO_PHONE = "名单中没有电话"


def bind(
    found: Identity,
    envelope: Envelope,
    roster: Roster,
    trusted: Collection[str] = (),
    then: Collection[str] = (),
) -> Identity:
    """Hold ``found`` where a mail's sender is not its agency's, with a finding that says whom to ask.

    ``then`` are the addresses that the roster gave the agency on the day the mail came: those may speak for it too.
    """
    if envelope.source != "mail":
        return found
    doubt = _doubt(found.agency, envelope, roster, trusted, then)
    if doubt is None:
        return found
    is_held = found.held or doubt.variant not in _ONLY_SAID
    return replace(found, held=is_held, findings=(*found.findings, doubt))


def owners(sender: str | None, by_email: Mapping[str, tuple[Agency, ...]]) -> tuple[Agency, ...]:
    """Return the agencies that list the address, else those that list its domain."""
    address = (sender or "").lower()
    return by_email.get(address) or by_email.get("@" + address.rpartition("@")[2], ()) if address else ()


def copies_that_stay(copies: Sequence[Identity]) -> list[int]:
    """Of files with the same content, in order of arrival, return the numbers of those that are not mere duplicates.

    One stands for all: the first that is not held, rather one of known origin, else the first. Where another agency's mailbox sent the same file
    as well, a person must ask which of the two it belongs to, so that one stays too (see ``claimed_twice``).
    """
    free = [number for number, copy in enumerate(copies) if not copy.held]
    first = next((number for number in free if not _is_of_doubtful_origin(copies[number])), [*free, 0][0])
    return [number for number, copy in enumerate(copies) if number == first or _is_foreign(copy)]


def claimed_twice(found: Identity) -> Identity:
    """Say of a file from another agency's mailbox that it also came from elsewhere."""
    findings = tuple(
        replace(finding, variant=Reason.TWO_CLAIMS.value) if _is_foreign_finding(finding) else finding
        for finding in found.findings
    )
    return replace(found, findings=findings)


def is_of_two(found: Identity, envelope: Envelope) -> bool:
    """Whether two bodies have a claim to a file: it is on the template of one, and another's mailbox or name is on it.

    It is no report of either until a person says whose it is. Where the template's own agency sent it, the mailbox says whose.
    """
    if is_foreign(found.findings):
        return True
    is_own = envelope.source == "mail" and belongs_to(envelope.sender, found.agency)
    return not is_own and any((item.code, item.variant) == _CONFLICT for item in found.findings)


def is_foreign(findings: Iterable[Finding]) -> bool:
    """Whether another agency's mailbox sent it."""
    return any(item.code == CODE and item.variant in _FOREIGN for item in findings)


def may_not_replace(
    envelope: Envelope, findings: Sequence[Finding], agency: Agency, senders: Collection[str | None]
) -> Finding | None:
    """Return why a file may not replace figures that count, which came from ``senders``; None where it may."""
    sender = (envelope.sender or "").lower()
    if envelope.source != "mail":
        return None
    if envelope.proof is SenderProof.UNVERIFIED:
        return _finding(Reason.UNVERIFIED_SENDER, sender, agency)
    is_unbound = any((item.code, item.variant) == (CODE, _UNBOUND) for item in findings)
    if not is_unbound or sender in senders:
        return None
    return _finding(Reason.SECOND_SENDER if sender else Reason.NO_SENDER, sender, agency)


def one_of_several(found: Identity, names: Sequence[str]) -> Identity:
    """Hold a report that came in one mail with others of its agency that differ; ``names`` are the files' names."""
    doubt = _finding(
        Reason.SEVERAL_TABLES, "", found.agency, files="、".join(f"《{name}》" for name in names)
    )
    return replace(found, held=True, findings=(*found.findings, doubt))


def is_one_of_several(found: Identity) -> bool:
    """Whether ``one_of_several`` holds it."""
    return any((item.code, item.variant) == (CODE, Reason.SEVERAL_TABLES.value) for item in found.findings)


def _doubt(
    agency: Agency | None,
    envelope: Envelope,
    roster: Roster,
    trusted: Collection[str],
    then: Collection[str],
) -> Finding | None:
    sender = (envelope.sender or "").lower()
    if envelope.failed_checks:
        checks = "、".join(name.upper() for name in envelope.failed_checks)
        return _finding(Reason.FAILED_CHECK, sender, agency, checks=checks)
    is_verified = envelope.proof is not SenderProof.UNVERIFIED
    if is_verified and sender in {address.casefold() for address in trusted}:
        return None
    senders = owners(sender, roster.by_email)
    if agency is None and not senders:
        return Finding.found(CODE, None, (), "nobody", _sender_fact(sender))
    if agency and not belongs_to(sender, agency, then):
        return _stranger(sender, senders, agency)
    return None if is_verified else Finding.found(CODE, None, (), _UNVERIFIED, _sender_fact(sender))


def _stranger(sender: str, senders: Sequence[Agency], agency: Agency) -> Finding:
    if senders:
        owner = senders[0]
        return _finding(Reason.FOREIGN_SENDER, sender, agency, owner=owner.name, contact=_contact(owner))
    if not agency.emails:
        facts = {**_sender_fact(sender), "agency": agency.name}
        return Finding.found(CODE, None, (), _UNBOUND, facts)
    return _finding(Reason.UNKNOWN_SENDER if sender else Reason.NO_SENDER, sender, agency)


def _finding(reason: Reason, sender: str, agency: Agency | None, **facts: Fact) -> Finding:
    named: dict[str, Fact] = {
        **_sender_fact(sender),
        "agency": agency.name if agency else "发件单位",
        "contact": _contact(agency),
        **facts,
    }
    return Finding.found(CODE, None, (), reason.value, named)


def _contact(agency: Agency | None) -> str:
    return " ".join(part for part in ((agency.contact, agency.phone) if agency else ()) if part) or _NO_PHONE


def _sender_fact(sender: str) -> dict[str, Fact]:
    return {"sender": sender or _NO_SENDER}


def _is_of_doubtful_origin(found: Identity) -> bool:
    """Whether nobody vouches for the sender: of two copies the one that a person put there, or a server knows, counts."""
    return any(item.code == CODE and item.variant in (_UNVERIFIED, _UNBOUND) for item in found.findings)


def _is_foreign(found: Identity) -> bool:
    return any(map(_is_foreign_finding, found.findings))


def _is_foreign_finding(finding: Finding) -> bool:
    return (finding.code, finding.variant) == (CODE, Reason.FOREIGN_SENDER.value)
