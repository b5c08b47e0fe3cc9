"""Templates and logos from outside, tried before they are taken: in a process of its own, within limits of time and memory.

A template is code. Whatever it holds, the process that serves people neither hangs nor grows, and nothing is read or written.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from app.slips.render import Logo
from app.watched import CRASHED, HEAVY, LONG, SLOW, Breach, Watched

TIME_LIMIT = 10.0  # seconds for all trials of one template
MEMORY_LIMIT = 400 * 1024 * 1024  # bytes resident; an honest template needs a fifth of it
_ANSWER_LIMIT = 40 * 1024 * 1024
NO_NETWORK = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9")
"""A port where nobody listens: typst would fetch the packages that a template names."""
_BREACHES = {
    SLOW: "In thử mất quá lâu: mẫu có vòng lặp không dừng hoặc quá nặng. Hãy đơn giản hóa mẫu.",
    HEAVY: "In thử cần quá nhiều bộ nhớ. Hãy đơn giản hóa mẫu.",
    LONG: "Phiếu in thử quá lớn. Hãy đơn giản hóa mẫu.",
    CRASHED: "Không in thử được mẫu này: bộ in đã dừng giữa chừng. Hãy đơn giản hóa mẫu.",
}


@dataclass(frozen=True, slots=True)
class TemplateProblem:
    """Why a template is not taken: `line` of a typst file or paragraph of a Word file (from 1) with its text, or None."""

    line: int | None
    text: str
    message: str


class TemplateUnprintable(ValueError):  # noqa: N818
    """A preview cannot be made; the text (Vietnamese) says why."""


class TemplateGuard:
    """Checks and prints one template at a time; safe between threads. Use it in a `with`, which ends its process."""

    def __init__(self, *, time_limit: float = TIME_LIMIT, memory_limit: int = MEMORY_LIMIT) -> None:
        self.worker = Watched(
            "app.slips.check_worker",
            time_limit=time_limit,
            memory_limit=memory_limit,
            answer_limit=_ANSWER_LIMIT,
            environment=NO_NETWORK,
            bare=True,
        )

    def __enter__(self) -> TemplateGuard:
        return self

    def __exit__(self, *trace: object) -> None:
        self.worker.close()

    def check(self, form_key: str, kind: str, content: bytes) -> list[TemplateProblem]:
        """Why a template (`kind` typst or docx) of that form is not taken; nothing when it is."""
        return self._checked(form_key, kind, content)[0]

    def check_logo(self, content: bytes) -> tuple[list[TemplateProblem], Logo | None]:
        """The same for a logo, and the logo as it is kept: its pixels drawn anew."""
        problems, answer = self._checked("", "logo", content)
        logo = answer.get("logo")
        return problems, Logo(logo["media_type"], base64.b64decode(logo["content"])) if logo else None

    def print_sample(self, form_key: str, kind: str, content: bytes | None, logo: Logo | None = None) -> bytes:
        """A sample printed with a checked template (None: the built-in one): PDF, or DOCX for that kind.

        Errors: TemplateUnprintable.
        """
        return base64.b64decode(self._made("print", form_key, kind, content, logo)["content"])

    def pictures(self, form_key: str, content: bytes | None, logo: Logo | None = None) -> list[bytes]:
        """The first pages of that sample as PNG, of a typst template. Errors: TemplateUnprintable."""
        return [base64.b64decode(page) for page in self._made("pictures", form_key, "typst", content, logo)["pages"]]

    def lines(self, form_key: str, content: bytes | None, logo: Logo | None = None) -> list[str]:
        """What stands in that sample, a paragraph each, of a Word template. Errors: TemplateUnprintable."""
        found: list[str] = self._made("text", form_key, "docx", content, logo)["lines"]
        return found

    def _checked(self, form_key: str, kind: str, content: bytes) -> tuple[list[TemplateProblem], dict[str, Any]]:
        try:
            answer = self._ask({"what": "check", "form": form_key, "format": kind, "content": _text(content)})
        except Breach as breach:
            return [TemplateProblem(None, "", _BREACHES[str(breach)])], {}
        return [TemplateProblem(**one) for one in answer["problems"]], answer

    def _made(self, what: str, form_key: str, kind: str, content: bytes | None, logo: Logo | None) -> dict[str, Any]:
        request = {
            "what": what,
            "form": form_key,
            "format": kind,
            "content": None if content is None else _text(content),
            "logo": logo and {"media_type": logo.media_type, "content": _text(logo.content)},
        }
        try:
            return self._ask(request)
        except Breach as breach:
            raise TemplateUnprintable(_BREACHES[str(breach)]) from breach

    def _ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        try:
            answer: dict[str, Any] = json.loads(self.worker.ask(json.dumps(request).encode()))
        except ValueError as error:
            raise Breach(CRASHED) from error
        return answer


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
