"""What others wrote goes in; what may be quoted of it comes out: one line, nothing unseen, short, no numbers of persons.

Names, cells, subjects and the words of servers pass here before console, log, letter and page show them: a line break in
a cell must not become a paragraph of ours, an escape no command to a terminal, and an identity number no news.
"""

from __future__ import annotations

import unicodedata

from pipeline.wording.personal_numbers import without_persons

LONGEST = 300
"""Characters of what is quoted; the rest is in the file."""
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})


def visible(text: str) -> str:
    """Return ``text`` with a blank for every character that cannot be seen, line breaks among them: as long as before."""
    if text.isprintable():
        return text
    return "".join(" " if unicodedata.category(letter) in _UNSEEN else letter for letter in text)


def quoted(text: str, longest: int = LONGEST) -> str:
    """Return ``text`` on one line, cut after ``longest`` characters, numbers of persons masked."""
    return on_one_line(without_persons(on_one_line(text, 2 * longest)), longest)


def on_one_line(text: str, longest: int = LONGEST) -> str:
    """Return ``text`` on one line, cut after ``longest`` characters: what the district itself wrote, such as whom to call."""
    line = " ".join(visible(text[: 4 * longest]).split())
    return line if len(line) <= longest else f"{line[: longest - 1]}…"
