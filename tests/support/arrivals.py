"""Agencies and verdicts go in; arrivals, standings and districts come out, as planning and letters receive them."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path

from pipeline.district.folder import District
from pipeline.district.mail_settings import MailSettings
from pipeline.district.people import People
from pipeline.forms.form import Form
from pipeline.letter import AnsweredFile
from pipeline.letters.plan import AgencyStanding, CampaignState
from pipeline.model import CHINA, Agency, Finding, Verdict
from pipeline.wording.messages import awaits_approval, notices
from tests.support import districts, fills

NIGHT = datetime(2024, 1, 22, 20, 0, tzinfo=CHINA)
"""A Monday."""
DEADLINE = date(2024, 1, 31)
"""A Wednesday."""
COORDINATOR = "zwgk@qfb.example"
OFFICE = "qfb@example.cn"


def agency(number: int) -> Agency:
    """An agency with a mailbox and a domain."""
    return replace(districts.agency(number), emails=(f"a{number}@ju{number}.example", f"@ju{number}.example"))


def district(agencies: Sequence[Agency], folder: Path = Path("nowhere")) -> District:
    """A district with people."""
    return District(
        folder=folder,
        name=districts.DISTRICT,
        level=fills.DISTRICT_LEVEL,
        year=districts.YEAR,
        form="annual_report_2021",
        deadline=DEADLINE,
        agencies=tuple(agencies),
        mail=MailSettings(trusted=("boss@qfb.example",)),
        people=People("样例区政务公开科", "顾明远", "0571-1", COORDINATOR, "样例区人民政府办公室", OFFICE),
    )


def arrival(
    form: Form,
    owner: Agency | None,
    version: int = 1,
    verdict: Verdict = Verdict.ACCEPTED,
    *,
    findings: Sequence[Finding] = (),
    sender: str | None = "",
    counting: int = 0,
) -> AnsweredFile:
    """A file that came by mail from its agency, unless ``sender`` says otherwise (None: put into the inbox by hand)."""
    own = owner.emails[0] if owner and owner.emails else "somebody@else.example"
    wanted = own if sender == "" else sender
    mail = f"<{owner.code if owner else 'nobody'}.{version}@example>" if wanted else ""
    report = fills.report(form, owner.code, owner.name, districts.YEAR) if owner else None
    told = tuple(notices(form, findings))
    return AnsweredFile(
        verdict=verdict,
        name=f"年报{version}.xlsx",
        sha256=hashlib.sha256(f"{mail}{version}".encode()).hexdigest(),
        agency=owner,
        version=version,
        counting=counting,
        received_at=NIGHT - timedelta(hours=3),
        sender=wanted,
        mail=mail,
        message_id=mail or None,
        subject="报送年报",
        notices=told,
        awaits_approval=verdict is Verdict.RETURNED and awaits_approval(told),
        report=report if verdict.is_acceptance else None,
    )


def state(home: District, *standings: AgencyStanding, now: datetime = NIGHT) -> CampaignState:
    """The state of a campaign: agencies that are not named are missing."""
    named = {standing.agency.code: standing for standing in standings}
    whole = tuple(named.get(item.code, AgencyStanding(item)) for item in home.agencies)
    return CampaignState(home, now, whole, counts=counts_of(whole))


def counts_of(standings: Sequence[AgencyStanding]) -> dict[str, int]:
    """The counts of a run that finds the agencies so."""
    missing = sum(item.is_missing and not item.has_held for item in standings)
    waiting = sum(item.has_held and not item.counting for item in standings)
    accepted = sum(bool(item.counting) for item in standings)
    return {
        "expected": len(standings), "received": len(standings) - missing, "accepted": accepted,
        "accepted_with_remarks": 0, "returned": len(standings) - missing - waiting - accepted,
        "held": waiting, "missing": missing,
    }  # fmt: skip
