"""The forms of a draft as designers see them: which steps have them, what is wrong, where others can be copied from."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from app.actions.draft_forms import templates
from app.actions.form_check import Around, around, check_schema
from app.actions.form_field_check import Fault
from app.actions.form_schema import KEYED, fields_of
from app.actions.step_forms import offer_agencies
from app.engine.form_keys import FormSurroundings, surroundings
from app.errors import DomainError
from app.store import organisation, version_forms
from app.store.diagram_drafts import DraftFiles
from app.store.transaction import reading
from app.store.version_forms import PublishedForm


@dataclass(frozen=True, slots=True)
class FormLine:
    """A form of a draft: `steps` are (id, name) of those that have it, `fields` how many carry data."""

    name: str
    steps: tuple[tuple[str, str], ...]
    fields: int
    faults: tuple[Fault, ...]

    @property
    def errors(self) -> int:
        return sum(fault.severity == "error" for fault in self.faults)

    @property
    def warnings(self) -> int:
        return sum(fault.severity == "warning" for fault in self.faults)


@dataclass(frozen=True, slots=True)
class DraftForms:
    """`lines` by name; `missing`: forms that steps name and the draft does not have, with those steps; `free`: the steps of the
    diagram with the form that each has."""

    lines: tuple[FormLine, ...]
    missing: tuple[tuple[str, tuple[str, ...]], ...]
    steps: tuple[tuple[str, str, str | None], ...]


def draft_forms(files: DraftFiles) -> DraftForms:
    """All forms of a draft."""
    diagram, positions = surroundings(files.diagram), _positions()
    lines = tuple(_line(name, form, diagram, files.forms, positions) for name, form in sorted(files.forms.items()))
    named = dict.fromkeys(step.form for step in diagram.steps if step.form and step.form not in files.forms)
    missing = tuple((name, tuple(step.name for step in diagram.steps if step.form == name)) for name in named if name)
    return DraftForms(lines, missing, tuple((step.id, step.name, step.form) for step in diagram.steps))


def form_in(files: DraftFiles, name: str) -> dict[str, Any]:
    """A form of the draft. Errors: DomainError not_found."""
    found = files.forms.get(name)
    if not isinstance(found, dict):
        raise DomainError("not_found", f"Bản vẽ không có biểu mẫu “{name[:60]}”.")
    return found


def faults_of(files: DraftFiles, name: str, schema: Any) -> list[Fault]:
    """What is wrong with that schema where it stands in the draft under `name`."""
    return check_schema(schema, _around(files, name))


def steps_with(files: DraftFiles, name: str) -> list[tuple[str, str]]:
    """Id and name of the steps that have the form, in the diagram's order."""
    return [(step.id, step.name) for step in surroundings(files.diagram).steps if step.form == name]


def of_applicant(files: DraftFiles, name: str) -> bool:
    """Whether the first step has it, whose form is the applicant's (`app.views.procedures`)."""
    steps = surroundings(files.diagram).steps
    return bool(steps) and steps[0].form == name


def offered(form: dict[str, Any], day: date) -> dict[str, Any]:
    """The form with the agencies that its fields offer, as a step's page has it; the given one is changed."""
    with reading() as connection:
        offer_agencies(connection, form, day)
    return form


def copy_sources() -> tuple[Sequence[PublishedForm], list[str]]:
    """Forms of published versions, and names of our templates."""
    with reading() as connection:
        return version_forms.newest_forms(connection), list(templates())


def _around(files: DraftFiles, name: str) -> Around:
    return around(surroundings(files.diagram), files.forms, name, _positions())


def _line(
    name: str, form: Any, diagram: FormSurroundings, forms: Mapping[str, Any], positions: Collection[str]
) -> FormLine:
    faults = check_schema(form, around(diagram, forms, name, positions))
    number = sum(field.get("type") in KEYED for field in fields_of(form))
    steps = tuple((step.id, step.name) for step in diagram.steps if step.form == name)
    return FormLine(name, steps, number, tuple(faults))


def _positions() -> set[str]:
    with reading() as connection:
        return organisation.position_codes(connection)
