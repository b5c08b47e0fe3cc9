"""Local dates and times in forms: as text that the schemas read, and back into fields."""

from __future__ import annotations

from datetime import datetime

from flask import request

from app.wording import LOCAL


def typed_instant(name: str) -> str | None:
    """A local date and time of the form as ISO text; what cannot be read is left to the schema's refusal."""
    text = request.form.get(name, "").strip()
    if not text:
        return None
    try:
        return datetime.fromisoformat(text).replace(tzinfo=LOCAL).isoformat()
    except ValueError:
        return text


def field_instant(at: datetime | None) -> str:
    """For the value of a datetime-local field."""
    return f"{at.astimezone(LOCAL):%Y-%m-%dT%H:%M}" if at is not None else ""
