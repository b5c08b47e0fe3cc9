"""gunicorn as the application runs it, for an application that is not ours: nothing is watched in it."""

from __future__ import annotations

from typing import Any

from app.gunicorn_conf import *  # noqa: F403


def post_worker_init(_worker: Any) -> None:
    """Nothing."""
