"""What happens in a run goes in, as it happens; the day's log, plain Chinese lines that a coordinator can read, comes out.

The log is for people and grows; nothing is ever read back from it. What became of files and mails is on the disk here
before the ledger knows it, so no kill costs a line. One file a day, ``output/ledger/log/2024-01-15.log``.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from io import TextIOBase
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.machine.durable import make_folder
from pipeline.model import CHINA, Assessment, MessageOutcome, NianbaoError, Severity, Verdict
from pipeline.publishing.data.record import Leftover, Record
from pipeline.wording.messages import VERDICT_WORDS, counts_in_words, message_line
from pipeline.wording.personal_numbers import without_persons
from pipeline.wording.quotable import visible

if TYPE_CHECKING:
    from pipeline.mail.outbox import SendReport


@dataclass(frozen=True, slots=True)
class Journal:
    """An open log; without a file, of a dry run, every line is dropped."""

    file: TextIOBase | None = None
    began: float = field(default_factory=time.monotonic)

    def line(self, text: str) -> None:
        """Write one line, and have it on the disk's way at once."""
        if self.file:
            self.file.write(f"{without_persons(visible(text))}\n")
            self.file.flush()

    def mails(self, outcomes: Iterable[MessageOutcome]) -> None:
        """Write a line for each mail: when, who, what became of it and why."""
        for outcome in outcomes:
            self.line(f"  邮件　{message_line(outcome)}")
        self._sync()

    def files(self, assessments: Iterable[Assessment], copies: Iterable[Leftover]) -> None:
        """Write a line for each file: whose it is, which version, what became of it."""
        for item in assessments:
            self.line(f"  文件　{_said(item)}")
        for copy in copies:
            self.line(f"  文件　{copy.file}　{VERDICT_WORDS[Verdict.DUPLICATE]}")
        self._sync()

    def letters(self, done: SendReport) -> None:
        """Write how many letters left, and a line for each that did not."""
        self.line(
            f"  发信　发出 {len(done.sent)} 封，以后再发 {len(done.later)} 封，被拒收 {len(done.refused)} 封"
        )
        for attempt in (*done.later, *done.refused):
            self.line(f"  发信　{'、'.join(attempt.recipients)}　{attempt.words}")

    def grown(self, size: int) -> None:
        """Write by how much the ledger has grown: originals and letters are kept for good."""
        if size:
            self.line(f"  存档　新增原件和信件 {size / 1024 / 1024:.1f} MB")

    def end(self, found: Record, failures: Iterable[str]) -> None:
        """Write how many agencies stand where, and what failed: a mail server, a file that is open elsewhere, a PDF."""
        self.line(f"  现状　{counts_in_words(found['counts'])}")
        for failure in failures:
            self.line(f"  没有完成　{failure}")

    def _sync(self) -> None:
        if self.file:
            os.fsync(self.file.fileno())

    @property
    def seconds(self) -> float:
        """How long the run has taken so far."""
        return time.monotonic() - self.began


@contextmanager
def open_journal(folder: Path | None, title: str, *, now: datetime) -> Iterator[Journal]:
    """Open the log of the day of ``now`` in ``folder`` and write how the run begins and ends. Raises OSError."""
    if folder is None:
        yield Journal()
        return
    day = now.astimezone(CHINA)
    make_folder(folder)
    with (folder / f"{day:%Y-%m-%d}.log").open("a", encoding="utf-8") as file:
        journal = Journal(file)
        journal.line(f"{day:%Y-%m-%d %H:%M:%S}　开始　{title}")
        try:
            yield journal
        except NianbaoError as error:
            journal.line(f"  中断　{error}")
            if error.__cause__:  # what the system or a library said, in its own words
                journal.line(f"  原因　{type(error.__cause__).__name__}: {error.__cause__}")
            raise
        except BaseException as error:
            journal.line(f"  中断　{type(error).__name__}: {error}")
            raise
        journal.line(f"  结束　用时 {journal.seconds:.1f} 秒")


def _said(item: Assessment) -> str:
    submission = item.submission
    who = submission.agency.name if submission.agency else "无法确认单位"
    version = f"第 {item.version} 次" if item.version else ""
    weights = [finding.severity for finding in item.findings]
    counts = "，".join(
        f"{weights.count(severity)} {words}"
        for severity, words in ((Severity.ERROR, "处错误"), (Severity.WARNING, "处提醒"))
        if severity in weights
    )
    verdict = VERDICT_WORDS[item.verdict] + (f"（{counts}）" if counts else "")
    return "　".join(part for part in (submission.file, who, version, verdict) if part)
