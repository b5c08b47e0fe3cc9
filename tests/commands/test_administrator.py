"""The first administrator of a new province: made once, in an empty database, with a temporary password."""

from __future__ import annotations

import pytest
from flask import Flask

from app.actions.first_administrator import FirstAdministrator, make_first_administrator
from app.errors import DomainError
from tests.factories import START

FIRST = FirstAdministrator("quan.tri", "Nguyễn Thị Quản Trị", "UBNDTINH", "UBND tỉnh", "000.00.00.H50")


@pytest.mark.rule("QT-27.5")
def test_the_first_administrator_makes_the_others(app: Flask) -> None:
    with app.app_context():
        password = make_first_administrator(FIRST, START)
        with pytest.raises(DomainError, match="Đã có tài khoản"):
            make_first_administrator(FIRST, START)
    client = app.test_client()
    answer = client.post("/api/v1/tokens", json={"username": "quan.tri", "password": password})
    assert (answer.status_code, (answer.json or {})["must_change_password"]) == (201, True)
