"""The data of a dossier's form for reading: each value with the label that the form gives it, in the form's order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
from app.actions.form_schema import label_of, steps
from app.actions.step_forms import DEEPEST, fields_of, offer_agencies
from app.store import dossiers, organisation, procedures
from app.store.dossiers import DossierRow
from app.store.transaction import reading
from app.views.procedures import COMMUNE
from app.views.visibility import visible_dossier

WELL_KNOWN = {"request": "Nội dung", COMMUNE: "Xã, phường, đặc khu giải quyết"}
"""Labels of data that registration takes without a form."""


def data_of(caller: Caller, code: str) -> list[tuple[str, str]]:
    """Label and text of every value of the dossier's form data; a value that no form knows has its key as label.

    Errors: DomainError not_found.
    """
    with reading() as connection:
        dossier = visible_dossier(connection, code, caller)
        return data_shown(connection, dossier, dossiers.contents(connection, dossier.id).data, caller.day)


def data_shown(connection: Connection, dossier: DossierRow, data: dict[str, Any], day: date) -> list[tuple[str, str]]:
    """As `data_of`, of data already read."""
    if not data:
        return []
    steps = procedures.version_by_id(connection, dossier.version_id).steps
    keys = dict.fromkeys(step["form"] for step in steps if step.get("form"))
    forms = [procedures.form_of(connection, dossier.version_id, key) for key in keys]
    if not forms:
        data = _with_commune(connection, data)
    for form in forms:
        offer_agencies(connection, form, day)
    return labelled([field for form in forms for field in fields_of(form)], data)


def _with_commune(connection: Connection, data: dict[str, Any]) -> dict[str, Any]:
    """The commune that registration asked for by its name."""
    code = data.get(COMMUNE)
    found = organisation.find_agency(connection, code) if isinstance(code, str) else None
    return data if found is None else data | {COMMUNE: found.name}


def labelled(fields: Sequence[Mapping[str, Any]], data: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The values of `data` in the order of the fields, then those that no field names."""
    named: dict[str, Mapping[str, Any]] = {}
    for field in fields:
        for name in (field.get("key"), field.get("path")):
            for step in steps(name):
                named.setdefault(step, field if step == name else {})
    told = [(_label(key, named), _text(data[key], key, named)) for key in named if key in data]
    rest = [(WELL_KNOWN.get(key, key), _text(value, key, {})) for key, value in data.items() if key not in named]
    return [*told, *rest]


def _label(key: str, named: Mapping[str, Mapping[str, Any]]) -> str:
    found = label_of(named.get(key, {}))
    return key if found == "?" else found


def _text(value: Any, key: str, named: Mapping[str, Mapping[str, Any]], depth: int = 0) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if depth >= DEEPEST:
        return str(value)
    if isinstance(value, list):
        return "; ".join(_text(item, key, named, depth + 1) for item in value) or "–"
    if isinstance(value, Mapping):
        parts = (f"{_label(name, named)}: {_text(item, name, named, depth + 1)}" for name, item in value.items())
        return "; ".join(parts) or "–"
    field = named.get(key, {})
    return _day(value) if field.get("type") == "datetime" else _choices(field).get(str(value), str(value))


def _day(value: Any) -> str:
    """A date, time or both as people write them."""
    day, _, clock = str(value).partition("T")
    try:
        written = f"{date.fromisoformat(day):%d/%m/%Y}"
    except ValueError:
        return str(value)
    return f"{clock} {written}" if clock else written


def _choices(field: Mapping[str, Any]) -> dict[str, str]:
    """Label by value of a field that offers choices."""
    values = field.get("values")
    pairs = [one for one in values if isinstance(one, Mapping)] if isinstance(values, list) else []
    return {str(one.get("value")): str(one.get("label")) for one in pairs}
