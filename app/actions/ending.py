"""What ends with a dossier's result: everything that ran beside it, but for the process that brought the result about."""

from __future__ import annotations

from app.actions.running import MAIN
from app.actions.work import Work
from app.engine.shared import DEADLINE_WATCH, INTAKE
from app.rules.side import SIDE
from app.store import requests


def end_beside(work: Work, keep: int | None = None, *, procedure: bool = False) -> None:
    """End the watch and every open request except the instance `keep`; with `procedure` the main diagram and the intake too."""
    kinds = {DEADLINE_WATCH, *SIDE} | ({MAIN, INTAKE} if procedure else set())
    for kind in set(requests.open_kinds(work.connection, work.dossier.id)) & kinds:
        for running in work.diagrams.of_kind(kind):
            if running.row.id != keep and running.row.finished_at is None:
                work.end(running)
