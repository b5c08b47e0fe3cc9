"""The whole system on this machine: a durable PostgreSQL, a web server, two workers; and an application to look with."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qsl, quote, unquote, urlsplit

import procrastinate
import psycopg
from flask import Flask
from sqlalchemy import Connection, text

from app.config import Settings
from app.embedded import EmbeddedPostgres
from app.factory import create_app
from app.jobs import duties
from app.jobs.queue import job_queue
from app.processes import wait_gone
from app.store.database import APPLICATION_OPTIONS, db
from app.store.migrate import upgrade
from app.store.transaction import reading, transaction
from tests import factories
from tests.drill.cluster import ClusterDatabase
from tests.drill.parts import Part, free_port, is_ready
from tests.drill.quick import WORKERS, add_office, publish_quick
from tests.drill.waiting import NeverError, until

_DOING = "SELECT count(*) FROM procrastinate_jobs WHERE status = 'doing'"
PATIENCE = 120.0  # seconds for anything that must come about


@dataclass
class Town:
    app: Flask
    settings: Settings
    database: EmbeddedPostgres
    port: int
    web: Part
    workers: list[Part]
    tokens: dict[str, str]
    environment: dict[str, str]
    """Of every part of it."""
    folder: Path

    @property
    def parts(self) -> list[Part]:
        return [self.web, *self.workers]

    def now(self) -> datetime:
        return datetime.now(UTC)

    def ask(self, question: str, **values: Any) -> list[Any]:
        """The rows that a query answers."""
        with self.app.app_context(), reading() as connection:
            return list(connection.execute(text(question), values).all())

    def number(self, question: str, **values: Any) -> int:
        return int(self.ask(question, **values)[0][0])

    def as_login(self, question: str, *values: Any) -> Any:
        """The first value that a query answers to the login itself, which may end connections of its own."""
        with psycopg.connect(self.database.urls().app) as connection:
            return connection.execute(question, values or None).fetchone()[0]  # type: ignore[index, call-overload]

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.app.app_context(), reading() as connection:
            yield connection

    def start_what_ended(self) -> None:
        """What a supervisor does; also the database, which only this process can start."""
        if not self.database.alive:
            self.database.start()
        for part in self.parts:
            if not part.runs:
                part.start()

    def kill_database(self) -> None:
        """kill -9 of the postmaster; its children notice and end."""
        pid = self.database.pid
        os.kill(pid, signal.SIGKILL)
        assert not wait_gone([pid], PATIENCE)
        with self.app.app_context():
            db.engine.dispose()

    def kill(self, victim: Part) -> None:
        """kill -9 of one part's whole group; of a worker, if it can be seen at it, in the middle of a job."""
        if victim in self.workers:
            with contextlib.suppress(NeverError):
                until("a job is being done", lambda: self.number(_DOING), 1.0)
        victim.kill()
        victim.kills += 1

    def all_ready(self) -> None:
        until("the web server answers", lambda: is_ready(self.port), PATIENCE)
        assert all(part.runs for part in self.parts)

    def workers_at_work(self) -> list[int]:
        """The ids under which both workers tell from now on that they live; all others are of dead ones."""
        (since,) = self.ask("SELECT now()")[0]
        new = "SELECT id FROM procrastinate_workers WHERE last_heartbeat > :since"
        until("both workers report", lambda: len(self.ask(new, since=since)) == len(self.workers), PATIENCE)
        return [row.id for row in self.ask(new, since=since)]

    def recover_jobs(self, living: list[int]) -> None:
        """The workers' own duty, done here at once: in life it waits until a dead worker has been silent for a minute."""
        with self.app.app_context(), transaction() as connection:
            connection.execute(
                text(
                    "UPDATE procrastinate_workers SET last_heartbeat = now() - interval '1 hour' WHERE id <> ALL(:ids)"
                ),
                {"ids": living},
            )
        asyncio.run(self._recover())

    def hurry(self) -> None:
        """Jobs that wait for another attempt are tried now: in life the last of these waits is hours."""
        with self.app.app_context(), transaction() as connection:
            connection.execute(text("UPDATE procrastinate_jobs SET scheduled_at = now() WHERE status = 'todo'"))

    async def _recover(self) -> None:
        options = {"options": APPLICATION_OPTIONS}
        queue = job_queue(self.app, procrastinate.PsycopgConnector(conninfo=self.settings.database_url, kwargs=options))
        async with queue.open_async():
            await duties.recover_jobs(cast(procrastinate.JobContext, SimpleNamespace(app=queue)))


@dataclass(frozen=True)
class Plan:
    """How a town differs from the usual one."""

    environment: Mapping[str, str] = field(default_factory=dict)
    """More of it, for every part; `{folder}` is the town's."""
    proxied: bool = False
    """The parts reach the database through `tests.drill.proxy`."""
    small_disk: str | None = None
    """`postgres` or `data` lies on a disk of its own, of `DISK` megabytes."""
    cluster: bool = False
    """The database is that of ops/ha: two nodes under Patroni, look-ups read at the standby."""


DISK = 160
USUAL = Plan()


@contextmanager
def town(web_workers: int = 1, plan: Plan = USUAL) -> Iterator[Town]:
    """Everything made anew in a folder of its own, and everything ended and removed again, whatever happens inside."""
    folder = Path(tempfile.mkdtemp(prefix="motcua-drill-"))
    folder.chmod(0o711)  # the server's unprivileged user passes through
    data = folder / "data"
    data.mkdir()
    if plan.small_disk:
        mount(folder / plan.small_disk)
    database = EmbeddedPostgres(folder / "postgres", say=lambda line: None)
    several = ClusterDatabase(folder / "cluster") if plan.cluster else None
    if several is not None:
        database = cast(EmbeddedPostgres, several)
    parts: list[Part] = []
    proxy: Part | None = None
    try:
        urls = database.start()
        upgrade(urls.owner)
        port = free_port()
        settings = replace(
            Settings.from_env({}), database_url=urls.app, database_owner_url=urls.app, data=data, port=port
        )
        reached = urls.app
        if plan.proxied:
            proxy, reached = proxy_before(urls.app, folder)
            proxy.start()
        environment = {
            "DATABASE_URL": reached,
            "MOTCUA_DATA": str(data),
            "PORT": str(port),
            "LOG_LEVEL": "WARNING",
            "WEB_WORKERS": str(web_workers),
            "WEB_THREADS": "8",
            "REQUESTS_PER_ACCOUNT": "0",  # a crew asks faster than people do
            "REQUESTS_PER_ADDRESS": "0",
            "TICK_SECONDS": "0.3",
            **({"DATABASE_READ_URL": several.standby_url} if several else {}),
            **{name: value.format(folder=folder) for name, value in plan.environment.items()},
        }
        parts = [Part("web", ["serve"], environment, folder / "web.log")]
        parts += [Part(name, ["worker"], environment, folder / f"{name}.log") for name in ("first", "second")]
        app = create_app(settings)
        found = Town(app, settings, database, port, parts[0], parts[1:], _fill(app), environment, folder)
        for part in parts:
            part.start()
        found.all_ready()
        try:
            yield found
        except BaseException:
            for part in [*parts, *([proxy] if proxy else [])]:
                print(f"--- {part.name}\n{part.said()}")
            raise
        finally:
            with app.app_context():
                db.engine.dispose()
    finally:
        for part in [*parts, *([proxy] if proxy else [])]:
            part.kill()
        database.stop()
        if plan.small_disk:
            subprocess.run(["umount", "--lazy", folder / plan.small_disk], check=False)
        shutil.rmtree(folder, ignore_errors=True)


def proxy_before(url: str, folder: Path) -> tuple[Part, str]:
    """What stands between the parts and the database, and the address under which they reach it."""
    server = unquote(dict(parse_qsl(urlsplit(url).query))["host"])
    (folder / "proxy").mkdir(mode=0o700)
    part = Part("proxy", [server, str(folder / "proxy")], {}, folder / "proxy.log", module="tests.drill.proxy")
    return part, url.replace(quote(server, safe=""), quote(str(folder / "proxy"), safe="")).replace(
        f"host={server}", f"host={folder / 'proxy'}"
    )


def mount(place: Path) -> None:
    """A disk of DISK megabytes in memory; only root may."""
    place.mkdir(exist_ok=True)
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={DISK}m,mode=711", "none", place], check=True)


def _fill(app: Flask) -> dict[str, str]:
    """The office and its procedure; answers a token for each official."""
    now = datetime.now(UTC)
    with app.app_context():
        with transaction() as connection:
            province = add_office(connection)
            tokens = {name: factories.token_for(connection, province.accounts[name], now=now) for name in WORKERS}
        publish_quick(province.accounts["admin"], now)
    return tokens
