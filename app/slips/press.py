"""typst as this project uses it: a template and one JSON text in, PDF out. No network, no system fonts.

Two traps. A typst compiler refuses to be used by two threads at once, so each thread has its own. Its worker threads do
not survive a fork, and a child would wait for them for ever, so a process that has rendered must not fork children that
render; that is refused here instead of hanging. Nothing is started at import.
"""

from __future__ import annotations

import os
import threading
from datetime import datetime
from functools import cache
from importlib.resources import as_file, files

import typst

_local = threading.local()
_first_process: list[int] = []
_guard = threading.Lock()
_GENERATIONS = 10
"""typst keeps what it worked out for this many compilations; empty ones, a millisecond each, make it forget a large one."""


def press(template: str, content: str, dated: datetime, logo: str = "") -> bytes:
    """The PDF of `template` with `content` (JSON text, read by the template as `sys.inputs.content`).

    `dated` (aware, whole seconds count) is the PDF's date: the same arguments give the same bytes. `logo` is what the
    head shows, as `sys.inputs.logo`. RuntimeError in a child of a process that has rendered.
    """
    return press_source(template_source(template), content, dated, logo)


def press_many(source: bytes, contents: str, dated: datetime, logo: str = "") -> bytes:
    """As `press_source` for a JSON list of contents, one slip after another, without tags for screen readers: for print files.

    The template prints with `one` of the common module, which takes a list.
    """
    try:
        return press_source(source, contents, dated, logo, tags=False)
    finally:
        for _ in range(_GENERATIONS):
            _compiler().compile(input=b"", format="pdf", sys_inputs={})


def press_source(source: bytes, content: str, dated: datetime, logo: str = "", *, tags: bool = True) -> bytes:
    """The same as `press` for the text of a template. Errors: typst.TypstError; RuntimeError as `press`."""
    with _guard:
        if not _first_process:
            _first_process.append(os.getpid())
    if _first_process[0] != os.getpid():
        raise RuntimeError("slips were rendered before this process was forked; render only after the fork")
    compiled = _compiler().compile(
        input=source,
        format="pdf",
        sys_inputs={"content": content, "logo": logo},
        timestamp=int(dated.timestamp()),
        pdf_tags=tags,
    )
    if not isinstance(compiled, bytes):
        raise TypeError("typst gave no single document")
    return compiled


def _compiler() -> typst.Compiler:
    compiler: typst.Compiler | None = getattr(_local, "compiler", None)
    if compiler is None:
        with as_file(files("app.slips") / "templates") as root:
            compiler = typst.Compiler(b"", root=root, font_paths=_fonts())
        _local.compiler = compiler
    return compiler


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(include_system_fonts=False)


@cache
def template_source(template: str) -> bytes:
    """The text of a template of this package."""
    return (files("app.slips") / "templates" / template).read_bytes()
