"""The process behind `checking`: a request a line on standard input, an answer a line on standard output."""

from __future__ import annotations

import base64
import contextlib
import ctypes
import io
import json
import resource
import signal
import sys
from typing import Any, BinaryIO

import pypdfium2 as pdfium

from app.slips.checks import check_docx, check_logo, check_typst, docx_text, printed
from app.slips.docx import render_docx
from app.slips.render import Logo, SlipTemplateError, render_slip

ORPHAN_LIMIT = 30  # seconds after which a check ends by itself, should its watcher be gone
MOST_PAGES = 3
PICTURE_SCALE = 1.4  # of 72 dots an inch
_NEW_NETWORK, _NEW_USER = 0x40000000, 0x10000000  # CLONE_NEWNET, CLONE_NEWUSER


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Until the requests end. SIGALRM's default action ends the process even inside a library."""
    for line in requests:
        signal.alarm(ORPHAN_LIMIT)
        answers.write(json.dumps(answer(json.loads(line))).encode() + b"\n")
        answers.flush()
        signal.alarm(0)


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """`what` is check, print, pictures, text or slip; bytes travel as base64."""
    form, kind = request["form"], request["format"]
    content = base64.b64decode(request["content"]) if request["content"] is not None else None
    if request["what"] == "check":
        return _checked(form, kind, content or b"")
    if request["what"] == "slip":
        return _slip(request, content or b"")
    logo = request.get("logo")
    shown = {"media_type": logo["media_type"], "content": base64.b64decode(logo["content"])} if logo else None
    made = printed(form, kind, content, shown)
    if request["what"] == "print":
        return {"content": _text(made)}
    if request["what"] == "text":
        return {"lines": [line for line in docx_text(made).splitlines() if line.strip()]}
    return {"pages": [_text(page) for page in _pictures(made)]}


def _slip(request: dict[str, Any], template: bytes) -> dict[str, Any]:
    """A slip of somebody's dossier: its bytes, or what its template cannot do."""
    given = request["logo"]
    logo = Logo(given["media_type"], base64.b64decode(given["content"])) if given else None
    slip, mark = request["slip"], request["mark"]
    try:
        if request["format"] == "docx":
            return {"content": _text(render_docx(slip, mark=mark, template=template, logo=logo))}
        return {"content": _text(render_slip(slip, mark=mark, template=template.decode("utf-8-sig"), logo=logo))}
    except SlipTemplateError as error:
        return {"told": error.told, "line": error.line}


def _checked(form: str, kind: str, content: bytes) -> dict[str, Any]:
    if kind == "logo":
        problems, logo = check_logo(content)
        return {"problems": problems, "logo": logo and {"media_type": logo.media_type, "content": _text(logo.content)}}
    return {"problems": (check_docx if kind == "docx" else check_typst)(form, content)}


def _pictures(content: bytes) -> list[bytes]:
    found = []
    with pdfium.PdfDocument(content) as document:
        for number in range(min(len(document), MOST_PAGES)):
            out = io.BytesIO()
            document[number].render(scale=PICTURE_SCALE).to_pil().save(out, format="PNG", optimize=True)
            found.append(out.getvalue())
    return found


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def shut_in() -> None:
    """No file is written, and where the kernel allows it there is no network: a template has business with neither."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):
        unshare = ctypes.CDLL(None, use_errno=True).unshare
        if unshare(_NEW_NETWORK) != 0:  # only root may; anybody may as root of a namespace of her own
            unshare(_NEW_USER | _NEW_NETWORK)


if __name__ == "__main__":
    shut_in()
    serve(sys.stdin.buffer, sys.stdout.buffer)
