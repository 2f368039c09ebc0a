"""Random histories of a campaign: mails, roster edits, decisions, runs between them; what must hold, holds after every run."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.forms.form import Form
from tests.support.towns import Town, box

NAMES = ("财政局", "教育局", "民政局")
CODES = ("001", "002", "003")
KINDS = (
    *("sent", "sent", "sent_again", "strange", "mailbox", "renamed", "merged"),
    *("sent_back", "chosen", "accepted", "dismissed"),
)


@dataclass(slots=True)
class Body:
    """What one agency ought to stand like: ``words`` are the reports (name and seed) it sent, in order, or a person's word."""

    name: str
    mailbox: str
    words: list[tuple[str, str, int]] = field(default_factory=list)
    """(what: "sent", "sent_back" or "chosen"; the name written in the report; its seed)"""
    held: list[tuple[int, str, str, int]] = field(default_factory=list)
    """(place among the words, path, name, seed) of reports from strangers."""
    merged_into: str = ""
    merged_after: int = 0
    """How many words the successor had spoken when this body became part of it."""

    @property
    def counting(self) -> tuple[str, int] | None:
        """The report that counts."""
        back = {(name, seed) for what, name, seed in self.words if what == "sent_back"}
        newest = self.words[-1] if self.words else None
        if newest is None or newest[1:] in back:
            return None
        return newest[1:]


@dataclass(slots=True)
class History:
    """A town, and what it ought to look like."""

    town: Town
    bodies: dict[str, Body]
    day: int = 1
    seeds: int = 0

    @property
    def today(self) -> str:
        """The day of the campaign."""
        return f"2024-01-{self.day:02}"

    def step(self, kind: str, code: str, pick: int) -> None:
        """Let something happen in the morning and run in the evening; then look."""
        self.day += 1
        body = self.bodies[code]
        if not body.merged_into:
            getattr(self, f"_{kind}")(code, body, pick)
        self.town.run(self.today)
        self.look()

    def _post(self, sender: str, name: str, seed: int) -> str:
        at = f"Wed, {self.day:02} Jan 2024 09:30:00 +0800"
        self.town.receive(sender, at, (f"年报{seed}.xlsx", self.town.book(name, seed)))
        return f"mail/{self.town.mails:03}.eml/年报{seed}.xlsx"

    def _new(self) -> int:
        self.seeds += 1
        return self.seeds

    def _sent(self, _: str, body: Body, __: int) -> None:
        seed = self._new()
        self._post(body.mailbox, body.name, seed)
        body.words.append(("sent", body.name, seed))

    def _sent_again(self, _: str, body: Body, pick: int) -> None:
        own = [(name, seed) for what, name, seed in body.words if what == "sent"]
        if own:
            name, seed = own[pick % len(own)]
            self._post(body.mailbox, name, seed)
            body.words.append(("sent", name, seed))

    def _strange(self, _: str, body: Body, __: int) -> None:
        seed = self._new()
        path = self._post("stranger@elsewhere.example", body.name, seed)
        body.held.append((len(body.words), path, body.name, seed))

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
            body.merged_into, body.merged_after = into, len(self.bodies[into].words)
            self.town.change(code, merged_into=f"{into} {self.today}")

    def _sent_back(self, code: str, body: Body, _: int) -> None:
        if body.counting:
            assert self.town.decide("return", code, day=self.today).code == 0
            body.words.append(("sent_back", *body.counting))

    def _chosen(self, code: str, body: Body, pick: int) -> None:
        rows = [row for row in self._rows(code) if row["verdict"].startswith("accepted") and row["version"]]
        if rows:
            row = rows[pick % len(rows)]
            assert self.town.decide("count", body.name, str(row["version"]), day=self.today).code == 0
            seed = int(row["file"].rpartition("年报")[2].removesuffix(".xlsx"))
            name = next(name for _, name, own in body.words if own == seed)
            body.words.append(("chosen", name, seed))

    def _accepted(self, _: str, body: Body, __: int) -> None:
        if body.held:
            place, path, name, seed = body.held.pop()
            assert self.town.decide("accept", path, day=self.today).code == 0
            body.words.insert(place, ("sent", name, seed))
            body.held = [(at + (at >= place), *rest) for at, *rest in body.held]  # type: ignore[misc]

    def _dismissed(self, _: str, body: Body, __: int) -> None:
        if body.held:
            path = body.held.pop()[1]
            assert self.town.decide("dismiss", path, day=self.today).code == 0

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
        assert len(lines) == self.town.mails, "every file that arrived has a line"
        waiting = sum(len(body.held) for body in self.bodies.values() if not body.merged_into)
        assert len([1 for row in self.town.ran.record["submissions"] if row["verdict"] == "held"]) >= waiting
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
            return self._is_covered(
                Body("", "", merged_into=into.merged_into, merged_after=body.merged_after)
            )
        since = {(name, seed) for what, name, seed in into.words[body.merged_after :] if what == "sent"}
        before = {(name, seed) for what, name, seed in into.words[: body.merged_after] if what == "sent"}
        return into.counting in since - before


STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from(CODES), st.integers(0, 3)), min_size=4, max_size=8
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
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
