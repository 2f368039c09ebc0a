"""What a judgement depends on besides the file itself: the form, the district, its history, and what was decided."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from pipeline.district.folder import District
from pipeline.district.mergers import Bodies, Pasts, added
from pipeline.forms.form import Form
from pipeline.forms.library import titles_of
from pipeline.judging.rules.carried_tables import Counted, CountedRegister
from pipeline.ledger.codes import Memory
from pipeline.ledger.decisions import of_kind
from pipeline.machine.digest import digest_of, program
from pipeline.model import CHINA, Agency, Decision, DecisionKind, PastReport, Submission
from pipeline.periods import period_before


@dataclass(frozen=True, slots=True)
class JudgingContext:
    """What a judgement depends on besides the file itself. ``history`` is last year's report by agency code, as bodies stand now.

    ``pasts`` are last year's reports as they were made, from which a file that came before a merger is compared with its own.
    """

    form: Form
    district: District
    history: Pasts
    pasts: Pasts
    bodies: Bodies
    memory: Memory
    decisions: Sequence[Decision] = ()
    counted: Mapping[str, Pasts] = field(default_factory=dict)
    """By form collected beside this one: what the accepted reports of each body come to there."""

    @property
    def basis(self) -> str:
        """Digest what every judgement of the campaign depends on."""
        own = self.district
        settings = (
            own.name,
            own.level,
            own.year,
            own.form,
            own.form_mark,
            own.deadline,
            own.rules,
            own.collected,
        )
        days = (own.calendar.holidays, own.calendar.workdays) if self.form.registers else ()
        return digest_of(
            (program(), settings, *days, own.trusted_senders, *own.extensions, *own.roster_agencies)
        )

    @property
    def titles(self) -> list[str]:
        """What the forms are called that the district collects at the same time; nothing where there is one alone."""
        collected = dict.fromkeys(form for form, _ in self.district.collected)
        known = (titles_of(form, self.form.reference, self.district.folder) for form in collected)
        return [title for title, _ in filter(None, known)]

    @property
    def accepted(self) -> dict[int, Decision]:
        """Return the decisions by which files are accepted that would be held, by the numbers of the files."""
        return {item.envelope: item for item in self.decided(DecisionKind.ACCEPT)}

    def counted_for(self, agency: Agency | None, came_at: datetime | None) -> Counted:
        """Return what the registers come to that belong to a report that ``agency`` sends at that moment."""
        if agency is None:
            return {}
        day = came_at.astimezone(CHINA).date() if came_at else date.min
        found: dict[str, CountedRegister] = {}
        for form, reports in self.counted.items():
            own, uneven = self.bodies.counterparts(agency, day, reports)
            if own or uneven:
                whole = own[0] if len(own) == 1 else added(agency, self.district.year, own)
                found[form] = CountedRegister(whole.numbers, tuple(item.name for item in uneven))
        return found

    def decided(self, *kinds: DecisionKind) -> list[Decision]:
        """Return the decisions of ``kinds``."""
        return of_kind(self.decisions, *kinds)

    def pasts_of(self, submissions: Iterable[Submission]) -> dict[str, PastReport]:
        """Return the pasts that ``submissions`` name."""
        found: dict[str, PastReport] = {}
        for item in submissions:
            if item.agency and item.past_key not in found and item.received_at:
                day = item.received_at.astimezone(CHINA).date()
                past = self.bodies.past_of(
                    item.agency, self.pasts, period_before(self.district.year), day=day
                )
                found |= {item.past_key: past} if past else {}
        return found
