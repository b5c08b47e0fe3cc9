"""With a scanner new contents wait for it; what it finds stays away from everybody, and is told."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest

from app.actions.attach import received
from app.actions.scanning import scanned_at_once
from app.errors import DomainError
from app.jobs import files as jobs
from app.papers.clamav import ScannerUnavailableError
from app.store.files import file_store
from tests.actions.scene import Scene, is_problem
from tests.papers import samples
from tests.papers.clamd import EICAR, FOUND, clamd
from tests.papers.conftest import Configure
from tests.regulation.files import add_file, send_file
from tests.regulation.requests import main_task
from tests.web.desk import Desk

AWAY = "unix:///nowhere/clamd.sock"
INFECTED = b"%PDF-1.7\n" + EICAR


@pytest.fixture(scope="module")
def scanner() -> Iterator[str]:
    with clamd() as address:
        yield address


def look(scene: Scene, sha256: str) -> None:
    with scene.app.app_context():
        jobs.look_at_file(sha256)


def look_at_waiting(scene: Scene) -> None:
    with scene.app.app_context():
        jobs.look_at_waiting()


def scan_of(scene: Scene, code: str, number: int) -> str:
    rows = scene.get("desk", f"/dossiers/{code}/attachments")["data"]
    return str(next(row["scan"] for row in rows if row["id"] == number))


def test_new_content_waits_and_is_free_once_it_is_clean(scene: Scene, configure: Configure, scanner: str) -> None:
    configure(clamav=scanner)
    code = scene.register()["code"]
    added = add_file(scene, "desk", code, samples.pdf(), "đơn.pdf")
    assert added["scan"] == "waiting"
    path = f"/api/v1/dossiers/{code}/attachments/{added['id']}"
    for ending in ("", "/pages/1.png", "/thumbnail.png"):
        assert "chờ quét" in is_problem(scene.client("desk").get(path + ending), 409, "quarantined")["detail"]
    seen = Desk(scene, "desk").see(f"/ho-so/{code}/tep/{added['id']}/xem").text_content()
    assert "Đang chờ quét mã độc" in seen
    assert "Tải về" not in seen
    look(scene, added["sha256"])
    assert scan_of(scene, code, added["id"]) == "clean"
    with scene.client("desk").get(path) as got:
        assert got.data == samples.pdf()
    again = add_file(scene, "desk", scene.register()["code"], samples.pdf(), "bản sao.pdf")
    assert again["scan"] == "clean", "the same content is scanned once"


def test_what_waits_is_of_no_use_as_the_slip_of_an_act(scene: Scene, configure: Configure) -> None:
    configure(clamav=AWAY)
    code = scene.at_step("process")
    slip = add_file(scene, "binh", code, samples.pdf(), "phiếu.pdf")["id"]
    body = {"reason": "Thiếu giấy tờ", "attachments": [slip]}
    scene.refused(409, "quarantined", "reject", "binh", main_task(scene, code), body)


def test_what_comes_with_an_act_is_scanned_at_once(scene: Scene, configure: Configure, scanner: str) -> None:
    settings = scene.app.extensions["motcua"].settings
    with scene.app.app_context():
        store = file_store(settings)
        for address, clean in ((scanner, True), (AWAY, False)):
            configure(clamav=address)
            command = received("", store, io.BytesIO(samples.pdf()), "phiếu.pdf")
            assert (command.waits, scanned_at_once(command, store, address).clean) == (True, clean)
        command = received("", store, io.BytesIO(INFECTED), "phiếu.pdf")
        with pytest.raises(DomainError, match=FOUND):
            scanned_at_once(command, store, scanner)
    configure(clamav=scanner)
    code = scene.at_step("process")
    person = Desk(scene, "binh")
    task = main_task(scene, code)
    done = person.act(
        code,
        task,
        "reject",
        comment="Không đủ điều kiện.",
        **{"reject-attachments-upload": (io.BytesIO(samples.pdf()), "a.pdf")},
    )
    assert done.status_code == 303, done.text
    assert scene.get("binh", f"/dossiers/{code}/attachments")["data"][-1]["scan"] == "clean"


def test_what_is_found_stays_in_quarantine_and_stands_in_every_dossiers_history(
    scene: Scene, configure: Configure, scanner: str
) -> None:
    configure(clamav=scanner)
    codes = [scene.register()["code"] for _ in range(2)]
    added = [add_file(scene, "desk", code, INFECTED, "đơn.pdf") for code in codes]
    for _ in range(2):
        look(scene, added[0]["sha256"])
    for code, one in zip(codes, added, strict=True):
        told = [row for row in scene.history(code) if row.kind == "file_infected"]
        assert [(row.data["attachment"], row.data["found"]) for row in told] == [(one["id"], FOUND)]
        refused = scene.client("desk").get(f"/api/v1/dossiers/{code}/attachments/{one['id']}")
        assert FOUND in is_problem(refused, 409, "quarantined")["detail"]
    person = Desk(scene, "desk")
    assert FOUND in person.see(f"/ho-so/{codes[0]}/tep").text_content()
    assert FOUND in person.see(f"/ho-so/{codes[0]}/tep/{added[0]['id']}/xem").text_content()
    assert FOUND in person.see(f"/ho-so/{codes[0]}/dien-bien").text_content()
    problem = is_problem(send_file(scene, "desk", codes[0], INFECTED, "lại.pdf"), 422, "invalid")
    assert FOUND in problem["detail"]


def test_while_the_scanner_is_away_files_wait_and_are_scanned_when_it_is_back(
    scene: Scene, configure: Configure, scanner: str
) -> None:
    configure(clamav=AWAY)
    code = scene.register()["code"]
    bad, good = add_file(scene, "desk", code, INFECTED), add_file(scene, "desk", code, samples.pdf())
    with pytest.raises(ScannerUnavailableError):
        look(scene, bad["sha256"])
    look_at_waiting(scene)
    assert [scan_of(scene, code, one["id"]) for one in (bad, good)] == ["waiting", "waiting"]
    configure(clamav=scanner)
    look_at_waiting(scene)
    assert [scan_of(scene, code, one["id"]) for one in (bad, good)] == ["infected", "clean"]


def test_what_the_scanner_refuses_waits_on_and_says_why(scene: Scene, configure: Configure) -> None:
    with clamd(limit="100K") as address:
        configure(clamav=address)
        code = scene.register()["code"]
        added = add_file(scene, "desk", code, samples.pdf() + b"\0" * 400_000, "lớn.pdf")
        look_at_waiting(scene)
        look_at_waiting(scene)
    row = scene.get("desk", f"/dossiers/{code}/attachments")["data"][0]
    assert row["scan"] == "waiting"
    assert "size limit" in row["scan_result"]
    assert "size limit" in Desk(scene, "desk").see(f"/ho-so/{code}/tep/{added['id']}/xem").text_content()


def test_what_the_scanner_refuses_keeps_nobody_else_from_the_scanner(
    scene: Scene, configure: Configure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "AT_ONCE", 1)
    with clamd(limit="100K") as address:
        configure(clamav=address)
        code = scene.register()["code"]
        added = [add_file(scene, "desk", code, samples.pdf() + b"\0" * more, f"{more}.pdf") for more in (400_000, 0)]
        for _ in range(2):
            look_at_waiting(scene)
            scene.clock.move(seconds=60)
    assert [scan_of(scene, code, one["id"]) for one in added] == ["waiting", "clean"]


def test_without_a_scanner_files_say_that_nobody_looked_and_are_scanned_once_there_is_one(
    scene: Scene, configure: Configure, scanner: str
) -> None:
    code = scene.register()["code"]
    added = add_file(scene, "desk", code, INFECTED)
    look(scene, added["sha256"])
    assert scan_of(scene, code, added["id"]) == "unscanned"
    with scene.client("desk").get(f"/api/v1/dossiers/{code}/attachments/{added['id']}") as got:
        assert got.status_code == 200
    configure(clamav=scanner)
    look_at_waiting(scene)
    assert scan_of(scene, code, added["id"]) == "infected"


def test_when_the_scanner_is_taken_away_for_good_nothing_waits_for_ever(scene: Scene, configure: Configure) -> None:
    configure(clamav=AWAY)
    code = scene.register()["code"]
    added = add_file(scene, "desk", code, samples.pdf())
    configure(clamav=None)
    look_at_waiting(scene)
    assert scan_of(scene, code, added["id"]) == "unscanned"
