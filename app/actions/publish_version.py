"""Publish a version (ban hành): a diagram that passed the gate becomes what new dossiers of its procedure follow (QT-22.3).

The version is a closed set: the diagram as uploaded, with the desk's standard steps added where it has none, and the side
processes, as shipped or as the province redraws them, all hashed as one. Running dossiers keep the version under which they
were received.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from pathlib import PurePosixPath
from typing import Any, NoReturn

from sqlalchemy import Connection

from app.actions.decision_scan import Scan, add_scan
from app.actions.form_check import MOST_CHARACTERS, check_form_files
from app.actions.publication import step_accounts, terms_of, vacancies
from app.actions.redrawn import SideSet, side_set
from app.actions.runner import RequestKey, once, whole_second
from app.engine.bundle import check_called
from app.engine.definition import Definition, build_definition
from app.engine.form_keys import surroundings
from app.engine.gate.totals import differing as differing_total
from app.engine.gate.totals import total_of
from app.engine.guard import Guard
from app.engine.problems import DiagramRejected
from app.engine.shared import SIDE_PROCESSES, called_files, fragments
from app.engine.standard_steps import add_standard_steps
from app.engine.steps import Step
from app.errors import DomainError
from app.rules.limits import Limit, parse_published
from app.rules.profile import Profile
from app.rules.publication import UNCHECKED, first_review
from app.store import organisation, procedures
from app.store.transaction import reading, transaction
from app.wording import LOCAL

MAIN_FILE = "diagram.bpmn"
"""Under which name a version keeps its main diagram; an uploaded name could be that of a side process."""


@dataclass(frozen=True, slots=True)
class PublishVersion:
    """`forms` are form-js schemas, file name -> content; a step finds its form by the file's name without ending. `sides` are
    side processes as the province redraws them, file name -> content; the others are those that are shipped. `called` are the
    files whose processes the diagram calls, file name -> content."""

    procedure: str
    diagram: bytes
    file_name: str
    decision_number: str
    decided_on: date
    effective_from: date
    forms: Mapping[str, bytes] = field(default_factory=dict)
    sides: Mapping[str, bytes] = field(default_factory=dict)
    called: Mapping[str, bytes] = field(default_factory=dict)
    scan: Scan | None = None
    """The decision's, kept already."""


@dataclass(frozen=True, slots=True)
class Published:
    """`publish_by` and `review_by` are ISO days, None where there is no such limit; `review` one of REVIEWS."""

    version: int
    sha256: str
    steps: list[dict[str, Any]]
    warnings: list[dict[str, Any]]
    publish_by: str | None = None
    published_late: bool = False
    review: str = UNCHECKED
    review_by: str | None = None


@dataclass(frozen=True, slots=True)
class Prepared:
    """A version that passed every check which needs no database: what is stored of it, and what still has to be asked.

    `total`: how many seconds of working time the steps take together, None where that cannot be said.
    """

    values: Mapping[str, Any]
    files: list[dict[str, Any]]
    definitions: list[Definition]
    total: int | None


def publish(
    command: PublishVersion,
    publisher: int | None,
    now: datetime,
    guard: Guard | None = None,
    key: RequestKey | None = None,
    profile: Profile | None = None,
) -> Published:
    """Check, complete and store a diagram as the procedure's next version; `publisher` is an account id.

    `profile` says by when it had to be published, and whether the centre checks it before it is in force (ST-10.3b); without
    one nobody asks. Steps that nobody could work are warned of (QT-22.4).
    The same `key` of a publisher publishes once. Errors: DomainError diagram_rejected (with `problems`), not_found,
    invalid (forms), key_reused.
    """
    prepared = prepare(command, publisher, now, guard, profile)
    with transaction() as connection:

        def add() -> dict[str, Any]:
            more = _scan(connection, command, publisher, now)
            return asdict(add_prepared(connection, command.procedure, prepared, profile, more))

        return Published(**(once(connection, publisher, key, now, add) if publisher is not None else add()))


def _scan(connection: Connection, command: PublishVersion, publisher: int | None, now: datetime) -> dict[str, Any]:
    procedure = procedures.find_procedure(connection, command.procedure)
    if command.scan is None or publisher is None or procedure is None:
        return {}
    return {"decision_file_id": add_scan(connection, procedure.id, command.scan, publisher, whole_second(now))}


def prepare(
    command: PublishVersion,
    publisher: int | None,
    now: datetime,
    guard: Guard | None = None,
    profile: Profile | None = None,
) -> Prepared:
    """Check and complete a diagram; nothing is written. Errors: DomainError diagram_rejected (with `problems`), invalid."""
    verdict, sides = _checked(command, guard)
    diagram = add_standard_steps(command.diagram)
    try:
        called = called_files(diagram, _library(command))
        definition = build_definition({MAIN_FILE: diagram, **called})
    except DiagramRejected as rejected:
        raise _rejected([problem.to_dict() for problem in rejected.problems]) from rejected
    if definition.process_id in SIDE_PROCESSES:
        raise _rejected([_reserved(definition.process_id)])
    definitions = [definition, *sides.definitions]
    missing = [problem for drawn in definitions for problem in _missing_forms(drawn, command.forms)]
    if missing:
        raise _rejected(missing)
    told = _sound_forms(diagram, command.forms)
    files = [_file(MAIN_FILE, "main", diagram)]
    files += [_file(f"called/{name}", "called", content) for name, content in called.items()]
    files += [_file(name, "side", content) for name, content in sides.files.items()]
    files += [_file(f"forms/{name}", "form", content) for name, content in sorted(command.forms.items())]
    digest = hashlib.sha256("\n".join(f"{file['name']} {file['sha256']}" for file in files).encode()).hexdigest()
    values = {
        "sha256": digest,
        "process": definition.process_id,
        "decision_number": command.decision_number,
        "decided_on": command.decided_on,
        "effective_from": command.effective_from,
        "published_at": whole_second(now),
        "published_by": publisher,
        "steps": [_step_view(step) for step in definition.steps.values()],
        "warnings": verdict["problems"] + sides.warnings + told,
        "review": first_review(profile),
    }
    total = total_of({MAIN_FILE: diagram, **called}, definition.process_id)
    return Prepared(values, files, definitions, total)


def add_prepared(
    connection: Connection,
    code: str,
    prepared: Prepared,
    profile: Profile | None,
    more: Mapping[str, Any] | None = None,
) -> Published:
    """Store it as the procedure's next version, in the caller's transaction; `more`: further columns of the version.

    Errors: DomainError diagram_rejected (positions that no agency has), not_found."""
    _require_positions(connection, prepared.definitions)
    values = prepared.values
    procedure = procedures.find_procedure(connection, code)
    if procedure is None:
        raise DomainError("not_found", f"Không có thủ tục mã “{code}”.")
    at: datetime = values["published_at"]
    first_day = max(at.astimezone(LOCAL).date(), values["effective_from"])
    registered = step_accounts(connection, procedure.id, values["steps"], first_day)
    warnings = values["warnings"] + limit_differs(procedure, prepared.total) + vacancies(registered)
    values = {**values, "warnings": warnings, **(more or {})}
    number = procedures.add_version(connection, {"procedure_id": procedure.id, **values}, prepared.files)
    published = Published(number, values["sha256"], values["steps"], values["warnings"], review=values["review"])
    if profile is None:
        return published
    days = {name: values[name] for name in ("decided_on", "effective_from", "published_at")}
    terms = terms_of(connection, profile, procedure.id, **days)
    return replace(
        published,
        publish_by=_day(terms.publish_by),
        published_late=terms.published_late,
        review_by=_day(terms.review_by),
    )


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _checked(command: PublishVersion, guard: Guard | None) -> tuple[dict[str, Any], SideSet]:
    if guard is None:
        with Guard() as own:
            return _checked(command, own)
    verdict = guard.check(command.file_name, command.diagram, _library(command))
    sides = side_set(command.sides, guard)
    brought = check_called(guard, command.called)
    refused = [*sides.errors, *(problem for problem in brought if problem["severity"] == "error")]
    if verdict["verdict"] != "ok":
        # What only side processes are asked for is asked of this one: its id is the fault.
        taken = {found["element"] for found in verdict["problems"]} & {*SIDE_PROCESSES}
        refused = [*(_reserved(process) for process in taken), *verdict["problems"], *refused]
    if refused:
        raise _rejected(refused)
    unused = command.called.keys() - called_files(command.diagram, _library(command)).keys()
    verdict["problems"] += [*brought, *(_unused(name) for name in sorted(unused))]
    return verdict, sides


def _library(command: PublishVersion) -> dict[str, bytes]:
    """What the diagram may call: what is shipped, and what came with it."""
    return {**fragments(), **command.called}


def _unused(name: str) -> dict[str, Any]:
    message = f"Tệp {name} không được sơ đồ nào gọi nên không có tác dụng. Hãy bỏ tệp này, hoặc kiểm tra lại lời gọi."
    return {**_problem("call.unused", "warning", message, None), "file": name}


def _file(name: str, kind: str, content: bytes) -> dict[str, Any]:
    return {"name": name, "kind": kind, "sha256": hashlib.sha256(content).hexdigest(), "content": content}


def _form(name: str, content: bytes) -> dict[str, Any]:
    """A form-js schema, or a refusal that names the file."""
    if len(content) > 4 * MOST_CHARACTERS:
        raise _bad_form(name, "quá lớn")
    try:
        schema = json.loads(content, parse_constant=_refuse)
    except (ValueError, RecursionError) as problem:
        raise _bad_form(name, "không phải JSON đọc được") from problem
    if not isinstance(schema, dict) or not isinstance(schema.get("components"), list):
        raise _bad_form(name, "không phải biểu mẫu form-js (thiếu danh sách components)")
    return schema


def _sound_forms(diagram: bytes, forms: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """What the forms' readers will be surprised by; an error of one refuses (`app.actions.form_check`)."""
    schemas = {PurePosixPath(name).stem: _form(name, content) for name, content in sorted(forms.items())}
    found = check_form_files(surroundings(diagram), schemas)
    if wrong := [problem["message"] for problem in found if problem["severity"] == "error"]:
        raise DomainError("invalid", wrong[0], errors={"forms": wrong}, extra={"problems": found})
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _bad_form(name: str, why: str) -> DomainError:
    return DomainError("invalid", f"Biểu mẫu “{name}” {why}.", errors={"forms": [f"{name}: {why}."]})


def limit_differs(procedure: procedures.ProcedureRow, total: int | None) -> list[dict[str, Any]]:
    """A warning where the steps together need another time than the procedure has: a published table can itself be wrong."""
    limit = parse_published(procedure.limit, procedure.limit_unit)
    if total is None or not isinstance(limit, Limit):
        return []
    found = differing_total(total, limit)
    return [] if found is None else [_problem("procedure.limit-differs", "warning", found, None)]


def _missing_forms(definition: Definition, forms: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """Steps whose form is not among the uploaded ones: whoever holds the step would have nothing to fill in."""
    known = {PurePosixPath(name).stem for name in forms}
    return [
        _missing_form(step.id, step.name, step.form, "error")
        for step in definition.steps.values()
        if step.form and step.form not in known
    ]


def _step_view(step: Step) -> dict[str, Any]:
    return {
        "id": step.id,
        "name": step.name,
        "position": step.position,
        "agency": step.agency,
        "limit": step.limit,
        "limit_unit": step.limit_unit,
        "stage": step.stage,
        "form": step.form,
    }


def _problem(code: str, severity: str, message: str, element: str | None, name: str | None = None) -> dict[str, Any]:
    return {"code": code, "severity": severity, "message": message, "element": element, "name": name, "line": None}


def _reserved(process: str) -> dict[str, Any]:
    """A dossier would run the side process of that id in the procedure's stead."""
    message = f"Mã quy trình “{process}” dành cho quy trình kèm theo của hệ thống; hãy đặt mã khác cho quy trình này."
    return _problem("process.reserved", "error", message, process)


def _rejected(problems: list[dict[str, Any]]) -> DomainError:
    detail = "Sơ đồ có lỗi nên chưa ban hành được; xem từng lỗi kèm cách sửa."
    return DomainError("diagram_rejected", detail, extra={"problems": problems})


def _require_positions(connection: Connection, definitions: list[Definition]) -> None:
    problems = unknown_positions(connection, definitions)
    if problems:
        raise _rejected(problems)


def unknown_positions(connection: Connection, definitions: list[Definition]) -> list[dict[str, Any]]:
    """Positions that no agency has are an error at deployment: no inbox would ever show such a step (QT-22.2a).

    A role is filled from the agency's own positions when its step opens."""
    known = organisation.position_codes(connection)
    return [
        _unknown_position(step.id, step.name, step.position, "error")
        for definition in definitions
        for step in definition.steps.values()
        if step.role is None and step.position not in known
    ]


def told_beforehand(
    verdict: dict[str, Any], forms: Mapping[str, bytes] | None = None, diagram: bytes = b""
) -> dict[str, Any]:
    """A verdict of the gate with a warning for what publishing the diagram would refuse: positions that no agency has and,
    where `forms` were sent along, forms that are not among them, and what is wrong with those that are."""
    with reading() as connection:
        known = organisation.position_codes(connection)
    found = [
        _unknown_position(step["id"], step["name"], step["position"], "warning")
        for step in verdict["steps"]
        if not step["position"].startswith("@") and step["position"] not in known
    ]
    if forms is not None:
        sent = {PurePosixPath(name).stem for name in forms}
        steps = [step for step in verdict["steps"] if step["form"] and step["form"] not in sent]
        found += [_missing_form(step["id"], step["name"], step["form"], "warning") for step in steps]
        found += _form_problems(diagram, forms, known)
    return {**verdict, "problems": verdict["problems"] + found}


def _form_problems(diagram: bytes, forms: Mapping[str, bytes], positions: set[str]) -> list[dict[str, Any]]:
    """What is wrong with forms that were sent along; those of which only the name is known are left alone."""
    schemas: dict[str, Any] = {}
    found = []
    for name, content in sorted(forms.items()):
        try:
            schemas |= {PurePosixPath(name).stem: _form(name, content)} if content else {}
        except DomainError as refused:
            found.append(_problem("form.unreadable", "warning", refused.detail, None))
    found += check_form_files(surroundings(diagram), schemas, positions)
    return [{**problem, "severity": "warning"} for problem in found]


def _unknown_position(step: str, name: str, position: str, severity: str) -> dict[str, Any]:
    message = f"Bước “{name}” dùng vị trí “{position}” chưa khai báo ở cơ quan nào; hãy tạo vị trí này trước."
    return _problem("step.position-unknown", severity, message, step, name)


def _missing_form(step: str, name: str, form: str, severity: str) -> dict[str, Any]:
    message = f"Bước “{name}” dùng biểu mẫu “{form}” nhưng không có tệp này. Hãy gửi kèm biểu mẫu hoặc bỏ mã biểu mẫu."
    return _problem("form.missing", severity, message, step, name)
