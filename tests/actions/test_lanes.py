"""A long batch goes in two lanes: answered in the order asked, stopped and broken off as a whole."""

from __future__ import annotations

import threading
from typing import Any

import pytest

from app.actions import batch
from app.actions.lanes import in_lanes
from app.errors import DomainError
from tests.actions.scene import Scene
from tests.actions.test_batch import KEY, batch_of, broken, scene_code, waiting

LONG = batch.WORTH_LANES + 4


class Killed(BaseException):
    pass


def test_all_lanes_work_at_once_and_each_step_is_done_once() -> None:
    together = threading.Barrier(3)
    left, done, lock = [9], [], threading.Lock()

    def step() -> bool:
        with lock:
            if not left[0]:
                return False
            left[0] -= 1
            number = left[0]
        together.wait(10)
        done.append(number)
        return True

    in_lanes(3, step)
    assert sorted(done) == list(range(9))


def test_what_breaks_one_lane_ends_the_others_and_is_raised() -> None:
    begun: list[str] = []

    def step() -> bool:
        begun.append(threading.current_thread().name)
        if threading.current_thread().name == "lane-1":
            raise Killed
        return threading.Event().wait(0.01) or True

    with pytest.raises(Killed):
        in_lanes(2, step)
    assert begun.count("lane-1") == 1


@pytest.fixture
def lanes(monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """The threads in which a batch's tasks are done; the first two wait for each other."""
    seen: set[str] = set()
    both, act = threading.Barrier(batch.LANES), batch.run_task

    def seen_acting(*args: Any) -> Any:
        name = threading.current_thread().name
        if name not in seen:
            seen.add(name)
            both.wait(10)
        return act(*args)

    monkeypatch.setattr(batch, "run_task", seen_acting)
    return seen


def test_a_long_batch_is_answered_in_the_order_asked(scene: Scene, lanes: set[str]) -> None:
    ids = [task.id for task in reversed(waiting(scene, LONG))]
    results = batch_of(scene, "binh", "forward", ids, KEY)
    assert len(lanes) == batch.LANES
    assert [(one["id"], one["status"]) for one in results] == [(task, 200) for task in ids]
    with scene.unchanged():
        assert [one["status"] for one in batch_of(scene, "binh", "forward", ids, KEY)] == [200] * LONG


def test_a_long_batch_that_broke_off_goes_on(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = waiting(scene, LONG)
    ids = [task.id for task in tasks]
    with broken(monkeypatch, lambda task: Killed() if task == ids[5] else None), pytest.raises(Killed):
        batch_of(scene, "binh", "forward", ids, KEY)
    assert [one["status"] for one in batch_of(scene, "binh", "forward", ids, KEY)] == [200] * LONG
    for task in tasks:
        history = scene.history(scene_code(scene, task))
        assert len([row for row in history if row.kind == "forwarded" and row.task_id == task.id]) == 1


def test_a_database_that_goes_while_rights_are_read_again_is_answered_for_each(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [task.id for task in waiting(scene, LONG)]

    def away(_who: Any, results: batch.Results) -> None:
        if len(results) == 4:
            raise DomainError("unavailable", "Không kết nối được cơ sở dữ liệu.")

    monkeypatch.setattr(batch._Asker, "halted", away)
    results = batch_of(scene, "binh", "claim", ids, KEY)
    assert [(one["id"], one["status"]) for one in results] == [(task, 503) for task in ids]
    monkeypatch.undo()
    assert [one["status"] for one in batch_of(scene, "binh", "claim", ids, KEY)] == [200] * LONG


def test_once_stopped_neither_lane_begins_another(
    scene: Scene, lanes: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [task.id for task in waiting(scene, LONG)]
    halted = batch._Asker.halted

    def after_six(who: Any, results: batch.Results) -> Exception | None:
        return DomainError("forbidden", "Đã dừng.") if len(results) >= 6 else halted(who, results)

    monkeypatch.setattr(batch._Asker, "halted", after_six)
    results = batch_of(scene, "binh", "claim", ids)
    done = [one["status"] == 200 for one in results]
    assert 6 <= sum(done) <= 6 + batch.LANES - 1
    assert done == sorted(done, reverse=True)
    assert {one["status"] for one in results} == {200, 403}
