"""Registering with files: electronically first, on paper where the applicant prefers it; nothing uploaded is lost."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests import factories
from tests.actions.scene import Scene
from tests.web.desk import Desk, page_of, words

AtDesk = Callable[[str], Desk]
AT = "/tiep-nhan/1.000001"
GOOD = {"applicant-name": "Trần Văn Bình", "how": "later"}


def scan(text: str = "đơn", name: str = "don.pdf") -> tuple[io.BytesIO, str]:
    return io.BytesIO(b"%PDF-1.7\n" + text.encode()), name


def send(person: Desk, typed: dict[str, Any], fields: dict[str, str] | None = None) -> TestResponse:
    form = fields if fields is not None else person.form(person.see(AT), AT).fields
    return person.client.post(AT, data=form | typed, content_type="multipart/form-data")


def registered(answer: TestResponse) -> str:
    assert answer.status_code == 303, words(answer)
    return str(answer.location).rpartition("/")[2]


@pytest.mark.rule("HT-8.1c")
def test_the_desk_files_electronically_with_the_applicant_and_accepts_at_once(scene: Scene, desk: AtDesk) -> None:
    person = desk("desk")
    page = person.see(AT)
    assert page.xpath("//input[@name='filing' and @checked]/@value") == ["electronic"]
    code = registered(send(person, GOOD | {"file-application": [scan(), scan("trang 2", "don-2.pdf")]}))
    found = scene.get("desk", f"/dossiers/{code}")
    (paper,) = found["components"]
    assert (paper["kind"], paper["origin"], found["channel"], found["status"]["number"]) == (
        "electronic",
        "digitised",
        "counter",
        2,
    )
    files = scene.get("desk", f"/dossiers/{code}/attachments")["data"]
    papers = [one for one in files if one["kind"] == "paper"]
    assert [(one["name"], one["component"], one["origin"]) for one in papers] == [
        ("don.pdf", "application", "digitised"),
        ("don-2.pdf", "application", "digitised"),
    ]
    assert paper["attachment"] == papers[0]["id"]
    assert "giúp khai trực tuyến" in words(person.see(f"/ho-so/{code}"))
    scene.sound(code)


@pytest.mark.rule("HT-8.1c")
def test_who_prefers_paper_is_received_on_paper_and_digitised(scene: Scene, desk: AtDesk) -> None:
    person = desk("desk")
    code = registered(send(person, GOOD | {"filing": "paper", "has-application": "1", "file-application": [scan()]}))
    found = scene.get("desk", f"/dossiers/{code}")
    assert found["components"][0]["kind"] == "original"
    assert "số hóa giấy tờ" in words(person.see(f"/ho-so/{code}"))
    assert "giúp khai" not in words(person.see(f"/ho-so/{code}"))


def test_electronically_without_a_file_is_told_with_both_ways_out(scene: Scene, desk: AtDesk) -> None:
    person = desk("desk")
    with scene.unchanged():
        answer = send(person, GOOD | {"has-application": "1"})
    assert answer.status_code == 422
    assert page_of(answer).xpath("//*[@id='error-summary']//a/@href") == ["#filing"]
    assert "hãy quét, chọn tệp, hoặc chọn “Nhận bản giấy”" in words(answer)


def test_a_refused_form_keeps_what_was_uploaded(scene: Scene, desk: AtDesk) -> None:
    person = desk("desk")
    refused = send(person, GOOD | {"applicant-name": "", "file-application": [scan(), scan("hai", "hai.pdf")]})
    assert refused.status_code == 422
    assert "Đã tải lên: don.pdf" in words(refused)
    notes = page_of(refused).xpath("//input[@name='kept-application']/@value")
    assert len(notes) == 2
    fields = person.form(refused, AT).fields
    other = desk("head")
    assert other.client.post(AT, data=fields).status_code in (400, 403)
    code = registered(send(person, {"applicant-name": "Bình", "kept-application": notes[:1]}, fields))
    files = scene.get("desk", f"/dossiers/{code}/attachments")["data"]
    assert [one["name"] for one in files if one["kind"] == "paper"] == ["don.pdf"]


def test_a_forged_note_of_a_file_brings_nothing(scene: Scene, desk: AtDesk) -> None:
    person = desk("desk")
    answer = send(person, GOOD | {"filing": "paper", "has-application": "1", "kept-application": ["x.y.z", "\x00"]})
    code = registered(answer)
    files = scene.get("desk", f"/dossiers/{code}/attachments")["data"]
    assert [one for one in files if one["kind"] == "paper"] == []


def test_a_bad_file_is_named_at_its_paper_and_the_good_one_stays(scene: Scene, desk: AtDesk) -> None:
    person = desk("desk")
    bad = (io.BytesIO(b"MZ\x90"), "virus.exe")
    answer = send(person, GOOD | {"file-application": [scan(), bad]})
    assert answer.status_code == 422
    assert page_of(answer).xpath("//*[@id='error-summary']//a/@href") == ["#file-application"]
    assert "virus.exe" in words(answer)
    assert "Đã tải lên: don.pdf" in words(answer)


def test_the_same_form_twice_registers_and_attaches_once(scene: Scene, desk: AtDesk) -> None:
    person = desk("desk")
    fields = person.form(person.see(AT), AT).fields
    first = send(person, GOOD | {"file-application": [scan()]}, fields)
    second = send(person, GOOD | {"file-application": [scan()]}, fields)
    assert registered(first) == registered(second)
    assert scene.contents()["attachments"][0] <= 2  # the scan, and the receipt where it is a file


def test_all_required_papers_are_ticked_with_one_button(scene: Scene, desk: AtDesk) -> None:
    person = desk("desk")
    page = page_of(send(person, {"applicant-name": "Giữ tôi", "du-giay-to": "1"}))
    assert page.get_element_by_id("has-application").checked
    assert page.get_element_by_id("applicant-name").value == "Giữ tôi"


@pytest.mark.rule("QT-28.5c")
def test_late_entry_is_offered_to_who_may_and_needs_a_reason(scene: Scene, desk: AtDesk) -> None:
    assert page_of(desk("desk").client.get(AT)).xpath("//*[@id='happened_at']") == []
    scene.clock.move(hours=5)
    with scene.writing() as connection:
        may = ("dossier.register", "task.work", "dossier.late_entry")
        factories.account(connection, "muon", scene.province.health, [scene.province.positions["desk_officer"]], may)
    person = desk("muon")
    typed = GOOD | {"filing": "paper", "has-application": "1", "happened_at": "2026-11-23T08:00"}
    told = send(person, typed | {"late_reason": "Hệ thống gián đoạn buổi sáng"})
    code = registered(told)
    assert scene.get("desk", f"/dossiers/{code}")["received_at"].startswith("2026-11-23T08:00")


@pytest.mark.rule("HT-8.1d")
def test_a_service_that_files_is_written_down_as_one(scene: Scene, desk: AtDesk) -> None:
    person = desk("desk")
    typed = GOOD | {
        "filing": "paper", "has-application": "1", "proxy-kind": "service", "proxy-name": "Công ty Dịch vụ An",
        "proxy-authority": "Hợp đồng số 7",
    }  # fmt: skip
    code = registered(send(person, typed))
    assert scene.get("desk", f"/dossiers/{code}")["intake"]["proxy"]["kind"] == "service"
