"""Who reported in time may correct the report after the deadline: the first file of an agency decides what is late."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.forms.form import Form
from tests.support.folders import filled, make_district, run


@pytest.mark.parametrize(("first", "codes"), [("2024-01-30", []), ("2024-02-01", ["F07"])])
def test_a_correction_after_the_deadline_is_late_only_where_the_first_file_was(
    form: Form, tmp_path: Path, first: str, codes: list[str]
) -> None:
    folder = make_district(tmp_path, ["甲局"], {f"{first}/1.xlsx": filled(form, "甲局", 1)})
    run(folder)
    (folder / "inbox" / "2024-02-05").mkdir()
    (folder / "inbox" / "2024-02-05" / "2.xlsx").write_bytes(filled(form, "甲局", 2))
    ran = run(folder, "--now", "2024-02-06T08:00:00")
    rows = {row["file"]: row for row in ran.record["submissions"]}
    found = [item["code"] for item in rows["2024-02-05/2.xlsx"]["findings"]]
    assert found == codes
