"""How far a batch is: kept while it works, asked for with its key, by its own account only."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from app.actions import batch
from app.actions.batch import BatchState, batch_state
from app.actions.runner import RequestKey
from app.errors import DomainError
from tests.actions.scene import Scene
from tests.actions.test_batch import KEY, batch_of, broken, caller_of, outage, waiting

MANY = 3


@pytest.fixture(autouse=True)
def told_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """After each task, so that a few are enough to watch."""
    monkeypatch.setattr(batch, "TOLD_EVERY", 1)


def state(scene: Scene, username: str = "binh", key: RequestKey = KEY) -> BatchState:
    with scene.app.app_context():
        return batch_state(caller_of(scene, username), key.key)


def counts(scene: Scene) -> tuple[int, int, int, bool]:
    found = state(scene)
    return found.total, found.done, found.refused, found.finished


def watched(scene: Scene, monkeypatch: pytest.MonkeyPatch, look: Callable[[], Any]) -> list[Any]:
    """What `look` answers before each task of the next batch."""
    seen: list[Any] = []
    acting = batch.run_task

    def act(*asked: Any) -> Any:
        seen.append(look())
        return acting(*asked)

    monkeypatch.setattr(batch, "run_task", act)
    return seen


def test_while_it_works_its_state_can_be_asked(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [task.id for task in waiting(scene, MANY)]
    scene.do("claim", "chi", ids[1])
    seen = watched(scene, monkeypatch, lambda: counts(scene))
    results = batch_of(scene, "binh", "forward", ids, KEY)
    assert seen == [(3, 0, 0, False), (3, 1, 0, False), (3, 1, 1, False)]
    assert counts(scene) == (3, 2, 1, True)
    kept = state(scene).results
    assert kept is not None
    assert [(one["id"], one["status"]) for one in kept] == [(one["id"], one["status"]) for one in results]


def test_it_says_when_it_was_last_heard_of(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [task.id for task in waiting(scene, MANY)]
    watched(scene, monkeypatch, lambda: scene.clock.move(seconds=7))
    batch_of(scene, "binh", "claim", ids, KEY)
    assert state(scene).updated_at == scene.clock()


def test_it_is_its_own_accounts_only(scene: Scene) -> None:
    batch_of(scene, "binh", "claim", [task.id for task in waiting(scene, 1)], KEY)
    for username, key in (
        ("chi", KEY),
        ("head", KEY),
        ("binh", RequestKey("another", b"")),
        ("binh", RequestKey("batch-1 1", b"")),
    ):
        with pytest.raises(DomainError) as caught:
            state(scene, username, key)
        assert caught.value.code == "not_found"


def test_the_key_of_one_action_names_no_batch(scene: Scene) -> None:
    (task,) = waiting(scene, 1)
    scene.try_to("claim", "binh", task.id, idempotency_key="single")
    with pytest.raises(DomainError) as caught:
        state(scene, key=RequestKey("single", b""))
    assert caught.value.code == "not_found"


def test_one_that_broke_off_says_what_is_done_and_goes_on_from_there(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    ids = [task.id for task in waiting(scene, MANY)]
    with broken(monkeypatch, lambda task: Killed() if task == ids[2] else None), pytest.raises(Killed):
        batch_of(scene, "binh", "forward", ids, KEY)
    assert counts(scene) == (3, 2, 0, False)
    seen = watched(scene, monkeypatch, lambda: counts(scene)[1])
    assert [one["status"] for one in batch_of(scene, "binh", "forward", ids, KEY)] == [200, 200, 200]
    assert seen == [2, 2, 2]  # what is told never goes back
    assert counts(scene) == (3, 3, 0, True)


def test_after_an_outage_it_is_not_finished_and_says_what_is_done(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [task.id for task in waiting(scene, MANY)]
    with broken(monkeypatch, lambda task: outage() if task != ids[0] else None):
        batch_of(scene, "binh", "claim", ids, KEY)
    assert counts(scene) == (3, 1, 0, False)
    batch_of(scene, "binh", "claim", ids, KEY)
    assert counts(scene) == (3, 3, 0, True)


def test_what_cannot_be_told_stops_nothing(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = [task.id for task in waiting(scene, MANY)]

    def unheard(*_: Any) -> None:
        raise outage()

    monkeypatch.setattr(batch.idempotency, "keep_progress", unheard)
    assert [one["status"] for one in batch_of(scene, "binh", "claim", ids, KEY)] == [200, 200, 200]
    assert counts(scene) == (3, 3, 0, True)
