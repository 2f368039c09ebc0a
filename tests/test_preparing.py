"""What a campaign needs before the first mail."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import pytest

from pipeline.forms.form import Form
from pipeline.preparing import layouts, write_layouts

COMMITTED = Path(__file__).parent.parent / "input_templates"


def parts(content: bytes) -> dict[str, bytes]:
    """Unpacked: another zlib may pack the same parts differently."""
    with zipfile.ZipFile(BytesIO(content)) as package:
        return {item.filename: package.read(item) for item in package.infolist()}


def test_the_committed_layouts_are_what_the_form_builds(form: Form) -> None:
    """After a change of the form or of a builder: make layouts examples."""
    built = dict(layouts(form))
    assert {path.name for path in COMMITTED.iterdir()} == set(built)
    for name, content in built.items():
        assert parts((COMMITTED / name).read_bytes()) == parts(content), name


def test_layouts_are_written_once(tmp_path: Path) -> None:
    assert len(write_layouts(tmp_path)) == len(list(tmp_path.iterdir())) == 2
    assert write_layouts(tmp_path) == []


@pytest.mark.parametrize("suffix", [".xlsx", ".docx"])
def test_both_kinds_are_there(form: Form, suffix: str) -> None:
    assert [name for name, _ in layouts(form) if name.endswith(suffix)]
