"""Kinds of files that were sent to stop or to deceive a run, made from a good one; each seed gives another of the kind."""

from __future__ import annotations

import io
import random
import struct
import zipfile
from collections.abc import Callable, Mapping
from email.message import EmailMessage

from tests.intake.support import draft, numbers_for, rewrite_part, zip_of
from tests.support.documents import docx_of

SHEET, BOOK, STYLES = "xl/worksheets/sheet2.xml", "xl/workbook.xml", "xl/styles.xml"
_EMPTY_ROW = b'<row r="%d"><c r="A%d"><v>1</v></c></row>'


def cells(good: bytes, more: bytes) -> bytes:
    """Add ``more`` behind the last row of a sheet."""
    return rewrite_part(good, SHEET, lambda xml: xml.replace(b"</sheetData>", more + b"</sheetData>"))


def part(good: bytes, name: str, old: bytes, new: bytes) -> bytes:
    """Replace the first ``old`` in a part."""
    return rewrite_part(good, name, lambda xml: xml.replace(old, new, 1))


def two_directories(good: bytes, rng: random.Random) -> bytes:
    """Two archives, one behind the other: readers look at either."""
    return zip_of({"xl/workbook.xml": b"<a/>" * rng.randint(1, 9)}) + good


def directory_in_comment(good: bytes, rng: random.Random) -> bytes:
    """A directory of another archive in the comment of this one."""
    inner = zip_of({f"{rng.random()}.xml": b"<a/>"})
    stream = io.BytesIO(good)
    with zipfile.ZipFile(stream, "a") as archive:
        archive.comment = inner
    return stream.getvalue()


def flipped_bit(good: bytes, rng: random.Random) -> bytes:
    """One bit of a stored part is another."""
    with zipfile.ZipFile(io.BytesIO(good)) as source:
        parts = {name: source.read(name) for name in source.namelist()}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as target:
        for name, data in parts.items():
            target.writestr(name, data)
    content = bytearray(stream.getvalue())
    at = content.index(b"<sheetData>") + rng.randint(20, 400)
    content[at] ^= 1
    return bytes(content)


def long_comment(good: bytes, rng: random.Random) -> bytes:
    """What quadratic patterns stumble over, in the part that names the sheets."""
    soup = b"<!-- <sheet " + b"a" * rng.randint(300_000, 1_000_000) + b" -->"
    return part(good, BOOK, b"<sheets>", soup + b"<sheets>")


def many_merges(good: bytes, rng: random.Random) -> bytes:
    """Merged areas that cover whole sheets."""
    areas = b"".join(b'<mergeCell ref="A%d:XFD1048576"/>' % rng.randint(1, 99) for _ in range(200))
    return part(good, SHEET, b"</sheetData>", b"</sheetData><mergeCells>" + areas + b"</mergeCells>")


def far_cells(good: bytes, rng: random.Random) -> bytes:
    """Two cells in opposite corners, spelled in any way."""
    spelling = rng.choice(
        (
            b'<c r="XFD1048576"><v>1</v></c>',
            b"<c r='XFD1048576'><v>1</v></c>",
            b'<x:c r="XFD9"><x:v>1</x:v></x:c>',
        )
    )
    return cells(good, b'<row r="1048576" xmlns:x="y">' + spelling + b"</row>")


def many_sheets(good: bytes, rng: random.Random) -> bytes:
    """Every sheet of sixty is filled to the last row of what is allowed for one."""
    last = 19_000 + rng.randint(0, 900)
    rows = b"".join(_EMPTY_ROW % (row, row) for row in range(900, last, 40))
    filled = rewrite_part(good, SHEET, lambda xml: xml.replace(b"</sheetData>", rows + b"</sheetData>"))
    names = b"".join(b'<sheet name="s%d" sheetId="%d" r:id="rId2"/>' % (n, n + 99) for n in range(45))
    return part(filled, BOOK, b"</sheets>", names + b"</sheets>")


def thousand_sheets(good: bytes, rng: random.Random) -> bytes:
    """A thousand names for one sheet."""
    names = b"".join(
        b'<sheet name="%d" sheetId="%d" r:id="rId2"/>' % (n, n + 99) for n in range(1000 + rng.randint(0, 9))
    )
    return part(good, BOOK, b"</sheets>", names + b"</sheets>")


def cell_in_cell(good: bytes, rng: random.Random) -> bytes:
    """One value with two addresses, or one address with two values."""
    odd = rng.choice(
        (
            b'<c r="A901"><c r="B901"><v>5</v></c></c>',
            b'<c r="A901"><v>5</v><v>6</v></c>',
            b'<c r="A901"><v>5<c r="B901"><v>6</v></c></v></c>',
            b'<c r="A901"><f>1<c r="B901"><v>6</v></c></f></c>',
            b'<c r="A901" t="inlineStr"><is><c r="B901"><v>6</v></c></is></c>',
        )
    )
    return cells(good, b'<row r="901">' + odd + b"</row>")


def bomb(good: bytes, rng: random.Random) -> bytes:
    """Much from little."""
    return rewrite_part(good, SHEET, lambda xml: xml + b" " * rng.randint(40_000_000, 50_000_000))


def entities(good: bytes, rng: random.Random) -> bytes:
    """Definitions that multiply."""
    inner = b'<!ENTITY a "aaaaaaaaaa"><!ENTITY b "%s">' % (b"&a;" * rng.randint(5, 9))
    return part(good, SHEET, b"<worksheet", b"<!DOCTYPE x [" + inner + b"]><worksheet")


def deep(good: bytes, rng: random.Random) -> bytes:
    """Elements in elements."""
    depth = rng.randint(100_000, 200_000)
    return part(good, SHEET, b"</sheetData>", b"</sheetData>" + b"<x>" * depth + b"</x>" * depth)


def endless_ods(_: bytes, rng: random.Random) -> bytes:
    """A few hundred bytes that stand for a million rows."""
    from pipeline.forms.loader import load_form  # noqa: PLC0415

    often = b'<table:table-row table:number-rows-repeated="%d">' % rng.randint(800_000, 1_000_000)
    return rewrite_part(
        draft(load_form()).ods(), "content.xml", lambda xml: xml.replace(b"<table:table-row>", often, 1)
    )


def damaged(kind: str) -> Callable[[bytes, random.Random], bytes]:
    """Return what overwrites a few bytes of a file in another format."""

    def make(_good: bytes, rng: random.Random) -> bytes:
        from pipeline.forms.loader import load_form  # noqa: PLC0415

        content = bytearray(getattr(draft(load_form()), kind)())
        for _ in range(rng.randint(1, 40)):
            content[rng.randrange(512, len(content))] = rng.randrange(256)
        return bytes(content)

    return make


def crowded(_: bytes, rng: random.Random) -> bytes:
    """An archive of thousands of tables."""
    return zip_of({f"{number}.xlsx": b"x" for number in range(3000 + rng.randint(0, 50))})


def zeros(_: bytes, rng: random.Random) -> bytes:
    """Large files of nothing, packed less tightly than a bomb."""
    noise = rng.randbytes(150_000)
    return zip_of({f"{n}.xlsx": noise + b"\0" * 14_000_000 for n in range(2)})


def long_texts(_: bytes, rng: random.Random) -> bytes:
    """A workbook whose every text is as long as a cell can be, of what rules over texts have most to do with."""
    from pipeline.forms.loader import load_form  # noqa: PLC0415

    form = load_form()
    clause = rng.choice(
        ("收到申请1件，其中1件、", "1.1.1.1.", " 1 2 3", "公开1条、较上年增长1%，", "（其中（含（")
    )
    texts = {text.key: (clause * 32_000)[:32_000] for text in form.texts}
    return draft(form, numbers_for(form, rng.randrange(999)), answers=texts).xlsx()


def word_bomb(_good: bytes, rng: random.Random) -> bytes:
    """A Word report of thousands of tables, or of much from little."""
    table = "<w:tbl><w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    return docx_of(
        rng.choice((" " * rng.randint(50_000_000, 60_000_000), table * rng.randint(9_000, 11_000)))
    )


def nested_page(_good: bytes, rng: random.Random) -> bytes:
    """A page of tables in tables."""
    return b"<html><body>" + b"<table><tr><td>" * rng.randint(5_000, 90_000) + b"x</body></html>"


def mail_of_texts(_good: bytes, rng: random.Random) -> bytes:
    """A mail that carries such a workbook several times, each a little different."""
    message = EmailMessage()
    message["From"], message["Subject"] = "stranger@example.com", "report"
    message.set_content("hello")
    for number in range(3):
        content = long_texts(b"", rng)
        message.add_attachment(
            content, maintype="application", subtype="octet-stream", filename=f"{number}.xlsx"
        )
    return message.as_bytes()


def many_entries(number: int) -> bytes:
    """An archive of ``number`` empty tables; written by hand, because that is what takes long."""
    names = [b"%x.xlsx" % n for n in range(number)]
    locals_, directory, at = [], [], 0
    for name in names:
        own = struct.pack("<4s5H3I2H", b"PK\3\4", 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0) + name
        head = struct.pack(
            "<4s6H3I5H2I", b"PK\1\2", 20, 20, 0, 0, 0, 33, 0, 0, 0, len(name), 0, 0, 0, 0, 0, at
        )
        locals_.append(own)
        directory.append(head + name)
        at += len(own)
    whole = b"".join(directory)
    end = struct.pack(
        "<4s4H2IH", b"PK\5\6", 0, 0, min(number, 0xFFFF), min(number, 0xFFFF), len(whole), at, 0
    )
    return b"".join(locals_) + whole + end


def long_text_mail(size: int) -> bytes:
    """A mail of nothing but ``size`` bytes of words."""
    line = b"the report is attached, please find it below\r\n"
    return b"From: a@b.cn\r\nSubject: report\r\n\r\n" + line * (size // len(line))


KINDS: Mapping[str, Callable[[bytes, random.Random], bytes]] = {
    "two_directories.xlsx": two_directories,
    "directory_in_comment.xlsx": directory_in_comment,
    "flipped_bit.xlsx": flipped_bit,
    "long_comment.xlsx": long_comment,
    "far_cells.xlsx": far_cells,
    "many_sheets.xlsx": many_sheets,
    "thousand_sheets.xlsx": thousand_sheets,
    "cell_in_cell.xlsx": cell_in_cell,
    "bomb.xlsx": bomb,
    "entities.xlsx": entities,
    "deep.xlsx": deep,
    "endless.ods": endless_ods,
    "damaged.xls": damaged("xls"),
    "damaged.ods": damaged("ods"),
    "crowded.zip": crowded,
    "zeros.zip": zeros,
    "long_texts.xlsx": long_texts,
    "bomb.docx": word_bomb,
    "nested.html": nested_page,
    "mail.eml": mail_of_texts,
}
"""By the end of the file's name."""


def items(good: bytes, number: int) -> dict[str, bytes]:
    """Make ``number`` items, the kinds in turn."""
    kinds = list(KINDS.items())
    return {
        f"恶意/{n:03}_{kinds[n % len(kinds)][0]}": kinds[n % len(kinds)][1](good, random.Random(n))
        for n in range(number)
    }
