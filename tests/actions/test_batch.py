"""One action on many tasks: each for itself, and together only in their order and under one key."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.access.caller import Caller
from app.actions import batch
from app.actions.batch import MOST_ITEMS, PATIENCE, run_batch
from app.actions.by_name import ACTIONS, command_for
from app.actions.runner import Context, RequestKey
from app.errors import DomainError
from app.jsontext import dumps
from app.rules.permissions import OF_DOSSIERS, RIGHTS
from app.schemas.tasks import BODIES
from app.store import accounts
from app.store.tasks import TaskRow
from app.views.acting import outcome_view
from tests import factories
from tests.actions.scene import Scene

KEY = RequestKey("batch-1", b"digest")

TO_SOMEBODY = ("handoff", "reassign", "join")


def caller_of(scene: Scene, username: str) -> Caller:
    day = scene.clock().date()
    with scene.reading() as connection:
        account_id = scene.province.accounts[username]
        found = accounts.account_by_id(connection, account_id, day)
    assert found is not None
    return Caller.of(found, day)


def batch_of(
    scene: Scene, username: str, action: str, ids: list[int], key: RequestKey | None = None, **body: Any
) -> list[dict[str, Any]]:
    context = Context(caller_of(scene, username), scene.clock(), key)
    with scene.app.app_context():
        return run_batch(action, ids, body, context, outcome_view)


def waiting(scene: Scene, how_many: int) -> list[TaskRow]:
    """Tasks that wait for binh and chi, each of a dossier of its own."""
    return [scene.task(scene.at_step("process"), "process") for _ in range(how_many)]


@contextmanager
def broken(monkeypatch: pytest.MonkeyPatch, trouble: Callable[[int], BaseException | None]) -> Iterator[list[int]]:
    """While inside, `trouble(task)` is raised instead of acting on that task; answers the tasks that were tried."""
    tried: list[int] = []
    acting = batch.run_task

    def act(command: Any, *rest: Any) -> Any:
        tried.append(command.task_id)
        if (error := trouble(command.task_id)) is not None:
            raise error
        return acting(command, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(batch, "run_task", act)
        yield tried


def outage() -> OperationalError:
    return OperationalError("SELECT 1", {}, Exception("server closed the connection"))


def test_the_table_of_commands_is_the_table_of_rights_and_of_bodies() -> None:
    assert set(ACTIONS) == set(RIGHTS) - OF_DOSSIERS >= set(BODIES)


@pytest.mark.parametrize("action", [name for name in ACTIONS if name not in TO_SOMEBODY])
def test_a_command_is_made_of_an_empty_body(action: str) -> None:
    command = command_for(action, 7, 3, {})
    assert (command.task_id, command.version) == (7, 3)


@pytest.mark.parametrize("action", TO_SOMEBODY)
def test_what_goes_to_somebody_names_who(action: str) -> None:
    with pytest.raises(DomainError) as caught:
        command_for(action, 7, 3, {})
    assert (caught.value.code, list(caught.value.errors or {})) == ("invalid", ["account"])


def test_an_unknown_action_is_invalid() -> None:
    for name in ("", "delete", "__class__", "Forward"):
        with pytest.raises(DomainError) as caught:
            command_for(name, 1, None, {})
        assert (caught.value.code, set(caught.value.errors or {})) == ("invalid", {"action"})


def test_every_task_is_done_and_answered_in_the_order_asked(scene: Scene) -> None:
    tasks = waiting(scene, 3)
    ids = [tasks[2].id, tasks[0].id, tasks[1].id]
    results = batch_of(scene, "binh", "forward", ids, comment="Trình.")
    assert [(one["id"], one["status"]) for one in results] == [(task, 200) for task in ids]
    for one in results:
        assert [led["step"] for led in one["led_to"]] == ["review"]
        assert one["dossier_status"]["number"] == 4
        assert scene.open_steps(one["dossier"]) == ["review"]
        assert scene.last(one["dossier"], "forwarded").data["comment"] == "Trình."
        scene.sound(one["dossier"])


@pytest.mark.rule("QT-22.2a", "QT-22.2b")
def test_one_refusal_stops_none_of_the_others(scene: Scene) -> None:
    first, taken, last = waiting(scene, 3)
    finished = waiting(scene, 1)[0]
    at_review = scene.task(scene.at_step("review"), "review")
    scene.do("claim", "chi", taken.id)
    scene.do("forward", "binh", finished.id)
    ids = [first.id, taken.id, at_review.id, 10**15, finished.id, last.id]
    results = batch_of(scene, "binh", "forward", ids)
    assert [one["id"] for one in results] == ids
    told = [(one["status"], one.get("problem", {}).get("code")) for one in results]
    assert told == [
        (200, None),
        (409, "task_taken"),
        (403, "not_a_candidate"),
        (404, "not_found"),
        (409, "task_finished"),
        (200, None),
    ]
    problem = results[1]["problem"]
    assert {"type", "title", "status", "detail", "code"} <= set(problem)
    assert (problem["type"], problem["rule"]) == ("urn:motcua:problem:task_taken", "QT-22.2b")
    assert scene.task(scene_code(scene, taken), "process").assignee == "chi"


def scene_code(scene: Scene, task: TaskRow) -> str:
    with scene.reading() as connection:
        found: str = connection.execute(
            text("SELECT code FROM dossiers WHERE id = :id"), {"id": task.dossier_id}
        ).scalar_one()
    return found


def test_what_a_body_lacks_is_told_for_each_task(scene: Scene) -> None:
    ids = [task.id for task in waiting(scene, 2)]
    with scene.unchanged():
        results = batch_of(scene, "binh", "return", ids)
    assert [one["problem"]["code"] for one in results] == ["comment_required"] * 2
    assert set(results[0]["problem"]["errors"]) == {"comment"}


@pytest.mark.parametrize("ids", [[], [1, 2, 1], list(range(1, MOST_ITEMS + 2))])
def test_no_ids_repeated_ids_and_too_many_are_refused_as_a_whole(scene: Scene, ids: list[int]) -> None:
    caller_of(scene, "binh")
    with scene.unchanged(), pytest.raises(DomainError) as caught:
        batch_of(scene, "binh", "claim", ids, KEY)
    assert (caught.value.code, set(caught.value.errors or {})) == ("invalid", {"ids"})


@pytest.mark.parametrize(("action", "field"), [("approve", "action"), ("handoff", "account")])
def test_what_is_wrong_for_all_is_refused_as_a_whole(scene: Scene, action: str, field: str) -> None:
    ids = [task.id for task in waiting(scene, 2)]
    with scene.unchanged(), pytest.raises(DomainError) as caught:
        batch_of(scene, "binh", action, ids, KEY)
    assert (caught.value.code, set(caught.value.errors or {})) == ("invalid", {field})


def test_a_lost_connection_costs_one_task_and_what_was_done_stays(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [task.id for task in waiting(scene, 3)]
    with broken(monkeypatch, lambda task: outage() if task == ids[1] else None):
        results = batch_of(scene, "binh", "claim", ids)
    assert [one["status"] for one in results] == [200, 503, 200]
    assert results[1]["problem"]["code"] == "unavailable"
    with scene.reading() as connection:
        taken = connection.execute(
            text("SELECT id FROM tasks WHERE assignee_id IS NOT NULL AND id = ANY(:ids) ORDER BY id"), {"ids": ids}
        ).scalars()
        assert list(taken) == [ids[0], ids[2]]


def test_while_the_database_is_away_the_rest_is_not_tried(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [task.id for task in waiting(scene, 5)]
    with broken(monkeypatch, lambda task: outage() if task != ids[0] else None) as tried:
        results = batch_of(scene, "binh", "claim", ids)
    assert [one["status"] for one in results] == [200, 503, 503, 503, 503]
    assert tried == ids[: 1 + PATIENCE]


def test_a_fault_of_ours_in_one_task_is_that_tasks_and_shows_nothing(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [task.id for task in waiting(scene, 3)]
    with broken(monkeypatch, lambda task: RuntimeError("hoa-sen-22") if task == ids[0] else None):
        results = batch_of(scene, "binh", "claim", ids)
    assert [(one["status"], one.get("problem", {}).get("code")) for one in results] == [
        (500, "internal"),
        (200, None),
        (200, None),
    ]
    assert "hoa-sen-22" not in str(results)


def test_the_same_batch_answers_the_same_results_again(scene: Scene) -> None:
    """Refusals too, although what stood in the way is gone: the batch was answered."""
    tasks = waiting(scene, 3)
    ids = [task.id for task in tasks]
    scene.do("claim", "chi", ids[1])
    first = batch_of(scene, "binh", "forward", ids, KEY)
    assert [one["status"] for one in first] == [200, 409, 200]
    scene.do("release", "chi", ids[1])
    scene.clock.move(hours=1)
    with scene.unchanged():
        again = batch_of(scene, "binh", "forward", ids, KEY)
    assert shown(again) == shown(first)


def shown(results: list[dict[str, Any]]) -> Any:
    """As JSON: kept instants are text already."""
    return json.dumps(json.loads(dumps(results)), sort_keys=True, ensure_ascii=False)


def test_another_batch_under_the_same_key_is_refused(scene: Scene) -> None:
    ids = [task.id for task in waiting(scene, 2)]
    batch_of(scene, "binh", "claim", ids, KEY)
    with scene.unchanged(), pytest.raises(DomainError) as caught:
        batch_of(scene, "binh", "claim", ids[:1], RequestKey(KEY.key, b"another"))
    assert caught.value.code == "key_reused"


@pytest.mark.parametrize("after", [0, 1, 2])
def test_a_batch_that_broke_off_goes_on_where_it_was(scene: Scene, monkeypatch: pytest.MonkeyPatch, after: int) -> None:
    """The process is killed after so many tasks: sent again, these are answered as they were done, the others are done."""

    class Killed(BaseException):
        pass

    tasks = waiting(scene, 3)
    ids = [task.id for task in tasks]
    codes = [scene_code(scene, task) for task in tasks]
    with broken(monkeypatch, lambda task: Killed() if task == ids[after] else None), pytest.raises(Killed):
        batch_of(scene, "binh", "forward", ids, KEY)
    for code in codes[:after]:  # meanwhile the next handler has gone on
        scene.do("forward", "head", scene.task(code, "review").id)
    results = batch_of(scene, "binh", "forward", ids, KEY)
    assert [one["status"] for one in results] == [200, 200, 200]
    for code in codes:
        mine = [row for row in scene.history(code) if row.kind == "forwarded" and row.task_id in ids]
        assert len(mine) == 1
    with scene.unchanged():
        assert shown(batch_of(scene, "binh", "forward", ids, KEY)) == shown(results)


def test_after_an_outage_the_same_batch_goes_on(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [task.id for task in waiting(scene, 3)]
    with broken(monkeypatch, lambda task: outage() if task != ids[0] else None):
        assert [one["status"] for one in batch_of(scene, "binh", "claim", ids, KEY)] == [200, 503, 503]
    assert [one["status"] for one in batch_of(scene, "binh", "claim", ids, KEY)] == [200, 200, 200]


def test_twins_at_once_do_every_task_once(scene: Scene) -> None:
    tasks = waiting(scene, 4)
    ids = [task.id for task in tasks]
    codes = [scene_code(scene, task) for task in tasks]
    caller_of(scene, "binh")
    answers = scene.at_once(*[lambda: batch_of(scene, "binh", "forward", ids, KEY)] * 3)
    assert [[one["status"] for one in results] for results in answers] == [[200] * 4] * 3
    assert len({shown(results) for results in answers}) == 1
    for code in codes:
        assert len([row for row in scene.history(code) if row.kind == "forwarded" and row.task_id in ids]) == 1
        scene.sound(code)


def test_what_is_taken_away_meanwhile_is_not_done(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rights are read again as the batch goes on, and never become more than they were."""
    monkeypatch.setattr(batch, "READ_AGAIN", 1)
    tasks = [scene.task(scene.at_step("process"), "process").id for _ in range(3)]
    done = batch.run_task
    binh = scene.province.accounts["binh"]

    def then_locked(*args: Any) -> Any:
        answer = done(*args)
        with scene.writing() as connection:
            factories.set_columns(connection, "accounts", binh, permissions=["report.view", "dossier.register"])
        return answer

    monkeypatch.setattr(batch, "run_task", then_locked)
    body = {"action": "claim", "ids": tasks, "body": {}}
    results = scene.client("binh").post("/api/v1/tasks/batch", json=body).json["results"]  # type: ignore[index]
    assert [one["status"] for one in results] == [200, 403, 403]
