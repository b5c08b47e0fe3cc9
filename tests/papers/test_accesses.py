"""Whoever has a file, in whatever form, stands in the log of that file."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import ProgrammingError

from tests.actions.scene import Scene, is_problem
from tests.papers import samples
from tests.regulation.files import add_file
from tests.web.desk import Desk


def log_of(scene: Scene, code: str, number: int, who: str = "head") -> list[tuple[str, str | None, int | None]]:
    rows = scene.get(who, f"/dossiers/{code}/attachments/{number}/accesses")["data"]
    assert all(row["address"] == "127.0.0.1" for row in rows)
    return [(row["what"], row["account"], row["page"]) for row in reversed(rows)]


def test_every_way_to_a_file_is_written_down(scene: Scene) -> None:
    code = scene.at_step("process")
    number = add_file(scene, "desk", code, samples.pdf(2), "đơn.pdf")["id"]
    path = f"/api/v1/dossiers/{code}/attachments/{number}"
    scene.client("desk").get(path).close()
    scene.client("binh").get(f"{path}/pages/2.png")
    scene.client("binh").get(f"{path}/thumbnail.png")
    person = Desk(scene, "head")
    for ending in ("", "?tai=1", "/trang/1.png"):
        person.client.get(f"/ho-so/{code}/tep/{number}{ending}", buffered=True)
    assert log_of(scene, code, number) == [
        ("download", "desk", None),
        ("page", "binh", 2),
        ("thumbnail", "binh", None),
        ("view", "head", None),
        ("download", "head", None),
        ("page", "head", 1),
    ]
    seen = person.see(f"/ho-so/{code}/tep/{number}/xem").text_content()
    assert "Ai đã mở tệp" in seen
    assert "Xem trang 2" in seen
    assert "Ai đã mở tệp" not in Desk(scene, "desk").see(f"/ho-so/{code}/tep/{number}/xem").text_content()


def test_the_applicants_download_is_written_down_too(scene: Scene) -> None:
    code = scene.at_step("return_result")
    number = add_file(scene, "clerk", code, name="ket-qua.pdf", kind="result")["id"]
    scene.do("confirm-result", "desk", scene.task(code, "return_result").id)
    token = scene.dossier(code).token
    scene.app.test_client().get(f"/api/v1/public/dossiers/{code}/results/{number}?token={token}").close()
    scene.app.test_client().get(f"/api/v1/public/dossiers/{code}/results/{number}?token=wrong").close()
    assert log_of(scene, code, number) == [("download", None, None)]


def test_pictures_are_written_down_once_a_minute_downloads_each_time(scene: Scene) -> None:
    code = scene.register()["code"]
    number = add_file(scene, "desk", code, samples.pdf(), "đơn.pdf")["id"]
    path = f"/api/v1/dossiers/{code}/attachments/{number}"
    for ending in ("/pages/1.png", "/pages/1.png", "", ""):
        scene.client("desk").get(path + ending).close()
    scene.clock.move(minutes=2)
    scene.client("desk").get(f"{path}/pages/1.png")
    found = [what for what, _, _ in log_of(scene, code, number)]
    assert found == ["page", "download", "download", "page"]


def test_heads_and_the_control_office_read_the_log_page_by_page_nobody_else(scene: Scene) -> None:
    code = scene.register()["code"]
    number = add_file(scene, "desk", code)["id"]
    path = f"/dossiers/{code}/attachments/{number}/accesses"
    for _ in range(3):
        scene.client("desk").get(f"/api/v1/dossiers/{code}/attachments/{number}").close()
    first = scene.get("control", f"{path}?page_size=2")
    rest = scene.get("control", f"{path}?page_size=2&cursor={first['next']}")
    assert (len(first["data"]), len(rest["data"]), rest["next"]) == (2, 1, None)
    assert len(log_of(scene, code, number, "head")) == 3
    is_problem(scene.client("desk").get(f"/api/v1{path}"), 403, "forbidden")
    is_problem(scene.client("official").get(f"/api/v1{path}"), 403, "forbidden")
    is_problem(scene.client("control").get(f"/api/v1{path}?cursor=x"), 422, "invalid")


@pytest.mark.parametrize("statement", ["UPDATE file_accesses SET what = 'view'", "DELETE FROM file_accesses"])
def test_nobody_changes_what_was_written_down(scene: Scene, statement: str) -> None:
    with pytest.raises(ProgrammingError, match="permission denied"), scene.writing() as connection:
        connection.execute(text(statement))
