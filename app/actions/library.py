"""The diagrams of published versions, parsed once and shared by threads and instances."""

from __future__ import annotations

from sqlalchemy import Connection

from app.engine.definition import Definition, DefinitionCache
from app.engine.shared import SIDE_PROCESSES
from app.store import procedures

_CACHE = DefinitionCache(256)


def definition(connection: Connection, version_id: int, sha256: str, process: str) -> Definition:
    """The definition of one process of a version's closed set of files."""

    def load() -> dict[str, bytes]:
        files = procedures.version_files(connection, version_id)
        if process in SIDE_PROCESSES:
            return {name: content for name, (kind, content) in files.items() if name == f"{process}.bpmn"}
        return {name: content for name, (kind, content) in files.items() if kind in ("main", "called")}

    return _CACHE.get(f"{sha256}:{process}", load)
