"""Files chosen in the registration form: kept at once, so that a refusal loses none; the form carries on what was kept.

A browser forgets which files were chosen when a form comes back. What is in the store stays a day without a dossier
(`app.jobs.files.GRACE`); the form holds a signed note of each, which only the same account can use.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import current_app, request
from itsdangerous import BadData, URLSafeTimedSerializer

from app.access.caller import Caller
from app.actions.attach import Attach, received
from app.actions.filing import of_component
from app.actions.scanning import scanned_at_once
from app.errors import DomainError
from app.runtime import runtime
from app.store.files import file_store
from app.wording import size_words

MOST_FILES = 50
FIELD, KEPT, ORIGIN = "file-", "kept-", "origin-"
_LONGEST = 12 * 3600
_NOTED = ("sha256", "size", "name", "media_type", "sort", "component")


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that is kept for the dossier that is being registered; `note` is what the form carries of it."""

    command: Attach
    note: str

    @property
    def component(self) -> str:
        return self.command.component or ""

    @property
    def words(self) -> str:
        return f"{self.command.name} ({size_words(self.command.size)})"


@dataclass(frozen=True, slots=True)
class Brought:
    """The files of a form that could be kept, and what is wrong with the others, by `files.<component>`."""

    files: tuple[Staged, ...]
    faults: Mapping[str, list[str]]

    @property
    def components(self) -> frozenset[str]:
        return frozenset(one.component for one in self.files)

    def commands(self, origins: Mapping[str, str]) -> tuple[Attach, ...]:
        """As the registration takes them, each with where it comes from."""
        return tuple(replace(one.command, origin=origins.get(one.component)) for one in self.files)


def brought(caller: Caller, components: Iterable[str]) -> Brought:
    """What the form of this request brings for the components of its procedure: kept before, or uploaded now."""
    files: list[Staged] = []
    faults: dict[str, list[str]] = {}
    for code in components:
        for note in request.form.getlist(f"{KEPT}{code}"):
            if (known := _read(note, caller, code)) is not None:
                files.append(known)
        for upload in request.files.getlist(f"{FIELD}{code}"):
            if not upload.filename:
                continue
            try:
                if len(files) >= MOST_FILES:
                    raise DomainError("invalid", f"Mỗi lần tiếp nhận kèm được {MOST_FILES} tệp; hãy thêm tiếp sau.")
                files.append(_kept(upload.stream, upload.filename, caller, code))
            except DomainError as error:
                if error.code == "unavailable":
                    raise
                named = of_component(error, code).errors or {}
                for field, texts in named.items():
                    faults.setdefault(field, []).extend(texts)
    return Brought(tuple(files), faults)


def _kept(stream: Any, name: str, caller: Caller, code: str) -> Staged:
    settings = runtime().settings
    store = file_store(settings)
    command = scanned_at_once(received("", store, stream, name, component=code), store, settings.clamav)
    noted = {key: getattr(command, key) for key in _NOTED}
    return Staged(command, _notes().dumps({"account": caller.account_id, "clean": command.clean} | noted))


def _read(note: str, caller: Caller, code: str) -> Staged | None:
    """A file that this account has kept for that component, or None for what is not ours or too old."""
    try:
        told = _notes().loads(note, max_age=_LONGEST)
    except BadData:
        return None
    if told.pop("account") != caller.account_id or told["component"] != code:
        return None
    settings = runtime().settings
    return Staged(Attach("", **told, waits=settings.clamav is not None, limit=settings.max_file_bytes), note)


def _notes() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt="files of a registration")
