"""Requirements group 3: along the internal procedure, from the room to the leader, the clerk and the desk."""

from __future__ import annotations

from typing import Any

import pytest

from tests.actions.scene import Scene
from tests.regulation.files import add_file, send_file


def forward(scene: Scene, code: str, step: str, username: str, **body: Any) -> None:
    assert scene.open_steps(code) == [step]
    scene.do("forward", username, scene.task(code, step).id, body)


def at_assignment(scene: Scene) -> str:
    """A dossier that lies before the head of the room."""
    return scene.at_step("assign", scene.publish("room_ways"))


@pytest.mark.rule("ST-14.1")
def test_a_room_head_works_on_it_himself_attaches_the_draft_and_submits_to_the_director(scene: Scene) -> None:
    """ST Điều 14 khoản 1: trưởng phòng trực tiếp xử lý, đính kèm dự thảo kết quả, trình giám đốc."""
    code = at_assignment(scene)
    draft = add_file(scene, "head", code, b"PK\x03\x04 a draft", "du-thao.docx", kind="draft_result")
    forward(scene, code, "assign", "head", decision="own")

    assert draft["kind"] == "draft_result"
    assert (scene.open_steps(code), scene.task(code, "approve").position) == (["approve"], "principal")


@pytest.mark.rule("ST-14.2")
def test_or_a_specialist_does_who_submits_through_the_room_head(scene: Scene) -> None:
    """ST Điều 14 khoản 2: phân công chuyên viên; chuyên viên đính kèm dự thảo, trình trưởng phòng, rồi giám đốc."""
    code = at_assignment(scene)
    forward(scene, code, "assign", "head", decision="officer", assignee="binh")
    assert scene.task(code, "process").assignee == "binh"
    add_file(scene, "binh", code, b"PK\x03\x04 a draft", "du-thao.docx", kind="draft_result")
    forward(scene, code, "process", "binh")
    forward(scene, code, "review", "head")

    assert scene.open_steps(code) == ["approve"]


@pytest.mark.rule("ST-15.1b", "ST-15.2")
def test_a_leader_who_agrees_sends_it_to_the_clerk_who_attaches_the_issued_result(scene: Scene) -> None:
    """ST Điều 15: lãnh đạo đồng ý thì chuyển văn thư; văn thư đính kèm kết quả dạng .pdf, chuyển bộ phận một cửa."""
    code = at_assignment(scene)
    forward(scene, code, "assign", "head", decision="own")
    forward(scene, code, "approve", "director")
    assert scene.task(code, "issue").position == "clerk"
    result = add_file(scene, "clerk", code, name="ket-qua.pdf", kind="result")
    forward(scene, code, "issue", "clerk")

    assert (result["kind"], result["media_type"]) == ("result", "application/pdf")
    assert scene.task(code, "give_back").position == "desk_officer"


@pytest.mark.rule("ST-15.2")
def test_a_result_that_is_no_pdf_is_refused(scene: Scene) -> None:
    """ST Điều 15 khoản 2: kết quả là tệp .pdf; tên tệp không làm nên PDF."""
    code = at_assignment(scene)
    scene.client("clerk")
    with scene.unchanged():
        answer = send_file(scene, "desk", code, b"PK\x03\x04 no PDF", "ket-qua.pdf", kind="result")

    assert (answer.status_code, answer.json["rule"] if answer.json else None) == (422, "ST-15.2")


@pytest.mark.rule("QT-17.1", "TN-11.4a", "LA-14.3")
@pytest.mark.parametrize("channel", ["counter", "online"])
def test_everybody_acts_only_at_his_step_of_the_internal_procedure(scene: Scene, channel: str) -> None:
    """QT Điều 17 khoản 1, TN Điều 11 khoản 4a, LA Điều 14 khoản 3: xử lý theo đúng quy trình nội bộ đã ban hành.

    Of all who work at the agency only the holder of the step that is open may send the dossier on, and it goes nowhere but to
    the step that follows in the published procedure.
    """
    name = scene.publish("linear")
    code = scene.register(procedure=name, channel=channel)["code"]
    if channel == "online":
        scene.do("accept", "desk", scene.task(code, "check_online").id)
    published = [step["id"] for step in scene.get("desk", f"/procedures/{name}")["steps"]]
    walked = []
    while (step := scene.open_steps(code)[0]) != published[-1]:
        task = scene.task(code, step)
        for other in {"desk", "head", "binh", "director", "clerk"} - {scene.holder(task)}:
            scene.refused(403, "not_a_candidate", "forward", other, task.id)
        scene.refused(404, "not_found", "forward", "official", task.id)  # of an agency without a part in it
        scene.do("forward", scene.holder(task), task.id)
        walked.append(step)

    assert [*walked, step] == published
