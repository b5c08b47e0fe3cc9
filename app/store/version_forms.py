"""The forms of published versions, to be copied into a draft."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from sqlalchemy import Connection, func, select

from app.store.procedures import Procedure, ProcedureVersion, VersionFile

MOST = 300


@dataclass(frozen=True, slots=True)
class PublishedForm:
    procedure: str
    procedure_name: str
    version: int
    name: str


def newest_forms(connection: Connection, most: int = MOST) -> Sequence[PublishedForm]:
    """The forms of the newest version of each procedure, by procedure and name."""
    newest = (
        select(ProcedureVersion.procedure_id, func.max(ProcedureVersion.number).label("number"))
        .group_by(ProcedureVersion.procedure_id)
        .subquery()
    )
    found = (
        select(Procedure.code, Procedure.name, ProcedureVersion.number, VersionFile.name)
        .join(ProcedureVersion, ProcedureVersion.procedure_id == Procedure.id)
        .join(
            newest,
            (newest.c.procedure_id == ProcedureVersion.procedure_id) & (newest.c.number == ProcedureVersion.number),
        )
        .join(VersionFile, VersionFile.version_id == ProcedureVersion.id)
        .where(VersionFile.kind == "form")
        .order_by(Procedure.code, VersionFile.name)
        .limit(most)
    )
    return [PublishedForm(*row[:3], PurePosixPath(row[3]).stem) for row in connection.execute(found)]


def published_form(connection: Connection, procedure: str, version: int, name: str) -> Any:
    """The schema of that form, or None."""
    found = (
        select(VersionFile.name, VersionFile.content)
        .join(ProcedureVersion, ProcedureVersion.id == VersionFile.version_id)
        .join(Procedure, Procedure.id == ProcedureVersion.procedure_id)
        .where(Procedure.code == procedure, ProcedureVersion.number == version, VersionFile.kind == "form")
    )
    rows = connection.execute(found)
    return next((json.loads(row.content) for row in rows if PurePosixPath(row.name).stem == name), None)
