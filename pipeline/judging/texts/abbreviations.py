"""An agency's name and a text go in; the shortened names by which the text calls that agency come out (市园林局, 县人社局).

A shortened name leaves characters out and keeps the kind of office at the end; before it may stand the level of the place
that the agency belongs to, and no other level: in a district's report 市城管局 is the city's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

_PLACE = re.compile(
    r"^(?P<place>(?:[^市区县旗]{2,4}市)?(?:(?!城市|.?市场)[^市区县旗]{1,4}[区县旗市州盟])?)(?P<core>.{3,})$"
)
_ENDINGS = (
    ("区管理委员会", ("管委会",)),
    ("城管理委员会", ("管委会",)),
    ("管理委员会", ("管委", "管委会")),
    ("委员会", ("委员会", "委")),
    ("街道办事处", ("街道办", "街办")),
    ("办公室", ("办公室", "办")),
    ("分局", ("分局",)),
    ("局", ("局",)),
    ("厅", ("厅",)),
    ("中心", ("中心",)),
    ("大队", ("大队",)),
    ("馆", ("馆",)),
    ("联合会", ("联合会", "联")),
    ("联合社", ("联社", "社")),
    ("会", ("会",)),
    ("院", ("院",)),
)
_BRANCH = re.compile(r"(?<=[局院])[^局院]{2,4}分局$")
_SHORTEST, _LONGEST = 3, 11
_ZONE = "区管委会"
_PROVINCE = re.compile(r"^(?P<place>[^省市区县]{2,4}省)(?P<core>.{3,})$")
_NEAREST = "区县旗州盟省"
"""Levels of place of which no other stands above an agency: 县局 is its own, 市局 may be the one it reports to."""


_ADMINISTERED = re.compile(r"^(?P<zone>.{4,}区)(?:管理委员会|管委会)$")
"""Who runs a zone is called by it: 松山经济技术开发区管理委员会 is 经开区."""


def shortened(name: str, text: str) -> Iterator[str]:
    """Yield what at the beginning of a clause of ``text`` is short for ``name``."""
    administered = _ADMINISTERED.match(name)
    if administered:
        yield from _zones(administered["zone"], text)
    place = _PROVINCE.match(name) or _PLACE.match(name)
    endings = next((short for full, short in _ENDINGS if name.endswith(full)), ())
    if not place or not endings:
        return
    at_home = f"{place['place']}{endings[-1]}"
    if place["place"] and text.count(at_home):
        yield at_home
    level, core = place["place"][-1:], place["core"]
    branch = _BRANCH.search(core)
    if branch:
        office, seat = core[: branch.start()].removesuffix("局"), branch[0].removesuffix("分局")
        yield from (own for own in (branch[0], f"{seat}{office}分局") if text.count(own))
    for run in _runs(endings).finditer(text):
        for size in range(len(run[0]), 1, -1):
            short = run[0][:size]
            if short.endswith(endings) and _is_short_for(_at_home(short, place["place"]), level, core):
                yield short
                break


def _zones(zone: str, text: str) -> Iterator[str]:
    """Yield what is short for a zone."""
    for run in _runs(("区",)).finditer(text):
        if _SHORTEST <= len(run[0]) < len(zone) and _left_out(run[0], zone):
            yield run[0]


@lru_cache(maxsize=32)
def _runs(endings: tuple[str, ...]) -> re.Pattern[str]:
    """Return a pattern for what begins a clause and may be a name with one of ``endings``."""
    name = rf"[\u4e00-\u9fff]{{1,{_LONGEST - 1}}}(?:{'|'.join(endings)})"
    return re.compile(rf"(?:(?<![\u4e00-\u9fff])|(?<=[年度]))(?![年度]){name}")


def _at_home(short: str, place: str) -> str:
    """Return a name without the place that it begins with, written out: 青石区人社局 is 区人社局 there."""
    district = place[:-1].rpartition("市")[2] + place[-1:]
    for written in (place, district):
        if len(written) > 1 and short.startswith(written):
            return f"{place[-1]}{short.removeprefix(written)}"
    return short.removeprefix(district[:-1]) if len(district) >= _SHORTEST else short


def _is_short_for(short: str, level: str, core: str) -> bool:
    if len(short) < _SHORTEST:
        return short[0] == level and level in _NEAREST and core.endswith(short[1:])
    if level and short.startswith(level) and _left_out(short[1:], core):
        return True
    begins = short[0] == core[0] or short.endswith(_ZONE)
    return begins and _left_out(short, core)


def _left_out(short: str, full: str) -> bool:
    """Say whether ``short`` is ``full`` with characters left out."""
    rest = iter(full)
    return all(character in rest for character in short)
