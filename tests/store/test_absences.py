"""What absences leave in the tables: who holds what on which day, and that passed days stay as they were."""

from __future__ import annotations

from datetime import date, timedelta

from sqlalchemy import Connection, select, text

from app.rules.permissions import WORKERS
from app.rules.substitution import Away
from app.store import absences, accounts, handlers
from app.store.holdings import HELD, held_on
from tests import factories
from tests.factories import START, Province
from tests.fixtures.application import Writing

MONDAY = date(2026, 11, 23)


def day(number: int) -> date:
    return MONDAY + timedelta(days=number)


def enter(connection: Connection, province: Province, who: str, substitute: str, first: int, last: int) -> int:
    away = Away(province.accounts[who], province.accounts[substitute], day(first), day(last))
    return absences.add_absence(connection, away, "Nghỉ phép", province.accounts["admin"], START, MONDAY)


def holders(connection: Connection, province: Province, position: str, number: int) -> list[tuple[str, str | None]]:
    """User names of who holds it on that day, each with whom she stands in for."""
    names = {account: username for username, account in province.accounts.items()}
    rows = connection.execute(
        select(HELD.c.account_id, HELD.c.absent_id)
        .where(HELD.c.position_id == province.positions[position], held_on(day(number)))
        .order_by(HELD.c.account_id)
    )
    return [(names[row.account_id], names.get(row.absent_id)) for row in rows]


def test_a_substitute_holds_what_is_held_that_day_and_no_longer(writing: Writing) -> None:
    with writing() as connection:
        province = factories.small_province(connection)
        connection.execute(
            text("UPDATE account_positions SET valid_to = :last WHERE account_id = :account"),
            {"last": day(2), "account": province.accounts["head"]},
        )
        enter(connection, province, "head", "chi", 1, 4)
        assert [holders(connection, province, "head", number) for number in range(4)] == [
            [("head", None)],
            [("head", None), ("chi", "head")],
            [("head", None), ("chi", "head")],
            [],
        ]


def test_who_holds_a_position_herself_does_not_hold_it_twice(writing: Writing) -> None:
    with writing() as connection:
        province = factories.small_province(connection)
        enter(connection, province, "binh", "chi", 0, 0)
        chi = accounts.account_by_id(connection, province.accounts["chi"], MONDAY)
        assert chi is not None
        assert [(held.code, held.absent_id) for held in chi.positions] == [("assigned_room_officer", None)]
        assert [person.username for person in chi.absent] == ["binh"]
        there = handlers.colleagues(connection, province.units["room"], MONDAY, WORKERS)
        assert [(one.username, one.stands_in) for one in there] == [
            ("binh", "Nguyễn Thị chi"), ("chi", None), ("head", None),
        ]  # fmt: skip


def test_a_substitute_who_may_not_work_any_more_gets_nothing(writing: Writing) -> None:
    with writing() as connection:
        province = factories.small_province(connection)
        enter(connection, province, "binh", "chi", 0, 0)
        factories.set_columns(connection, "accounts", province.accounts["chi"], active=False)
        found = handlers.account_named(connection, "binh", MONDAY, WORKERS)
        assert found is not None
        assert (found.username, found.instead_of) == ("binh", None)


def test_days_that_have_passed_stay_as_they_were(writing: Writing) -> None:
    with writing() as connection:
        province = factories.small_province(connection)
        first = enter(connection, province, "binh", "chi", 0, 4)
        assert absences.close_absence(connection, first, province.accounts["binh"], START, day(2))
        assert not absences.close_absence(connection, first, province.accounts["binh"], START, day(2))
        stood_in = [[one for one in holders(connection, province, "officer", number) if one[1]] for number in range(3)]
        assert stood_in == [[("chi", "binh")], [("chi", "binh")], []]


def test_what_cannot_be_is_refused_by_the_table_itself(writing: Writing) -> None:
    with writing() as connection:
        constraints = connection.execute(
            text("SELECT conname FROM pg_constraint WHERE conrelid = 'absences'::regclass AND contype = 'c' ORDER BY 1")
        )
        assert constraints.scalars().all() == ["ck_absences_days", "ck_absences_substitute"]
