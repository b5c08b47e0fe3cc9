"""The form of a step: a form-js schema that the version keeps, the agencies that may be chosen in it, and what was filled in.

A field whose `properties` name a `position` is one to choose agencies: those that have that position.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection

from app.actions.form_schema import DEEPEST, fields_of
from app.actions.form_values import check_form
from app.actions.running import Running
from app.actions.work import Work
from app.engine.steps import Step
from app.errors import invalid
from app.store import attachments, organisation, procedures

__all__ = ["DEEPEST", "fields_of", "filled_in", "form_for", "offer_agencies"]


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


def filled_in(work: Work, running: Running, step: Step, data: Mapping[str, Any]) -> dict[str, Any]:
    """What somebody gave with the step, as the fields of its form have it. Errors: DomainError invalid, by field."""
    form = form_for(work, running, step)
    files: list[int] = []
    if any(field.get("type") == "filepicker" for field in fields_of(form)):
        files = [row.id for row in attachments.attachments_of(work.connection, work.dossier.id)]
    filled = check_form(form, work.data, data, work.today, files)
    if filled.wrong:
        raise invalid(filled.wrong)
    return filled.data
