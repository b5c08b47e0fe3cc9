"""The next events of a dossier with five hundred, beside those of one with three: the cost must not grow with the history.

Measured are a return and the forward after it, which bring a dossier back to where it stood.
"""

from __future__ import annotations

import http.client
import json
import statistics
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from app.access.caller import Caller
from app.actions.by_name import command_for
from app.actions.runner import Context, Outcome, run_task
from app.config import Settings
from app.factory import create_app
from app.store import dossiers, tasks
from app.store.transaction import reading
from bench.dossiers import caller_of, token_for, waiting_tasks
from bench.load import RefusedError, Request, connect, post
from bench.serving import Progress, own_folder, postgres, serving, settings_for

MANY = 500
COMMENT = {"comment": "Xem lại theo đề nghị."}


@dataclass(frozen=True, slots=True)
class _Tokens:
    head: str
    desk: str


def run(quick: bool, progress: Progress) -> dict[str, Any]:
    """Milliseconds of the pair for old and young dossiers in turn, and the median of the rounds' ratios."""
    rounds, pairs, many = (2, 4, 40) if quick else (9, 10, MANY)
    with own_folder() as folder, postgres(folder) as server:
        settings = settings_for(folder, server.urls())
        progress("chuẩn bị hồ sơ …")
        waiting, token = waiting_tasks(settings, (rounds + 2) * pairs, progress)
        old, young, events, desk = _prepare(settings, waiting, pairs, many, progress)
        with serving(settings, "app.factory:create_app()", {}) as port:
            found = _measured(port, _Tokens(token, desk), old, young, rounds)
    ratios = [a / b for a, b in zip(*found, strict=True)]
    return {
        "events": events,
        "old_ms": round(1000 * statistics.median(found[0]), 2),
        "young_ms": round(1000 * statistics.median(found[1]), 2),
        "ratio": round(statistics.median(ratios), 3),
        "ratio_highest": round(max(ratios), 3),
    }


def _prepare(
    settings: Settings, waiting: list[int], pairs: int, many: int, progress: Progress
) -> tuple[list[int], list[int], dict[str, int], str]:
    with create_app(settings).app_context():
        now = datetime.now(UTC)
        head, desk = caller_of("room_head_social", now), caller_of("desk_officer", now)
        old = []
        for number, task in enumerate(waiting[:pairs], start=1):
            old.append(_grown(task, head, desk, many))
            progress(f"  lịch sử dài: {number}/{pairs}")
        events = {"old": _events(old[0]), "young": _events(waiting[-1])}
        return old, waiting[pairs:], events, token_for(desk.account_id, now)


def _grown(task: int, head: Caller, desk: Caller, many: int) -> int:
    """The task of the same step again, after so many events."""
    while _events(task) < many:
        task = _led(_led(task, "return", head, COMMENT), "forward", desk, {})
    return task


def _led(task: int, action: str, caller: Caller, body: dict[str, Any]) -> int:
    def first(outcome: Outcome) -> dict[str, Any]:
        return {"task": outcome.led_to[0].id}

    context = Context(caller, datetime.now(UTC))
    found: int = run_task(command_for(action, task, None, body), context, first)["task"]
    return found


def _events(task: int) -> int:
    with reading() as connection:
        row = tasks.task_by_id(connection, task)
        if row is None:
            raise LookupError(task)
        return dossiers.dossier_by_id(connection, row.dossier_id).history_seq


def _measured(
    port: int, tokens: _Tokens, old: list[int], young: list[int], rounds: int
) -> tuple[list[float], list[float]]:
    """Medians of each round; the first round warms caches and prepares statements."""
    connection, fresh = connect(port), iter(young)
    found: tuple[list[float], list[float]] = ([], [])
    for number in range(rounds + 1):
        taken: tuple[list[float], list[float]] = ([], [])
        for place, task in enumerate(old):
            for which in (0, 1) if place % 2 else (1, 0):
                seconds, led = _pair(connection, tokens, next(fresh) if which else task)
                taken[which].append(seconds)
                if not which:
                    old[place] = led
        if number:
            for which in (0, 1):
                found[which].append(statistics.median(taken[which]))
    return found


def _pair(connection: http.client.HTTPConnection, tokens: _Tokens, task: int) -> tuple[float, int]:
    started = time.perf_counter()
    back = _act(connection, Request(f"/api/v1/tasks/{task}/return", tokens.head, json.dumps(COMMENT).encode()))
    led = _act(connection, Request(f"/api/v1/tasks/{back}/forward", tokens.desk))
    return time.perf_counter() - started, led


def _act(connection: http.client.HTTPConnection, request: Request) -> int:
    """The id of the task that it led to."""
    status, content = post(connection, request)
    if status != 200:
        raise RefusedError(f"{request.path}: {status} {content[:300]!r}")
    found: int = json.loads(content)["led_to"][0]["id"]
    return found
