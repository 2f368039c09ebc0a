"""What an agency calls itself at the beginning of a clause, and what it does not."""

import pytest

from pipeline.judging.texts.abbreviations import shortened


@pytest.mark.parametrize(
    ("name", "text", "short"),
    [
        ("松山经济技术开发区管理委员会", "经开区全年收到申请33件。", {"经开区"}),
        ("松山高新技术产业开发区管委会", "2024年，高新区收到申请6件。", {"高新区"}),
        ("松山经济技术开发区管理委员会", "高新区全年收到申请33件，全区、园区和松山区都有。", set()),
        ("松山市经济技术开发区发展改革局", "经开区全年收到申请33件。", set()),
        ("望海市临溪区园林和林业局", "区园林局全年收到申请12件。", {"区园林局"}),
        ("望海市临溪区园林和林业局", "市园林局全年收到申请12件。", set()),
        ("青屿省水利厅", "省厅全年收到申请12件。", {"省厅"}),
        ("望海市水利局", "省厅全年收到申请12件，市局也有。", set()),
        ("望海市公安局临溪分局", "临溪公安分局全年收到申请12件。", {"临溪公安分局"}),
        ("望海市公安局临溪分局", "南屏公安分局全年收到申请12件。", set()),
    ],
)
def test_what_is_short_for_a_name(name: str, text: str, short: set[str]) -> None:
    assert set(shortened(name, text)) == short
