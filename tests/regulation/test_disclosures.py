"""Dossiers are given to a competent authority at its request, as a package that can be checked and is logged (TN-19.3)."""

from __future__ import annotations

import hashlib
import json
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import pytest

from tests import factories
from tests.actions.scene import Scene
from tests.web.desk import Desk

ASKED = {
    "authority": "Cơ quan Cảnh sát điều tra Công an tỉnh",
    "request_number": "15/YC-CSĐT",
    "requested_on": "2026-11-20",
    "basis": "Điều 88 Bộ luật Tố tụng hình sự",
    "reason": "Xác minh tin báo",
}


def giver(scene: Scene) -> None:
    with scene.writing() as connection:
        factories.account(connection, "giver", scene.province.health, [], ("report.view", "dossier.disclose"))


def disclose(scene: Scene, *codes: str, who: str = "giver", **changed: Any) -> Any:
    return scene.client(who).post("/api/v1/disclosures", json=ASKED | {"dossiers": list(codes)} | changed)


@pytest.mark.rule("TN-19.3")
def test_a_package_holds_everything_and_can_be_checked(scene: Scene) -> None:
    giver(scene)
    code = scene.register(applicant={"name": "Đặng Ánh", "id_number": "045012345678"})["code"]
    scene.attach(code, name="đơn xin.pdf")
    made = disclose(scene, code)
    assert made.status_code == 201, made.text
    with scene.client("giver").get(f"/api/v1/disclosures/{made.json['id']}/package.zip") as answer:
        package = answer.data
    assert hashlib.sha256(package).hexdigest() == made.json["sha256"]
    archive = ZipFile(BytesIO(package))
    assert archive.testzip() is None
    manifest = json.loads(archive.read("manifest.json"))
    assert {name: manifest[name] for name in ASKED} == ASKED
    (dossier,) = manifest["dossiers"]
    listed = {one["path"]: one["sha256"] for one in dossier["files"]}
    assert set(archive.namelist()) == {*listed, "manifest.json", "SHA256SUMS"}
    for line in archive.read("SHA256SUMS").decode().splitlines():
        digest, _, path = line.partition("  ")
        assert hashlib.sha256(archive.read(path)).hexdigest() == digest
    assert all(hashlib.sha256(archive.read(path)).hexdigest() == digest for path, digest in listed.items())
    assert json.loads(archive.read(f"{code}/ho-so.json"))["applicant"]["id_number"] == "045012345678"
    assert [path for path in listed if path.endswith("đơn xin.pdf")]
    kinds = {one["kind"] for one in scene.get("admin", "/administration-changes?q=15/YC")["data"]}
    assert kinds == {"disclosure_made", "disclosure_taken"}
    assert scene.get("admin", "/disclosures")["data"][0]["dossiers"] == [code]
    assert "15/YC-CSĐT" in Desk(scene, "head").see(f"/ho-so/{code}/luot-xem").text_content()


@pytest.mark.rule("TN-19.3")
def test_nobody_gives_what_she_does_not_see_or_may_not(scene: Scene) -> None:
    giver(scene)
    code = scene.register()["code"]
    with scene.writing() as connection:
        other = factories.agency(connection, "STC")
        factories.account(connection, "la", other, [], ("report.view", "dossier.disclose"))
    assert set(disclose(scene, code, who="la").json["errors"]) == {"dossiers"}
    assert disclose(scene, code, who="control").status_code == 403
    assert set(disclose(scene, code, requested_on="2026-12-01").json["errors"]) == {"requested_on"}
    assert set(disclose(scene).json["errors"]) == {"dossiers"}
    made = disclose(scene, code).json["id"]
    assert scene.client("la").get(f"/api/v1/disclosures/{made}").status_code == 404
    assert scene.client("la").get(f"/api/v1/disclosures/{made}/package.zip").status_code == 404
    assert scene.client("admin").get(f"/api/v1/disclosures/{made}/package.zip").status_code == 403


def test_the_page_gives_and_lists(scene: Scene) -> None:
    giver(scene)
    code = scene.register()["code"]
    desk = Desk(scene, "giver")
    address = "/quan-tri/cung-cap-ho-so"
    wrong = desk.send(desk.form(desk.see(address), address), ASKED | {"dossiers": "khong-co"})
    assert wrong.status_code == 422
    done = desk.send(desk.form(wrong, address), ASKED | {"dossiers": f"{code}\n{code}"})
    assert done.status_code == 303
    page = desk.see(address)
    (link,) = page.xpath("//a[contains(@href, '.zip')]/@href")
    with desk.client.get(link) as answer:
        assert ZipFile(BytesIO(answer.data)).testzip() is None
