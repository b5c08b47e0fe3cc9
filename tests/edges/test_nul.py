"""U+0000, which no text column takes, in forms, names of files and tables: refused in words, never a 500."""

from __future__ import annotations

from io import BytesIO
from typing import Any

from tests.actions.away import allow
from tests.actions.scene import Scene, is_problem
from tests.actions.test_keep_organisation import own
from tests.web.conftest import desk
from tests.web.desk import Desk, words

__all__ = ["desk", "own"]


def test_in_a_form_without_fields_of_its_own(scene: Scene, desk: Any) -> None:
    code = scene.at_step("process", scene.publish("linear"))
    task = scene.task(code, "process").id
    person: Desk = desk("binh")
    for name, value in (("forward-data_x", "a\0b"), ("forward-data_x\0", "a")):
        form = person.form(person.see(f"/viec/{task}"), f"/viec/{task}/forward")
        answer = person.client.post(f"/viec/{task}/forward", data=form.fields | {name: value})
        assert answer.status_code == 422, (name, answer.status_code)
    assert scene.open_steps(code) == ["process"]


def test_in_a_line_of_the_postal_batch_the_others_are_registered(scene: Scene, desk: Any) -> None:
    person: Desk = desk("desk")
    form = person.form(person.see("/tiep-nhan/buu-chinh"), "/tiep-nhan/buu-chinh")
    answer = person.client.post("/tiep-nhan/buu-chinh", data=form.fields | {"procedure": "\0", "name": "Lê Văn Ba"})
    assert answer.status_code == 422, words(answer)
    assert "Lê Văn Ba" in answer.text


def test_in_the_name_of_a_file_and_in_a_table(own: Scene) -> None:
    client = own.client("keeper")
    table = "Họ và tên\0,Hộp thư\nLê Văn Ba,ba@example.org\n"
    for name, content in (("a\0.csv", b"x,y\n1,2\n"), ("a.csv", table.encode("utf-16"))):
        answer = client.post("/api/v1/accounts/imports", data={"file": (BytesIO(content), name)})
        is_problem(answer, 422, "invalid")


def test_where_no_check_names_it_the_database_refuses_it_in_words(scene: Scene, desk: Any) -> None:
    allow(scene, "binh", "task.assign")
    person: Desk = desk("binh")
    form = person.form(person.see("/ban-giao"), "/ban-giao")
    answer = person.client.post("/ban-giao", data=form.fields | {"username": "\0", "to": "binh", "reason": "Nghỉ ốm"})
    assert answer.status_code == 422
    assert "U+0000" in words(answer)
