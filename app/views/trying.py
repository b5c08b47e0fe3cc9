"""What playing a draft or a version needs to know of the province: whose desk, which calendars, who would get a step."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from app.actions.form_schema import fields_of, label_of
from app.actions.publish_version import MAIN_FILE
from app.actions.step_forms import offer_agencies
from app.engine.shared import called_files, fragments
from app.errors import DomainError
from app.lawbook import rules_at
from app.rules.clock import ClockRules
from app.rules.permissions import WORKERS
from app.simulation.asked import Drawing
from app.simulation.played import PlayedProcedure
from app.simulation.walk import OpenTask
from app.store import organisation, procedures, version_reviews
from app.store.diagram_drafts import DraftFiles, DraftRow
from app.store.procedures import ProcedureRow
from app.store.step_holders import Place, Registered, holders_in
from app.store.transaction import reading
from app.views.publications import known_procedure

_KEPT = 32
"""Procedures that a process keeps ready to be played."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What is played, and among whom: `receiving` are (code, name) of the agencies that receive it; names by code."""

    played: PlayedProcedure
    drawing: Drawing
    procedure: ProcedureRow
    receiving: tuple[tuple[str, str], ...]
    agencies: Mapping[str, str]
    positions: Mapping[str, str]
    """Names of positions by code, where the agency is not known or has no such position."""

    def label(self, name: str) -> str:
        """What a member of the dossier's data is called in the forms that ask for it; else as the diagram writes it."""
        for form in self.played.forms.values():
            for component in fields_of(form):
                if component.get("key") == name:
                    return label_of(component)
        return name

    def forms(self, day: date, form: str | None, but: str) -> Any:
        """A step's form with the agencies that may be chosen, or None."""
        found = self.played.forms.get(form) if form else None
        if found is None:
            return None
        copy = json.loads(json.dumps(found))
        with reading() as connection:
            offer_agencies(connection, copy, day, but)
        return copy


def ground_of_draft(draft: DraftRow, files: DraftFiles, day: date) -> Ground:
    """Raises DiagramRejected for a drawing that cannot be run at all, and DomainError not_found."""
    called = {name: str(text).encode() for name, text in files.called.items()}
    return _ground(draft.procedure, files.diagram, called, dict(files.forms), day)


def ground_of_version(code: str, number: int, day: date) -> Ground:
    """Errors: DomainError not_found."""
    with reading() as connection:
        found = version_reviews.find_version(connection, code, number)
        if found is None:
            raise DomainError("not_found", f"Thủ tục {code} không có phiên bản số {number}.")
        files = procedures.version_files(connection, found.id)
    called = {name.removeprefix("called/"): content for name, (kind, content) in files.items() if kind == "called"}
    forms = {
        name.removeprefix("forms/").rpartition(".")[0]: json.loads(content)
        for name, (kind, content) in files.items()
        if kind == "form"
    }
    return _ground(code, files[MAIN_FILE][1], called, forms, day)


def _ground(code: str, diagram: bytes, called: Mapping[str, bytes], forms: dict[str, Any], day: date) -> Ground:
    with reading() as connection:
        procedure = known_procedure(connection, code)
        handling = set(procedures.handling_agencies(connection, procedure.id))
        agencies = dict(organisation.agency_names(connection, day))
        positions = {code: name for code, name, _ in organisation.position_choices(connection, day)}
    forms_text = json.dumps(forms, sort_keys=True, ensure_ascii=False)
    played, drawing = _played(diagram, tuple(sorted(called.items())), forms_text, procedure.limit, procedure.limit_unit)
    receiving = tuple((one, agencies.get(one, one)) for one in sorted(handling))
    return Ground(played, drawing, procedure, receiving, agencies, positions)


@lru_cache(_KEPT)
def _played(
    diagram: bytes, called: tuple[tuple[str, bytes], ...], forms: str, limit: str, unit: str
) -> tuple[PlayedProcedure, Drawing]:
    played = PlayedProcedure.of(diagram, limit, unit, dict(called), json.loads(forms))
    beside = called_files(played.diagram, {**fragments(), **dict(called)})
    return played, Drawing([played.diagram, *beside.values()])


def rules_of(ground: Ground, profile: str, agency: str) -> ClockRules:
    """The clock's rules for a dossier that the agency's desk receives now. Errors: DomainError invalid."""
    with reading() as connection:
        found = organisation.find_agency(connection, agency)
        if found is None:
            raise DomainError("invalid", f"Không có cơ quan “{agency}”.", errors={"agency": ["Không có cơ quan này."]})
        return rules_at(connection, profile, found, ground.procedure)


def holders_of(opened: Iterable[OpenTask], day: date) -> dict[Place, list[Registered]]:
    """Who would get these steps on that day, by agency and position; a position that an agency lacks is left out (QT-22.4)."""
    places = {(one.agency, one.position) for one in opened}
    if not places:
        return {}
    with reading() as connection:
        return holders_in(connection, {one for one, _ in places}, {one for _, one in places}, day, WORKERS)


def positions_in(agencies: Iterable[str]) -> dict[Place, str]:
    """What the positions of these agencies are called there, by agency and position."""
    with reading() as connection:
        return {
            (agency, one.code): one.name
            for agency in sorted(set(agencies))
            for one in organisation.positions_of(connection, agency)
        }


def agencies_asked(ground: Ground, day: date) -> dict[str, list[tuple[str, str]]]:
    """For the data that names agencies: those (code, name) that may be named."""
    wanted = {one.name: one.position for one in ground.drawing.asked if one.position}
    with reading() as connection:
        return {
            name: [(code, title) for code, title in organisation.agencies_with(connection, position, day)]
            for name, position in wanted.items()
        }


def assumed(
    ground: Ground, given: Mapping[str, Any], choices: Mapping[str, Collection[tuple[str, str]]]
) -> dict[str, Any]:
    """The data with which every way is tried: what was given, and for agencies that were not, the first that may be named."""
    found = dict(given)
    for one in ground.drawing.asked:
        options = [code for code, _ in choices.get(one.name, ())]
        if one.name not in found and options:
            found[one.name] = options[:2] if one.several else options[0]
    return found
