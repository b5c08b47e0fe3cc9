"""A command as it was asked for: by its action's name and with its body, so that it can be kept and asked again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.actions.late import Happened

if TYPE_CHECKING:
    from app.actions.runner import TaskCommand
    from app.actions.work import Work
    from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class Asked:
    """A task command with the name and the body that it was made of."""

    action: str
    body: Mapping[str, Any]
    command: TaskCommand

    @property
    def task_id(self) -> int:
        return self.command.task_id

    @property
    def version(self) -> int | None:
        return self.command.version

    def act(self, work: Work, task: TaskRow) -> None:
        self.command.act(work, task)

    def to_dict(self, account_id: int, version: int, happened: Happened | None) -> dict[str, Any] | None:
        """What is kept, JSON; `version` is that of the task. None where the body has no JSON form."""
        instants = {name: value.isoformat() for name, value in self.body.items() if isinstance(value, datetime)}
        body = {name: value for name, value in self.body.items() if name not in instants}
        try:
            body = json.loads(json.dumps(body, allow_nan=False))
        except (TypeError, ValueError):
            return None
        kept: dict[str, Any] = {
            "action": self.action,
            "task": self.task_id,
            "version": version,
            "account": account_id,
            "body": body,
            "instants": instants,
        }
        if happened is not None:
            kept["happened"] = {"at": happened.at.isoformat(), "reason": happened.reason}
        return kept


@dataclass(frozen=True, slots=True)
class Kept:
    """What was kept of a command."""

    action: str
    task_id: int
    version: int
    account_id: int
    body: Mapping[str, Any]
    happened: Happened | None

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Kept:
        """The inverse of `Asked.to_dict`."""
        instants = {name: datetime.fromisoformat(text) for name, text in kept["instants"].items()}
        late = kept.get("happened")
        happened = Happened(datetime.fromisoformat(late["at"]), late["reason"]) if late else None
        return cls(
            kept["action"], kept["task"], kept["version"], kept["account"], {**kept["body"], **instants}, happened
        )
