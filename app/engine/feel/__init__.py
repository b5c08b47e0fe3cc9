"""FEEL, evaluated by bpmn.io's feelin in a V8 isolate: the same semantics as in the browser, and no Python from a diagram.

The isolate is made when a process first needs one (never before a fork: V8 would hang in the child), is used by one
thread at a time, and is thrown away after a time-out or a memory error. Results are remembered by expression and by the
values that it can see, so the few conditions of a province's diagrams seldom reach V8 at all.
"""

from __future__ import annotations

import json
import threading
from collections import OrderedDict
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from app.engine.feel.isolate import EXPRESSION_LIMIT, FeelError, FeelSyntaxError, Isolates

__all__ = ["EXPRESSION_LIMIT", "FeelError", "FeelSyntaxError", "evaluate", "matches", "names", "passes"]

_CACHE_SIZE = 4_096
_CACHED_BYTES = 2_048
_CHANGING = ("now", "today", "random")  # functions whose result is not a function of their arguments

_isolates = Isolates()
_lock = threading.Lock()
_results: OrderedDict[tuple[str, str], Any] = OrderedDict()


def evaluate(expression: str, context: Mapping[str, Any]) -> Any:
    """The value of a FEEL expression over JSON values; dates and durations come back as ISO text. Unknown variables are
    null. Raises FeelError: unreadable, not evaluable, over 500 ms, too much memory."""
    visible = json.dumps(_visible(expression, context), ensure_ascii=False, sort_keys=True)
    key = (expression, visible)
    with _lock:
        if key in _results:
            _results.move_to_end(key)
            return _results[key]
    value = _isolates.run(expression, visible)
    scalar = value is None or isinstance(value, str | bool | int | float)
    if scalar and len(visible) <= _CACHED_BYTES and not any(name in expression for name in _CHANGING):
        with _lock:
            _results[key] = value
            while len(_results) > _CACHE_SIZE:
                _results.popitem(last=False)
    return value


def passes(expression: str, context: Mapping[str, Any]) -> bool:
    """What a unary test over nothing says, by which form-js decides what to hide: also true where the expression is null.

    Raises FeelError as `evaluate`.
    """
    visible = json.dumps(_visible(expression, context), ensure_ascii=False, sort_keys=True)
    return _isolates.run(expression, visible, "test") is True


def matches(pattern: str, text: str) -> bool:
    """Whether a regular expression, as browsers have them, finds something in a text. Raises FeelError when it cannot be read
    or takes too long."""
    return _isolates.matches(pattern, text)


@lru_cache(maxsize=1_024)
def names(expression: str) -> tuple[str, ...]:
    """The variables that an expression reads (`a.b` reads `a`), in order; remembered. Raises FeelSyntaxError when it cannot
    be read."""
    return _isolates.check(expression)


def _visible(expression: str, context: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the context that the expression can name. A FEEL name may hold spaces and signs, and feelin reads it
    differently when such a name is known: those are always passed on."""
    return {name: value for name, value in context.items() if not name.isidentifier() or name in expression}
