"""A planned letter and the ledger go in; the letter comes out, with what only the ledger knows of earlier ones.

What a clerk was told of the version before, and which figures differ from the workbook that went up before.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from pipeline.district.folder import District
from pipeline.forms.form import Cell, Form
from pipeline.ledger import Ledger, assessments, campaign, decisions
from pipeline.ledger.campaign import RunResult
from pipeline.letter import AnsweredFile, AnswerPlan, DistrictDelivery, Intention, Rejudged
from pipeline.model import Number, Report
from pipeline.run.letters.delivered import as_delivered
from pipeline.run.rejudging import cause_of, marks_of
from pipeline.wording.messages import spoken


@dataclass(frozen=True)  # without slots: what was accepted again is read once for all letters
class EarlierLetters:
    """What was told and delivered in the campaign; ``result`` is what stands now."""

    ledger: Ledger
    form: Form
    district: District
    result: RunResult

    def informed(self, item: Intention) -> Intention:
        """Return the letter with what it is to say of earlier ones."""
        body = item.body
        if isinstance(body, AnswerPlan):
            return replace(item, body=self._compared(body))
        if isinstance(body, DistrictDelivery):  # of what went up in part, who came since corrects nothing
            changes = changes_since_delivery(
                self.ledger, self.form, self.district, self.result, with_new=body.corrects
            )
            whose = tuple(dict.fromkeys(agency for agency, _ in changes))
            sentences = tuple(words for _, words in changes)
            return replace(item, body=replace(body, changes=sentences, whose=whose))
        return item

    def _compared(self, body: AnswerPlan) -> AnswerPlan:
        """Leave out of the version before what has only been found in it since: its sender never heard of that."""
        before = body.earlier
        own = self._dismissed.get(body.arrival.agency.code, []) if body.arrival.agency else []
        body = replace(body, dismissed=tuple(number for number in own if number < body.arrival.version))
        if body.replaced and not body.again:
            body = replace(body, changes=tuple(self._differences(body.replaced.numbers, body.arrival.report)))
        if body.written_at is None:
            return body
        if body.again:
            return replace(body, changes=tuple(self._changes(body.arrival, body.written_at)))
        if before is None:
            return replace(body, rejudged=self._rejudged(body.arrival, body.written_at))
        then, now = assessments.then_and_now(self.ledger, self.district.year, before.sha256, body.written_at)
        news = marks_of(now) - marks_of(then)
        known = tuple(notice for notice in before.notices if (notice.code, notice.key) not in news)
        return replace(body, earlier=replace(before, notices=known))

    @cached_property
    def _accepted_again(self) -> Mapping[str, Sequence[assessments.AcceptedAgain]]:
        return assessments.accepted_again(self.ledger, self.district.year)

    @cached_property
    def _dismissed(self) -> Mapping[str, Sequence[int]]:
        return decisions.dismissed_versions(self.ledger, self.district.year)

    def _changes(self, arrival: AnsweredFile, since: datetime) -> Iterator[str]:
        """Say which figures of a version became others since its receipt."""
        again = self._accepted_again.get(arrival.sha256, [])
        then = next((item.numbers for item in reversed(again) if item.at <= since), {})
        yield from self._differences([then.get(cell.key) for cell in self.form.cells], arrival.report)

    def _differences(self, then: Sequence[Number | None], now: Report | None) -> Iterator[str]:
        """Say which figures are others than they were ``then``, in the form's order; of one that is not known nothing is said."""
        for cell, old, new in zip(self.form.cells, then, now.numbers if now else (), strict=False):
            if old is not None and old != new:
                yield f"{cell.short_label}：{spoken(old)} 改为 {spoken(new)}"

    def _rejudged(self, arrival: AnsweredFile, since: datetime) -> Rejudged | None:
        """Find out why a file that was accepted is wrong now."""
        whose, year = arrival.agency.code if arrival.agency else "", self.district.year
        return cause_of(self.ledger, self.form, year, whose, arrival.sha256, since)


def changes_since_delivery(
    ledger: Ledger, form: Form, district: District, result: RunResult, *, with_new: bool = True
) -> list[tuple[str, str]]:
    """Say figure by figure what differs from what was delivered last: whose it is, and the sentence; none if nothing was.

    ``with_new``: those too that have come since.
    """
    delivered = campaign.last_delivered(ledger, district.year)
    if delivered is None:
        return []
    from pipeline.publishing.summary.corrections import since  # noqa: PLC0415 - the workbook's writer, only once one went up

    listed = (*district.agencies, *result.on_their_own(district.merged))
    now = ((agency, result.figures.get(agency.code)) for agency in listed)
    found = []
    for item in since(form, as_delivered(delivered), now, district.roster_agencies):
        if item.is_growth and not with_new:
            continue
        if item.cell is None:
            found.append((item.agency, f"{item.agency}：{item.note}"))
        elif item.new is not None:
            found.append((item.agency, change_words(item.agency, item.cell, item.old, item.new)))
    return found


def change_words(agency: str, cell: Cell, old: Number | None, new: Number) -> str:
    """Say what a figure of an agency was and is."""
    was = "空" if old is None else spoken(old)
    return f"{agency}　{cell.short_label}：{was} 改为 {spoken(new)}"
