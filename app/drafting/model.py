"""What a published table is before it is a diagram: its cells, the steps that were read from them, and how sure that is.

`reading` makes it from a file, people correct it, `drawing` makes the diagram. Everything is plain data with a JSON form
(`to_dict`, `from_dict`), since a draft that is being corrected is kept in the database.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

Certainty = Literal["read", "guessed", "doubtful"]
"""As it stands there; understood from the words around it; to be settled by a person."""


@dataclass(frozen=True, slots=True)
class Place:
    """A cell of the file: the table, its row and column, each counted from 1; of merged cells the first."""

    table: int
    row: int
    column: int

    @property
    def words(self) -> str:
        return f"bảng {self.table}, dòng {self.row}, cột {self.column}"


@dataclass(frozen=True, slots=True)
class SourceCell:
    """What one cell of the file says; `rows` and `columns`: over how many it was merged."""

    row: int
    column: int
    text: str
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class SourceTable:
    """A table as it stands in the file; `before` is the text that stands above it (headings, decision, printed total),
    `after` what follows up to the next table. `cells` in reading order, merged ones once."""

    number: int
    cells: tuple[SourceCell, ...]
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Remark:
    """Something said about the draft. `step` is a step's key and `field` the name of what it concerns (`position`, `limit`,
    `name`, `stage`, `agency`, `order`, `routes`, `total`, `table` …); both None where it concerns the whole."""

    certainty: Certainty
    code: str
    message: str
    place: Place | None = None
    step: str | None = None
    field: str | None = None


@dataclass(frozen=True, slots=True)
class Route:
    """One outcome of a step that decides: the value of its decision, what people read, and where it leads: a step's key,
    `next`, or `end`."""

    value: str
    title: str
    to: str = "next"


@dataclass(frozen=True, slots=True)
class DraftStep:
    """One step of the diagram to be: one row of the table, one position (QT-22.2a).

    `limit` is an ISO 8601 duration, `none` for what the table does not count, or None where nothing could be read.
    `position` is a position's code or None while nobody said which; `who` is what the table prints. `agency` is `lead`, an
    agency's code, or `=` and FEEL, as a diagram says it; `place` is the agency or office as the table names it, and steps
    of one `place` stand in one lane. `asked` (a FEEL list) makes it an opinion round: once for each of the agencies.
    `pause` is `payment` for a wait for the applicant's payment. `returns` is the key of the step to which the table sends it
    back when somebody does not agree: said in the documentation, since returning is an action and not a flow. `cells` say
    where each field was read.
    """

    key: str
    number: str
    name: str
    work: str = ""
    who: str = ""
    position: str | None = None
    agency: str = "lead"
    place: str = ""
    limit: str | None = None
    limit_text: str = ""
    limit_unit: str = "working"
    limit_group: str | None = None
    stage: str = "resolve"
    routes: tuple[Route, ...] = ()
    returns: str | None = None
    asked: str | None = None
    pause: str | None = None
    form: str | None = None
    paper: str = ""
    """What the table names as result or form of the step (kết quả, biểu mẫu)."""
    cells: Mapping[str, Place] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TableDraft:
    """One procedure's table. `total` is its printed limit as ISO 8601 in `total_unit`, None where none was found;
    `total_text` as printed."""

    name: str
    code: str | None
    steps: tuple[DraftStep, ...]
    remarks: tuple[Remark, ...] = ()
    total: str | None = None
    total_unit: str = "working"
    total_text: str = ""
    decision_number: str | None = None
    decided_on: str | None = None
    """An ISO day."""
    tables: tuple[int, ...] = ()
    """The numbers of the source tables that it was read from."""

    @property
    def doubts(self) -> tuple[Remark, ...]:
        return tuple(remark for remark in self.remarks if remark.certainty == "doubtful")

    def to_dict(self) -> dict[str, Any]:
        """JSON form."""
        return asdict(self)

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> TableDraft:
        """The inverse of `to_dict`. Errors: KeyError, TypeError for another shape."""
        steps = tuple(_step(one) for one in data["steps"])
        remarks = tuple(_remark(one) for one in data["remarks"])
        return cls(**{**data, "steps": steps, "remarks": remarks, "tables": tuple(data["tables"])})


def tables_to_dicts(tables: Sequence[SourceTable]) -> list[dict[str, Any]]:
    """JSON form of source tables."""
    return [asdict(table) for table in tables]


def tables_from_dicts(data: Sequence[Mapping[str, Any]]) -> tuple[SourceTable, ...]:
    """The inverse of `tables_to_dicts`."""
    return tuple(
        SourceTable(**{**table, "cells": tuple(SourceCell(**cell) for cell in table["cells"])}) for table in data
    )


def _step(data: Mapping[str, Any]) -> DraftStep:
    routes = tuple(Route(**route) for route in data["routes"])
    cells = {name: Place(**place) for name, place in data["cells"].items()}
    return DraftStep(**{**data, "routes": routes, "cells": cells})


def _remark(data: Mapping[str, Any]) -> Remark:
    place = data["place"]
    return Remark(**{**data, "place": Place(**place) if place else None})
