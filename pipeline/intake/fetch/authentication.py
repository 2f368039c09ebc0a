"""Authentication-Results go in (RFC 8601); whether the district's own server vouches for the sender comes out.

Belief is positive: a mail is verified only where the topmost result of the own server says that DMARC passed for the
domain in From, or that SPF or DKIM passed for one that is aligned with it. Quoted strings and comments say nothing, and
nothing is decoded: whoever sends a mail chooses what stands in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.intake.fetch.headers import MOST
from pipeline.model import SenderProof

_METHOD = re.compile(r"([A-Za-z0-9-]+)(?:/(\d+))?")
_DOMAIN = re.compile(r"[a-z0-9_-]+(?:\.[a-z0-9_-]+)*\.?")
_FAILED = frozenset({"fail", "hardfail"})
_JUDGED = ("dkim", "dmarc", "spf")
_SPACES = " \t\r\n"


@dataclass(frozen=True, slots=True)
class MethodResult:
    """What one method found: ``properties`` by their lower-case names, each with every value that is given for it."""

    method: str
    result: str
    properties: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Results:
    """The results of one server; none where it found none, or where they cannot be read for certain."""

    server: str
    found: tuple[MethodResult, ...] = ()


def proof(values: Sequence[str], authserv_id: str, sender: str | None) -> tuple[SenderProof, tuple[str, ...]]:
    """Say how well ``sender`` is known by the headers (topmost first), and the names of the checks that failed.

    ``authserv_id`` is what the district's own server calls itself; without it nothing is known of anybody.
    """
    if not authserv_id:
        return SenderProof.UNCHECKED, ()
    own = next((item for item in map(results, values) if item and _is_same(item.server, authserv_id)), None)
    found = own.found if own else ()
    domain = (sender or "").rpartition("@")[2].lower()
    failed = tuple(
        sorted({item.method for item in found if item.method in _JUDGED and item.result in _FAILED})
    )
    if domain and "dmarc" not in failed and _is_verified(found, domain):
        return SenderProof.VERIFIED, ()
    return (SenderProof.FAILED if failed else SenderProof.UNVERIFIED), failed


def results(value: str) -> Results | None:
    """Read one header; None where not even its server can be told."""
    parts = _parts(value)
    try:
        head = next(parts, ())
    except _UnendedError:
        return None
    if not head or len(head) > 2:  # noqa: PLR2004 - a server's name, and the version of the format
        return None
    if head[1:] not in ((), ("1",)) or len(value) >= MOST:
        return Results(head[0])
    try:
        return Results(head[0], tuple(item for item in map(_result, parts) if item))
    except _UnendedError:
        return Results(head[0])


class _UnendedError(Exception):
    """A quoted string or a comment that does not end: where the rest begins, nobody knows."""


def _is_same(server: str, authserv_id: str) -> bool:
    return server.isascii() and server.lower().rstrip(".") == authserv_id.lower().rstrip(".")


def _is_verified(found: Sequence[MethodResult], domain: str) -> bool:
    dmarc = [item for item in found if item.method == "dmarc"]
    if dmarc and all(item.result == "pass" and _only(item, "header.from") == domain for item in dmarc):
        return True
    passed = [item for item in found if item.result == "pass"]
    return any(
        (item.method == "spf" and _aligned(_only(item, "smtp.mailfrom"), domain))
        or (item.method == "dkim" and _aligned(_only(item, "header.d"), domain))
        for item in passed
    )


def _only(item: MethodResult, name: str) -> str:
    """Return the domain that a property names; empty where there are two values to choose from, or none."""
    values = set(item.properties.get(name, ()))
    found = values.pop().rpartition("@")[2].strip("<>").lower() if len(values) == 1 else ""
    return found.rstrip(".") if _DOMAIN.fullmatch(found) else ""


def _aligned(found: str, domain: str) -> bool:
    """Whether the domains are one, or one lies within the other and the outer one belongs to somebody."""
    shorter, longer = sorted((found, domain), key=len)
    return found == domain or (longer.endswith(f".{shorter}") and _is_owned(shorter))


def _is_owned(domain: str) -> bool:
    """Whether a domain is registered, not one under which anybody registers, such as ``com.cn`` or ``zj.cn``."""
    labels = domain.split(".")
    country = len(labels[-1]) == 2 and len(labels) > 1 and len(labels[-2]) <= 3  # noqa: PLR2004 - codes of countries, and what stands below
    return len(labels) > (2 if country else 1)


def _result(part: Sequence[str]) -> MethodResult | None:
    """Read one result, ``method=result`` and then ``name=value``; None where it is none, such as ``none``."""
    if not part:
        return None
    name, _, result = part[0].partition("=")
    method = _METHOD.fullmatch(name)
    if method is None or method[2] not in (None, "1") or not result.isascii() or not result.isalpha():
        return None
    properties: dict[str, tuple[str, ...]] = {}
    for word in part[1:]:
        key, is_given, value = word.partition("=")
        if is_given:
            properties[key.lower()] = (*properties.get(key.lower(), ()), value)
    return MethodResult(method[1].lower(), result.lower(), properties)


def _parts(value: str) -> Iterator[tuple[str, ...]]:
    """Yield the words of each part between semicolons. Raises _UnendedError."""
    words: list[str] = []
    is_open = False
    at = 0
    while at < len(value):
        letter = value[at]
        if letter == ";":
            yield _joined(words)
            words, is_open, at = [], False, at + 1
        elif letter == "(":
            is_open, at = False, _after_comment(value, at)
        elif letter in _SPACES:
            is_open, at = False, at + 1
        else:
            text, at = _quoted(value, at) if letter == '"' else _atom(value, at)
            if is_open:
                words[-1] += text
            else:
                words.append(text)
            is_open = True
    yield _joined(words)


_OPAQUE = "\x00"
"""Stands for what is quoted and is no plain word: it equals nothing that anybody looks for."""


def _joined(words: Sequence[str]) -> tuple[str, ...]:
    """Join what stands around ``=``, ``.`` and ``/`` with spaces or comments between."""
    joined: list[str] = []
    for word in words:
        if joined and (word[0] in "=./" or joined[-1][-1] in "=./") and "=" not in joined[-1][:-1]:
            joined[-1] += word
        else:
            joined.append(word)
    return tuple(joined)


def _atom(value: str, at: int) -> tuple[str, int]:
    end = at
    while end < len(value) and value[end] not in '";(' and value[end] not in _SPACES:
        end += 1
    return value[at:end], end


def _quoted(value: str, at: int) -> tuple[str, int]:
    """Return what a quoted string says, opaque unless it is a plain word, and where it ends."""
    letters: list[str] = []
    at += 1
    while at < len(value):
        letter = value[at]
        if letter == '"':
            text = "".join(letters)
            return (text if re.fullmatch(r"[A-Za-z0-9._@-]+", text) else _OPAQUE), at + 1
        at += letter == "\\"
        letters.append(value[at : at + 1])
        at += 1
    raise _UnendedError


def _after_comment(value: str, at: int) -> int:
    depth = 0
    while at < len(value):
        letter = value[at]
        if letter == "(":
            depth += 1
        elif letter == ")":
            depth -= 1
            if not depth:
                return at + 1
        at += 2 if letter == "\\" else 1
    raise _UnendedError
