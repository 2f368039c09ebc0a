from __future__ import annotations

import base64
import errno
import hashlib
import io
import os
import sys
import zipfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta, timezone
from email.header import Header
from email.message import EmailMessage
from pathlib import Path

import pytest

from pipeline.intake.fetch.inbox_folder import InboxContents, Item, contents_of, fetch, whole
from pipeline.intake.fetch.mail import open_mail
from pipeline.intake.fetch.names import plain_name
from tests.intake.support import Draft, zip_of
from tests.support import windows
from tests.support.windows import LONGEST

CHINA = timezone(timedelta(hours=8))


@pytest.fixture(scope="module")
def book() -> bytes:
    return Draft({"甲": {(0, 0): 1}}).xlsx()


def put(folder: Path, path: str, content: bytes) -> None:
    target = folder / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)


def mail(attachments: Iterable[tuple[str, bytes]] = (), **headers: str) -> EmailMessage:
    message = EmailMessage()
    plain = {
        "From": "张三 <Zhang@JX.example.com>",
        "Message_ID": "<1@x>",
        "Date": "Mon, 15 Jan 2024 09:30:00 +0800",
    }
    for name, value in {**plain, **headers}.items():
        if value:
            message[name.replace("_", "-")] = value
    message.set_content("附件请查收")
    for name, data in attachments:
        message.add_attachment(data, "application", "octet-stream", filename=name)
    return message


def paths(fetched: InboxContents) -> list[str]:
    return [envelope.path for envelope in fetched.envelopes]


def test_files_are_found_in_folders_in_order(tmp_path: Path, book: bytes) -> None:
    for name in ("乙.xlsx", "甲.xlsx", "下/丙.xls", "说明.docx"):
        put(tmp_path, name, book)
    fetched = fetch(tmp_path)
    assert paths(fetched) == sorted(["乙.xlsx", "甲.xlsx", "下/丙.xls", "说明.docx"])
    found = {envelope.path: envelope for envelope in fetched.envelopes}["下/丙.xls"]
    assert found.name == "丙.xls"
    assert found.content == book
    assert found.sha256 == hashlib.sha256(book).hexdigest()
    assert (found.source, found.sender, found.received_at) == ("folder", None, None)


def test_clutter_is_passed_over(tmp_path: Path, book: bytes) -> None:
    clutter = [
        ".DS_Store",
        "~$甲.xlsx",
        "Thumbs.db",
        "desktop.ini",
        "README.md",
        "readme.txt",
        ".git/甲.xlsx",
        "__MACOSX/甲.xlsx",
    ]
    for name in (*clutter, "甲.xlsx"):
        put(tmp_path, name, book)
    assert paths(fetch(tmp_path)) == ["甲.xlsx"]


@pytest.mark.parametrize("folder", ["2024-01-15", "20240115", "20240115/财政局"])
def test_a_folder_named_after_a_day_dates_its_files(tmp_path: Path, book: bytes, folder: str) -> None:
    put(tmp_path, f"{folder}/甲.xlsx", book)
    received = datetime(2024, 1, 15, tzinfo=CHINA)
    found = fetch(tmp_path).envelopes[0]
    assert (found.received_at, found.order) == (received, received.timestamp())


@pytest.mark.parametrize("folder", ["2024-13-45", "2024", "第20240115批"])
def test_other_folders_do_not(tmp_path: Path, book: bytes, folder: str) -> None:
    put(tmp_path, f"{folder}/甲.xlsx", book)
    os.utime(tmp_path / folder / "甲.xlsx", (1_700_000_000, 1_700_000_000))
    found = fetch(tmp_path).envelopes[0]
    assert (found.received_at, found.order) == (None, 1_700_000_000)


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="file names are Unicode there")
def test_a_file_name_that_is_no_utf8_is_read_as_gbk(tmp_path: Path, book: bytes) -> None:
    """Unpacked on Linux, a Chinese zip leaves such names; they must not break the outputs."""
    (tmp_path / os.fsdecode("财政局".encode("gbk") + b"\x01.xlsx")).write_bytes(book)
    [found] = fetch(tmp_path).envelopes
    assert (found.path, found.name, found.content) == ("财政局_.xlsx", "财政局_.xlsx", book)


@pytest.mark.parametrize("name", ["\ud800.xlsx", "\ufffe", "\x00", "\u202e"])
def test_no_name_breaks_an_output(name: str) -> None:
    assert plain_name(name).encode()
    assert plain_name(name) != name


def test_a_mail_gives_its_spreadsheets(tmp_path: Path, book: bytes) -> None:
    message = mail([("年报.xlsx", book), ("说明.docx", b"PK..."), ("第二份.xls", b"x")])
    put(tmp_path, "1.eml", message.as_bytes())
    fetched = fetch(tmp_path)
    assert paths(fetched) == ["1.eml/年报.xlsx", "1.eml/第二份.xls"]
    found = fetched.envelopes[0]
    received = datetime(2024, 1, 15, 1, 30, tzinfo=UTC)
    assert (found.sender, found.message_id, found.source) == ("zhang@jx.example.com", "<1@x>", "mail")
    assert (found.received_at, found.order) == (received, received.timestamp())
    assert found.content == book


def test_a_mail_without_a_spreadsheet_is_a_message_without_files(tmp_path: Path) -> None:
    put(tmp_path, "1.eml", mail([("说明.pdf", b"%PDF")]).as_bytes())
    put(tmp_path, "2.eml", mail().as_bytes())
    fetched = fetch(tmp_path)
    assert fetched.envelopes == ()
    assert [(item.path, item.files, item.others) for item in fetched.messages] == [
        ("1.eml", (), ("说明.pdf",)),
        ("2.eml", (), ()),
    ]
    assert len(fetched.messages[0].sha256) == 64


def test_an_eml_that_is_no_mail_is_judged_as_a_file(tmp_path: Path) -> None:
    put(tmp_path, "1.eml", b"\n")
    assert paths(fetch(tmp_path)) == ["1.eml"]


def zipped(names: dict[str, bytes], *, encoding: str | None = None) -> bytes:
    """Zip with names in a given encoding and no UTF-8 mark, as Chinese programs do."""
    if encoding is None:
        return zip_of(names)
    stand_ins = {
        letter * len(name.encode(encoding)): name for letter, name in zip("nopq", names, strict=False)
    }
    content = zip_of({stand_in: names[name] for stand_in, name in stand_ins.items()})
    for stand_in, name in stand_ins.items():
        content = content.replace(stand_in.encode(), name.encode(encoding))
    return content


@pytest.mark.parametrize("encoding", [None, "gbk", "utf-8"])
def test_a_zip_is_opened_one_level_deep(tmp_path: Path, book: bytes, encoding: str | None) -> None:
    put(tmp_path, "打包.zip", zipped({"财政局年报.xlsx": book}, encoding=encoding))
    found = fetch(tmp_path).envelopes
    assert [(envelope.path, envelope.content) for envelope in found] == [("打包.zip/财政局年报.xlsx", book)]


def test_only_the_spreadsheets_of_a_zip_count(tmp_path: Path, book: bytes) -> None:
    inside = {"夹/甲.xlsx": book, "夹/~$甲.xlsx": b"x", "__MACOSX/甲.xlsx": b"x", "图.jpg": b"x"}
    put(tmp_path, "1.zip", zip_of(inside))
    assert paths(fetch(tmp_path)) == ["1.zip/夹/甲.xlsx"]


def test_two_files_of_one_name_in_a_zip_stay_two(tmp_path: Path, book: bytes) -> None:
    put(tmp_path, "1.zip", zip_of({"财政局/年报.xlsx": book, "教育局/年报.xlsx": book + b" "}))
    found = paths(fetch(tmp_path))
    assert len(found) == len(set(found)) == 2


@pytest.mark.parametrize(
    "content",
    [
        zip_of({"图.jpg": b"x"}),
        zip_of({f"{n}.xlsx": b"x" for n in range(300)}),
        zip_of({"甲.xlsx": b" " * 60_000_000}),
    ],
    ids=["no spreadsheet", "too many", "bomb"],
)
def test_a_zip_that_is_not_opened_is_one_file(tmp_path: Path, content: bytes) -> None:
    put(tmp_path, "1.zip", content)
    assert paths(fetch(tmp_path)) == ["1.zip"]


def test_a_zip_in_a_mail_is_opened(tmp_path: Path, book: bytes) -> None:
    put(tmp_path, "1.eml", mail([("打包.zip", zip_of({"甲.xlsx": book}))]).as_bytes())
    found = fetch(tmp_path).envelopes
    assert [(envelope.path, envelope.sender) for envelope in found] == [
        ("1.eml/打包.zip/甲.xlsx", "zhang@jx.example.com")
    ]


def test_a_workbook_is_no_archive(tmp_path: Path, book: bytes) -> None:
    put(tmp_path, "1.xlsx", book)
    assert paths(fetch(tmp_path)) == ["1.xlsx"]


@pytest.mark.parametrize(
    ("names", "encoding"),
    [
        (("甲局.xlsx", "甲局.XLSX"), None),
        (("Ａ甲局.xlsx", "a甲局.xlsx"), None),
        (("A甲局.xlsx", "a甲局.xlsx"), None),
        (("挨局.xlsx", "哎局.xlsx"), "gbk"),
    ],
    ids=["suffix", "width", "case", "bytes that a program for English reads as one letter"],
)
def test_files_of_a_zip_whose_names_differ_in_case_stay_two(
    tmp_path: Path, book: bytes, names: tuple[str, str], encoding: str | None
) -> None:
    content = zipped({names[0]: book, names[1]: book + b" "}, encoding=encoding)
    put(tmp_path, "1.zip", content)
    assert paths(fetch(tmp_path)) == sorted(f"1.zip/{name}" for name in names)


@pytest.mark.parametrize("name", ["甲局.xlsx ", "甲局.xlsx.", " 甲局.xlsx. .", "甲局.xlsx\u3000"])
def test_what_windows_leaves_away_behind_a_name_hides_no_table(
    tmp_path: Path, book: bytes, name: str
) -> None:
    put(tmp_path, "1.zip", zip_of({f"夹 /{name}": book}))
    assert paths(fetch(tmp_path)) == ["1.zip/夹/甲局.xlsx"]


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_what_is_plainly_a_workbook_goes_to_no_child_to_be_opened(book: bytes, packing: int) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", packing) as archive:
        archive.writestr(
            "甲.xlsx", book
        )  # stored, the whole of a workbook stands in the archive, names and all
    bare = book[:-22] + book[-22:].replace(b"PK\x05\x06", b"PK\x05\x07")
    for name, content, is_opened in (
        ("1.xlsx", book, False),
        ("2.zip", stream.getvalue(), True),
        ("3.xlsx", book[:-1], True),
        ("4.xlsx", book + b"\0", True),
        ("5.xlsx", bare, True),
        ("6.zip", b"PK", True),
        ("7.xls", b"", False),
    ):
        item = Item(name, "", 0.0, content)
        assert item.needs_opening is is_opened, name
        if not is_opened:
            assert contents_of(item) == (whole(item),), "a child would have found the same"


# ---- names and nesting of attachments


def raw_mail(disposition: bytes, data: bytes) -> bytes:
    body = base64.encodebytes(data)
    return (
        b"From: a@x.com\r\nDate: Mon, 15 Jan 2024 09:30:00 +0800\r\nMIME-Version: 1.0\r\n"
        b"Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n"
        b"Content-Disposition: attachment; " + disposition + b"\r\n\r\n" + body
    )


@pytest.mark.parametrize(
    "disposition",
    [
        b"filename*=UTF-8''%E5%B9%B4%E6%8A%A5.xlsx",
        b"filename*=GBK''%C4%EA%B1%A8.xlsx",
        b"filename*0*=UTF-8''%E5%B9%B4; filename*1*=%E6%8A%A5.xlsx",
        b'filename="' + Header("年报.xlsx", "gbk").encode().encode() + b'"',
        b'filename="' + Header("年报.xlsx", "utf-8").encode().encode() + b'"',
        b'filename="=?GB2312?B?' + base64.b64encode("年报.xlsx".encode("gbk")) + b'?="',
        b'filename="' + "年报.xlsx".encode("gbk") + b'"',
        b'filename="' + "年报.xlsx".encode() + b'"',
        b'filename="C:\\\\temp\\\\' + "年报.xlsx".encode() + b'"',
    ],
)
def test_names_arrive_in_every_encoding(disposition: bytes, book: bytes) -> None:
    found = open_mail(raw_mail(disposition, book))
    assert found
    assert [(name, data) for name, data in found.spreadsheets] == [("年报.xlsx", book)]


def test_a_spreadsheet_without_a_telling_name_is_told_by_content(book: bytes) -> None:
    found = open_mail(mail([("附件.dat", book), ("其他.dat", b"x")]).as_bytes())
    assert found
    assert [name for name, _ in found.spreadsheets] == ["附件.dat"]
    assert found.others == ("其他.dat",)


def test_a_forwarded_mail_is_opened(book: bytes) -> None:
    outer = mail(From="li@x.com")
    outer.add_attachment(mail([("年报.xlsx", book)]))
    found = open_mail(outer.as_bytes())
    assert found
    assert [name for name, _ in found.spreadsheets] == ["年报.xlsx"]
    assert found.sender == "li@x.com"


def test_inline_images_are_no_attachments(book: bytes) -> None:
    message = mail([("年报.xlsx", book)])
    message.add_attachment(b"\x89PNG", "image", "png", filename="签名.png")
    found = open_mail(message.as_bytes())
    assert found
    assert found.others == ()


def test_attachments_of_one_name_stay_apart(book: bytes) -> None:
    found = open_mail(mail([("年报.xlsx", book), ("年报.xlsx", book + b" ")]).as_bytes())
    assert found
    assert len({name for name, _ in found.spreadsheets}) == 2


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Mon, 15 Jan 2024 09:30:00 +0800", datetime(2024, 1, 15, 9, 30, tzinfo=CHINA)),
        ("Mon, 15 Jan 2024 09:30:00", datetime(2024, 1, 15, 9, 30, tzinfo=CHINA)),
        ("", None),
    ],
)
def test_a_date_without_a_zone_is_chinese(written: str, expected: datetime | None) -> None:
    found = open_mail(mail(Date=written).as_bytes())
    assert found
    assert found.received_at == expected


@pytest.mark.parametrize(
    "written", [b"yesterday", b"Mon, 99 Foo 2024 99:99:99 +9999", b"\xff\xfe", b"0 0 0 0 0"]
)
def test_a_date_that_is_none_is_unknown(written: bytes) -> None:
    content = raw_mail(b'filename="a.xlsx"', b"x").replace(b"Mon, 15 Jan 2024 09:30:00 +0800", written)
    found = open_mail(content)
    assert found
    assert found.received_at is None


def test_an_encrypted_archive_in_a_mail_gets_an_answer(book: bytes) -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as target:
        target.writestr("甲.xlsx", book)
    locked = stream.getvalue().replace(b"PK\x01\x02\x14\x03\x14\x00\x00", b"PK\x01\x02\x14\x03\x14\x00\x01")
    found = open_mail(mail([("甲.zip", locked)]).as_bytes())
    assert found
    assert [name for name, _ in found.spreadsheets] == ["甲.zip"]


def test_a_document_with_an_embedded_workbook_is_no_archive(tmp_path: Path, book: bytes) -> None:
    put(tmp_path, "1.docx", zip_of({"word/document.xml": b"<w/>", "word/embeddings/1.xlsx": book}))
    assert paths(fetch(tmp_path)) == ["1.docx"]


def test_a_folder_that_cannot_be_listed_is_named_but_no_folder_of_the_system(
    tmp_path: Path, book: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("关/甲.xlsx", "lost+found/甲.xlsx", "开/甲.xlsx"):
        put(tmp_path, path, book)
    scan = os.scandir

    def refuses(folder: str | Path) -> object:
        if Path(folder).name in {"关", "lost+found"}:
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))
        return scan(folder)

    monkeypatch.setattr(os, "scandir", refuses)
    fetched = fetch(tmp_path)
    assert (paths(fetched), fetched.troubles) == (["开/甲.xlsx"], {"关": "closed_folder"})


def test_what_windows_lists_and_does_not_find_is_named(
    tmp_path: Path, book: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The path of a file, or of a folder, is too long there; the name of another ends in a dot."""
    room = LONGEST - len(str(tmp_path))
    deep = "/".join(["深" * (room // 3)] * 2)
    folder = f"{deep}/{'长' * (room - len(deep) - 1)}"
    for path in (f"{deep}/{'财' * 80}.xlsx", f"{folder}/甲.xlsx", "短.xlsx", "点.", "走了.xlsx"):
        put(tmp_path, path, book)

    def why(path: Path) -> OSError | None:
        if path.name == "走了.xlsx":
            os.unlink(path)  # noqa: PTH108 - which this asks for again
        is_strange = path.name in {"点.", "走了.xlsx"}
        return FileNotFoundError(errno.ENOENT, "系统找不到指定的文件。", str(path)) if is_strange else None

    windows.looks_fail(monkeypatch, why)
    windows.short_paths(monkeypatch)
    fetched = fetch(tmp_path)
    assert paths(fetched) == ["短.xlsx"]
    assert fetched.troubles == {
        f"{deep}/{'财' * 80}.xlsx": "too_long",
        folder: "too_long",
        "点.": "out_of_reach",
    }


def test_a_name_that_the_disk_calls_too_long_is_named(
    tmp_path: Path, book: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "甲.xlsx", book)
    too_long = OSError(errno.ENAMETOOLONG, "File name too long")
    windows.looks_fail(monkeypatch, lambda path: too_long if path.name == "甲.xlsx" else None)
    assert fetch(tmp_path).troubles == {"甲.xlsx": "too_long"}


@pytest.mark.skipif(os.name != "posix", reason="links as on Linux")
def test_a_link_out_of_the_inbox_is_not_followed(tmp_path: Path) -> None:
    inbox, elsewhere = tmp_path / "inbox", tmp_path / "私钥"
    (inbox / "子").mkdir(parents=True)
    elsewhere.write_bytes(b"secret")
    (inbox / "1.xlsx").write_bytes(b"1")
    (inbox / "外.xlsx").symlink_to(elsewhere)
    (inbox / "子" / "内.xlsx").symlink_to(inbox / "1.xlsx")
    (inbox / "夹").symlink_to(tmp_path)
    assert [item.path for item in fetch(inbox).envelopes] == ["1.xlsx", "子/内.xlsx"]


def test_no_two_files_of_an_inbox_are_called_alike(tmp_path: Path) -> None:
    """A person decides by what is shown: names that differ in what nobody sees are told apart by a number."""
    for number, name in enumerate(("年\u200b报.xlsx", "年\u200d报.xlsx", "年_报.xlsx", "2_年_报.xlsx")):
        put(tmp_path, f"甲/{name}", Draft({"甲": {(0, 0): number}}).xlsx())
    found = paths(fetch(tmp_path))
    assert len(set(found)) == 4, found
    assert all(path.startswith("甲/") and path.endswith("年_报.xlsx") for path in found)
    assert found == paths(fetch(tmp_path)), "the same the next night"


def test_no_two_attachments_are_called_alike(tmp_path: Path) -> None:
    books = [Draft({"甲": {(0, 0): number}}).xlsx() for number in range(4)]
    message = mail(zip(("a.xlsx", "2_a.xlsx", "a.xlsx", "a.xlsx"), books, strict=True))
    put(tmp_path, "m.eml", message.as_bytes())
    archive = zip_of({"年\u200b报.xlsx": books[0], "年_报.xlsx": books[1]})
    put(tmp_path, "b.zip", archive)
    found = {item.path: item.content for item in fetch(tmp_path).envelopes}
    assert sorted(found) == ["b.zip/2_年_报.xlsx", "b.zip/年_报.xlsx", "m.eml/2_a.xlsx", "m.eml/3_a.xlsx", "m.eml/4_a.xlsx", "m.eml/a.xlsx"]  # fmt: skip
    assert found["m.eml/a.xlsx"] == books[0]
    assert found["m.eml/2_a.xlsx"] == books[1], "what is called so keeps its name"
