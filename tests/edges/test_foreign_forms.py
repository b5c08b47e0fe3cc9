"""Forms that a page of another site sends: not done, not offered again, and nobody loses her session by them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.access.request import SESSION_TOKEN
from tests import factories
from tests.actions.scene import Scene
from tests.web.desk import words

FORM = "/quan-tri/tai-khoan/binh/quyen"
GRASPING = {"permissions": "account.manage"}
FOREIGN = (
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"},
    {"Sec-Fetch-Site": "same-site", "Origin": "http://khac.localhost"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://[::1"},
)
OURS = ({"Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}, {"Origin": "http://localhost"}, {})


@pytest.fixture
def administrator(scene: Scene) -> FlaskClient:
    with scene.writing() as connection:
        token = factories.token_for(connection, scene.province.accounts["admin"])
    client = scene.app.test_client()
    with client.session_transaction() as session:
        session[SESSION_TOKEN] = token
    return client


def is_refused(answer: Any) -> None:
    assert answer.status_code == 403
    assert "do một trang khác gửi đến" in words(answer)
    assert "Set-Cookie" not in answer.headers, "the session that she has stays hers"
    for left in ("account.manage", "csrf_token", "_carried"):
        assert left not in answer.text


@pytest.mark.parametrize("headers", FOREIGN, ids=str)
def test_it_is_refused_whoever_looks_at_it(scene: Scene, administrator: FlaskClient, headers: dict[str, str]) -> None:
    """Across sites the browser keeps her cookie back, so she seems to be nobody; from a neighbouring host it is sent."""
    with scene.unchanged("tokens"):
        is_refused(scene.app.test_client().post(FORM, data=GRASPING, headers=headers))
        is_refused(scene.app.test_client().post("/dang-nhap", data={"username": "desk"}, headers=headers))
        answer = administrator.post(FORM, data=GRASPING, headers=headers)
    assert answer.status_code == 403
    assert "account.manage" not in answer.text
    assert administrator.get("/quan-tri/tai-khoan").status_code == 200


@pytest.fixture(autouse=True)
def open_again(scene: Scene) -> Iterator[None]:
    """What the process remembers of a maintenance ends with its test."""
    yield
    scene.app.extensions["motcua.maintenance"].row = None


def test_while_the_system_is_closed_too(scene: Scene) -> None:
    scene.client("admin").post("/api/v1/maintenance", json={"mode": "closed", "words": "Nâng cấp."})
    is_refused(scene.app.test_client().post(FORM, data=GRASPING, headers=FOREIGN[0]))


@pytest.mark.parametrize("headers", OURS, ids=str)
def test_a_form_of_ours_that_lost_its_session_is_still_offered(scene: Scene, headers: dict[str, str]) -> None:
    answer = scene.app.test_client().post("/viec/1/forward", data={"forward-comment": "Đồng ý"}, headers=headers)
    assert answer.status_code == 401
    assert "Đồng ý" in answer.text


def test_nothing_secret_is_carried(scene: Scene, administrator: FlaskClient) -> None:
    """Neither through a sign-in nor in the form that is offered again: the next one at that computer would read it."""
    typed = {
        "pin": "12345678",
        "forward-slip-pin": "12345678",
        "password": "12345678",
        "otp": "12345678",
        "comment": "Ký",
    }
    with administrator.session_transaction() as session, scene.writing() as connection:
        session[SESSION_TOKEN] = factories.token_for(connection, scene.province.accounts["head"])
    for client in (scene.app.test_client(), administrator):
        answer = client.post("/duyet", data=typed)
        assert answer.status_code in (400, 401)
        assert "12345678" not in answer.text
        assert "Ký" in answer.text
