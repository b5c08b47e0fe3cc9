"""The fields of a step's own form (form-js) on the page of the task, and the data that they become when it is forwarded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

from app.actions.open_task import OpenedTask
from app.actions.step_forms import fields_of
from app.web.action_fields import FormField, form_name

_KINDS: Mapping[str, str] = {
    "textfield": "text",
    "textarea": "lines",
    "number": "number",
    "select": "choice",
    "radio": "choice",
    "checklist": "several",
    "checkbox": "tick",
}
"""Which kind of field of `action_fields` shows a component; the others are shown by no page."""
_PREFIX = form_name("forward", "data.")
_LONGEST = 500


def step_form_fields(opened: OpenedTask) -> tuple[FormField, ...]:
    """The fields of the step's form with what the dossier's data says already."""
    return tuple(
        _field(one, opened.data.get(one["key"]))
        for one in fields_of(opened.form)
        if one.get("type") in _KINDS and isinstance(one.get("key"), str)
    )


def _field(component: Mapping[str, Any], known: Any) -> FormField:
    kind, key = _KINDS[component["type"]], component["key"]
    label = str(component.get("label") or key)[:_LONGEST]
    hint = component.get("description")
    choices = [(str(one["value"]), str(one.get("label") or one["value"])) for one in _values(component)]
    if kind == "choice":
        choices = [("", "Chọn một mục"), *choices]
    elif kind == "tick":
        choices = [("true", label)]
    several = [str(one) for one in known] if isinstance(known, list) else []
    value = "" if known is None or known is False else "\n".join(several) if isinstance(known, list) else str(known)
    told = str(hint)[:_LONGEST] if isinstance(hint, str) and hint else None
    return FormField(form_name("forward", f"data.{key}"), label, kind, told, tuple(choices), False, value)


def _values(component: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    values = component.get("values")
    return [one for one in values if isinstance(one, Mapping) and "value" in one] if isinstance(values, list) else []


def step_data(form: MultiDict[str, str]) -> dict[str, Any]:
    """What was filled in, by key: text, or a list where several were chosen."""
    data: dict[str, Any] = {}
    for name in form:
        given = [text for text in form.getlist(name) if text.strip()]
        if name.startswith(_PREFIX) and given:
            data[name.removeprefix(_PREFIX)] = given if len(given) > 1 else given[0]
    return data
