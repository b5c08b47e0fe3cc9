"""A procedure's published data as one value, read and written: its row, the agencies that receive it, their accounts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, Final

from sqlalchemy import Connection

from app.errors import invalid
from app.rules.procedure_data import faults_of
from app.store import organisation, procedure_changes
from app.store.procedure_changes import read_value
from app.store.procedures import ProcedureRow

COLUMNS: Final = (
    "name",
    "field",
    "level",
    "limit",
    "limit_unit",
    "service_level",
    "result_name",
    "components",
    "fees",
    "legal_basis",
    "max_file_bytes",
    "file_types",
    "closed_from",
)
RECEIVING: Final = ("agencies", "beneficiaries")


def data_of(connection: Connection, procedure: ProcedureRow) -> dict[str, Any]:
    """Everything that may be changed, as JSON has it."""
    receiving = procedure_changes.agencies_of(connection, procedure.id)
    data = {name: getattr(procedure, name) for name in COLUMNS}
    return as_json(data) | {
        "agencies": list(receiving),
        "beneficiaries": {code: account for code, account in receiving.items() if account},
    }


def as_json(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values as changes keep them: days as text."""
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}


def check(connection: Connection, data: Mapping[str, Any]) -> dict[str, int]:
    """Ids of the agencies that receive it. Errors: DomainError invalid."""
    faults = faults_of(data)
    known = organisation.agency_ids(connection)
    unknown = sorted(set(data.get("agencies") or ()) - set(known))
    if unknown:
        faults["agencies"] = [f"Không có cơ quan: {', '.join(unknown)}."]
    if faults:
        raise invalid(faults)
    return {code: known[code] for code in data["agencies"]}


def check_later(connection: Connection, procedure: ProcedureRow, delta: Mapping[str, Any]) -> None:
    """Whether these members could be put in place. Errors: DomainError invalid."""
    data = data_of(connection, procedure)
    check(connection, data | _whole(data, delta))


def _whole(data: Mapping[str, Any], delta: Mapping[str, Any]) -> dict[str, Any]:
    """An agency that goes takes its account along."""
    if "agencies" not in delta or "beneficiaries" in delta:
        return dict(delta)
    kept = {code: one for code, one in data["beneficiaries"].items() if code in delta["agencies"]}
    return dict(delta) | {"beneficiaries": kept}


def write(connection: Connection, procedure: ProcedureRow, delta: Mapping[str, Any]) -> dict[str, Any]:
    """Put the changed members in place; answers what they were. Errors: DomainError invalid."""
    data = data_of(connection, procedure)
    delta = _whole(data, delta)
    merged = data | delta
    ids = check(connection, merged)
    columns = {name: read_value(name, value) for name, value in delta.items() if name in COLUMNS}
    procedure_changes.write_procedure(connection, procedure.id, columns)
    if any(name in delta for name in RECEIVING):
        wanted = {ids[code]: merged["beneficiaries"].get(code) for code in merged["agencies"]}
        procedure_changes.write_agencies(connection, procedure.id, wanted)
    return {name: data[name] for name in delta}
