"""A district folder that people change, and the command line run on it in this process: a run is a day.

Files are read in this process too: a reader that starts anew for each day would take as long as the day. Readers of their
own are what every run of ``tests.support.folders`` has.
"""

from __future__ import annotations

import csv
import email
import email.policy
import io
import random
import sys
from collections.abc import Mapping
from contextlib import nullcontext, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import lru_cache
from pathlib import Path
from unittest.mock import patch

from typer.main import get_command

from pipeline.cli import commands as cli
from pipeline.forms.form import Form
from pipeline.forms.values.typed import plain_number
from pipeline.machine import work
from pipeline.machine.pool import Here
from pipeline.model import Number, Report
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.fills import approved, report
from tests.support.folders import YEAR, Ran, contents, inputs_only
from tests.support.mails import mail

_COMMAND = get_command(cli.app)  # built once: building it anew takes a tenth of such tests
HEAD = "code,name,aliases,email,former_names,merged_into,split_from"
SETTINGS = """\
name = "样例区"
level = "县区"
year = {year}
form = "annual_report_2021"
deadline = {deadline}

[people]
coordinator = "顾明远"
email = "zwgk@office.example"
"""


@dataclass(slots=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    text: str


def box(code: str) -> str:
    """The mailbox of an agency."""
    return f"a{code}@gov.example"


@lru_cache(maxsize=256)
def _built(
    form: Form,
    whose: tuple[str, str, int] | None,
    filled: tuple[tuple[str, Number | str], ...],
    said: tuple[tuple[str, str], ...],
) -> bytes:
    """Fill the template of an agency, or one that names nobody, once for all towns in which it is sent."""
    return build_workbook(form, Stamp(*(whose or ())), values=dict(filled), explanations=dict(said))


@dataclass(slots=True)
class Town:
    """A district whose roster is a table of lines by code; ``line`` are its columns after the code."""

    form: Form
    folder: Path
    lines: dict[str, list[str]] = field(default_factory=dict)
    year: int = YEAR
    mails: int = 0

    @classmethod
    def of(cls, form: Form, folder: Path, *names: str, year: int = YEAR) -> Town:
        """Make a district whose agencies have the codes 001, 002 … and a mailbox each."""
        (folder / "inbox").mkdir(parents=True)
        town = cls(form, folder, year=year)
        town.settings()
        for number, name in enumerate(names, 1):
            code = f"{number:03}"
            town.lines[code] = [name, "", box(code), "", "", ""]
        town.save()
        return town

    def settings(self) -> None:
        """Write district.toml."""
        text = SETTINGS.format(year=self.year, deadline=f"{self.year + 1}-01-31")
        (self.folder / "district.toml").write_text(text, "utf-8")

    def save(self) -> None:
        """Write the roster."""
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(
            [HEAD.split(","), *([code, *line] for code, line in self.lines.items())]
        )
        (self.folder / "agencies.csv").write_text(out.getvalue(), "utf-8")

    def change(self, code: str, **columns: str) -> None:
        """Edit the line of an agency: a new one where there is none."""
        names = HEAD.split(",")[1:]
        line = dict(zip(names, self.lines.get(code, [""] * len(names)), strict=True)) | columns
        self.lines[code] = [line[name] for name in names]
        self.save()

    def book(
        self,
        name: str,
        seed: int = 0,
        *,
        year: int = 0,
        explanations: Mapping[str, str] | None = None,
        wrong: Mapping[str, Number | str] | None = None,
        template_of: str = "",
    ) -> bytes:
        """A report of the agency called ``name``; no two seeds alike. ``wrong`` are figures and texts that are other than they ought.

        ``template_of`` is the code of the agency whose template it is filled into; none: one that names nobody.
        """
        entries = {
            self.form.entry_with_role("agency").key: name,
            self.form.entry_with_role("year").key: str(year or self.year),
            **approved(self.form),
        }
        written = self.written(name, seed)
        numbers = dict(zip((cell.key for cell in self.form.cells), written.numbers, strict=True))
        owner = self.lines[template_of][0] if template_of else ""
        whose = (template_of, owner, year or self.year) if template_of else None
        filled = {**inputs_only(self.form, numbers), **written.texts, **entries, **(wrong or {})}
        return _built(self.form, whose, tuple(filled.items()), tuple((explanations or {}).items()))

    def put(self, path: str, content: bytes) -> None:
        """Put a file into the inbox by hand."""
        place = self.folder / "inbox" / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)

    def receive(self, sender: str, at: str, *attachments: tuple[str, bytes]) -> None:
        """Save a mail that came ``at`` a time as ``Mon, 15 Jan 2024 09:30:00 +0800``."""
        self.mails += 1
        message = self.letter(sender, at, *attachments)
        self.put(f"mail/{self.mails:03}.eml", message.as_bytes())

    def letter(self, sender: str, at: str, *attachments: tuple[str, bytes]) -> EmailMessage:
        """A mail with an id of its own."""
        return mail(
            attachments, From=sender, Date=at, Message_ID=f"<{sender}.{self.mails}.{at[5:22]}@mail.example>"
        )

    def say(self, *arguments: str | Path, now: str | None = None) -> Said:
        """Run a command."""
        moment = ["--now", now] if now else []
        whole = ["nianbao", str(arguments[0]), str(self.folder), *map(str, arguments[1:]), *moment]
        out = io.StringIO()
        with (
            patch.object(sys, "argv", whole),
            patch.object(cli, "app", _COMMAND),
            patch.object(work, "Pool", lambda _: nullcontext(Here())),
            redirect_stdout(out),
            redirect_stderr(out),
        ):
            code = cli._run()  # noqa: SLF001 - main() without the end of the process
        return Said(code, out.getvalue())

    def run(self, day: str) -> Said:
        """Run at eight in the evening of ``day``, as ``2024-01-15``."""
        return self.say("run", now=f"{day}T20:00:00")

    def decide(self, *arguments: str, day: str, reason: str = "领导决定") -> Said:
        """Decide something in the morning of ``day``."""
        return self.say("decide", *arguments, "--reason", reason, "--by", "王主任", now=f"{day}T09:00:00")

    @property
    def ran(self) -> Ran:
        """What the last run left behind."""
        return Ran(0, "", "", self.folder / "output" / str(self.year))

    @property
    def counting(self) -> dict[str, str]:
        """The file that counts of each agency, by its name."""
        rows = self.ran.record["submissions"]
        return {row["agency_name"]: row["file"] for row in rows if row["counts"]}

    @property
    def figures(self) -> Mapping[str, list[str]]:
        """The figures of each agency in the sums, by its name."""
        text = (self.ran.folder / "figures.csv").read_text("utf-8-sig")
        _, *rows = csv.reader(io.StringIO(text))
        return {row[1]: row[2:] for row in rows}

    def figures_of(self, name: str, seed: int = 0) -> list[str]:
        """The figures that ``book`` holds, as figures.csv writes them."""
        return [str(plain_number(number)) for number in self.written(name, seed).numbers]

    def written(self, name: str, seed: int) -> Report:
        """Return what ``book`` holds."""
        return report(self.form, "", name, self.year, rng=random.Random(f"{name}{seed}"))

    @property
    def letters(self) -> list[EmailMessage]:
        """The letters that wait."""
        files = contents(self.ran.folder / "letters")
        return [email.message_from_bytes(data, policy=email.policy.default) for data in files.values()]

    def told(self, kind: str, code: str) -> list[str]:
        """What letters of a kind say that wait for an agency."""
        own = [item for item in self.letters if item["X-Nianbao"] == kind and item["To"] == box(code)]
        return [str(part.get_content()) for item in own if (part := item.get_body()) is not None]
