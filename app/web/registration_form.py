"""The registration form's fields: what was typed, and the body that it becomes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from werkzeug.datastructures import MultiDict

APPLICANT = ("name", "id_number", "phone", "email", "address")
CHANNELS = ("counter", "post", "online")
NOTICES = ("email", "sms", "zalo", "phone")
FIELD_OF = {
    **{f"applicant.{name}": f"applicant-{name}" for name in APPLICANT},
    "deliver.address": "deliver-address",
    "deliver.mode": "deliver-mode",
    "data.request": "request",
}
"""The id of the field that a member of the body is typed into."""

Typed = dict[str, Any]


def typed_of(form: MultiDict[str, str]) -> Typed:
    """Everything that was typed, by field; `notify` is a list, as several may be chosen."""
    typed: Typed = {name: value for name, value in form.items() if not name.startswith("_") and name != "csrf_token"}
    typed["notify"] = form.getlist("notify")
    return typed


def prefilled(applicant: Mapping[str, Any] | None) -> Typed:
    """What is typed already where the applicant is known."""
    return {f"applicant-{name}": applicant.get(name) or "" for name in APPLICANT} if applicant else {}


def missing_components(procedure: Mapping[str, Any], form: Mapping[str, str]) -> list[str]:
    """The names of required components that are not ticked."""
    return [
        part["name"]
        for part in procedure["components"]
        if part["required"] and not part.get("present_only") and not form.get(f"has-{part['code']}")
    ]


def body_of(code: str, procedure: Mapping[str, Any], form: MultiDict[str, str]) -> dict[str, Any]:
    """The body of the registration as the interface has it; the schema says what is wrong with it."""
    body: dict[str, Any] = {
        "procedure": code,
        "applicant": {name: form.get(f"applicant-{name}", "") for name in APPLICANT},
        "channel": form.get("channel", "counter"),
        "components": [
            _component(part["code"], form) for part in procedure["components"] if form.get(f"has-{part['code']}")
        ],
        "notify": form.getlist("notify"),
        "deliver": {"mode": form.get("deliver-mode", "desk"), "address": form.get("deliver-address") or None},
        "data": {"request": form["request"]} if form.get("request", "").strip() else {},
    }
    if form.get("agency"):
        body["agency"] = form["agency"]
    if form.get("how") == "at_once":
        body["at_once"] = True
        if form.get("receipt"):
            body["receipt"] = True
    return body


def _component(code: str, form: Mapping[str, str]) -> dict[str, Any]:
    return {"code": code, "kind": form.get(f"kind-{code}", "original"), "quantity": form.get(f"quantity-{code}") or 1}
