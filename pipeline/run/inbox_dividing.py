"""What lies in the inbox goes in; what of it is sent for one of several forms and periods comes out.

All campaigns of a district look into one inbox. Each takes what is sent for its form; what nobody can tell, mails without
a file, and whatever is wrong with the inbox itself are the first one's. Who takes what is decided before anything is
recorded, so that no campaign knows of another's files.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from pipeline.district.adjusting import form_of
from pipeline.district.folder import District
from pipeline.intake.fetch.inbox_folder import InboxContents
from pipeline.ledger import Ledger, letters
from pipeline.ledger.access import left_behind
from pipeline.model import Message, Reason, SenderProof
from pipeline.run.bounces import report_of
from pipeline.run.opening import Barrier, File


@dataclass(slots=True)
class Division:
    """How the campaigns of a district share what comes; one object for a run of all of them.

    ``references`` are form and period of each, the first one's first; ``left`` are digests of files and mails that belonged
    to a form which is collected no longer. ``homes`` remembers by digest whose a file is, ``claimed`` which mails without a file
    another than the first has taken.
    """

    references: Sequence[tuple[str, int]]
    left: frozenset[str] = frozenset()
    homes: dict[str, int] = field(default_factory=dict)
    claimed: set[str] = field(default_factory=set)

    @property
    def mark(self) -> str:
        """What it depends on: where that is another one, everything is divided again."""
        return repr((*self.references, *sorted(self.left)))

    def own(
        self, district: District, found: InboxContents, ledger: Ledger, barrier: Barrier
    ) -> InboxContents:
        """Return what of ``found`` is sent for the campaign of ``district``."""
        number = self.references.index(reference_of(district))
        self._divide(found, ledger, barrier)
        mine = [
            item for item in found.envelopes if self._home(item.sha256, item.path, found.failed) == number
        ]
        paths = {item.path for item in mine}
        mails = [self._own_mail(item, paths, ledger, district, number) for item in found.messages]
        own = replace(
            found, envelopes=tuple(mine), messages=tuple(item for item in mails if item is not None)
        )
        return own if number == 0 else replace(own, failed={}, remainders={}, troubles={})

    def _home(self, digest: str, path: str, failed: Mapping[str, str]) -> int | None:
        """Return whose a file is; None where it belonged to a form that is collected no longer."""
        if digest in self.left:
            return None
        return 0 if path in failed else self.homes.get(digest, 0)

    def _divide(self, found: InboxContents, ledger: Ledger, barrier: Barrier) -> None:
        if len(self.references) == 1:
            return
        files = {
            item.sha256: File.of(item, ledger)
            for item in found.envelopes
            if item.path not in found.failed
            and item.sha256 not in self.homes
            and ledger.originals.has(item.sha256)
        }
        self.homes |= dict(barrier.divide(self.references, files))

    def _own_mail(
        self, mail: Message, paths: set[str], ledger: Ledger, district: District, number: int
    ) -> Message | None:
        """Return a mail with those of its files that are the campaign's; None where nothing of it is."""
        if mail.files:
            files = tuple(path for path in mail.files if path in paths)
            return replace(mail, files=files) if files else None
        if mail.sha256 in self.left:
            return None
        if number == 0:
            return None if mail.sha256 in self.claimed else mail
        is_report = bool(mail.bounce) or mail.automatic is Reason.BOUNCE
        if not is_report or mail.proof is SenderProof.FAILED:
            return None
        if letters.is_about_ours(ledger, district.year, report_of(mail)):
            self.claimed.add(mail.sha256)
            return mail
        return None


def division_of(districts: Sequence[District], output: Path) -> Division | None:
    """Return how ``districts``, the first one first, share one inbox; None where one form alone was ever collected."""
    left = left_behind(output, {item.part for item in districts})
    if len(districts) == 1 and not left:
        return None
    return Division(tuple(map(reference_of, districts)), left)


def reference_of(district: District) -> tuple[str, int]:
    """Return by what the campaign of ``district`` is known among others: its form as children load it, and its period."""
    return form_of(district).reference, district.year
