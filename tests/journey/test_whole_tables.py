"""Tables that are not one line, gone through as the provinces published them: opinions, the tax office, two stages."""

from __future__ import annotations

from typing import Any

import pytest

from tests.journey.conftest import Office

INVESTMENT, LAND_TAX, LOST_CERTIFICATE = "1.009645.H05", "DEMO.18", "DEMO.22"
PLATFORM = "he.thong.thanh.toan.truc.tuyen"


class Course:
    """A dossier of one of these procedures, driven by whoever holds its steps."""

    def __init__(self, office: Office, procedure: str, agency: str) -> None:
        self.office, self.client = office, office.client()
        self.desk = self.client.desk_officer(agency)
        self.code = str(self.client.register(agency, procedure)["code"])

    def shown(self) -> Any:
        status, dossier = self.client.call(self.desk, "GET", f"/dossiers/{self.code}")
        assert status == 200, dossier
        return dossier

    def open(self) -> list[tuple[str, str]]:
        return sorted((task["step"], task["agency"]) for task in self.shown()["open_tasks"])

    def tasks(self, step: str) -> list[Any]:
        return [task for task in self.shown()["open_tasks"] if task["step"] == step]

    def to(self, step: str) -> None:
        """Forward everything until that step is open."""
        for _ in range(40):
            if self.tasks(step):
                return
            if self.shown()["open_tasks"]:
                self.office.clock.move(minutes=5)
                self.client.step(self.code, self.desk)
            else:
                self.office.clock.move(days=1)
            self.office.tick()
            self.office.sound(self.code)
        raise AssertionError(f"{step} is never reached")

    def act(self, task: Any, action: str, **body: Any) -> Any:
        username = task["assignee"] or task["candidates"][0]
        status, answer = self.client.call(username, "POST", f"/tasks/{task['id']}/{action}", body)
        assert status == 200, answer
        self.office.sound(self.code)
        return answer

    def message(self, name: str, who: str = PLATFORM, **body: Any) -> tuple[int, Any]:
        return self.client.call(who, "POST", f"/dossiers/{self.code}/messages", {"name": name, **body})

    def home(self) -> None:
        for _ in range(60):
            if self.shown()["status"]["number"] == 10:
                return
            self.office.clock.move(days=1)
            self.office.tick()
            if self.shown()["open_tasks"]:
                self.client.step(self.code, self.desk)
            self.office.sound(self.code)
        raise AssertionError("it is never delivered")

    def kinds(self) -> list[str]:
        status, listed = self.client.call(self.desk, "GET", f"/dossiers/{self.code}/timeline?page_size=200")
        assert status == 200, listed
        return [row["kind"] for row in listed["data"]]


# 6: opinions side by side -------------------------------------------------------------------------------------------------


def asked(office: Office, *agencies: str) -> Course:
    """An investment dossier whose opinions are asked of these departments since Wednesday 2026-11-25, 08:00."""
    course = Course(office, INVESTMENT, "STC")
    course.to("draft_request")
    (task,) = course.tasks("draft_request")
    course.act(task, "forward", data={"asked_agencies": list(agencies)})
    course.to("sign_request")
    office.clock.set_local("2026-11-25 08:00")
    (task,) = course.tasks("sign_request")
    course.act(task, "forward")
    return course


@pytest.mark.rule("QT-17.3", "ST-14.3c", "QT-20.1")
def test_each_department_has_its_own_seven_days_and_the_last_answer_lets_the_dossier_go_on(office: Office) -> None:
    course = asked(office, "SYT", "SNNMT", "SVHTTDL")
    assert course.open() == [("give_opinion", agency) for agency in ("SNNMT", "SVHTTDL", "SYT")]
    dues = {task["due_at"] for task in course.tasks("give_opinion")}
    assert dues == {"2026-12-04T08:00:00+07:00"}, "seven working days"
    for agency in ("SVHTTDL", "SYT", "SNNMT"):
        office.clock.move(hours=1)
        (task,) = [task for task in course.tasks("give_opinion") if task["agency"] == agency]
        course.act(task, "forward", comment=f"{agency} thống nhất.")
    assert course.open() == [("consolidate", "STC")]
    course.home()
    assert course.shown()["overdue"] is False


@pytest.mark.rule("ST-14.3c")
def test_who_has_not_answered_by_the_limit_is_not_waited_for_and_the_heads_are_told(office: Office) -> None:
    course = asked(office, "SYT", "SNNMT")
    (task,) = [task for task in course.tasks("give_opinion") if task["agency"] == "SYT"]
    course.act(task, "forward", comment="Thống nhất.")
    office.clock.set_local("2026-12-04 07:59")
    office.tick()
    assert course.open() == [("give_opinion", "SNNMT")]
    office.clock.set_local("2026-12-04 08:00")
    office.tick()
    assert course.open() == [("consolidate", "STC")]
    assert {"timer_fired", "notice_sent"} <= set(course.kinds())
    office.sound(course.code)
    course.home()


@pytest.mark.rule("QT-17.4", "QT-20.1b")
def test_one_opinion_is_sent_back_and_given_again_while_the_others_stand(office: Office) -> None:
    course = asked(office, "SYT", "SNNMT")
    for agency in ("SYT", "SNNMT"):
        (task,) = [task for task in course.tasks("give_opinion") if task["agency"] == agency]
        course.act(task, "forward")
    (task,) = course.tasks("consolidate")
    username = task["assignee"] or task["candidates"][0]
    _, opened = course.client.call(username, "GET", f"/tasks/{task['id']}")
    back = next(offer for offer in opened["actions"] if offer["name"] == "return")
    items = [step["id"] for step in back["to_steps"] if step["id"].startswith("give_opinion")]
    assert len(items) == 2, back
    course.act(task, "return", comment="Ý kiến chưa nêu căn cứ.", to_step=items[0])
    (again,) = course.tasks("give_opinion")
    course.act(again, "forward", comment="Đã bổ sung căn cứ.")
    assert course.open() == [("consolidate", "STC")]
    course.home()


def test_a_notice_instead_of_a_report_leads_back_to_the_appraisal(office: Office) -> None:
    course = asked(office, "SYT")
    course.to("consolidate")
    (task,) = course.tasks("consolidate")
    course.act(task, "forward", decision="supplement")
    course.to("issue")
    (task,) = course.tasks("issue")
    course.act(task, "forward")
    assert course.open() == [("consolidate", "STC")]
    course.home()
    assert course.shown()["outcome"] == "granted"


def test_who_is_asked_is_chosen_among_departments_that_can_answer(office: Office) -> None:
    course = Course(office, INVESTMENT, "STC")
    course.to("draft_request")
    (task,) = course.tasks("draft_request")
    username = task["assignee"] or task["candidates"][0]
    _, opened = course.client.call(username, "GET", f"/tasks/{task['id']}")
    (field,) = opened["form"]["components"]
    assert {one["value"] for one in field["values"]} == {"SYT", "SVHTTDL", "SNNMT", "SDTTG"}
    for data in ({}, {"asked_agencies": []}, {"asked_agencies": ["CDKT"]}, {"asked_agencies": [{"x": 1}]}):
        status, problem = course.client.call(username, "POST", f"/tasks/{task['id']}/forward", {"data": data})
        assert (status, problem["code"]) == (422, "invalid"), problem
        assert list(problem["errors"]) == ["data.asked_agencies"]
    assert course.open() == [("draft_request", "STC")]


# 18: the tax office and the payment ---------------------------------------------------------------------------------------


@pytest.mark.rule("QT-19.3t")
def test_the_payment_moves_the_dossier_on_by_itself(office: Office) -> None:
    course = Course(office, LAND_TAX, "CNVPDK")
    course.to("await_payment")
    shown = course.shown()
    assert shown["status"]["number"] == 6
    assert shown["facts"]["paused"] is True
    assert [wait["name"] for wait in shown["waits_for"]["messages"]] == ["payment_received"]
    office.clock.move(days=200)
    office.tick()
    assert course.open() == [("await_payment", "CNVPDK")], "past every day it waits"
    status, answer = course.message("payment_received", data={"amount": 12_500_000, "voucher": "0086"})
    assert (status, answer["delivered"]) == (200, ["payment_received"])
    assert course.open() == [("verify", "CNVPDK")]
    assert course.shown()["status"]["number"] == 4
    assert course.message("payment_received")[0] == 409
    course.home()


@pytest.mark.rule("QT-19.3t")
def test_where_the_voucher_does_not_come_by_itself_the_desk_moves_it_on(office: Office) -> None:
    course = Course(office, LAND_TAX, "CNVPDK")
    course.to("await_payment")
    (task,) = course.tasks("await_payment")
    username = task["assignee"] or task["candidates"][0]
    status, problem = course.client.call(username, "POST", f"/tasks/{task['id']}/forward", {})
    assert (status, problem["code"]) == (422, "slip_required")
    course.act(task, "forward", attachments=[course.client.attach(course.code, username)])
    assert course.open() == [("verify", "CNVPDK")]
    course.home()


def test_nobody_but_another_system_sends_messages(office: Office) -> None:
    course = Course(office, LAND_TAX, "CNVPDK")
    course.to("await_payment")
    assert course.message("payment_received", who=course.desk)[0] == 403
    assert course.message("payment_received", who="he.thong.co.quan.thue")[0] == 200
    assert course.client.call(PLATFORM, "GET", f"/dossiers/{course.code}")[0] == 403


# 22: two stages and a posting ---------------------------------------------------------------------------------------------


@pytest.mark.rule("QT-20.2a", "QT-20.2c", "QT-19.3t")
def test_fifteen_days_of_posting_then_the_tax_office_then_a_second_reception(office: Office) -> None:
    course = Course(office, LOST_CERTIFICATE, "CNVPDK")
    course.to("check")
    (task,) = course.tasks("check")
    course.act(task, "forward", data={"commune": "X.TRIEUPHONG"})
    course.to("post")
    assert course.open() == [("post", "X.TRIEUPHONG")]
    course.to("sign_posting")
    office.clock.set_local("2026-11-26 09:30")
    (task,) = course.tasks("sign_posting")
    course.act(task, "forward")
    (timer,) = [wait for wait in course.shown()["waits_for"]["timers"] if wait["process"] == "main"]
    assert (timer["element"], timer["due_at"]) == ("posted", "2026-12-11T09:30:00+07:00")
    office.clock.set_local("2026-12-11 09:29")
    office.tick()
    assert course.open() == []
    office.clock.set_local("2026-12-11 09:30")
    office.tick()
    assert course.open() == [("conclude_posting", "X.TRIEUPHONG")]
    course.to("await_payment")
    assert course.shown()["status"]["number"] == 6
    deadline = course.shown()["deadline_at"]
    office.clock.move(days=7)
    assert course.message("payment_received")[0] == 200
    assert course.open() == [("receive_again", "CNVPDK")]
    assert course.shown()["deadline_at"] > deadline
    course.home()
    assert course.shown()["overdue"] is False


def test_the_commune_is_one_that_can_post(office: Office) -> None:
    course = Course(office, LOST_CERTIFICATE, "CNVPDK")
    course.to("check")
    (task,) = course.tasks("check")
    username = task["assignee"] or task["candidates"][0]
    for commune in ("", "SYT", "P.KHONGCO"):
        status, problem = course.client.call(
            username, "POST", f"/tasks/{task['id']}/forward", {"data": {"commune": commune}}
        )
        assert (status, list(problem["errors"])) == (422, ["data.commune"])
