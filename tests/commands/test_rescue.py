"""The last administrator is locked out: whoever has the server lets her in again."""

from __future__ import annotations

import pytest
from flask import Flask

from app.actions.rescue_account import rescue_account
from app.errors import DomainError
from tests import factories
from tests.factories import PASSWORD, Clock
from tests.fixtures.application import SignIn, Writing


def entered(app: Flask, password: str) -> tuple[int, bool | None]:
    answer = app.test_client().post("/api/v1/tokens", json={"username": "admin", "password": password})
    return answer.status_code, (answer.json or {}).get("must_change_password")


def test_an_administrator_who_reported_herself_gets_in_again(
    writing: Writing, sign_in: SignIn, app: Flask, clock: Clock
) -> None:
    with writing() as connection:
        factories.small_province(connection)
    assert sign_in("admin").post("/api/v1/me/report-stolen", json={}).status_code == 200
    assert entered(app, PASSWORD) == (401, None)
    with app.app_context():
        password = rescue_account("admin", clock.at)
        for username, why in (("binh", "quản trị viên của tỉnh"), ("khong-co", "Không có tài khoản")):
            with pytest.raises(DomainError, match=why):
                rescue_account(username, clock.at)
    assert entered(app, password) == (201, True)
