"""Remarks on steps, in one form: `Bước 3: … .` with the cell that is meant."""

from __future__ import annotations

from app.drafting.model import Certainty, DraftStep, Remark
from app.drafting.taken import Item

Said = list[Remark]


class Key:
    """A step before it is made: only its key and number are known."""

    def __init__(self, key: str) -> None:
        self.key, self.number = key, ""


def say(
    said: Said, certainty: Certainty, code: str, step: DraftStep | Key, item: Item, cell: str, about: str, text: str
) -> None:
    number = item.number or step.key.removeprefix("step_")
    place = item.row.place(cell) or item.row.place("row")
    said.append(Remark(certainty, code, f"Bước {number}: {text}.", place, step.key, about))
