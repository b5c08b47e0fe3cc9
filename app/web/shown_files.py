"""Files that a browser shows or keeps: what was handed in is never taken for a page of ours."""

from __future__ import annotations

from flask import Response

from app.api.stored import disposition

_POLICY = "default-src 'none'; img-src 'self'; object-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'none'"
"""No script and nothing from elsewhere. Not `sandbox`: Chromium's viewer does not start in one."""


def shown_file(response: Response, name: str, *, inline: bool) -> Response:
    """The headers under which a file is handed out; `name` is what it is kept as."""
    response.headers["Content-Disposition"] = disposition(name, inline=inline)
    response.headers["Content-Security-Policy"] = _POLICY
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response
