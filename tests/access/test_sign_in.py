"""Signing in over HTTP."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from app.store.tokens import Token
from tests import factories
from tests.factories import PASSWORD
from tests.fixtures.application import Writing


def post(app: Flask, **body: Any) -> Any:
    return app.test_client().post("/api/v1/tokens", data=json.dumps(body), content_type="application/json")


def test_the_right_password_gives_a_token_that_works(app: Flask, writing: Writing) -> None:
    with writing() as connection:
        factories.small_province(connection)
    answer = post(app, username="desk", password=PASSWORD)
    assert answer.status_code == 201
    assert answer.json["expires_at"] == "2026-11-23T20:00:00+07:00"
    assert answer.json["account"]["username"] == "desk"
    assert answer.json["must_change_password"] is False
    assert answer.headers["Cache-Control"] == "no-store"
    me = app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {answer.json['token']}"})
    assert me.status_code == 200


def test_wrong_password_and_unknown_name_are_one_answer(app: Flask, writing: Writing) -> None:
    with writing() as connection:
        factories.small_province(connection)
    wrong = post(app, username="desk", password="sai")
    unknown = post(app, username="nobody", password=PASSWORD)
    assert wrong.status_code == unknown.status_code == 401
    assert wrong.json["code"] == "wrong_credentials"
    assert {key: wrong.json[key] for key in wrong.json if key != "request_id"} == {
        key: unknown.json[key] for key in unknown.json if key != "request_id"
    }
    with writing() as connection:
        assert connection.execute(select(func.count()).select_from(Token)).scalar_one() == 0


def test_a_closed_account_cannot_sign_in(app: Flask, writing: Writing) -> None:
    with writing() as connection:
        home = factories.agency(connection, "SYT")
        factories.account(connection, "an", home, active=False)
    assert post(app, username="an", password=PASSWORD).status_code == 401


def test_a_password_to_be_changed_is_said_at_sign_in(app: Flask, writing: Writing) -> None:
    with writing() as connection:
        home = factories.agency(connection, "SYT")
        factories.account(connection, "an", home, must_change_password=True)
    assert post(app, username="an", password=PASSWORD).json["must_change_password"] is True


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"username": "desk"}, "password"),
        ({"username": "", "password": "x"}, "username"),
        ({"username": "a\0b", "password": "x"}, "username"),
        ({"username": "desk", "password": "x\0"}, "password"),
        ({"username": "desk", "password": "x\ud800"}, "password"),
        ({"username": "desk", "password": "x" * 1001}, "password"),
        ({"username": ["desk"], "password": "x"}, "username"),
        ({"username": "desk", "password": None}, "password"),
        ({"username": "desk", "password": "x", "remember": True}, "remember"),
    ],
)
def test_what_cannot_be_credentials_names_the_field(app: Flask, body: dict[str, Any], field: str) -> None:
    answer = post(app, **body)
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]
