"""A seed goes in; a consistent report comes out: of no size, small, ordinary or large, with a past that fits.

Among them stand the traps of the domain: what looks odd and is right (section 4, "Not rules").
"""

from __future__ import annotations

import random

from pipeline.forms.arithmetic import with_totals
from pipeline.forms.form import Form
from pipeline.model import PastReport
from tests.support.faults.ordinary import account_of, ordinary_numbers
from tests.support.faults.planting import Numbers, Sent, totals
from tests.support.fills import consistent_numbers, zeros

YEAR = 2023
_SIZES = (0, 3, 12, 60, 900, 200_000)
"""Of reports whose every second cell is filled, which no agency sends but every reader must bear."""
_REQUESTS = (1, 6, 14, 57, 160, 581)
"""Of reports as agencies send them, by turns with the others: requests of the year."""
_WORDS = [
    "政策",
    "文件",
    "解读",
    "栏目",
    "窗口",
    "热线",
    "专栏",
    "目录",
    "清单",
    "指南",
    "流程",
    "规范",
    "制度",
    "机制",
    "平台",
    "网站",
    "渠道",
    "答复",
    "审查",
    "发布",
    "更新",
    "维护",
    "归集",
    "整理",
    "检索",
    "查阅",
    "咨询",
    "回应",
    "座谈",
    "走访",
    "调研",
    "培训",
    "研讨",
    "例会",
    "通报",
    "自查",
    "整改",
    "督促",
    "指导",
    "协调",
    "沟通",
    "衔接",
    "公报",
    "档案",
    "图书",
    "村务",
    "财务",
    "预算",
    "决算",
    "采购",
    "招标",
    "就业",
    "教育",
    "医疗",
    "养老",
    "救助",
    "住房",
    "交通",
    "环境",
    "安全",
    "食品",
    "药品",
    "应急",
    "防汛",
    "征收",
    "补偿",
    "规划",
    "建设",
    "税收",
]
TEXT_LENGTH = 12
_LARGEST_AMOUNT = 10_000
"""万元; from here on an amount is asked about (C07)."""


def is_ordinary(seed: int) -> bool:
    """Whether the report of ``seed`` is one as agencies send them."""
    return seed // len(_SIZES) % 2 == 1


def sent(form: Form, seed: int) -> Sent:
    """Return the consistent report of ``seed``."""
    rng = random.Random(seed)
    at = seed % len(_SIZES)
    if is_ordinary(seed):
        numbers = _summed(form, ordinary_numbers(form, rng, _REQUESTS[at]))
    else:
        size = _SIZES[at]
        numbers = consistent_numbers(form, rng, size) if size else dict(zeros(form))
    if seed % 4 == 1:
        numbers = _without_carrying(form, numbers)
    numbers = _trap(form, numbers, seed)
    numbers["proactive.charges.amount"] %= _LARGEST_AMOUNT
    past = PastReport("", YEAR - 1, last_year(numbers), texts_of(form, rng, numbers), "测试")
    return Sent(form, numbers, texts_of(form, rng, numbers, ordinary=is_ordinary(seed)), past, rng)


def _without_carrying(form: Form, numbers: Numbers) -> Numbers:
    """Carry nothing over: the same requests came this year."""
    moved = dict(numbers)
    for cell in form.cells:
        if cell.is_input and cell.row.key == "carried_over":
            home = f"requests.new_received.{cell.column.key}"
            moved[home] = numbers[home] + numbers[cell.key]
            moved[cell.key] = 0
    return _summed(form, moved)


def _trap(form: Form, numbers: Numbers, seed: int) -> Numbers:
    """Add what is unusual and right: many penalties, no documents in force although some were repealed, cases without requests."""
    traps: list[Numbers] = [
        {},
        {"proactive.penalties.decisions": 1472, "proactive.charges.amount": numbers["proactive.charges.amount"]},
        {"proactive.normative_documents.issued": 0, "proactive.normative_documents.repealed": 2,
         "proactive.normative_documents.in_force": 0},
        {"disputes.litigation_direct.upheld": 1, "disputes.litigation_direct.pending": 3},
    ]  # fmt: skip
    return _summed(form, numbers | traps[seed % len(traps)])


def _summed(form: Form, numbers: Numbers) -> Numbers:
    typed = {key: None if key in totals(form) else value for key, value in numbers.items()}
    return {key: value for key, value in with_totals(form, typed).items() if value is not None}


def last_year(numbers: Numbers) -> Numbers:
    """Return last year's figures from which this year's follow."""
    documents = "proactive.normative_documents"
    same = ("licences.decisions", "penalties.decisions", "coercive_measures.decisions", "charges.amount")
    past: Numbers = {f"proactive.{key}": numbers[f"proactive.{key}"] for key in same}
    past |= {
        key.replace("carried_over", "carried_forward"): value
        for key, value in numbers.items()
        if "carried_over" in key
    }
    past |= {key: 0 for key in numbers if key.endswith("pending") or key.startswith("proactive.regulations")}
    past[f"{documents}.in_force"] = (
        numbers[f"{documents}.in_force"] + numbers[f"{documents}.repealed"] - numbers[f"{documents}.issued"]
    )
    return past


def texts_of(form: Form, rng: random.Random, numbers: Numbers, *, ordinary: bool = False) -> dict[str, str]:
    """Write texts that nobody else wrote, with the figures of the tables in the ways real reports say them."""
    texts = {text.key: f"{_prose(rng)}\n{_prose(rng)}" for text in form.texts}
    said = account_of(rng, numbers, YEAR) if ordinary else _requests(rng, numbers)
    texts["preface"] = f"本报告依据国办公开办函〔2021〕30号编制。{_prose(rng)}"
    texts["overview.on_request"] = f"{said}{_prose(rng)}"
    texts["overview.supervision"] += (
        f"\n本报告所列数据的统计期限自{YEAR}年1月1日起，至{YEAR}年12月31日止。"
        "工作考核、社会评议结果良好，没有责任追究情形。"
    )
    texts["other_matters"] = f"本年度未收取信息处理费。{_prose(rng)}"
    return texts


def _requests(rng: random.Random, numbers: Numbers) -> str:
    new, carried = numbers["requests.new_received.total"], numbers["requests.carried_over.total"]
    both = new + carried
    said = [
        f"{YEAR}年，本机关新收政府信息公开申请{new}件，上年结转{carried}件。",
        f"{YEAR}年，本机关收到政府信息公开申请{both}件（含上年结转{carried}件）。" if carried else "",
        f"本年度共收到政府信息公开申请{new}宗。" if new else "本年度未收到政府信息公开申请。",
    ]
    return rng.choice([line for line in said if line])


def _prose(rng: random.Random) -> str:
    """Write a paragraph of words in an order of its own."""
    chosen = rng.sample(_WORDS, TEXT_LENGTH * 3)
    parts = ["、".join(chosen[at : at + 3]) for at in range(0, len(chosen), 3)]
    return "".join(f"围绕{parts[at]}，做好{parts[at + 1]}工作。" for at in range(0, TEXT_LENGTH, 2))
