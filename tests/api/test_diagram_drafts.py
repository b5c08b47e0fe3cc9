"""Drafts over HTTP: begun, saved under If-Match, compared, talked about; who may."""

from __future__ import annotations

import json
from io import BytesIO
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.actions.designing import FORM, LINEAR, designers, reviewer
from tests.actions.scene import Scene

DRAFTS = "/api/v1/diagram-drafts"


def said(answer: TestResponse, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json


def sent(client: FlaskClient, key: str | None = None, **files: Any) -> TestResponse:
    headers = {"Idempotency-Key": key} if key else {}
    return client.post(DRAFTS, data={"procedure": "1.000001", **files}, headers=headers)


def test_a_draft_from_begin_to_end(scene: Scene) -> None:
    scene.publish("linear")
    client = scene.client("admin")
    answer = client.post(DRAFTS, json={"procedure": "linear", "kind": "version"})
    begun = said(answer, 201)
    draft, path = begun["id"], f"{DRAFTS}/{begun['id']}"
    assert (begun["base_version"], begun["origin"], answer.headers["ETag"]) == (1, "từ phiên bản số 1", '"1"')
    whole = said(client.get(path))
    assert whole["diagram"].encode() == LINEAR

    drawn = LINEAR.decode().replace("PT8H", "P2D")
    saved = said(
        client.post(f"{path}/states", json={"diagram": drawn, "kind": "kept"}, headers={"If-Match": '"1"'}), 201
    )
    assert saved["revision"] == 2
    stale = client.post(f"{path}/states", json={"forms": {"note": FORM}}, headers={"If-Match": '"1"'})
    assert said(stale, 412)["revision"] == 2
    assert said(client.post(f"{path}/states", json={"forms": {"note": FORM}, "revision": 2}), 201)["revision"] == 3
    for body, status in (({"forms": {}}, 422), ({"revision": 3, "diagram": "x"}, 422), ({"revision": 3, "x": 1}, 422)):
        said(client.post(f"{path}/states", json=body), status)
    assert said(client.post(f"{path}/states", data="x"), 415)["code"] == "unsupported_media_type"
    large = json.dumps({"revision": 3, "diagram": "x" * 17_000_000})
    assert client.post(f"{path}/states", data=large, content_type="application/json").status_code == 413

    diff = said(client.get(f"{path}/diff"))
    assert (diff["before"], diff["after"], diff["marks"]) == ("Phiên bản số 1", "Lần lưu 3", {"process": "changed"})
    assert [change["about"] for change in diff["changes"]] == ["step", "form"]
    assert said(client.get(f"{path}/diff?state=2&against=1"))["before"] == "Lần lưu 1"
    said(client.get(f"{path}/diff?version=1&against=1"), 422)
    said(client.get(f"{path}/diff?version=9"), 404)

    assert said(client.get(f"{path}/states/1"))["diagram"].encode() == LINEAR
    assert said(client.post(f"{path}/states/1/restore"), 201)["revision"] == 4
    states = said(client.get(f"{path}/states"))["data"]
    assert [state["kind"] for state in states] == ["restored", "auto", "kept", "first"]
    said(client.get(f"{path}/states/99"), 404)

    assert said(client.post(f"{path}/title", json={"title": "Bản gửi"}))["title"] == "Bản gửi"
    assert said(client.post(f"{path}/discard"))["state"] == "discarded"
    assert said(client.post(f"{path}/states", json={"revision": 4, "forms": {}}), 409)["code"] == "wrong_state"
    assert [row["id"] for row in said(client.get(f"{DRAFTS}?state=discarded&q=ban%20gui"))["data"]] == [draft]
    assert said(client.get(DRAFTS))["total"] == 0
    assert said(client.post(f"{path}/reopen"))["state"] == "open"


def test_files_are_taken_once_under_a_key(scene: Scene) -> None:
    client = scene.client("admin")

    def files() -> dict[str, Any]:
        form = (BytesIO(json.dumps(FORM).encode()), "note.json")
        return {"diagram": (BytesIO(LINEAR), "a.bpmn"), "forms": form, "title": "Từ sở"}

    first, second = (said(sent(client, "khoa-1", **files()), 201) for _ in range(2))
    assert first["id"] == second["id"]
    whole = said(client.get(f"{DRAFTS}/{first['id']}"))
    assert (whole["title"], whole["forms"], whole["diagram"].encode()) == ("Từ sở", {"note": FORM}, LINEAR)
    assert said(sent(client, forms=(BytesIO(b"{}"), "a.json")), 422)["errors"]["diagram"]
    assert said(sent(client), 415)["code"] == "unsupported_media_type"  # no files: a form is neither JSON nor multipart
    said(sent(client, diagram=(BytesIO(b"x"), "a.bpmn")), 422)
    said(sent(client, diagram=(BytesIO(LINEAR), "a.bpmn"), what="1"), 422)
    for body in (
        {"procedure": "khong-co"},
        {"procedure": "1.000001", "kind": "copy"},
        {"procedure": "1.000001", "kind": "version", "version": 99},
        {"procedure": "1.000001", "kind": "table"},
    ):
        said(client.post(DRAFTS, json=body), 422)
    said(client.post(DRAFTS, json={"procedure": "1.000001", "kind": "draft", "draft": 999}), 404)


def test_pages_of_the_list_follow_one_another(scene: Scene) -> None:
    client = scene.client("admin")
    made = [said(client.post(DRAFTS, json={"procedure": "1.000001", "title": f"Bản {n}"}), 201)["id"] for n in range(5)]
    page = said(client.get(f"{DRAFTS}?page_size=2"))
    found = [row["id"] for row in page["data"]]
    while page["next"]:
        assert page["total"] == 5
        page = said(client.get(f"{DRAFTS}?page_size=2&cursor={page['next']}"))
        found += [row["id"] for row in page["data"]]
    assert found == made[::-1]
    said(client.get(f"{DRAFTS}?cursor=sai"), 422)


def test_comments_and_who_may_what(scene: Scene) -> None:
    designers(scene)
    reviewer(scene)
    draft = said(scene.client("lan").post(DRAFTS, json={"procedure": "1.000001"}), 201)["id"]
    thu, path = scene.client("thu"), f"{DRAFTS}/{draft}"
    (one,) = said(thu.post(f"{path}/comments", json={"text": "Ai làm?", "element": "resolve"}), 201)["data"]
    assert (one["element_name"], one["resolved"]) == ("Giải quyết hồ sơ", False)
    (answered,) = said(scene.client("lan").post(f"{path}/comments", json={"text": "Phòng", "parent": one["id"]}), 201)[
        "data"
    ]
    assert [answer["text"] for answer in answered["answers"]] == ["Phòng"]
    (settled,) = said(thu.post(f"{path}/comments/{one['id']}/settle", json={}))["data"]
    assert settled["resolved_by"] == "Nguyễn Thị thu"
    said(thu.post(f"{path}/comments/{answered['answers'][0]['id']}/settle", json={}), 422)
    said(thu.post(f"{path}/comments/999/settle", json={}), 404)
    said(thu.get(f"{path}/diff"))
    said(thu.post(f"{path}/states", json={"revision": 1, "forms": {}}), 403)
    said(thu.post(DRAFTS, json={"procedure": "1.000001"}), 403)
    for who in ("desk", "binh", "control"):
        for address in (DRAFTS, path, f"{path}/states", f"{path}/comments"):
            said(scene.client(who).get(address), 403)
