"""What runs beside every dossier: the deadline watch and the intake of online dossiers."""

from __future__ import annotations

from lxml import etree

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


def test_the_intake_is_one_step_of_the_desk() -> None:
    intake = read_diagram(SHARED / "intake.bpmn")
    assert set(intake.steps) == {"check_online"}
    step = intake.steps["check_online"]
    assert (step.position, step.properties["agency"], step.properties["stage"]) == ("desk_officer", "lead", "receive")
    assert step.properties["timeLimit"] == "none"
