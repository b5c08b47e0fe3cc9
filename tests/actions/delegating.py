"""Delegations in tests: given over HTTP, on days counted from the scene's Monday."""

from __future__ import annotations

from typing import Any

from werkzeug.test import TestResponse

from tests.actions.away import day
from tests.actions.scene import Scene

DECISION = "15/QĐ-SYT"


def try_delegate(
    scene: Scene, username: str, to: str, position: str, first: int = 0, last: int = 4, **more: Any
) -> TestResponse:
    """`username` lets `to` do the work of a position; `more` overrides fields of the body."""
    body = {
        "delegate": to,
        "position": position,
        "from_day": day(scene, first).isoformat(),
        "to_day": day(scene, last).isoformat(),
        "decision_number": DECISION,
        "reason": "Phân công giải quyết thủ tục",
    } | more
    return scene.client(username).post("/api/v1/delegations", json=body)


def delegate(scene: Scene, username: str, to: str, position: str, first: int = 0, last: int = 4, **more: Any) -> Any:
    answer = try_delegate(scene, username, to, position, first, last, **more)
    assert answer.status_code == 201, answer.text
    return answer.json


def end(scene: Scene, username: str, delegation: int) -> Any:
    answer = scene.client(username).post(f"/api/v1/delegations/{delegation}/end")
    assert answer.status_code == 200, answer.text
    return answer.json
