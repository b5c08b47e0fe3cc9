"""The blueprint of all pages, and what holds for each of them: no forged forms, nothing of a private page kept."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, Response, current_app, request
from flask_wtf.csrf import CSRFProtect  # type: ignore[import-untyped]
from werkzeug.exceptions import HTTPException
from werkzeug.routing import RequestRedirect

from app.access.guard import ANYONE, requires
from app.access.headers import add_missing
from app.access.request import PAGES
from app.errors import DomainError

page = Blueprint(PAGES, __name__, template_folder="templates", static_folder="static", static_url_path="/static")
csrf = CSRFProtect()

BUNDLES = Path(__file__).parent / "static"
_STATIC = f"{PAGES}.static"
_POLICY = (
    "default-src 'self'; img-src 'self' data:; font-src 'self' data:; style-src 'self'{styles}; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def drawing(view: Any) -> Any:
    """Mark a view whose page draws a diagram: the viewer sets styles on the elements that it makes."""
    view.inline_styles = True
    return view


def refuse_foreign_forms() -> None:
    """A form that a page of another site sent, before anybody is asked who she is: an answer that offered to send it again
    would make it a form of ours, and a sign-in page would put a new session in the place of hers.

    Errors: DomainError forbidden.
    """
    if request.blueprint == PAGES and request.method == "POST" and _from_elsewhere():
        raise DomainError("forbidden", "Biểu mẫu này do một trang khác gửi đến nên không được thực hiện.")


def _from_elsewhere() -> bool:
    """As the browser says it; one of before 2023 names the origin of its page only. Programs say nothing: they bring no
    cookie of anybody's."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:
        return site not in ("same-origin", "none")
    origin = request.headers.get("Origin")
    try:
        return origin is not None and urlsplit(origin).netloc != request.host
    except ValueError:
        return True


def refuse_forged_forms() -> None:
    """What changes something must come from a form of ours. Errors: CSRFError."""
    if request.blueprint == PAGES and request.method == "POST":
        csrf.protect()


@page.before_request
def opened_anew() -> Response | None:
    """A page that draws has a policy and scripts of its own, which a body put into another page's document does not bring
    along: where a boosted link or form leads to one from elsewhere, the browser is told to open it whole."""
    view = current_app.view_functions.get(request.endpoint or "")
    boosted = request.method == "GET" and "HX-Boosted" in request.headers
    if not boosted or not getattr(view, "inline_styles", False) or _came_from() == request.endpoint:
        return None
    query = request.query_string.decode("ascii", "replace")
    return Response(headers={"HX-Redirect": f"{request.path}?{query}" if query else request.path})


def _came_from() -> str | None:
    """The endpoint of the page that a boosted request was made on."""
    adapter = current_app.create_url_adapter(request)
    if adapter is None:
        return None
    try:
        endpoint, _ = adapter.match(urlsplit(request.headers.get("HX-Current-URL", "")).path, method="GET")
    except (HTTPException, RequestRedirect, ValueError):
        return None
    return str(endpoint)


@page.after_request
def page_headers(response: Response) -> Response:
    """What every page says to browsers; the page of an address that no route has too."""
    view = current_app.view_functions.get(request.endpoint or "")
    styles = " 'unsafe-inline'" if getattr(view, "inline_styles", False) else ""
    kept = {} if request.endpoint == _STATIC else {"Cache-Control": "no-store"}
    add_missing(response, {"Content-Security-Policy": _POLICY.format(styles=styles), **kept})
    return response


def install_static(app: Flask) -> None:
    """Bundles are for everybody, and kept by browsers for as long as their address names their content."""
    app.view_functions[_STATIC] = requires(ANYONE)(partial(_bundle, app.view_functions[_STATIC]))


def _bundle(serve: Any, filename: str) -> Response:
    packed = request.accept_encodings["gzip"] > 0 and _is_packed(filename)
    response: Response = serve(filename=f"{filename}.gz" if packed else filename)
    if packed:
        response.headers["Content-Encoding"] = "gzip"
        response.headers["Content-Type"] = _KINDS.get(filename.rpartition(".")[2], "application/octet-stream")
    response.headers["Vary"] = "Accept-Encoding"
    named = "v" in request.args or filename.startswith("fonts/")  # fonts carry their hash in their own names
    response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if named else "no-cache"
    return response


def _is_packed(filename: str) -> bool:
    try:
        return (BUNDLES / f"{filename}.gz").is_file()
    except (OSError, ValueError):  # a name that no file can have
        return False


_KINDS = {"css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8", "json": "application/json"}
