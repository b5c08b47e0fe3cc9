"""Writing OCEL 2.0 as JSON: events that concern several objects at once, the dossier, its agencies, positions and officials.

Events and objects come first and their types last, once every type has been seen; the standard leaves the order open.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from app.store.event_logs import LoggedDossier
    from app.views.event_logs import Case, LoggedEvent

_DOSSIER: dict[str, str] = {
    "agency": "string",
    "channel": "string",
    "status": "integer",
    "received_at": "time",
    "deadline_at": "time",
    "appointment_at": "time",
    "result_at": "time",
    "closed_at": "time",
    "outcome": "string",
    "timeliness": "string",
    "overdue": "boolean",
}
_EVENT: dict[str, str] = {
    "lifecycle": "string",
    "step": "string",
    "process": "string",
    "stage": "string",
    "unit": "string",
    "due_at": "time",
    "seconds": "integer",
    "result": "string",
}
_OBJECTS: dict[str, dict[str, str]] = {"dossier": _DOSSIER, "agency": {}, "position": {}, "official": {}}


def written(name: str, cases: Iterator[Case]) -> Iterator[bytes]:
    """The file in pieces. The standard has no place for the log's `name`."""
    del name
    types: set[str] = set()
    others: dict[str, str] = {}
    dossiers: list[LoggedDossier] = []
    yield b'{"events": [\n'
    separator = b""
    for case in cases:
        for event in case.events:
            types.add(event.activity)
            yield separator + _text(_event(case.dossier.code, event, others))
            separator = b",\n"
        others[f"agency:{case.dossier.agency}"] = "agency"
        dossiers.append(case.dossier)
    yield b'\n],\n"objects": [\n'
    separator = b""
    for dossier in dossiers:
        yield separator + _text(_dossier(dossier))
        separator = b",\n"
    for one, kind in others.items():
        yield separator + _text({"id": one, "type": kind, "attributes": [], "relationships": []})
        separator = b",\n"
    yield b'\n],\n"objectTypes": ' + _text([_type(kind, facts) for kind, facts in _OBJECTS.items()])
    yield b',\n"eventTypes": ' + _text([_type(kind, _EVENT) for kind in sorted(types)]) + b"\n}\n"


def _event(dossier: str, event: LoggedEvent, others: dict[str, str]) -> dict[str, Any]:
    """The event with its attributes and objects; objects that are met are put into `others`."""
    met = {
        "agency": None if event.agency is None else f"agency:{event.agency}",
        "position": None if event.position is None else f"position:{event.position}",
        "official": None if event.person is None else f"official:{event.person}",
    }
    related = [{"objectId": dossier, "qualifier": "dossier"}]
    for kind, one in met.items():
        if one is not None:
            others[one] = kind
            related.append({"objectId": one, "qualifier": kind})
    facts = [{"name": name, "value": _value(getattr(event, name))} for name in _EVENT]
    return {
        "id": event.id,
        "type": event.activity,
        "time": _value(event.at),
        "attributes": [one for one in facts if one["value"] is not None],
        "relationships": related,
    }


def _dossier(dossier: LoggedDossier) -> dict[str, Any]:
    """Attributes of an object have an instant from which they hold: here the dossier's reception."""
    at = _value(dossier.received_at)
    facts = [{"name": name, "time": at, "value": _value(getattr(dossier, name))} for name in _DOSSIER]
    related = [{"objectId": f"agency:{dossier.agency}", "qualifier": "received by"}]
    attributes = [one for one in facts if one["value"] is not None]
    return {"id": dossier.code, "type": "dossier", "attributes": attributes, "relationships": related}


def _type(name: str, facts: Mapping[str, str]) -> dict[str, Any]:
    return {"name": name, "attributes": [{"name": one, "type": kind} for one, kind in facts.items()]}


def _value(value: Any) -> Any:
    return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ") if isinstance(value, datetime) else value


def _text(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
