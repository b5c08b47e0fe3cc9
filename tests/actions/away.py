"""Absences in tests: entered over HTTP, on days counted from the scene's Monday."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from sqlalchemy import text
from werkzeug.test import TestResponse

from app.wording import LOCAL
from tests.actions.scene import Scene


def day(scene: Scene, number: int = 0) -> date:
    """The scene's day today, or so many days from it."""
    return scene.clock().astimezone(LOCAL).date() + timedelta(days=number)


def try_away(scene: Scene, username: str, stands_in: str, first: int = 0, last: int = 0, **more: Any) -> TestResponse:
    """`username` enters that she is away; `more` overrides fields of the body, or `by` who enters it."""
    by = more.pop("by", username)
    body = {
        "account": username,
        "substitute": stands_in,
        "from_day": day(scene, first).isoformat(),
        "to_day": day(scene, last).isoformat(),
        "reason": "Nghỉ phép năm",
    } | more
    return scene.client(by).post("/api/v1/absences", json=body)


def away(scene: Scene, username: str, stands_in: str, first: int = 0, last: int = 0, **more: Any) -> Any:
    answer = try_away(scene, username, stands_in, first, last, **more)
    assert answer.status_code == 201, answer.text
    return answer.json


def allow(scene: Scene, username: str, *permissions: str) -> None:
    """Give an account these permissions too."""
    with scene.writing() as connection:
        connection.execute(
            text("UPDATE accounts SET permissions = permissions || CAST(:more AS text[]) WHERE username = :username"),
            {"more": list(permissions), "username": username},
        )
