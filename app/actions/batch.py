"""One action on many tasks: each an action of its own, in a transaction of its own, with its own rights and its own answer.

A batch is no transaction: what was done stays done whatever becomes of the rest, and every task is answered for, in the order
asked. An `Idempotency-Key` covers the batch as a whole. It is taken first, with the digest of the request, in a transaction
of its own: the envelope. Each task then acts under a key derived from it, kept in the same transaction as the act. So a batch
that broke off in the middle, sent again, answers the tasks that were done as they were done then and goes on with the others;
twins at the same time act once. Once every task has its answer the results are kept in the envelope, refusals included, and
are answered again word for word. Results with a failure of the system's own (500, 503) are not kept: sending the batch again
is how the client goes on.

Two tasks of a long batch are under way at once, so what their dossiers share is locked as between any two people. All wait for
the disk together, at the end: nothing is answered before, and what a crash of the server takes away then is done when the
batch is sent again.

While it works, the envelope says how far it has come, so that whoever has the key can ask (`batch_state`).
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy.exc import OperationalError, SQLAlchemyError

from app.access.caller import Caller
from app.actions.by_name import command_for
from app.actions.lanes import in_lanes
from app.actions.runner import Answer, Context, RequestKey, run_task
from app.errors import DomainError, invalid
from app.failures import failure_of
from app.logs import get_logger
from app.rules.permissions import RIGHTS, lacking
from app.runtime import runtime
from app.store import accounts, idempotency
from app.store.transaction import durable_together, reading, transaction

log = get_logger(__name__)

MOST_ITEMS = 1000
LANES = 2
"""So many tasks at once: each lane holds a connection while it acts, and others work meanwhile too."""
WORTH_LANES = 10
"""Fewer items are done one after the other."""
TOLD_EVERY = 25
"""After so many tasks the envelope says again how far the batch has come."""
READ_AGAIN = 50
"""After so many tasks it is asked again whether who asks still may."""
PATIENCE = 2
"""After so many tasks in a row that found no database the rest is not tried: each may wait long for a connection."""
Results = list[dict[str, Any]]
T = TypeVar("T")
_STOP = "stop "
"""No client can send a key that begins so: theirs have no blanks."""


@dataclass(frozen=True, slots=True)
class BatchState:
    """How far a batch has come. `results` once it has finished; `updated_at`: when it was last heard of."""

    total: int
    done: int
    refused: int
    updated_at: datetime
    results: Results | None = None

    @property
    def finished(self) -> bool:
        return self.results is not None


def batch_state(caller: Caller, key: str) -> BatchState:
    """The state of the caller's own batch under that Idempotency-Key. Errors: DomainError not_found."""
    with reading() as connection:
        answer = idempotency.answer_under(connection, caller.account_id, key) or {}
    if "total" not in answer:
        raise DomainError("not_found", "Bạn không có thao tác hàng loạt nào với khóa này, hoặc đã quá bảy ngày.")
    at = datetime.fromisoformat(answer["updated_at"])
    return BatchState(answer["total"], answer["done"], answer["refused"], at, answer.get("results"))


def run_batch(action: str, ids: Sequence[int], body: Mapping[str, Any], context: Context, answer: Answer) -> Results:
    """Do `action` to each of these tasks; `body` is that of the action, the same for all.

    A result is `{"id", "status": 200, **answer(outcome)}`, where the answer's own `status`, the dossier's, is called
    `dossier_status`; or `{"id", "status", "problem": {type, title, status, detail, code, [errors]}}`.
    Errors, with nothing done: DomainError invalid (no such action; none, too many or repeated ids), forbidden, key_reused.
    """
    _check(ids)
    command_for(action, ids[0], None, body)
    wanted = RIGHTS[action].permissions
    if not any(context.caller.may(permission) for permission in wanted):
        raise DomainError("forbidden", lacking(wanted))
    who = _Asker(context)
    return one_by_one(
        ids,
        lambda task_id: _one(action, task_id, body, who.context, answer),
        _refused,
        context,
        told_every=TOLD_EVERY,
        halt=who.halted,
        lanes=LANES,
    )


class _Asker:
    """Who asks, read again every so often: what is taken from her while a batch runs, she has for no longer than that."""

    def __init__(self, context: Context) -> None:
        self.context = context

    def halted(self, results: Results) -> Exception | None:
        """Why the rest is left alone: her account was locked meanwhile."""
        if len(results) % READ_AGAIN:
            return None
        caller = self.context.caller
        with reading() as connection:
            row = accounts.account_by_id(connection, caller.account_id, caller.day)
        if row is None:
            return DomainError("unauthenticated", "Chưa thực hiện vì tài khoản vừa bị khóa.")
        held = Caller.of(row, caller.day)
        # No more than she came with: a token may open only a part of what the account may do.
        self.context = replace(self.context, caller=replace(held, permissions=held.permissions & caller.permissions))
        return None


def one_by_one(
    items: Sequence[T],
    act: Callable[[T], dict[str, Any]],
    refused: Callable[[T, Exception], dict[str, Any]],
    context: Context,
    *,
    told_every: int = TOLD_EVERY,
    halt: Callable[[Results], Exception | None] = lambda results: None,
    lanes: int = 1,
) -> Results:
    """The batch's machinery, whatever is done to each item: `act` never raises, `refused` is a result that was not even tried.

    `halt`: why the items that are left are not tried any more, asked before each. `lanes`: how many may be under way at once.
    Errors: DomainError key_reused.
    """
    key = context.key
    kept = _open_envelope(context, key, len(items)) if key else None
    if kept is not None:
        return kept
    tell = (lambda results: _tell(context, key, len(items), results)) if key else (lambda results: None)
    course = _Course(items, act, refused, halt, tell, told_every)
    try:
        with durable_together():
            in_lanes(lanes if len(items) >= WORTH_LANES else 1, course.step)
    except (DomainError, OperationalError) as error:
        log.error("batch_not_durable", reason=type(error).__name__)
        return [
            refused(item, _not_durable()) if result is None or result["status"] == 200 else result
            for item, result in zip(items, course.so_far, strict=True)
        ]
    return _close_envelope(context, key, course.results) if key else course.results


class _Course(Generic[T]):
    """The items of a batch on their way, in one lane or several."""

    def __init__(
        self,
        items: Sequence[T],
        act: Callable[[T], dict[str, Any]],
        refused: Callable[[T, Exception], dict[str, Any]],
        halt: Callable[[Results], Exception | None],
        tell: Callable[[Results], None],
        told_every: int,
    ) -> None:
        self._items, self._act, self._refused, self._halt, self._tell = items, act, refused, halt, tell
        self._told_every = told_every
        self._lock = threading.Lock()
        self._begun = 0
        self._stopped: Exception | None = None
        self._ended: Results = []
        self._by_number: dict[int, dict[str, Any]] = {}

    @property
    def so_far(self) -> list[dict[str, Any] | None]:
        """In the order of the items; None for what has not ended."""
        return [self._by_number.get(number) for number in range(len(self._items))]

    @property
    def results(self) -> Results:
        """In the order of the items, once all have ended."""
        return [self._by_number[number] for number in range(len(self._items))]

    def step(self) -> bool:
        """Do the next item, or leave it alone where the batch was stopped; False: there is none."""
        with self._lock:
            number = self._begun
            if number == len(self._items):
                return False
            self._begun += 1
            self._stopped = self._stopped or (_not_tried() if _gone(self._ended) else self._halt(self._ended))
            stopped = self._stopped
        item = self._items[number]
        result = self._refused(item, stopped) if stopped else self._act(item)
        with self._lock:
            self._by_number[number] = result
            self._ended.append(result)
            ended = len(self._ended)
            told = list(self._ended) if ended % self._told_every == 0 and ended < len(self._items) else None
        if told:
            self._tell(told)
        return True


def stop_batch(caller: Caller, key: str, now: datetime) -> None:
    """Whoever runs the caller's batch under that key leaves the items alone that it has not begun (`asked_to_stop`)."""
    with transaction() as connection:
        idempotency.take_key(connection, caller.account_id, f"{_STOP}{key}", b"", now)


def asked_to_stop(context: Context) -> bool:
    """Whether the caller has asked the batch that runs under her key to stop."""
    if context.key is None:
        return False
    with reading() as connection:
        return idempotency.is_taken(connection, context.caller.account_id, f"{_STOP}{context.key.key}")


def _check(ids: Sequence[int]) -> None:
    if not ids:
        raise invalid({"ids": ["Phải chọn ít nhất một bước."]})
    if len(ids) > MOST_ITEMS:
        raise invalid({"ids": [f"Mỗi lần chỉ được {MOST_ITEMS} bước."]})
    if len(set(ids)) < len(ids):
        twice = sorted(task_id for task_id, times in Counter(ids).items() if times > 1)
        raise invalid({"ids": [f"Có bước được chọn hai lần: {', '.join(map(str, twice))}."]})


def _one(action: str, task_id: int, body: Mapping[str, Any], context: Context, answer: Answer) -> dict[str, Any]:
    key = context.key
    if key is not None:
        # No client can send this key: theirs have no blanks.
        context = replace(context, key=RequestKey(f"{key.key} {task_id}", key.request))
    try:
        done = run_task(command_for(action, task_id, None, body), context, answer)
    except Exception as error:  # one task's trouble, whatever it is, is not the others'
        return _refused(task_id, error)
    own = {"dossier_status" if name == "status" else name: value for name, value in done.items()}
    return own | {"id": task_id, "status": 200}


def _refused(task_id: int, error: Exception) -> dict[str, Any]:
    problem = failure_of(error).members()
    return {"id": task_id, "status": problem["status"], "problem": problem}


def _gone(results: Results) -> bool:
    last = results[-PATIENCE:]
    return len(last) == PATIENCE and all(result["status"] == 503 for result in last)


def _not_tried() -> DomainError:
    return DomainError("unavailable", "Chưa thực hiện vì cơ sở dữ liệu không phục vụ được; hãy gửi lại sau ít phút.")


def _not_durable() -> DomainError:
    return DomainError(
        "unavailable", "Cơ sở dữ liệu ngừng trước khi xác nhận đã ghi; hãy gửi lại để biết việc nào đã xong."
    )


def _open_envelope(context: Context, key: RequestKey, total: int) -> Results | None:
    """Take the batch's key; the results kept under it, if it was answered before."""
    account = context.caller.account_id
    with transaction() as connection:
        earlier = idempotency.take_key(connection, account, key.key, key.request, context.now)
        if earlier is None:
            idempotency.keep_answer(connection, account, key.key, _counted(total, []))
            return None
    if earlier.request != key.request:
        raise DomainError(
            "key_reused", "Khóa Idempotency-Key này đã dùng cho một yêu cầu khác; hãy tạo khóa mới cho mỗi thao tác."
        )
    return _results(earlier.answer)


def _tell(context: Context, key: RequestKey, total: int, results: Results) -> None:
    """Say in the envelope how far the batch has come."""
    counted = _counted(total, results)
    try:
        with transaction() as connection:
            idempotency.keep_progress(
                connection,
                context.caller.account_id,
                key.key,
                key.request,
                counted,
                counted["done"] + counted["refused"],
            )
    except (
        DomainError,
        SQLAlchemyError,
    ) as error:  # nobody is helped by a batch that stops because it cannot be watched
        log.warning("batch_not_told", reason=type(error).__name__)


def _counted(total: int, results: Results) -> dict[str, Any]:
    """Failures of the system's own count as neither done nor refused: sent again, they are tried again."""
    return {
        "total": total,
        "done": sum(result["status"] == 200 for result in results),
        "refused": sum(200 < result["status"] < 500 for result in results),
        "updated_at": runtime().now().isoformat(),
    }


def _close_envelope(context: Context, key: RequestKey, results: Results) -> Results:
    """Keep the results, or answer those that a twin kept meanwhile."""
    counted = _counted(len(results), results)
    if counted["done"] + counted["refused"] < len(results):
        _tell(context, key, len(results), results)
        return results
    try:
        with transaction() as connection:
            kept = idempotency.keep_results(
                connection, context.caller.account_id, key.key, key.request, counted | {"results": results}
            )
    except (DomainError, SQLAlchemyError) as error:
        # What was done is done and must be told; each task's own key answers should the batch come again.
        log.error("batch_not_kept", reason=type(error).__name__)
        return results
    return (_results(kept) if kept is not None else None) or results


def _results(answer: Mapping[str, Any] | None) -> Results | None:
    """The results in an envelope; None while the batch is still at work, or broke off."""
    results: Results | None = (answer or {}).get("results")
    return results
