"""Slips printed with a template from outside: in a process of its own, so that a template that loops for one dossier's data
stops nobody but itself.

The trial at upload (`checking`) sees samples; what is printed later is anybody's data. One process a server, started with the
first such slip, ended and begun anew when it breaks its limits.
"""

from __future__ import annotations

import atexit
import base64
import json
from collections.abc import Mapping
from functools import cache
from typing import Any

from app.slips.checking import NO_NETWORK
from app.slips.render import Logo, SlipTemplateError
from app.watched import CRASHED, HEAVY, LONG, SLOW, Breach, Watched

TIME_LIMIT = 5.0  # seconds for one slip; an honest one takes a hundredth
MEMORY_LIMIT = 600 * 1024 * 1024
_ANSWER_LIMIT = 80 * 1024 * 1024
_BREACHES = {
    SLOW: "in quá lâu nên đã dừng",
    HEAVY: "cần quá nhiều bộ nhớ nên đã dừng",
    LONG: "in ra quá nhiều trang nên đã dừng",
    CRASHED: "bộ in dừng giữa chừng",
}


def print_foreign(
    content: Mapping[str, Any], template: bytes, kind: str = "typst", *, mark: str = "", logo: Logo | None = None
) -> bytes:
    """The slip printed with that template: PDF, or DOCX for that kind. Errors: SlipTemplateError, SlipError for the content."""
    request = {
        "what": "slip",
        "form": content["form"],
        "format": kind,
        "content": base64.b64encode(template).decode(),
        "logo": logo and {"media_type": logo.media_type, "content": base64.b64encode(logo.content).decode()},
        "slip": dict(content),
        "mark": mark,
    }
    try:
        answer: dict[str, Any] = json.loads(_press().ask(json.dumps(request).encode()))
    except Breach as breach:
        raise SlipTemplateError(_BREACHES[str(breach)]) from breach
    if "told" in answer:
        raise SlipTemplateError(answer["told"], answer["line"])
    return base64.b64decode(answer["content"])


@cache
def _press() -> Watched:
    """This process's own: made after the fork, with the first slip."""
    made = Watched(
        "app.slips.check_worker",
        time_limit=TIME_LIMIT,
        memory_limit=MEMORY_LIMIT,
        answer_limit=_ANSWER_LIMIT,
        environment=NO_NETWORK,
        bare=True,
    )
    atexit.register(made.close)
    return made
