"""Rules about words: what must be mentioned and what must not stand in a text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING

from pipeline.forms.values.kind import REQUIRED
from pipeline.forms.weighed import weighed_alone
from pipeline.judging.texts.beginnings import any_of, compiled
from pipeline.judging.texts.quoting import hidden, quoted
from pipeline.model import Finding

if TYPE_CHECKING:
    from pipeline.forms.form import Form
    from pipeline.forms.narrative import Answered, Forbidden, Mention
    from pipeline.judging.texts.filed import Check, ReportTexts, TextContext

_LONGEST_SHOWN = 30
_LONG = 60
"""A text of so many characters says something."""


def mention(rule: Mention, around: TextContext) -> Check:
    """Look for words that must occur; not assessed where none of the texts says anything."""
    wanted = [tuple(words.split("|")) for words in rule.words]
    opening = compiled(any_of(rule.opens))
    labels = {text.key: text.label for text in around.form.texts}

    def lacking(text: str) -> list[str]:
        return [words[0] for words in wanted if not any(word in text for word in words)]

    def exchanged(item: ReportTexts, said: Mapping[str, str]) -> tuple[str, str] | None:
        """Return the text of the rule that begins like another, and that one, which has the words."""
        others = (key for key, text in item.said(rule.exchanged).items() if not lacking(text))
        own = (key for key, text in said.items() if opening.match(text))
        return next(zip(own, others, strict=False), None)

    def check(item: ReportTexts) -> Iterable[Finding]:
        said = item.said(rule.texts)
        missing = lacking("\n".join(said.values()))
        if said and missing and (pair := exchanged(item, said)):
            for key, other in (pair, reversed(pair)):
                yield item.finding(rule, "exchanged", key, {"other": labels[other]})
        elif said and missing:
            yield item.finding(rule, "missing", next(iter(said)), {"missing": "、".join(missing)})

    return check


def answered(rule: Answered, _around: TextContext) -> Check:
    """Look for texts that are empty or say nothing; a text whose cell was not found is not assessed."""
    hollow = compiled(any_of(rule.hollow))

    def check(item: ReportTexts) -> Iterable[Finding]:
        for key in rule.texts:
            text = item.texts.get(key, "")
            if key in item.places and not text:
                yield item.finding(rule, "empty_text", key, {})
            elif 0 < len(text) < _LONG and key not in rule.brief and hollow.fullmatch(text):
                yield item.finding(rule, "hollow", key, {"found": text})

    return check


def unwritten(form: Form, item: ReportTexts) -> Iterator[Finding]:
    """Look for the required texts of no rule that are blank; one whose cell was not found is not assessed."""
    for text in form.bare_texts:
        if text.key in item.places and text.key not in item.texts:
            facts = {"label": text.label, "prompt": text.prompt.rstrip("。") or f"请写“{text.label}”"}
            found = Finding.found(REQUIRED, item.places[text.key], (text.key,), "value", facts)
            yield weighed_alone(form, found)


def forbidden(rule: Forbidden, _around: TextContext) -> Check:
    """Look for what must not occur; one finding for each text."""
    patterns = compiled(any_of(rule.patterns))

    def check(item: ReportTexts) -> Iterable[Finding]:
        for key, text in item.said(rule.texts).items():
            found = patterns.search(text)
            if found:
                facts = {
                    "found": hidden(found[0].strip()[:_LONGEST_SHOWN]),
                    "sentence": quoted(text, *found.span()),
                }
                yield item.finding(rule, "found", key, facts)

    return check
