"""The roster's mergers and splits, and what each body reported before, go in; whose past is compared with whose report comes out.

What two reports on different forms say of one body is compared where both speak for the same bodies.

The past of a body that others have become part of is the sum of its parts, of which one that the report of the whole spoke
for already is none; the past of one that was split is nobody's.
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
    def _splits(self) -> Mapping[str, Sequence[Agency]]:
        """The bodies that were split from the one with each code."""
        found: dict[str, list[Agency]] = {}
        for agency in self.agencies:
            if agency.split_from and agency.split_on:
                found.setdefault(agency.split_from, []).append(agency)
        return found

    def pasts(
        self, found: Pasts, year: int, apart: Collection[str] = (), *, summed: bool = False
    ) -> dict[str, PastReport]:
        """Return what the reports of ``year`` say of each body as it stands now; those ``apart`` stand for themselves still.

        ``summed``: only for the sum of all, in which a body that was split is whole, and one that was dissolved was there.
        """
        known = {
            agency.code: past
            for agency in (*self.agencies, *(item for item in self.merged if item.code in apart))
            if (past := self.past_of(agency, found, year, apart=apart, summed=summed)) is not None
        }
        listed = {agency.code for agency in (*self.agencies, *self.merged)}
        dissolved = {code: past for code, past in found.items() if code not in listed} if summed else {}
        return known | dissolved

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
        own, came = found.get(agency.code), self._came(agency.code, found)
        reports = [
            found.get(item.code)
            for item in parts
            if _reported_itself(item, year, found.get(item.code)) and not self._is_within(item, found, came)
        ]
        if not parts or not reports:
            return own
        if own is None and agency.code not in self.new:
            return None
        whole = [own, *reports] if own is not None else reports
        known = [item for item in whole if item is not None]
        return added(agency, year, known) if len(known) == len(whole) else None

    def counterparts(self, agency: Agency, day: date, found: Pasts) -> tuple[list[PastReport], list[Agency]]:
        """Return the reports of ``found`` on another form that belong to one that ``agency`` sends on ``day``, and the bodies that only one side speaks for.

        Both sides speak for who was part of their body when they came. Where a body was split between the two, they are
        of different bodies, too.
        """
        family = self._family(agency.code)

        def within(came: Mapping[str, date]) -> list[str]:
            return [item.code for item in family if is_within(item, self._by_code, came)]

        own = {agency.code, *within({agency.code: day})}
        reports = [found[code] for code in sorted(own) if code in found]
        came = _days({item.agency: item for item in reports})
        if not reports and not (agency.code in self._by_code and own.intersection(within(_days(found)))):
            return [], []
        there = {*came, *(code for code in within(came) if code not in found)}
        split = (item for code in came for item in self._splits.get(code, ()))
        uneven = (own ^ there) | {
            item.code
            for item in split
            if item.split_on and (came[item.split_from] < item.split_on) != (day < item.split_on)
        }
        named = (*self.agencies, *self.merged) if uneven else ()
        return reports, [item for item in named if item.code in uneven]

    def _family(self, code: str) -> Sequence[Agency]:
        """Return all bodies that have become part of the one with ``code``, or of what that has become part of itself."""
        while code in self._by_code:  # no roster goes in a circle
            code = self._by_code[code].merged_into
        return self._parts.get(code, ())

    def _came(self, code: str, found: Pasts) -> dict[str, date]:
        """Return when the reports came that counted here of the body with ``code`` and of its parts."""
        codes = (code, *(part.code for part in self._parts.get(code, ())))
        return {item: day for item in codes if (past := found.get(item)) and (day := past.came)}

    def _is_within(self, part: Agency, found: Pasts, came: Mapping[str, date]) -> bool:
        """Whether a part that has no report of its own is in the one of a body that it had become part of."""
        return part.code not in found and is_within(part, self._by_code, came)

    @cached_property
    def _by_code(self) -> Mapping[str, Agency]:
        return {agency.code: agency for agency in self.merged}

    def _was_split(self, agency: Agency, year: int) -> bool:
        """Whether its report of ``year`` was of another body than the one that stands now."""
        days = (agency.split_on, *(item.split_on for item in self._splits.get(agency.code, ())))
        return any(day is not None and day > bounds_of(year)[1] for day in days)


def _days(found: Pasts) -> dict[str, date]:
    """Return when reports came; one of which nobody knows that came before everything."""
    return {code: item.came or date.min for code, item in found.items()}


def _reported_itself(agency: Agency, year: int, own: PastReport | None) -> bool:
    """Whether a body that is merged now had a report of ``year``: its ``own`` counted here, or it was still one of its own."""
    is_counted = own is not None and own.came is not None
    return is_counted or agency.merged_on is None or agency.merged_on > bounds_of(year)[1]


def is_within(part: Agency, merged: Mapping[str, Agency], came: Mapping[str, date]) -> bool:
    """Whether a report that counts came after ``part`` had become part of its agency: it speaks for both.

    ``merged`` are the merged bodies by code; ``came`` says by code on which day the reports that count came.
    """
    since, step = date.min, merged.get(part.code)
    while step is not None and step.merged_on is not None:
        since = max(since, step.merged_on)
        if came.get(step.merged_into, date.min) >= since:
            return True
        step = merged.get(step.merged_into)
    return False


def on_their_own(
    merged: Sequence[Agency], came: Mapping[str, date], chosen: Collection[str] = ()
) -> list[Agency]:
    """Return the ``merged`` bodies whose own reports still count: those that no report of the whole has replaced.

    ``came`` says by code on which day the reports that count came; of those ``chosen`` a person decided that they count.
    """
    by_code = {agency.code: agency for agency in merged}
    return [
        agency
        for agency in merged
        if agency.code in came and (agency.code in chosen or not is_within(agency, by_code, came))
    ]


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
