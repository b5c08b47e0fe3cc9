"""The guard: what a route declares is what happens, and a route that declares nothing does not answer."""

from __future__ import annotations

import pytest
from flask import Flask

from app.access import guard as guarding
from app.access.guard import declared, requires
from app.config import Settings
from app.embedded import Urls
from app.factory import create_app
from tests import factories
from tests.factories import Clock
from tests.fixtures.application import SignIn, Writing


def test_a_view_cannot_ask_for_a_permission_that_does_not_exist() -> None:
    with pytest.raises(ValueError, match="no such permission"):
        requires("dossier.regster")
    with pytest.raises(ValueError, match="no such permission"):
        requires()


def test_a_view_says_what_it_asks_for() -> None:
    @requires("task.work", "control.view")
    def view() -> str:
        return ""

    assert declared(view) == ("task.work", "control.view")
    assert declared(lambda: "") is None


def test_an_undeclared_route_is_closed(app: Flask, database_urls: Urls) -> None:
    settings: Settings = app.extensions["motcua"].settings
    open_app = create_app(settings, now=Clock())
    open_app.add_url_rule("/forgotten", view_func=lambda: "open to all")
    answer = open_app.test_client().get("/forgotten")
    assert answer.status_code == 500
    assert b"open to all" not in answer.data


def test_one_of_the_permissions_is_enough_and_none_is_not(writing: Writing, sign_in: SignIn) -> None:
    with writing() as connection:
        factories.small_province(connection)
    assert sign_in("control").get("/api/v1/tasks").status_code == 200
    refused = sign_in("admin").get("/api/v1/tasks")
    assert refused.status_code == 403
    assert refused.json is not None
    assert refused.json["code"] == "forbidden"


def test_who_may_not_send_a_body_is_told_so_before_it_is_read(writing: Writing, sign_in: SignIn) -> None:
    with writing() as connection:
        factories.small_province(connection)
    answer = sign_in("binh").post("/api/v1/dossiers", data="không phải JSON", content_type="text/plain")
    assert answer.status_code == 403


def test_a_permission_opens_only_what_the_table_says_too(
    writing: Writing, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    with writing() as connection:
        factories.small_province(connection)
    narrowed = dict(guarding.ROUTES) | {"tasks.list_tasks": frozenset({"control.view"})}
    monkeypatch.setattr(guarding, "ROUTES", narrowed)
    assert sign_in("control").get("/api/v1/tasks").status_code == 200
    assert sign_in("binh").get("/api/v1/tasks").status_code == 403
