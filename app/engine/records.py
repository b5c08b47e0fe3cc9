"""A saved state taken apart: the same records as `state` writes, as a tree whose tasks can be renamed, left out and put in.

Nothing is run here. What the letters of `extra` mean is told in `state`.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from app.engine.spiff import TaskState

LIVE = TaskState.READY | TaskState.WAITING | TaskState.STARTED


@dataclass(slots=True, eq=False)
class Record:
    """One task. `id` is 0 where nobody refers to it; `consumer` is the join task that took its token."""

    name: str
    state: int
    parent: Record | None = None
    id: str | int = 0
    extra: dict[str, Any] = field(default_factory=dict)
    children: list[Record] = field(default_factory=list)
    consumer: Record | None = None
    sub: Level | None = None

    @property
    def is_live(self) -> bool:
        return bool(self.state & LIVE)

    @property
    def is_item(self) -> bool:
        return "n" in self.extra

    def below(self) -> Iterator[Record]:
        """This and everything that came of it in its own process, parents before children."""
        stack = [self]
        while stack:
            record = stack.pop()
            yield record
            stack.extend(reversed(record.children))


@dataclass(slots=True, eq=False)
class Level:
    """A running process: the procedure's own, or one that is called."""

    root: Record
    done: bool

    def records(self) -> Iterator[Record]:
        return self.root.below()

    def every(self) -> Iterator[Record]:
        """Those of called processes too."""
        for record in self.records():
            yield record
            if record.sub is not None:
                yield from record.sub.every()


@dataclass(slots=True, eq=False)
class Document:
    level: Level
    head: dict[str, Any]

    @classmethod
    def read(cls, data: bytes) -> Document:
        document = json.loads(zlib.decompress(data))
        head = {name: document[name] for name in ("v", "seq", "ok")}
        return cls(_read_level(document), head)

    def write(self) -> bytes:
        document = {**self.head, **_write_level(self.level)}
        return zlib.compress(json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode(), 1)

    def shape(self) -> str:
        """The same for states that stand alike, whoever they belong to: names, states and what was decided, without ids."""
        return json.dumps(_write_level(self.level, ids=False), ensure_ascii=False)


def _read_level(document: dict[str, Any]) -> Level:
    records: list[Record] = []
    for parent, state, name, task_id, *rest in document["t"]:
        extra = dict(rest[0]) if rest else {}
        above = records[parent] if parent >= 0 else None
        record = Record(name, state, above, task_id, extra)
        if above is not None:
            above.children.append(record)
        records.append(record)
    for record in records:
        if "j" in record.extra:
            record.consumer = records[record.extra.pop("j")]
        if "sub" in record.extra:
            record.sub = _read_level(record.extra.pop("sub"))
    return Level(records[0], document["done"])


def _write_level(level: Level, *, ids: bool = True) -> dict[str, Any]:
    records = list(level.records())
    index = {id(record): place for place, record in enumerate(records)}
    tasks = []
    for record in records:
        extra = dict(record.extra)
        if record.consumer is not None:
            extra["j"] = index[id(record.consumer)]
        if record.sub is not None:
            extra["sub"] = _write_level(record.sub, ids=ids)
        parent = index[id(record.parent)] if record.parent is not None else -1
        written = [parent, record.state, record.name, record.id if ids else 0]
        tasks.append([*written, extra] if extra else written)
    return {"done": level.done, "t": tasks}


def put_between(record: Record, name: str) -> Record:
    """A completed task of that name between a record and its parent."""
    above = record.parent
    assert above is not None  # noqa: S101 - the root is never called anything else
    between = Record(name, TaskState.COMPLETED, above, children=[record])
    above.children[above.children.index(record)] = between
    record.parent = between
    return between


def add_waiting(parent: Record, name: str) -> None:
    """An event that waits from now on."""
    parent.children.append(Record(name, TaskState.WAITING, parent, uuid4().hex))


def drop(record: Record) -> None:
    """Leaves out a task and all that came of it."""
    if record.parent is not None:
        record.parent.children.remove(record)
        record.parent = None


def splice(record: Record) -> None:
    """Leaves out a task that is over; what came of it comes of its parent, and keeps what was decided in it."""
    above = record.parent
    assert above is not None  # noqa: S101 - the root stays
    decided = _decided(record)
    for item in [child for child in record.children if child.is_item]:
        drop(item)
    for heir in record.children or [above]:
        _carry(heir, decided)
    place = above.children.index(record)
    above.children[place : place + 1] = record.children
    for child in record.children:
        child.parent = above
    record.parent, record.children = None, []


def _decided(record: Record) -> list[Any]:
    """What a task decided or carried on, and what was decided in the process that it called; not what only an item knows."""
    found = [record.extra[letter] for letter in ("w", "c") if letter in record.extra]
    for inner in record.sub.records() if record.sub is not None else ():
        if not inner.is_item:
            found += _decided(inner)
    return found


def _carry(record: Record, decided: list[Any]) -> None:
    writes = sorted([*decided, *([record.extra["c"]] if "c" in record.extra else [])], key=lambda write: int(write[0]))
    if writes:
        merged: dict[str, Any] = {}
        for _, values in writes:
            merged.update(values)
        record.extra["c"] = [writes[-1][0], merged]
