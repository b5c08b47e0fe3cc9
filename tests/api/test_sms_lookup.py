"""A dossier looked up by SMS (ST-17.1): state and dates, the same message the same answer, not too often."""

from __future__ import annotations

from typing import Any

import pytest

from app.rules.sms_lookup import MOST_AN_HOUR
from tests.actions.scene import Scene, is_problem
from tests.jobs.sending import PERSON, settings

TOKEN = "mot-chuoi-ngau-nhien-du-dai-32-ky-tu"


def ask(scene: Scene, text: str, number: str = "m-1", sender: str = "0912345678", token: str = TOKEN) -> Any:
    with settings(scene, sms_lookup_token=TOKEN):
        return scene.app.test_client().post(
            "/api/v1/public/sms",
            json={"from": sender, "text": text, "id": number},
            headers={"Authorization": f"Bearer {token}"},
        )


@pytest.mark.rule("ST-17.1", "ST-17.3")
def test_the_code_brings_state_and_dates_and_nothing_else(scene: Scene) -> None:
    code = scene.register(applicant=PERSON)["code"]
    answer = ask(scene, f"hs {code.lower()}")
    assert answer.status_code == 200, answer.text
    assert answer.json["text"] == f"Hồ sơ {code}: Được tiếp nhận. Nhận 23/11/2026. Hẹn trả 13:30 07/12/2026."
    assert PERSON["name"] not in answer.text


def test_a_dossier_that_has_ended_says_when(scene: Scene) -> None:
    scene.publish("linear")
    code = scene.at_step("give_back", "linear")
    for action in ("confirm-result", "deliver-result"):
        scene.do(action, "desk", scene.task(code, "give_back").id)
    assert ask(scene, code).json["text"].endswith("Có kết quả 23/11/2026. Kết thúc 23/11/2026.")


@pytest.mark.parametrize(
    ("text", "told"), [("HS 000.00.12.H50-200101-9999", "Không có hồ sơ mã"), ("chào", "Chưa rõ mã")]
)
def test_what_is_not_found_is_told_how_to_ask(scene: Scene, text: str, told: str) -> None:
    answer = ask(scene, text)
    assert answer.json["text"].startswith(told)
    assert "Soạn HS và mã hồ sơ" in answer.json["text"]


def test_the_same_message_is_answered_the_same(scene: Scene) -> None:
    scene.publish("linear")
    code = scene.at_step("give_back", "linear")
    first = ask(scene, code).json["text"]
    scene.do("confirm-result", "desk", scene.task(code, "give_back").id)
    assert ask(scene, code).json["text"] == first
    assert ask(scene, code, "m-2").json["text"] != first


def test_a_number_may_ask_so_often_an_hour(scene: Scene) -> None:
    code = scene.register()["code"]
    for turn in range(MOST_AN_HOUR):
        assert ask(scene, code, f"m-{turn}").status_code == 200
    is_problem(ask(scene, code, "m-x", "+84 912 345 678"), 429, "too_many_requests")
    assert ask(scene, code, "m-y", "0987654321").status_code == 200
    assert ask(scene, code, "m-0").status_code == 200, "an old answer is no new question"
    scene.clock.move(hours=1, seconds=1)
    assert ask(scene, code, "m-z").status_code == 200


@pytest.mark.parametrize("token", ["", "sai", TOKEN[:-1]])
def test_only_the_gateway_asks(scene: Scene, token: str) -> None:
    is_problem(ask(scene, "HS 1", token=token), 401, "unauthenticated")


def test_where_no_token_is_set_nobody_asks(scene: Scene) -> None:
    answer = scene.app.test_client().post("/api/v1/public/sms", json={"from": "1", "text": "HS 1", "id": "1"})
    is_problem(answer, 401, "unauthenticated")


def test_what_is_no_question_is_refused(scene: Scene) -> None:
    with settings(scene, sms_lookup_token=TOKEN):
        client = scene.app.test_client()
        for body in ({}, {"from": "", "text": "x", "id": "1"}, {"from": "1", "text": "x" * 600, "id": "1"}):
            answer = client.post("/api/v1/public/sms", json=body, headers={"Authorization": f"Bearer {TOKEN}"})
            is_problem(answer, 422, "invalid")
