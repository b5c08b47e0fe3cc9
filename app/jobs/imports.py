"""Open dossiers of an old system, taken over by the worker."""

from __future__ import annotations

from app.actions.import_run import run_import
from app.runtime import runtime


def run(import_id: int) -> None:
    """Carry out what an accepted import still has to do; goes on where an earlier worker left off."""
    made = runtime()
    run_import(import_id, made.now(), made.settings.public_url)
