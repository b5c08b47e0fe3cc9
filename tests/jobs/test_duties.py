"""Duties: housekeeping of whichever worker comes first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest
from procrastinate import App, JobContext
from sqlalchemy import text

from app.jobs import duties
from tests import factories
from tests.actions.scene import Scene
from tests.actions.standing import leave
from tests.jobs.conftest import WithQueue

PERSON = {"name": "Trần Văn Bình", "email": "binh.tran@example.org"}


def statuses(scene: Scene) -> list[str]:
    query = text("SELECT status::text FROM procrastinate_jobs WHERE task_name = 'send_delivery' ORDER BY id")
    with scene.reading() as connection:
        return list(connection.execute(query).scalars())


async def recover(queue: App) -> None:
    await duties.recover_jobs(cast(JobContext, SimpleNamespace(app=queue)))


@pytest.mark.parametrize(("silent_for", "expected"), [(59, "doing"), (61, "todo"), (None, "todo")])
def test_a_job_of_a_worker_that_died_goes_back_to_the_queue(
    scene: Scene, with_queue: WithQueue, silent_for: int | None, expected: str
) -> None:
    """A worker is dead when its heart has not beaten for a minute, or its row was pruned already."""
    scene.register(applicant=PERSON, notify=["email"])
    with scene.writing() as connection:
        worker = connection.execute(
            text(
                "INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - make_interval(secs => :s)) RETURNING id"
            ),
            {"s": silent_for or 0},
        ).scalar_one()
        connection.execute(
            text("UPDATE procrastinate_jobs SET status = 'doing', worker_id = :worker"),
            {"worker": worker if silent_for is not None else None},
        )
    with_queue(recover)
    assert statuses(scene) == [expected]


def test_what_was_given_back_is_done(scene: Scene, with_queue: WithQueue, work_off: Callable[[], None]) -> None:
    scene.register(applicant=PERSON, notify=["email"])
    with scene.writing() as connection:
        connection.execute(text("UPDATE procrastinate_jobs SET status = 'doing'"))
    work_off()
    assert statuses(scene) == ["doing"], "nobody else touches it before"
    with_queue(recover)
    work_off()
    assert statuses(scene) == ["succeeded"]


def test_old_jobs_that_succeeded_are_dropped_and_failed_ones_stay(scene: Scene, with_queue: WithQueue) -> None:
    for _ in range(3):
        scene.register(applicant=PERSON, notify=["email"])
    with scene.writing() as connection:
        ids = list(connection.execute(text("SELECT id FROM procrastinate_jobs ORDER BY id")).scalars())
        for job, status in zip(ids, ("succeeded", "failed", "succeeded"), strict=True):
            connection.execute(text("UPDATE procrastinate_jobs SET status = 'doing' WHERE id = :id"), {"id": job})
            connection.execute(
                text("UPDATE procrastinate_jobs SET status = CAST(:status AS procrastinate_job_status) WHERE id = :id"),
                {"id": job, "status": status},
            )
        connection.execute(
            text("UPDATE procrastinate_events SET at = at - interval '8 days' WHERE job_id <> :id"), {"id": ids[2]}
        )
    with_queue(recover)
    assert statuses(scene) == ["failed", "succeeded"]


def test_keys_and_tokens_are_forgotten_when_nobody_can_use_them(scene: Scene) -> None:
    task = scene.task(scene.at_step("process"), "process")
    scene.try_to("claim", "binh", task.id, idempotency_key="old")
    scene.clock.move(days=7, seconds=1)
    scene.try_to("release", "binh", task.id, idempotency_key="young")
    with scene.writing() as connection:
        factories.token_for(
            connection, scene.province.accounts["clerk"], now=scene.clock() - timedelta(days=2), hours=1
        )
        before = connection.execute(text("SELECT count(*) FROM tokens")).scalar_one()
    with scene.app.app_context():
        duties.forget_old_keys()
    with scene.reading() as connection:
        assert list(connection.execute(text("SELECT key FROM idempotency_keys")).scalars()) == ["young"]
        assert connection.execute(text("SELECT count(*) FROM tokens")).scalar_one() == before - 1


def test_of_many_workers_one_does_a_periods_duty(scene: Scene, with_queue: WithQueue) -> None:
    """Each worker defers the minute's duty; the queue takes one of them."""

    async def defer(queue: App) -> list[Any]:
        deferrer = queue.periodic_registry
        tasks = [task for task in deferrer.periodic_tasks.values() if task.task.name == "recover_jobs"]
        (task,) = tasks
        deferred = []
        for _ in range(3):
            deferred.append(
                await queue.job_manager.defer_periodic_job(
                    job=task.task.configure(task_kwargs={"timestamp": 1_795_000_020}).job,
                    periodic_id=task.periodic_id,
                    defer_timestamp=1_795_000_020,
                )
            )
        return deferred

    deferred = with_queue(defer)
    assert [job is not None for job in deferred] == [True, False, False]


def test_a_vacant_step_opens_once_somebody_holds_its_position(scene: Scene) -> None:
    """One dossier that cannot be looked at does not stop the others."""
    codes = [scene.at_step("process") for _ in range(3)]
    leave(scene, "head")
    for code in codes:
        scene.do("forward", "binh", scene.task(code, "process").id)
    with scene.writing() as connection:
        broken = scene.dossier(codes[0]).id
        connection.execute(text("UPDATE dossiers SET profile = 'khong_co' WHERE id = :id"), {"id": broken})
        factories.hold(connection, scene.province.accounts["chi"], scene.province.positions["head"])
    with scene.app.app_context():
        duties.review_vacancies()
    assert [scene.open_steps(code) for code in codes] == [[], ["review"], ["review"]]
