"""Random histories of a campaign: mails, archives, roster edits, decisions, runs between them; what must hold, holds after every run."""

from __future__ import annotations

import io
import os
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from pipeline.forms.form import Form
from tests.support.towns import Town, box

EXAMPLES = int(os.environ.get("NIANBAO_HISTORIES", "2"))
"""Random histories in a run, each of a minute or so; the written ones come besides."""
NAMES = ("财政局", "教育局", "民政局")
CODES = ("001", "002", "003")
NEW = ("004", "005")
"""Codes of bodies that are split off on the way; until then nothing happens to them."""
KINDS = (
    *("sent", "sent", "sent_again", "strange", "zipped", "guessed", "mailbox", "renamed", "merged", "split"),
    *("sent_back", "chosen", "accepted", "dismissed", "revoked"),
)


@dataclass(frozen=True, slots=True)
class Word:
    """A report (the name written in it, and its seed) as it was sent, or as a person spoke of it, at a place in time."""

    at: int
    what: str
    name: str
    seed: int

    @property
    def report(self) -> tuple[str, int]:
        """Which report it is about."""
        return self.name, self.seed


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report that waits for a person; ``pair`` is the other one of two whose order nobody knows."""

    path: str
    word: Word
    pair: str = ""


@dataclass(slots=True)
class Body:
    """What one agency ought to stand like."""

    name: str
    mailbox: str
    words: list[Word] = field(default_factory=list)
    held: list[Waiting] = field(default_factory=list)
    decided: list[tuple[Sequence[str], list[Word], list[Waiting]]] = field(default_factory=list)
    """What was decided of it, as it is typed, with what stood before."""
    merged_into: str = ""
    merged_at: int = 0

    @property
    def counting(self) -> tuple[str, int] | None:
        """The report that counts."""
        back = {word.report for word in self.words if word.what == "sent_back"}
        newest = max(self.words, key=lambda word: word.at, default=None)
        return None if newest is None or newest.report in back else newest.report


@dataclass(slots=True)
class History:
    """A town, and what it ought to look like."""

    town: Town
    bodies: dict[str, Body]
    day: int = 1
    seeds: int = 0
    lines: int = 0
    """Files that arrived."""

    @property
    def today(self) -> str:
        """The day of the campaign."""
        return f"2024-01-{self.day:02}"

    @property
    def morning(self) -> str:
        """As a mail writes it."""
        return f"Wed, {self.day:02} Jan 2024 09:30:00 +0800"

    def step(self, kind: str, code: str, pick: int) -> None:
        """Let something happen in the morning and run in the evening; then look."""
        self.day += 1
        body = self.bodies.get(code)
        if body and not body.merged_into:
            getattr(self, f"_{kind}")(code, body, pick)
        self.town.run(self.today)
        for own in self.bodies.values():
            own.held = [item for item in own.held if not self._is_settled(own, item)]
        self.look()

    def _is_settled(self, body: Body, item: Waiting) -> bool:
        """Whether nobody need say any more which of two files is the newer: the body's next report was accepted before this day."""
        sent = [word for word in body.words if word.what == "sent"]
        first = {word.report: min(one.at for one in sent if one.report == word.report) for word in sent}
        return bool(item.pair) and any(item.word.at < at < self.day * 10 for at in first.values())

    def _post(self, sender: str, name: str, seed: int) -> str:
        self.town.receive(sender, self.morning, (f"年报{seed}.xlsx", self.town.book(name, seed)))
        self.lines += 1
        return f"mail/{self.town.mails:03}.eml/年报{seed}.xlsx"

    def _new(self, body: Body, what: str = "sent") -> Word:
        self.seeds += 1
        return Word(self.day * 10, what, body.name, self.seeds)

    def _sent(self, _: str, body: Body, __: int) -> None:
        word = self._new(body)
        self._post(body.mailbox, *word.report)
        body.words.append(word)

    def _sent_again(self, _: str, body: Body, pick: int) -> None:
        own = [word for word in body.words if word.what == "sent"]
        if own:
            report = own[pick % len(own)].report
            self._post(body.mailbox, *report)
            body.words.append(Word(self.day * 10, "sent", *report))

    def _strange(self, _: str, body: Body, __: int) -> None:
        word = self._new(body)
        body.held.append(Waiting(self._post("stranger@elsewhere.example", *word.report), word))

    def _zipped(self, code: str, body: Body, pick: int) -> None:
        """An archive of a dated folder holds a report, a mail of another agency and something that is none."""
        word, packed = self._new(body), io.BytesIO()
        others = [item for key, item in self.bodies.items() if key != code and not item.merged_into]
        with zipfile.ZipFile(packed, "w") as archive:
            archive.writestr(f"年报{word.seed}.xlsx", self.town.book(*word.report))
            archive.writestr("说明.txt", b"see within")
            if others:
                other = others[pick % len(others)]
                own = self._new(other)
                letter = self.town.letter(
                    other.mailbox, self.morning, (f"年报{own.seed}.xlsx", self.town.book(*own.report))
                )
                archive.writestr("1.eml", letter.as_bytes())
                other.words.append(own)
        self.town.put(f"{self.today}/报送.zip", packed.getvalue())
        self.lines += 2 + bool(others)
        body.words.append(word)

    def _guessed(self, _: str, body: Body, __: int) -> None:
        """Two differing files are put in by hand on one day."""
        words = [self._new(body), self._new(body)]
        paths = [f"{self.day}/年报{word.seed}.xlsx" for word in words]
        for path, word in zip(paths, words, strict=True):
            self.town.put(path, self.town.book(*word.report))
        self.lines += 2
        body.held += [
            Waiting(path, word, pair) for path, word, pair in zip(paths, words, reversed(paths), strict=True)
        ]

    def _mailbox(self, code: str, body: Body, pick: int) -> None:
        body.mailbox = f"b{pick}.{self.day}@gov.example"
        self.town.change(code, email=body.mailbox)

    def _renamed(self, code: str, body: Body, __: int) -> None:
        former = ";".join(filter(None, (self.town.lines[code][3], body.name)))
        body.name = f"{body.name[:2]}{self.day}号局"
        self.town.change(code, name=body.name, former_names=former)

    def _merged(self, code: str, body: Body, pick: int) -> None:
        others = [other for other in self.bodies if other != code and not self.bodies[other].merged_into]
        if others:
            into = others[pick % len(others)]
            body.merged_into, body.merged_at = into, self.day * 10 - 1
            self.town.change(code, merged_into=f"{into} {self.today}")

    def _split(self, code: str, _: Body, __: int) -> None:
        free = [new for new in NEW if new not in self.bodies]
        if free:
            name = f"新设{self.day}号办"
            self.town.change(free[0], name=name, email=box(free[0]), split_from=f"{code} {self.today}")
            self.bodies[free[0]] = Body(name, box(free[0]))

    def _decide(self, body: Body, *typed: str) -> None:
        before = (list(body.words), list(body.held))
        said = self.town.decide(*typed, day=self.today)
        assert said.code == 0, said.text
        body.decided.append((typed, *before))

    def _sent_back(self, code: str, body: Body, _: int) -> None:
        if body.counting:
            [row] = [row for row in self._rows(code) if row["counts"]]
            self._decide(body, "return", code, str(row["version"]))
            body.words.append(Word(self.day * 10, "sent_back", *body.counting))

    def _chosen(self, code: str, body: Body, pick: int) -> None:
        rows = [row for row in self._rows(code) if row["verdict"].startswith("accepted") and row["version"]]
        if rows:
            row = rows[pick % len(rows)]
            self._decide(body, "count", body.name, str(row["version"]))
            seed = int(row["file"].rpartition("年报")[2].removesuffix(".xlsx"))
            name = next(word.name for word in body.words if word.seed == seed)
            kept = [word for word in body.words if word.what != "chosen"]
            body.words = [*kept, Word(self.day * 10, "chosen", name, seed)]

    def _accepted(self, _: str, body: Body, __: int) -> None:
        if body.held:
            self._decide(body, "accept", body.held[-1].path)
            item = body.held.pop()
            body.held = [other for other in body.held if other.path != item.pair]
            body.words.append(item.word)

    def _dismissed(self, _: str, body: Body, __: int) -> None:
        if body.held and not body.held[-1].pair:
            self._decide(body, "dismiss", body.held[-1].path)
            body.held.pop()

    def _revoked(self, code: str, body: Body, _: int) -> None:
        """Take back the last thing decided, if nothing has happened to the agency since."""
        if body.decided and body.decided[-1][0][0] in ("return", "count", "accept", "dismiss"):
            typed, words, held = body.decided.pop()
            about = typed[:2] if typed[0] in ("accept", "dismiss") else (typed[0], code, *typed[2:])
            assert self.town.decide(*about, "--revoke", day=self.today).code == 0
            since = [word for word in body.words if word.at > max((one.at for one in words), default=0)]
            new = [word for word in since if word.what == "sent" and word not in held_words(held)]
            later = [item for item in body.held if item not in held]
            gone = [word for word in words if word.what == "chosen"] if typed[0] == "count" else []
            body.words = [word for word in [*words, *new] if word not in gone]
            body.held = [*held, *later]

    def _rows(self, code: str) -> list[dict[str, str]]:
        return [row for row in self.town.ran.record["submissions"] if row["agency"] == code]

    def look(self) -> None:
        """What counts is the newest accepted word or what a person decided; no figure is another body's; all has a line."""
        expected = {
            body.name: self.town.figures_of(*body.counting)
            for body in self.bodies.values()
            if body.counting and not self._is_covered(body)
        }
        assert dict(self.town.figures) == expected
        lines = {row["file"] for row in self.town.ran.record["submissions"]}
        assert len(lines) == self.lines, "every file that arrived has a line"
        waiting = {item.path for body in self.bodies.values() if not body.merged_into for item in body.held}
        held = {row["file"] for row in self.town.ran.record["submissions"] if row["verdict"] == "held"}
        assert waiting <= held, "what nobody has decided waits"
        for letter in self.town.letters:
            part = letter.get_body()
            own = [body for body in self.bodies.values() if letter["To"] == body.mailbox]
            strangers = [name for name in NAMES if name not in self._names(own[0])] if own else []
            assert not [name for name in strangers if part and name in str(part.get_content())]

    def _names(self, body: Body) -> str:
        code = next(code for code, own in self.bodies.items() if own is body)
        return ";".join(self.town.lines[code])

    def _is_covered(self, body: Body) -> bool:
        """Whether the body it became part of has reported since, and that counts."""
        into = self.bodies.get(body.merged_into)
        if into is None:
            return False
        if into.merged_into:
            return self._is_covered(Body("", "", merged_into=into.merged_into, merged_at=body.merged_at))
        since = {word.report for word in into.words if word.what == "sent" and word.at > body.merged_at}
        before = {word.report for word in into.words if word.what == "sent" and word.at < body.merged_at}
        return into.counting in since - before


def held_words(held: Sequence[Waiting]) -> list[Word]:
    """The reports that wait."""
    return [item.word for item in held]


STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from((*CODES, *CODES, *NEW)), st.integers(0, 3)),
    min_size=4,
    max_size=8,
)


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
@example(steps=[("guessed", "001", 0), ("accepted", "001", 0), ("revoked", "001", 0), ("accepted", "001", 0)])
@example(steps=[("guessed", "001", 0), ("sent", "001", 0), ("revoked", "001", 0), ("accepted", "001", 0)])
@example(
    steps=[
        ("zipped", "002", 0),
        ("sent_back", "001", 0),
        ("sent", "001", 0),
        ("chosen", "001", 0),
        ("revoked", "001", 0),
    ]
)
@example(
    steps=[
        ("split", "001", 0),
        ("sent", "004", 0),
        ("merged", "004", 1),
        ("zipped", "002", 1),
        ("renamed", "002", 0),
    ]
)
def test_after_any_history_what_counts_is_the_newest_word_and_nothing_is_lost(
    form: Form, steps: list[tuple[str, str, int]]
) -> None:
    with TemporaryDirectory() as folder:
        town = Town.of(form, Path(folder) / "区", *NAMES)
        history = History(
            town, {code: Body(name, box(code)) for code, name in zip(CODES, NAMES, strict=True)}
        )
        history.step("sent", "001", 0)
        for kind, code, pick in steps:
            history.step(kind, code, pick)
        figures = town.figures
        assert "没有新的报送" in town.run(history.today).text, "a second run changes nothing"
        assert town.figures == figures
