"""An intention and its attachments go in; the letter comes out.

Everything about a letter follows from what it is for and from the clock, so a run that is repeated writes the same bytes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.letter import AnswerPlan, Attachment, Intention, Letter
from pipeline.letters.text import mime
from pipeline.letters.text.templates import Texts
from pipeline.letters.text.wording import Sources, values_of


def readdressed(content: bytes, to: Sequence[str], secret: str = "") -> tuple[bytes, str]:
    """Return a letter as it goes to ``to``, and its new Message-ID: what comes back of the first is not about this one."""
    message = mime.parsed(content)
    before = str(message["Message-ID"])
    own = mime.message_id(f"{secret}/{before} {to}", before.strip("<>").rpartition("@")[2])
    message.replace_header("To", ", ".join(to))
    message.replace_header("Message-ID", own)
    return mime.spelled(message), own


@dataclass(frozen=True, slots=True)
class LetterBuilder:
    """Writes the letters of one district and one run."""

    texts: Texts
    sources: Sources

    @classmethod
    def of(cls, sources: Sources) -> LetterBuilder:
        """Take the district's own texts. Raises ConfigError with file and line if one cannot be used."""
        texts = Texts(sources.district.layouts)
        texts.check()
        return cls(texts, sources)

    def write(self, intention: Intention, attachments: Sequence[Attachment] = ()) -> Letter:
        """Write one letter. Raises ConfigError with file and line for a text that cannot be filled in."""
        text = self.texts.render(intention.kind, values_of(intention, self.sources, attachments))
        people, now = self.sources.district.people, self.sources.now
        answered = intention.body.arrival.message_id if isinstance(intention.body, AnswerPlan) else None
        unguessable = f"{self.sources.secret}/{self._unique(intention)}"
        own = mime.message_id(unguessable, people.email.rpartition("@")[2])
        headers = {
            "From": mime.address(self.sources.district.office, people.email),
            "To": ", ".join(intention.to),
            "Subject": text.subject,
            "Date": mime.date_header(now),
            "Message-ID": own,
            "In-Reply-To": answered or "",
            "References": answered or "",
            **mime.loop_headers(intention.kind, is_reply=isinstance(intention.body, AnswerPlan)),
        }
        return Letter(
            key=intention.key,
            kind=intention.kind,
            agency=intention.agency.code if intention.agency else None,
            to=intention.to,
            subject=text.subject,
            message_id=own,
            content=mime.build_mail(headers, text.body, attachments, key=self._unique(intention)),
            created_at=now,
        )

    def _unique(self, intention: Intention) -> str:
        """Tell the same occasion in two districts or years apart."""
        district = self.sources.district
        return f"{district.name}/{district.year}/{intention.key}"
