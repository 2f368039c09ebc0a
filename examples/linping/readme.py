"""The plan goes in; the README of the sample district comes out, in Chinese."""

from __future__ import annotations

from collections import Counter

from examples.linping.plan import DELIVERIES, FAULTS, MISTAKEN, SILENT, Delivery
from examples.linping.roster import BODIES, BY_CODE, DISTRICT, YEAR
from pipeline.model import Verdict
from pipeline.wording.messages import VERDICT_WORDS

_HEAD = """# 示例：{district}{year}年度

这是一个**样例**，不是官方名单，也不是任何单位的真实数据：单位名称按常见叫法列出，人名、电话、邮箱、地址和数字都是编的
（邮箱用的是保留的 `.example` 域名）。只有一份例外：经济信息化和科学技术局的报告照录自该局公开发布的{year}年度报告，
用来证明真实的报告能完整走完全程。

全区报送单位 {bodies} 个，收到文件 {files} 个，来自 {senders} 个单位（另有 {foreign} 个是外区误发的）；没有报送的 {silent} 个单位：{missing}。
用日期命名的文件夹（如 `2024-01-15`）表示收到的日期；邮件以信头的日期为准；其余文件不知道收到的日期。

运行（样例是{next}年初的，`--now` 写明当作那时的时间）：

```
nianbao run examples/linping-2023 --output output --now {next}-02-01T08:00:00
```

## 每个文件的毛病和答复

| 文件 | 单位 | 毛病 | 编号 | 结果 | nianbao 的答复 |
|---|---|---|---|---|---|
"""
_TAIL = """
没有列在表里的 {clean} 个文件没有毛病，全部合格；其中几个单位没有用发给自己的模板，只在空白模板上写了简称（如“区司法局”“科创城管委会”），
仍按 `agencies.csv` 的简称对上了单位。

打不开的文件按文件名认单位。用了别人模板的，先记在模板所属单位名下待核实；在核实之前，总览里仍算未报送的还有：{mistaken}。

本文件夹由 `python examples/build_linping_{year}.py` 生成，请不要手工改。
"""


def readme() -> str:
    """Return the README."""
    senders = {item.code for item in DELIVERIES if not item.foreign}
    head = _HEAD.format(
        district=DISTRICT,
        year=YEAR,
        next=YEAR + 1,
        bodies=len(BODIES),
        files=len(DELIVERIES),
        senders=len(senders),
        foreign=sum(item.foreign for item in DELIVERIES),
        silent=len(SILENT),
        missing="、".join(BY_CODE[code].short for code in SILENT),
    )
    tail = _TAIL.format(
        clean=len(DELIVERIES) - len(FAULTS),
        mistaken="、".join(BY_CODE[code].short for code in MISTAKEN),
        year=YEAR,
    )
    return head + "\n".join(_row(item) for item in FAULTS) + "\n" + _summary() + tail


def _row(item: Delivery) -> str:
    body = "（外区）" if item.foreign else BY_CODE[item.code].short
    cells = (
        item.path,
        body,
        item.wrong,
        "、".join(item.codes) or "—",
        VERDICT_WORDS[Verdict(item.verdict)],
        item.answer,
    )
    return "| " + " | ".join(cell.replace("|", "／") for cell in cells) + " |"


def _summary() -> str:
    counts = Counter(item.verdict for item in DELIVERIES)
    told = "，".join(f"{VERDICT_WORDS[verdict]} {counts[verdict]}" for verdict in Verdict if counts[verdict])
    return f"\n{len(DELIVERIES)} 个文件的结果：{told}。\n"
