"""Messages by every channel, with servers that are down, slow, unwilling, or that accept and are not heard."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes, policy
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app import lawbook
from app.actions import work
from app.jobs import deliveries
from app.jobs.deliveries import DELIVERY_WAITS
from app.messages import handing
from app.setting_values import Gateway, SmtpServer
from tests.actions.scene import Scene
from tests.jobs.sending import PERSON, jobs_waiting, pass_time, rows, settings
from tests.messages import loopback_gateway, loopback_smtp
from tests.messages.loopback_gateway import Desk
from tests.messages.loopback_smtp import Mailbox

WorkOff = Callable[[], None]


@pytest.fixture(autouse=True)
def empty_outbox(scene: Scene) -> None:
    for file in outbox(scene):
        file.unlink()


@pytest.fixture
def desk() -> Iterator[Desk]:
    with loopback_gateway.running(Desk()) as found:
        yield found


def outbox(scene: Scene) -> list[Path]:
    folder = scene.app.extensions["motcua"].settings.data / "outbox"
    return sorted(path for path in folder.rglob("*") if path.is_file())


def send_now(scene: Scene, delivery_id: int) -> None:
    with scene.app.app_context():
        deliveries.send_delivery(delivery_id)


@pytest.mark.rule("QT-16.4")
def test_each_way_that_was_chosen_is_served_and_kept_where_no_gateway_is(scene: Scene, work_off: WorkOff) -> None:
    code = scene.register(applicant=PERSON, notify=["email", "sms", "zalo", "phone"])["code"]
    work_off()
    states = {row.channel: row.state for row in rows(scene)}
    assert states == {"email": "sent", "sms": "sent", "zalo": "sent", "phone": "to_call"}
    kept = {path.suffixes[-2]: json.loads(path.read_text()) for path in outbox(scene) if path.suffix == ".json"}
    assert set(kept) == {".sms", ".zalo"}
    assert kept[".sms"]["to"] == "+84912345678"
    assert kept[".sms"]["text"] == f"Sở Y tế: đã tiếp nhận hồ sơ {code}. Hẹn trả kết quả 13:30 07/12/2026."
    assert "token=" in kept[".zalo"]["text"]
    (notice,) = rows(scene, "SELECT * FROM portal_notices")
    assert notice.subject == f"Đã tiếp nhận hồ sơ {code}"
    assert notice.created_at == scene.dossier(code).received_at, "there from the commit on"


def test_an_sms_leaves_through_its_gateway_without_diacritics_where_that_is_set(
    scene: Scene, desk: Desk, work_off: WorkOff
) -> None:
    scene.register(applicant=PERSON, notify=["sms"])
    with settings(scene, sms=Gateway(desk.url, "khoa"), sms_folded=True):
        work_off()
    (row,) = rows(scene)
    assert (row.state, row.reference) == ("sent", f"g-delivery-{row.id}")
    (sent,) = desk.requests
    assert sent["body"]["text"].startswith("So Y te: da tiep nhan ho so")
    assert outbox(scene) == []


@pytest.mark.parametrize(
    ("phone", "told"), [("0912 345", "thừa hoặc thiếu"), ("0233 3852 123", "không phải số di động")]
)
def test_a_number_that_is_none_fails_with_the_reason_and_is_not_tried_again(
    scene: Scene, work_off: WorkOff, phone: str, told: str
) -> None:
    scene.register(applicant=PERSON | {"phone": phone}, notify=["sms", "email"])
    work_off()
    states = {row.channel: (row.state, row.attempts) for row in rows(scene)}
    assert states == {"email": ("sent", 1), "sms": ("failed", 1)}
    assert told in rows(scene, "SELECT last_error FROM deliveries WHERE state = 'failed'")[0].last_error
    assert jobs_waiting(scene) == 0


def test_a_gateway_that_asks_for_time_gets_it(scene: Scene, desk: Desk, work_off: WorkOff) -> None:
    scene.register(applicant=PERSON, notify=["zalo"])
    desk.answers = [(429, {"Retry-After": "1800"}, "")]
    with settings(scene, zalo=Gateway(desk.url)):
        work_off()
        (row,) = rows(scene)
        assert row.next_try_at == scene.clock() + timedelta(minutes=30)
        pass_time(scene, work_off, timedelta(minutes=31))
    (row,) = rows(scene)
    assert (row.state, row.attempts, row.repeated, len(desk.accepted)) == ("sent", 2, False, 1)


def test_what_the_gateway_refuses_has_failed(scene: Scene, desk: Desk, work_off: WorkOff) -> None:
    scene.register(applicant=PERSON, notify=["sms"])
    desk.answers = [(422, {}, "Thuê bao không nhận tin")]
    with settings(scene, sms=Gateway(desk.url)):
        work_off()
    (row,) = rows(scene)
    assert (row.state, row.last_error) == ("failed", "Cổng gửi tin trả lời 422: Thuê bao không nhận tin")
    assert jobs_waiting(scene) == 0


def test_smtp_down_for_an_hour_loses_nothing_and_repeats_nothing(scene: Scene, work_off: WorkOff) -> None:
    """Every message waits, is tried again and again, and is delivered once when the server is back."""
    box = Mailbox(greeting="421 not now")
    with loopback_smtp.running(box), settings(scene, smtp=SmtpServer("127.0.0.1", box.port, tls=False)):
        for _ in range(4):
            scene.register(applicant=PERSON, notify=["email"])
        work_off()
        assert {(row.state, row.attempts) for row in rows(scene)} == {("waiting", 1)}
        pass_time(scene, work_off, timedelta(hours=1))
        assert {row.state for row in rows(scene)} == {"waiting"}
        assert box.accepted == []
        box.greeting = "220 back again"
        pass_time(scene, work_off, timedelta(hours=1))
        assert {(row.state, row.repeated) for row in rows(scene)} == {("sent", False)}
    ids = {message_from_bytes(mail, policy=policy.default)["Message-ID"] for mail in box.accepted}
    assert len(box.accepted) == len(ids) == 4


def test_after_a_day_of_trying_it_has_failed_and_is_listed(scene: Scene, work_off: WorkOff) -> None:
    scene.register(applicant=PERSON, notify=["email"])
    box = Mailbox(greeting="421 not now")
    with loopback_smtp.running(box), settings(scene, smtp=SmtpServer("127.0.0.1", box.port, tls=False)):
        work_off()
        pass_time(scene, work_off, timedelta(hours=20))
        assert rows(scene)[0].state == "waiting"
        pass_time(scene, work_off, timedelta(hours=8))
    (row,) = rows(scene)
    assert (row.state, row.attempts) == ("failed", len(DELIVERY_WAITS) + 1)
    assert row.last_error.startswith(f"Đã thử {row.attempts} lần. Chưa kết nối được máy chủ thư")
    assert sum(DELIVERY_WAITS, timedelta()) > timedelta(hours=22)
    assert jobs_waiting(scene) == 0


@pytest.mark.parametrize("died", [KeyboardInterrupt, SystemExit])
def test_killed_between_the_acceptance_and_our_commit_it_goes_again_under_the_same_key_and_is_marked(
    scene: Scene, desk: Desk, monkeypatch: pytest.MonkeyPatch, died: type[BaseException]
) -> None:
    """The one case in which a message may be repeated (design: trust); a gateway that knows its keys keeps one."""
    scene.register(applicant=PERSON, notify=["sms"])
    (row,) = rows(scene)
    hand_over = handing.hand_over

    def dies(*given: Any) -> None:
        hand_over(*given)
        raise died

    with settings(scene, sms=Gateway(desk.url)):
        with monkeypatch.context() as patch:
            patch.setattr(deliveries, "hand_over", dies)
            with pytest.raises(died):
                send_now(scene, row.id)
        (between,) = rows(scene)
        assert (between.state, between.attempts, between.sent_at, between.repeated) == ("trying", 1, None, False)
        send_now(scene, row.id)
    (after,) = rows(scene)
    assert (after.state, after.attempts, after.repeated) == ("sent", 2, True)
    assert [one["key"] for one in desk.requests] == [f"delivery-{row.id}"] * 2
    assert desk.requests[0]["body"] == desk.requests[1]["body"]
    assert len(desk.accepted) == 1


def test_a_fault_of_ours_after_the_acceptance_is_an_attempt_and_never_one_more_for_ever(
    scene: Scene, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.register(applicant=PERSON, notify=["sms"])
    (row,) = rows(scene)
    hand_over = handing.hand_over

    def stumbles(*given: Any) -> None:
        hand_over(*given)
        raise RecursionError

    monkeypatch.setattr(deliveries, "hand_over", stumbles)
    with settings(scene, sms=Gateway(desk.url)):
        for _ in range(len(DELIVERY_WAITS) + 3):
            send_now(scene, row.id)
    (after,) = rows(scene)
    assert (after.state, after.attempts, after.repeated) == ("failed", len(DELIVERY_WAITS) + 1, True)
    assert len(desk.requests) == len(DELIVERY_WAITS) + 1


def test_what_a_gateway_says_beside_its_acceptance_is_never_a_reason_to_send_again(scene: Scene, desk: Desk) -> None:
    scene.register(applicant=PERSON, notify=["sms"])
    (row,) = rows(scene)
    desk.answers.append((200, {}, "[" * 60_000))
    with settings(scene, sms=Gateway(desk.url)):
        send_now(scene, row.id)
    assert rows(scene)[0].state == "sent"


def test_a_mail_whose_acceptance_is_not_heard_goes_again_as_the_same_mail_and_is_marked(
    scene: Scene, desk: Desk, work_off: WorkOff
) -> None:
    scene.register(applicant=PERSON, notify=["sms"])
    desk.hangs_up = True
    with settings(scene, sms=Gateway(desk.url)):
        work_off()
        (row,) = rows(scene)
        assert (row.state, row.repeated) == ("trying", False)
        desk.hangs_up = False
        pass_time(scene, work_off, timedelta(minutes=1))
    (row,) = rows(scene)
    assert (row.state, row.repeated, len(desk.requests), len(desk.accepted)) == ("sent", True, 2, 1)


def test_every_attempt_sends_the_same_mail_whatever_has_changed_since(scene: Scene, work_off: WorkOff) -> None:
    """Its words are those of the first attempt, its dates those of the event."""
    code = scene.register(applicant=PERSON, notify=["email"])["code"]
    box = Mailbox(data_reply="451 later")
    with loopback_smtp.running(box), settings(scene, smtp=SmtpServer("127.0.0.1", box.port, tls=False)):
        work_off()
        with scene.writing() as connection:
            connection.execute(text("UPDATE dossiers SET appointment_at = appointment_at + interval '9 days'"))
        admin = scene.client("admin")
        changed = {"event": "receipt_issued", "channel": "email", "subject": "Khác", "body": "Khác"}
        assert admin.post("/api/v1/message-templates", json=changed).status_code == 201
        box.data_reply = "250 kept"
        pass_time(scene, work_off, timedelta(minutes=1))
    (mail,) = (message_from_bytes(one, policy=policy.default) for one in box.accepted)
    body = mail.get_body(("plain",))
    assert body is not None
    assert mail["Subject"] == f"Đã tiếp nhận hồ sơ {code}"
    assert "13 giờ 30 phút, ngày 07/12/2026" in body.get_content()


def test_what_a_diagram_tells_the_applicant_of_its_own_is_short_in_an_sms(scene: Scene, work_off: WorkOff) -> None:
    scene.at_step("process", scene.publish("reminder"), applicant=PERSON, notify=["sms"])
    scene.clock.set_local("2026-11-23 14:00")
    scene.tick()
    work_off()
    (text_sent,) = (row.body for row in rows(scene) if row.channel == "sms" and row.template == "deadline_due_soon")
    assert text_sent.startswith("Sắp đến hạn: hồ sơ ")
    assert len(text_sent) < 70


def test_only_one_worker_makes_an_attempt(scene: Scene, desk: Desk) -> None:
    scene.register(applicant=PERSON, notify=["sms"])
    (row,) = rows(scene)
    with settings(scene, sms=Gateway(desk.url)):
        scene.at_once(*[lambda: send_now(scene, row.id)] * 4)
    (after,) = rows(scene)
    assert (len(desk.requests), after.attempts, after.repeated) == (1, 1, False)


# Jobs that were lost -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "minutes", "found"), [("waiting", 11, 1), ("trying", 11, 1), ("waiting", 9, 0), ("sent", 60, 0)]
)
def test_a_message_whose_job_is_gone_gets_another(
    scene: Scene, work_off: WorkOff, state: str, minutes: int, found: int
) -> None:
    scene.register(applicant=PERSON, notify=["email"])
    with scene.writing() as connection:
        connection.execute(text("DELETE FROM procrastinate_jobs"))
        connection.execute(text("UPDATE deliveries SET state = :state"), {"state": state})
    scene.clock.move(minutes=minutes)
    with scene.app.app_context():
        assert deliveries.recover_deliveries() == found
        assert deliveries.recover_deliveries() == 0, "it has a job now"
    work_off()
    if found:
        (row,) = rows(scene)
        assert (row.state, row.repeated) == ("sent", state == "trying")


def test_a_message_that_waits_for_its_time_is_not_lost(scene: Scene, work_off: WorkOff) -> None:
    scene.register(applicant=PERSON, notify=["email"])
    with scene.writing() as connection:
        connection.execute(text("DELETE FROM procrastinate_jobs"))
        connection.execute(text("UPDATE deliveries SET next_try_at = :at"), {"at": scene.clock() + timedelta(hours=1)})
    scene.clock.move(minutes=30)
    with scene.app.app_context():
        assert deliveries.recover_deliveries() == 0


# Quiet hours ---------------------------------------------------------------------------------------------------------------


def test_where_a_province_wants_quiet_only_what_rings_waits(
    scene: Scene, work_off: WorkOff, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules_for, profile_named = work.rules_for, lawbook.profile_named

    def quiet(*given: Any) -> Any:
        rules = rules_for(*given)
        return replace(rules, profile=replace(rules.profile, quiet_hours="07:00-09:00"))

    monkeypatch.setattr(work, "rules_for", quiet)
    monkeypatch.setattr(
        deliveries, "profile_named", lambda name: replace(profile_named(name), quiet_hours="07:00-09:00")
    )
    scene.register(applicant=PERSON, notify=["email", "sms", "phone"])
    work_off()
    assert {row.channel: row.state for row in rows(scene)} == {"email": "sent", "sms": "waiting", "phone": "to_call"}
    later = scene.clock.at.replace(hour=2, minute=0)
    assert {row.next_try_at for row in rows(scene) if row.channel != "email"} == {later}
    pass_time(scene, work_off, timedelta(hours=2))
    assert {row.channel: row.state for row in rows(scene)}["sms"] == "sent"
