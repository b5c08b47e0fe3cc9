"""What runs beside a dossier: the deadline watch, the intake of online dossiers, and what somebody asks for."""

from __future__ import annotations

import pytest
from lxml import etree

from app.engine.gate.steps import RECIPIENTS as GATE_RECIPIENTS
from app.engine.shared import REQUESTS
from app.engine.steps import ROLES, read_decisions
from app.messages.texts import TEMPLATES, TO_APPLICANT
from app.rules.side import SIDE
from tests.content.diagram_reading import NAMES, SHARED, Diagram, attr, read_diagram

RECIPIENTS = {"holder", "holder_head", "desk", "desk_head", "lead_head", "applicant"}
WATCH = read_diagram(SHARED / "deadline_watch.bpmn")


def properties(task: etree._Element) -> dict[str, str]:
    entries = task.iterfind("bpmn:extensionElements/camunda:properties/camunda:property", NAMES)
    return {attr(entry, "name"): attr(entry, "value") for entry in entries}


def after(diagram: Diagram, node: str) -> set[str]:
    return {target for source, target in diagram.flows.values() if source == node}


def test_the_watch_waits_for_three_instants_at_once() -> None:
    (split,) = (attr(gateway, "id") for gateway in WATCH.find(".//bpmn:parallelGateway"))
    waits = {
        attr(event, "id"): event.findtext("bpmn:timerEventDefinition/bpmn:timeDate", "", NAMES)
        for event in WATCH.find(".//bpmn:intermediateCatchEvent")
    }
    assert after(WATCH, split) == set(waits)
    assert sorted(waits.values()) == ["appointment_at", "deadline_at", "due_soon_at"]


def test_each_instant_tells_somebody() -> None:
    notices = {attr(task, "id"): properties(task) for task in WATCH.find(".//bpmn:sendTask")}
    assert {notice["template"] for notice in notices.values()} == {
        "deadline_due_soon",
        "deadline_passed",
        "appointment_passed",
    }
    for notice in notices.values():
        assert set(notice) == {"notify", "template"}
        recipients = notice["notify"].split(",")
        assert set(recipients) <= RECIPIENTS
        assert len(recipients) == len(set(recipients))
    reached = {
        attr(event, "id"): after(WATCH, attr(event, "id")) for event in WATCH.find(".//bpmn:timerEventDefinition/..")
    }
    assert reached == {
        "due_soon_reached": {"notify_due_soon"},
        "deadline_reached": {"notify_deadline"},
        "appointment_reached": {"notify_appointment"},
    }


def test_after_the_appointment_the_desk_contacts_the_applicant() -> None:
    assert after(WATCH, "notify_appointment") == {"contact_applicant"}
    step = WATCH.steps["contact_applicant"]
    assert (step.position, step.properties["agency"], step.properties["timeLimit"]) == ("desk_officer", "lead", "none")
    assert set(WATCH.steps) == {"contact_applicant"}


def test_the_intake_is_the_desks_check_and_the_wait_for_the_applicant() -> None:
    intake = read_diagram(SHARED / "intake.bpmn")
    assert set(intake.steps) == {"check_online", "await_correction"}
    for step in intake.steps.values():
        told = (step.position, step.properties["agency"], step.properties["stage"], step.properties["timeLimit"])
        assert told == ("desk_officer", "lead", "receive", "none"), "how long it may take is the profile's to say"
    outcomes = read_decisions(intake.steps["check_online"].properties["decisions"])
    assert [outcome.value for outcome in outcomes] == ["accept", "refuse", "correct"]


# What somebody asks for --------------------------------------------------------------------------------------------------

REQUESTED = {name: read_diagram(SHARED / f"{name}.bpmn") for name in REQUESTS}
every_request = pytest.mark.parametrize("name", REQUESTS)


@every_request
def test_the_title_is_that_of_the_rule(name: str) -> None:
    (process,) = REQUESTED[name].find("bpmn:process")
    assert process.get("name") == SIDE[name].title


@every_request
def test_every_step_says_who_where_and_what_for_and_counts_no_time_of_its_own(name: str) -> None:
    for step in REQUESTED[name].steps.values():
        assert step.position in ROLES, step.id
        assert step.properties["agency"] in ("lead", "asker", "=agency"), step.id
        assert step.properties["timeLimit"] == "none", "the tables print none"
        assert step.work.endswith("."), step.id
        assert len(step.work) > 40, step.id
        at_desk = step.position in ("@desk", "@desk_head")
        assert (step.properties["agency"] == "lead") == at_desk, step.id


@every_request
def test_who_decides_may_agree_or_send_it_back_and_nothing_happens_by_deciding(name: str) -> None:
    for step in REQUESTED[name].steps.values():
        if "decisions" in step.properties:
            values = [decision.value for decision in read_decisions(step.properties["decisions"])]
            assert values == ["agree", "reject"], step.id
            assert "effect" not in step.properties, step.id


@every_request
def test_its_notices_are_texts_that_exist_and_reach_those_who_are_concerned(name: str) -> None:
    for task in REQUESTED[name].find(".//bpmn:sendTask"):
        notice = properties(task)
        recipients = set(notice["notify"].split(","))
        assert recipients <= set(GATE_RECIPIENTS)
        assert notice["template"] in TEMPLATES
        assert (notice["template"] in TO_APPLICANT) == ("applicant" in recipients), (
            "one text speaks to one kind of reader"
        )
        assert recipients == {"applicant"} or "applicant" not in recipients


def test_what_holds_the_dossier_and_ends_it_tells_the_applicant() -> None:
    told = {
        name: {properties(task)["template"] for task in diagram.find(".//bpmn:sendTask")}
        for name, diagram in REQUESTED.items()
    }
    assert told == {
        "supplement": {"supplement_requested"},
        "rejection": {"dossier_refused"},
        "withdrawal": {"dossier_withdrawn"},
        "stopping": {"dossier_stopped"},
        "extension": {"extension_recorded", "apology_sent"},
        "payment": {"payment_requested", "payment_overdue", "payment_reminder"},
        "opinion": {"opinion_asked", "opinion_answered", "opinion_overdue"},
        "verification": {"visit_planned"},
    }


@pytest.mark.parametrize(("name", "event", "host"), [("payment", "last_day_passed", "await_payment"),
                                                    ("opinion", "limit_passed", "answer")])  # fmt: skip
def test_a_day_that_passes_tells_people_and_breaks_nothing_off(name: str, event: str, host: str) -> None:
    (found,) = REQUESTED[name].find(".//bpmn:boundaryEvent")
    assert (attr(found, "id"), attr(found, "attachedToRef"), found.get("cancelActivity")) == (event, host, "false")
    assert found.findtext("bpmn:timerEventDefinition/bpmn:timeDate", "", NAMES) == "limit_at"
