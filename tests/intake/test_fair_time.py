"""Whoever wastes a run's time wastes their own: what others took shortens nobody's fair share. The clock is made here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

import pytest

from pipeline.intake.fetch.inbox_folder import Item
from pipeline.intake.guard import isolation
from pipeline.intake.guard.isolation import ItemWork, Spent, carried_out
from pipeline.machine.pool import TIME, JobAnswer, JobFailure, Limits, Outcome, PoolJob

MEGABYTE = 1_000_000


@dataclass
class Clocked:
    """Does jobs whose text says how many seconds they need, by a clock of its own."""

    appetite = 25
    now: float = 0.0
    begun: Counter[str] = field(default_factory=Counter)

    def prepare(self, job: PoolJob) -> None:
        """Do nothing."""

    def run(
        self, jobs: Iterable[PoolJob], limits: Callable[[], Limits] = Limits
    ) -> Iterator[tuple[int, Outcome]]:
        for number, job in enumerate(jobs):
            allowed = limits().of(job).cpu
            took = min(allowed, float(job.arguments))
            self.now += took
            self.begun[job.function] += 1
            late = took < float(job.arguments)
            yield number, JobFailure(TIME, seconds=took) if late else JobAnswer("")


@pytest.fixture
def pool(monkeypatch: pytest.MonkeyPatch) -> Clocked:
    made = Clocked()
    monkeypatch.setattr(isolation, "monotonic", lambda: made.now)
    return made


def work(key: str, needs: float, size: int = 0, *, source: str = "", sender: str = "") -> ItemWork[str]:
    return ItemWork(key, source, lambda: PoolJob(key, str(needs), (bytes(size),)), sender)


def crowd(most: int, needs: float, *, sender: str = "") -> list[ItemWork[str]]:
    return [
        work(f"s{number}", needs, 2 * MEGABYTE, sender=sender or f"{number}@evil.example")
        for number in range(most)
    ]


def opened(pool: Clocked, spent: Spent, works: Iterable[ItemWork[str]]) -> set[str]:
    return {key for key, outcome in carried_out(pool, works, spent) if isinstance(outcome, JobAnswer)}


def test_a_large_mail_is_opened_beside_any_number_of_slow_ones(pool: Clocked) -> None:
    """It takes what its size is worth, on a slow computer too, and comes after everybody who wasted the run."""
    spent = Spent()
    assert opened(pool, spent, crowd(45, 100)) == set()
    assert opened(pool, spent, [work("honest", 4, 27 * MEGABYTE)]) == {"honest"}
    assert pool.begun["honest"] == 1


def test_what_others_wasted_at_first_takes_nobodys_second_turn(pool: Clocked) -> None:
    """Sixty slow mails of one sender use up the first turns' patience, and the second turns that are theirs."""
    spent = Spent()
    opened(pool, spent, crowd(60, 100, sender="x@evil.example"))
    assert opened(pool, spent, [work("honest", 6, sender="a@b.example")]) == {"honest"}


def test_senders_share_second_turns_and_each_has_an_end(pool: Clocked) -> None:
    spent = Spent()
    done = opened(pool, spent, crowd(9, 11, sender="x@evil.example"))
    assert len(done) == 2
    assert opened(pool, spent, [work("honest", 11, sender="a@b.example")]) == {"honest"}


def test_second_turns_that_succeed_are_counted_too(pool: Clocked) -> None:
    """Else twenty senders of mails that are opened at last hold a run up for twenty times as long."""
    assert len(opened(pool, Spent(), crowd(20, 10))) == 3
    assert pool.now < 80


def test_who_is_only_said_to_have_sent_a_mail_loses_no_first_turn(pool: Clocked) -> None:
    """Anybody can write the address of an agency into slow mails of their own."""
    spent = Spent()
    opened(pool, spent, crowd(30, 100, sender="a@b.example"))
    assert opened(pool, spent, [work("honest", 0.3, sender="a@b.example")]) == {"honest"}


def test_its_own_first_turn_takes_no_items_second(pool: Clocked, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a slow computer the first turn alone is longer than all that a source may waste."""
    monkeypatch.setattr(isolation, "FIRST", Limits(seconds=20, cpu=20))
    monkeypatch.setattr(isolation, "SECOND", Limits(seconds=40, cpu=40))
    assert opened(pool, Spent(), [work("large", 35, source="a@b.example")]) == {"large"}
    lasting = dict(carried_out(pool, [work("endless", 99, source="a@b.example")], Spent()))
    assert [one.kind for one in lasting.values() if isinstance(one, JobFailure)] == [TIME]


def test_who_was_hurried_has_the_second_turn_before_who_caused_it(
    pool: Clocked, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One endless file makes the run hurry, and takes all the time that there is for second turns."""
    monkeypatch.setattr(isolation, "FIRST", Limits(seconds=20, cpu=9))
    monkeypatch.setattr(isolation, "_LAST_PATIENCE", 10)
    works = [work("endless", 99, source="1.eml"), work("honest", 0.8, source="a@b.example")]
    assert opened(pool, Spent(), works) == {"honest"}


def item(content: bytes, path: str = "a.eml") -> Item:
    return Item(path, "", 0.0, content)


@pytest.mark.parametrize(
    ("content", "sender"),
    [
        (b"Subject: x\r\nFrom: =?utf-8?B?55Sy?= <A.b@C.example>\r\n\r\n", "a.b@c.example"),
        (b"from:a@b.example\n\nFrom: c@d.example\n", "a@b.example"),
        (b"From: nobody\n\n", ""),
        (b"Subject: From: a@b.example\n\n", ""),
        (b"X: " + b"x" * 20_000 + b"\nFrom: a@b.example\n\n", ""),
        (b"", ""),
    ],
)
def test_who_a_mail_says_it_is_from_is_told_by_its_beginning(content: bytes, sender: str) -> None:
    assert item(content).said_sender == sender
    assert item(content, "a.zip").said_sender == ""
