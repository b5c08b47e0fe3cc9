"""A form-js schema as the server reads it: its fields, where their values stand in the data, what hides them, what they offer.

The same rules as form-js's own: a group's and a list's `path` and a field's `key` are places in the data, dots go deeper;
`conditional.hide` and options may be FEEL, evaluated by the same feelin. Schemas are what a designer uploaded: what cannot be
read hides nothing and offers nothing.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any, TypeGuard

from app.engine.feel import FeelError, evaluate, passes

DEEPEST = 6
"""Levels of groups and lists that are followed."""
MOST_ROWS = 200
TEXTS = ("textfield", "textarea")
ONE_OF = ("select", "radio")
SEVERAL = ("checklist", "taglist")
KEYED = (*TEXTS, *ONE_OF, *SEVERAL, "number", "datetime", "checkbox", "filepicker", "expression")
"""Types that carry data; all others only show something or hold fields."""
LIST = "dynamiclist"
SHOWN = frozenset({*KEYED, LIST, "group", "text", "separator", "spacer"})
"""Types that the pages show."""
NOT_SHOWN = frozenset({"html", "iframe", "image", "table", "button", "documentPreview"})
"""Types of form-js that run foreign code, or show what a page of ours does not."""

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression sees: the whole data, and inside a list its row, what is around it, and its number from 1."""

    data: Mapping[str, Any]
    this: Any = None
    parent: Any = None
    i: tuple[int, ...] = ()

    def context(self) -> dict[str, Any]:
        this = self.data if self.this is None else self.this
        special = {"this": this, "parent": self.parent, "i": list(self.i)}
        return {**special, **self.data, **{f"_{name}_": value for name, value in special.items()}}


@dataclass(frozen=True, slots=True)
class Placed:
    """A field where its value stands: one for each row of a list. `hidden`: it, or what it stands in, is hidden."""

    field: Mapping[str, Any]
    path: Path
    scope: Scope
    hidden: bool

    @property
    def type(self) -> str:
        return str(self.field.get("type"))

    @property
    def name(self) -> str:
        """The path with dots, as errors and forms name it."""
        return dotted(self.path)

    @property
    def validate(self) -> Mapping[str, Any]:
        found = self.field.get("validate")
        return found if isinstance(found, Mapping) else {}


def components_of(form: Any) -> list[dict[str, Any]]:
    found = form.get("components") if isinstance(form, Mapping) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def fields_of(form: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Every component of a schema, those inside groups and lists too."""
    for component in components_of(form) if depth < DEEPEST else ():
        yield component
        yield from fields_of(component, depth + 1)


def placed_fields(form: Any, data: Mapping[str, Any]) -> Iterator[Placed]:
    """The fields that carry data and the lists, in order, with what hides them in that data."""
    yield from _placed(form, (), Scope(data), False, 0)


def _placed(form: Any, path: Path, scope: Scope, hidden: bool, depth: int) -> Iterator[Placed]:
    for component in components_of(form) if depth < DEEPEST else ():
        kind, unseen = component.get("type"), hidden or hides(component, scope)
        if kind in KEYED and isinstance(component.get("key"), str) and component["key"]:
            yield Placed(component, (*path, *steps(component["key"])), scope, unseen)
        elif kind == LIST and steps(component.get("path")):
            place = (*path, *steps(component.get("path")))
            yield Placed(component, place, scope, unseen)
            rows = value_at(scope.data, place)
            around = scope.data if scope.this is None else scope.this
            for number, row in enumerate(rows[:MOST_ROWS] if isinstance(rows, list) else ()):
                inner = Scope(scope.data, row if isinstance(row, Mapping) else {}, around, (*scope.i, number + 1))
                yield from _placed(component, (*place, number), inner, unseen, depth + 1)
        elif kind != LIST:
            yield from _placed(component, (*path, *steps(component.get("path"))), scope, unseen, depth + 1)


def hides(component: Mapping[str, Any], scope: Scope) -> bool:
    """Whether `conditional.hide` passes there; what cannot be evaluated hides nothing."""
    condition = component.get("conditional")
    hide = condition.get("hide") if isinstance(condition, Mapping) else None
    try:
        return is_expression(hide) and passes(hide[1:], scope.context())
    except FeelError:
        return False


def is_expression(value: Any) -> TypeGuard[str]:
    return isinstance(value, str) and value.startswith("=")


def computed(expression: str, scope: Scope) -> Any:
    """The value of `=…`; None for what cannot be evaluated."""
    try:
        return evaluate(expression[1:], scope.context())
    except FeelError:
        return None


@dataclass(frozen=True, slots=True)
class Option:
    value: Any
    label: str = field(compare=False)

    @property
    def text(self) -> str:
        """How an HTML form sends it."""
        return option_text(self.value)


def option_text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, sort_keys=True)


def options_of(component: Mapping[str, Any], scope: Scope) -> tuple[Option, ...]:
    """What may be chosen: `values`, the data under `valuesKey`, or what `valuesExpression` gives."""
    found: Any = component.get("values")
    if isinstance(component.get("valuesKey"), str):
        found = scope.data.get(component["valuesKey"])
    elif found is None and is_expression(component.get("valuesExpression")):
        found = computed(component["valuesExpression"], scope)
    return tuple(option for one in found for option in _option(one)) if isinstance(found, list) else ()


def _option(one: Any) -> Iterator[Option]:
    if isinstance(one, Mapping):
        value, label = one.get("value"), one.get("label")
        if isinstance(label, str) and label and (_plain(value) or (isinstance(value, Mapping) and value)):
            yield Option(value, label)
        elif not label and _plain(value):
            yield Option(value, option_text(value))
    elif _plain(one):
        yield Option(one, option_text(one))


def _plain(value: Any) -> bool:
    return isinstance(value, str | int | float) and (bool(value) or value is False or value == 0)


def kind_of(component: Mapping[str, Any]) -> str:
    """The component's type; empty where that is no text."""
    found = component.get("type")
    return found if isinstance(found, str) else ""


def label_of(component: Mapping[str, Any]) -> str:
    """What people call the field: its label, else its key."""
    for name in ("label", "dateLabel", "timeLabel", "key", "path"):
        if isinstance(component.get(name), str) and component[name].strip():
            return str(component[name])
    return "?"


def steps(path: Any) -> tuple[str, ...]:
    return tuple(path.split(".")) if isinstance(path, str) and path else ()


def dotted(path: Path) -> str:
    return ".".join(str(step) for step in path)


def value_at(data: Any, path: Sequence[str | int]) -> Any:
    """What stands there, or None."""
    for step in path:
        if isinstance(data, list) and isinstance(step, int) and step < len(data):
            data = data[step]
        elif isinstance(data, Mapping) and isinstance(step, str):
            data = data.get(step)
        else:
            return None
    return data


def has_at(data: Any, path: Path) -> bool:
    """Whether something, even nothing (null), was put there."""
    above = value_at(data, path[:-1])
    return isinstance(above, Mapping) and path[-1] in above


def put_at(data: dict[str, Any], path: Path, value: Any) -> None:
    """Put a value there, with the objects that lead to it; where a list or text stands in the way nothing happens."""
    here: Any = data
    for step in path[:-1]:
        if isinstance(here, dict) and isinstance(step, str):
            if not isinstance(here.get(step), dict | list):
                here[step] = {}
            here = here[step]
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
        else:
            return
    if isinstance(here, dict) and isinstance(path[-1], str):
        here[path[-1]] = value


def drop_at(data: dict[str, Any], path: Path) -> None:
    """Take away what stands there, and objects that hold nothing any more; rows of a list stay."""
    above = value_at(data, path[:-1])
    if isinstance(above, dict):
        above.pop(str(path[-1]), None)
        if not above and len(path) > 1 and isinstance(path[-2], str):
            drop_at(data, path[:-1])


def merged(known: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """`given` over `known`, object by object; lists and values are replaced."""
    whole = deepcopy(dict(known))
    for key, value in given.items():
        below = whole.get(key)
        whole[key] = merged(below, value) if isinstance(below, dict) and isinstance(value, dict) else deepcopy(value)
    return whole
