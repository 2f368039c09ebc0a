"""On whose account a file is read: nobody wastes the time of an agency by writing its address."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.intake.guard.isolation import Spent
from pipeline.ledger import open_ledger
from pipeline.model import Envelope, SenderProof
from pipeline.run.opening import File

AGENCY = "jia@jia.example"


def source(ledger_folder: Path, path: str, proof: SenderProof, *, by: str = "mail") -> str:
    item = Envelope(
        b"", "0", path.rpartition("/")[2], path, by, AGENCY if by == "mail" else None, proof=proof
    )
    with open_ledger(ledger_folder) as ledger:
        return File.of(item, ledger).source


@pytest.mark.parametrize("proof", [SenderProof.FAILED, SenderProof.UNVERIFIED, SenderProof.UNCHECKED])
def test_a_forged_mail_uses_up_its_own_time_alone(tmp_path: Path, proof: SenderProof) -> None:
    spent = Spent()
    spent.add(source(tmp_path, "邮件/1.EML/a.zip/年报.rtf", proof), 99)
    assert spent.is_used_up(source(tmp_path, "邮件/1.EML/甲局.xlsx", proof))
    assert not spent.is_used_up(source(tmp_path, "邮件/2.eml/甲局.xlsx", proof))
    assert not spent.is_used_up(source(tmp_path, "邮件/3.eml/甲局.xlsx", SenderProof.VERIFIED))


def test_who_is_vouched_for_has_one_account_and_a_folder_none(tmp_path: Path) -> None:
    assert source(tmp_path, "1.eml/a.rtf", SenderProof.VERIFIED) == AGENCY
    assert source(tmp_path, "2.eml/a.rtf", SenderProof.VERIFIED) == AGENCY
    assert source(tmp_path, "往来.eml/a.rtf", SenderProof.UNCHECKED, by="folder") == ""
