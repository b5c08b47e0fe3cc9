"""Requests on a dossier under way: asking, going through the approval, and what stands afterwards."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.actions.scene import Scene
from tests.regulation.files import add_file

CHAIN = (("approve_by_head", "head"), ("approve_by_leader", "director"))
"""The approval of the small province: room head, then the head of the agency."""


def paper(scene: Scene, code: str, username: str = "clerk") -> int:
    """A slip as a file of the dossier; its number."""
    number: int = add_file(scene, username, code, name="phieu.pdf")["id"]
    return number


def approve(scene: Scene, code: str) -> None:
    """Room head and leader agree, where they are asked."""
    for step, username in CHAIN:
        for task in scene.open_tasks(code):
            if task.step == step:
                scene.do("forward", username, task.id, {"decision": "agree"})


def forward(scene: Scene, username: str, code: str, step: str, body: Mapping[str, Any] | None = None) -> Any:
    """The open step of that name is done."""
    return scene.do("forward", username, scene.task(code, step).id, body)


def ask(scene: Scene, action: str, code: str, body: Mapping[str, Any], username: str = "binh") -> Any:
    """Asked from the specialist's step, or by whoever is named from whichever step is open."""
    return scene.do(action, username, main_task(scene, code), body)


def main_task(scene: Scene, code: str) -> int:
    """The dossier's open step of its own procedure."""
    return next(task.id for task in scene.open_tasks(code) if task.instance_kind == "main")


def supplement_requested(scene: Scene, code: str) -> None:
    """Asked by the specialist, approved, and issued by the clerk with the slip."""
    ask(scene, "request-supplement", code, {"reason": "Thiếu giấy xác nhận", "items": ["Giấy xác nhận thu nhập"]})
    approve(scene, code)
    forward(scene, "clerk", code, "issue", {"attachments": [paper(scene, code)]})


def supplemented(scene: Scene, code: str) -> None:
    """The desk passed the slip on, and records what the applicant has handed in."""
    forward(scene, "desk", code, "inform_applicant")
    forward(scene, "desk", code, "await_supplement", {"comment": "Đã nộp đủ"})
