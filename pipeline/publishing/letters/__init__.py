"""Intentions and the district's texts go in; letters come out: headers, words and attachments as the bytes of a mail."""

from pipeline.publishing.letters.build import Secretary, readdressed
from pipeline.publishing.letters.templates import LETTERS, Texts, default_text
from pipeline.publishing.letters.wording import Sources, values_of

__all__ = ["LETTERS", "Secretary", "Sources", "Texts", "default_text", "readdressed", "values_of"]
