"""Look-up without signing in: the code alone gives state and dates, the slip's token the rest."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from flask import Flask

from app.api.public import PublicDossierSchema
from app.store.dossiers import find_dossier
from tests import factories
from tests.api.lifecycle import act, body_of, register
from tests.fixtures.application import SignIn, Writing

pytestmark = pytest.mark.rule("QT-14.2", "ST-17.3", "LA-15.2")


@pytest.fixture
def registered(writing: Writing, sign_in: SignIn) -> Any:
    with writing() as connection:
        factories.small_province(connection)
    desk = sign_in("desk")
    answer = register(desk)
    act(desk, answer["task"]["id"], "forward", comment="Ghi chú nội bộ")
    return answer


def token_of(writing: Writing, code: str) -> str:
    with writing() as connection:
        dossier = find_dossier(connection, code)
    assert dossier is not None
    return dossier.token


def test_the_code_alone_shows_state_and_dates_only(app: Flask, registered: Any) -> None:
    answer = body_of(app.test_client().get(f"/api/v1/public/dossiers/{registered['code']}"))
    assert answer == {
        "code": registered["code"],
        "status": {"number": 4, "name": "Đang xử lý"},
        "received_at": registered["received_at"],
        "appointment_at": registered["appointment_at"],
        "result_at": None,
        "delivered_at": None,
        "overdue": False,
        "standing": "open",
        "outcome_label": "trong hạn",
    }


def test_the_slips_token_shows_name_steps_and_slips(app: Flask, registered: Any, writing: Writing) -> None:
    token = token_of(writing, registered["code"])
    client = app.test_client()
    answer = client.get(f"/api/v1/public/dossiers/{registered['code']}?token={token}")
    body = body_of(answer)
    PublicDossierSchema().load(body)
    assert body["applicant"] == "Nguyễn Thị Ánh"
    assert [(step["step_name"] != "", step["state"]) for step in body["steps"]] == [(True, "done"), (True, "open")]
    assert "Ghi chú nội bộ" not in answer.text
    assert "desk" not in answer.text.replace("desk_officer", "")
    (slip,) = body["slips"]
    assert parse_qs(urlsplit(slip["pdf"]).query) == {"token": [token]}
    assert client.get(slip["pdf"]).data.startswith(b"%PDF-")
    assert client.get(slip["pdf"].partition("?")[0]).status_code == 404
    assert client.get(slip["pdf"].partition("?")[0] + "?token=sai").status_code == 404


@pytest.mark.parametrize("token", ["", "sai", "%00", "é", "a" * 300])
def test_a_wrong_token_shows_no_more_than_none(app: Flask, registered: Any, token: str) -> None:
    answer = app.test_client().get(f"/api/v1/public/dossiers/{registered['code']}?token={token}")
    assert "Ánh" not in answer.text
    assert answer.status_code == (422 if token in ("%00", "a" * 300) else 200)


def test_an_unknown_code_is_404(app: Flask, registered: Any) -> None:
    answer = app.test_client().get("/api/v1/public/dossiers/000.00.12.H50-000000-0000")
    assert answer.status_code == 404
