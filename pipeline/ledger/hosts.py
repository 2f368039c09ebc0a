"""A mail server's name goes in; whether it is the one whose password is in the environment comes out.

Settings lie in a folder that others may write to, the password does not. The server that was spoken to first is remembered; another
one gets the password only once whoever knows it has said so.
"""

from __future__ import annotations

from pipeline.ledger.store import Ledger


def known_host(ledger: Ledger, kind: str) -> str:
    """Return the server that the credentials of ``kind`` (IMAP or SMTP) were used for; empty if never."""
    row = ledger.one("SELECT host FROM hosts WHERE kind = ?", (kind,))
    return str(row["host"]) if row else ""


def remember_host(ledger: Ledger, kind: str, host: str) -> None:
    """Record that the credentials of ``kind`` belong to ``host``."""
    if known_host(ledger, kind) != host:
        with ledger.transaction("a password belongs to one server"):
            ledger.write("INSERT OR REPLACE INTO hosts (kind, host) VALUES (?, ?)", (kind, host))
