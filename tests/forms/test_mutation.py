"""Forms with one key dropped, doubled, renamed or retyped: refused with a line, or used whole without a traceback."""

from __future__ import annotations

import os
import tomllib
from dataclasses import replace

import pytest

from pipeline.forms.form import Form
from pipeline.model import ConfigError
from tests.forms.mutation import form_names, mutants, shipped, verdict, written
from tests.forms.trial import use

LOADED = int(os.environ.get("NIANBAO_MUTANTS", "20"))
USED = max(2, LOADED // 15)
"""``NIANBAO_MUTANTS=3000`` tries so many of each form."""
SEED = 20


@pytest.mark.parametrize("form_id", form_names())
def test_a_form_written_by_the_mutation_means_the_same(form_id: str) -> None:
    whole = tomllib.loads(shipped(form_id))
    assert tomllib.loads(written(whole)) == whole
    assert verdict(written(whole), is_tried=False) == "loaded"


@pytest.mark.parametrize("form_id", form_names())
def test_a_faulty_form_is_refused_with_a_line_or_loaded(form_id: str) -> None:
    found = {said: verdict(text, is_tried=False) for said, text in mutants(shipped(form_id), SEED, LOADED)}
    assert not {said: what for said, what in found.items() if what not in {"refused", "loaded"}}
    assert set(found.values()) == {"refused", "loaded"}


@pytest.mark.parametrize("form_id", form_names())
def test_what_is_loaded_is_used_whole(form_id: str) -> None:
    loaded = (
        pair
        for pair in mutants(shipped(form_id), SEED + 1, LOADED + 50)
        if verdict(pair[1], is_tried=False) == "loaded"
    )
    for _, (said, text) in zip(range(USED), loaded, strict=False):
        assert verdict(text) == "used", said


@pytest.mark.parametrize("kind", ["words", "patterns"])
@pytest.mark.parametrize("nothing", ["", "(?:中)?"])
def test_a_word_or_pattern_that_finds_nothing_at_all_is_refused(kind: str, nothing: str) -> None:
    """It would be found everywhere, again and again, without coming to an end."""
    whole = tomllib.loads(shipped("annual_report_2021"))
    [claims] = [rule for rule in whole["narrative"] if rule["id"] == "N04"]
    name = next(iter(claims[kind]))
    claims[kind][name] = [*claims[kind][name], nothing]
    found = verdict(written(whole), is_tried=False)
    assert found == ("loaded" if kind == "words" and nothing else "refused"), "a word is no pattern"


def test_words_of_a_rule_with_names_in_braces_are_refused() -> None:
    whole = tomllib.loads(shipped("reading_rooms"))
    whole["rule"][0]["words"]["right"] = ["{nobody}"]
    assert verdict(written(whole), is_tried=False) == "refused"


def test_a_trial_can_fail(form: Form) -> None:
    """The proof that the tests above can: a form without texts, put past the loader."""
    with pytest.raises((LookupError, ConfigError)):
        use(replace(form, texts=()))


def test_a_form_of_its_own_is_used_whole() -> None:
    text = shipped("annual_report_2019").replace('id = "annual_report_2019"', 'id = "own"')
    assert verdict(text) == "used"
