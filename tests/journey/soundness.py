"""What must hold of a dossier between any two actions, read from the database behind the interface's back."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from app.doctor.dossiers import dossier_findings
from app.store.dossiers import DossierRow


def faults(connection: Connection, dossier: DossierRow, now: datetime) -> list[str]:
    """What is wrong with the dossier, in words; nothing for a sound one (see `app.doctor.dossiers`)."""
    return [f"{found.check}: {found.words}" for found in dossier_findings(connection, dossier, now)]
