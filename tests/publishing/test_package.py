from __future__ import annotations

import io
import zipfile
import zlib

import pytest

from pipeline.publishing import zip_package

FILES = [("b/甲.xml", "内容".encode() * 1000), ("a.xml", b""), ("c.bin", bytes(range(256)) * 300)]


def packed(files: list[tuple[str, bytes]]) -> bytes:
    return zip_package.join(zip_package.deflate(name, content) for name, content in files)


def test_a_package_is_a_sound_zip_in_the_order_given() -> None:
    with zipfile.ZipFile(io.BytesIO(packed(FILES))) as archive:
        assert archive.testzip() is None
        assert [(item.filename, archive.read(item)) for item in archive.infolist()] == FILES
        assert {item.date_time for item in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert {item.compress_type for item in archive.infolist()} == {zipfile.ZIP_DEFLATED}


def test_an_empty_package_opens() -> None:
    assert zip_package.unpack(packed([])) == []


def test_what_is_unpacked_is_what_was_packed() -> None:
    assert zip_package.unpack(packed(FILES)) == FILES


def test_a_part_may_stand_in_several_packages() -> None:
    part = zip_package.deflate(*FILES[0])
    other = zip_package.deflate("z.xml", b"other")
    assert zip_package.unpack(zip_package.join([other, part])) == [("z.xml", b"other"), FILES[0]]
    assert zip_package.join([part]) == packed(FILES[:1])


def test_a_part_states_the_plain_content() -> None:
    name, content = FILES[2]
    part = zip_package.deflate(name, content)
    assert (part.name, part.size, part.crc) == (name, len(content), zlib.crc32(content))
    assert zlib.decompress(part.deflated, -zlib.MAX_WBITS) == content


@pytest.mark.parametrize("year", [1999, 2024])
def test_repacking_forgets_dates_folders_and_compression(year: int) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr(zipfile.ZipInfo("b/", (year, 1, 1, 0, 0, 0)), b"")
        for name, content in FILES:
            archive.writestr(zipfile.ZipInfo(name, (year, 2, 3, 4, 5, 6)), content)
    assert zip_package.repack(out.getvalue()) == packed(FILES)


def test_what_is_no_zip_is_refused() -> None:
    with pytest.raises(zipfile.BadZipFile):
        zip_package.unpack(b"not a zip")
