"""Diagrams from outside: checked by the gate, and published as the next version of a procedure."""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from datetime import date
from typing import Any

from flask import Response, request
from werkzeug.datastructures import FileStorage

from app.access.guard import SIGNED_IN, open_to_programs, requires
from app.access.request import current_caller
from app.actions.decision_scan import Scan, taken_scan
from app.actions.publish_version import PublishVersion, publish, told_beforehand
from app.actions.runner import RequestKey
from app.api.acting import idempotency_key
from app.api.blueprint import Blueprint, reply
from app.api.uploads import takes_files
from app.engine.bundle import check_called
from app.engine.guard import Guard
from app.engine.shared import SIDE_PROCESSES, fragments
from app.errors import invalid
from app.lawbook import profile_named
from app.rules.publication import REVIEWS
from app.runtime import asked_at, runtime
from app.schemas.fields import Anything, Choice, Day, Flag, Many, Schema, Text, Whole
from app.schemas.reading import load
from app.store.files import file_store

blueprint = Blueprint("publishing", __name__, url_prefix="/api/v1", description="Sơ đồ quy trình")

MOST_FORMS = 40
MOST_SIDES = len(SIDE_PROCESSES)
MOST_CALLED = 20
UPLOAD = {
    "multipart/form-data": {
        "schema": {
            "type": "object",
            "properties": {
                "diagram": {"type": "string", "format": "binary"},
                "forms": {"type": "array", "items": {"type": "string", "format": "binary"}},
                "side": {"type": "array", "items": {"type": "string", "format": "binary"}},
                "called": {"type": "array", "items": {"type": "string", "format": "binary"}},
                "decision_number": {"type": "string"},
                "decided_on": {"type": "string", "format": "date"},
                "effective_from": {"type": "string", "format": "date"},
                "scan": {"type": "string", "format": "binary"},
            },
            "required": ["diagram"],
        }
    }
}


class DecisionForm(Schema):
    decision_number = Text(200, required=True, least=1)
    decided_on = Day(required=True)
    effective_from = Day(required=True)


class VerdictSchema(Schema):
    file = Text(500)
    verdict = Text(16)
    problems = Many(Anything())
    steps = Many(Anything())


class PublishedSchema(Schema):
    version = Whole(1)
    sha256 = Text(64)
    steps = Many(Anything())
    warnings = Many(Anything())
    publish_by = Day(allow_none=True, metadata={"description": "Ngày cuối phải cập nhật; null khi tỉnh không đặt mức"})
    published_late = Flag()
    review = Choice(REVIEWS, metadata={"description": "pending: chưa áp dụng cho đến khi được kiểm tra"})
    review_by = Day(allow_none=True)


_DECISION = DecisionForm()


@blueprint.post("/diagrams/check")
@requires(SIGNED_IN)
@open_to_programs()
@blueprint.doc(requestBody={"required": True, "content": UPLOAD})
@blueprint.response(200, VerdictSchema)
def check_diagram() -> Response:
    """What `motcua diagram check` prints of a file, which may call the processes of those sent along (`called`); positions that
    no agency has are warned of, forms that are not among those sent along (`forms`), and what is wrong with those."""
    diagram = _diagram()
    forms = _forms()
    called = _called()
    with Guard() as guard:
        brought = check_called(guard, called)
        content = diagram.read()
        verdict = guard.check(_name(diagram), content, {**fragments(), **called})
    verdict["problems"] += brought
    if any(problem["severity"] == "error" for problem in brought):
        verdict["verdict"] = "rejected"
    return reply(told_beforehand(verdict, forms or None, content))


@blueprint.post("/procedures/<code:code>/versions")
@requires("diagram.deploy")
@takes_files
@blueprint.doc(requestBody={"required": True, "content": UPLOAD})
@blueprint.response(201, PublishedSchema)
def publish_version(code: str) -> Response:
    """Publish a diagram by a decision (QT-22.3), with the side processes (`side`) that the province redraws and the
    decision's `scan`; 422 with `problems` when the gate refuses any of them."""
    diagram = _diagram()
    decision = _decision()
    forms = _forms()
    sides = request.files.getlist("side")
    if len(sides) > MOST_SIDES:
        raise invalid({"side": [f"Có quá {MOST_SIDES} quy trình kèm theo."]})
    command = PublishVersion(
        procedure=code,
        diagram=diagram.read(),
        file_name=_name(diagram),
        decision_number=decision["decision_number"],
        decided_on=decision["decided_on"],
        effective_from=decision["effective_from"],
        forms=forms,
        sides=_named(sides, "side"),
        called=_called(),
        scan=_scan(),
    )
    province = profile_named(runtime().settings.profile)
    published = publish(command, current_caller().account_id, asked_at(), key=_key(command), profile=province)
    return reply(asdict(published), 201)


def _key(command: PublishVersion) -> RequestKey | None:
    """The request is its content, not its bytes: a client that tries again draws another multipart boundary."""
    key = idempotency_key()
    if key is None:
        return None
    said = [request.method, request.path, command.decision_number, command.decided_on, command.effective_from]
    sent = [("", command.diagram), *sorted(command.forms.items())]
    sent += [(f"side/{name}", content) for name, content in sorted(command.sides.items())]
    sent += [(f"called/{name}", content) for name, content in sorted(command.called.items())]
    said += [(name, hashlib.sha256(content).hexdigest()) for name, content in sent]
    said += [("scan", command.scan.sha256)] if command.scan else []
    return RequestKey(key, hashlib.sha256(repr(said).encode()).digest())


def _diagram() -> FileStorage:
    found = request.files.get("diagram")
    if found is None:
        raise invalid({"diagram": ["Phải gửi tệp sơ đồ ở trường diagram (multipart/form-data)."]})
    return found


def _forms() -> dict[str, bytes]:
    forms = request.files.getlist("forms")
    if len(forms) > MOST_FORMS:
        raise invalid({"forms": [f"Có quá {MOST_FORMS} biểu mẫu."]})
    return {_name(form): form.read() for form in forms}


def _called() -> dict[str, bytes]:
    files = request.files.getlist("called")
    if len(files) > MOST_CALLED:
        raise invalid({"called": [f"Có quá {MOST_CALLED} tệp được gọi."]})
    return _named(files, "called")


def _scan() -> Scan | None:
    upload = request.files.get("scan")
    if upload is None:
        return None
    settings = runtime().settings
    store = file_store(settings)
    return taken_scan(store, upload.stream, _name(upload), settings.max_file_bytes, settings.clamav)


def _named(files: list[FileStorage], field: str) -> dict[str, bytes]:
    """Contents by file name; two of one name would hide each other."""
    found: dict[str, bytes] = {}
    for file in files:
        name = _name(file)
        if name in found:
            raise invalid({field: [f"Có hai tệp cùng tên “{name}”."]})
        found[name] = file.read()
    return found


def _name(file: FileStorage) -> str:
    """A file's bare name, safe to store and to show."""
    bare = (file.filename or "").replace("\\", "/").rsplit("/", 1)[-1]
    clean = "".join(letter for letter in bare if letter.isprintable())[:200]
    return clean or "diagram.bpmn"


def _decision() -> dict[str, Any]:
    decision = load(_DECISION, request.form.to_dict())
    first, last = decision["decided_on"], decision["effective_from"]
    if isinstance(first, date) and last < first:
        raise invalid({"effective_from": ["Không được trước ngày ban hành quyết định."]})
    return decision
