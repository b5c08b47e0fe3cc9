"""Many tasks at once: looked at first, done one by one, told one by one."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from app.store.drafts import Draft
from tests.actions.scene import Scene
from tests.fixtures.application import Writing
from tests.web.desk import Desk, Form, page_of, words

AtDesk = Callable[[str], Desk]
DO = "/viec/hang-loat"


def at_process(scene: Scene, count: int) -> list[tuple[str, int]]:
    """Codes and tasks of new dossiers at the step of binh and chi."""
    scene.publish("linear")
    made = [scene.at_step("process", "linear") for _ in range(count)]
    return [(code, scene.task(code, "process").id) for code in made]


def preview(person: Desk, action: str, tasks: list[int]) -> TestResponse:
    form = person.form(person.see("/viec"), DO + "/xem")
    return person.client.post(form.action, data=form.fields | {"action": action, "ids": [str(one) for one in tasks]})


def send(person: Desk, seen: TestResponse, **typed: str) -> TestResponse:
    """Press the button of the page that shows what would be done."""
    (form,) = [form for form in page_of(seen).iter("form") if form.get("action") == DO]
    data: dict[str, list[str]] = {}
    for name, value in form.form_values():
        data.setdefault(name, []).append(str(value))
    return person.client.post(DO, data=data | typed)


def test_the_preview_shows_each_and_does_nothing(scene: Scene, desk: AtDesk) -> None:
    made = at_process(scene, 2)
    person = desk("binh")
    person.see("/viec")
    with scene.unchanged():
        seen = preview(person, "forward", [task for _, task in made])
    assert seen.status_code == 200
    assert all(code in words(seen) for code, _ in made)
    assert "Chuyển bước tiếp theo: 2 hồ sơ" in words(seen)


def test_all_are_done_and_the_inbox_says_how_many(scene: Scene, desk: AtDesk) -> None:
    made = at_process(scene, 2)
    person = desk("binh")
    answer = send(person, preview(person, "forward", [task for _, task in made]), comment="Kính trình")
    assert (answer.status_code, answer.location) == (303, "/viec?hop=cho-toi")
    assert "đã xong 2 việc" in words(person.see("/viec"))
    for code, _ in made:
        assert scene.open_steps(code) == ["review"]
        assert scene.last(code, "forwarded").data["comment"] == "Kính trình"


def test_what_was_done_leaves_no_draft_behind(scene: Scene, desk: AtDesk, writing: Writing) -> None:
    ((code, task),) = at_process(scene, 1)
    person = desk("binh")
    form = person.form(person.see(f"/ho-so/{code}"), f"/viec/{task}/forward")
    person.client.post(f"/viec/{task}/nhap", data={"csrf_token": form.fields["csrf_token"], "comment": "Đang viết"})
    assert "Đang viết" in words(person.see(f"/ho-so/{code}"))
    send(person, preview(person, "forward", [task]), comment="Kính trình")
    with writing() as connection:
        assert connection.execute(select(func.count()).select_from(Draft)).scalar_one() == 0


def test_sent_twice_counts_once_and_says_the_same(scene: Scene, desk: AtDesk) -> None:
    made = at_process(scene, 2)
    person = desk("binh")
    seen = preview(person, "forward", [task for _, task in made])
    first, second = send(person, seen), send(person, seen)
    assert (first.status_code, second.status_code) == (303, 303)
    assert [scene.open_steps(code) for code, _ in made] == [["review"], ["review"]]


def test_one_taken_by_somebody_else_does_not_stop_the_others(scene: Scene, desk: AtDesk) -> None:
    (taken, held), (free, task) = at_process(scene, 2)
    person = desk("binh")
    seen = preview(person, "forward", [held, task])
    scene.do("claim", "chi", held)
    answer = send(person, seen)
    assert answer.status_code == 200
    told = words(answer)
    assert "xong 1 trên 2 việc" in told
    assert "✓ Đã xong" in told
    assert "✗" in told
    assert taken in told
    assert (scene.open_steps(taken), scene.open_steps(free)) == (["process"], ["review"])


def test_what_is_not_possible_is_said_before_with_the_reason(scene: Scene, desk: AtDesk) -> None:
    ((mine, task),) = at_process(scene, 1)
    foreign = scene.task(scene.register()["code"], "receive").id
    person = desk("binh")
    seen = preview(person, "forward", [task, foreign, 999_999_999])
    told = words(seen)
    assert "Chuyển bước tiếp theo: 1 hồ sơ" in told
    assert "Không làm được: Bước này thuộc vị trí việc làm khác" in told
    assert "Không có việc này, hoặc hồ sơ không thuộc cơ quan của bạn." in told
    assert page_of(seen).xpath("//input[@name='ids']/@value") == [str(task)]
    assert send(person, seen).status_code == 303
    assert scene.open_steps(mine) == ["review"]


def test_another_agencys_task_does_not_exist(scene: Scene, desk: AtDesk) -> None:
    ((code, task),) = at_process(scene, 1)
    person = desk("official")
    token = person.form(person.see("/toi"), "/dang-xuat").fields["csrf_token"]
    for path in (DO, DO + "/xem"):
        answer = person.client.post(path, data={"csrf_token": token, "action": "forward", "ids": str(task)})
        assert answer.status_code == 200
        assert code not in answer.text
    assert scene.open_steps(code) == ["process"]


def test_a_decision_shared_by_all_is_asked_for_once(scene: Scene, desk: AtDesk) -> None:
    scene.publish("decision")
    made = [scene.at_step("review", "decision") for _ in range(2)]
    person = desk("head")
    seen = preview(person, "forward", [scene.task(code, "review").id for code in made])
    assert page_of(seen).xpath("//input[@name='decision']/@value") == ["agree", "reject"]
    without = send(person, seen, comment="Giữ lại")
    assert without.status_code == 422
    assert "Giữ lại" in words(without)
    assert page_of(without).xpath("//*[@id='error-summary']//a/@href") == ["#decision"]
    assert [scene.open_steps(code) for code in made] == [["review"], ["review"]]
    assert send(person, without, decision="reject").status_code == 303
    assert [scene.last(code, "forwarded").data["decision"] for code in made] == ["reject", "reject"]


def test_steps_with_and_without_a_decision_do_not_decide_together(scene: Scene, desk: AtDesk) -> None:
    scene.publish("decision")
    deciding = scene.at_step("review", "decision")
    plain = scene.at_step("review", scene.publish("linear"))
    person = desk("head")
    seen = preview(person, "forward", [scene.task(code, "review").id for code in (deciding, plain)])
    assert "Bước này phải chọn kết quả xử lý" in words(seen)
    assert page_of(seen).xpath("//input[@name='ids']/@value") == [str(scene.task(plain, "review").id)]


def test_claiming_and_handing_off(scene: Scene, desk: AtDesk) -> None:
    made = at_process(scene, 2)
    tasks = [task for _, task in made]
    person = desk("binh")
    claimed = person.client.post(
        DO, data=form_of(person).fields | {"action": "claim", "ids": [str(task) for task in tasks]}
    )
    assert claimed.status_code == 303
    assert [scene.task(code, "process").assignee for code, _ in made] == ["binh", "binh"]
    seen = preview(person, "handoff", tasks)
    assert page_of(seen).xpath("//select[@name='account']/option/@value") == ["", "chi", "head"]
    empty = send(person, seen)
    assert empty.status_code == 422
    assert page_of(empty).xpath("//*[@id='error-summary']//a/@href") == ["#account", "#comment"]
    half = send(person, empty, account="chi")
    assert page_of(half).get_element_by_id("account").value == "chi"
    assert send(person, half, account="chi", comment="Nghỉ phép").status_code == 303
    assert [scene.task(code, "process").assignee for code, _ in made] == ["chi", "chi"]


def form_of(person: Desk) -> Form:
    return person.form(person.see("/viec"), DO + "/xem")


def test_nothing_chosen_is_said_in_the_inbox(scene: Scene, desk: AtDesk) -> None:
    at_process(scene, 1)
    person = desk("binh")
    for path in (DO, DO + "/xem"):
        answer = person.client.post(path, data=form_of(person).fields | {"action": "forward"})
        assert (answer.status_code, answer.location) == (303, "/viec?hop=cho-toi")
        assert "Bạn chưa chọn hồ sơ nào" in words(person.see("/viec"))


@pytest.mark.parametrize(
    "typed", [{"action": "dance"}, {"action": "\x00"}, {"action": "recall"}, {"action": "other", "other": "recall"}, {}]
)
def test_no_such_action(scene: Scene, desk: AtDesk, typed: dict[str, str]) -> None:
    ((code, task),) = at_process(scene, 1)
    person = desk("binh")
    for path in (DO, DO + "/xem"):
        answer = person.client.post(path, data=form_of(person).fields | {"ids": str(task)} | typed)
        assert answer.status_code == 422
    assert scene.open_steps(code) == ["process"]


@pytest.mark.parametrize(
    "typed",
    [
        {"comment": "\x00"},
        {"comment": "x" * 5000},
        {"decision": "nonsense"},
        {"_key": "'"},
        {"ids": "1e3"},
        {"ids": "9" * 30},
    ],
)
def test_strange_input_is_refused_and_kept_never_a_fault(scene: Scene, desk: AtDesk, typed: dict[str, str]) -> None:
    ((_, task),) = at_process(scene, 1)
    person = desk("binh")
    answer = person.client.post(DO, data=form_of(person).fields | {"action": "forward", "ids": str(task)} | typed)
    assert answer.status_code in (200, 303, 422)
    if "comment" in typed:
        assert answer.status_code == 422
        assert page_of(answer).xpath("//*[@id='error-summary']//a/@href") == ["#comment"]


@pytest.mark.parametrize("path", [DO, f"{DO}/xem"])
def test_coming_back_to_a_batchs_address_leads_to_the_inbox(scene: Scene, desk: AtDesk, path: str) -> None:
    answer = desk("binh").client.get(path)
    assert (answer.status_code, answer.location) == (303, "/viec")


@pytest.mark.parametrize(("action", "asked"), [("claim", False), ("forward", True), ("handoff", True)])
def test_only_what_the_action_takes_is_asked(scene: Scene, desk: AtDesk, action: str, asked: bool) -> None:
    made = at_process(scene, 1)
    person = desk("binh")
    seen = page_of(preview(person, action, [task for _, task in made]))
    assert bool(seen.xpath("//textarea[@name='comment']")) is asked
