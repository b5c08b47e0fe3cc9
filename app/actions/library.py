"""The diagrams of published versions, parsed once and shared by threads and instances."""

from __future__ import annotations

from sqlalchemy import Connection

from app.engine.definition import Definition, DefinitionCache
from app.engine.shared import SIDE_PROCESSES
from app.errors import DomainError
from app.rules.side import SIDE
from app.store import procedures

_CACHE = DefinitionCache(256)


def definition(connection: Connection, version_id: int, sha256: str, process: str) -> Definition:
    """The definition of one process of a version's closed set of files.

    Errors: DomainError wrong_state, for a side process that was not there yet when the version was published."""

    def load() -> dict[str, bytes]:
        files = procedures.version_files(connection, version_id)
        if process in SIDE_PROCESSES:
            name = f"{process}.bpmn"
            if name not in files:
                raise _older(process)
            return {name: files[name][1]}
        return {name: content for name, (kind, content) in files.items() if kind in ("main", "called")}

    return _CACHE.get(f"{sha256}:{process}", load)


def _older(process: str) -> DomainError:
    title = SIDE[process].title if process in SIDE else process
    return DomainError(
        "wrong_state",
        f"Phiên bản quy trình này được ban hành trước khi có quy trình kèm theo “{title}”; "
        "hãy ban hành lại quy trình của thủ tục để hồ sơ mới dùng được.",
    )
