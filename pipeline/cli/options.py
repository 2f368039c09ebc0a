"""The arguments and options that several commands take: how each is written and explained."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Folder = Annotated[
    Path,
    typer.Argument(
        metavar="区县文件夹", help="放着 经办.xlsx 或 district.toml 的文件夹。", show_default=False
    ),
]
Output = Annotated[
    Path | None,
    typer.Option(
        "--output",
        metavar="文件夹",
        help="结果放在哪里；不写则放在区县文件夹的 output 中。",
        show_default=False,
    ),
]
Now = Annotated[
    str | None,
    typer.Option(
        "--now", metavar="时间", help="当作现在的时间，例如 2024-01-25T20:00:00。", show_default=False
    ),
]
FormName = Annotated[
    str | None,
    typer.Option(
        "--form",
        metavar="表样",
        help="用哪一份表样：名称，或者表样文件（.toml）；不写则用现行的年度报告。",
        show_default=False,
    ),
]
UnsaidAgency = Annotated[
    str | None,
    typer.Option(
        "--agency", metavar="单位", help="文件里没有写单位时，写代码、名称或简称。", show_default=False
    ),
]
UnsaidYear = Annotated[
    str | None,
    typer.Option(
        "--year",
        "--period",
        metavar="年份",
        help="文件里没有写年度时，写四位年份。",
        show_default=False,
    ),
]
Withdrawn = Annotated[bool, typer.Option("--withdraw", hidden=True)]
"""What ``--revoke`` was called in ``waive`` and ``dismiss``."""
Which = Annotated[
    str | None,
    typer.Option(
        "--form",
        metavar="表样",
        help="同时收几份表时，指哪一份：名称，或者 名称:报告期；不写则指第一份。",
        show_default=False,
    ),
]
WhichOrAll = Annotated[
    str | None,
    typer.Option(
        "--form",
        metavar="表样",
        help="同时收几份表时，只指这一份：名称，或者 名称:报告期；不写则是全部。",
        show_default=False,
    ),
]
AsJson = Annotated[bool, typer.Option("--json", metavar=" ", help="输出 JSON，供其他程序使用。")]
By = Annotated[
    str | None,
    typer.Option(
        "--by",
        metavar="姓名",
        help="决定的人；不写则是设置里的经办人，再没有就是本机用户。",
        show_default=False,
    ),
]
Why = Annotated[str, typer.Option("--reason", metavar="理由", help="为什么。", show_default=False)]
Until = Annotated[
    str | None,
    typer.Option("--until", metavar="日期", help="到哪一天为止；不写则长期有效。", show_default=False),
]
