"""Mails are spelled here, byte for byte as the library spells them from the same parts."""

from __future__ import annotations

import random
from base64 import encodebytes
from email.message import Message
from email.policy import Compat32

import pytest

from pipeline.letter import Attachment
from pipeline.letters.text import mime

POLICY = Compat32(max_line_length=0, linesep="\r\n")
SIGNS = "信息公开年报abc ,。1-（）\n"


def some(rng: random.Random, length: int) -> str:
    return "".join(rng.choice(SIGNS) for _ in range(length))


def example(seed: int) -> tuple[dict[str, str], str, list[Attachment]]:
    rng = random.Random(seed)
    headers = {
        "From": mime.address(some(rng, rng.randint(0, 30)).replace("\n", ""), "a@x.cn"),
        "To": ", ".join(f"a{number}@example.gov.cn" for number in range(rng.randint(1, 9))),
        "Subject": some(rng, rng.randint(0, 90)),
        "In-Reply-To": rng.choice(["", "<a@b>", f"<{'x' * 150}@b>"]),
    }
    names = [some(rng, rng.randint(1, 40)).replace("\n", "") + rng.choice([".xlsx", ".docx", ".zz", ""])] * 2
    sizes = rng.choices([0, 1, 56, 57, 58, 114, 3000], k=rng.choice([0, 0, 1, 2]))
    files = [Attachment(name, rng.randbytes(size)) for name, size in zip(names, sizes, strict=False)]
    return headers, some(rng, rng.choice([0, 1, 10, 300])), files


@pytest.mark.parametrize("seed", range(100))
def test_a_mail_is_what_the_library_makes_of_its_parts(seed: int) -> None:
    headers, text, files = example(seed)
    made = mime.build_mail(headers, text, files, key=str(seed))
    assert mime.spelled(mime.parsed(made)) == made
    assert made.isascii()
    assert max(map(len, made.split(b"\r\n"))) < 998
    parts = [part for part in mime.parsed(made).walk() if not part.is_multipart()]
    contents = [part.get_payload(decode=True) for part in parts]
    assert contents == [text.replace("\n", "\r\n").encode(), *(item.content for item in files)]
    for part, content in zip(parts, contents, strict=True):
        again = Message(POLICY)
        for name in ("Content-Type", "Content-Transfer-Encoding", "Content-Disposition"):
            if part[name]:
                again[name] = part[name]
        assert isinstance(content, bytes)
        again.set_payload(encodebytes(content).decode("ascii").replace("\n", "\r\n"))
        assert again.as_bytes().partition(b"\r\n\r\n")[2] in made


@pytest.mark.parametrize("seed", range(100))
def test_the_words_of_a_mail_of_ours_are_what_went_into_it(seed: int) -> None:
    headers, text, files = example(seed)
    made = mime.build_mail(headers, text, files, key=str(seed))
    assert mime.words_of(made) == text.replace("\n", "\r\n")


def test_the_words_of_another_mail_are_not_guessed() -> None:
    assert mime.words_of(b"Content-Type: text/plain; charset=gbk\r\n\r\nabc") is None
