"""Published procedures: found by words, read with the version in force on the day."""

from __future__ import annotations

import json
from datetime import date

import pytest

from app.api.procedures import ProcedureDetailSchema, ProcedureSchema
from tests import factories
from tests.api.lifecycle import body_of
from tests.factories import Clock, Province
from tests.fixtures.application import SignIn, Writing


@pytest.fixture
def province(writing: Writing) -> Province:
    with writing() as connection:
        return factories.small_province(connection)


def test_search_takes_words_in_any_order_with_or_without_diacritics(
    province: Province, writing: Writing, sign_in: SignIn
) -> None:
    with writing() as connection:
        factories.procedure(connection, "2.000815", name="Chứng thực bản sao", field="Chứng thực")
        factories.procedure(connection, "1.001806", name="Trợ giúp xã hội", field="Bảo trợ xã hội")
    client = sign_in("binh")

    def found(query: str) -> list[str]:
        page = body_of(client.get(f"/api/v1/procedures?q={query}"))
        assert page["total"] == len(page["data"])
        for one in page["data"]:
            ProcedureSchema().load(one)
        return [one["code"] for one in page["data"]]

    assert found("") == ["1.000001", "1.001806", "2.000815"]
    assert found("sao ban") == ["2.000815"]
    assert found("hoi TRỢ giup") == ["1.001806"]
    assert found("2.0008") == ["2.000815"]
    assert found("%25") == []


def test_pages_of_procedures_miss_nothing(province: Province, writing: Writing, sign_in: SignIn) -> None:
    with writing() as connection:
        for number in range(5):
            factories.procedure(connection, f"3.00000{number}")
    client = sign_in("binh")
    found: list[str] = []
    cursor = ""
    while True:
        page = body_of(client.get(f"/api/v1/procedures?page_size=2{cursor}"))
        assert page["total"] == 6
        found += [one["code"] for one in page["data"]]
        if page["next"] is None:
            break
        cursor = f"&cursor={page['next']}"
    assert found == ["1.000001", *(f"3.00000{number}" for number in range(5))]


def test_one_procedure_has_what_the_desk_needs(province: Province, sign_in: SignIn) -> None:
    procedure = body_of(sign_in("desk").get("/api/v1/procedures/1.000001"))
    ProcedureDetailSchema().load(procedure)
    assert procedure["components"][0]["code"] == "application"
    assert procedure["agencies"] == ["SYT"]
    assert (procedure["limit"], procedure["limit_unit"]) == ("P10D", "working")
    assert (procedure["version"], procedure["form"]) == (1, None)
    assert procedure["decision"] == {
        "number": "123/QĐ-UBND",
        "decided_on": "2020-01-01",
        "effective_from": "2020-01-01",
    }


@pytest.mark.rule("QT-22.3")
def test_the_version_shown_is_the_one_in_force_on_the_local_day(
    province: Province, writing: Writing, sign_in: SignIn, clock: Clock
) -> None:
    with writing() as connection:
        factories.version(connection, province.procedure, effective_from=date(2026, 12, 1))
    client = sign_in("desk")

    def version() -> int:
        number: int = body_of(client.get("/api/v1/procedures/1.000001"))["version"]
        return number

    clock.set_local("2026-11-30 23:59")
    assert version() == 1
    clock.set_local("2026-12-01 00:00")
    assert version() == 2


def test_a_procedure_without_a_version_in_force_has_none(province: Province, writing: Writing, sign_in: SignIn) -> None:
    with writing() as connection:
        factories.procedure(connection, "9.000001")
    procedure = body_of(sign_in("desk").get("/api/v1/procedures/9.000001"))
    assert (procedure["version"], procedure["decision"], procedure["steps"]) == (None, None, [])


def test_the_form_is_that_of_the_first_step(province: Province, writing: Writing, sign_in: SignIn) -> None:
    form = {"type": "default", "components": [{"type": "textfield", "key": "tên", "label": "Tên"}]}
    main = "reduce_public_tuition.bpmn"
    files = dict(factories.shipped_files(main)) | {"forms/request.json": json.dumps(form).encode()}
    with writing() as connection:
        steps = [{"id": "receive", "name": "Tiếp nhận", "form": "request"}]
        factories.version(
            connection, province.procedure, files, main=main, steps=steps, effective_from=date(2026, 1, 1)
        )
    assert body_of(sign_in("desk").get("/api/v1/procedures/1.000001"))["form"] == form


def test_an_unknown_procedure_is_not_found(province: Province, sign_in: SignIn) -> None:
    answer = sign_in("desk").get("/api/v1/procedures/0.000000")
    assert answer.status_code == 404
    assert answer.json is not None
    assert answer.json["code"] == "not_found"
