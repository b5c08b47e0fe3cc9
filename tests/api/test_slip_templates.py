"""Replacing templates and logos over HTTP: who may, what is refused with its line, what stands afterwards."""

from __future__ import annotations

import io
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.api.slip_templates import TemplateSchema
from app.slips.docx import builtin_docx
from app.slips.replacing import current_template, logo_of
from tests import factories
from tests.actions.conftest import emptying, guard, scene
from tests.actions.scene import Scene, is_problem
from tests.slips.pdf_reading import read_pages
from tests.slips.test_docx import picture
from tests.slips.word_files import word_file

__all__ = ["emptying", "guard", "scene"]

SUPPLEMENT = "tt01-2018/02"
PATH = "/api/v1/slip-templates"
SOURCE = b"#let d = json(bytes(sys.inputs.content))\n= #d.code"


@pytest.fixture(autouse=True)
def manager(scene: Scene) -> None:
    """`an` replaces what is her own agency's."""
    with scene.writing() as connection:
        factories.account(connection, "an", scene.province.health, [], ("slip.manage_own",))


def send(
    scene: Scene, username: str, content: bytes | None, told: Mapping[str, str] | None = None, **headers: str
) -> TestResponse:
    data: dict[str, Any] = {"format": "typst", "form": SUPPLEMENT} | dict(told or {})
    data = {name: value for name, value in data.items() if value}
    if content is not None:
        data["file"] = (io.BytesIO(content), "mau.typ")
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return scene.client(username).post(PATH, data=data, headers=named)


def sent(scene: Scene, username: str, content: bytes, **told: str) -> Any:
    answer = send(scene, username, content, told)
    assert answer.status_code == 201, answer.text
    added: Any = answer.json
    TemplateSchema().load(added)
    return added


def standing(scene: Scene, agency_id: int, kind: str = "typst") -> int | None:
    with scene.reading() as connection:
        found = current_template(connection, SUPPLEMENT, agency_id, kind, scene.clock().date())
    return found.id if found else None


def test_a_template_of_the_province_then_of_an_agency_then_withdrawn(scene: Scene) -> None:
    health, office = scene.province.health, scene.province.office
    province = sent(scene, "admin", SOURCE)
    assert (province["agency"], province["state"], province["current"]) == (None, "current", True)
    assert (province["uploaded_by"], province["uploaded_at"][:10]) == ("admin", "2026-11-23")
    own = sent(scene, "an", SOURCE + b" - SYT", agency="SYT", note="Công văn số 5")
    assert (own["agency"], own["note"]) == ("SYT", "Công văn số 5")
    assert (standing(scene, health), standing(scene, office)) == (own["id"], province["id"])
    listed = scene.get("an", f"/slip-templates?form={SUPPLEMENT}")["data"]
    assert [(one["id"], one["manages"]) for one in listed] == [(own["id"], True), (province["id"], False)]
    assert [one["id"] for one in scene.get("admin", "/slip-templates?agency=SYT")["data"]] == [own["id"]]
    assert scene.get("admin", "/slip-templates?format=logo")["data"] == []

    path = f"{PATH}/{own['id']}"
    downloaded = scene.client("an").get(path)
    assert downloaded.data == SOURCE + b" - SYT"
    assert "attachment" in downloaded.headers["Content-Disposition"]
    assert downloaded.headers["X-Content-Type-Options"] == "nosniff"
    printed = scene.client("an").get(f"{path}/preview.pdf")
    assert (printed.status_code, printed.data[:5]) == (200, b"%PDF-")
    is_problem(scene.client("an").get(f"{path}/preview.docx"), 404, "not_found")

    is_problem(scene.client("an").post(f"{PATH}/{province['id']}/withdraw", json={}), 403, "forbidden")
    withdrawn: Any = scene.client("an").post(f"{path}/withdraw", json={}).json
    assert (withdrawn["state"], withdrawn["withdrawn_by"]) == ("withdrawn", "an")
    assert standing(scene, health) == province["id"]
    is_problem(scene.client("an").post(f"{path}/withdraw", json={}), 409, "settled")
    assert scene.client("an").get(path).status_code == 200, "slips that were printed with it print so again"


def test_a_word_template_and_a_logo(scene: Scene) -> None:
    word = sent(scene, "admin", word_file("Số {{ number }}"), format="docx")
    assert standing(scene, scene.province.health, "docx") == word["id"]
    filled = scene.client("admin").get(f"{PATH}/{word['id']}/preview.docx")
    assert (filled.status_code, filled.data[:2]) == (200, b"PK")
    is_problem(scene.client("admin").get(f"{PATH}/{word['id']}/preview.pdf"), 404, "not_found")
    logo = sent(scene, "an", picture(), format="logo", form="", agency="SYT")
    assert (logo["form"], logo["media_type"]) == (None, "image/png")
    with scene.reading() as connection:
        found = logo_of(connection, scene.province.health, scene.clock().date())
    assert found is not None
    assert found.id == logo["id"]
    assert scene.client("an").get(f"{PATH}/{logo['id']}/preview.pdf").data.startswith(b"%PDF-")


@pytest.mark.rule("QT-14.1")
def test_a_receipt_is_printed_with_what_stood_when_it_was_issued(scene: Scene) -> None:
    receipt = "tt01-2018/01"
    source = b"#let d = json(bytes(sys.inputs.content))\n= Template of #d.agency_name\n#d.code"
    before = scene.register()["code"]
    template = sent(scene, "admin", source, form=receipt)
    logo = sent(scene, "admin", picture(), format="logo", form="")
    after = scene.register()["code"]
    with scene.reading() as connection:
        kept = connection.execute(text("SELECT template_id, logo_id FROM slips ORDER BY id")).all()
    assert kept == [(None, None), (template["id"], logo["id"])]
    for one in (template, logo):
        scene.client("admin").post(f"{PATH}/{one['id']}/withdraw", json={})
    for code, own in ((before, False), (after, True)):
        (slip,) = scene.get("desk", f"/dossiers/{code}/slips")["data"]
        printed = scene.client("desk").get(f"/api/v1/dossiers/{code}/slips/{slip['id']}.pdf")
        assert printed.status_code == 200, printed.text
        assert ("Templateof" in read_pages(printed.data)[0].text) is own


def test_a_template_that_fails_for_one_slip_after_all_is_told_and_is_no_error_of_ours(scene: Scene) -> None:
    failing = b'#let d = json(bytes(sys.inputs.content))\n#if d.applicant_name.contains("Hai") [#panic("x")]'
    sent(scene, "admin", failing)
    code = scene.register(applicant={"name": "Nguyễn Thị Hai"})["code"]
    body = {"kind": "supplement", "values": {"items": [{"name": "Giấy khai sinh"}], "reason": "Thiếu"}}
    with scene.unchanged():
        answer = scene.client("desk").post(f"/api/v1/dossiers/{code}/slips", json=body)
    assert "thu hồi" in is_problem(answer, 422, "template_rejected")["detail"]


def test_from_a_later_day(scene: Scene) -> None:
    later = (scene.clock() + timedelta(days=9)).date()
    added = sent(scene, "admin", SOURCE, valid_from=later.isoformat())
    assert (added["state"], standing(scene, scene.province.health)) == ("upcoming", None)
    scene.clock.move(days=9)
    assert standing(scene, scene.province.health) == added["id"]
    assert scene.get("admin", "/slip-templates")["data"][0]["current"] is True


@pytest.mark.parametrize(
    ("content", "told", "problem"),
    [
        (b"a\n#d.x", {}, (2, "line", "#d.x")),
        (word_file("{{ code }}", "{{ ''.__class__ }}"), {"format": "docx"}, (2, "paragraph", "{{ ''.__class__ }}")),
        (b"PK\x03\x04", {"format": "docx"}, (None, "paragraph", "")),
        (b"<svg/>", {"format": "logo", "form": ""}, (None, "file", "")),
    ],
)
def test_what_does_not_print_is_refused_with_its_line(
    scene: Scene, content: bytes, told: dict[str, str], problem: tuple[int | None, str, str]
) -> None:
    scene.client("admin")
    with scene.unchanged():
        answer = is_problem(send(scene, "admin", content, told), 422, "template_rejected")
    (found,) = answer["problems"]
    assert (found["line"], found["place"], found["text"]) == problem
    assert found["message"] in answer["detail"]


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"form": "tt99/01"}, "form"),
        ({"form": ""}, "form"),
        ({"form": "a\x00b"}, "form"),
        ({"format": "pdf"}, "format"),
        ({"format": ""}, "format"),
        ({"format": "logo"}, "form"),
        ({"agency": "KHONG-CO"}, "agency"),
        ({"valid_from": "hôm nay"}, "valid_from"),
        ({"valid_from": "2026-11-22"}, "valid_from"),
        ({"valid_from": "2031-01-01"}, "valid_from"),
        ({"note": "x" * 1001}, "note"),
        ({"taken": "1"}, "taken"),
    ],
)
def test_whatever_is_wrong_in_the_form_is_told_at_its_field(scene: Scene, told: dict[str, str], field: str) -> None:
    scene.client("admin")
    with scene.unchanged():
        assert list(is_problem(send(scene, "admin", SOURCE, told), 422, "invalid")["errors"]) == [field]


def test_a_file_is_needed(scene: Scene) -> None:
    assert list(is_problem(send(scene, "admin", None), 422, "invalid")["errors"]) == ["file"]
    assert list(is_problem(send(scene, "admin", b""), 422, "invalid")["errors"]) == ["file"]


def test_nobody_replaces_what_is_not_hers(scene: Scene) -> None:
    others = sent(scene, "admin", SOURCE, agency="VPUBND")
    for username in ("an", "desk"):
        scene.client(username)
    with scene.unchanged():
        is_problem(send(scene, "an", SOURCE), 403, "forbidden")
        is_problem(send(scene, "an", SOURCE, {"agency": "VPUBND"}), 403, "forbidden")
        is_problem(send(scene, "desk", SOURCE, {"agency": "SYT"}), 403, "forbidden")
        is_problem(scene.client("desk").get(PATH), 403, "forbidden")
        is_problem(scene.client("an").get(f"{PATH}/{others['id']}"), 404, "not_found")
        is_problem(scene.client("an").get(f"{PATH}/{others['id']}/preview.pdf"), 404, "not_found")
        is_problem(scene.client("an").post(f"{PATH}/{others['id']}/withdraw", json={}), 403, "forbidden")
        is_problem(scene.client("admin").post(f"{PATH}/999999/withdraw", json={}), 404, "not_found")


def test_the_same_key_adds_once(scene: Scene) -> None:
    first = send(scene, "admin", SOURCE, Idempotency_Key="mot")
    again = send(scene, "admin", SOURCE, Idempotency_Key="mot")
    assert (first.json or {})["id"] == (again.json or {})["id"]
    is_problem(send(scene, "admin", SOURCE + b" x", Idempotency_Key="mot"), 422, "key_reused")
    assert len(scene.get("admin", "/slip-templates")["data"]) == 1


def test_what_is_built_in_may_be_downloaded_and_nothing_else(scene: Scene) -> None:
    client = scene.client("an")
    assert client.get(f"{PATH}/builtin/{SUPPLEMENT}.docx").data == builtin_docx(SUPPLEMENT)
    for name in (f"{SUPPLEMENT}.typ", "common.typ"):
        assert b"#let" in client.get(f"{PATH}/builtin/{name}").data
    for name in (
        "tt99/01.typ",
        f"{SUPPLEMENT}.pdf",
        "../forms.py",
        "%2e%2e/forms.py",
        "receipt.typ",
        "x",
        "/etc/passwd",
    ):
        assert client.get(f"{PATH}/builtin/{name}").status_code in (404, 308), name
