"""What anybody may send to the pages of tables: odd fields, markup, others' ids; two at once; few permissions."""

from __future__ import annotations

from typing import Any

import pytest
from lxml import html

from tests import factories
from tests.actions.scene import Scene
from tests.actions.tables import CLEAR
from tests.web.desk import words
from tests.web.test_table_drafts import HOME, SEE, accept, bring, brought, change, steps_of

MARKUP = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>{{7*7}}"
ODD = ("", "\x00", "9" * 400, "1e309", "=item", MARKUP)


def test_markup_of_a_file_is_text_everywhere(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    table = CLEAR.replace("Thẩm định hồ sơ", f"Thẩm định {MARKUP}").replace("Lãnh đạo Sở Tư pháp", f"Lãnh đạo {MARKUP}")
    answer = bring(admin, table.replace("Cấp giấy phép thử", f"Cấp {MARKUP}"), f"{MARKUP}.md")
    assert answer.status_code == 303, words(answer)
    here = str(answer.headers["Location"])
    for address in (here, HOME):
        seen = admin.client.get(address)
        page = html.document_fromstring(seen.text)
        assert not [one for one in page.iter("img") if one.get("onerror")]
        assert not [one for one in page.iter("script") if "alert" in (one.text or "")]
    assert "<img" not in admin.client.get(f"{here}/so-do").get_json()["xml"]


@pytest.mark.parametrize(
    "operation", ["save", "split", "merge", "up", "down", "add", "remove", "settle", "no-such", ""]
)
def test_operations_on_what_is_not_there_change_nothing(scene: Scene, desk: SEE, operation: str) -> None:
    admin = desk("admin")
    here = brought(admin, CLEAR)
    before = steps_of(admin, here)
    for about in ("", "step_99", "step_1:step_2", MARKUP, "x" * 5000):
        assert change(admin, here, f"{operation}:{about}").status_code in (303, 422), about
    assert len(steps_of(admin, here)) <= len(before) + 5


def test_odd_fields_are_answered(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    here = brought(admin, CLEAR)
    names = [
        name for name in admin.form(admin.see(here), here).fields if not name.startswith("_") and name != "csrf_token"
    ]
    for odd in ODD:
        for name in names:
            assert change(admin, here, **{name: odd}).status_code in (303, 412, 422), (name, odd)
        admin.see(here)
        assert admin.client.get(f"{here}/so-do").status_code == 200, odd
    for version in ODD:
        form = admin.form(admin.see(here), here)
        assert admin.send(form, {"_version": version, "do": "save"}).status_code in (303, 409, 412, 422, 428), version
    for odd in ODD:
        for name in ("procedure", "procedure_code", "field", "level", "create_agencies", "make_position", "_version"):
            typed: dict[str, Any] = {"procedure": "new", "procedure_code": "9.1", name: odd}
            answer = accept(admin, here, **typed)
            assert answer.status_code in (303, 403, 404, 409, 412, 422, 428), (name, odd)
            if answer.status_code == 303:
                here = brought(admin, CLEAR)


def test_a_limit_of_less_than_a_minute_is_told(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    here = brought(admin, CLEAR)
    answer = change(admin, here, **{"b-step_2-amount": "0,0001", "b-step_2-unit": "hours"})
    assert answer.status_code == 422
    assert "ít nhất một phút" in words(answer)


def test_nothing_is_changed_by_a_bare_request(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    here = brought(admin, CLEAR)
    for address in (here, f"{here}/nhan", f"{here}/bo", HOME):
        assert admin.client.post(address, data={}).status_code in (400, 403, 409, 412, 422, 428), address
    assert len(steps_of(admin, here)) == 4


def test_a_table_is_accepted_once(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    code = scene.publish("linear")
    here = brought(admin, CLEAR)
    forms = [admin.form(admin.see(here), f"{here}/nhan") for _ in range(2)]
    answers = [admin.send(form, {"procedure": "other", "procedure_code": code}) for form in forms]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    with scene.reading() as connection:
        count = connection.exec_driver_sql("SELECT count(*) FROM diagram_drafts").scalar_one()
    assert count == 1


def test_a_long_table_and_its_limits_are_said(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    head = "Thủ tục: Dài\n\n| Bước | Vị trí | Nội dung | Thời gian |\n|---|---|---|---|\n"
    rows = "".join(f"| {n} | Chuyên viên Phòng {n} | Việc {n} | 1 giờ |\n" for n in range(1, 700))
    answer = bring(admin, head + rows)
    assert answer.status_code in (303, 422)
    if answer.status_code == 303:
        here = str(answer.headers["Location"])
        admin.see(here)
        assert admin.client.get(f"{here}/so-do").status_code == 200
        assert change(admin, here).status_code in (303, 422)


def test_who_only_designs_makes_no_procedure_and_no_position(scene: Scene, desk: SEE) -> None:
    admin = desk("admin")
    here = brought(admin, CLEAR)
    for address in (HOME, here, f"{here}/so-do", f"{here}/nhan"):
        assert desk("binh").client.get(address).status_code == 403, address
    with scene.writing() as connection:
        factories.account(connection, "designer", scene.province.office, permissions=("diagram.design",))
    designer = desk("designer")
    code = scene.publish("linear")
    agency = next(str(one.get("value")) for one in designer.see(here).iter("input") if one.get("name") == "agencies")
    made = {
        "make_position": f"specialist@{agency}",
        f"unit-specialist@{agency}": "x",
        f"title-specialist@{agency}": "X",
    }
    assert accept(designer, here, procedure="new", procedure_code="9.1", field="X").status_code == 403
    assert accept(designer, here, procedure="other", procedure_code=code, **made).status_code == 403
    assert accept(designer, here, procedure="other", procedure_code=code).status_code == 303
