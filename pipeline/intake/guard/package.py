"""The bytes of a zip go in; its parts come out, inflated within limits, or a refusal.

Sizes in headers are claims: every part is inflated by at most one byte more than it declares, so a bomb
costs no more than the limit and a lying header is seen at once.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from struct import Struct

from pipeline.intake.guard.refusal import Refused, hostile, not_a_workbook

MAX_BYTES = 20 * 1024 * 1024
"""Of any file that an agency sends."""
MAX_PARTS = 250
MAX_INFLATED = 32 * 1024 * 1024
MAX_RATIO = 150
_RATIO_MATTERS_FROM = 1024 * 1024
MAX_ENTRIES = 2000
"""Entries of any archive, a workbook or not: whoever forwards the reports of a whole city sends some hundreds."""
_LOCAL_HEADER, _OF_ENTRY = 30, 46
_IN_DIRECTORY, _AT_END = b"PK\x01\x02", b"PK\x05\x06"
_END, _MARK = 22, 4
"""What stands before each entry in the directory, and before the end; the latter has so many bytes. Some archives begin with a mark."""
TAIL = 65_557
"""Bytes within which the end of a zip names itself (a comment may follow)."""
_UNTOLD = 0xFFFFFFFF
"""Where the directory of a very large archive starts, according to its end: that stands elsewhere."""
_LENGTHS = Struct("<HHH")
_WORKBOOK = b"xl/workbook.xml"
_IS_ENCRYPTED = 0x1
_IS_UTF8 = 0x800
_HUGE_COUNT = re.compile(rb"ount\s{0,9}=\s{0,9}[\"']\d{7,}")
"""``count`` and ``uniqueCount``: parsers reserve memory for what these promise."""
_PICTURE = re.compile(
    r"^(?:xl/media|pictures|media)/[^/]+\.(?:png|jpe?g|gif|bmp|emf|wmf|tiff?|svg|webp|wdp)$"
)
_WIDE_TEXT = (b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00")
_UTF8_MARK = b"\xef\xbb\xbf"

ARCHIVE = "压缩包"
"""What a zip is called that is no document of its own."""
_KINDS: Sequence[tuple[str, str]] = (
    ("word/document.xml", "Word 文档"),
    ("ppt/presentation.xml", "PPT 演示文稿"),
    ("ofd.xml", "OFD 版式文件"),
    ("index/document.iwa", "苹果 Numbers 表格"),
)
_ODS = "application/vnd.oasis.opendocument.spreadsheet"
_OPEN_DOCUMENTS = {"text": "ODT 文字文档", "presentation": "ODP 演示文稿"}


@dataclass(frozen=True, slots=True)
class Package:
    """A zip's directory over its bytes; names in lower case with forward slashes."""

    content: bytes
    entries: Mapping[str, zipfile.ZipInfo]

    def inflate(self, name: str) -> bytes:
        """Return one part. Raises Refused where it is damaged or larger than it says."""
        info = self.entries[name]
        start = info.header_offset + _LOCAL_HEADER
        header = self.content[info.header_offset : start]
        if len(header) < _LOCAL_HEADER or not header.startswith(b"PK\x03\x04"):
            raise Refused("damaged")
        start += int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        packed = self.content[start : start + info.compress_size]
        is_small = max(len(packed), info.file_size) <= _SMALL
        opened = _remembered if is_small else _verified
        return opened(packed, info.compress_type, info.file_size, info.CRC)


def _verified(packed: bytes, method: int, size: int, checksum: int) -> bytes:
    """Inflate a part that is to have ``size`` bytes. Raises Refused."""
    if method == zipfile.ZIP_STORED:
        data, complete = packed, True
    elif method == zipfile.ZIP_DEFLATED:
        data, complete = _inflate(packed, size)
    else:
        raise hostile("压缩方式不常见")
    if len(data) > size:
        raise hostile("实际大小与声明不符")
    if not complete or len(data) < size:
        raise Refused("damaged")
    if zlib.crc32(data) != checksum:
        raise Refused("altered")  # a bit that flipped on the way may have made another figure
    return data


_SMALL = 32 * 1024
_remembered = lru_cache(maxsize=64)(_verified)  # half of the parts are the same in every file of a campaign


def is_whole(tail: bytes, size: int) -> bool:
    """Whether a zip of ``size`` bytes that ends in ``tail`` has an end of its own: the one question, asked here alone.

    An archive within may have an end as well; the directory before that begins elsewhere than it says. Of a file that
    is cut off nothing else can be said, least of all that somebody means harm.
    """
    at = tail.rfind(_AT_END)
    while at >= 0:
        record = tail[at : at + _END]
        if len(record) == _END and _stands_where_it_says(record, size - len(tail) + at):
            return True
        at = tail.rfind(_AT_END, 0, at)
    return False


def _stands_where_it_says(record: bytes, place: int) -> bool:
    length, start = (int.from_bytes(record[at : at + 4], "little") for at in (12, 16))
    return start == _UNTOLD or 0 <= place - start - length <= _MARK


def is_workbook(content: bytes) -> bool:
    """Say by the names in its directory that a zip is a workbook of its own; nothing is opened. False also where that is not plain to see."""
    end = content[-_END:]
    length, start = (int.from_bytes(end[at : at + 4], "little") for at in (12, 16))
    if not end.startswith(_AT_END) or start + length + _END != len(content):
        return False
    at = start
    for _ in range(MAX_PARTS):
        entry = content[at : at + _OF_ENTRY]
        if not entry.startswith(_IN_DIRECTORY) or len(entry) < _OF_ENTRY:
            return False
        name, extra, comment = _LENGTHS.unpack_from(entry, 28)
        if content[at + _OF_ENTRY : at + _OF_ENTRY + name] == _WORKBOOK:
            return True
        at += _OF_ENTRY + name + extra + comment
    return False


def open_package(content: bytes, *, is_archive: bool = False) -> Package:
    """Read the directory of a zip. Raises Refused where it is damaged or ambiguous or has odd names.

    Names that differ only in case are two files of an archive; the parts of a document are found whatever their case is.
    """
    if not is_whole(content[-TAIL:], len(content)):
        raise Refused("damaged")
    if content.count(_IN_DIRECTORY) > MAX_ENTRIES:
        raise hostile("内部文件过多")
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos, start, comment = archive.infolist(), archive.start_dir, archive.comment
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        raise Refused("damaged") from None
    _refuse_second_directory(content, infos, start, comment)
    entries: dict[str, zipfile.ZipInfo] = {}
    spelled: set[str] = set()
    for info in infos:
        name = info.filename.replace("\\", "/").lower()
        if info.orig_filename in spelled or (name in entries and not is_archive):
            raise hostile("内部文件重名")
        if name.startswith("/") or ".." in name.split("/") or "\0" in name:
            raise hostile("内部文件路径异常")
        spelled.add(info.orig_filename)
        entries[f"{name}\0{len(spelled)}" if name in entries else name] = info  # no name holds that
    if not entries:
        raise Refused("damaged")
    return Package(content, entries)


def _refuse_second_directory(
    content: bytes, infos: Sequence[zipfile.ZipInfo], start: int, comment: bytes
) -> None:
    """Refuse a zip in which another reader may find another directory than this one."""
    end = len(content) - len(comment) - _END
    if start + sum(_of_directory(info) for info in infos) > end or b"PK" in comment:
        raise hostile("有两份目录")
    if min((info.header_offset for info in infos), default=0) > _MARK:
        raise hostile("前面还有别的内容")
    last = max((_end_of(content, info) for info in infos), default=0)
    if content.count(_IN_DIRECTORY, last) != len(infos) or content.count(_AT_END, last) != 1:
        raise hostile("有两份目录")


def _end_of(content: bytes, info: zipfile.ZipInfo) -> int:
    header = content[info.header_offset : info.header_offset + _LOCAL_HEADER]
    named = int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
    return info.header_offset + _LOCAL_HEADER + named + info.compress_size


def _of_directory(info: zipfile.ZipInfo) -> int:
    return _OF_ENTRY + len(info.orig_filename) + len(info.extra) + len(info.comment)


def kind_of(package: Package) -> str:
    """Return xlsx, xlsb or ods. Raises Refused for what is something else."""
    names = package.entries
    if is_encrypted(package):
        raise Refused("encrypted")
    if "xl/workbook.bin" in names:
        return "xlsb"
    if "xl/workbook.xml" in names:
        return "xlsx"
    for name, kind in _KINDS:
        if name in names:
            raise not_a_workbook(kind)
    if "mimetype" in names and "content.xml" in names:
        return _open_document(package)
    if "[content_types].xml" in names and b"spreadsheetml" in inflate_within(package, "[content_types].xml"):
        return "xlsx"
    refuse_excess(package)  # what is wrong with a bomb is not that it is an archive
    raise not_a_workbook(ARCHIVE)


def is_encrypted(package: Package) -> bool:
    """Say whether any part of the zip is behind a password."""
    return any(info.flag_bits & _IS_ENCRYPTED for info in package.entries.values())


def is_picture(name: str) -> bool:
    """Say whether a part is a picture: nobody opens it, however large it is."""
    return _PICTURE.search(name) is not None


def refuse_excess(package: Package) -> None:
    """Raise Refused where parts are too many, too large or packed too tightly to be a clerk's workbook."""
    opened = [info for name, info in package.entries.items() if not is_picture(name)]
    if len(opened) > MAX_PARTS:
        raise hostile("内部文件过多")
    for info in opened:
        if info.file_size > _RATIO_MATTERS_FROM and info.file_size > MAX_RATIO * max(1, info.compress_size):
            raise hostile("压缩比异常")
    if sum(info.file_size for info in opened) > MAX_INFLATED:
        raise Refused("too_large")


def inflate_all(package: Package) -> dict[str, bytes]:
    """Inflate every part but pictures, its checksum verified, and look into its text. Raises Refused."""
    refuse_excess(package)
    parts: dict[str, bytes] = {}
    for name in package.entries:
        if is_picture(name):
            continue
        data = package.inflate(name)
        if name.endswith((".xml", ".rels", ".vml")):
            look = _refuse_known_trick if len(data) <= _SMALL else _refuse_trick
            look(data, counts=not name.startswith("xl/worksheets/"))
        parts[name] = data
    return parts


def rebuilt(package: Package, parts: Mapping[str, bytes]) -> bytes:
    """Write the inflated ``parts`` of ``package`` into a zip of their own: whoever reads it sees these and no others."""
    return stored(
        (info.filename.replace("\\", "/"), parts[name])
        for name, info in package.entries.items()
        if name in parts  # pictures are not opened
    )


def stored(parts: Iterable[tuple[str, bytes]]) -> bytes:
    """Write a zip of ``parts`` by name, not packed, always the same bytes; thrice as fast as the library's."""
    body: list[bytes] = []
    directory: list[bytes] = []
    start = 0
    for name, data in parts:
        raw, size = name.encode("utf-8", "replace"), len(data)
        facts = (20, _IS_UTF8, 0, 0, 0x21, zlib.crc32(data), size, size, len(raw), 0)
        body += (_LOCAL.pack(b"PK\x03\x04", *facts), raw, data)
        directory += (_CENTRAL.pack(_IN_DIRECTORY, 20, *facts, 0, 0, 0, 0, start), raw)
        start += _LOCAL_HEADER + len(raw) + size
    listed = b"".join(directory)
    number = len(directory) // 2
    end = _LAST.pack(_AT_END, 0, 0, number, number, len(listed), start, 0)
    return b"".join((*body, listed, end))


_LOCAL = Struct("<4sHHHHHIIIHH")
_CENTRAL = Struct("<4sHHHHHHIIIHHHHHII")
_LAST = Struct("<4sHHHHIIH")


def inflate_within(package: Package, name: str) -> bytes:
    """Inflate one part of a package that was not measured yet."""
    if package.entries[name].file_size > MAX_INFLATED:
        raise hostile("解压后过大")
    return package.inflate(name)


def entry_name(info: zipfile.ZipInfo) -> str:
    """Spell the name of an entry; without the UTF-8 mark Chinese programs mean GBK (or UTF-8 all the same)."""
    if info.flag_bits & _IS_UTF8:
        return info.orig_filename
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.orig_filename
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.orig_filename


def _inflate(packed: bytes, size: int) -> tuple[bytes, bool]:
    engine = zlib.decompressobj(-15)
    try:
        data = engine.decompress(packed, size + 1)
    except zlib.error:
        raise Refused("damaged") from None
    return data, engine.eof


def _open_document(package: Package) -> str:
    mime = inflate_within(package, "mimetype").decode("ascii", "replace").strip()
    if not mime.startswith(_ODS):
        last = mime.rpartition(".")[2].partition("-")[0]
        raise not_a_workbook(_OPEN_DOCUMENTS.get(last, "其他格式的文档"))
    manifest = "meta-inf/manifest.xml"
    if manifest in package.entries and b"encryption-data" in inflate_within(package, manifest):
        raise Refused("encrypted")
    return "ods"


def _refuse_trick(data: bytes, *, counts: bool) -> None:
    """Refuse what no spreadsheet program writes but parsers stumble over."""
    if b"Y" in data and (b"<!DOCTYPE" in data or b"<!ENTITY" in data):  # one sign is found much faster
        raise hostile("含有实体定义")
    if data.removeprefix(_UTF8_MARK)[:2] in _WIDE_TEXT:
        raise hostile("文字编码异常")
    if counts and _HUGE_COUNT.search(data):
        raise hostile("声明的数量异常")


_refuse_known_trick = lru_cache(maxsize=64)(_refuse_trick)
