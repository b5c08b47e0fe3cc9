"""Tables of Markdown, as converters make them of decisions: rows between bars, cells with `<br>`."""

from __future__ import annotations

import re

from app.drafting.model import SourceCell, SourceTable
from app.drafting.wording import clean

_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:b|i|u|em|strong|sup|sub|span|p|a)(?:\s[^<>]{0,200})?>", re.IGNORECASE)
_BAR = re.compile(r"(?<!\\)\|")
_STRONG = re.compile(r"(\*\*|__)(?=\S)(.{1,4000}?)(?<=\S)\1")


def is_markdown(text: str) -> bool:
    """Whether a text has a table's rule below a line with bars."""
    lines = text.split("\n")
    return any("|" in line and _RULE.fullmatch(line) and "|" in lines[n - 1] for n, line in enumerate(lines) if n)


def markdown_tables(text: str, most_rows: int) -> list[SourceTable]:
    """Every table with the text around it; at most `most_rows` rows of each."""
    parts: list[tuple[str, list[list[str]]]] = []
    around: list[str] = []
    rows: list[list[str]] = []
    for line in text.split("\n"):
        if line.lstrip().startswith("|") or (rows and _BAR.search(line)) or (not rows and _looks_like_row(line)):
            if not _RULE.fullmatch(line) and len(rows) < most_rows:
                rows.append(_cells(line))
            continue
        if rows:
            parts.append(("\n".join(around), rows))
            around, rows = [], []
        around.append(line)
    if rows:
        parts.append(("\n".join(around), rows))
        around = []
    befores = [clean(_plain(before)) for before, _ in parts] + [clean(_plain("\n".join(around)))]
    return [
        SourceTable(n, tuple(_placed(rows)), befores[n - 1], befores[n]) for n, (_, rows) in enumerate(parts, start=1)
    ]


def _looks_like_row(line: str) -> bool:
    return len(_BAR.findall(line)) >= 2


def _cells(line: str) -> list[str]:
    bare = line.strip()
    bare = bare.removeprefix("|")
    if bare.endswith("|") and not bare.endswith("\\|"):
        bare = bare[:-1]
    return [_plain(cell.replace("\\|", "|")) for cell in _BAR.split(bare)][:100]


def _plain(text: str) -> str:
    return clean(_STRONG.sub(r"\2", _TAG.sub("", _BREAK.sub("\n", text))))


def _placed(rows: list[list[str]]) -> list[SourceCell]:
    return [SourceCell(r, c, text) for r, row in enumerate(rows, start=1) for c, text in enumerate(row, start=1)]
