"""How fast a stage goes and how long it will take: said while it goes on, in plain lines."""

from __future__ import annotations

from pipeline.cli.pace import PlainLines, pace


def test_a_stage_that_ends_soon_is_one_line() -> None:
    said: list[str] = []
    lines = PlainLines(said.append, iter((0.0, 1.0, 2.0)).__next__)
    for done in (0, 5, 10):
        lines.advance("读取报送文件", done, 10)
    assert said == ["读取报送文件：10 份"]


def test_a_long_stage_says_every_minute_how_fast_it_goes_and_what_is_left() -> None:
    said: list[str] = []
    moments = iter((0.0, 30.0, 60.0, 90.0, 125.0, 600.0))
    lines = PlainLines(said.append, moments.__next__)
    for done in (0, 300, 600, 900, 1250, 6000):
        lines.advance("读取报送文件", done, 6000)
    assert said == [
        "读取报送文件：600 / 6000 份，每秒 10 份，约剩 9 分钟",
        "读取报送文件：1250 / 6000 份，每秒 10 份，约剩 8 分钟",
        "读取报送文件：6000 份",
    ]


def test_the_next_stage_has_a_pace_of_its_own() -> None:
    said: list[str] = []
    lines = PlainLines(said.append, iter((0.0, 100.0, 100.0, 161.0)).__next__)
    lines.advance("读取报送文件", 0, 10)
    lines.advance("读取报送文件", 10, 10)
    lines.advance("生成各单位年报", 0, 10)
    lines.advance("生成各单位年报", 1, 10)
    assert said == ["读取报送文件：10 份", "生成各单位年报：1 / 10 份，每分钟 1 份，约剩 9 分钟"]


def test_nothing_is_said_of_a_pace_that_nobody_can_know() -> None:
    assert pace(0, 10, 5.0) == ""
    assert pace(3, 10, 0.0) == ""
    assert pace(3, 9, 1.5) == "每秒 2 份，约剩 3 秒"
