"""Who is calling: from a bearer token to a value, on a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from flask import Flask

from app.access.caller import Caller
from app.store.accounts import AccountRow, HeldPosition, Person
from tests import factories
from tests.factories import Clock
from tests.fixtures.application import SignIn, Writing

DESK = HeldPosition(7, "desk_officer", "Cán bộ một cửa", 2, "SYT", 3, "desk", "desk")
ROW = AccountRow(1, "an", "An", 9, "VPUBND", None, ("task.work",), False, (DESK,))


def test_a_caller_works_in_its_own_agency_and_in_those_of_its_positions() -> None:
    caller = Caller.of(ROW, date(2026, 11, 23))
    assert caller.agency_ids == {9, 2}
    assert caller.holds(7)
    assert not caller.holds(8)
    assert caller.may("task.work")
    assert not caller.may("control.view")


def test_a_substitute_acts_for_who_is_away_and_for_herself_in_what_is_her_own() -> None:
    away = Person(5, "binh", "Bình")
    officer = HeldPosition(8, "officer", "Chuyên viên", 2, "SYT", 4, "room", "room", absent_id=5)
    caller = Caller.of(replace(ROW, positions=(DESK, officer), absent=(away,)), date(2026, 11, 23))
    assert caller.holds(8)
    assert caller.stands_in_for(5)
    assert not caller.stands_in_for(None)
    assert caller.instead_of(8, None) == away
    assert caller.instead_of(7, 5) == away
    assert caller.instead_of(7, None) is None
    assert caller.instead_of(8, caller.account_id) is None


def test_a_mistyped_permission_is_an_error_not_a_no() -> None:
    with pytest.raises(ValueError, match="task\\.wrok"):
        Caller.of(ROW, date(2026, 11, 23)).may("task.wrok")


def test_without_a_token_a_call_is_refused_and_says_how_to_sign_in(app: Flask) -> None:
    answer = app.test_client().get("/api/v1/me")
    assert answer.status_code == 401
    assert answer.json is not None
    assert answer.json["code"] == "unauthenticated"
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.parametrize(
    "header", ["Basic YTpi", "Bearer", "Bearer mc_short", "mc_" + "a" * 43, "Bearer mc_" + "a" * 43, "Bearer \x80\xff"]
)
def test_a_token_that_is_not_ours_is_refused(app: Flask, header: str) -> None:
    answer = app.test_client().get("/api/v1/me", headers={"Authorization": header})
    assert answer.status_code == 401


def test_a_token_ends_at_its_hour(app: Flask, writing: Writing, clock: Clock) -> None:
    with writing() as connection:
        province = factories.small_province(connection)
        token = factories.token_for(connection, province.accounts["binh"], hours=2)
    headers = {"Authorization": f"bearer {token}"}
    clock.move(hours=2, seconds=-1)
    assert app.test_client().get("/api/v1/me", headers=headers).status_code == 200
    clock.move(seconds=1)
    assert app.test_client().get("/api/v1/me", headers=headers).status_code == 401


def test_an_account_that_was_closed_is_out_at_once(app: Flask, writing: Writing, sign_in: SignIn) -> None:
    with writing() as connection:
        province = factories.small_province(connection)
    client = sign_in("binh")
    assert client.get("/api/v1/me").status_code == 200
    with writing() as connection:
        factories.set_columns(connection, "accounts", province.accounts["binh"], active=False)
    assert client.get("/api/v1/me").status_code == 401


def test_positions_are_those_of_the_local_day(app: Flask, writing: Writing, clock: Clock, sign_in: SignIn) -> None:
    with writing() as connection:
        home = factories.agency(connection, "SYT")
        room = factories.unit(connection, home, "room")
        person = factories.account(connection, "an", home)
        first = factories.position(connection, home, room, "officer")
        later = factories.position(connection, home, room, "head")
        factories.hold(connection, person, first, until=date(2026, 11, 23))
        factories.hold(connection, person, later, since=date(2026, 11, 24))
    client = sign_in("an")

    def held() -> list[str]:
        answer = client.get("/api/v1/me").json
        assert answer is not None
        return [position["code"] for position in answer["positions"]]

    clock.set_local("2026-11-23 23:59")
    assert held() == ["officer"]
    clock.set_local("2026-11-24 00:00")  # still the 23rd in UTC
    assert held() == ["head"]


def test_me_says_who_where_and_what_one_may(writing: Writing, sign_in: SignIn) -> None:
    with writing() as connection:
        factories.small_province(connection)
    answer = sign_in("desk").get("/api/v1/me").json
    assert answer == {
        "account": {"username": "desk", "name": "Nguyễn Thị desk", "email": "desk@example.org", "agency": "SYT"},
        "positions": [
            {
                "code": "desk_officer",
                "name": "Cán bộ một cửa",
                "agency": "SYT",
                "unit": "desk",
                "unit_kind": "desk",
                "instead_of": None,
            }
        ],
        "agencies": [{"code": "SYT", "name": "Sở Y tế"}],
        "permissions": ["dossier.register", "task.work"],
        "must_change_password": False,
        "stands_in_for": [],
    }


def test_two_clients_of_one_application_do_not_become_each_other(writing: Writing, sign_in: SignIn) -> None:
    with writing() as connection:
        factories.small_province(connection)
    first, second = sign_in("binh"), sign_in("chi")
    names = [client.get("/api/v1/me").json["account"]["username"] for client in (first, second, first)]  # type: ignore[index]
    assert names == ["binh", "chi", "binh"]
