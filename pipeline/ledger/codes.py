"""The roster's codes go in; a complaint comes out where the ledger knows one of them by another spelling.

Everything that is remembered of an agency hangs on its code. A spreadsheet that saves a roster makes 1 of 001; the agency
would silently lose its last year, its exceptions and its letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.ledger.store import Ledger
from pipeline.model import Agency, ConfigError

_KNOWN = """
SELECT agency FROM versions UNION SELECT agency FROM imports UNION SELECT agency FROM waivers UNION SELECT agency FROM letters
"""


def check_codes(ledger: Ledger, agencies: Sequence[Agency], roster: Path) -> None:
    """Raise ConfigError if a code of ``agencies`` has lost (or got) leading zeros since the ledger saw it last."""
    now = {agency.code for agency in agencies}
    before = {_bare(row["agency"]): row["agency"] for row in ledger.rows(_KNOWN) if row["agency"]}
    for agency in agencies:
        known = before.get(_bare(agency.code), agency.code)
        if known not in now:
            raise ConfigError(
                f"“{agency.name}”的代码以前是 {known}，现在是 {agency.code}。表格软件保存名单时会去掉代码前面的 0；"
                f"请把 code 列改为“文本”格式，再改回 {known}。",
                file=roster,
            )


def _bare(code: str) -> str:
    return code.lstrip("0")
