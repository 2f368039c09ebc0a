"""A second reading of Authentication-Results, written from the grammar (RFC 8601, 2.2) and nothing else.

It reads the header as a list of tokens, as the grammar is written, and gives up on whatever the grammar does not allow. The
product's reader may know more spellings than this one; what this one reads for certain the product must read alike.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"[!#$%&'*+\-.^_`{|}~0-9A-Za-z]+")
_KEYWORD = re.compile(r"[A-Za-z0-9-]*[A-Za-z0-9]")
_SPECIALS = frozenset(";=/@.")


class NotOfTheGrammarError(Exception):
    """The header is not what the grammar describes."""


@dataclass
class Scanner:
    """Goes through a header from left to right."""

    text: str
    at: int = 0

    def cfws(self) -> None:
        while self.at < len(self.text):
            if self.text[self.at] in " \t\r\n":
                self.at += 1
            elif self.text[self.at] == "(":
                self._comment()
            else:
                return

    def _comment(self) -> None:
        self.at += 1
        while True:
            letter = self.text[self.at : self.at + 1]
            if not letter:
                raise NotOfTheGrammarError
            if letter == "(":
                self._comment()
            elif letter == ")":
                self.at += 1
                return
            else:
                self.at += 2 if letter == "\\" else 1

    def take(self, letter: str) -> bool:
        if self.text[self.at : self.at + 1] == letter:
            self.at += 1
            return True
        return False

    def keyword(self) -> str:
        found = _KEYWORD.match(self.text, self.at)
        if not found:
            raise NotOfTheGrammarError
        self.at = found.end()
        return found[0].lower()

    def value(self) -> str:
        if not self.take('"'):
            found = _TOKEN.match(self.text, self.at)
            if not found:
                raise NotOfTheGrammarError
            self.at = found.end()
            return found[0]
        said = []
        while not self.take('"'):
            self.take("\\")
            if self.at >= len(self.text):
                raise NotOfTheGrammarError
            said.append(self.text[self.at])
            self.at += 1
        return "".join(said)

    def pvalue(self) -> str:
        """Return the domain of ``value / [[local-part] "@"] domain-name``."""
        said = "" if self.text[self.at : self.at + 1] == "@" else self.value()
        if self.take("@"):
            found = _TOKEN.match(self.text, self.at)
            if not found:
                raise NotOfTheGrammarError
            self.at = found.end()
            return found[0].lower()
        return said.rpartition("@")[2].lower()

    @property
    def is_done(self) -> bool:
        return self.at >= len(self.text)


def read(text: str) -> tuple[str, list[tuple[str, str, dict[str, list[str]]]]]:
    """Return the server, and (method, result, properties) of each result. Raises NotOfTheGrammarError."""
    scan = Scanner(text)
    scan.cfws()
    server = scan.value()
    scan.cfws()
    if _version(scan) not in {"", "1"}:
        raise NotOfTheGrammarError
    found: list[tuple[str, str, dict[str, list[str]]]] = []
    while not scan.is_done:
        if not scan.take(";"):
            raise NotOfTheGrammarError
        scan.cfws()
        if re.compile(r"none\s*$", re.IGNORECASE).match(scan.text, scan.at):
            return server, found
        found.append(_resinfo(scan))
    return server, found


def _version(scan: Scanner) -> str:
    digits = re.compile(r"\d+").match(scan.text, scan.at)
    if digits:
        scan.at = digits.end()
        scan.cfws()
    return digits[0] if digits else ""


def _resinfo(scan: Scanner) -> tuple[str, str, dict[str, list[str]]]:
    method = scan.keyword()
    scan.cfws()
    if scan.take("/"):
        scan.cfws()
        scan.keyword()
        scan.cfws()
    if not scan.take("="):
        raise NotOfTheGrammarError
    scan.cfws()
    result = scan.keyword()
    properties: dict[str, list[str]] = {}
    scan.cfws()
    while not scan.is_done and scan.text[scan.at] != ";":
        name = scan.keyword()
        scan.cfws()
        if name != "reason":
            if not scan.take("."):
                raise NotOfTheGrammarError
            scan.cfws()
            name = f"{name}.{scan.keyword()}"
            scan.cfws()
        if not scan.take("="):
            raise NotOfTheGrammarError
        scan.cfws()
        properties.setdefault(name, []).append(scan.pvalue())
        scan.cfws()
    return method, result, properties


def is_verified(text: str, server: str, domain: str) -> bool:
    """Whether the header vouches for ``domain``: DMARC passed for it, or SPF or DKIM for the very same domain."""
    try:
        said_by, found = read(text)
    except NotOfTheGrammarError:
        return False
    if said_by.lower() != server.lower():
        return False
    dmarc = [(result, kept.get("header.from")) for method, result, kept in found if method == "dmarc"]
    if any(result == "fail" for result, _ in dmarc):
        return False
    if dmarc and all(item == ("pass", [domain]) for item in dmarc):
        return True
    return any(
        result == "pass"
        and kept.get({"spf": "smtp.mailfrom", "dkim": "header.d"}.get(method, "")) == [domain]
        for method, result, kept in found
    )
