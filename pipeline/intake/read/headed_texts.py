"""The texts as they were read go in; they come out under the headings that stand inside them, with what is to be said of it.

A text that begins with its own heading would print it twice: it is cut. Text under the heading of another is moved to its
key where every heading stands once and its own cell is empty or says the same; else one finding says where what stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pipeline.intake.read.headings import (
    TABLE,
    HeadedPart,
    bare,
    heading_in,
    is_title,
    opens_a_list,
    parts_of,
    preface_of,
)
from pipeline.model import Fact, Finding

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.intake.read.listed import Listed

_Parts = Mapping[str, Sequence[HeadedPart]]


def settle_headings(form: Form, listed: Listed) -> None:
    """Put every text of ``listed`` under its key; adds what is to be said to its findings."""
    keys = [text.key for text in form.texts if listed.answers.get(text.key)]
    parts = {key: parts_of(form, listed.answers[key].split("\n")) for key in keys}
    if all(len(own) == 1 for own in parts.values()):
        return
    cut = [
        key for key in keys if _cut_own(key, parts[key]) and not opens_a_list(listed.answers[key].split("\n"))
    ]
    foreign = {key: _foreign(key, parts[key]) for key in keys}
    if sum(map(len, foreign.values())) == 1:  # one sentence that opens with another's name proves nothing
        foreign = {
            key: labels if _stands_alone(form, listed.answers[key], labels) else []
            for key, labels in foreign.items()
        }
    if not any(foreign.values()):
        for key in cut:
            listed.answers[key] = _joined(parts[key])
            _say(form, listed, (key,), "heading_cut")
        return
    placed = _within_cells(form, keys, parts) or _as_one_stream(form, listed, keys, parts)
    involved = tuple(key for key in keys if foreign[key])
    if placed is None:
        _say(form, listed, involved, "headings_inside", _labels(parts, foreign))
        return
    for text in form.texts:
        before = listed.answers.get(text.key, "")
        listed.answers[text.key] = placed.get(text.key, "")
        if placed.get(text.key) and not before and text.key not in listed.places:
            listed.places[text.key] = form.places[text.key]
    filled = {text.key for text in form.texts if listed.answers[text.key]}
    listed.findings = [
        found for found in listed.findings if found.variant != "missing_label" or found.key not in filled
    ]
    _say(form, listed, involved, "headings_placed", _labels(parts, foreign))


def _cut_own(key: str, parts: Sequence[HeadedPart]) -> bool:
    """Say whether a text begins with its own heading, perhaps below its section's."""
    first, *rest = parts
    return (
        not first.text
        and bool(rest)
        and any(part.heading is not None and part.heading.key == key for part in rest)
    )


def _stands_alone(form: Form, text: str, labels: Sequence[str]) -> bool:
    """Say whether a heading among ``labels`` is a line of its own."""
    found = (heading_in(form, line) for line in text.split("\n"))
    return any(one is not None and not one[1] and one[0].label in labels for one in found)


def _foreign(key: str, parts: Sequence[HeadedPart]) -> list[str]:
    """Return the labels of headings in a text that are another's, unless nothing stands under them but its own heading."""
    found = []
    for number, part in enumerate(parts[1:], start=1):
        heading = part.heading
        is_section_above = not part.text and number + 1 < len(parts) and _is(parts[number + 1], key)
        if heading and heading.key != key and not is_section_above:
            found.append(heading.label)
    return found


def _is(part: HeadedPart, key: str) -> bool:
    return part.heading is not None and part.heading.key == key


def _joined(parts: Sequence[HeadedPart]) -> str:
    return "\n".join(part.text for part in parts if part.text)


def _within_cells(form: Form, keys: Sequence[str], parts: _Parts) -> dict[str, str] | None:
    """Place what stands under headings inside each cell; None where a heading has nothing under it or two claim one key."""
    placed: dict[str, list[str]] = {}
    for key in keys:
        for number, part in enumerate(parts[key]):
            own = part.heading.key if part.heading else key
            followed = number + 1 < len(parts[key])
            if own == TABLE or (part.heading and not part.text and not followed):
                return None
            if part.text:
                placed.setdefault(own, []).append(part.text)
    settled = {key: texts[0] for key, texts in placed.items() if len({bare(text) for text in texts}) == 1}
    del form
    return settled if len(settled) == len(placed) else None


def _as_one_stream(form: Form, listed: Listed, keys: Sequence[str], parts: _Parts) -> dict[str, str] | None:
    """Place a report that was pasted over the cells line by line; None where a heading repeats or something required is missing."""
    lines = [line for key in keys for line in listed.answers[key].split("\n")]
    whole = parts_of(form, lines)
    labels = [part.heading.label for part in whole if part.heading]
    del parts
    if len(set(labels)) < len(labels):
        return None
    placed: dict[str, str] = {}
    for part in whole:
        own = part.heading.key if part.heading else preface_of(form)
        text = "\n".join(line for line in part.lines if not (part.heading is None and is_title(form, line)))
        if own != TABLE and text.strip():
            placed[own] = text.strip()
    wanted = [text.key for text in form.texts if text.required]
    return placed if all(placed.get(key) for key in wanted) else None


def _labels(parts: _Parts, foreign: Mapping[str, Sequence[str]]) -> str:
    labels = dict.fromkeys(label for key in parts for label in foreign[key])
    return "、".join(f"“{label}”" for label in labels)


def _say(form: Form, listed: Listed, keys: tuple[str, ...], variant: str, labels: str = "") -> None:
    texts = {text.key: text.label for text in form.texts}
    place = listed.places.get(keys[0])
    facts: Mapping[str, Fact] = {"label": texts[keys[0]], "labels": labels, "cells": _cells(listed, keys)}
    listed.findings.append(Finding.found("F05", place, keys, variant, facts))


def _cells(listed: Listed, keys: Sequence[str]) -> str:
    return "、".join(str(listed.places[key]) for key in keys if key in listed.places)
