"""How much room words take in a drawing, by the modellers' fonts: 12 px inside of shapes, 11 px beside them."""

from __future__ import annotations

from typing import NamedTuple

LETTER = 6.5
SMALL_LETTER = 5.6
LINE = 15
SMALL_LINE = 14
NAME_WIDTH = 110
TASK_WIDTH = 160
TASK_HEIGHT = 80


class Size(NamedTuple):
    """In the drawing's units, both even."""

    width: int
    height: int


def name_beside(text: str, widest: int = NAME_WIDTH) -> Size | None:
    """The room of a name that stands beside its shape or line, broken into lines; None for an empty one."""
    words = text.split()
    if not words:
        return None
    lines = broken(text, int(widest / SMALL_LETTER))
    longest = max(len(line) for line in lines)
    return Size(even(longest * SMALL_LETTER + 4), even(len(lines) * SMALL_LINE))


def task_size(text: str) -> Size:
    """A task wide enough for two or three words a line and high enough for all of them, clear of the sign in its corner."""
    lines = broken(text, int((TASK_WIDTH - 14) / LETTER))
    return Size(TASK_WIDTH, even(max(TASK_HEIGHT, len(lines) * LINE + 46)))


def note_size(text: str) -> Size:
    """A text annotation."""
    lines = broken(text, int((TASK_WIDTH - 4) / LETTER))
    return Size(TASK_WIDTH + 8, even(len(lines) * LINE + 10))


def broken(text: str, letters: int) -> list[str]:
    """The lines of a text; a word that is longer than a line is cut."""
    lines: list[str] = []
    line = ""
    for word in text.split():
        while len(word) > letters:
            if line:
                lines.append(line)
                line = ""
            lines.append(word[:letters])
            word = word[letters:]
        if line and len(line) + 1 + len(word) > letters:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line] if line or not lines else lines


def even(number: float) -> int:
    """The next even whole number, so that middles are whole too."""
    return -int(-number // 2) * 2
