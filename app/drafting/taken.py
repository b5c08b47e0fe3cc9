"""What the rows of a table come to on their way to a draft: steps to be, blocks, remarks."""

from __future__ import annotations

from dataclasses import dataclass, field

from app.drafting.columns import Columns
from app.drafting.model import Certainty, Place, Remark
from app.drafting.rows import Row
from app.drafting.times import Time
from app.drafting.wording import one_line, shortened


@dataclass(slots=True)
class Item:
    """A step to be, with the row that it was read from."""

    row: Row
    number: str
    who: str
    work: str
    time: Time
    time_text: str = ""
    title: str = ""
    group: str | None = None
    given: str = ""
    """The agency that a heading or a column of its own names."""
    block: int = 0
    stage_name: str = ""
    asked: bool = False
    pause: str | None = None
    name: str = ""


@dataclass(slots=True)
class Block:
    """A stage's or agency's part of the table; `hours`: what is printed for it."""

    title: str
    place: Place | None = None
    time: Time | None = None
    text: str = ""


@dataclass(slots=True)
class Taken:
    """What the rows came to."""

    columns: Columns
    items: list[Item] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=lambda: [Block("")])
    remarks: list[tuple[Item | None, Remark]] = field(default_factory=list)
    total: tuple[str, Time, Place | None] | None = None
    groups: int = 0
    skipped: set[int] = field(default_factory=set)
    """Numbers of rows that are no steps of officials."""
    given: str = ""
    stage: str = ""

    def say(
        self,
        certainty: Certainty,
        code: str,
        message: str,
        row: Row,
        name: str = "row",
        item: Item | None = None,
        about: str | None = None,
    ) -> None:
        place = row.place(name) or row.place("row")
        self.remarks.append((item, Remark(certainty, code, message, place, None, about)))


def quoted(text: str) -> str:
    """A cell's words as a message quotes them."""
    return shortened(one_line(text), 90)
