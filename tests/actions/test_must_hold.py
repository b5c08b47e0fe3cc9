"""What a client may get wrong, over HTTP: the status and code of the interface, `application/problem+json`, nothing changed."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.actions.diagrams import DIAGRAMS
from tests.actions.scene import Scene, is_problem
from tests.actions.test_publish_version import send

JSON = "application/json"
PERSON = {"name": "Trần Văn Bình"}
Mistake = Callable[[Scene, int], TestResponse]
"""Makes one mistake; the number is the task of step `process`, open for binh and chi."""


def raw(scene: Scene, username: str, path: str, body: bytes, **headers: str) -> TestResponse:
    return scene.client(username).post(f"/api/v1{path}", data=body, content_type=JSON, headers=headers)


def on_task(action: str, body: bytes, username: str = "binh") -> Mistake:
    return lambda scene, task: raw(scene, username, f"/tasks/{task}/{action}", body)


def on_registering(body: bytes) -> Mistake:
    return lambda scene, task: raw(scene, "desk", "/dossiers", body)


def text_of(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


DEEP = b'{"data": ' + b'{"a":' * 40 + b"1" + b"}" * 40 + b"}"
MISTAKES: dict[str, tuple[int, str, Mistake]] = {
    "unknown procedure": (422, "unknown_procedure", on_registering(text_of(procedure="0.000", applicant=PERSON))),
    "unknown task": (404, "not_found", lambda scene, task: raw(scene, "binh", "/tasks/999999/forward", b"{}")),
    "unknown action": (404, "not_found", on_task("explode", b"{}")),
    "unknown dossier": (404, "not_found", lambda scene, task: scene.client("desk").get("/api/v1/dossiers/0-0-0")),
    "wrong method": (405, "method_not_allowed", lambda scene, task: scene.client("desk").put(f"/api/v1/tasks/{task}")),
    "wrong position": (403, "not_a_candidate", on_task("forward", b"{}", "director")),
    "wrong permission": (403, "forbidden", on_task("forward", b"{}", "control")),
    "not signed in": (
        401,
        "unauthenticated",
        lambda scene, task: scene.app.test_client().post(f"/api/v1/tasks/{task}/claim"),
    ),
    "stale version": (
        412,
        "stale_version",
        lambda scene, task: raw(scene, "binh", f"/tasks/{task}/forward", b"{}", **{"If-Match": '"7"'}),
    ),
    "missing comment": (422, "comment_required", on_task("return", b"{}")),
    "blank comment": (422, "comment_required", on_task("return", text_of(comment=" \n\t "))),
    "missing reason": (422, "comment_required", on_task("handoff", text_of(account="chi"))),
    "decision without a choice": (422, "invalid", on_task("forward", text_of(decision="agree"))),
    "impossible date": (422, "invalid", lambda scene, task: send(scene, DIAGRAMS["linear"], decided_on="2026-02-30")),
    "date that is no date": (
        422,
        "invalid",
        lambda scene, task: send(scene, DIAGRAMS["linear"], effective_from="ngày mai"),
    ),
    "cut JSON": (422, "invalid", on_task("forward", b'{"comment": "abc')),
    "not JSON": (422, "invalid", on_task("forward", b"comment=abc")),
    "not UTF-8": (422, "invalid", on_task("forward", b'{"comment": "\xff\xfe"}')),
    "not a number": (422, "invalid", on_task("forward", b'{"data": {"a": NaN}}')),
    "JSON too deep": (422, "invalid", on_task("forward", DEEP)),
    "a list": (422, "invalid", on_task("forward", b"[]")),
    "unknown field": (422, "invalid", on_task("forward", text_of(comments="abc"))),
    "wrong type": (422, "invalid", on_task("forward", text_of(comment=["abc"]))),
    "number too large": (422, "invalid", on_task("forward", text_of(attachments=[2**70]))),
    "comment too long": (422, "invalid", on_task("forward", text_of(comment="a" * 4001))),
    "body too large": (413, "too_large", on_task("forward", text_of(comment="a" * 3_000_000))),
    "JSON too large": (
        413,
        "too_large",
        on_registering(text_of(procedure="1.000001", applicant=PERSON, data={"a": "a" * 1_100_000})),
    ),
    "NUL in a comment": (422, "invalid", on_task("forward", text_of(comment="a\0b"))),
    "NUL byte in JSON": (422, "invalid", on_task("forward", b'{"comment": "a\0b"}')),
    "NUL in data": (422, "invalid", on_task("forward", text_of(data={"a": "\0"}))),
    "NUL in a key of data": (422, "invalid", on_task("forward", text_of(data={"\0": "a"}))),
    "NUL in a name": (422, "invalid", on_registering(text_of(procedure="1.000001", applicant={"name": "a\0b"}))),
    "NUL in a procedure": (422, "invalid", on_registering(text_of(procedure="1.000001\0", applicant=PERSON))),
    "NUL in an account": (422, "invalid", on_task("handoff", text_of(account="chi\0", reason="Nghỉ."))),
    "NUL in a path": (404, "not_found", lambda scene, task: scene.client("desk").get("/api/v1/dossiers/a%00b")),
    "half a surrogate": (422, "invalid", on_task("forward", b'{"comment": "a\\ud800"}')),
    "another media type": (
        415,
        "unsupported_media_type",
        lambda scene, task: scene.client("binh").post(f"/api/v1/tasks/{task}/forward", data="comment=a"),
    ),
    "a key with blanks": (
        422,
        "invalid",
        lambda scene, task: raw(scene, "binh", f"/tasks/{task}/claim", b"{}", **{"Idempotency-Key": "a b"}),
    ),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_gets_its_status_and_code_and_changes_nothing(scene: Scene, name: str) -> None:
    status, code, mistake = MISTAKES[name]
    task = scene.task(scene.at_step("process"), "process").id
    for username in ("desk", "binh", "director", "control", "admin"):
        scene.client(username)
    with scene.unchanged():
        answer = mistake(scene, task)
    problem = is_problem(answer, status, code)
    assert problem["type"] == f"urn:motcua:problem:{code}"
    assert problem["title"]
    if code in ("invalid", "comment_required", "unknown_procedure"):
        assert problem["errors"]


def test_a_mistake_under_a_key_leaves_the_key_free(scene: Scene) -> None:
    code = scene.at_step("review")
    task = scene.task(code, "review")
    scene.refused(422, "comment_required", "return", "head", task.id, {}, idempotency_key="k-1")
    answer = scene.try_to("return", "head", task.id, {"comment": "Sai mẫu."}, idempotency_key="k-1")
    assert answer.status_code == 200
