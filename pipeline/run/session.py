"""What one run works with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipeline.coordinating import todo
from pipeline.district.folder import District
from pipeline.ledger import Ledger
from pipeline.machine.work import Progress, Workforce
from pipeline.run.journal import Journal
from pipeline.run.sharing import ALONE, CommonInputs


@dataclass(frozen=True, slots=True)
class Session:
    """What one run works with; ``target`` is the year's folder."""

    ledger: Ledger
    district: District
    target: Path
    now: datetime
    work: Workforce
    progress: Progress
    journal: Journal
    carried: todo.Carried
    dry_run: bool
    with_pdf: bool
    retries: bool = False
    """Whether something that was set aside is tried once more: what was made without it does not stand."""
    shared: CommonInputs = ALONE
