"""The seals where people and programs see them: a page to print, a list, a dossier's proof as a file."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from app.rules.seals import proof_fault
from tests.actions.scene import Scene
from tests.actions.sealing import sealed
from tests.web.desk import Desk, words

Desks = Callable[[str], Desk]


@pytest.mark.rule("QT-6")
def test_seals_are_shown_to_those_who_may_see_the_log(scene: Scene, desk: Desks) -> None:
    admin = desk("admin")
    assert "Chưa có lần niêm phong nào" in words(admin.see("/quan-tri/niem-phong"))
    code = scene.register()["code"]
    first = sealed(scene)
    second = sealed(scene, days=2)
    shown = words(admin.see("/quan-tri/niem-phong")).replace(" ", "")
    assert first.hash.hex() in shown
    assert second.hash.hex() in shown

    listed = scene.get("admin", "/audit-seals?page_size=1")
    assert [one["hash"] for one in listed["data"]] == [second.hash.hex()]
    following = scene.get("admin", f"/audit-seals?page_size=1&cursor={listed['next']}")
    assert [one["number"] for one in following["data"]] == [1]
    assert following["next"] is None

    proof = scene.get("admin", f"/dossiers/{code}/seal-proof")
    assert proof_fault(proof, first.hash.hex()) is None
    file = scene.client("admin").get(f"/api/v1/dossiers/{code}/seal-proof?seal=2")
    assert (file.status_code, file.json["code"]) == (404, "not_found")
    assert scene.client("admin").get("/api/v1/dossiers/KHONG-CO/seal-proof").status_code == 404
    scene.clock.move(days=4)
    assert "Đã quá một ngày chưa có niêm phong mới" in words(desk("admin").see("/quan-tri/niem-phong"))
    scene.clients.clear()
    for path in ("/audit-seals", f"/dossiers/{code}/seal-proof"):
        assert scene.client("desk").get(f"/api/v1{path}").status_code == 403


def test_a_proof_is_a_file_or_the_page_says_why_not(scene: Scene, desk: Desks) -> None:
    admin = desk("admin")
    code = scene.register()["code"]
    seal = sealed(scene)
    answer = admin.client.get(f"/quan-tri/niem-phong/chung-thuc.json?ho-so={code}")
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    assert proof_fault(answer.json, seal.hash.hex()) is None
    for asked, status in (("", 422), ("?ho-so=KHONG-CO", 404)):
        answer = admin.client.get(f"/quan-tri/niem-phong/chung-thuc.json{asked}")
        assert (answer.status_code, "Niêm phong nhật ký" in answer.text) == (status, True)
