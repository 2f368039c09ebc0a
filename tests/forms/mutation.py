"""A form's TOML goes in; faulty ones come out, each with one key dropped, doubled, renamed or retyped.

``python -m tests.forms.mutation 3000`` tries that many of each shipped form: each is refused with a line, or used whole.
"""

from __future__ import annotations

import copy
import json
import random
import re
import sys
import tomllib
import traceback
from collections.abc import Callable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any, TypeAlias

from pipeline.forms.loader import form_ids, parse_form
from pipeline.model import ConfigError
from tests.forms.trial import use

KeyPath: TypeAlias = tuple[str | int, ...]
_BARE = re.compile(r"[A-Za-z0-9_-]+")
OTHERS: tuple[object, ...] = (
    7,
    -1,
    0.5,
    True,
    "",
    "x",
    "{nobody}",
    "a/b",
    [],
    ["x"],
    [7],
    {},
    {"x": 1},
    [{"x": 1}],
    [["x"]],
)
"""What a value may be replaced by."""


OWN = ("reading_rooms",)
"""Forms of these tests that say what no shipped form does."""


def form_names() -> tuple[str, ...]:
    """List the forms that are mutated: all that ship, and those of ``OWN``."""
    return (*form_ids(), *OWN)


def shipped(form_id: str) -> str:
    """Return the TOML of a form."""
    if form_id in OWN:
        return Path(__file__).with_name(f"{form_id}.toml").read_text("utf-8")
    return resources.files("pipeline.forms").joinpath(f"{form_id}.toml").read_text("utf-8")


def mutants(text: str, seed: int, count: int) -> Iterator[tuple[str, str]]:
    """Yield what was done, and the text it was done to: ``count`` times, spread evenly over kinds of places."""
    rng = random.Random(seed)
    whole = tomllib.loads(text)
    by_kind: dict[KeyPath, list[KeyPath]] = {}
    for path in _paths(whole, ()):
        by_kind.setdefault(tuple(part for part in path if isinstance(part, str)), []).append(path)
    kinds = sorted(by_kind)
    for _ in range(count):
        path = rng.choice(by_kind[rng.choice(kinds)])
        mutated = copy.deepcopy(whole)
        said = rng.choice(CHANGES)(mutated, path, rng)
        yield f"{path}: {said}", written(mutated)


def _paths(value: Any, path: KeyPath) -> Iterator[KeyPath]:  # noqa: ANN401 - a TOML value
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _paths(inner, (*path, key))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from _paths(inner, (*path, at))


def _holder(whole: Any, path: KeyPath) -> Any:  # noqa: ANN401 - a TOML value
    for part in path[:-1]:
        whole = whole[part]
    return whole


def _drop(whole: Any, path: KeyPath, _rng: random.Random) -> str:  # noqa: ANN401
    del _holder(whole, path)[path[-1]]
    return "dropped"


def _double(whole: Any, path: KeyPath, _rng: random.Random) -> str:  # noqa: ANN401
    holder, last = _holder(whole, path), path[-1]
    if isinstance(holder, list) and isinstance(last, int):
        holder.insert(last, copy.deepcopy(holder[last]))
    else:
        holder[last] = [holder[last], copy.deepcopy(holder[last])]
    return "doubled"


def _rename(whole: Any, path: KeyPath, rng: random.Random) -> str:  # noqa: ANN401
    holder, last = _holder(whole, path), path[-1]
    if isinstance(last, str):
        holder[rng.choice([f"{last}x", "x", "key"])] = holder.pop(last)
    elif isinstance(holder[last], str):
        holder[last] += rng.choice(["x", ".x", " ", "{x}"])
    else:
        holder.reverse()
    return "renamed"


def _retype(whole: Any, path: KeyPath, rng: random.Random) -> str:  # noqa: ANN401
    other = copy.deepcopy(rng.choice(OTHERS))
    _holder(whole, path)[path[-1]] = other
    return f"became {other!r}"


CHANGES: tuple[Callable[[Any, KeyPath, random.Random], str], ...] = (
    _drop,
    _double,
    _rename,
    _retype,
    _retype,
)


def written(whole: Any) -> str:  # noqa: ANN401 - a TOML value
    """Write TOML, each key on a line of its own, each repeated table with a header."""
    plain = {
        key: value for key, value in whole.items() if not isinstance(value, dict) and not _is_tables(value)
    }
    lines = [f"{_key(key)} = {_value(value)}" for key, value in plain.items()]
    for key, value in whole.items():
        for item in [value] if isinstance(value, dict) else value if _is_tables(value) else []:
            lines.append(f"[{_key(key)}]" if isinstance(value, dict) else f"[[{_key(key)}]]")
            lines += [f"{_key(name)} = {_value(inner)}" for name, inner in item.items()]
    return "\n".join(lines) + "\n"


def _is_tables(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(item, dict) for item in value)


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else json.dumps(key, ensure_ascii=False)


def _value(value: Any) -> str:  # noqa: ANN401 - a TOML value
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_value, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


def verdict(text: str, *, is_tried: bool = True) -> str:
    """Return ``refused``, ``used`` (``loaded`` where it is not tried), or what went wrong."""
    try:
        form = parse_form(text, "mutant.toml")
    except ConfigError as error:
        return "refused" if re.search(r"\.toml 第 \d+ 行", str(error)) else f"no line: {error}"
    except Exception:  # noqa: BLE001 - this is what is looked for
        return traceback.format_exc()
    if not is_tried:
        return "loaded"
    try:
        use(form)
    except Exception:  # noqa: BLE001
        return traceback.format_exc()
    return "used"


def main(count: int, seed: int) -> int:
    """Try ``count`` mutants of each shipped form; print what went wrong."""
    wrong = 0
    for form_id in form_names():
        told: dict[str, int] = {}
        for said, text in mutants(shipped(form_id), seed, count):
            found = verdict(text)
            told[found if found in {"refused", "used"} else "wrong"] = told.get(found, 0) + 1
            if found not in {"refused", "used"}:
                wrong += 1
                print(f"{form_id} {said}\n{found}")  # noqa: T201 - the result of the command
        print(form_id, told)  # noqa: T201
    return 1 if wrong else 0


if __name__ == "__main__":
    numbers = [int(argument) for argument in sys.argv[1:]]
    sys.exit(main(*(numbers + [300, 0][len(numbers) :])))
