"""The officials: threads that work on all dossiers at once over HTTP and repeat a request until it is acknowledged.

Every action has an Idempotency-Key. After a lost connection or a 5xx the same request goes out again under the same key; only
an answer below 500 ends it. What was acknowledged is remembered, to be looked for in the history afterwards.
"""

from __future__ import annotations

import http.client
import json
import traceback
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from threading import Event, Lock, Thread
from typing import Any
from uuid import uuid4

from tests.drill.quick import CODE
from tests.drill.waiting import pause

KINDS = {
    "forward": "forwarded",
    "return": "returned",
    "claim": "claimed",
    "release": "released",
    "handoff": "handed_off",
    "confirm-result": "result_confirmed",
    "deliver-result": "delivered",
}
"""Action to the kind of its row in the history."""
BY_POSITION = {
    "desk_officer": ("desk",),
    "assigned_room_head": ("head",),
    "assigned_room_officer": ("binh", "chi"),
    "principal": ("director",),
    "clerk": ("clerk",),
}
SLIPS = 0.06
"""How often somebody issues a slip before she acts."""
APPLICANT = {"name": "Trần Văn Bình", "email": "binh.tran@example.org"}


@dataclass(frozen=True)
class Acknowledged:
    """An action that was answered with success: the dossier, the kind of its row in the history, the task."""

    code: str
    kind: str
    task: int | None


class Line:
    """One thread's connection to the server, made again after every loss."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._connection: http.client.HTTPConnection | None = None

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes | None) -> tuple[int, Any]:
        """Status and JSON; status 0 for a connection that was lost, whatever has become of the request."""
        if self._connection is None:
            self._connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=20)
        try:
            self._connection.request(method, f"/api/v1{path}", body, dict(headers))
            answer = self._connection.getresponse()
            content = answer.read()
        except (OSError, http.client.HTTPException):
            self.close()
            return 0, None
        return answer.status, json.loads(content) if content else None

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


class Crew:
    """Threads that register dossiers and drive them; every `left`-th is left at its last but one step, to get late."""

    def __init__(self, port: int, tokens: Mapping[str, str], threads: int, left: int) -> None:
        self.acknowledged: list[Acknowledged] = []
        self.codes: list[str] = []
        self.numbers: list[str] = []
        """Of the slips that were issued, as they were acknowledged."""
        self.left: set[str] = set()
        self.delivered: set[str] = set()
        self.retries = 0
        self.surprises: list[str] = []
        self.dossiers = 0
        """So many were to be registered up to now."""
        self._port, self._tokens, self._number, self._every = port, tokens, threads, left
        self._waiting: deque[str | None] = deque()
        self._lock = Lock()
        self._stop = Event()
        self._threads: list[Thread] = []

    def start(self, dossiers: int, chance: Random) -> None:
        """Begin, or go on, with so many dossiers more."""
        self.dossiers += dossiers
        self._waiting.extend([None] * dossiers)
        self._stop.clear()
        seeds = [chance.getrandbits(64) for _ in range(self._number)]
        self._threads = [Thread(target=self._work, args=(Random(seed),)) for seed in seeds]  # noqa: S311
        for thread in self._threads:
            thread.start()

    @property
    def done(self) -> bool:
        """All dossiers are delivered or left where they are to stay; or somebody could not go on."""
        return bool(self.surprises) or len(self.delivered) + len(self.left) == self.dossiers

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def progress(self) -> str:
        found = f"{len(self.acknowledged)} acknowledged, {len(self.delivered)} delivered, {len(self.left)} left"
        return f"{found}, {self.retries} retries, surprises: {self.surprises[:3]}"

    def _work(self, chance: Random) -> None:
        connection = Line(self._port)
        try:
            while not self._stop.is_set() and not self.done:
                try:
                    code = self._waiting.popleft()
                except IndexError:
                    pause()
                    continue
                code = self._register(connection) if code is None else code
                if self._stop.is_set():
                    return
                if self._go_on(connection, code, chance):
                    self._waiting.append(code)
        except Exception:
            self.surprises.append(traceback.format_exc())
        finally:
            connection.close()

    def _register(self, connection: Line) -> str:
        body = {"procedure": CODE, "applicant": APPLICANT, "notify": ["email"]}
        status, answer = self._until_acknowledged(connection, "desk", "/dossiers", body)
        if status != 201:
            raise AssertionError(f"registering: {status} {answer}")
        code = str(answer["code"])
        with self._lock:
            self.codes.append(code)
            self.acknowledged.append(Acknowledged(code, "registered", None))
            if len(self.codes) % self._every == 0:
                self.left.add(code)
        return code

    def _go_on(self, connection: Line, code: str, chance: Random) -> bool:
        """One action on the dossier, if there is one; False when nothing more is to be done."""
        status, dossier = connection.send("GET", f"/dossiers/{code}", self._headers("desk"), None)
        if status != 200:
            pause()
            return True
        tasks = dossier["open_tasks"]
        if dossier["status"]["number"] == 10:
            self.delivered.add(code)
            return False
        if code in self.left and any(task["step"] == "approve" for task in tasks):
            return False
        if not tasks:  # it waits for a timer
            pause()
            return True
        if chance.random() < SLIPS:
            self._issue(connection, code)
        task = chance.choice(tasks)
        action, username, body = self._choose(task, chance, dossier["status"]["number"])
        status, answer = self._until_acknowledged(connection, username, f"/tasks/{task['id']}/{action}", body)
        if status == 200:
            with self._lock:
                self.acknowledged.append(Acknowledged(code, KINDS[action], task["id"]))
        elif status not in (0, 409):  # 409: a timer or a colleague was first
            self.surprises.append(f"{action} on {task['step']}: {status} {answer}")
        return True

    def _issue(self, connection: Line, code: str) -> None:
        """A slip by itself: its number comes from a book that all desks share."""
        body = {"kind": "refusal", "values": {"reason": "Không đủ điều kiện."}}
        status, answer = self._until_acknowledged(connection, "desk", f"/dossiers/{code}/slips", body)
        if status == 201:
            with self._lock:
                self.numbers.append(answer["number"])
        elif status not in (0, 409):
            self.surprises.append(f"slip of {code}: {status} {answer}")

    def _choose(self, task: Mapping[str, Any], chance: Random, status: int) -> tuple[str, str, dict[str, Any]]:
        people = BY_POSITION[task["position"]]
        username = task["assignee"] or chance.choice(people)
        body: dict[str, Any] = {"comment": "Theo đề nghị."}
        if task["stage"] == "return":
            return ("deliver-result" if status == 9 else "confirm-result"), username, body
        luck = chance.random()
        if luck < 0.10 and task["assignee"] is None:
            return "claim", username, {}
        if luck < 0.14 and task["assignee"] is not None:
            return "release", username, {}
        if luck < 0.20 and task["step"] == "process":
            return "handoff", username, {"account": "binh" if username == "chi" else "chi", "reason": "Đi họp."}
        if luck < 0.16 and task["step"] in ("assign", "process", "book", "approve"):
            return "return", username, body
        if task["step"] == "assign":
            body["decision"] = "agree"
        return "forward", username, body

    def _until_acknowledged(
        self, connection: Line, username: str, path: str, body: Mapping[str, Any]
    ) -> tuple[int, Any]:
        headers = self._headers(username) | {"Idempotency-Key": str(uuid4()), "Content-Type": "application/json"}
        content = json.dumps(body).encode()
        while not self._stop.is_set():
            status, answer = connection.send("POST", path, headers, content)
            if 0 < status < 500:
                return status, answer
            if status not in (0, 503):
                self.surprises.append(f"{path}: {status} {answer}")
            self.retries += 1
            pause()
        return 0, None

    def _headers(self, username: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[username]}"}
