"""The regulation's no."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why not: `code` is one of the problem codes of the HTTP interface, `rule` the article where one says so."""

    code: str
    text: str
    rule: str | None = None


class ClockRefusal(ValueError):  # noqa: N818 - a refusal is an answer of the regulation, not a fault
    """An event that the rules forbid at this moment: `rule` is the article (QT-19.3b), `text` says it in Vietnamese."""

    def __init__(self, rule: str, text: str) -> None:
        super().__init__(f"{rule}: {text}")
        self.rule = rule
        self.text = text
