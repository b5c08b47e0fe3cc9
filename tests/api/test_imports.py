"""Moving in from an old system over the interface."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from werkzeug.test import TestResponse

from app.actions.import_run import run_import
from tests.actions.importing import table
from tests.actions.scene import Scene, is_problem


def send(scene: Scene, content: bytes, who: str = "admin", key: str | None = None, **form: Any) -> TestResponse:
    data = {"source": "Một cửa cũ", "file": (BytesIO(content), "ho-so.csv")} | form
    headers = {"Idempotency-Key": key} if key else {}
    return scene.client(who).post("/api/v1/imports", data=data, headers=headers)


def test_a_table_is_previewed_corrected_accepted_and_followed(scene: Scene) -> None:
    scene.publish("linear")
    answer = send(scene, table({"holder": "binh"}, {"procedure": "không có"}), key="mot")
    seen: Any = answer.json
    assert (answer.status_code, seen["ready"], seen["refused"], seen["state"]) == (201, 1, 1, "preview")
    assert answer.headers["ETag"] == '"1"'
    assert send(scene, table({"holder": "binh"}, {"procedure": "không có"}), key="mot").json["id"] == seen["id"]  # type: ignore[index]
    is_problem(send(scene, table({}), key="mot"), 422, "key_reused")
    path = f"/api/v1/imports/{seen['id']}"
    admin = scene.client("admin")
    rows: Any = admin.get(f"{path}/rows").json
    assert [(row["line"], row["verdict"]) for row in rows["data"]] == [(2, "ready"), (3, "refused")]
    assert rows["data"][0]["places"][0]["holder"] == "binh"
    assert rows["data"][0]["deadline"] == "2026-11-27T16:00:00+07:00"
    assert rows["data"][1]["remarks"][0]["cell"] == "B3"
    mapping = {column["name"]: column["heading"] for column in seen["columns"] if column["heading"]}
    mapped = admin.put(f"{path}/mapping", json={"mapping": mapping}, headers={"If-Match": '"1"'})
    assert (mapped.status_code, mapped.headers["ETag"]) == (200, '"2"')
    is_problem(admin.post(f"{path}/accept", headers={"If-Match": '"1"'}), 412, "stale_version")
    accepted = admin.post(f"{path}/accept", headers={"If-Match": '"2"', "Idempotency-Key": "hai"})
    assert (accepted.status_code, accepted.json["state"]) == (202, "running")  # type: ignore[index]
    assert admin.post(f"{path}/accept", headers={"If-Match": '"2"', "Idempotency-Key": "hai"}).status_code == 202
    with scene.app.app_context():
        run_import(seen["id"], scene.clock())
    done: Any = admin.get(path).json
    assert (done["state"], done["imported"], done["done"], done["wanted"]) == ("done", 1, 1, 1)
    (row,) = admin.get(f"{path}/rows?show=imported").json["data"]  # type: ignore[index]
    assert scene.open_steps(row["dossier"]) == ["process"]
    assert admin.get("/api/v1/imports").json["total"] == 1  # type: ignore[index]
    assert admin.get(f"{path}/remarks.xlsx").data[:2] == b"PK"
    assert admin.get("/api/v1/imports/template.xlsx").data[:2] == b"PK"
    public = scene.app.test_client().get("/api/v1/public/dossiers/CU-1")
    assert public.json["code"] == row["dossier"]  # type: ignore[index]
    gone = admin.post(f"{path}/rows/2/withdraw", json={"reason": "Nhầm"})
    assert gone.json == {"code": row["dossier"]}
    rest = admin.post(f"{path}/withdraw", json={"reason": "Nhầm"})
    assert rest.json == {"withdrawn": 0, "refused": []}


def test_what_is_no_table_or_no_right_is_told(scene: Scene) -> None:
    scene.publish("linear")
    is_problem(send(scene, table({}), who="desk"), 403, "forbidden")
    is_problem(send(scene, b"\x00\x01\x02"), 422, "invalid")
    is_problem(send(scene, table({}), source=""), 422, "invalid")
    is_problem(send(scene, table({}), mapping="[1]"), 422, "invalid")
    for odd in ("[" * 3000, '{"name\\ud800": "x"}', '{"a\\u0000": "x"}'):
        is_problem(send(scene, table({}), mapping=odd), 422, "invalid")
    is_problem(send(scene, table({}), mapping='{"step": "không có cột này"}'), 422, "invalid")
    is_problem(send(scene, table({}), other="x"), 422, "invalid")
    is_problem(scene.client("admin").post("/api/v1/imports", json={}), 415, "unsupported_media_type")
    for path in ("/999999", "/999999/rows", "/999999/remarks.xlsx"):
        is_problem(scene.client("admin").get(f"/api/v1/imports{path}"), 404, "not_found")
    for path in ("accept", "drop"):
        is_problem(scene.client("admin").post(f"/api/v1/imports/999999/{path}"), 404, "not_found")


def test_a_preview_is_given_up(scene: Scene) -> None:
    scene.publish("linear")
    number = send(scene, table({})).json["id"]  # type: ignore[index]
    admin = scene.client("admin")
    assert admin.post(f"/api/v1/imports/{number}/drop").status_code == 204
    is_problem(admin.get(f"/api/v1/imports/{number}"), 404, "not_found")
