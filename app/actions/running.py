"""The running diagrams that an action touches: loaded once, started, written back."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from app.actions import library
from app.engine.definition import Definition
from app.engine.instance import Instance, WaitingTimer
from app.store import dossiers, instances, requests
from app.store.dossiers import DossierRow
from app.store.instances import InstanceRow
from app.store.requests import RequestRow

MAIN = "main"
"""Kind of the instance that is the procedure's own diagram; every other kind is a side process."""


@dataclass(slots=True)
class Running:
    """A running diagram, with the timers it waited for when its rows were last brought after it."""

    row: InstanceRow
    definition: Definition
    engine: Instance
    waiting: dict[str, WaitingTimer] = field(default_factory=dict)
    request: RequestRow | None = None
    """What a side process was asked for; `Diagrams.request` fetches it."""

    @property
    def is_main(self) -> bool:
        return self.row.kind == MAIN


class DossierData(Mapping[str, Any]):
    """The dossier's form data, which conditions of a diagram may read; fetched when something first asks for it."""

    def __init__(self, connection: Connection, dossier_id: int) -> None:
        self._connection = connection
        self._dossier_id = dossier_id
        self._values: dict[str, Any] | None = None

    def _fetched(self) -> dict[str, Any]:
        if self._values is None:
            self._values = dict(dossiers.contents(self._connection, self._dossier_id).data)
        return self._values

    def __getitem__(self, name: str) -> Any:
        return self._fetched()[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fetched())

    def __len__(self) -> int:
        return len(self._fetched())

    def merge(self, data: Mapping[str, Any]) -> None:
        """Put form data into the dossier's, here and in its row."""
        self._fetched().update(data)
        dossiers.merge_data(self._connection, self._dossier_id, data)


class Diagrams:
    """The diagrams of one dossier that one action has loaded or started."""

    def __init__(self, connection: Connection, dossier: DossierRow, data: DossierData) -> None:
        self._connection = connection
        self._dossier = dossier
        self._data = data
        self._loaded: dict[int, Running] = {}

    def get(self, instance_id: int) -> Running:
        """Load a running diagram, once."""
        if instance_id not in self._loaded:
            row = instances.instance_by_id(self._connection, instance_id)
            definition = library.definition(self._connection, row.version_id, row.sha256, row.process)
            engine = Instance.load(definition, row.state, self._data)
            waiting = {timer.engine_task: timer for timer in engine.timers()}
            self._loaded[instance_id] = Running(row, definition, engine, waiting)
        return self._loaded[instance_id]

    def of_kind(self, kind: str) -> list[Running]:
        """The unfinished diagrams of that kind."""
        rows = instances.instances_of(self._connection, self._dossier.id, kind)
        return [self.get(row.id) for row in rows if row.finished_at is None]

    def unfinished(self) -> list[Running]:
        """Every diagram that still runs, the procedure's own first."""
        return [self.get(row.id) for row in instances.unfinished(self._connection, self._dossier.id)]

    def request(self, running: Running) -> RequestRow:
        """What this side process was asked for."""
        if running.request is None:
            running.request = requests.request_of(self._connection, running.row.id)
        return running.request

    def start(
        self, process: str, kind: str, sha256: str, now: datetime, variables: Mapping[str, Any] | None = None
    ) -> Running:
        """Start a diagram of the dossier's version beside what already runs; `variables` are what its conditions read."""
        version_id = self._dossier.version_id
        definition = library.definition(self._connection, version_id, sha256, process)
        return self.take_in(
            process, kind, definition, Instance.start(definition, variables or {}, self._data), sha256, now
        )

    def take_in(
        self, process: str, kind: str, definition: Definition, engine: Instance, sha256: str, now: datetime
    ) -> Running:
        """An instance that has been started already, as a diagram of the dossier."""
        version_id = self._dossier.version_id
        instance_id = instances.add_instance(
            self._connection, self._dossier.id, version_id, process, kind, engine.save(), now
        )
        row = InstanceRow(instance_id, self._dossier.id, version_id, sha256, process, kind, b"", finished_at=None)
        self._loaded[instance_id] = Running(row, definition, engine)
        return self._loaded[instance_id]

    def loaded(self) -> list[Running]:
        """Every diagram that was loaded or started."""
        return list(self._loaded.values())

    def save(self) -> None:
        """Write back every diagram that was loaded or started."""
        for running in self.loaded():
            instances.save_instance(self._connection, running.row.id, running.engine.save(), running.row.finished_at)
