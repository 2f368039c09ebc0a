"""A change of the house changes no output: what the sample district's run writes has the digests that were taken before.

The form's own mark, which letters name, is left out. A change that means to write something else renews them, in the same commit: ``python -m tests.test_same_bytes``.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
import shutil
import tempfile
import zipfile
from collections import defaultdict
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path

from pipeline.forms.loader import load_form
from tests.support.folders import run, with_known_secret

SAMPLE = Path(__file__).parent.parent / "examples" / "linping-2023"
MARK = re.compile(rb"(?<=<cp:keywords>)[0-9a-f]{64}")
"""By which 待办.xlsx knows whether it would say the same again; the names of classes are in it."""
DIGESTS = Path(__file__).parent / "data" / "digests.json"


def _unpacked(content: bytes) -> bytes:
    """Return what is in a package or a mail: another zlib packs it differently."""
    if content.startswith(b"PK"):
        with zipfile.ZipFile(BytesIO(content)) as package:
            return b"".join(
                item.filename.encode() + MARK.sub(b"", package.read(item)) for item in package.infolist()
            )
    return content


def _essence(path: Path) -> bytes:
    content = path.read_bytes()
    if path.suffix != ".eml":
        return _unpacked(content)
    mail = message_from_bytes(content, policy=policy.default)
    parts = [part.get_payload(decode=True) for part in mail.walk() if not part.is_multipart()]
    heads = "".join(f"{name}: {value}\n" for name, value in mail.items() if name != "Content-Type")
    return heads.encode() + b"".join(_unpacked(part) for part in parts if isinstance(part, bytes))


def digests() -> dict[str, str]:
    """Run the sample district; return one digest for each kind of file in each folder."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        shutil.copytree(SAMPLE, "district")
        form_mark = load_form().mark.encode()
        year = run(Path("district"), output=with_known_secret(Path("output"))).folder
        kinds: dict[str, list[bytes]] = defaultdict(list)
        for path in sorted(path for path in year.rglob("*") if path.is_file()):
            name = path.relative_to(year)
            essence = _essence(path).replace(folder.encode(), b"here").replace(form_mark, b"mark")
            kind = f"{name.parent.as_posix()}/*{name.suffix}" if len(name.parts) > 1 else name.name
            kinds[kind].append(name.as_posix().encode() + b"\0" + essence)
    return {kind: hashlib.sha256(b"\0".join(files)).hexdigest()[:16] for kind, files in sorted(kinds.items())}


def test_the_sample_district_is_written_as_it_was() -> None:
    found, before = digests(), json.loads(DIGESTS.read_text("utf-8"))
    changed = sorted(kind for kind in found.keys() | before if found.get(kind) != before.get(kind))
    assert not changed, "if that is meant, renew them in the same commit: python -m tests.test_same_bytes"


if __name__ == "__main__":
    DIGESTS.write_text(json.dumps(digests(), ensure_ascii=False, indent=1) + "\n", "utf-8")
