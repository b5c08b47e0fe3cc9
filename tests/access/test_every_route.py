"""Every page and every operation in every role: what is declared, what the table says and what happens are one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from zlib import crc32

import pytest
from flask import Flask
from markupsafe import escape
from werkzeug.test import TestResponse

from app.access.guard import ANYONE, SIGNED_IN, declared
from app.rules.permissions import PERMISSIONS, lacking
from app.rules.routes import ROUTES
from tests import factories
from tests.access.walking import Call, Walker, calls, walker
from tests.fixtures.application import Writing

EVERYBODY = {ANYONE, SIGNED_IN}
OUTSIDE = {"web.static"}


@pytest.fixture
def without_forms(app: Flask) -> Iterator[Flask]:
    """Forged forms are refused elsewhere (and tested there); here permission alone is to answer."""
    before = app.config.get("WTF_CSRF_METHODS")
    app.config["WTF_CSRF_METHODS"] = set()
    yield app
    app.config["WTF_CSRF_METHODS"] = before


def test_what_routes_declare_is_what_the_table_says(application: Flask) -> None:
    said = {
        rule.endpoint: frozenset(declared(application.view_functions[rule.endpoint]) or ())
        for rule in application.url_map.iter_rules()
    }
    told = "run tools/route_table.py and read what it changes in app/rules/routes.py"
    assert said == dict(ROUTES), told
    assert all(found <= set(PERMISSIONS) | EVERYBODY and found for found in ROUTES.values())


def test_the_document_has_no_route_that_the_table_does_not_know(application: Flask) -> None:
    document: Any = application.test_client().get("/openapi.json").json
    operations = sum(len(set(path) & {"get", "post", "put", "delete", "patch"}) for path in document["paths"].values())
    known = [
        call
        for call in calls(application)
        if not call.page and call.path.startswith("/api/") and call.endpoint in ROUTES
    ]
    assert operations >= len({(call.endpoint, call.method) for call in known}) > 250


@pytest.mark.rule("QT-27.4", "QT-27.5", "HT-16.1", "QT-28.5b")
def test_no_route_opens_without_one_of_its_permissions(without_forms: Flask, writing: Writing) -> None:
    """Nobody signed in; an account with no permission; and one with every permission but those that open the route."""
    app = without_forms
    with writing() as connection:
        home = factories.agency(connection, "SYT")
        nobody = walker(app, connection, "khong-quyen", home, ())
        others = {
            opens: walker(app, connection, f"thieu-{number}", home, set(PERMISSIONS) - opens)
            for number, opens in enumerate(sorted(set(ROUTES.values()), key=sorted))
        }
    wrong = []
    for call in calls(app):
        if call.opens & EVERYBODY:
            continue
        for who, expected in ((Walker(app, None), 401), (nobody, 403), (others[call.opens], 403)):
            with who.call(call) as answer:
                if answer.status_code != expected:
                    wrong.append((call, expected, answer.status_code))
    assert wrong == []


def test_what_is_for_accounts_is_closed_without_signing_in(without_forms: Flask, writing: Writing) -> None:
    stranger = Walker(without_forms, None)
    wrong = [
        (call, answer.status_code)
        for call in calls(without_forms)
        if SIGNED_IN in call.opens and (answer := stranger.call(call)).status_code != 401
    ]
    assert wrong == []


def test_each_route_opens_with_one_of_its_permissions_and_what_does_not_exist_is_no_error(
    without_forms: Flask, writing: Writing
) -> None:
    """With exactly one permission; the long run takes each of them in turn."""
    app = without_forms
    with writing() as connection:
        home = factories.agency(connection, "SYT")
        only = {name: walker(app, connection, f"chi-{name}", home, (name,)) for name in PERMISSIONS}
    wrong = []
    for number, call in enumerate(calls(app)):
        if ANYONE in call.opens:
            who = Walker(app, None)
        elif SIGNED_IN in call.opens:  # some of these end what they are called with
            with writing() as connection:
                who = walker(app, connection, f"ai-{number}", home, ())
        else:
            who = only[sorted(call.opens)[crc32(call.path.encode()) % len(call.opens)]]
        with who.call(call) as answer:
            if shut(call, answer) or (answer.status_code == 401 and ANYONE not in call.opens):
                wrong.append((call, answer.status_code, answer.text[:200]))
    assert wrong == []


def shut(call: Call, answer: TestResponse) -> bool:
    """Whether it failed, or was refused for want of a permission."""
    wanted = lacking(sorted(call.opens - EVERYBODY))
    return answer.status_code >= 500 or (answer.status_code == 403 and any(one in answer.text for one in _said(wanted)))


def _said(text: str) -> tuple[str, ...]:
    return (text, str(escape(text)))


@pytest.mark.drill
def test_every_route_with_every_single_permission(without_forms: Flask, writing: Writing) -> None:
    app = without_forms
    with writing() as connection:
        home = factories.agency(connection, "SYT")
        only = {name: walker(app, connection, f"chi-{name}", home, (name,)) for name in PERMISSIONS}
    wrong = []
    for call in calls(app):
        if call.opens & EVERYBODY:
            continue
        for name, who in only.items():
            with who.call(call) as answer:
                closed = answer.status_code == 403 and "chưa được cấp quyền" in answer.text
                failed = answer.status_code >= 500 or answer.status_code == 401
                if failed or (name in call.opens and shut(call, answer)) or (name not in call.opens and not closed):
                    wrong.append((call, name, answer.status_code))
    assert wrong == []
