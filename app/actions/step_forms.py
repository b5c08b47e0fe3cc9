"""The form of a step: a form-js schema that the version keeps, its fields, and what of a person's data fits them.

A field whose `properties` name a `position` is one to choose agencies: those that have that position. Schemas are what a
designer uploaded; what they hold beyond this is shown and kept, and checked by nobody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.actions.running import Running
from app.actions.work import Work
from app.engine.steps import Step
from app.errors import invalid
from app.store import organisation, procedures

DEEPEST = 6
"""Levels of groups and lists that are followed."""
ONE_OF = ("select", "radio")
SEVERAL = "checklist"


def form_for(work: Work, running: Running, step: Step) -> Any:
    """The step's form with the agencies that may be chosen, or None."""
    form = procedures.form_of(work.connection, running.row.version_id, step.form)
    offer_agencies(work.connection, form, work.today, work.dossier.agency)
    return form


def offer_agencies(connection: Connection, form: Any, day: date, but: str | None = None) -> None:
    """Put into a schema that was read for this look alone what its fields for agencies offer; `but` is not among them."""
    for field in fields_of(form):
        position = field["properties"].get("position") if isinstance(field.get("properties"), dict) else None
        if isinstance(position, str):
            found = organisation.agencies_with(connection, position, day)
            field["values"] = [{"value": code, "label": name} for code, name in found if code != but]


def fields_of(form: Any, depth: int = 0) -> Iterator[dict[str, Any]]:
    """Every component of a schema, those inside groups too."""
    components = form.get("components") if isinstance(form, Mapping) else None
    for component in components if isinstance(components, list) and depth < DEEPEST else ():
        if isinstance(component, dict):
            yield component
            yield from fields_of(component, depth + 1)


def filled_in(work: Work, running: Running, step: Step, data: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody gave with the step, as the fields of its form have it. Errors: DomainError invalid, by field."""
    told, wrong = dict(data), {}
    for field in fields_of(form_for(work, running, step)):
        key, fault = field.get("key"), None
        if not isinstance(key, str):
            continue
        if key in told:
            told[key], fault = _read(field, told[key])
        required = isinstance(field.get("validate"), dict) and field["validate"].get("required") is True
        if fault is None and required and _empty(told.get(key, work.data.get(key))):
            fault = f"Hãy nhập “{field.get('label') or key}”."
        if fault is not None:
            wrong[f"data.{key}"] = [fault]
    if wrong:
        raise invalid(wrong)
    return told


def _empty(value: Any) -> bool:
    return value is None or value in ("", [])


def _read(field: Mapping[str, Any], value: Any) -> tuple[Any, str | None]:
    """The value as the field has it, and what is wrong with it."""
    kind, known = field.get("type"), _values(field)
    if kind == SEVERAL:
        several = [value] if isinstance(value, str) and value else value
        fits = isinstance(several, list) and all(one in known for one in several) and len(set(several)) == len(several)
        return several, None if fits or _empty(value) else "Có lựa chọn không nằm trong danh sách."
    if kind in ONE_OF:
        return value, None if value in known or _empty(value) else "Hãy chọn một mục trong danh sách."
    if kind == "number" and isinstance(value, str) and value:
        return _number(value)
    if kind == "checkbox" and isinstance(value, str):
        return value == "true", None
    return value, None


def _number(text: str) -> tuple[Any, str | None]:
    try:
        return (int(text) if text.lstrip("-").isdecimal() else float(text.replace(",", "."))), None
    except ValueError:
        return text, "Phải là một số."


def _values(field: Mapping[str, Any]) -> list[Any]:
    values = field.get("values")
    return [one.get("value") for one in values if isinstance(one, Mapping)] if isinstance(values, list) else []
