"""Dossiers of an old system: they stand where they stood, with the deadline that they had, and are worked on like any other."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from tests.actions.importing import by_old_code, take_over
from tests.actions.scene import Scene
from tests.factories import local_iso


def works_to_the_end(scene: Scene, code: str) -> None:
    for _ in range(20):
        scene.sound(code)
        opened = scene.open_tasks(code)
        if not opened:
            break
        task = opened[0]
        if task.stage == "return":
            if scene.dossier(code).result_at is None:
                scene.do("confirm-result", scene.holder(task), task.id)
            scene.do("deliver-result", scene.holder(task), task.id)
        else:
            scene.do("forward", scene.holder(task), task.id)
    scene.sound(code)
    assert scene.dossier(code).status == 10


def test_a_dossier_stands_at_its_step_with_its_own_deadline_and_goes_on(scene: Scene) -> None:
    scene.publish("linear")
    (code,) = take_over(scene, {})
    dossier = scene.dossier(code)
    assert scene.open_steps(code) == ["process"]
    assert dossier.status == 4
    assert local_iso(dossier.received_at) == "2026-11-16T08:00:00+07:00"
    assert local_iso(dossier.deadline_at) == "2026-11-27T16:00:00+07:00"  # type: ignore[arg-type]
    assert local_iso(dossier.appointment_at) == "2026-11-30T09:00:00+07:00"  # type: ignore[arg-type]
    assert by_old_code(scene, "CU-1") == code
    scene.sound(code)
    works_to_the_end(scene, code)
