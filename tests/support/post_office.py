"""A campaign played night by night: mails go into the inbox, the batch runs, the letters that wait come out."""

from __future__ import annotations

import email
import email.policy
import random
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from email.utils import format_datetime
from io import BytesIO
from pathlib import Path
from typing import Any

import openpyxl

from pipeline.district.folder import load_district
from pipeline.forms.form import Form
from pipeline.machine.work import Workforce
from pipeline.model import CHINA
from pipeline.publishing.template import Stamp, build_workbook
from pipeline.run import batch, signing
from pipeline.run.letters import handing_out
from tests.support.fills import report
from tests.support.folders import Ran, inputs_only
from tests.support.mails import mail

YEAR = 2023
Values = dict[str, Any]


def moment(month: int, day: int, hour: int = 20) -> datetime:
    """A time of January or February 2024 in China."""
    return datetime(2024, month, day, hour, tzinfo=CHINA)


@dataclass(frozen=True, slots=True)
class Post:
    """One mail on its way: a mail as bytes under the name it is saved with."""

    name: str
    content: bytes


@dataclass(slots=True)
class PostOffice:
    """A district whose nights are run in this process; ``night`` returns the letters that are new."""

    form: Form
    folder: Path
    seen: set[str] = field(default_factory=set)
    count: int = 0

    @property
    def output(self) -> Path:
        """Where results lie."""
        return self.folder / "output"

    @property
    def ran(self) -> Ran:
        """What the last night left behind."""
        return Ran(0, "", "", self.output / str(YEAR))

    def filled(self, code: str, name: str, seed: int = 0, wrong: Mapping[str, object] | None = None) -> bytes:
        """The personal template of an agency, filled in; ``wrong`` values stand instead of the right ones."""
        values: Values = {**self.right(code, name, seed), **(wrong or {})}
        stamp = Stamp(code, name, YEAR, "县区", "样例区")
        return build_workbook(
            self.form, stamp, values={key: item for key, item in values.items() if item != ""}
        )

    def right(self, code: str, name: str, seed: int = 0) -> Values:
        """What an agency means to report."""
        written = report(self.form, code, name, YEAR, rng=random.Random(f"{code}{seed}"))
        numbers = dict(zip((cell.key for cell in self.form.cells), written.numbers, strict=True))
        return {**inputs_only(self.form, numbers), **written.texts, **written.entries}

    def mended(self, content: bytes, values: Values) -> bytes:
        """A workbook that came from us, with ``values`` typed into their cells."""
        book = openpyxl.load_workbook(BytesIO(content))
        for key, value in values.items():
            place = self.form.places[key]
            book[place.sheet][place.cell] = value
        out = BytesIO()
        book.save(out)
        return out.getvalue()

    def receive(self, at: datetime, *posts: EmailMessage) -> None:
        """Save mails as the office's mail program does."""
        for post in posts:
            self.count += 1
            del post["Date"]
            post["Date"] = format_datetime(at.replace(hour=10, minute=self.count % 60))
            path = self.folder / "inbox" / "mail" / f"{self.count:03}.eml"
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(post.as_bytes())

    def write(self, sender: str, *attachments: tuple[str, bytes], **headers: str) -> EmailMessage:
        """A mail from ``sender`` with an id of its own."""
        number = self.count + len(self.seen) + id(attachments) % 7
        unique = (
            f"<{sender}.{number}.{len(attachments)}.{sum(len(data) for _, data in attachments)}@mail.example>"
        )
        return mail(attachments, From=sender, **{"Message_ID": unique, "Subject": "报送年报", **headers})

    def night(self, at: datetime) -> list[EmailMessage]:
        """Run the batch; return the letters that are new, as their readers get them."""
        batch.run(load_district(self.folder), self.output, now=at, work=Workforce(), progress=lambda *_: None)
        return self.new_letters()

    def hand_out(self, at: datetime) -> list[EmailMessage]:
        """Send the templates out."""
        handing_out.send_templates(load_district(self.folder), self.output, code=None, now=at)
        return self.new_letters()

    def deliver(self, at: datetime, reason: str = "") -> list[EmailMessage]:
        """Sign the workbook, so that it goes up."""
        signing.sign(load_district(self.folder), self.output, by="王主任", reason=reason, now=at)
        return self.new_letters()

    def new_letters(self) -> list[EmailMessage]:
        """The letters in the folder that have not been looked at."""
        folder = self.output / str(YEAR) / "letters"
        fresh = [path for path in sorted(folder.glob("*.eml")) if path.name not in self.seen]
        self.seen |= {path.name for path in fresh}
        return [email.message_from_bytes(path.read_bytes(), policy=email.policy.default) for path in fresh]

    def send(self, at: datetime) -> dict[str, int]:
        """Deliver what waits; return how many letters were sent, put off and refused."""
        done, *_ = batch.send(load_district(self.folder), self.output, now=at)
        return dict(Counter(str(attempt.answer) for attempt in done.attempts))

    def waiting(self) -> int:
        """How many letters lie in the folder."""
        return len(list((self.output / str(YEAR) / "letters").glob("*.eml")))

    def edit(self, file: str, old: str, new: str) -> None:
        """Change a line of the configuration."""
        path = self.folder / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), "utf-8")


def kinds(found: Iterable[EmailMessage]) -> list[tuple[str, str]]:
    """(kind, recipient) of letters, sorted."""
    return sorted((str(item["X-Nianbao"]), str(item["To"])) for item in found)


def only(found: Iterable[EmailMessage], kind: str, to: str) -> EmailMessage:
    """The one letter of a kind to a recipient."""
    [item] = [item for item in found if item["X-Nianbao"] == kind and item["To"] == to]
    return item


def words(letter: EmailMessage) -> str:
    """What a letter says."""
    part = letter.get_body()
    assert part is not None
    return str(part.get_content())


def attached(letter: EmailMessage) -> bytes:
    """The one file that a letter carries."""
    [part] = letter.iter_attachments()
    content = part.get_content()
    assert isinstance(content, bytes)
    return content
