"""A district's own Word layout is published with every report: nothing in it may act or reach out."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import docx
import pytest

from pipeline.forms.form import Form
from pipeline.model import ConfigError
from pipeline.publishing import zip_package
from pipeline.publishing.word.layout_guard import refuse_active
from pipeline.publishing.word.untouched import is_untouched
from pipeline.publishing.word.word_layout import build_layout

OWN = Path("report.docx")
WORD = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
LINK = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r9" Type="{}" Target="http://evil.example/x" TargetMode="External"/></Relationships>'


def with_part(form: Form, name: str, text: str) -> bytes:
    """The layout that ships with nianbao, and one more part."""
    target = io.BytesIO(build_layout(form))
    with zipfile.ZipFile(target, "a") as package:
        package.writestr(name, text)
    return target.getvalue()


def field(*codes: str) -> str:
    runs = "".join(f"<w:r><w:instrText>{code}</w:instrText></w:r>" for code in codes)
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    return f"<w:p {WORD}>{begin}{runs}{end}</w:p>"


def test_a_layout_is_untouched_until_a_program_saves_it(form: Form) -> None:
    made = build_layout(form)
    assert is_untouched(made)
    assert not is_untouched(with_part(form, "word/footer9.xml", "<a/>"))
    saved = io.BytesIO()
    docx.Document(io.BytesIO(made)).save(saved)
    assert not is_untouched(saved.getvalue())
    core = b"<dcterms:modified>2024-01-03T08:00:00Z</dcterms:modified>"
    plain = [(name, core if name == "docProps/core.xml" else text) for name, text in zip_package.unpack(made)]
    assert not is_untouched(zip_package.join(zip_package.deflate(name, text) for name, text in plain))
    assert not is_untouched(b"PK")


def test_the_layout_of_the_form_is_taken_with_fields_that_look_at_itself_only(form: Form) -> None:
    refuse_active(build_layout(form), OWN)
    refuse_active(with_part(form, "word/footer9.xml", field(" PAGE ", "\\* MERGEFORMAT")), OWN)
    with pytest.raises(ConfigError, match=r"report\.docx.*版式文件不能用"):
        refuse_active(with_part(form, "word/footer9.xml", field(" PAGEREF ", "\\* MERGEFORMAT")), OWN)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("word/_rels/settings.xml.rels", LINK.format("attachedTemplate")),
        ("word/_rels/header9.xml.rels", LINK.format("image")),
        ("word/_rels/footnotes.xml.rels", LINK.format("hyperlink").replace("External", "EXTERNAL")),
        ("word/footer9.xml", field("DDEAUTO c:\\x y")),
        ("word/footer9.xml", field(" DDE", "AUTO c:\\x y")),
        ("word/footer9.xml", field("INCLUDEPICTURE http://evil.example/x")),
        ("word/footer9.xml", f'<w:p {WORD}><w:fldSimple w:instr=" includetext x "/></w:p>'),
        ("word/footer9.xml", f"<w:p {WORD}><w:r><w:object/></w:r></w:p>"),
        ("word/embeddings/oleObject1.bin", "x"),
        ("word/vbaProject.bin", "x"),
        ("word/footer9.xml", '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
        ("word/footer9.xml", "<a"),
    ],
)
def test_what_acts_or_reaches_out_is_refused_with_the_reason(form: Form, name: str, text: str) -> None:
    with pytest.raises(ConfigError, match=r"report\.docx.*版式文件不能用"):
        refuse_active(with_part(form, name, text), OWN)


def test_what_is_no_document_is_refused() -> None:
    with pytest.raises(ConfigError, match="不是 Word 文档"):
        refuse_active(b"PK", OWN)
