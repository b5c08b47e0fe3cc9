"""What became of a job is written down once, although the connection is lost before, in or after it."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import procrastinate
import psycopg
import pytest
from procrastinate.exceptions import ConnectorException
from procrastinate.jobs import Job, Status
from procrastinate.manager import JobManager

from app.embedded import Urls
from app.jobs import job_manager
from app.jobs.queue import job_queue
from app.store import queue as deferring
from app.store.database import APPLICATION_OPTIONS
from tests.actions.scene import Scene
from tests.jobs.sending import rows

pytestmark = pytest.mark.database
STATES = "SELECT status::text, attempts FROM procrastinate_jobs WHERE task_name = 'review_vacancies'"
BEFORE, AFTER = "before", "after"
End = Callable[[JobManager, Job], Awaitable[None]]


class Losing(procrastinate.PsycopgConnector):
    """Whose connection is lost with the next statements, each time before or after the server did it."""

    losses: tuple[str, ...] = ()

    async def execute_query_async(self, query: Any, **arguments: Any) -> None:
        lost, self.losses = self.losses[:1], self.losses[1:]
        if lost != (BEFORE,):
            await super().execute_query_async(query, **arguments)
        if lost:
            raise ConnectorException from psycopg.OperationalError("server closed the connection unexpectedly")


@pytest.fixture
def connector(database_urls: Urls, monkeypatch: pytest.MonkeyPatch) -> Losing:
    monkeypatch.setattr(job_manager, "WAITS", (0.01, 0.01))
    return Losing(conninfo=database_urls.app, kwargs={"options": APPLICATION_OPTIONS}, min_size=1, max_size=2)


def after(scene: Scene, connector: Losing, do: End) -> list[Any]:
    """What the queue has of a job that was begun, and that `do` ends."""
    with scene.writing() as connection:
        deferring.defer(connection, "review_vacancies", timestamp=0)
    queue = job_queue(scene.app, connector)

    async def begin_and_end() -> None:
        async with queue.open_async():
            worker_id = await queue.job_manager.register_worker()
            job = await queue.job_manager.fetch_job(queues=None, worker_id=worker_id)
            assert job is not None
            await do(queue.job_manager, job)

    asyncio.run(begin_and_end())
    return rows(scene, STATES)


async def done(manager: JobManager, job: Job) -> None:
    await manager.finish_job(job, Status.SUCCEEDED, delete_job=False)


async def again(manager: JobManager, job: Job) -> None:
    await manager.retry_job(job)


@pytest.mark.parametrize(("end", "state"), [(done, "succeeded"), (again, "todo")])
@pytest.mark.parametrize("losses", [(), (BEFORE,), (AFTER,), (BEFORE, BEFORE), (BEFORE, AFTER)])
def test_it_is_written_down_once(
    scene: Scene, connector: Losing, end: End, state: str, losses: tuple[str, ...]
) -> None:
    async def with_losses(manager: JobManager, job: Job) -> None:
        connector.losses = losses
        await end(manager, job)

    assert after(scene, connector, with_losses) == [(state, 1)]
    assert connector.losses == ()


def test_a_database_that_stays_away_is_told(scene: Scene, connector: Losing) -> None:
    async def with_losses(manager: JobManager, job: Job) -> None:
        connector.losses = (BEFORE,) * 3
        with pytest.raises(ConnectorException):
            await done(manager, job)

    assert after(scene, connector, with_losses) == [("doing", 0)]


def test_a_job_that_is_not_being_done_is_refused_at_once(scene: Scene, connector: Losing) -> None:
    async def twice(manager: JobManager, job: Job) -> None:
        await done(manager, job)
        with pytest.raises(ConnectorException):
            await done(manager, job)

    assert after(scene, connector, twice) == [("succeeded", 1)]
