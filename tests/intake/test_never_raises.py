"""Whatever arrives, the answer is a value: random bytes, and real files with bytes, parts and cells damaged."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.forms.form import Form
from pipeline.forms.loader import load_form
from pipeline.intake.fetch import tnef
from pipeline.intake.fetch.mail import open_mail
from pipeline.intake.guard import inspection as guard
from pipeline.intake.guard import sandbox
from pipeline.intake.read.reading import read
from pipeline.model import Reading
from tests.intake.support import draft, numbers_for, zip_of
from tests.intake.xlsb import xlsb
from tests.support.mails import TNEF_DATA, TNEF_SUBJECT, mail, winmail

MAGIC = [b"", b"PK\x03\x04", b"PK\x05\x06", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF", b"<?xml"]
FAST = settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
IN_A_CHILD = settings(FAST, max_examples=15)
"""Each example starts a process."""


@cache
def saved(kind: str) -> bytes:
    form = load_form()
    made = draft(form, numbers_for(form))
    if kind == "xlsb":
        return xlsb({name: cells for name, cells in made.sheets.items() if cells})
    save: Callable[[], bytes] = getattr(made, kind)
    return save()


def assert_answered(form: Form, reading: Reading) -> None:
    assert reading.form in {None, form.id}
    assert reading.opened or any(found.severity == "error" for found in reading.findings)
    assert list(reading.numbers) in ([], [cell.key for cell in form.cells])


@FAST
@given(st.sampled_from(MAGIC), st.binary(max_size=2000))
def test_random_bytes(form: Form, magic: bytes, rest: bytes) -> None:
    assert_answered(form, read(form, magic + rest))


@st.composite
def damage(draw: st.DrawFn, content: bytes) -> bytes:
    """Overwrite, cut or double a stretch."""
    start = draw(st.integers(0, len(content) - 1))
    length = draw(st.integers(0, 300))
    instead = draw(
        st.one_of(st.just(b""), st.binary(max_size=40), st.just(content[start : start + length] * 2))
    )
    return content[:start] + instead + content[start + length :]


@FAST
@given(st.data())
def test_a_damaged_xlsx(form: Form, data: st.DataObject) -> None:
    assert_answered(form, read(form, data.draw(damage(saved("xlsx")))))


@pytest.mark.parametrize("kind", ["xls", "xlsb", "ods"])
@IN_A_CHILD
@given(data=st.data())
def test_a_damaged_file_of_another_kind(form: Form, kind: str, data: st.DataObject) -> None:
    assert_answered(form, read(form, data.draw(damage(saved(kind)))))


@pytest.fixture
def no_second_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    """Spare the second each start of openpyxl takes; the next test lets it start."""

    def refuse(*_: object) -> None:
        raise sandbox.FaultError("damaged")

    monkeypatch.setattr(sandbox, "parse", refuse)


@pytest.mark.usefixtures("no_second_reader")
@FAST
@given(st.data())
def test_a_sound_package_with_damaged_parts(form: Form, data: st.DataObject) -> None:
    """The zip is whole, so the damage reaches the parsers."""
    assert_answered(form, read(form, with_a_damaged_part(data)))


@IN_A_CHILD
@given(st.data())
def test_a_damaged_part_with_the_second_reader(form: Form, data: st.DataObject) -> None:
    assert_answered(form, read(form, with_a_damaged_part(data)))


def with_a_damaged_part(data: st.DataObject) -> bytes:
    with zipfile.ZipFile(io.BytesIO(saved("xlsx"))) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    name = data.draw(st.sampled_from(sorted(parts)))
    parts[name] = data.draw(damage(parts[name]))
    return zip_of(parts)


VALUES = st.one_of(
    st.none(),
    st.text(max_size=40),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(10**15), 10**15),
    st.booleans(),
    st.sampled_from(["/", "2件", "１２", "#REF!", "上一年项目数量", "总计", "是"]),
)


@FAST
@given(st.data())
def test_a_workbook_with_anything_in_its_cells(form: Form, data: st.DataObject) -> None:
    made = draft(form, numbers_for(form))
    sheet = data.draw(st.sampled_from(sorted(made.sheets)))
    spots = st.tuples(st.integers(0, 40), st.integers(0, 16))
    made.sheets[sheet] |= data.draw(st.dictionaries(spots, VALUES, max_size=12))
    assert_answered(form, read(form, made.xlsx()))


@FAST
@given(st.binary(max_size=3000))
def test_any_mail(content: bytes) -> None:
    found = open_mail(content)
    assert found is None or isinstance(found.spreadsheets, tuple)


@cache
def rich_mail() -> bytes:
    """A mail with everything in it: a chain, archives in archives, what Outlook packs, a report of a server."""
    book = zip_of({"夹/内.zip": zip_of({"甲.xlsx": b"x" * 99})})
    message = mail([("打包.zip", book), ("winmail.dat", winmail(TNEF_SUBJECT, TNEF_DATA))])
    message.add_attachment(mail([("乙.xlsx", b"y" * 99)], List_Id="<a.b>"))
    message.add_attachment(b"Action: failed\r\n\r\n", "application", "octet-stream", filename="转发.eml")
    message["Authentication-Results"] = "mx.x; dmarc=fail (x); spf=pass"
    message["Received"] = "from x by y; Mon, 15 Jan 2024 09:30:00 +0800"
    return message.as_bytes()


@FAST
@given(st.data())
def test_a_damaged_mail(data: st.DataObject) -> None:
    found = open_mail(data.draw(damage(rich_mail())), authserv_id="mx.x")
    assert found is None or all(isinstance(content, bytes) for _, content in found.spreadsheets)


@FAST
@given(st.binary(max_size=300), st.integers(0, 40))
def test_a_damaged_winmail(rest: bytes, cut: int) -> None:
    assert tnef.holds_files(winmail(TNEF_SUBJECT)[: 6 + cut] + rest) in (True, False)


@FAST
@given(
    st.sampled_from(
        [
            *("From", "Date", "Message-ID", "Content-Type", "Content-Disposition", "Received", "Subject"),
            *("Authentication-Results", "Auto-Submitted", "Return-Path", "Content-Transfer-Encoding"),
        ]
    ),
    st.binary(max_size=200),
)
def test_any_header(name: str, value: bytes) -> None:
    content = (
        name.encode() + b": " + value + b'\r\nContent-Disposition: attachment; filename="a.xlsx"\r\n\r\nx'
    )
    found = open_mail(content, authserv_id="mx.x")
    assert found is None or found.sender is None or isinstance(found.sender, str)


@FAST
@given(st.sampled_from(MAGIC), st.binary(max_size=2000))
def test_the_guard_always_answers(magic: bytes, rest: bytes) -> None:
    found = guard.inspect(magic + rest)
    assert bool(found.kind) != bool(found.refusal)
