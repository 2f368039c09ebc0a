"""The roster's mergers and splits, and what each body reported before, go in; whose past is compared with whose report comes out.

The past of a body that others have become part of is the sum of its parts; the past of one that was split is nobody's.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from pipeline.district.folder import District
from pipeline.district.roster import successor_of
from pipeline.model import Agency, Number, PastReport
from pipeline.periods import bounds_of

Pasts = Mapping[str, PastReport]
"""Reports of an earlier year by agency code."""


@dataclass(frozen=True)  # without slots: who was split from whom is looked up once
class Bodies:
    """Which bodies are parts of which, and which were split, as of a campaign; ``new`` are bodies that no earlier campaign knew."""

    agencies: Sequence[Agency]
    merged: Sequence[Agency]
    new: frozenset[str] = frozenset()

    @classmethod
    def of(cls, district: District, known_before: Collection[str]) -> Bodies:
        """Sort the roster; ``known_before`` are the codes that an earlier campaign, or an import, knew."""
        new = frozenset(agency.code for agency in district.agencies if agency.code not in known_before)
        return cls(district.agencies, district.merged, new)

    def parts_of(self, code: str, day: date | None = None) -> list[Agency]:
        """Return the bodies that had become part of the one with ``code`` by ``day`` (None: by now)."""
        return [
            agency
            for agency in self._parts.get(code, ())
            if day is None or (agency.merged_on is not None and agency.merged_on <= day)
        ]

    @cached_property
    def _parts(self) -> Mapping[str, Sequence[Agency]]:
        """The merged bodies by the code of the one that each is part of now."""
        after = {agency.code: agency.merged_into for agency in self.merged}
        found: dict[str, list[Agency]] = {}
        for agency in self.merged:
            found.setdefault(successor_of(agency.code, after) or "", []).append(agency)
        return found

    @cached_property
    def _splits(self) -> Mapping[str, Sequence[date]]:
        """When bodies were split from the one with each code."""
        found: dict[str, list[date]] = {}
        for agency in self.agencies:
            if agency.split_from and agency.split_on:
                found.setdefault(agency.split_from, []).append(agency.split_on)
        return found

    def pasts(
        self, found: Pasts, year: int, apart: Collection[str] = (), *, summed: bool = False
    ) -> dict[str, PastReport]:
        """Return what the reports of ``year`` say of each body as it stands now; those ``apart`` stand for themselves still.

        ``summed``: only for the sum of all, in which a body that was split is whole.
        """
        return {
            agency.code: past
            for agency in (*self.agencies, *(item for item in self.merged if item.code in apart))
            if (past := self.past_of(agency, found, year, apart=apart, summed=summed)) is not None
        }

    def past_of(
        self,
        agency: Agency,
        found: Pasts,
        year: int,
        *,
        day: date | None = None,
        apart: Collection[str] = (),
        summed: bool = False,
    ) -> PastReport | None:
        """Return the past of ``agency`` as of ``day``: its own and that of its parts; None where any of it is unknown."""
        if not summed and self._was_split(agency, year):
            return None
        parts = [item for item in self.parts_of(agency.code, day) if item.code not in apart]
        reports = [found.get(item.code) for item in parts if _reported_itself(item, year)]
        own = found.get(agency.code)
        if not parts or not reports:
            return own
        if own is None and agency.code not in self.new:
            return None
        whole = [own, *reports] if own is not None else reports
        known = [item for item in whole if item is not None]
        return added(agency, year, known) if len(known) == len(whole) else None

    def _was_split(self, agency: Agency, year: int) -> bool:
        """Whether its report of ``year`` was of another body than the one that stands now."""
        days = (agency.split_on, *self._splits.get(agency.code, ()))
        return any(day is not None and day > bounds_of(year)[1] for day in days)


def _reported_itself(agency: Agency, year: int) -> bool:
    """Whether a body that is merged now was still one of its own at the end of ``year``."""
    return agency.merged_on is None or agency.merged_on > bounds_of(year)[1]


def added(agency: Agency, year: int, reports: Sequence[PastReport]) -> PastReport:
    """Add reports up; a figure that one of them lacks is unknown."""
    keys = dict.fromkeys(key for report in reports for key in report.numbers)
    numbers: dict[str, Number | None] = {}
    for key in keys:
        values = [report.numbers.get(key) for report in reports]
        numbers[key] = (
            None
            if any(value is None for value in values)
            else sum(value for value in values if value is not None)
        )
    source = "、".join(dict.fromkeys(report.source for report in reports))
    return PastReport(agency.code, year, numbers, {}, f"{source}（合并各单位之和）")
