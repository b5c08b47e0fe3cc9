"""Attachments: complete on disk before they are named, given back only as downloads."""

from __future__ import annotations

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.actions.taking_files import safe_name
from app.api.attachments import AttachmentSchema
from app.store.dossiers import find_dossier
from app.store.history import chain_fault, history_of
from tests import factories
from tests.api.lifecycle import body_of, register
from tests.fixtures.application import SignIn, Writing

PDF = b"%PDF-1.7\n%some content\n"


@pytest.fixture
def province(writing: Writing) -> factories.Province:
    with writing() as connection:
        return factories.small_province(connection)


@pytest.fixture
def code(province: factories.Province, sign_in: SignIn) -> str:
    registered: str = register(sign_in("desk"))["code"]
    return registered


def send(client: FlaskClient, code: str, content: bytes = PDF, name: str = "đơn đề nghị.pdf", **headers: str) -> Any:
    return client.post(
        f"/api/v1/dossiers/{code}/attachments",
        data={"file": (io.BytesIO(content), name)},
        content_type="multipart/form-data",
        headers={key.replace("_", "-"): value for key, value in headers.items()},
    )


def raw_upload(content: bytes) -> bytes:
    """A multipart body with the boundary `x`; the test client's own builder leaves temporary files open."""
    head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\n\r\n'
    return head + content + b"\r\n--x--\r\n"


def test_a_file_larger_than_memory_wants_goes_through_the_disk(code: str, sign_in: SignIn) -> None:
    content = PDF + b"\x00\x01" * 400_000
    desk = sign_in("desk")
    path = f"/api/v1/dossiers/{code}/attachments"
    answer = desk.post(path, data=raw_upload(content), content_type="multipart/form-data; boundary=x")
    added = body_of(answer, 201)
    assert (added["size"], added["sha256"]) == (len(content), hashlib.sha256(content).hexdigest())


def test_a_file_comes_back_as_it_was_sent(code: str, sign_in: SignIn, data_folder: Path) -> None:
    desk = sign_in("desk")
    added = body_of(send(desk, code), 201)
    AttachmentSchema().load(added)
    digest = hashlib.sha256(PDF).hexdigest()
    assert added["sha256"] == digest
    assert (added["name"], added["size"], added["media_type"]) == ("đơn đề nghị.pdf", len(PDF), "application/pdf")
    assert added["signatures"] == []
    assert (data_folder / "files" / digest[:2] / digest).read_bytes() == PDF
    assert list((data_folder / "files" / "incoming").iterdir()) == []
    listed = body_of(desk.get(f"/api/v1/dossiers/{code}/attachments"))
    assert listed["data"] == [added]
    with desk.get(f"/api/v1/dossiers/{code}/attachments/{added['id']}") as got:
        assert got.data == PDF
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert got.headers["Content-Disposition"].startswith("attachment")
        assert "sandbox" in got.headers["Content-Security-Policy"]


def test_an_attachment_is_a_row_of_the_history(code: str, sign_in: SignIn, writing: Writing) -> None:
    added = body_of(send(sign_in("desk"), code), 201)
    with writing() as connection:
        dossier = find_dossier(connection, code)
        assert dossier is not None
        rows = history_of(connection, dossier.id)
    assert rows[-1].kind == "attached"
    assert rows[-1].data["attachment"] == added["id"]
    assert chain_fault(rows, dossier.id, dossier.history_seq, dossier.history_hash) is None


def test_the_same_bytes_are_kept_once(code: str, sign_in: SignIn, data_folder: Path) -> None:
    desk = sign_in("desk")
    first, second = body_of(send(desk, code), 201), body_of(send(desk, code, name="bản sao.pdf"), 201)
    assert first["sha256"] == second["sha256"]
    assert first["id"] != second["id"]
    kept = [path for path in (data_folder / "files").rglob("*") if path.is_file()]
    assert sum(path.name == first["sha256"] for path in kept) == 1


def test_the_same_key_answers_again_although_the_boundary_differs(code: str, sign_in: SignIn) -> None:
    desk = sign_in("desk")
    first = body_of(send(desk, code, Idempotency_Key="k1"), 201)
    assert body_of(send(desk, code, Idempotency_Key="k1"), 201) == first
    reused = send(desk, code, PDF + b"khac", Idempotency_Key="k1")
    assert (reused.status_code, reused.json["code"]) == (422, "key_reused")
    assert body_of(desk.get(f"/api/v1/dossiers/{code}/attachments"))["total"] == 1


@pytest.mark.parametrize(
    ("content", "name", "media_type"),
    [
        (b"\x89PNG\r\n\x1a\n....", "anh.png", "image/png"),
        (b"\x89PNG\r\n\x1a\n....", "anh.jpg", "image/png"),
        (b"\xff\xd8\xff\xe0", "anh", "image/jpeg"),
        (b"PK\x03\x04rest", "don.docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("Tờ khai".encode(), "to khai.txt", "text/plain"),
        ("ệ".encode() * 1365 + b"a", "dai.txt", "text/plain"),
    ],
)
def test_the_type_is_told_by_the_content(
    code: str, sign_in: SignIn, content: bytes, name: str, media_type: str
) -> None:
    assert body_of(send(sign_in("desk"), code, content, name), 201)["media_type"] == media_type


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\an\\đơn.pdf", "đơn.pdf"),
        (".htaccess", "htaccess"),
        ("a\0b\nc.pdf", "a b c.pdf"),
        ("", "tep"),
        ("...", "tep"),
        ("x" * 300 + ".pdf", "x" * 196 + ".pdf"),
        ("x" * 300, "x" * 200),
        ("don\u202egnp.exe", "dongnp.exe"),
        ("CON.pdf", "_CON.pdf"),
        ("nul", "_nul"),
        ("đơn: mới?.pdf", "đơn_ mới_.pdf"),
        ("đơn.pdf. . ", "đơn.pdf"),
    ],
)
def test_names_are_safe(given: str, kept: str) -> None:
    assert safe_name(given) == kept


def test_what_is_no_upload_is_refused(code: str, sign_in: SignIn, app: Flask) -> None:
    desk = sign_in("desk")
    path = f"/api/v1/dossiers/{code}/attachments"
    assert desk.post(path, json={"file": "x"}).status_code == 415
    assert desk.post(path).status_code == 415
    assert send(desk, code, b"").status_code == 422
    assert desk.post(path, data={"file": "text"}, content_type="multipart/form-data").status_code == 422
    two = {"file": [(io.BytesIO(PDF), "a.pdf"), (io.BytesIO(PDF), "b.pdf")]}
    assert desk.post(path, data=two, content_type="multipart/form-data").status_code == 422
    other = {"file": (io.BytesIO(PDF), "a.pdf"), "thêm": "x"}
    assert desk.post(path, data=other, content_type="multipart/form-data").status_code == 422
    assert desk.post(path, data=b"rubbish", content_type="multipart/form-data").status_code == 422
    assert desk.post(path, data=b"rubbish", content_type="multipart/form-data; boundary=x").status_code == 422
    too_large = raw_upload(b"%PDF-" + b"x" * app.config["MAX_CONTENT_LENGTH"])
    assert desk.post(path, data=too_large, content_type="multipart/form-data; boundary=x").status_code == 413
    assert body_of(desk.get(path))["data"] == []


def test_only_who_has_a_part_may_add(
    code: str, province: factories.Province, sign_in: SignIn, writing: Writing
) -> None:
    assert send(sign_in("official"), code).status_code == 404
    assert send(sign_in("control"), code).status_code == 403
    assert send(sign_in("binh"), code).status_code == 201
    with writing() as connection:
        factories.dossier(
            connection, province.health, province.procedure, province.version, code="H50-closed", status=10
        )
    closed = send(sign_in("binh"), "H50-closed")
    assert (closed.status_code, closed.json["code"]) == (409, "wrong_state")


def test_an_attachment_of_another_dossier_is_not_found(code: str, sign_in: SignIn) -> None:
    desk = sign_in("desk")
    added = body_of(send(desk, code), 201)
    other = register(desk)["code"]
    assert desk.get(f"/api/v1/dossiers/{other}/attachments/{added['id']}").status_code == 404
