"""What `tests/test_gunicorn_worker.py` serves: it answers how many bytes came. Its worker is as ours, with less patience."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from app import gunicorn_worker
from app.gunicorn_worker import PatientWorker


class HastyWorker(PatientWorker):
    """A request must be whole within a second."""

    def init_process(self) -> None:
        gunicorn_worker.ARRIVES = 1.0
        super().init_process()


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    said = b"%d" % len(environ["wsgi.input"].read())
    start_response("200 OK", [("Content-Length", str(len(said))), ("Content-Type", "text/plain")])
    return [said]
