"""The fields of a slip as inputs of a form, and what a form sent as the values of the slip.

An input is called `<prefix><field>`, a cell of a table `<prefix><field>.<row>.<column>`: the prefix keeps apart the slips of a
form that has several.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from werkzeug.datastructures import MultiDict

from app.slips.fields import Field
from app.slips.forms import FORMS
from app.web.action_fields import instant_of
from app.wording import LOCAL

SPARE_ROWS = 3
"""Empty rows below those of a table that are filled."""
MOST_ROWS = 200


@dataclass(frozen=True, slots=True)
class Input:
    """One input: `name` is also its id, `kind` that of the field, `value` what stands in it."""

    name: str
    label: str
    kind: str
    required: bool
    hint: str
    choices: tuple[tuple[str, str], ...]
    value: str = ""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Input, ...], ...] = ()


def slip_prefix(action: str) -> str:
    """The prefix of the slip that goes with an action, in the form that all actions on a task share."""
    return f"{action}-slip-"


def slip_wanted(action: str, form: MultiDict[str, str]) -> bool:
    """Whether the slip beside that action is to be issued with it."""
    return form.get(f"{action}-slip") == "1"


def inputs_of(fields: Sequence[Field], values: Mapping[str, Any], prefix: str = "") -> tuple[Input, ...]:
    """What the page draws; `values` as the slip has them, or as `typed_values` read them."""
    return tuple(_input(field, values.get(field.name), f"{prefix}{field.name}") for field in fields)


def typed_values(form_key: str, form: MultiDict[str, str], prefix: str = "") -> dict[str, Any]:
    """What was typed into a slip of that form, unchecked; rows in which nothing was typed are left out."""
    if form_key not in FORMS:
        return {}
    return {field.name: _typed(field, form, f"{prefix}{field.name}") for field in FORMS[form_key].fields}


def filled_values(form_key: str, form: MultiDict[str, str], prefix: str) -> dict[str, Any]:
    """The same without required fields that were left empty: they are taken from the action that the slip goes with."""
    typed = typed_values(form_key, form, prefix)
    required = {field.name for field in FORMS[form_key].fields if field.required} if typed else set()
    blank = {name for name, value in typed.items() if not (value.strip() if isinstance(value, str) else value)}
    return {name: value for name, value in typed.items() if name not in required & blank}


def _input(field: Field, value: Any, name: str) -> Input:
    if field.kind != "rows":
        return Input(
            name, field.label, field.kind, field.required, field.hint, field.choices, _shown(field.kind, value)
        )
    filled = [row for row in value or () if isinstance(row, Mapping)][:MOST_ROWS]
    rows = tuple(
        tuple(_input(column, row.get(column.name), f"{name}.{number}.{column.name}") for column in field.columns)
        for number, row in enumerate([*filled, *({} for _ in range(SPARE_ROWS))])
    )
    labels = tuple(column.label for column in field.columns)
    return Input(name, field.label, "rows", field.required, field.hint, (), "", labels, rows)


def _shown(kind: str, value: Any) -> str:
    if value is None:
        return ""
    if kind == "instant":
        try:
            return datetime.fromisoformat(str(value)).astimezone(LOCAL).strftime("%Y-%m-%dT%H:%M")
        except (ValueError, OverflowError):
            return str(value)
    if kind == "money" and isinstance(value, int):
        return f"{value:,}".replace(",", ".")
    return str(value)


def _typed(field: Field, form: MultiDict[str, str], name: str) -> Any:
    if field.kind == "rows":
        return _rows(field, form, name)
    text = form.get(name, "")
    return instant_of(text.strip()) if field.kind == "instant" else text


def _rows(field: Field, form: MultiDict[str, str], name: str) -> list[dict[str, Any]]:
    pattern = re.compile(rf"{re.escape(name)}\.(\d{{1,4}})\.[a-z_]+", re.ASCII)
    numbers = sorted({int(found[1]) for key in form if (found := pattern.fullmatch(key))})[:MOST_ROWS]
    rows = [
        {column.name: _typed(column, form, f"{name}.{number}.{column.name}") for column in field.columns}
        for number in numbers
    ]
    own = [column.name for column in field.columns if column.kind != "choice"]  # a choice always has a value
    return [row for row in rows if any(str(row[cell]).strip() for cell in own)]
