"""The daily seals, to be looked at, printed and kept elsewhere; the proof of a dossier as a file (QT-6)."""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from typing import Any

from flask import Response, make_response, render_template

from app.access.guard import requires
from app.access.request import current_caller
from app.api.stored import disposition
from app.errors import DomainError, invalid
from app.runtime import asked_at
from app.views.audit_seals import SEE, proof_for, seal_list
from app.web.acting import form_problem
from app.web.asking import words
from app.web.blueprint import page
from app.wording import LOCAL

PAGE_SIZE = 31


@page.get("/quan-tri/niem-phong")
@requires(SEE)
def seals_page() -> Response:
    """The newest seals."""
    problem, found = None, None
    try:
        found = seal_list(current_caller(), words("trang", 400), PAGE_SIZE)
    except DomainError as error:
        problem = form_problem(error)
    return _page(found, problem, 200 if problem is None else problem.status)


@page.get("/quan-tri/niem-phong/chung-thuc.json")
@requires(SEE)
def seal_proof() -> Response:
    """The proof that a dossier stands in a seal, as a file; what is wrong, on the page."""
    code = words("ho-so", 64) or ""
    try:
        if not code:
            raise invalid({"ho-so": ["Chưa ghi mã hồ sơ cần chứng thực."]})
        proof = proof_for(current_caller(), code, None)
    except DomainError as error:
        problem = form_problem(error)
        return _page(seal_list(current_caller(), None, PAGE_SIZE), problem, problem.status, code)
    response = Response(json.dumps(proof, ensure_ascii=False, indent=2, default=_plain), mimetype="application/json")
    response.headers["Content-Disposition"] = disposition(f"chung-thuc-{code}.json", inline=False)
    return response


def _page(found: dict[str, Any] | None, problem: Any, status: int, code: str = "") -> Response:
    yesterday = asked_at().astimezone(LOCAL).date() - timedelta(days=1)
    last = found["data"][0]["day"] if found and found["data"] else None
    text = render_template(
        "administration/seals.html",
        found=found,
        problem=problem,
        code=code,
        late=last is not None and last < yesterday - timedelta(days=1) and not words("trang", 400),
        later=bool(words("trang", 400)),
        printed=asked_at(),
    )
    return make_response(text, status)


def _plain(value: Any) -> str:
    return value.isoformat() if isinstance(value, datetime | date) else str(value)
