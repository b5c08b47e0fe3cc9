"""The papers of a dossier: what the procedure asks for, what was handed in, the files, and adding more of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Response, flash, make_response, redirect, request
from werkzeug.datastructures import FileStorage
from werkzeug.wrappers import Response as BaseResponse

from app.access.guard import requires
from app.access.request import current_caller
from app.actions.attach import Attach, check_may_add, received
from app.actions.runner import Context, RequestKey, run
from app.actions.taking_files import limit_of
from app.api.uploads import takes_files
from app.errors import DomainError, invalid
from app.rules.permissions import READERS, RIGHTS, in_state
from app.runtime import asked_at, runtime
from app.schemas.attachments import read_about
from app.store.files import file_store
from app.store.media_types import SORTS
from app.views.dossiers import dossier_detail
from app.views.parts import attachments_of, timeline_of
from app.views.procedures import procedure_detail
from app.web.acting import FormProblem, form_problem, page_context
from app.web.blueprint import page
from app.web.dossier import dossier_page
from app.web.dossier_words import FILE_USES, KINDS, ORIGINS
from app.web.file_viewer import shown
from app.wording import LOCAL, size_words

ABOUT = ("kind", "component", "origin")
"""What the form says of the files it brings."""


@page.get("/ho-so/<code:code>/tep")
@requires(*READERS)
def files(code: str) -> Response:
    """The papers and files, with the form that adds some."""
    return _files_page(code)


@page.post("/ho-so/<code:code>/tep")
@requires(*RIGHTS["attach"].permissions)
@takes_files
def add_files(code: str) -> BaseResponse:
    """Add the chosen files, each for itself: those before a refused one are kept, and the page says which."""
    added: list[str] = []
    try:
        uploads = [upload for upload in request.files.getlist("file") if upload.filename]
        if not uploads:
            raise invalid({"file": ["Hãy chọn ít nhất một tệp."]})
        check_may_add(code, current_caller())
        about = read_about({name: request.form.get(name, "") for name in ABOUT})
        commands = [_received(code, upload, about) for upload in uploads]
        context = page_context(command.sha256 for command in commands)
        for number, command in enumerate(commands):
            run(command, _numbered(context, number), lambda outcome: {"attachment": outcome.extra["attachment"]})
            added.append(command.name)
    except DomainError as error:
        if error.code == "not_found":
            raise
        return _files_page(code, form_problem(error), added)
    flash(_added_words(added), "success")
    return redirect(f"/ho-so/{code}/tep", 303)


def _received(code: str, upload: FileStorage, about: Mapping[str, Any]) -> Attach:
    return received(code, file_store(runtime().settings), upload.stream, upload.filename or "", **about)


def _numbered(context: Context, number: int) -> Context:
    """One form may bring several files: each has a key of its own, so that sending it again adds none twice."""
    key = context.key
    return context if key is None else replace(context, key=RequestKey(f"{key.key}.{number}", key.request))


def _files_page(code: str, problem: FormProblem | None = None, added: list[str] | None = None) -> Response:
    caller, now = current_caller(), asked_at()
    detail = dossier_detail(caller, code, now)
    attached = {
        row["details"].get("attachment"): row["name"]
        for row in timeline_of(caller, code)
        if row["kind"] in ("attached", "signed")
    }
    procedure = procedure_detail(detail["procedure"], now.astimezone(LOCAL).date())
    asked = procedure["components"]
    stored = [
        shown(one) | {"who": attached.get(one["id"]), "use": _use_words(one, asked)}
        for one in attachments_of(caller, code)
    ]
    may_add = any(caller.may(name) for name in RIGHTS["attach"].permissions) and in_state(
        "attach", detail["status"]["number"]
    )
    text = dossier_page(
        "files",
        detail,
        "dossier/files.html",
        components=component_rows(asked, detail["components"]),
        files_of=_by_component(stored, detail["components"]),
        files=stored,
        papers=[("", "Không thuộc thành phần nào"), *((part["code"], part["name"]) for part in asked)],
        uses=FILE_USES,
        origins=ORIGINS,
        chosen={name: request.form.get(name) for name in ABOUT},
        file_names={one["id"]: one["name"] for one in stored},
        may_add=may_add,
        limit=size_words(limit_of(procedure["max_file_bytes"], runtime().settings.max_file_bytes)),
        sorts=", ".join(SORTS[one] for one in procedure["file_types"] if one in SORTS),
        problem=problem,
        added=_added_words(added) if added else None,
    )
    return make_response(text, problem.status if problem else 200)


def _by_component(stored: list[dict[str, Any]], handed_in: list[Mapping[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """The files that are papers of each component, beside those that the list of what was handed in names itself."""
    named = {one.get("attachment") for one in handed_in}
    found: dict[str, list[dict[str, Any]]] = {}
    for one in stored:
        if one["component"] and one["id"] not in named:
            words = f" ({ORIGINS[one['origin']]})" if one["origin"] in ORIGINS else ""
            found.setdefault(one["component"], []).append({"id": one["id"], "name": one["name"], "words": words})
    return found


def _use_words(one: Mapping[str, Any], asked: list[Mapping[str, Any]]) -> str:
    """What a file is to the dossier: which paper and where from, a draft, the result."""
    names = {part["code"]: part["name"] for part in asked}
    use = names.get(one["component"] or "", FILE_USES[one["kind"]])
    return f"{use} ({ORIGINS[one['origin']]})" if one["origin"] else use


def _added_words(names: list[str]) -> str:
    # The message travels in a cookie, which holds four thousand bytes.
    shown = ", ".join(f"“{name if len(name) <= 60 else name[:60] + '…'}”" for name in names[:5])
    return f"Đã thêm {len(names)} tệp: {shown}{' …' if len(names) > 5 else ''}."


def component_rows(asked: list[Mapping[str, Any]], handed_in: list[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """What the procedure asks for beside what was handed in of it; what else was handed in comes last."""
    known = [_row(one["code"], one["name"], one, handed_in) for one in asked]
    codes = {one["code"] for one in asked}
    others = {one["code"]: one.get("name") or one["code"] for one in handed_in if one["code"] not in codes}
    return known + [_row(code, name, None, handed_in) for code, name in others.items()]


def _row(code: str, name: str, asked: Mapping[str, Any] | None, handed_in: list[Mapping[str, Any]]) -> dict[str, Any]:
    return {
        "code": code,
        "name": name,
        "required": bool(asked and asked.get("required")),
        "asked": _asked_words(asked),
        "handed_in": [
            {
                "words": _handed_in_words(one),
                "attachment": one.get("attachment"),
            }
            for one in handed_in
            if one["code"] == code
        ],
    }


def _handed_in_words(one: Mapping[str, Any]) -> str:
    kind = KINDS.get(one.get("kind", ""), "Giấy tờ")
    if one.get("kind") == "presented":
        return kind
    origin = f" ({ORIGINS[one['origin']]})" if one.get("origin") in ORIGINS else ""
    return f"{kind}: {one.get('quantity', 1)}{origin}"


def _asked_words(asked: Mapping[str, Any] | None) -> str:
    if asked is None:
        return "Ngoài danh mục của thủ tục"
    if asked.get("present_only"):
        return "Xuất trình để đối chiếu"
    if asked.get("database"):
        return f"Đã có trong {asked['database']}"
    counts = (("originals", "bản chính"), ("copies", "bản sao"))
    words = ", ".join(f"{asked[key]} {name}" for key, name in counts if asked.get(key))
    return words or "Có"
