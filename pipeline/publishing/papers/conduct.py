"""What came from an agency, in order, goes in; how it reported comes out: in time, right at once, how often returned."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from pipeline.model import CHINA, Agency


@dataclass(frozen=True, slots=True)
class ReportedVersion:
    """One version of a report: what became of it, and when it came; ``received`` is None where nobody knows.

    ``seen`` is when it was first registered: it came then at the latest. ``went_back``: as it stands, or as its sender was
    told, it had to be mended. ``was_accepted``: it is, or was once.
    """

    received: datetime | None
    seen: datetime | None = None
    went_back: bool = False
    was_accepted: bool = False

    @property
    def day(self) -> date | None:
        """The day in China on which it came, or by which it had come."""
        moment = self.received or self.seen
        return moment.astimezone(CHINA).date() if moment else None


@dataclass(frozen=True, slots=True)
class Conduct:
    """How one agency reported in one year; ``deadline`` is its own.

    ``counts``: one of its versions counts now; ``waits`` says what the office has still to do where none does.
    """

    agency: Agency
    year: int
    deadline: date
    versions: Sequence[ReportedVersion]
    counts: bool = False
    waits: str = ""

    @property
    def first_day(self) -> date | None:
        """The day on which its first file came; one that was registered in time came in time, of a later one nobody knows."""
        first = self.versions[0] if self.versions else None
        is_known = first and first.day and (first.received or first.day <= self.deadline)
        return first.day if first and is_known else None

    @property
    def first_said(self) -> str:
        """The day on which its first file came, as one says it; empty where nobody knows."""
        day = self.first_day
        known = "" if self.versions and self.versions[0].received else "登记"
        return f"{day.month}月{day.day}日{known}" if day else ""

    @property
    def days_late(self) -> int:
        """Days from the deadline to the first file; 0 where it was in time or nobody knows."""
        return max(0, (self.first_day - self.deadline).days) if self.first_day else 0

    @property
    def returns(self) -> int:
        """How often its report went back."""
        return sum(item.went_back for item in self.versions)

    @property
    def first_accepted(self) -> ReportedVersion | None:
        """The first version that was accepted, whatever became of it later."""
        return next((item for item in self.versions if item.was_accepted), None)

    @property
    def is_right_at_once(self) -> bool:
        """Whether its first file was accepted and never went back."""
        return bool(self.versions) and self.versions[0].was_accepted and not self.versions[0].went_back

    @property
    def days_to_mend(self) -> int | None:
        """Days from the first file to the first accepted one; None where none is, or nobody knows."""
        done = self.first_accepted
        return (done.day - self.first_day).days if done and done.day and self.first_day else None

    @property
    def punctuality(self) -> str:
        """Say whether it was in time."""
        if not self.versions:
            return "未报送"
        if self.first_day is None:
            return "日期不详"
        return f"迟 {self.days_late} 天" if self.days_late else "按时"

    @property
    def state(self) -> str:
        """Say where it stands, in neutral words."""
        if self.counts:
            return "已汇总"
        return self.waits or "退回修改" if self.versions else "未报送"
