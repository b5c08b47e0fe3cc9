"""A small province at work: people act over HTTP, the clock is moved, and what the database holds is looked at directly."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from io import BytesIO
from threading import Barrier
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Connection, select, text
from werkzeug.test import TestResponse

from app.actions.publish_version import PublishVersion, publish
from app.engine.guard import Guard
from app.jobs.ticker import tick
from app.store import dossiers, history, segments, tasks
from app.store.dossiers import DossierRow
from app.store.history import HistoryRow
from app.store.tasks import TaskRow
from app.store.timers import Timer
from app.store.transaction import reading, transaction
from tests import factories
from tests.actions.diagrams import DIAGRAMS
from tests.factories import LONG_AGO, START, Clock, Province
from tests.journey.soundness import faults

OWN_AFFAIRS = ("tokens", "dossier_looks")
"""How the tables begin that signing in and looking write to; all else belongs to a refused action's "nothing has changed"."""
_TABLES = text(
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
    " AND NOT relispartition ORDER BY relname"
)
TELLING = ("official_notices", "deliveries", "procrastinate_jobs", "procrastinate_events")
"""What telling an official by both ways writes."""


@dataclass
class Scene:
    app: Flask
    clock: Clock
    guard: Guard
    sign_in: Callable[[str], FlaskClient]
    province: Province
    clients: dict[str, FlaskClient] = field(default_factory=dict)

    # Acting ------------------------------------------------------------------------------------------------------------

    def client(self, username: str) -> FlaskClient:
        if username not in self.clients:
            self.clients[username] = self.sign_in(username)
        return self.clients[username]

    def get(self, username: str, path: str) -> Any:
        answer = self.client(username).get(f"/api/v1{path}")
        assert answer.status_code == 200, answer.text
        return answer.json

    def try_to(
        self, action: str, username: str, task: int, body: Mapping[str, Any] | None = None, **headers: str
    ) -> TestResponse:
        """One action on a task, whatever comes of it; headers as `if_match`, `idempotency_key`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.client(username).post(f"/api/v1/tasks/{task}/{action}", json=dict(body or {}), headers=named)

    def do(self, action: str, username: str, task: int, body: Mapping[str, Any] | None = None) -> Any:
        """One action that must succeed."""
        answer = self.try_to(action, username, task, body)
        assert answer.status_code == 200, answer.text
        return answer.json

    def refused(
        self,
        status: int,
        code: str,
        action: str,
        username: str,
        task: int,
        body: Mapping[str, Any] | None = None,
        **headers: str,
    ) -> Any:
        """One action that must be refused in this way, with nothing changed."""
        self.client(username)
        with self.unchanged():
            answer = self.try_to(action, username, task, body, **headers)
        return is_problem(answer, status, code)

    def stopped(
        self, action: str, username: str, task: int, body: Mapping[str, Any] | None = None, code: str = "incident"
    ) -> Any:
        """One action that the engine cannot carry out: nothing has changed but that the dossier stands, and who is told."""
        self.client(username)
        with self.unchanged("incidents", "history", "dossiers", *TELLING):
            answer = self.try_to(action, username, task, body)
        return is_problem(answer, 409, code)

    def post_dossier(self, username: str = "desk", **body: Any) -> TestResponse:
        """Online all papers come with the submission, signed (HT-7.2); at the desk a test has none unless it says so."""
        papers = (
            [{"code": "application", "kind": "electronic", "signed": True}] if body.get("channel") == "online" else []
        )
        body = {"procedure": "1.000001", "applicant": {"name": "Trần Văn Bình"}, "components": papers} | body
        return self.client(username).post("/api/v1/dossiers", json=body)

    def register(self, username: str = "desk", **body: Any) -> Any:
        answer = self.post_dossier(username, **body)
        assert answer.status_code == 201, answer.text
        return answer.json

    def at_step(self, step: str, procedure: str = "1.000001", path: tuple[str, ...] = (), **body: Any) -> str:
        """The code of a new dossier that was forwarded until `step` is open, `path` in order where there is a choice."""
        code: str = self.register(procedure=procedure, **body)["code"]
        for _ in range(20):
            opened = {task.step: task for task in self.open_tasks(code)}
            if step in opened:
                return code
            name = next((name for name in path if name in opened), next(iter(opened)))
            self.do("forward", self.holder(opened[name]), opened[name].id)
        raise AssertionError(f"{step} is never reached")

    def holder(self, task: TaskRow) -> str:
        """Somebody who may act on it."""
        by_position = {
            "desk_officer": "desk",
            "assigned_room_head": "head",
            "assigned_room_officer": "binh",
            "principal": "director",
            "clerk": "clerk",
            "office_specialist": "official",
        }
        return task.assignee or by_position[task.position]

    def govern(self, profile: str) -> None:
        """What is registered from now on is under that province's profile; the fixture's end takes it back."""
        made = self.app.extensions["motcua"]
        self.app.extensions["motcua"] = replace(made, settings=replace(made.settings, profile=profile))

    def attach(self, code: str, username: str = "desk", name: str = "phieu.pdf") -> int:
        """A file of the dossier; its id."""
        answer = self.client(username).post(
            f"/api/v1/dossiers/{code}/attachments", data={"file": (BytesIO(b"%PDF-1.7 " + name.encode()), name)}
        )
        assert answer.status_code == 201, answer.text
        number: int = answer.json["id"]  # type: ignore[index]
        return number

    def publish(self, name: str, limit: str = "P10D", **procedure: Any) -> str:
        """Publish one of DIAGRAMS through the real gate as the procedure of that name; answers its code."""
        with self.writing() as connection:
            factories.procedure(connection, name, [self.province.health], limit=limit, **procedure)
        command = PublishVersion(
            procedure=name,
            diagram=DIAGRAMS[name],
            file_name=f"{name}.bpmn",
            decision_number="12/QĐ-UBND",
            decided_on=LONG_AGO,
            effective_from=LONG_AGO,
        )
        with self.app.app_context():
            publish(command, self.province.accounts["admin"], START, self.guard)
        return name

    def tick(self) -> int:
        """One tick of a worker now; answers how many timers took effect."""
        with self.app.app_context():
            return tick(self.clock())

    def at_once(self, *deeds: Callable[[], Any]) -> list[Any]:
        """Do these at the same time, a thread each; answers what each came to, in order."""
        ready = Barrier(len(deeds))

        def run(deed: Callable[[], Any]) -> Any:
            ready.wait(30)
            return deed()

        with ThreadPoolExecutor(len(deeds)) as pool:
            return [future.result() for future in [pool.submit(run, deed) for deed in deeds]]

    # Looking -----------------------------------------------------------------------------------------------------------

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        with self.app.app_context(), reading() as connection:
            yield connection

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        with self.app.app_context(), transaction() as connection:
            yield connection

    def dossier(self, code: str) -> DossierRow:
        with self.reading() as connection:
            found = dossiers.find_dossier(connection, code)
        assert found is not None
        return found

    def open_tasks(self, code: str) -> list[TaskRow]:
        return [task for task in self.live_tasks(code) if task.state == "open"]

    def live_tasks(self, code: str) -> list[TaskRow]:
        """The open tasks and the vacant ones."""
        with self.reading() as connection:
            return tasks.tasks_of(connection, self.dossier(code).id)

    def every_task(self, code: str) -> list[TaskRow]:
        with self.reading() as connection:
            return tasks.every_task_of(connection, self.dossier(code).id)

    def open_steps(self, code: str) -> list[str]:
        return sorted(task.step for task in self.open_tasks(code))

    def task(self, code: str, step: str) -> TaskRow:
        """The open task of that step."""
        (found,) = [task for task in self.open_tasks(code) if task.step == step]
        return found

    def history(self, code: str) -> list[HistoryRow]:
        with self.reading() as connection:
            return history.history_of(connection, self.dossier(code).id)

    def kinds(self, code: str) -> list[str]:
        return [row.kind for row in self.history(code)]

    def last(self, code: str, kind: str) -> HistoryRow:
        return [row for row in self.history(code) if row.kind == kind][-1]

    def timers(self, code: str) -> dict[str, Any]:
        """Due time by element, or by `kind:step` for a step's alarms."""
        by_task = {task.id: task.step for task in self.every_task(code)}
        with self.reading() as connection:
            rows = connection.execute(select(Timer.__table__).where(Timer.dossier_id == self.dossier(code).id)).all()
        return {row.element or f"{row.kind}:{by_task[row.task_id]}": row.due_at for row in rows}

    def timer_row(self, code: str, element: str) -> Any:
        with self.reading() as connection:
            rows = connection.execute(select(Timer.__table__).where(Timer.dossier_id == self.dossier(code).id)).all()
        return next(row for row in rows if row.element == element or row.kind == element)

    def segments(self, code: str) -> list[Any]:
        with self.reading() as connection:
            return segments.segments_of(connection, self.dossier(code).id)

    def sound(self, code: str) -> None:
        """The fold of the history is the stored clock, the chain is whole, and so on: see `faults`."""
        with self.reading() as connection:
            assert faults(connection, self.dossier(code), self.clock()) == []

    def contents(self) -> dict[str, tuple[int, str | None]]:
        """Number of rows and a hash of all of them, by table."""
        with self.reading() as connection:
            names = [one for one in connection.execute(_TABLES).scalars() if not one.startswith(OWN_AFFAIRS)]
            each = [
                f"SELECT '{name}', count(*), md5(string_agg(t::text, ' ' ORDER BY t::text)) FROM \"{name}\" t"  # noqa: S608
                for name in names
            ]
            return {name: (count, digest) for name, count, digest in connection.execute(text(" UNION ALL ".join(each)))}

    @contextmanager
    def unchanged(self, *but: str) -> Iterator[None]:
        """Whatever happens inside leaves every row of every table as it was, dossier versions and counters too; `but` those
        tables."""
        before = self.contents()
        yield
        after = self.contents()
        changed = {name for name in before if before[name] != after[name]}
        assert changed <= {"presence", *but}, changed


def is_problem(answer: TestResponse, status: int, code: str) -> Any:
    """The body of a problem of that status and code."""
    assert answer.status_code == status, answer.text
    assert answer.content_type == "application/problem+json"
    body: Any = answer.json
    assert (body["status"], body["code"]) == (status, code)
    assert body["detail"]
    return body
