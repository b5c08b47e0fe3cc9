"""A procedure as it can be played: what a version would be made of, built once and shared by every walk and thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.engine.definition import Definition, build_definition
from app.engine.shared import called_files, fragments
from app.engine.standard_steps import add_standard_steps
from app.rules.clock import ClockRules
from app.rules.decisions_pause import PAYMENT
from app.rules.limits import Limit, SameDay, parse_published
from app.simulation.walk import Walk

MAIN_FILE = "diagram.bpmn"


@dataclass(frozen=True, slots=True)
class PlayedProcedure:
    """`limit` and `limit_unit` as the procedure publishes them (`parse_published`); `diagram` with the desk's standard steps,
    as a version would keep it; `paying`: ids of the steps at which a dossier waits for a payment."""

    definition: Definition
    limit: str
    limit_unit: str = "working"
    diagram: bytes = b""
    forms: Mapping[str, Any] = field(default_factory=dict)
    paying: frozenset[str] = frozenset()

    @classmethod
    def of(
        cls,
        diagram: bytes,
        limit: str,
        limit_unit: str = "working",
        called: Mapping[str, bytes] | None = None,
        forms: Mapping[str, Any] | None = None,
    ) -> PlayedProcedure:
        """From the files of a draft or of a version; `called`: file name -> content, the shipped fragments are known anyway.
        The files are taken as having passed the gate. Raises DiagramRejected for what cannot be run at all."""
        whole = add_standard_steps(diagram)
        files = called_files(whole, {**fragments(), **(called or {})})
        definition = build_definition({MAIN_FILE: whole, **files})
        paying = frozenset(step.id for step in definition.steps.values() if step.pause == PAYMENT)
        return cls(definition, limit, limit_unit, whole, dict(forms or {}), paying)

    def accept(
        self,
        rules: ClockRules,
        agency: str,
        at: datetime,
        data: Mapping[str, Any] | None = None,
        by: str | None = None,
        *,
        electronic: bool = False,
    ) -> Walk:
        """A dossier that the agency's desk accepts at that instant. `rules`: those of `app.lawbook`; `data`: form data,
        which conditions may read; `electronic`: every paper of it is. Raises `walk.WalkRefused`."""
        walk = Walk(self, rules, agency, data or {}, electronic)
        walk.start(at, by)
        return walk

    def terms(self, rules: ClockRules) -> dict[str, Any]:
        """What an acceptance says of the time that a dossier may take (`Event`)."""
        published = parse_published(self.limit, self.limit_unit, rules.calendar.seconds_per_day)
        if isinstance(published, SameDay):
            return {"cut_off": published.cut_off}
        counted: dict[str, Any] = {"limit_seconds": published.seconds if isinstance(published, Limit) else None}
        if published is not None and published.unit != "working":
            counted["limit_unit"] = published.unit
        return counted
