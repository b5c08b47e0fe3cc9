"""The data of a dossier's form for reading: each value with the label that the form gives it, in the form's order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.access.caller import Caller
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
    told: dict[str, tuple[str, str]] = {}
    for field in fields:
        key = field.get("key")
        if isinstance(key, str) and key in data and key not in told:
            label = field.get("label")
            told[key] = (label if isinstance(label, str) and label.strip() else key, _text(data[key], field))
    rest = [(WELL_KNOWN.get(key, key), _text(value, {})) for key, value in data.items() if key not in told]
    return [*told.values(), *rest]


def _text(value: Any, field: Mapping[str, Any], depth: int = 0) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "Có" if value else "Không"
    if depth >= DEEPEST:
        return str(value)
    if isinstance(value, list):
        return "; ".join(_text(item, field, depth + 1) for item in value) or "–"
    if isinstance(value, Mapping):
        return "; ".join(f"{key}: {_text(item, {}, depth + 1)}" for key, item in value.items()) or "–"
    return _choices(field).get(str(value), str(value))


def _choices(field: Mapping[str, Any]) -> dict[str, str]:
    """Label by value of a field that offers choices."""
    values = field.get("values")
    pairs = [one for one in values if isinstance(one, Mapping)] if isinstance(values, list) else []
    return {str(one.get("value")): str(one.get("label")) for one in pairs}
