"""The findings of a file that waits for a person go in; why it waits and what its sender can do comes out, as its sender may be told.

Who sent it need not belong to the agency that it speaks of: nothing of any agency stands here, neither name nor data.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.model import Finding

ABOUT_WHOSE = ("F02", "F06")
"""Rules about whose a file is, and who sent it: said before what else is in its way."""
ABOUT_PERIOD = ("year_missing", "year_wrong", "period_missing", "period_wrong")
"""What F02 says of the period of a file."""


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a file waits, and what its sender can do about it; both are parts of sentences. ``asks``: whether that is anything at all."""

    why: str
    remedy: str
    asks: bool = True


_NO_MAILBOX = Doubt(
    "发来的邮箱没有登记为表上所写单位的邮箱", "请用单位登记的邮箱把这份表再发一次；邮箱换了的，请来电登记"
)
_OTHER_TEMPLATE = Doubt(
    "表上写的单位与发来的邮箱登记的单位不是同一个，可能用了发给别的单位的模板",
    "请把数据填到发给本单位的模板里再发；是代别的单位报送的，请来电说明",
)
_OPEN = Doubt(
    "上次退回时指出的总计或者勾稽关系与各项不符，这次各项没有改动",
    "有填错的，请改正各项后再发，不用等通知；各项都没有填错的，请来电说明",
)
_OTHER_NAME = Doubt("表上写的单位名称不能确认", "请核对“基本信息”里的单位名称，写规范的全称，改好再发")
_UNCLEAR = Doubt("还要由经办人看过才能确定怎么算", "不用再发，需要时会与贵单位联系", asks=False)
_DOUBTS: Mapping[str, Doubt] = {
    "F06.several_tables": Doubt(
        "同一封邮件里有几份内容不同的表，不知道以哪一份为准", "请只把正确的那一份再发一次，不用等通知"
    ),
    "F09.order_guessed": Doubt(
        "收到几份内容不同的表，分不清先后，不知道以哪一份为准", "请只把正确的那一份再发一次，不用等通知"
    ),
    "F06.unknown_sender": _NO_MAILBOX,
    "F06.second_sender": _NO_MAILBOX,
    "F06.no_sender": _NO_MAILBOX,
    "F06.nobody": Doubt(
        "看不出是哪个单位的，发来的邮箱也没有登记",
        "请在“基本信息”写明单位全称，用单位登记的邮箱发来；邮箱换了的，请来电登记",
    ),
    "F06.foreign_sender": _OTHER_TEMPLATE,
    "F06.two_claims": _OTHER_TEMPLATE,
    "F06.failed_check": Doubt("邮件系统认为邮件不是这个邮箱发出的", "请来电说明"),
    "F06.unverified_sender": Doubt("邮件系统没有证实邮件是这个邮箱发出的", "不用再发，请来电说明"),
    "F02.unknown_agency": Doubt(
        "表上写的单位名称不在报送单位名单中", "请在“基本信息”写规范的全称，改好再发；单位改名的，请来电说明"
    ),
    "F02.agency_missing": Doubt("表上没有写单位名称", "请在“基本信息”写明单位全称，改好再发"),
    "F02.conflict": Doubt(
        "模板是发给一个单位的，表上写的却是另一个单位", "请把数据填到发给本单位的模板里再发"
    ),
    "F02.departed": Doubt(
        "表上写的单位已经不在报送单位名单中", "单位已经撤销的，不用再发；没有撤销的，请来电说明"
    ),
    "F02.merged": Doubt("表上写的单位已并入其他单位", "不用再发，请来电说明是合并前还是合并后的数据"),
    "F09.file_name": Doubt(
        "文件名里的单位与表上写的单位不是同一个，可能用了发给别的单位的模板",
        "用错模板的，请把数据填到发给本单位的模板里再发；只是文件名写错的，请改好文件名再发",
    ),
    "F09.last_period": Doubt(
        "表上写的是上一个报告期，不知道是更正上一期的，还是本期的没有改好",
        "是本期的，请改好报告期和数据再发，不用等通知；是更正上一期的，请来电说明",
    ),
    "F09.last_figures": Doubt(
        "这一期发生的数与上一期的全部相同，可能是上一期的表只改了报告期",
        "请填本期的数再发，不用等通知；核对后确实相同的，请来电说明",
    ),
    "F09.other_body": _OTHER_NAME,
    "F09.unchanged": Doubt(
        "办公室退回过的一次报送，这次发来的数和文字与它完全相同，没有改动",
        "请按退回时写明的原因改正后再发；核对后确实没有错的，请来电说明",
    ),
    "F05.open_total": _OPEN,
    "F05.open_check": _OPEN,
}
_BARRIER = "F01"
_SET_ASIDE = Doubt("文件还没有打开完，不是贵单位的错", "不用再发，由我们处理", asks=False)
UNPROVEN = ("F06.failed_check", "F06.unverified_sender")
"""Marks of files of which nobody knows that they came from the mailbox that they name."""
OF_ITS_CONTENT = (
    "F06.several_tables",
    "F09.order_guessed",
    "F09.last_period",
    "F09.last_figures",
    "F09.unchanged",
    "F05.open_total",
    "F05.open_check",
)
"""Marks of files of which it is certain whose they are."""


def mark_of(findings: Iterable[Finding]) -> str:
    """Return by what a file waits, of what weighs most: whose it is before what is in it; empty where nothing of it is for its sender."""
    found = list(findings)
    if any(item.is_barrier for item in found):
        return _BARRIER
    marks = {f"{item.code}.{item.variant}" for item in found}
    return next((mark for mark in _DOUBTS if mark in marks), "")


def mark_of_sender(findings: Iterable[Finding]) -> str:
    """Return by what a file waits for one who asks whether its sender is known: if that is not so, before all else."""
    found = list(findings)
    marks = {f"{item.code}.{item.variant}" for item in found}
    return next((mark for mark in UNPROVEN if mark in marks), "") or mark_of(found)


def doubt_of(mark: str) -> Doubt:
    """Say why a file waits that ``mark_of`` has marked."""
    return _SET_ASIDE if mark == _BARRIER else _DOUBTS.get(mark, _UNCLEAR)
