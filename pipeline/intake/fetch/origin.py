"""The headers of a mail go in; who sent it, when it arrived, whether a machine wrote it and what is doubtful come out.

What stands in headers is the sender's claim, except what the district's own server wrote on top of it.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, tzinfo
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime
from unicodedata import normalize

from pipeline.intake.fetch import authentication
from pipeline.intake.fetch.headers import header, headers, parameter, raw, safely, written
from pipeline.model import CHINA, LOOP_HEADER, Reason, SenderProof, plausible

_ROBOTS = ("mailer-daemon@", "postmaster@")
_AUTOMATIC_HEADERS = ("X-Autoreply", "X-Autorespond", "X-Autoresponder")
_UNKNOWN_ZONE = "-0000"
_AUTOMATIC_PRECEDENCE = frozenset({"auto_reply", "auto-reply", "junk"})
_LIST_PRECEDENCE = frozenset({"bulk", "list"})
_AUTOMATIC_SUBJECTS = (
    "自动回复", "自动答复", "automatic reply", "auto reply", "auto-reply", "autoreply", "out of office",
    "系统退信", "undeliverable:", "undelivered mail", "delivery status notification", "mail delivery failed",
    "returned mail:", "failure notice", "已读:",
)  # fmt: skip
"""How the subjects of machines begin, brackets aside; behind 回复: and the like a person has written."""
_BRACKETS = "【[(《〔「 "
_READ_BY_NOBODY = ("noreply@", "no-reply@", "no_reply@", "donotreply@", "do-not-reply@")
_ADDRESS = re.compile(r"[!-?A-Z\[-~]+@[a-z0-9.-]+", re.IGNORECASE | re.ASCII)
"""ASCII with exactly one @: no two letters that only look alike, no address within another."""
_MOST_FROM = 2_000
"""Characters of From: names and addresses fit well within, and longer ones take the parser minutes."""


def sender_of(message: Message) -> str | None:
    """Return the one address in From, in lower case; None where there is none or more than one to choose from.

    The address is taken before names are decoded: a name may spell out an address that is not the sender's.
    """
    values = written(message, "From")
    if sum(map(len, values)) > _MOST_FROM:
        return None
    pairs: list[tuple[str, str]] = safely(lambda: getaddresses(values), [])
    found = {address for _, address in pairs if "@" in address}
    address = found.pop() if len(found) == 1 else ""
    return address.lower() if _ADDRESS.fullmatch(address) else None


def arrived_at(message: Message) -> datetime | None:
    """Return when the district's server received the mail (the topmost Received), else when its sender says it was sent."""
    received = headers(message, "Received")[:1]
    stamped = _moment(received[0].rpartition(";")[2], universal=UTC) if received else None
    return stamped or _moment(header(message, "Date"))


def written_by_machine(message: Message) -> Reason | None:
    """Say what kind of machine wrote the mail, None for a person (RFC 3834 and what Chinese mail services do)."""
    if header(message, LOOP_HEADER):
        return Reason.OWN_LETTER
    sender = sender_of(message) or ""
    kind = parameter(message, "report-type")
    if sender.startswith(_ROBOTS) or (
        message.get_content_type() == "multipart/report" and "delivery" in kind
    ):
        return Reason.BOUNCE
    if header(message, "List-Id") or header(message, "Precedence").lower() in _LIST_PRECEDENCE:
        return Reason.MAILING_LIST
    return Reason.AUTO_REPLY if _is_auto_reply(message) else None


def _is_auto_reply(message: Message) -> bool:
    submitted = header(message, "Auto-Submitted").lower()
    return (
        bool(submitted and submitted.partition(";")[0].strip() != "no")
        or header(message, "Return-Path").replace(" ", "") == "<>"
        or message.get_content_type() == "multipart/report"  # a receipt
        or any(header(message, name) for name in _AUTOMATIC_HEADERS)
        or header(message, "Precedence").lower() in _AUTOMATIC_PRECEDENCE
        or (sender_of(message) or "").startswith(_READ_BY_NOBODY)
        or normalize("NFKC", header(message, "Subject"))
        .lower()
        .lstrip(_BRACKETS)
        .startswith(_AUTOMATIC_SUBJECTS)
    )


def proof(message: Message, authserv_id: str) -> tuple[SenderProof, tuple[str, ...]]:
    """Say how well the sender is known by the server called ``authserv_id``, and which checks it saw fail."""
    return authentication.proof(raw(message, "Authentication-Results"), authserv_id, sender_of(message))


def _moment(text: str, universal: tzinfo = CHINA) -> datetime | None:
    """Read a moment; ``universal`` is where a clock stands that says -0000, as one without a zone is also written by mail programs."""
    found = safely(lambda: parsedate_to_datetime(text), None)
    zone = (
        universal if _UNKNOWN_ZONE in text else CHINA
    )  # RFC 5322, 3.3: the time is universal, the place unknown
    return plausible(found if found is None or found.tzinfo else found.replace(tzinfo=zone))
