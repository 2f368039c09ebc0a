"""A night of mails: whose figures count, and who must be asked first."""

from __future__ import annotations

from email import message_from_bytes
from pathlib import Path

import pytest

from pipeline.forms.form import Form
from pipeline.ledger import open_copy
from pipeline.publishing.template import Stamp, build_workbook
from tests.support.folders import Ran, filled, make_district, run
from tests.support.mails import mail, winmail
from tests.support.post_office import PostOffice, moment, only, words

OURS = "mx.district.example"
ROSTER = """code,name,contact,phone,email
001,甲局,李芳,0571-1,jia@x.example
002,乙局,王明,0571-2,@yi.example
003,丙局,赵云,0571-3,bing@x.example
004,丁馆,周宁,0571-4,
005,戊局,吴越,0571-5,wu@x.example
"""


def vouched(domain: str) -> dict[str, str]:
    """The header by which the own server vouches for a sender."""
    return {"Authentication_Results": f"{OURS}; dmarc=pass header.from={domain}"}


@pytest.fixture(scope="module")
def night(form: Form, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    jia, yi, bing, ding = (filled(form, name) for name in ("甲局", "乙局", "丙局", "丁馆"))
    forged = filled(form, "甲局", 1)
    failed = f"{OURS}; dmarc=fail"
    mails = {
        "01 甲局.eml": mail([("甲局.xlsx", jia)], From="jia@x.example", **vouched("x.example")),
        "02 冒名.eml": mail([("甲局.xlsx", forged)], From="甲局 <jia@evil.example>"),
        "03 乙局代甲局.eml": mail([("甲局.xlsx", jia)], From="li@yi.example"),
        "04 冒用.eml": mail([("丙局.xlsx", bing)], From="bing@x.example", Authentication_Results=failed),
        "05 丁馆.eml": mail([("丁馆.xlsx", ding)], From="ding@anywhere.example"),
        "06 乙局转发.eml": mail([("乙局.xlsx", yi)], From="wang@yi.example", **vouched("yi.example")),
        "07 办公室代报.eml": mail(
            [("戊局.xlsx", filled(form, "戊局"))], From="zwgk@office.example", **vouched("office.example")
        ),
        "07 冒办公室之名.eml": mail([("丙局.xlsx", filled(form, "丙局", 2))], From="zwgk@office.example"),
        "08 谢谢.eml": mail(From="jia@x.example"),
        "09 自动回复.eml": mail(From="bing@x.example", Auto_Submitted="auto-replied"),
        "10 打包.eml": mail([("winmail.dat", winmail((0x0006800F, b"x")))], From="wu@x.example"),
        "11 陌生副本.eml": mail([("乙局.xlsx", yi)], From="x@evil.example"),
    }
    extra = f'[mail]\nauthserv_id = "{OURS}"\ntrusted = ["zwgk@office.example"]\n'
    files = {name: content.as_bytes() for name, content in mails.items()}
    folder = make_district(tmp_path_factory.mktemp("mails"), ["甲局"], files, extra=extra)
    (folder / "agencies.csv").write_text(ROSTER, "utf-8")
    return run(folder)


@pytest.mark.parametrize(
    ("file", "verdict", "variant"),
    [
        ("01 甲局.eml/甲局.xlsx", "accepted", ""),
        ("02 冒名.eml/甲局.xlsx", "held", "不在 甲局 的名单中"),
        ("03 乙局代甲局.eml/甲局.xlsx", "held", "别的来源都报送过"),
        ("04 冒用.eml/丙局.xlsx", "held", "DMARC"),
        ("05 丁馆.eml/丁馆.xlsx", "accepted", "没有核对发件人"),
        ("06 乙局转发.eml/乙局.xlsx", "accepted", ""),
        ("07 办公室代报.eml/戊局.xlsx", "accepted", ""),
        ("07 冒办公室之名.eml/丙局.xlsx", "held", "不在 丙局 的名单中"),
        ("08 谢谢.eml", "not_a_submission", ""),
        ("09 自动回复.eml", "not_a_submission", ""),
        ("10 打包.eml/winmail.dat", "returned", "winmail.dat"),
        ("11 陌生副本.eml/乙局.xlsx", "duplicate", ""),
    ],
)
def test_every_file_of_every_mail_ends_as_it_should(
    night: Ran, file: str, verdict: str, variant: str
) -> None:
    assert night.verdicts()[file].removesuffix("_with_remarks") == verdict
    [item] = [item for item in night.record["submissions"] if item["file"] == file]
    said = [finding["message"] for finding in item["findings"] if finding["code"] in ("F06", "F01")]
    assert bool(said) == bool(variant)
    assert variant in "".join(said)


def test_an_impostors_figures_are_never_merged(night: Ran) -> None:
    by_agency = {
        item["agency_name"]: item["report"] for item in night.record["submissions"] if item["report"]
    }
    assert sorted(by_agency) == ["丁馆", "乙局", "戊局", "甲局"]
    counts = night.record["counts"]
    assert (counts["held"], counts["accepted"] + counts["accepted_with_remarks"]) == (4, 4)


def test_what_a_person_must_decide_is_said_first(form: Form, tmp_path: Path) -> None:
    damaged = filled(form, "甲局")[:700]
    files = {"1.eml": mail([("年报.xlsx", damaged)], From="x@evil.example").as_bytes()}
    [item] = run(make_district(tmp_path, ["甲局"], files)).record["submissions"]
    assert item["verdict"] == "held"
    assert [finding["code"] for finding in item["findings"]] == ["F06", "F01"]


@pytest.mark.parametrize("sender", ["jia@evil.example", "bing@x.example"])
def test_a_held_file_counts_once_the_coordinator_has_put_it_into_the_inbox(
    form: Form, tmp_path: Path, sender: str
) -> None:
    content = filled(form, "甲局")
    failed = f"{OURS}; spf=fail"
    message = mail([("甲局.xlsx", content)], From=sender, Authentication_Results=failed)
    extra = f'[mail]\nauthserv_id = "{OURS}"\n'
    folder = make_district(tmp_path, ["甲局"], {"1.eml": message.as_bytes()}, extra=extra)
    assert run(folder).verdicts() == {"1.eml/甲局.xlsx": "held"}
    (folder / "inbox" / "甲局.xlsx").write_bytes(content)
    assert run(folder).verdicts() == {"1.eml/甲局.xlsx": "duplicate", "甲局.xlsx": "accepted"}


def test_once_the_address_is_on_the_roster_the_file_counts(form: Form, tmp_path: Path) -> None:
    files = {"1.eml": mail([("甲局.xlsx", filled(form, "甲局"))], From="new@x.example").as_bytes()}
    folder = make_district(tmp_path, ["甲局"], files)
    (folder / "agencies.csv").write_text("code,name,email\n001,甲局,jia@x.example\n", "utf-8")
    assert run(folder).verdicts() == {"1.eml/甲局.xlsx": "held"}
    (folder / "agencies.csv").write_text("code,name,email\n001,甲局,jia@x.example;new@x.example\n", "utf-8")
    assert run(folder).record["counts"]["held"] == 0


def test_wrong_mail_settings_end_with_code_2_and_a_line(tmp_path: Path) -> None:
    folder = make_district(tmp_path, ["甲局"], {}, extra='[mail]\nimap_security = "ssl"\n')
    done = run(folder)
    assert done.code == 2
    assert "第 7 行" in done.err


def test_every_mail_has_one_outcome_in_the_ledger_and_one_line_in_the_days_log(night: Ran) -> None:
    output = night.folder.parent
    with open_copy(output) as ledger:
        rows = ledger.rows("SELECT path, verdict, reason FROM mails")
    assert len(rows) == 12
    assert all(row["verdict"] and row["reason"] for row in rows)
    [log] = (output / "ledger" / "log").iterdir()
    told = [line for line in log.read_text("utf-8").splitlines() if line.startswith("  邮件\u3000")]
    assert len(told) == 12


# ---------------------------------------------------------------- what replaces figures that count


def test_what_nobody_vouches_for_never_replaces_what_counts(form: Form, tmp_path: Path) -> None:
    """The first report of an agency counts and is said to be unverified; a later one waits, until a person has asked."""
    one, two, three = (filled(form, "甲局", number) for number in (0, 1, 2))
    passed = f"{OURS}; spf=pass smtp.mailfrom=x.example"
    at = [f"Mon, {day} Jan 2024 09:30:00 +0800" for day in (15, 16, 17)]
    files = {
        "1.eml": mail([("甲局.xlsx", one)], From="jia@x.example", Date=at[0]).as_bytes(),
        "2.eml": mail([("甲局.xlsx", two)], From="jia@x.example", Date=at[1]).as_bytes(),
    }
    folder = make_district(tmp_path, ["甲局"], files, extra=f'[mail]\nauthserv_id = "{OURS}"\n')
    (folder / "agencies.csv").write_text(ROSTER, "utf-8")
    first = run(folder)
    assert first.verdicts() == {"1.eml/甲局.xlsx": "accepted", "2.eml/甲局.xlsx": "held"}
    assert "没有证实" in first.record["submissions"][0]["findings"][0]["message"]
    (folder / "inbox" / "电话核实.xlsx").write_bytes(two)
    assert run(folder).verdicts() == {
        "1.eml/甲局.xlsx": "accepted",
        "2.eml/甲局.xlsx": "duplicate",
        "电话核实.xlsx": "accepted",
    }
    known = mail([("甲局.xlsx", three)], From="jia@x.example", Date=at[2], Authentication_Results=passed)
    (folder / "inbox" / "3.eml").write_bytes(known.as_bytes())
    last = run(folder)
    assert last.verdicts()["3.eml/甲局.xlsx"] == "accepted"
    assert run(folder).verdicts() == last.verdicts()


# ---------------------------------------------------------------- several reports of one agency


def test_two_different_reports_in_one_mail_wait_until_somebody_says_which(form: Form, tmp_path: Path) -> None:
    """File names decide nothing: the draft sorts after the final one here, and before it there."""
    draft, final = filled(form, "甲局", 1), filled(form, "甲局", 2)
    message = mail([("甲局草稿.xlsx", draft), ("甲局终稿.xlsx", final)], From="jia@x.example")
    folder = make_district(tmp_path, ["甲局"], {"1.eml": message.as_bytes()})
    (folder / "agencies.csv").write_text(ROSTER, "utf-8")
    night = run(folder)
    assert set(night.verdicts().values()) == {"held"}
    said = [finding["message"] for row in night.record["submissions"] for finding in row["findings"]]
    assert all("《甲局草稿.xlsx》、《甲局终稿.xlsx》" in text for text in said if "几份表" in text)
    (folder / "inbox" / "终稿.xlsx").write_bytes(final)
    assert run(folder).verdicts() == {
        "1.eml/甲局草稿.xlsx": "duplicate",
        "1.eml/甲局终稿.xlsx": "accepted",
        "终稿.xlsx": "duplicate",
    }


def test_two_different_reports_in_one_mail_wait_no_longer_once_the_agency_has_sent_one(
    form: Form, tmp_path: Path
) -> None:
    draft, final = filled(form, "甲局", 1), filled(form, "甲局", 2)
    both = mail([("甲局1.xlsx", draft), ("甲局2.xlsx", final)], From="jia@x.example", Message_ID="<1@x>")
    folder = make_district(tmp_path, ["甲局"], {"1.eml": both.as_bytes()})
    (folder / "agencies.csv").write_text(ROSTER, "utf-8")
    run(folder)
    again = mail([("甲局.xlsx", filled(form, "甲局", 3))], From="jia@x.example", Message_ID="<2@x>")
    (folder / "inbox" / "2.eml").write_bytes(again.as_bytes())
    run(folder)
    (folder / "inbox" / "别的.eml").write_bytes(mail(From="bing@x.example").as_bytes())
    night = run(folder)
    assert night.verdicts()["2.eml/甲局.xlsx"] == "accepted"
    assert night.record["counts"]["held"] == 0


@pytest.mark.parametrize("beside", ["blank", "same"])
def test_a_template_or_a_copy_beside_a_report_is_no_second_report(
    form: Form, tmp_path: Path, beside: str
) -> None:
    report = filled(form, "甲局")
    other = build_workbook(form, Stamp("001", "甲局", 2023)) if beside == "blank" else report
    message = mail([("甲局.xlsx", report), ("模板.xlsx", other)], From="jia@x.example")
    folder = make_district(tmp_path, ["甲局"], {"1.eml": message.as_bytes()})
    (folder / "agencies.csv").write_text(ROSTER, "utf-8")
    night = run(folder)
    counts = night.record["counts"]
    assert (counts["accepted"], counts["held"]) == (1, 0)


def test_a_file_that_is_cleared_up_late_does_not_replace_what_the_agency_sent_since(
    form: Form, tmp_path: Path
) -> None:
    """It waited under an unknown name, the agency reported anew, then its name came onto the roster."""
    old, new = filled(form, "甲局办公室", 1), filled(form, "甲局", 2)
    folder = make_district(tmp_path, ["甲局"], {"2024-01-10/1.xlsx": old})
    assert run(folder).verdicts() == {"2024-01-10/1.xlsx": "held"}
    (folder / "inbox" / "2024-01-12").mkdir()
    (folder / "inbox" / "2024-01-12" / "2.xlsx").write_bytes(new)
    run(folder)
    (folder / "agencies.csv").write_text("code,name,aliases\n001,甲局,甲局办公室\n", "utf-8")
    night = run(folder)
    assert night.verdicts() == {"2024-01-10/1.xlsx": "duplicate", "2024-01-12/2.xlsx": "accepted"}


def test_a_file_that_is_cleared_up_late_counts_where_what_came_since_went_back(
    form: Form, tmp_path: Path
) -> None:
    folder = make_district(tmp_path, ["甲局"], {"2024-01-10/1.xlsx": filled(form, "甲局办公室", 1)})
    run(folder)
    (folder / "inbox" / "2024-01-12").mkdir()
    (folder / "inbox" / "2024-01-12" / "2.xlsx").write_bytes(build_workbook(form, Stamp("001", "甲局", 2023)))
    run(folder)
    (folder / "agencies.csv").write_text("code,name,aliases\n001,甲局,甲局办公室\n", "utf-8")
    assert run(folder).verdicts()["2024-01-10/1.xlsx"] == "accepted"


# ---------------------------------------------------------------- what goes back


def test_what_a_mail_without_a_table_says_is_told_for_some_days_its_agency_first(
    form: Form, tmp_path: Path
) -> None:
    extra = '[people]\nemail = "zwgk@office.example"\n'
    folder = make_district(tmp_path / "区", [], {}, extra=extra)
    (folder / "agencies.csv").write_text(ROSTER, "utf-8")
    office = PostOffice(form, folder)
    post = office.write("jia@x.example", Subject="撤回")
    post.set_content("我局年报数据有误，请先撤回。")
    office.receive(moment(1, 23), post)
    for day, is_told in ((23, True), (24, True), (29, True), (30, False)):
        said = words(only(office.night(moment(1, day)), "digest", "zwgk@office.example"))
        assert ("1. 甲局来信（主题“撤回”）没有表格" in said) == is_told, day
        page = (office.output / "2023" / "index.html").read_text("utf-8")
        assert ("请先撤回" in page) == is_told, day


def test_a_stranger_gets_nothing_of_an_agency_that_has_no_mailbox(form: Form, tmp_path: Path) -> None:
    """A file that cannot be read is answered with the version before it; not to somebody who sent none."""
    hello = mail([("丁馆.xls", b"hello")], From="x@evil.example", Message_ID="<2@evil>")
    files = {"2024-01-10/丁馆.xlsx": filled(form, "丁馆"), "2.eml": hello.as_bytes()}
    folder = make_district(tmp_path, ["丁馆"], files, extra='[people]\nemail = "zwgk@office.example"\n')
    (folder / "agencies.csv").write_text(ROSTER, "utf-8")
    night = run(folder)
    assert night.verdicts() == {"2024-01-10/丁馆.xlsx": "accepted", "2.eml/丁馆.xls": "returned"}
    sent = [message_from_bytes(path.read_bytes()) for path in (night.folder / "letters").glob("*.eml")]
    [letter] = [item for item in sent if item["To"] == "x@evil.example"]
    assert [part.get_content_type() for part in letter.walk()] == ["text/plain"]
    assert "没有设置邮件服务器的名字" in night.out
    assert "没有设置邮件服务器的名字" in (night.folder / "index.html").read_text("utf-8")
