"""``[people]`` of district.toml goes in; who writes and who is written to comes out."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.district.roster import ADDRESS
from pipeline.toml_source import TomlTable


@dataclass(frozen=True, slots=True)
class People:
    """Who writes and who is written to: ``[people]`` of district.toml."""

    office: str = ""
    """Signs the letters; empty: the district's 政务公开办."""
    coordinator: str = ""
    phone: str = ""
    email: str = ""
    """The office's own address: letters come from it, and the coordinator's digest goes to it."""
    district_office: str = ""
    """Receives the finished workbook."""
    district_office_email: str = ""


NO_PEOPLE = People()
"""A district.toml without the table: nobody is named."""


def people_of(section: TomlTable) -> People:
    """Read and check the table. Raises ConfigError with file, line and remedy."""
    found = section.into(People)
    for name in ("email", "district_office_email"):
        written = getattr(found, name)
        if written and not ADDRESS.fullmatch(written):
            raise section.fault(f"{name} 写的“{written}”不是邮箱地址。", name)
    return found
