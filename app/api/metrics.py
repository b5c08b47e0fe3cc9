"""What monitoring reads, and how requests are counted for it."""

from __future__ import annotations

import hmac
import ipaddress
from functools import cache
from typing import Final

from flask import Response, request

from app import metrics
from app.access.guard import ANYONE, requires
from app.access.request import PAGES
from app.api.blueprint import Blueprint
from app.errors import DomainError
from app.rules.permissions import RIGHTS
from app.runtime import asked_at, runtime
from app.views.figures import gauges

blueprint = Blueprint("metrics", __name__, description="Số đo vận hành")

FORWARDED: Final = ("X-Forwarded-For", "Forwarded", "X-Real-IP")
_READS: Final = ("GET", "HEAD", "OPTIONS")
_PAGE_ACTIONS: Final = {"web.register_dossier": "register", "web.act_on_batch": "batch"}
_UNCOUNTED: Final = ("web.static", "health.healthz", "health.readyz", "metrics.read_metrics")


@blueprint.get("/metrics")
@requires(ANYONE)
@blueprint.response(200, {"type": "string"}, content_type=metrics.CONTENT_TYPE)
def read_metrics() -> Response:
    """Số đo theo dạng của Prometheus; chỉ từ chính máy này, hoặc có METRICS_TOKEN."""
    if not _let_in():
        raise DomainError("not_found", "Không có đường dẫn này.")
    response = Response(metrics.counted(gauges(asked_at())), content_type=metrics.CONTENT_TYPE)
    response.headers["Cache-Control"] = "no-store"
    return response


def _let_in() -> bool:
    """Whoever shows the token, or asks on this machine itself: what a proxy hands on is not from here."""
    wanted = runtime().settings.metrics_token
    scheme, _, shown = request.headers.get("Authorization", "").partition(" ")
    if wanted is not None and scheme.lower() == "bearer":
        return hmac.compare_digest(shown.strip().encode(), wanted.encode())
    if any(name in request.headers for name in FORWARDED):
        return False
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback
    except ValueError:
        return False


def count(status: int, seconds: float) -> None:
    """Count the running request: its kind, and its action where it is sent to do one."""
    endpoint = request.endpoint or ""
    if endpoint in _UNCOUNTED:
        return
    reads = request.method in _READS
    action = None if reads else _action(endpoint, (request.view_args or {}).get("action"))
    kind = "page" if request.blueprint == PAGES else "api"
    metrics.answered(kind, "read" if reads else "write", status, seconds, action)


@cache
def _known_action(endpoint: str) -> str | None:
    name = endpoint.rpartition(".")[2].replace("_", "-")
    if endpoint in _PAGE_ACTIONS:
        return _PAGE_ACTIONS[endpoint]
    if name == "act-on-many":
        return "batch"
    return name if name in RIGHTS and not endpoint.startswith(PAGES) else None


def _action(endpoint: str, named: object) -> str | None:
    """As the permission table calls it; never a word that only the request brought."""
    if endpoint == "web.act":
        return named if isinstance(named, str) and named in RIGHTS else None
    return _known_action(endpoint)
