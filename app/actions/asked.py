"""A command as it was asked for: by its action's name and with its body, so that it can be kept and asked again."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from app.actions.late import Happened

if TYPE_CHECKING:
    from app.actions.attach import Attach
    from app.actions.runner import TaskCommand
    from app.actions.work import Work
    from app.store.tasks import TaskRow


@dataclass(frozen=True, slots=True)
class Asked:
    """A task command with the name and the body that it was made of, and the files that came with it."""

    action: str
    body: Mapping[str, Any]
    command: TaskCommand
    bring: Callable[[Asked, Work, TaskRow], TaskCommand] | None = None
    """Where files or a slip come with it: adds them, and answers the command that names them."""
    uploads: tuple[Attach, ...] = ()

    @property
    def task_id(self) -> int:
        return self.command.task_id

    @property
    def version(self) -> int | None:
        return self.command.version

    def act(self, work: Work, task: TaskRow) -> None:
        """Carry it out, after what comes with it: its files and the slip filled in beside it."""
        command = self.bring(self, work, task) if self.bring is not None else self.command
        command.act(work, task)

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
        if self.uploads:
            kept["uploads"] = [asdict(upload) for upload in self.uploads]
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
    uploads: tuple[Mapping[str, Any], ...] = ()
    """The fields of the `Attach` commands that came with it."""

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any]) -> Kept:
        """The inverse of `Asked.to_dict`."""
        instants = {name: datetime.fromisoformat(text) for name, text in kept["instants"].items()}
        late = kept.get("happened")
        happened = Happened(datetime.fromisoformat(late["at"]), late["reason"]) if late else None
        return cls(
            kept["action"],
            kept["task"],
            kept["version"],
            kept["account"],
            {**kept["body"], **instants},
            happened,
            tuple(kept.get("uploads", ())),
        )
