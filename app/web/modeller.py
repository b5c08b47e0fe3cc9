"""The modeller's page, and what it asks for while somebody draws: the gate's verdict, a tidy layout, lists to pick from."""

from __future__ import annotations

import atexit
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from threading import BoundedSemaphore
from typing import Any

from flask import Response, send_file
from lxml import etree

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.diagram_drafts import LARGEST_DIAGRAM
from app.actions.publish_version import told_beforehand
from app.config import PROJECT_ROOT
from app.drafting.layout import lay_out
from app.engine.bundle import check_called
from app.engine.guard import Guard
from app.engine.shared import fragments
from app.errors import DomainError, invalid
from app.rules.permissions import DESIGNERS
from app.schemas.fields import FileText, Record, Schema
from app.views.diagram_drafts import draft_of
from app.views.modeller_lists import modeller_lists
from app.web.blueprint import drawing, page
from app.web.json_asked import answer_json, json_body
from app.web.workbench_frame import framed

TEMPLATES = PROJECT_ROOT / "bpmn" / "element-templates" / "motcua.json"
MOST_BYTES = 2 * LARGEST_DIAGRAM
"""Of a JSON body: the diagram, the processes that it calls and the names of its forms."""
MOST_CALLED = 20
MOST_FORMS = 40
_AT_ONCE = 4
_PATIENCE = 20.0
"""Seconds that a diagram waits for its turn."""

_turns = BoundedSemaphore(_AT_ONCE)


class CheckSchema(Schema):
    """`called`: texts of called processes by file name; `forms`: anything by the forms' names."""

    diagram = FileText(required=True)
    called = Record()
    forms = Record()


class LayoutSchema(Schema):
    diagram = FileText(required=True)


_CHECK, _LAYOUT = CheckSchema(), LayoutSchema()


@page.get("/thiet-ke/<id:draft_id>")
@requires(*DESIGNERS)
@drawing
def modeller(draft_id: int) -> str:
    """The diagram of a draft, drawn in the browser; read-only once it is published or put away."""
    draft = draft_of(draft_id)
    return framed("workbench/modeller.html", draft, "so-do", editable=draft.state == "open")


@page.post("/thiet-ke/kiem-tra")
@requires(*DESIGNERS)
def check_drawn() -> Response:
    """What `POST /api/v1/diagrams/check` answers of a diagram that is being drawn."""
    asked = json_body(_CHECK, MOST_BYTES)
    diagram = _diagram(asked)
    called = _called(asked.get("called") or {})
    forms = asked.get("forms")
    if forms and len(forms) > MOST_FORMS:
        raise invalid({"forms": [f"Có quá {MOST_FORMS} biểu mẫu."]})
    verdict = gate_verdict(diagram, called)
    files = None if forms is None else {str(name): _schema(form) for name, form in forms.items()}
    return answer_json(told_beforehand(verdict, files, diagram))


def _schema(form: Any) -> bytes:
    """A form that was sent along, or nothing of one of which only the name was."""
    return json.dumps(form).encode() if isinstance(form, dict) and form else b""


def gate_verdict(diagram: bytes, called: Mapping[str, bytes]) -> dict[str, Any]:
    """What the gate says of a diagram with the files that it calls. Errors: DomainError unavailable."""
    with _turn():
        guard = _guard()
        brought = check_called(guard, called)
        verdict = guard.check("so-do.bpmn", diagram, {**fragments(), **called})
    verdict["problems"] += brought
    if any(problem["severity"] == "error" for problem in brought):
        verdict["verdict"] = "rejected"
    return verdict


@page.post("/thiet-ke/sap-xep")
@requires(*DESIGNERS)
def arrange() -> Response:
    """The same diagram laid out anew, lanes kept: {diagram}."""
    diagram = _diagram(json_body(_LAYOUT, MOST_BYTES))
    with _turn():
        try:
            arranged = lay_out(diagram)
        except (etree.XMLSyntaxError, ValueError) as error:
            raise invalid({"diagram": ["Không phải sơ đồ BPMN đọc được nên chưa sắp xếp được."]}) from error
    return answer_json({"diagram": arranged.decode()})


@page.get("/thiet-ke/danh-muc")
@requires(*DESIGNERS)
def choices() -> Response:
    """Positions, agencies and procedures as the properties panel offers them."""
    return answer_json(modeller_lists(current_caller().day))


@page.get("/thiet-ke/mau.json")
@requires(*DESIGNERS)
def element_templates() -> Response:
    """The element templates, for the desktop Camunda Modeler's folder resources/element-templates."""
    return send_file(TEMPLATES, mimetype="application/json", as_attachment=True, download_name="motcua.json")


@contextmanager
def _turn() -> Iterator[None]:
    """A few at a time: whoever draws must not take the server from those who work on dossiers. Errors: DomainError."""
    if not _turns.acquire(timeout=_PATIENCE):
        raise DomainError("unavailable", "Đang có nhiều sơ đồ chờ xử lý; hệ thống sẽ thử lại sau ít giây.")
    try:
        yield
    finally:
        _turns.release()


@cache
def _guard() -> Guard:
    """One worker serves this process; it checks one file at a time and starts again after a breach."""
    guard = Guard()
    atexit.register(guard.close)
    return guard


def _diagram(asked: Mapping[str, Any]) -> bytes:
    content: bytes = asked["diagram"].encode()
    if len(content) > LARGEST_DIAGRAM:
        raise DomainError("too_large", f"Sơ đồ lớn nhất {LARGEST_DIAGRAM // 1024**2} MB.")
    return content


def _called(given: Mapping[str, Any]) -> dict[str, bytes]:
    if len(given) > MOST_CALLED:
        raise invalid({"called": [f"Có quá {MOST_CALLED} quy trình được gọi."]})
    if not all(isinstance(text, str) for text in given.values()):
        raise invalid({"called": ["Mỗi quy trình được gọi phải là nội dung của một tệp."]})
    return {name: text.encode() for name, text in given.items()}
