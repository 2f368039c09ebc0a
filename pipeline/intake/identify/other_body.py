"""A name as a file states it, an agency's names and the district's go in; whether it may be that agency, comes out.

A name that is on no roster may be a known one in other words: with the place before it, an office in brackets, the year
behind. What names another place, or a body within the agency, is another body: 余杭区教育局 holds 教育局, and is not ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.intake.read.labels import normalise

_SHORTEST_NAME = 3
_CITY = re.compile(r"^(?:[^省]{2,3}省)?[^市]{1,4}市(?=[^市区县]{1,4}[区县])")
"""Province and city before a district's own name: 杭州市临平区财政局 also calls itself 临平区财政局."""
_DISTRICT = re.compile(r"^.*[省市州盟区县旗镇乡]")
_PLACE = re.compile(r"^(?:.*?[^市]市[^市区县]{1,4}[区县]|.*?[省市区县旗])")
"""What of a body's own name names its place."""
_ABOVE = ("省", "市", "州", "盟", "自治区", "地区")
"""How the name of a place ends that may stand before the whole name of a district."""
_CITY_ALONE = re.compile(r"^.*市(?=.*[区县市旗]$)")
_OF_ITS_OWN = re.compile(r"(?<=..)(?:镇|乡|街道)(?:人民政府|办事处)?$|(?:管委会|管理委员会)$")
"""A name that is a place's own."""
_PARTY = re.compile(r"^(?:中共|中国共产党)")
_WITHIN = re.compile(r"中心|[总支大中]队|分局|[所站队]")
"""What a body within another is called by, or one below it."""
_BODY = re.compile(r"(?:[局委办厅院馆会府镇乡]|中心|街道|办公室)$")
_REST = re.compile(
    r"(?>\([^()]*\)|人民政府|政府|办事处|管理委员会|管委会|委员会|(?:综合|党政)?办公室|本级|机关|本部|[盖公]章|"
    r"填报|信息公开|工作|年度|年报|报告|报表|统计|[年月日表]|[\W\d_])*+"
)
"""What may stand behind an agency's name without making it another's."""


def spelled(text: str) -> str:
    """Fold a name: without spaces, and without the province and city before a district's own name."""
    return _CITY.sub("", normalise(text).casefold())


def is_elsewhere(stated: str, district: str, names: Iterable[str]) -> bool:
    """Whether a name puts another city before the district's name than the settings or the agency's own ``names`` do."""
    own = [city for name in (district, *names) if (city := _city_of(name))]
    said = _city_of(stated)
    return bool(said and own) and not any(said.endswith(city) or city.endswith(said) for city in own)


def may_be(stated: str, names: Iterable[str], district: str) -> bool:
    """Whether a name that is not on the roster can be another spelling of one of ``names``: more words, or fewer."""
    wanted = spelled(stated)
    known = [name for name in map(spelled, names) if len(name) >= _SHORTEST_NAME]
    places = _places([_DISTRICT.match(district)] if district else map(_PLACE.match, known))
    return any(_is_longer(wanted, name, places) or _is_shorter(wanted, name) for name in known)


def _is_longer(wanted: str, name: str, places: list[str]) -> bool:
    """Whether ``wanted`` is ``name`` with nothing but its own place before it and nothing of weight behind it."""
    before, found, after = wanted.partition(name)
    place = _PARTY.sub("", before)
    return bool(
        found
        and (_is_own_place(place, places) or (_says_where(name, places) and _is_own_city(place, places)))
        and _REST.fullmatch(after)
        and not _WITHIN.search(after)
    )


def _is_shorter(wanted: str, name: str) -> bool:
    """Whether ``wanted`` is ``name`` without some of its words, and not the name of the body that it is a part of."""
    _, found, after = name.partition(wanted)
    if not (wanted and found):
        return False
    part = _WITHIN.search(after)
    is_branch = part is not None and part[0] == "分局" and not _PLACE.match(wanted)
    return is_branch or part is None or not _BODY.search(wanted)


def _is_own_place(before: str, places: list[str]) -> bool:
    """Whether ``before`` is the end of a place of ours, or all of one behind what that lies in."""
    return any(
        place.endswith(before)
        or (place and before.endswith(place) and before.removesuffix(place).endswith(_ABOVE))
        for place in places
    )


def _says_where(name: str, places: list[str]) -> bool:
    """Whether a name tells its place itself: then the city may stand before it without the district between."""
    return bool(_OF_ITS_OWN.search(name)) or any(place and place in name for place in places)


def _is_own_city(before: str, places: list[str]) -> bool:
    """Whether ``before`` is the city in which a place of ours lies, with or without what that lies in."""
    cities = {found[0] for found in map(_CITY_ALONE.match, places) if found}
    return bool(before) and any(before.endswith(city) or city.endswith(before) for city in cities)


def _places(found: Iterable[re.Match[str] | None]) -> list[str]:
    """Return how the places that were ``found`` may stand before the name of a body: 临平区, 临平, 杭州市临平区."""
    whole = {place for match in found if match for place in (normalise(match[0]), spelled(match[0]))}
    return ["", *sorted(whole | {place[:-1] for place in whole})]


def _city_of(name: str) -> str:
    found = _CITY.match(normalise(name).casefold())
    return _PARTY.sub("", found[0]) if found else ""
