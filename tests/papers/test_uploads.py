"""Files on their way in: hostile ones are refused in words, or come back as a download that harms nobody; nothing piles up."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from werkzeug.test import EnvironBuilder

from tests import factories
from tests.actions.scene import Scene, is_problem
from tests.papers import samples
from tests.papers.clamd import EICAR
from tests.papers.conftest import Configure
from tests.regulation.files import add_file, send_file
from tests.store.s3 import s3_server
from tests.web.desk import Desk

HUGE = 300 * 1024 * 1024
_HEAD = b'--x\r\nContent-Disposition: form-data; name="file"; filename="to.pdf"\r\n\r\n%PDF-1.7\n'


class Endless:
    """A body that is made as it is read, as a server hands it over; how much of it was read stands in `given`."""

    def __init__(self, size: int) -> None:
        self.left = size
        self.given = 0

    def read(self, size: int = -1) -> bytes:
        piece = _HEAD[self.given : self.given + 1024] if self.given < len(_HEAD) else b"\0" * min(64 * 1024, size)
        piece = piece[: min(self.left, size if size >= 0 else self.left)]
        self.given += len(piece)
        self.left -= len(piece)
        return piece


def ask(
    scene: Scene, path: str, body: Endless, length: int | None, *, ends: bool = True
) -> tuple[str, dict[str, Any], bytes]:
    """POST to the WSGI application as a server would; status, headers and body of the answer. `ends`: the server sees to it
    that the body ends."""
    scene.client("desk")
    headers = {"Authorization": scene.client("desk").environ_base["HTTP_AUTHORIZATION"]}
    environ = EnvironBuilder(path=path, method="POST", headers=headers).get_environ()
    environ |= {"CONTENT_TYPE": "multipart/form-data; boundary=x", "wsgi.input": body} | (
        {"wsgi.input_terminated": True} if ends else {}
    )
    if length is not None:
        environ["CONTENT_LENGTH"] = str(length)
    else:
        environ.pop("CONTENT_LENGTH", None)
    said: dict[str, Any] = {}

    def start(status: str, headers: list[tuple[str, str]], _error: Any = None) -> Any:
        said.update(status=status, headers=dict(headers))

    answer = scene.app.wsgi_app(environ, start)
    try:
        content = b"".join(answer)
    finally:
        getattr(answer, "close", lambda: None)()
    return said["status"], said["headers"], content


def kept(scene: Scene) -> set[Path]:
    folder = scene.app.extensions["motcua"].settings.data / "files"
    return {path for path in folder.rglob("*") if path.is_file() and path.name != ".lock"}


@pytest.mark.parametrize("length", [HUGE, None], ids=["told", "untold"])
def test_300_mb_are_refused_at_the_limit_and_nothing_is_kept(scene: Scene, length: int | None) -> None:
    path = f"/api/v1/dossiers/{scene.register()['code']}/attachments"
    before, body = kept(scene), Endless(HUGE)
    status, headers, content = ask(scene, path, body, length)
    assert status.startswith("413"), content
    assert headers["Connection"] == "close"
    limit = scene.app.extensions["motcua"].settings.max_file_bytes
    assert body.given <= (0 if length else limit + 256 * 1024), "it is not read on once it is known to be too large"
    if length:
        assert "2 MB" in content.decode()
    assert kept(scene) == before


def test_a_body_longer_than_it_says_is_read_no_further_than_it_says(scene: Scene) -> None:
    path = f"/api/v1/dossiers/{scene.register()['code']}/attachments"
    body = Endless(HUGE)
    status, _, _ = ask(scene, path, body, 5000, ends=False)
    assert status.startswith("422")
    assert body.given <= 5000


def test_a_procedure_may_take_smaller_files_than_the_installation(scene: Scene) -> None:
    with scene.writing() as connection:
        connection.execute(text("UPDATE procedures SET max_file_bytes = 100000"))
    code = scene.register()["code"]
    before = kept(scene)
    answer = send_file(scene, "desk", code, samples.pdf() + b"x" * 150_000)
    problem = is_problem(answer, 413, "too_large")
    assert "97 KB" in problem["detail"]
    status, _, _ = ask(scene, f"/api/v1/dossiers/{code}/attachments", body := Endless(HUGE), HUGE)
    assert (status[:3], body.given) == ("413", 0)
    page = Desk(scene, "desk").see(f"/ho-so/{code}/tep")
    assert "97 KB" in page.text_content()
    add_file(scene, "desk", code, samples.pdf())
    assert len(kept(scene) - before) <= 2, "of the refused ones at most what fits into the form around a file"


def test_other_requests_keep_their_own_limit(scene: Scene, configure: Configure) -> None:
    configure(max_file_bytes=500 * 1024 * 1024)
    body = Endless(HUGE)
    status, _, _ = ask(scene, "/api/v1/diagrams/check", body, HUGE)
    assert (status[:3], body.given) == ("413", 0)


@pytest.mark.parametrize(
    ("content", "name", "told"),
    [
        (samples.zip_bomb(), "don.pdf", "tệp nén ZIP"),
        (b"MZ\x90\0" + b"\0" * 100, "don.docx", "chương trình"),
        (b"MZ\x90\0" + b"\0" * 100, "don", "chương trình"),
        (samples.pdf(), "don.exe", "tên của một chương trình"),
        (samples.picture(), "anh.pdf", "ảnh PNG"),
        (samples.document("xl"), "don.docx", "bảng tính Excel"),
        (samples.document(macro=True), "don.docm", "macro"),
        (samples.zip_bomb(), "don.zip", "tệp nén"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "anh.svg", "SVG"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "anh.png", "SVG"),
        (b"<html><script>alert(1)</script>", "trang.html", "HTML"),
        (b"<?xml version='1.0'?><a/>", "a.xml", "XML"),
        (b"\x00\x01\x02", "to khai.txt", "không rõ loại"),
        (b"", "rong.pdf", "rỗng"),
    ],
)
def test_what_is_not_wanted_is_refused_with_what_it_really_is(
    scene: Scene, content: bytes, name: str, told: str
) -> None:
    code = scene.register()["code"]
    before = kept(scene)
    with scene.unchanged():
        problem = is_problem(send_file(scene, "desk", code, content, name), 422, "invalid")
    assert told in problem["errors"]["file"][0]
    if "không nhận được ở đây" not in problem["detail"]:
        assert kept(scene) == before


def test_nothing_is_kept_of_who_may_not_add_it(scene: Scene, desk: Callable[[str], Desk]) -> None:
    """Bytes are only kept once it is known whose they are: otherwise anybody could fill the disk."""
    code = scene.at_step("process", scene.publish("linear"))
    task = scene.task(code, "process").id
    before = kept(scene)
    pdf = samples.pdf()
    with scene.unchanged("administration_changes"):  # who signs in is written down
        is_problem(send_file(scene, "official", code, pdf, "a.pdf"), 404, "not_found")
        is_problem(send_file(scene, "desk", "000.00.99.H50-260101-0001", pdf, "a.pdf"), 404, "not_found")
        for who, status in (("official", 404), ("control", 403)):
            person = desk(who)
            token = person.form(person.see("/toi"), "/dang-xuat").fields["csrf_token"]
            sent = {"csrf_token": token, "forward-attachments-upload": (BytesIO(pdf), "a.pdf")}
            assert person.client.post(f"/viec/{task}/forward", data=sent).status_code == status
            sent = {"csrf_token": token, "file": (BytesIO(pdf), "a.pdf")}
            assert person.client.post(f"/ho-so/{code}/tep", data=sent).status_code in (403, 404)
    assert kept(scene) == before


def test_a_component_says_which_sorts_it_takes_and_so_may_the_procedure(scene: Scene) -> None:
    components = [{"code": "plan", "name": "Bản vẽ", "required": False, "types": ["archive", "pdf"]},
                  {"code": "photo", "name": "Ảnh", "required": False, "types": ["image"]},
                  {"code": "other", "name": "Giấy tờ khác", "required": False}]  # fmt: skip
    with scene.writing() as connection:
        factories.set_columns(
            connection, "procedures", scene.province.procedure, components=components, file_types=["xml"]
        )
    code = scene.register()["code"]
    zipped = samples.zipped(a_dot_txt=b"x")
    assert add_file(scene, "desk", code, zipped, "ve.zip", component="plan")["media_type"] == "application/zip"
    assert (
        add_file(scene, "desk", code, b"<?xml version='1.0'?><a/>", "a.xml", component="other")["component"] == "other"
    )
    for content, name, component in ((samples.pdf(), "a.pdf", "photo"), (samples.pdf(), "a.pdf", "other")):
        problem = is_problem(send_file(scene, "desk", code, content, name, component=component), 422, "invalid")
        assert "không nhận được ở đây" in problem["detail"]


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (samples.pdf_with_code(), "../../..\\đơn\u202e\x07.pdf"),
        (EICAR + b"\n", "CON.txt"),
        (samples.pdf_in_unknown_filters(), "lạ.pdf"),
    ],
)
def test_what_is_taken_comes_back_as_a_download_that_runs_nowhere(scene: Scene, content: bytes, name: str) -> None:
    code = scene.register()["code"]
    added = add_file(scene, "desk", code, content, name)
    assert not set(added["name"]) & set("/\\\u202e\x07")
    person = Desk(scene, "desk")
    for got in (
        scene.client("desk").get(f"/api/v1/dossiers/{code}/attachments/{added['id']}"),
        person.client.get(f"/ho-so/{code}/tep/{added['id']}?tai=1", buffered=True),
        person.client.get(f"/ho-so/{code}/tep/{added['id']}", buffered=True),
    ):
        assert got.status_code == 200
        assert got.data == content
        assert got.headers["X-Content-Type-Options"] == "nosniff"
        assert got.headers["Content-Disposition"].startswith("attachment")
        assert "default-src 'none'" in got.headers["Content-Security-Policy"]
        got.close()


def test_a_pdf_with_code_is_looked_at_as_pictures_only_and_says_so(scene: Scene) -> None:
    code = scene.register()["code"]
    plain = add_file(scene, "desk", code, samples.pdf(2), "thường.pdf")["id"]
    coded = add_file(scene, "desk", code, samples.pdf_with_code(), "lạ.pdf")["id"]
    person = Desk(scene, "desk")
    address = f"/ho-so/{code}/tep"
    shown = person.client.get(f"{address}/{plain}", buffered=True)
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert "Mở bằng trình duyệt" in person.see(f"{address}/{plain}/xem").text_content()
    viewer = person.see(f"{address}/{coded}/xem")
    assert "Có mã thực thi" in viewer.text_content()
    assert "Mở bằng trình duyệt" not in viewer.text_content()
    (picture,) = [img.get("src") for img in viewer.iter("img") if "/trang/" in img.get("src", "")]
    drawn = person.client.get(picture)
    assert (drawn.status_code, drawn.mimetype, drawn.data[:8]) == (200, "image/png", b"\x89PNG\r\n\x1a\n")
    assert "Có mã thực thi" in person.see(address).text_content()
    facts = {one["id"]: one for one in scene.get("desk", f"/dossiers/{code}/attachments")["data"]}
    assert (facts[plain]["has_javascript"], facts[plain]["pages"]) == (False, 2)
    assert (facts[coded]["has_javascript"], facts[coded]["readable"]) == (True, True)


def test_pages_and_thumbnails_by_the_api(scene: Scene) -> None:
    code = scene.register()["code"]
    number = add_file(scene, "desk", code, samples.pdf(2), "a.pdf")["id"]
    table = add_file(scene, "desk", code, samples.document("xl"), "a.xlsx")["id"]
    broken = add_file(scene, "desk", code)["id"]
    desk, path = scene.client("desk"), f"/api/v1/dossiers/{code}/attachments"
    for address in (f"{number}/pages/2.png?width=480", f"{number}/thumbnail.png"):
        got = desk.get(f"{path}/{address}")
        assert (got.status_code, got.mimetype) == (200, "image/png")
    is_problem(desk.get(f"{path}/{number}/pages/3.png"), 404, "not_found")
    is_problem(desk.get(f"{path}/{number}/pages/1.png?width=99999"), 422, "invalid")
    is_problem(desk.get(f"{path}/{table}/pages/1.png"), 409, "not_shown")
    is_problem(desk.get(f"{path}/{broken}/thumbnail.png"), 409, "not_shown")
    is_problem(scene.client("official").get(f"{path}/{number}/pages/1.png"), 404, "not_found")
    assert "không xem được" in Desk(scene, "desk").see(f"/ho-so/{code}/tep/{broken}/xem").text_content()


def test_everything_works_on_a_bucket_too(scene: Scene, configure: Configure, tmp_path: Path) -> None:
    with s3_server(tmp_path / "served") as bucket:
        configure(bucket=bucket, data=tmp_path)
        code = scene.register()["code"]
        added = add_file(scene, "desk", code, samples.pdf(2), "bản vẽ.pdf")
        desk, path = scene.client("desk"), f"/api/v1/dossiers/{code}/attachments/{added['id']}"
        with desk.get(path) as got:
            assert (got.data, got.headers["ETag"]) == (samples.pdf(2), f'"{added["sha256"]}"')
        with desk.get(path, headers={"Range": "bytes=0-4"}) as part:
            assert (part.status_code, part.data) == (206, b"%PDF-")
        assert desk.get(f"{path}/pages/2.png").mimetype == "image/png"
        assert not (tmp_path / "files").exists()
    is_problem(desk.get(path), 503, "unavailable")
    is_problem(send_file(scene, "desk", code, samples.pdf()), 503, "unavailable")
