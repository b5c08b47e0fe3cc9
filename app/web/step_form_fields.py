"""A step's own form (form-js) on the page of its task, and the data that it becomes when the task is forwarded.

The server draws every field itself, for whoever has no script; with one, form-js takes their place (`step_form.js`) and sends
fields of the same names: `forward-data_<path>`, where `list.0.name` is the field `name` of a list's first row.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from app.actions.form_schema import (
    KEYED,
    LIST,
    ONE_OF,
    SEVERAL,
    SHOWN,
    Placed,
    Scope,
    components_of,
    computed,
    hides,
    is_expression,
    kind_of,
    label_of,
    option_text,
    options_of,
    placed_fields,
    put_at,
    steps,
    value_at,
)
from app.actions.form_values import PHONE, values_shown
from app.actions.open_task import OpenedTask
from app.web.acting import FormProblem
from app.web.action_fields import FormField, form_name

_PREFIX = form_name("forward", "data.")
_LONGEST = 500
_MOST_ROWS_DRAWN = 30
MOST_SCHEMA = 400_000
"""Characters of a schema that a page carries; a larger one is drawn by the server alone."""


@dataclass(frozen=True, slots=True)
class StepForm:
    """The form: `fields` as the server draws them; `schema`, `values` and `wrong` (path -> text) as form-js reads them."""

    fields: tuple[FormField, ...]
    schema: str | None
    values: str
    wrong: str
    prefix: str = _PREFIX


def step_form(
    opened: OpenedTask, files: Sequence[Mapping[str, Any]], problem: FormProblem | None, sent: MultiDict[str, str]
) -> StepForm | None:
    """The form of the task's step with what the dossier says already, or what was typed; None where it has none, or where
    the step cannot be forwarded now."""
    if opened.form is None or not any(one.name == "forward" and one.allowed for one in opened.offers):
        return None
    return drawn_form(opened.form, opened.data, sent, {one["id"]: str(one["name"]) for one in files}, problem)


def drawn_form(
    form: Any,
    known: Mapping[str, Any],
    sent: MultiDict[str, str],
    files: Mapping[int, str],
    problem: FormProblem | None = None,
) -> StepForm:
    """A form over what is known already, and what was typed over that; `files` are those that may be chosen, by id."""
    data = values_shown(form, known, step_data(sent), files)
    fields = tuple(_fields(form, (), Scope(data), files))
    schema = json.dumps(for_browser(form, files), ensure_ascii=False)
    for place in placed_fields(form, data):
        if _one_file(place.field) and isinstance(chosen := value_at(data, place.path), list):
            put_at(data, place.path, chosen[0] if chosen else None)
    wrong = {name.removeprefix(_PREFIX): text for name, text in (problem.fields if problem else ())}
    return StepForm(
        fields,
        schema if len(schema) <= MOST_SCHEMA else None,
        json.dumps(data, ensure_ascii=False),
        json.dumps(wrong, ensure_ascii=False),
    )


def _fields(form: Any, path: tuple[str | int, ...], scope: Scope, files: Mapping[int, str]) -> Iterator[FormField]:
    """The fields that are visible in this data, headings of groups and rows between them."""
    for component in components_of(form):
        kind = kind_of(component)
        if hides(component, scope) or kind not in SHOWN:
            continue
        place = (*path, *steps(component.get("key" if kind in KEYED else "path")))
        if kind in KEYED and component.get("key"):
            yield _field(Placed(component, place, scope, hidden=False), value_at(scope.data, place), files)
        elif kind == LIST:
            yield from _rows(component, place, scope, files)
        elif kind == "group":
            if isinstance(component.get("label"), str) and component["label"]:
                yield _told("heading", component["label"])
            yield from _fields(component, place, scope, files)
        elif kind == "text" and isinstance(component.get("text"), str) and not is_expression(component["text"]):
            yield _told("note", component["text"])


def _rows(
    component: Mapping[str, Any], place: tuple[str | int, ...], scope: Scope, files: Mapping[int, str]
) -> Iterator[FormField]:
    """A list's rows, and two more to fill in where rows may be added; rows left empty are not kept."""
    found = value_at(scope.data, place)
    rows = [row if isinstance(row, Mapping) else {} for row in found] if isinstance(found, list) else []
    first = component.get("defaultRepetitions", 1)
    wanted = max(len(rows), first if isinstance(first, int) else 1)
    wanted = min(wanted + (2 if component.get("allowAddRemove") else 0), max(_MOST_ROWS_DRAWN, len(rows)))
    yield FormField(form_name("forward", "data." + ".".join(map(str, place))), "", "empty", None, (), False)
    for number in range(wanted):
        yield _told("heading", f"{label_of(component)}: dòng {number + 1}")
        inner = Scope(scope.data, rows[number] if number < len(rows) else {}, scope.this, (*scope.i, number + 1))
        yield from _fields(component, (*place, number), inner, files)


def _told(kind: str, text: str) -> FormField:
    return FormField("", text[:_LONGEST], kind, None, (), False)


def _field(place: Placed, known: Any, files: Mapping[int, str]) -> FormField:
    component, label = place.field, label_of(place.field)[:_LONGEST]
    hint = component.get("description")
    told = str(hint)[:_LONGEST] if isinstance(hint, str) and hint and not is_expression(hint) else None
    name = form_name("forward", f"data.{place.name}")
    choices = [(option.text, option.label) for option in options_of(component, place.scope)]
    kind = _kind(place)
    if kind == "choice":
        choices = [("", "Chọn một mục"), *choices]
    elif kind == "tick":
        choices = [("true", label)]
    elif place.type == "filepicker":
        choices = [(str(number), title) for number, title in files.items()]
    elif kind == "given":
        known = [dict(choices).get(option_text(one), one) for one in (known if isinstance(known, list) else [known])]
    required = kind != "given" and bool(place.validate.get("required"))
    return FormField(name, label, kind, told, tuple(choices), False, _value(known), required)


def _kind(place: Placed) -> str:
    """How the server draws a field; `given` is only read."""
    component, kind = place.field, place.type
    readonly = component.get("readonly")
    if is_expression(readonly):
        readonly = computed(readonly, place.scope)
    if kind == "expression" or readonly is True or component.get("disabled") is True:
        return "given"
    if kind in ONE_OF:
        return "choice"
    if kind in SEVERAL or kind == "filepicker":
        return "several"
    if kind == "datetime":
        return {"time": "time", "datetime": "moment"}.get(str(component.get("subtype")), "day")
    return {"textarea": "lines", "number": "number", "checkbox": "tick"}.get(kind, "text")


def _value(known: Any) -> str:
    if isinstance(known, list):
        return "\n".join(_value(one) for one in known)
    return "" if known is None or known is False else "Có" if known is True else option_text(known)


def for_browser(form: Any, files: Mapping[int, str]) -> dict[str, Any]:
    """The schema that form-js is given: only what may run there; files are chosen as a list of the dossier's own."""
    return {"type": "default", "id": "step", "schemaVersion": 19, "components": _components(form, files)}


def _components(form: Any, files: Mapping[int, str]) -> list[dict[str, Any]]:
    return [_component(one, files) for one in components_of(form) if kind_of(one) in SHOWN]


def _component(component: Mapping[str, Any], files: Mapping[int, str]) -> dict[str, Any]:
    made = dict(component)
    if "components" in made:
        made["components"] = _components(component, files)
    validate = made.get("validate")
    if isinstance(validate, Mapping) and validate.get("validationType") == "phone":
        rest = {name: value for name, value in validate.items() if name != "validationType"}
        made["validate"] = {"pattern": PHONE, "patternErrorMessage": "Số điện thoại không đúng.", **rest}
    if made.get("type") == "filepicker":
        made["type"] = "select" if _one_file(component) else "checklist"
        made["values"] = [{"value": number, "label": title[:_LONGEST]} for number, title in files.items()]
    if made.get("type") == "datetime":
        made.setdefault("subtype", "date")
        made.setdefault("use24h", True)
    return made


def _one_file(component: Mapping[str, Any]) -> bool:
    """Whether it is a file picker that takes one file at most."""
    return component.get("type") == "filepicker" and not (
        component.get("multiple") is True or is_expression(component.get("multiple"))
    )


def step_data(form: MultiDict[str, str]) -> dict[str, Any]:
    """What was filled in, as nested data: text, a list where several were chosen, nothing ("") where a field was emptied.

    Rows of a list in which nothing stands are left out.
    """
    data: dict[str, Any] = {}
    for name in form:
        if name.startswith(_PREFIX) and len(path := name.removeprefix(_PREFIX).split(".")) <= 20:
            given = [text for text in form.getlist(name) if text.strip()]
            _put(data, path, given if len(given) > 1 else given[0] if given else "")
    return {key: _listed(value) for key, value in data.items()}


def _put(data: dict[str, Any], path: list[str], value: Any) -> None:
    for step in path[:-1]:
        below = data.get(step)
        if not isinstance(below, dict):
            below = data[step] = {}
        data = below
    if not isinstance(data.get(path[-1]), dict):
        data[path[-1]] = value


def _listed(value: Any) -> Any:
    """Objects whose keys are all numbers are lists."""
    if not isinstance(value, dict):
        return value
    if value and all(key.isascii() and key.isdigit() and len(key) < 5 for key in value):
        rows = [_listed(value[key]) for key in sorted(value, key=int)]
        return [row for row in rows if not _blank(row)]
    return {key: _listed(one) for key, one in value.items()}


def _blank(value: Any) -> bool:
    if isinstance(value, dict):
        return all(_blank(one) for one in value.values())
    return value in ("", "false", [])
