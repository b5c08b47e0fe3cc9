"""One round through everything that can be checked, in order, page by page: its findings, and how much was looked at."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.doctor.contents import content_findings
from app.doctor.dossiers import dossier_findings
from app.doctor.findings import Finding
from app.doctor.numbers import number_findings
from app.doctor.work_queue import queue_findings
from app.errors import DomainError
from app.store import dossiers, soundness
from app.store.files import FileStore
from app.store.readiness import schema_is_current
from app.store.transaction import reading, snapshot

PAGE = 50
"""Dossiers that are looked at in one state of the database."""


@dataclass
class Visit:
    """What to look at. Without `codes` every dossier, or every open one, and all that is not of one dossier."""

    now: datetime
    codes: Sequence[str] = ()
    only_open: bool = False
    files: FileStore | None = None
    """Set to look at stored contents too."""
    checksums: bool = False
    dossiers: int = field(default=0, init=False)
    """How many were looked at until now."""

    def findings(self) -> Iterator[Finding]:
        """Everything that is wrong, as it is found. Errors: DomainError unavailable (schema too old), not_found."""
        with reading() as connection:
            if not schema_is_current(connection):
                raise DomainError("unavailable", "Lược đồ cơ sở dữ liệu cũ hơn phần mềm; hãy chạy `motcua db upgrade`.")
        if self.codes:
            yield from self._named()
            return
        with snapshot() as connection:
            yield from number_findings(connection, self.now)
        with snapshot() as connection:
            yield from queue_findings(connection, self.now)
        yield from self._everyone()
        if self.files is not None:
            yield from content_findings(self.files, checksums=self.checksums)

    def _named(self) -> Iterator[Finding]:
        for code in self.codes:
            with snapshot() as connection:
                dossier = dossiers.find_dossier(connection, code)
                if dossier is None:
                    raise DomainError("not_found", f"Không có hồ sơ {code}.")
                self.dossiers += 1
                yield from dossier_findings(connection, dossier, self.now)

    def _everyone(self) -> Iterator[Finding]:
        after = 0
        while True:
            with snapshot() as connection:
                page = soundness.dossiers_after(connection, after, PAGE, only_open=self.only_open)
                for dossier_id in page:
                    self.dossiers += 1
                    yield from dossier_findings(connection, dossiers.dossier_by_id(connection, dossier_id), self.now)
            if not page:
                return
            after = page[-1]
