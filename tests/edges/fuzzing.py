"""What the OpenAPI document promises, held against the application: requests made from it, as several people, in one process.

`walk` sends each operation some requests that keep to the document and some that do not, with ids, codes and names that there
are in most of them, so that they come further than the first check. `Complaint` is an answer that the document does not allow:
a 5xx, a status, a content type or a body that it does not describe. The same seed sends the same requests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from flask import Flask
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import FlakyStrategyDefinition
from schemathesis.checks import not_a_server_error
from schemathesis.config import SchemathesisConfig
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.generation import GenerationMode
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)
from sqlalchemy import Connection, text

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
_SETTINGS = {
    "deadline": None,
    "database": None,
    "phases": (Phase.generate,),
    "suppress_health_check": list(HealthCheck),
}

AT_ONCE = 10
"""Plays in one run of hypothesis."""
_CLOSED = {"buffered": True}
"""Asked of werkzeug's client: the answer is read and closed at once, a file that it was sent from with it."""

_IDS = {
    "absence_id": "absences",
    "delegation_id": "delegations",
    "delivery_id": "deliveries",
    "draft_id": "diagram_drafts",
    "filter_id": "saved_filters",
    "incident_id": "incidents",
    "outage_id": "outages",
    "simulation_id": "simulations",
    "slip_id": "slips",
    "task_id": "tasks",
    "template_id": "slip_templates",
    "attachment_id": "attachments",
    "entry_id": "fee_entries",
    "remark_id": "remarks",
    "holding_id": "account_positions",
    "comment_id": "diagram_draft_comments",
    "import_id": "dossier_imports",
    "job_id": "procrastinate_jobs",
    "change_id": "calendar_changes",
    "issue_id": "procedure_issues",
    "session_id": "tokens",
}
_CODES = {
    "dossiers": "SELECT code FROM dossiers ORDER BY id",
    "procedures": "SELECT code FROM procedures ORDER BY id",
    "calendars": "SELECT code FROM calendars ORDER BY id",
    "agencies": "SELECT code FROM agencies ORDER BY id",
    "units": "SELECT code FROM units ORDER BY id",
    "positions": "SELECT code FROM positions ORDER BY id",
}
_WORDS = {
    "username": ("victim", "other_victim", "khong-co"),
    "account": ("binh", "chi", "victim"),
    "substitute": ("binh", "chi"),
    "delegate": ("chi", "binh"),
    "assignee": ("binh", "chi"),
    "agency": ("SYT", "VPUBND"),
    "position": ("officer", "desk_officer", "assigned_room_officer"),
    "procedure": ("1.000001", "linear"),
    "decision": ("agree", "disagree"),
    "number": ("1", "2"),
    "key": ("form.ke-hoach-thang-muoi-mot",),
    "name": ("tt01-2018-02.typ", "Nguyễn Thị Ánh"),
    "event": ("result_ready", "accepted"),
    "channel": ("sms", "email"),
    "line": ("1", "2"),
}


@dataclass(frozen=True, slots=True)
class Complaint:
    who: str
    operation: str
    what: str
    request: str

    def __str__(self) -> str:
        return f"{self.who} {self.operation}: {self.what}\n      {self.request}"


@dataclass
class Fuzzing:
    """`tokens` by who calls; None is nobody. `renew` lets somebody in again who has locked or signed herself out: what comes
    after would only be refused. `known`: values that there are, by parameter or `<collection>.code`."""

    app: Flask
    tokens: dict[str, str | None]
    known: Mapping[str, Sequence[str]]
    renew: Callable[[str], str]
    seed: int = 1
    complaints: list[Complaint] = field(default_factory=list)
    sent: int = 0
    statuses: dict[int, int] = field(default_factory=dict)

    def document(self) -> Any:
        config = SchemathesisConfig()
        return schemathesis.openapi.from_wsgi("/openapi.json", self.app, config=config)

    def walk(self, who: str, examples: int) -> None:
        """`examples` requests of each kind to every operation."""
        for operation in operations(self.document()):
            for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
                self._send(operation, who, mode, examples)

    def glance(self) -> None:
        """To every operation one request that keeps to the document by whoever may do most, one that does not by the others
        in turn."""
        *others, most = self.tokens
        for number, operation in enumerate(operations(self.document())):
            self._send(operation, most, GenerationMode.POSITIVE, 1)
            self._send(operation, others[(number + self.seed) % len(others)], GenerationMode.NEGATIVE, 1)

    def play(self, examples: int, steps: int) -> None:
        """Calls that follow from the answers of earlier ones, as the document links them, by whoever may do most."""
        document = self.document()
        *_, most = self.tokens
        fuzzing, kinds = self, list(CHECKS)

        class Play(document.as_state_machine()):  # type: ignore[misc]
            def get_call_kwargs(self, case: Any) -> dict[str, Any]:
                return {"headers": {"Authorization": f"Bearer {fuzzing.tokens[most]}"}, **_CLOSED}

            def validate_response(self, response: Any, case: Any, **_: Any) -> None:
                fuzzing.judge(case, most, case.operation.label, response, kinds)
                fuzzing.let_in(most, response)

        chosen = settings(max_examples=AT_ONCE, stateful_step_count=steps, **_SETTINGS)  # type: ignore[arg-type]
        for number in range(examples // AT_ONCE):
            # Each play finds the office as the one before left it, so that the same choices may lead to other calls. Where
            # hypothesis notices that, it gives the run up: the next one has a seed of its own.
            with suppress(FlakyStrategyDefinition):
                seed(self.seed + number)(Play).run(settings=chosen)

    def _send(self, operation: Any, who: str, mode: GenerationMode, examples: int) -> None:
        try:
            cases = operation.as_strategy(generation_mode=mode)
            cases.validate()
        except Exception:
            if mode is GenerationMode.POSITIVE:
                raise
            return

        @seed(self.seed)
        @settings(max_examples=examples, **_SETTINGS)  # type: ignore[arg-type]
        @given(data=st.data())
        def send(data: Any) -> None:
            case = data.draw(cases)
            self._make_likely(data, case, operation)
            self.ask(case, who, operation.label)

        try:
            send()
        except Exception as error:
            if "Unsatisfiable" not in type(error).__name__:
                raise

    def _make_likely(self, data: Any, case: Any, operation: Any) -> None:
        """Put what there is where the document only says how it is spelled."""
        for name in list(case.path_parameters or {}):
            pool = self._pool(operation.path, name)
            if pool and data.draw(st.integers(0, 9)) < 8:
                case.path_parameters[name] = data.draw(st.sampled_from(pool))
        if isinstance(case.body, dict):
            for name in list(case.body):
                pool = self._pool(operation.path, name)
                if pool and isinstance(case.body[name], str) and data.draw(st.integers(0, 9)) < 7:
                    case.body[name] = data.draw(st.sampled_from(pool))

    def _pool(self, path: str, name: str) -> Sequence[str]:
        collection = re.search(r"/(\w[\w-]*)(?:/\{agency\})?/\{" + re.escape(name) + r"\}", path)
        inner = self.known.get(f"{collection.group(1)}.{name}") if collection else None
        return inner or self.known.get(name, ())

    def ask(self, case: Any, who: str, label: str) -> Any:
        """One request; what the document does not allow is noted."""
        token = self.tokens[who]
        headers = {"Authorization": f"Bearer {token}"} if token else {"Authorization": ""}
        response = case.call(headers=headers, **_CLOSED)
        self.judge(case, who, label, response, list(CHECKS))
        self.let_in(who, response)
        return response

    def let_in(self, who: str, response: Any) -> None:
        token = self.tokens[who]
        if response.status_code != 401 or token is None:
            return
        if self.app.test_client().get("/api/v1/me", headers={"Authorization": f"Bearer {token}"}).status_code == 401:
            self.tokens[who] = self.renew(who)

    def judge(self, case: Any, who: str, label: str, response: Any, checks: list[Any]) -> None:
        """Note what the document does not allow of an answer."""
        self.sent += 1
        self.statuses[response.status_code] = self.statuses.get(response.status_code, 0) + 1
        try:
            case.validate_response(response, checks=checks)
        except FailureGroup as group:
            for failure in group.exceptions:
                self._note(who, label, failure, case)
        except Failure as failure:
            self._note(who, label, failure, case)

    def _note(self, who: str, label: str, failure: Any, case: Any) -> None:
        what = " ".join(f"{failure.title}: {failure.message}".split())[:600]
        same = re.sub(r"\d+", "0", what)[:80]
        if all((one.operation, re.sub(r"\d+", "0", one.what)[:80]) != (label, same) for one in self.complaints):
            asked = f"{case.method} {case.formatted_path} ?{case.query} {case.body!r}"[:700]
            self.complaints.append(Complaint(who, label, what, asked))


def operations(document: Any) -> Iterator[Any]:
    for result in document.get_all_operations():
        yield result.ok()


def known_values(connection: Connection) -> dict[str, Sequence[str]]:
    """Ids, codes and names that there are, by the parameters that hold them."""
    found: dict[str, Sequence[str]] = dict(_WORDS)
    tables = set(connection.execute(text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")).scalars())
    for name, table in _IDS.items():
        if table in tables:
            rows = connection.execute(text(f"SELECT id FROM {table} ORDER BY id LIMIT 40")).scalars()  # noqa: S608
            found[name] = tuple(str(one) for one in rows)
    for collection, query in _CODES.items():
        found[f"{collection}.code"] = tuple(connection.execute(text(query)).scalars())
    return found
