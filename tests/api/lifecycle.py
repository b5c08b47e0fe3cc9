"""Driving the API as a client does: register, find the open task, do what it offers."""

from __future__ import annotations

from typing import Any

from flask.testing import FlaskClient

APPLICANT = {
    "name": "Nguyễn Thị Ánh",
    "id_number": "045012345678",
    "phone": "0912 345 678",
    "email": "anh@example.org",
    "address": "Phường Đông Hà",
}


def body_of(answer: Any, status: int = 200) -> Any:
    """The JSON of an answer with that status."""
    assert answer.status_code == status, answer.text
    return answer.json


def register(client: FlaskClient, **changes: Any) -> Any:
    """What registering answers."""
    body = {
        "procedure": "1.000001",
        "applicant": APPLICANT,
        "components": [{"code": "application", "kind": "original", "quantity": 1}],
        "data": {"grade": 5},
    } | changes
    return body_of(client.post("/api/v1/dossiers", json=body), 201)


def act(client: FlaskClient, task: int, action: str, **body: Any) -> Any:
    return body_of(client.post(f"/api/v1/tasks/{task}/{action}", json=body))


def open_task(client: FlaskClient, code: str) -> Any:
    """The one open task of a dossier."""
    (task,) = body_of(client.get(f"/api/v1/dossiers/{code}"))["open_tasks"]
    return task
