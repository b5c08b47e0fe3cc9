"""The letter with which a working day begins: to whom, when, with what, and never twice."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from email import message_from_bytes, policy
from typing import Any

import pytest
from sqlalchemy import text

from app.jobs import digest
from app.messages.mail import build_mail
from app.messages.official_texts import digest_letter
from app.rules.notices import EVENTS
from app.views.digest import digest_of
from tests import factories
from tests.actions.away import away
from tests.actions.scene import Scene
from tests.factories import START
from tests.jobs.test_deliveries import outbox

NEXT_MORNING = "2026-11-24 07:00"


def morning(scene: Scene, local: str = NEXT_MORNING) -> None:
    scene.clock.set_local(local)
    with scene.app.app_context():
        digest.send_digests()


def digests(scene: Scene) -> dict[str, list[dict[str, Any]]]:
    """By user name, what each digest that was queued says: {section title: number, …} in the order of their making."""
    with scene.reading() as connection:
        found = connection.execute(
            text(
                "SELECT a.username, d.data, d.dossier_id, d.recipient FROM deliveries d JOIN accounts a ON a.id = d.account_id"
                " WHERE d.template = 'digest' ORDER BY d.id"
            )
        )
        answer: dict[str, list[dict[str, Any]]] = {}
        for row in found:
            assert row.dossier_id is None
            assert row.recipient == f"{row.username}@example.org"
            answer.setdefault(row.username, []).append({one["title"]: one for one in row.data["sections"]})
    return answer


def numbers(scene: Scene, username: str) -> list[dict[str, str]]:
    return [{title: one["total"] for title, one in each.items()} for each in digests(scene).get(username, [])]


def switch(scene: Scene, username: str, event: str, mode: str) -> None:
    body = {"switches": [{"event": event, "email": mode}]}
    assert scene.client(username).put("/api/v1/me/notice-switches", json=body).status_code == 200


def test_each_has_what_waits_for_her_and_who_has_nothing_gets_none(scene: Scene) -> None:
    code = scene.at_step("process")
    morning(scene)
    assert set(digests(scene)) == {"binh", "chi"}
    (mine,) = digests(scene)["binh"]
    assert {title: one["total"] for title, one in mine.items()} == {"Mới đến": "1"}
    (item,) = mine["Mới đến"]["items"]
    task = scene.task(code, "process").id
    assert item["path"] == f"/ho-so/{code}?viec={task}"
    assert code in item["text"]


def test_it_comes_once_a_day_however_often_the_duty_runs(scene: Scene) -> None:
    scene.at_step("process")
    morning(scene)
    morning(scene)
    morning(scene, "2026-11-24 15:00")
    assert len(digests(scene)["binh"]) == 1

    def at_work() -> None:
        with scene.app.app_context():
            digest.send_digests()

    scene.clock.set_local("2026-11-25 07:00")
    scene.at_step("process")
    scene.at_once(*[at_work] * 4)
    assert len(digests(scene)["binh"]) == 2


@pytest.mark.parametrize(
    ("local", "comes"),
    [
        ("2026-11-24 06:59", False),
        ("2026-11-24 07:00", True),
        ("2026-11-24 12:15", True),
        ("2026-11-24 17:00", False),
        ("2026-11-28 08:00", False),
    ],
    ids=["before the office opens", "as it opens", "a worker was away all morning", "after it closed", "a Saturday"],
)
def test_it_comes_when_the_working_day_begins(scene: Scene, local: str, comes: bool) -> None:
    scene.at_step("process")
    morning(scene, local)
    assert bool(digests(scene)) == comes


def test_there_is_none_on_a_holiday_of_the_agencys_own_calendar(scene: Scene) -> None:
    scene.at_step("process")
    with scene.writing() as connection:
        free = factories.calendar(connection, holidays=["2026-11-24"])
        factories.set_columns(connection, "agencies", scene.province.office, calendar_id=free)
        mine = scene.province.accounts["binh"]
        factories.set_columns(connection, "accounts", mine, agency_id=scene.province.office)
        connection.execute(text("UPDATE calendar_epoch SET epoch = epoch + 1000000000"))
        connection.execute(
            text("INSERT INTO calendar_epoch (id, epoch) VALUES (1, 4000000000000000) ON CONFLICT DO NOTHING")
        )
    morning(scene)
    assert set(digests(scene)) == {"chi"}


def test_what_is_due_soon_late_and_returned_stands_in_parts_of_its_own(scene: Scene) -> None:
    late = scene.at_step("process")
    scene.do("claim", "binh", scene.task(late, "process").id)
    back = scene.at_step("process")
    scene.do("claim", "binh", scene.task(back, "process").id)
    scene.do("forward", "binh", scene.task(back, "process").id)
    scene.clock.at = scene.timer_row(late, "step_overdue").due_at
    scene.tick()
    scene.do("return", "head", scene.task(back, "review").id, {"comment": "Thiếu căn cứ"})
    day = scene.clock().date()
    morning(scene, f"{_working_day_after(day)} 07:00")
    (mine,) = digests(scene)["binh"]
    assert late in mine["Quá hạn"]["items"][0]["text"]
    assert [back in one["text"] for one in mine["Bị trả lại"]["items"]] == [True]
    assert "Tin khác" not in mine, "what was mailed at once is not told again"


def _working_day_after(day: date) -> date:
    after = date.fromordinal(day.toordinal() + 1)
    return after if after.weekday() < 5 else _working_day_after(after)


def test_what_she_wants_only_in_the_digest_is_brought_up_there_once(scene: Scene) -> None:
    code = scene.at_step("process")
    task = scene.task(code, "process").id
    scene.do("claim", "binh", task)
    scene.do("join", "binh", task, {"account": "chi", "comment": "Cho ý kiến"})
    morning(scene)
    assert numbers(scene, "chi") == [{"Tin khác": "1"}]
    (item,) = digests(scene)["chi"][0]["Tin khác"]["items"]
    assert item["text"].startswith("Được mời phối hợp; ")
    morning(scene, "2026-11-25 07:00")
    assert len(digests(scene)["chi"]) == 1


def test_switches_are_respected(scene: Scene) -> None:
    scene.at_step("process")
    switch(scene, "binh", "new", "off")
    switch(scene, "chi", "letter", "off")
    morning(scene)
    assert digests(scene) == {}


def test_a_substitute_has_what_waits_for_whom_she_stands_in(scene: Scene) -> None:
    code = scene.at_step("process")
    scene.do("claim", "binh", scene.task(code, "process").id)
    away(scene, "binh", "chi", 0, 60)
    scene.clock.at = scene.timer_row(code, "step_overdue").due_at
    local = scene.clock().date()
    morning(scene, f"{_working_day_after(local)} 08:00")
    assert "Quá hạn" in digests(scene)["chi"][0]


def test_a_part_names_twenty_and_says_how_many_more(scene: Scene) -> None:
    scene.at_step("process")
    with scene.writing() as connection:
        for _ in range(22):
            found = factories.dossier(
                connection, scene.province.health, scene.province.procedure, scene.province.version
            )
            running = factories.instance(connection, found, scene.province.version)
            factories.task(connection, found, running, scene.province.positions["officer"], entered_at=START)
    morning(scene)
    part = digests(scene)["binh"][0]["Mới đến"]
    assert (part["total"], len(part["items"])) == ("23", 20)
    assert "Và 3 việc nữa" in part["more"]


def test_one_that_cannot_be_made_keeps_nobody_elses_back(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    scene.at_step("process")
    usual = digest_of

    def broken(connection: Any, account: Any, *rest: Any) -> Any:
        if account.username == "binh":
            raise RuntimeError("no words")
        return usual(connection, account, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(digest, "digest_of", broken)
        morning(scene)
    assert set(digests(scene)) == {"chi"}
    morning(scene)
    assert set(digests(scene)) == {"binh", "chi"}, "tried again in the next round"


def test_the_letter_links_every_dossier_and_can_be_sent(scene: Scene, work_off: Callable[[], None]) -> None:
    for file in outbox(scene):
        file.unlink()
    code = scene.at_step("process")
    morning(scene)
    work_off()
    mails = [message_from_bytes(file.read_bytes(), policy=policy.default) for file in outbox(scene)]
    (mail,) = [one for one in mails if one["To"] == "binh@example.org"]
    assert mail["Subject"] == "Việc trong ngày 24/11/2026"
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None
        shown = body.get_content()
        assert f"/ho-so/{code}?viec={scene.task(code, 'process').id}" in shown
        assert "/toi" in shown


def test_what_a_name_holds_is_no_markup() -> None:
    items = [{"text": "<b>1</b>: Thủ tục & bước", "path": "/ho-so/1?viec=2"}]
    data = {"day": "24/11/2026", "name": "<i>B</i>", "sections": [{"title": "Mới đến", "total": "1", "items": items}]}
    mail = build_mail(
        digest_letter(data, "http://a.vn"), delivery_id="1", created_at=START, mail_from="a@a.vn", recipient="b@b.vn"
    )
    body = mail.get_body(("html",))
    assert body is not None
    assert "<b>" not in body.get_content()
    assert '<a href="http://a.vn/ho-so/1?viec=2">' in body.get_content()


def test_every_event_has_words_for_the_table() -> None:
    assert all(event.title for event in EVENTS.values())


def tell_new(scene: Scene) -> None:
    with scene.app.app_context():
        digest.tell_new_steps()


def new_letters(scene: Scene) -> list[tuple[str, str]]:
    """(recipient, the number it says) of the letters to those who want to know at once."""
    with scene.reading() as connection:
        found = connection.execute(
            text("SELECT recipient, data FROM deliveries WHERE template = 'new_steps' ORDER BY id")
        )
        return [(row.recipient, row.data["sections"][0]["total"]) for row in found]


def test_who_wants_to_know_of_new_steps_at_once_has_one_letter_a_round(scene: Scene) -> None:
    switch(scene, "binh", "new", "now")
    for _ in range(2):
        scene.at_step("process")
    tell_new(scene)
    assert new_letters(scene) == [("binh@example.org", "2")], "chi did not ask for it"
    tell_new(scene)
    assert len(new_letters(scene)) == 1, "each step once"
    scene.clock.move(minutes=1)
    scene.at_step("process")
    scene.at_once(*[lambda: tell_new(scene)] * 3)
    assert new_letters(scene)[1:] == [("binh@example.org", "1")]
    assert scene.get("binh", "/notices/count")["unread"] == 0, "they are new steps on the bell, and nothing besides"


def test_what_was_told_of_a_step_that_is_done_is_read_by_itself(scene: Scene) -> None:
    task = scene.task(scene.at_step("process"), "process").id
    scene.do("press", "head", task, {"comment": "Gấp"})
    scene.do("forward", "binh", task)
    assert scene.get("chi", "/notices/count")["unread"] == 1
    with scene.app.app_context():
        digest.settle_notices()
    assert scene.get("chi", "/notices/count")["unread"] == 0
