"""Every blueprint of the API, in the order in which the OpenAPI document shows them."""

from __future__ import annotations

from app.api import (
    attachments,
    attribution,
    batch,
    calendars,
    desk_actions,
    dossier_actions,
    dossier_parts,
    dossiers,
    health,
    monitoring,
    procedures,
    public,
    publications,
    publishing,
    registration,
    side_actions,
    task_actions,
    tasks,
    tokens,
)

BLUEPRINTS = (
    health.blueprint,
    tokens.blueprint,
    procedures.blueprint,
    publishing.blueprint,
    publications.blueprint,
    calendars.blueprint,
    registration.blueprint,
    dossiers.blueprint,
    dossier_parts.blueprint,
    attribution.blueprint,
    attachments.blueprint,
    tasks.blueprint,
    task_actions.blueprint,
    desk_actions.blueprint,
    dossier_actions.blueprint,
    side_actions.blueprint,
    side_actions.dossier_blueprint,
    batch.blueprint,
    monitoring.blueprint,
    public.blueprint,
)
