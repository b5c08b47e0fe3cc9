"""Personal numbers are masked in lists, and whole only where they are needed."""

from __future__ import annotations

import pytest

from app.views.masking import masked_number, masked_person, masked_phone
from tests.actions.scene import Scene
from tests.web.desk import Desk

PERSON = {"name": "Đặng Ánh", "id_number": "045012345678", "phone": "0912345678", "email": "anh@example.org"}


@pytest.mark.parametrize(
    ("number", "shown"),
    [("045012345678", "045••••••678"), ("12345678", "123••••678"), ("1234567", "••••"), (None, None)],
)
def test_a_number_is_shown_by_its_ends(number: str | None, shown: str | None) -> None:
    assert masked_number(number) == shown


def test_a_person_keeps_her_name() -> None:
    assert masked_phone("0912345678") == "09••••678"
    assert masked_person(PERSON | {"address": None}) == {
        "name": "Đặng Ánh",
        "id_number": "045••••••678",
        "phone": "09••••678",
        "email": "a•••@example.org",
        "address": None,
    }


@pytest.mark.rule("QT-6")
def test_lists_have_no_whole_numbers_and_the_dossier_has(scene: Scene) -> None:
    code = scene.register(applicant=PERSON, channel="online")["code"]
    desk = Desk(scene, "desk")
    lists = [
        "/tiep-nhan/truc-tuyen",
        "/tra-ket-qua",
        "/ho-so?q=dang+anh",
        "/viec",
        "/tiep-nhan/mat-phieu?ten=dang+anh&so=0912345678",
    ]
    for path in lists:
        body = desk.client.get(path).text
        told = body.replace('value="0912345678"', "")  # what was asked for stands in the form
        assert not [number for number in ("045012345678", "0912345678", "anh@example.org") if number in told], path
    assert "09••••678" in desk.client.get("/tiep-nhan/truc-tuyen").text
    for path in ("/dossiers", "/tasks", "/deliveries"):
        body = scene.client("desk").get(f"/api/v1{path}").text
        assert not [number for number in ("045012345678", "0912345678", "anh@example.org") if number in body], path
    assert scene.get("desk", f"/dossiers/{code}")["applicant"]["id_number"] == "045012345678"
