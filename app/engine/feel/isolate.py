"""The V8 isolate behind `app.engine.feel`."""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import json
import os
import threading
from importlib import resources
from typing import TYPE_CHECKING, Any

from app.engine.feel.keeper import KEEPER

if TYPE_CHECKING:
    from py_mini_racer import MiniRacer

TIME_LIMIT = 0.5  # seconds, and as many once more
MEMORY_LIMIT = 96 * 1024 * 1024  # bytes of V8 heap
EXPRESSION_LIMIT = 4_000  # characters
CONTEXT_LIMIT = 4_000_000  # characters of JSON

_TOO_MUCH = "biểu thức chạy quá lâu hoặc dùng quá nhiều bộ nhớ"

FUNCTIONS = ("run", "test", "check", "matches")


class FeelError(Exception):
    """An expression that could not be evaluated; the text says why."""


class FeelSyntaxError(FeelError):
    """An expression that cannot be read; `position` is the offset of the first character that does not fit."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


class Isolates:
    """At most one isolate for this process, made on first use and replaced after it was abused."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._isolate: _Isolate | None = None
        self._made_in: int | None = None
        os.register_at_fork(after_in_child=self._forget)
        # An isolate that is still there when the interpreter goes makes the process hang.
        atexit.register(self._discard)

    def _forget(self) -> None:
        # The child has none of V8's threads: the parent's isolate must be neither used nor, ever, destroyed there.
        self._lock = threading.Lock()
        if self._isolate is not None:
            ctypes.pythonapi.Py_IncRef(ctypes.py_object(self._isolate))
        self._isolate = None

    def run(self, expression: str, context_json: str, function: str = "run") -> Any:
        """`function`: run for a value, test for a unary test. Raises FeelError."""
        if len(expression) > EXPRESSION_LIMIT or len(context_json) > CONTEXT_LIMIT:
            raise FeelError("biểu thức hoặc dữ liệu quá dài")
        answer = self._ask(function, expression, context_json)
        if "error" in answer:
            raise FeelError(str(answer["error"]))
        return answer["value"]

    def check(self, expression: str) -> tuple[str, ...]:
        """Raises FeelSyntaxError."""
        if len(expression) > EXPRESSION_LIMIT:
            raise FeelSyntaxError("biểu thức quá dài", EXPRESSION_LIMIT)
        answer = self._ask("check", expression)
        if "error" in answer:
            raise FeelSyntaxError("biểu thức sai cú pháp", int(answer["from"]))
        return tuple(answer["names"])

    def matches(self, pattern: str, text: str) -> bool:
        """Whether a browser's regular expression finds something. Raises FeelError: unreadable, over the time limit."""
        if len(pattern) > EXPRESSION_LIMIT:
            raise FeelError("biểu thức chính quy quá dài")
        answer = self._ask("matches", pattern, text)
        if "error" in answer:
            raise FeelError(str(answer["error"]))
        return bool(answer["found"])

    def _ask(self, function: str, *arguments: str) -> dict[str, Any]:
        """What runs out of time is asked once more: the limit is one of the clock on the wall, and a machine that stood still
        must not become an incident of a dossier."""
        with self._lock:
            try:
                return self._asked(function, arguments)
            except _timeout():
                self._discard()
            try:
                return self._asked(function, arguments)
            except _timeout() as problem:
                self._discard()
                raise FeelError(_TOO_MUCH) from problem

    def _asked(self, function: str, arguments: tuple[str, ...]) -> dict[str, Any]:
        """Errors: FeelError; that of the time limit, with the isolate still there."""
        if self._isolate is None:
            self._isolate = self._make()
        try:
            answer: dict[str, Any] = json.loads(self._isolate.call(function, arguments))
        except _timeout():
            raise
        except Exception as problem:
            self._discard()
            too_much = isinstance(problem, _memory())
            words = _TOO_MUCH if too_much else f"không tính được biểu thức ({type(problem).__name__})"
            raise FeelError(words) from problem
        return answer

    def _make(self) -> _Isolate:
        if self._made_in not in (None, os.getpid()):
            raise FeelError("V8 đã khởi động trước khi tách tiến trình, không dùng được ở đây")
        self._made_in = os.getpid()
        return KEEPER.do(_Isolate)

    def _discard(self) -> None:
        isolate, self._isolate = self._isolate, None
        if isolate is not None:
            with contextlib.suppress(Exception):
                KEEPER.do(isolate.close)


def _timeout() -> type[BaseException]:
    from py_mini_racer import JSTimeoutException

    return JSTimeoutException


def _memory() -> type[BaseException]:
    from py_mini_racer import JSOOMException

    return JSOOMException


class _Isolate:
    """Made and closed by the keeper; called from any thread."""

    def __init__(self) -> None:
        # Imported late: loading V8's library costs memory that a process without expressions need not pay.
        from py_mini_racer import MiniRacer

        source = resources.files("app.engine.feel").joinpath("feelin.js").read_text(encoding="utf-8")
        self._functions: dict[str, Any] = {}
        self._racer: MiniRacer = MiniRacer()
        try:
            self._racer.set_hard_memory_limit(MEMORY_LIMIT)
            self._racer.eval(source)
            self._functions |= {name: self._racer.eval(f"feel.{name}") for name in FUNCTIONS}
        except BaseException:
            self.close()  # here, in the thread that made it
            raise

    def call(self, function: str, arguments: tuple[str, ...]) -> str:
        answer: str = self._functions[function](*arguments, timeout_sec=TIME_LIMIT)
        return answer

    def close(self) -> None:
        # What was cancelled reports back once more: let it, while there is still someone to report to.
        with contextlib.suppress(Exception):
            self._racer.eval("0", timeout_sec=TIME_LIMIT)
        self._functions.clear()
        self._racer.close()
