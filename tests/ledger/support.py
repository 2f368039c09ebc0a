"""A ledger to write to, and things that arrive."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

from pipeline.model import Envelope, Message

NIGHT = datetime(2024, 1, 15, 20, 0, tzinfo=UTC)
YEAR = 2023


def envelope(path: str, content: bytes | None = None, *, mail: str = "") -> Envelope:
    """A file at ``path`` of the inbox; ``mail`` is the Message-ID of the mail it came by."""
    body = path.encode() if content is None else content
    return Envelope(
        content=body,
        sha256=hashlib.sha256(body).hexdigest(),
        name=path.rpartition("/")[2],
        path=path,
        source="mail" if mail else "folder",
        sender="clerk@example.gov.cn" if mail else None,
        message_id=mail or None,
        received_at=NIGHT - timedelta(hours=3) if mail else None,
        order=1.5,
        failed_checks=("spf",) if mail else (),
    )


def message(path: str, *files: str) -> Message:
    """A mail at ``path`` of the inbox."""
    return Message(
        path=path,
        sha256=hashlib.sha256(path.encode()).hexdigest(),
        sender="clerk@example.gov.cn",
        message_id=f"<{path}>",
        subject="年报",
        received_at=NIGHT - timedelta(hours=3),
        order=1.5,
        files=files,
    )
