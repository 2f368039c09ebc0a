"""The bytes of a zip go in; its parts come out, inflated within limits, or a refusal.

Sizes in headers are claims: every part is inflated by at most one byte more than it declares, so a bomb
costs no more than the limit and a lying header is seen at once.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.intake.refusal import Refused, hostile, not_a_workbook

MAX_PARTS = 250
MAX_INFLATED = 32 * 1024 * 1024
MAX_RATIO = 150
_RATIO_MATTERS_FROM = 1024 * 1024
_LOCAL_HEADER = 30
_IS_ENCRYPTED = 0x1
_IS_UTF8 = 0x800
_HUGE_COUNT = re.compile(rb"ount\s*=\s*[\"']\d{7,}")
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
        if info.compress_type == zipfile.ZIP_STORED:
            data, complete = packed, True
        elif info.compress_type == zipfile.ZIP_DEFLATED:
            data, complete = _inflate(packed, info.file_size)
        else:
            raise hostile("压缩方式不常见")
        if len(data) > info.file_size:
            raise hostile("实际大小与声明不符")
        if not complete or len(data) < info.file_size:
            raise Refused("damaged")
        return data


def open_package(content: bytes) -> Package:
    """Read the directory of a zip. Raises Refused where it is damaged, encrypted or has odd names."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            infos = archive.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, EOFError):
        raise Refused("damaged") from None
    entries: dict[str, zipfile.ZipInfo] = {}
    for info in infos:
        name = info.filename.replace("\\", "/").lower()
        if name in entries:
            raise hostile("内部文件重名")
        if name.startswith("/") or ".." in name.split("/") or "\0" in name:
            raise hostile("内部文件路径异常")
        entries[name] = info
    if not entries:
        raise Refused("damaged")
    return Package(content, entries)


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
    """Inflate every part but pictures and look into its text. Raises Refused."""
    refuse_excess(package)
    parts: dict[str, bytes] = {}
    for name in package.entries:
        if is_picture(name):
            continue
        data = package.inflate(name)
        if name.endswith((".xml", ".rels", ".vml")):
            _refuse_trick(data)
        parts[name] = data
    return parts


def repacked(content: bytes, instead: Mapping[str, bytes]) -> bytes:
    """Return a zip with other parts in place of those named in ``instead``, in lower case; pictures are left out."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as source, zipfile.ZipFile(stream, "w") as target:
        for info in source.infolist():
            name = info.filename.replace("\\", "/").lower()
            if not is_picture(name):
                target.writestr(info.filename, instead.get(name) or source.read(info))
    return stream.getvalue()


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


def _refuse_trick(data: bytes) -> None:
    """Refuse what no spreadsheet program writes but parsers stumble over."""
    if b"<!" in data and (b"<!DOCTYPE" in data or b"<!ENTITY" in data):
        raise hostile("含有实体定义")
    if data.removeprefix(_UTF8_MARK)[:2] in _WIDE_TEXT:
        raise hostile("文字编码异常")
    if _HUGE_COUNT.search(data):
        raise hostile("声明的数量异常")
