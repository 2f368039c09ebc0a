"""A ledger goes in; what it alone knows comes out: random letters that make the Message-IDs of its letters unguessable.

A report that a letter did not arrive names the letter by its Message-ID. Who has not received the letter must not be able
to write such a report.
"""

from __future__ import annotations

from secrets import token_hex

from pipeline.ledger.store import Ledger


def secret_of(ledger: Ledger) -> str:
    """Return the ledger's secret, made when it is first asked for."""
    row = ledger.one("SELECT value FROM secret")
    if row:
        return str(row["value"])
    made = token_hex(16)
    with ledger.transaction("a ledger has one secret, made before the first letter that rests on it"):
        ledger.write("INSERT INTO secret (value) VALUES (?)", (made,))
    return made
