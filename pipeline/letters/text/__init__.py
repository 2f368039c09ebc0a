"""Intentions and the district's texts go in; letters come out: headers, words and attachments as the bytes of a mail."""

from pipeline.letters.text.composing import LetterBuilder, readdressed
from pipeline.letters.text.templates import LETTERS, Texts, default_text
from pipeline.letters.text.wording import Sources, values_of

__all__ = ["LETTERS", "LetterBuilder", "Sources", "Texts", "default_text", "readdressed", "values_of"]
