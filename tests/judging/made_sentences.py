"""A seed goes in; a plausible passage on requests and disputes, and the figures it tells, come out.

The figures are those of a small report made for the passage; ``slipped`` tells the same passage with one number wrong.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass

import cn2an

_UNITS = "件件件件件宗份条例起"
_OPENINGS = (
    "2023年，",
    "2023年度，",
    "全年",
    "本年度",
    "2023年1月1日至2023年12月31日，",
    "今年以来，",
    "",
    "畅通申请渠道，明确专人负责，",
)
_WHO = ("我局", "本局", "我单位", "区财政局", "临平区财政局", "杭州市临平区财政局", "本机关", "")
_TOTAL = ("共", "共计", "总共", "")
_RECEIVED = (
    "收到政府信息公开申请",
    "收到依申请公开",
    "新收政府信息公开申请",
    "收到信息公开申请",
    "接收依申请公开事项",
    "收到公民、法人和其他组织提出的政府信息公开申请",
)
_BEFORE = ("收到{n}政府信息公开申请", "收到{n}依申请公开件", "新收{n}信息公开申请")
_NONE = (
    "未收到政府信息公开申请",
    "没有收到政府信息公开申请",
    "未收到依申请公开件",
    "无依申请公开事项",
    "未收到公民、法人和其他组织提出的政府信息公开申请",
)
_OVER = ("，上年结转{n}", "，2022年结转{n}", "（不含上年结转）", "，另有上年度结转{n}", "，上年结转申请{n}")
_ANSWERED = (
    "，办结{n}",
    "，已答复{n}",
    "，按时办结{n}",
    "，全部办结{n}",
    "，本年度办结{n}",
    "；答复政府信息公开申请{n}",
)
_FORWARD = (
    "，结转下年度继续办理{n}",
    "，结转至2024年办理{n}",
    "，其余{n}结转下年度继续办理",
    "，结转下一年度{n}",
)
_NO_FORWARD = ("，没有结转下年度的申请", "，无结转下年度继续办理的申请", "")
_COMPARED = ("", "", "，较上年增加三件", "，比2022年减少12件", "，同比增长13.6%", "，与上年持平")
_REVIEWS = (
    "因政府信息公开引发行政复议{n}",
    "因政府信息公开被申请行政复议{n}",
    "政府信息公开的行政复议{n}",
    "涉及政府信息公开的行政复议案件{n}",
)
_SUITS = ("、行政诉讼{n}", "，行政诉讼{n}", "，被提起行政诉讼{n}")
_NO_DISPUTES = (
    "未发生因政府信息公开引发的行政复议和行政诉讼",
    "没有因政府信息公开被申请行政复议或者被提起行政诉讼的情况",
    "未发生涉及政府信息公开的行政复议、行政诉讼案件",
)
_ISSUED = ("本年制发行政规范性文件{n}", "全年制定行政规范性文件{n}", "2023年，我局制定印发行政规范性文件{n}")
_NOISE = (
    "全年主动公开信息312条，公众号推文126篇。",
    "办理人大代表建议12件、政协提案9件，全部办结21件。",
    "上半年收到政府信息公开申请77件，第三季度收到66件。",
    "全区共收到政府信息公开申请1137件，办结1104件。",
    "2022年收到政府信息公开申请99件。",
    "自2008年以来累计收到政府信息公开申请888件。",
    "收到涉及征地的政府信息公开申请55件，收到信访件44件。",
    "做到收到一件、登记一件、办结一件、答复一件，一件不漏。",
    "审核行政规范性文件45件，共发文275件。",
    "接受电话咨询50余次，平均办理时间5个工作日，办结率100%。",
    "其中当面申请二十余件，邮寄申请数十件。",
    "审理行政复议案件358件，行政应诉46件。",
)  # fmt: skip


@dataclass(frozen=True)
class Figure:
    """A number told: which claim, and its value."""

    key: str
    value: int


@dataclass(frozen=True)
class Passage:
    """A passage as pieces: words, and numbers with the way in which each is written."""

    pieces: tuple[str | tuple[Figure, str], ...]
    numbers: Mapping[str, int]

    @property
    def figures(self) -> list[Figure]:
        return [piece[0] for piece in self.pieces if not isinstance(piece, str)]

    def text(self, wrong: int | None = None, value: int = 0) -> str:
        """Return the passage; the ``wrong``-th of its figures says ``value`` instead."""
        said = []
        told = 0
        for piece in self.pieces:
            if isinstance(piece, str):
                said.append(piece)
                continue
            figure, style = piece
            said.append(_written(value if told == wrong else figure.value, style))
            told += 1
        return "".join(said)


def _written(value: int, style: str) -> str:
    kind, unit = style.split("|")
    ways = {
        "wide": str(value).translate(str.maketrans("0123456789", "０１２３４５６７８９")),
        "chinese": str(cn2an.an2cn(value, "low")),
        "two": "两" if value == 2 else str(value),
        "comma": f"{value:,}",
        "spaced": f" {value} ",
    }
    return ways.get(kind, str(value)) + unit


class _Maker:
    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.pieces: list[str | tuple[Figure, str]] = []
        self.unit = self.draw.choice(_UNITS)

    def say(self, frame: str, key: str = "", value: int = 0) -> None:
        before, mark, after = frame.partition("{n}")
        self.pieces.append(before)
        if mark:
            kinds = ("plain", "plain", "plain", "wide", "chinese", "two", "comma", "spaced")
            self.pieces.append((Figure(key, value), f"{self.draw.choice(kinds)}|{self.unit}"))
        self.pieces.append(after)

    def one(self, frames: tuple[str, ...]) -> str:
        return self.draw.choice(frames)


def passage(seed: int) -> Passage:
    """Return a passage whose figures are all true of its numbers."""
    make = _Maker(seed)
    draw = make.draw
    new = draw.choice([0, 0, draw.randrange(1, 15), draw.randrange(10, 200), draw.randrange(900, 2000)])
    over = draw.choice([0, draw.randrange(1, 9)]) if new else 0
    forward = draw.choice([0, draw.randrange(1, 5)]) if new + over > 5 else 0
    reviews, suits, issued = draw.randrange(4), draw.randrange(3), draw.randrange(9)
    numbers = {"new": new, "over": over, "done": new + over - forward, "forward": forward, "reviews": reviews, "suits": suits, "issued": issued}  # fmt: skip
    if draw.random() < 0.4:
        make.say(make.one(_NOISE) + "\n")
    _tell_requests(make, numbers)
    _tell_disputes(make, numbers)
    if draw.random() < 0.3:
        make.say("。" + make.one(_ISSUED), "documents_issued", issued)
    make.say("。")
    if draw.random() < 0.4:
        make.say("\n" + make.one(_NOISE))
    return Passage(tuple(piece for piece in make.pieces if piece), numbers)


def _tell_requests(make: _Maker, numbers: Mapping[str, int]) -> None:
    who = make.one(_OPENINGS) + make.one(_WHO)
    if not numbers["new"]:
        make.say(who + make.one(_NONE))
        return
    draw = make.draw
    if draw.random() < 0.3:
        make.say(who + make.one(_TOTAL) + make.one(_BEFORE), "received", numbers["new"])
    else:
        make.say(
            who + make.one(_TOTAL) + make.one(_RECEIVED) + make.one(("", "", "共计", "：")) + "{n}",
            "received",
            numbers["new"],
        )
    make.say(make.one(_COMPARED))
    if numbers["over"]:
        make.say(make.one(_OVER), "carried_over", numbers["over"])
    if draw.random() < 0.7:
        make.say(make.one(_ANSWERED), "answered", numbers["done"])
    if numbers["forward"]:
        make.say(make.one(_FORWARD), "carried_forward", numbers["forward"])
    else:
        make.say(make.one(_NO_FORWARD))


def _tell_disputes(make: _Maker, numbers: Mapping[str, int]) -> None:
    if not numbers["reviews"] + numbers["suits"]:
        make.say("。" + make.one(_NO_DISPUTES))
    elif make.draw.random() < 0.6:
        make.say("。" + make.one(_REVIEWS), "reconsideration", numbers["reviews"])
        make.say(make.one(_SUITS), "litigation", numbers["suits"])
