"""A district and its ledger go in; what the coordinator asks in between two runs comes out: who stands where.

Nothing is read, judged or written: only what the ledger knows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from pipeline.district.adjusting import form_of
from pipeline.district.folder import District
from pipeline.district.mergers import on_their_own
from pipeline.ledger import decisions, has_ledger, letters, rule_record
from pipeline.ledger import judged_files as standing
from pipeline.ledger.access import view_campaign
from pipeline.ledger.judged_files import JudgedFile
from pipeline.ledger.letters import StoredLetter
from pipeline.ledger.rule_record import RuleRecord
from pipeline.machine.environment import command
from pipeline.model import Agency, ConfigError, Decision, DecisionKind, Verdict
from pipeline.versions import Versions
from pipeline.wording.messages import awaits_approval, notices

NOTHING: Versions[JudgedFile] = Versions()


@dataclass(frozen=True, slots=True)
class Status:
    """Where a campaign stands; ``versions`` and ``letters`` (the last one to each) are keyed by agency code.

    ``on_their_own`` are the bodies that are part of others by now and whose own reports count still, as in a run.
    """

    versions: Mapping[str, Versions[JudgedFile]]
    district: District
    unclaimed: Sequence[JudgedFile] = ()
    letters: Mapping[str, StoredLetter] = field(default_factory=dict)
    decisions: Sequence[Decision] = ()
    on_their_own: Sequence[Agency] = ()

    def of(self, code: str) -> Versions[JudgedFile]:
        """Return what came from the agency with ``code``."""
        return self.versions.get(code, NOTHING)

    def counts(self) -> dict[str, int]:
        """Count as ``run.json`` does: agencies by the version that describes them, and files that wait for a person."""
        own = [self.of(agency.code) for agency in (*self.district.agencies, *self.on_their_own)]
        form = form_of(self.district)
        awaiting = [
            item.shown
            for item in own
            if item.shown
            and item.shown.verdict is Verdict.RETURNED
            and awaits_approval(notices(form, item.shown.findings))
        ]
        shown = [item.shown.verdict for item in own if item.shown]
        return {
            "expected": len(own),
            "received": len(shown),
            **{
                verdict.value: shown.count(verdict)
                for verdict in (Verdict.ACCEPTED, Verdict.ACCEPTED_WITH_REMARKS, Verdict.RETURNED)
            },
            "awaiting_approval": len(awaiting),
            "held": sum(len(item.held) for item in own) + len(self.unclaimed),
            "missing": len(own) - len(shown),
        }


def status(district: District, output: Path, *, today: date) -> Status:
    """Look up where the campaign stands. Raises ConfigError if there has not been any run yet."""
    if not has_ledger(output, district.part):
        raise ConfigError(f"还没有运行过。请先运行 {command('run', district.folder)}", file=district.folder)
    with view_campaign(district, output) as (ledger, district):
        files = standing.filed(ledger, district.year)
        versions, decided = standing.by_agency(files), decisions.in_force(ledger, district.year, today)
        came = {code: own.counting.day for code, own in versions.items() if own.counting}
        chosen = {item.agency for item in decisions.of_kind(decided, DecisionKind.COUNT)}
        alone = on_their_own(district.merged, came, chosen)
        parts = {agency.code for agency in district.merged if agency not in alone}
        return Status(
            versions=versions,
            district=district,
            unclaimed=tuple(item for item in files if item.agency is None or _waits(item, parts)),
            letters=letters.last_by_agency(ledger, district.year),
            decisions=tuple(decided),
            on_their_own=alone,
        )


def _waits(item: JudgedFile, parts: Collection[str]) -> bool:
    """Whether a file waits of a body that is part of another now: it is nobody's version any more."""
    return item.agency in parts and item.verdict is Verdict.HELD


def rules(district: District, output: Path) -> list[RuleRecord]:
    """Look up what became of the rules that fired. Raises ConfigError if there has not been any run yet."""
    if not has_ledger(output, district.part):
        raise ConfigError(f"还没有运行过。请先运行 {command('run', district.folder)}", file=district.folder)
    with view_campaign(district, output) as (ledger, district):
        return rule_record.of_year(ledger, district.year)
