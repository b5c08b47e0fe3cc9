"""Every blueprint of the API, in the order in which the OpenAPI document shows them."""

from __future__ import annotations

from app.api import health, registration, task_actions

BLUEPRINTS = (
    health.blueprint,
    registration.blueprint,
    task_actions.blueprint,
)
