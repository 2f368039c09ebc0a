"""Who may send whose figures (F06)."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pipeline.intake.identify.binding import bind, claimed_twice, copies_that_stay, may_not_replace
from pipeline.intake.identify.identity import Identity, Roster
from pipeline.model import Agency, Envelope, Finding, SenderProof, Severity

FINANCE = Agency(
    "F01", "财政局", "部门", "县区", contact="李芳", phone="0571-1", emails=("cz@x.cn", "cz2@x.cn")
)
SCHOOLS = Agency("E02", "教育局", "部门", "县区", emails=("@edu.cn",))
OFFICE = Agency("O03", "府办", "部门", "县区", emails=("@x.cn",))
UNBOUND = Agency("N04", "档案馆", "部门", "县区")
ROSTER = Roster.of((FINANCE, SCHOOLS, OFFICE, UNBOUND))


def envelope(sender: str | None, *failed_checks: str, source: str = "mail") -> Envelope:
    return Envelope(b"", "", "1.xlsx", "1.eml/1.xlsx", source, sender, failed_checks=failed_checks)


def bound(agency: Agency | None, sender: str | None, *failed: str, trusted: tuple[str, ...] = ()) -> Identity:
    return bind(Identity(agency, held=False), envelope(sender, *failed), ROSTER, trusted)


def variants(found: Identity) -> list[str]:
    assert {finding.code for finding in found.findings} <= {"F06"}
    return [finding.variant for finding in found.findings]


@pytest.mark.parametrize(
    ("agency", "sender"),
    [
        (FINANCE, "cz@x.cn"),
        (FINANCE, "CZ2@X.CN"),
        (SCHOOLS, "anyone@edu.cn"),
        (OFFICE, "somebody@x.cn"),
        (OFFICE, "cz@x.cn"),
    ],
)
def test_an_agency_may_send_its_own_file(agency: Agency, sender: str) -> None:
    assert bound(agency, sender) == Identity(agency, held=False)


@pytest.mark.parametrize(
    ("agency", "sender", "variant"),
    [
        (FINANCE, "x@evil.cn", "unknown_sender"),
        (FINANCE, None, "no_sender"),
        (SCHOOLS, "a@sub.edu.cn", "unknown_sender"),
        (FINANCE, "a@edu.cn", "foreign_sender"),
        (FINANCE, "other@x.cn", "foreign_sender"),
        (UNBOUND, "cz@x.cn", "foreign_sender"),
        (None, "x@evil.cn", "nobody"),
    ],
)
def test_nobody_else_may(agency: Agency | None, sender: str | None, variant: str) -> None:
    found = bound(agency, sender)
    assert found.held
    assert (found.agency, variants(found)) == (agency, [variant])


def test_the_finding_says_whom_to_call() -> None:
    [finding] = bound(FINANCE, "a@edu.cn").findings
    assert finding.facts == {
        "sender": "a@edu.cn",
        "agency": "财政局",
        "owner": "教育局",
        "contact": "名单中没有电话",
    }


def test_who_is_not_verified_speaks_for_no_trusted_address() -> None:
    mail = replace(envelope("boss@x.example"), proof=SenderProof.UNVERIFIED)
    found = bind(Identity(FINANCE, held=False), mail, ROSTER, ("boss@x.example",))
    assert (found.held, variants(found)) == (True, ["unknown_sender"])
    known = bind(
        Identity(FINANCE, held=False), replace(mail, proof=SenderProof.VERIFIED), ROSTER, ("boss@x.example",)
    )
    assert (known.held, variants(known)) == (False, [])


@pytest.mark.parametrize(
    ("proof", "sender", "expected"),
    [
        (SenderProof.UNVERIFIED, "cz@x.cn", "unverified_sender"),
        (SenderProof.VERIFIED, "cz@x.cn", None),
        (SenderProof.UNCHECKED, "cz@x.cn", None),
        (SenderProof.VERIFIED, "new@evil.cn", "second_sender"),
        (SenderProof.UNCHECKED, "new@evil.cn", "second_sender"),
        (SenderProof.UNCHECKED, None, "no_sender"),
    ],
)
def test_of_an_agency_without_an_address_only_who_sent_what_counts_may_replace_it(
    proof: SenderProof, sender: str | None, expected: str | None
) -> None:
    unbound = Finding("F06", Severity.INFO, variant="unbound")
    mail = replace(envelope(sender), proof=proof)
    found = may_not_replace(mail, (unbound,), UNBOUND, {"cz@x.cn"})
    assert (found.variant if found else None) == expected
    assert may_not_replace(replace(mail, source="folder"), (unbound,), UNBOUND, {"cz@x.cn"}) is None


def test_of_two_copies_the_one_of_known_origin_counts() -> None:
    doubtful = Identity(FINANCE, held=False, findings=(Finding("F06", Severity.INFO, variant="unverified"),))
    assert copies_that_stay([doubtful, Identity(FINANCE, held=False)]) == [1]
    assert copies_that_stay([doubtful, doubtful]) == [0]


def test_an_agency_without_an_address_cannot_be_bound() -> None:
    found = bound(UNBOUND, "x@evil.cn")
    assert not found.held
    assert [finding.variant for finding in found.findings] == ["unbound"]


def test_a_file_put_into_the_inbox_is_trusted() -> None:
    found = Identity(FINANCE, held=False)
    assert bind(found, envelope(None, source="folder"), ROSTER) is found


def test_a_trusted_address_may_send_for_all() -> None:
    assert not bound(FINANCE, "Zwgk@office.cn", trusted=("zwgk@OFFICE.cn",)).held


@pytest.mark.parametrize("sender", ["cz@x.cn", "zwgk@office.cn"])
def test_a_failed_check_holds_whoever_it_claims_to_be(sender: str) -> None:
    found = bound(FINANCE, sender, "spf", "dmarc", trusted=("zwgk@office.cn",))
    assert found.held
    assert variants(found) == ["failed_check"]
    assert found.findings[0].facts["checks"] == "SPF、DMARC"


def test_what_was_held_stays_held() -> None:
    doubt = Finding("F02", Severity.ERROR, variant="conflict")
    found = bind(Identity(FINANCE, held=True, findings=(doubt,)), envelope("cz@x.cn"), ROSTER)
    assert (found.held, found.findings) == (True, (doubt,))


OWN, STRANGE, FOREIGN = bound(FINANCE, "cz@x.cn"), bound(FINANCE, "x@evil.cn"), bound(FINANCE, "a@edu.cn")


@pytest.mark.parametrize(
    ("copies", "stay"),
    [
        ([OWN], [0]),
        ([OWN, OWN], [0]),
        ([STRANGE, OWN], [1]),
        ([OWN, STRANGE], [0]),
        ([STRANGE, STRANGE], [0]),
        ([FOREIGN, OWN], [0, 1]),
        ([OWN, FOREIGN], [0, 1]),
        ([FOREIGN, STRANGE], [0]),
    ],
)
def test_the_agencys_own_copy_stands_for_all_and_another_agencys_is_asked_about(
    copies: list[Identity], stay: list[int]
) -> None:
    assert copies_that_stay(copies) == stay


def test_a_file_claimed_twice_says_so() -> None:
    assert variants(claimed_twice(FOREIGN)) == ["two_claims"]
    assert claimed_twice(OWN) == OWN
