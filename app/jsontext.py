"""How values become JSON, the same in answers, in stored answers and in JSON columns.

Compact UTF-8 without ASCII escapes; an instant is ISO 8601 to the second with the local offset (+07:00), a day is ISO.
"""

from __future__ import annotations

import json
from datetime import date, datetime
from typing import Any

from flask import Flask
from flask.json.provider import DefaultJSONProvider

from app.wording import LOCAL


def shown_instant(at: datetime) -> str:
    """An aware instant as answers show it: `2026-11-23T07:00:00+07:00`. ValueError for a naive one."""
    if at.tzinfo is None:
        raise ValueError("an instant without an offset cannot be shown")
    return at.astimezone(LOCAL).isoformat(timespec="seconds")


def plain(value: Any) -> Any:
    """What JSON has no form for; TypeError for anything but instants and days, so that nothing is shown by accident."""
    if isinstance(value, datetime):
        return shown_instant(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no JSON form")


def dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=plain)


class JsonProvider(DefaultJSONProvider):
    """Flask's provider in the same form."""

    def dumps(self, obj: Any, **kwargs: Any) -> str:
        return dumps(obj)

    def response(self, *args: Any, **kwargs: Any) -> Any:
        response = super().response(*args, **kwargs)
        response.headers.add("Cache-Control", "no-store")
        return response

    @classmethod
    def install(cls, app: Flask) -> None:
        app.json = cls(app)
