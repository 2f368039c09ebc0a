"""A mapping whose keys are held once for many: to whoever looks, it is the dict."""

from __future__ import annotations

import pickle

import pytest

from pipeline.machine.shared_keys import SharedKeys

PLACES = {"a": 0, "b": 1, "c": 2}


def test_it_reads_as_the_dict_would() -> None:
    found = SharedKeys(PLACES, (3, None, 5))
    plain = {"a": 3, "b": None, "c": 5}
    assert found == plain
    assert plain == found
    assert list(found.items()) == list(plain.items())
    assert {**found} == plain
    assert found.get("d") is None
    assert "b" in found
    with pytest.raises(KeyError):
        found["d"]


def test_it_goes_to_another_process_and_back() -> None:
    assert pickle.loads(pickle.dumps(SharedKeys(PLACES, (1, 2, 3)))) == {"a": 1, "b": 2, "c": 3}  # noqa: S301 - ours
