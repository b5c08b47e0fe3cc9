"""Logging: structlog in front, the standard library's loggers routed through the same chain, one line an event.

Keys and events are English; timestamps are UTC; `request_id` comes from the context of the request or job. Values that must
never be written down (passwords, tokens, the password in a URL) are blanked in every line, whoever logged it.
"""

from __future__ import annotations

import logging
import re
import sys
from collections.abc import MutableMapping
from typing import Any, Literal, TextIO

import structlog

BLANK = "***"
SECRET_KEYS = re.compile(
    r"passw|secret|token|authorization|cookie|api_?key|credential|recovery_code|^pin$", re.IGNORECASE
)
_WORDS = r"(?:token|passw|secret|api_?key|code_verifier|\bpin)"
SECRET_TEXT = (
    (re.compile(r"(\b\w{1,40}://[^\s:/@]{0,200}):[^\s@/]{1,1000}@"), rf"\1:{BLANK}@"),
    (re.compile(r"\b(Bearer|Basic)\s+[A-Za-z0-9._~+/=-]+"), rf"\1 {BLANK}"),
    # A query or a form as libraries quote them, a fragment of JSON, what PostgreSQL says of a value that it refuses. Whatever
    # repeats is bounded: a path of thousands of letters is logged too, and must not take seconds.
    (re.compile(rf"({_WORDS}\w{{0,20}})=[^&\s\"']+", re.IGNORECASE), rf"\1={BLANK}"),
    (re.compile(rf"({_WORDS}\w{{0,20}}\"\s?:\s?)\"[^\"]*\"", re.IGNORECASE), rf'\1"{BLANK}"'),
    (re.compile(r"(Key \([^)\n]{0,200}\)=)\([^\n]*?\)(?= |$)", re.MULTILINE), rf"\1({BLANK})"),
    (re.compile(r"(Failing row contains )\(.*\)"), rf"\1({BLANK})"),
)
_SUSPECT = re.compile(r"[=@]|\"\s?:|Bearer|Basic|contains \(")
"""What one of them needs to match at all."""
# Libraries whose INFO says what they have set up, at every start, tick and job.
QUIET = ("alembic.runtime.plugins", "apscheduler", "procrastinate", "pyBarcode")
SILENT = "apscheduler.scheduler"
"""Warns every few seconds while a tick goes on with a backlog, as it should; metrics tell of the backlog."""

EventDict = MutableMapping[str, Any]


def configure_logging(level: str, form: Literal["console", "json"], stream: TextIO | None = None) -> None:
    """Route everything to `stream` (default: stderr). Call once per process, again after a fork only to change something."""
    target = stream or sys.stderr
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.stdlib.ExtraAdder(),
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        structlog.processors.StackInfoRenderer(),
    ]
    final: list[structlog.types.Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    if form == "json":
        final += [structlog.processors.format_exc_info, blank_secrets]
        final += [structlog.processors.JSONRenderer(ensure_ascii=False, default=str)]
    else:
        final += [structlog.processors.format_exc_info, blank_secrets]
        final += [structlog.dev.ConsoleRenderer(colors=target.isatty(), timestamp_key="at")]
    handler = logging.StreamHandler(target)
    handler.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=final))
    root = logging.getLogger()
    for old in list(root.handlers):
        root.removeHandler(old)
    root.addHandler(handler)
    root.setLevel(level)
    logging.captureWarnings(True)
    for name in QUIET:
        logging.getLogger(name).setLevel(max(logging.WARNING, root.level))
    logging.getLogger(SILENT).setLevel(max(logging.ERROR, root.level))
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def get_logger(name: str) -> structlog.stdlib.BoundLogger:
    """`log = get_logger(__name__)`; `log.info("task_forwarded", dossier=code)`: event in past tense, values as keywords."""
    logger: structlog.stdlib.BoundLogger = structlog.stdlib.get_logger(name)
    return logger


def current_request() -> str | None:
    """The id of the running request, or of the one whose job this is; None for neither."""
    found = structlog.contextvars.get_contextvars().get("request_id")
    return found if isinstance(found, str) else None


def blank_secrets(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Blank values under telling keys, and passwords and tokens inside texts, at any depth."""
    for key in list(event):
        event[key] = BLANK if SECRET_KEYS.search(key) and event[key] is not None else _blanked(event[key])
    return event


def _blanked(value: object) -> object:
    if isinstance(value, str):
        if not _SUSPECT.search(value):  # nearly every value of nearly every line
            return value
        for pattern, replacement in SECRET_TEXT:
            value = pattern.sub(replacement, value)
        return value
    if isinstance(value, dict):
        return {
            key: BLANK if isinstance(key, str) and SECRET_KEYS.search(key) else _blanked(inner)
            for key, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [_blanked(inner) for inner in value]
    return value
