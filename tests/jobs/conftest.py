"""The same small office as the actions' tests; and its job queue, run here until nothing is left to do."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import procrastinate
import pytest
from procrastinate import App

from app.embedded import Urls
from app.jobs.queue import job_queue
from app.store.database import APPLICATION_OPTIONS
from tests.actions.conftest import emptying, guard, scene
from tests.actions.scene import Scene

__all__ = ["emptying", "guard", "scene"]

WithQueue = Callable[[Callable[[App], Awaitable[Any]]], Any]


@pytest.fixture
def with_queue(scene: Scene, database_urls: Urls) -> WithQueue:
    """Calls something with the open queue, as the application's role."""

    def call(use: Callable[[App], Awaitable[Any]]) -> Any:
        async def run() -> Any:
            options = {"options": APPLICATION_OPTIONS}
            connector = procrastinate.PsycopgConnector(
                conninfo=database_urls.app, kwargs=options, min_size=1, max_size=2
            )
            queue = job_queue(scene.app, connector)
            async with queue.open_async():
                return await use(queue)

        return asyncio.run(run())

    return call


@pytest.fixture
def work_off(with_queue: WithQueue) -> Callable[[], None]:
    """A worker that does every job that is due and then ends."""

    async def once(queue: App) -> None:
        queue.periodic_registry.periodic_tasks.clear()  # the duties of the minute would come in between
        await queue.run_worker_async(wait=False, install_signal_handlers=False, listen_notify=False)

    return lambda: with_queue(once)
