"""The files of a draft: what may be kept at all, so that whatever reads them later can.

A draft may be wrong in every way that the gate tells of; it may not be something else than a diagram.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from lxml import etree

from app.engine.names import bpmn
from app.engine.reading import as_text, parse
from app.errors import DomainError, invalid
from app.store.diagram_drafts import DraftFiles

LARGEST_DIAGRAM = 5 * 1024 * 1024
LARGEST_FORMS = 2 * 1024 * 1024
LARGEST = 12 * 1024 * 1024
"""Bytes of one diagram, of all forms together, and of everything."""
_DECLARED = re.compile(r"""^(\s*<\?xml[^>]*?\sencoding\s*=\s*["'])[^"']*(["'])""")
MOST_FORMS, MOST_CALLED, MOST_SIDES = 40, 20, 10


def check_files(files: DraftFiles) -> None:
    """Errors: DomainError invalid (by the member that is wrong), too_large."""
    for what, number, most in (
        ("forms", len(files.forms), MOST_FORMS),
        ("called", len(files.called), MOST_CALLED),
        ("sides", len(files.sides), MOST_SIDES),
    ):
        if number > most:
            raise invalid({what: [f"Có quá {most} mục."]})
    forms = _size_of_forms(files.forms)
    if forms > LARGEST_FORMS:
        raise DomainError("too_large", f"Các biểu mẫu của bản vẽ lớn nhất {LARGEST_FORMS // 1024**2} MB.")
    diagrams = list(_diagrams(files))
    if any(len(content) > LARGEST_DIAGRAM for _, _, content in diagrams):
        raise DomainError("too_large", f"Mỗi sơ đồ lớn nhất {LARGEST_DIAGRAM // 1024**2} MB.")
    if forms + sum(len(content) for _, _, content in diagrams) > LARGEST:
        raise DomainError("too_large", f"Cả bản vẽ lớn nhất {LARGEST // 1024**2} MB.")
    for member, name, content in diagrams:
        _check_diagram(member, name, content)
    for name, schema in files.forms.items():
        if not isinstance(schema, dict) or not isinstance(schema.get("components", []), list):
            raise invalid({"forms": [f"“{name}” không phải biểu mẫu form-js (thiếu danh sách components)."]})


def _size_of_forms(forms: Mapping[str, Any]) -> int:
    try:
        said = json.dumps(dict(forms), ensure_ascii=False).encode()
    except UnicodeEncodeError as error:
        raise invalid({"forms": ["Có ký tự không được phép."]}) from error
    if b"\\u0000" in said:
        raise invalid({"forms": ["Có ký tự không được phép."]})
    return len(said)


def with_parts(files: DraftFiles, parts: Mapping[str, Any]) -> DraftFiles:
    """The files with those of `parts` (diagram as text, forms, called, sides) in their place; what is left out stays.

    A diagram that comes back as it was sent keeps its bytes, whatever its encoding.
    """
    given = {name: parts[name] for name in ("forms", "called", "sides") if parts.get(name) is not None}
    diagram = parts.get("diagram")
    if diagram is not None and diagram != diagram_text(files.diagram):
        given["diagram"] = _DECLARED.sub(r"\1UTF-8\2", diagram, count=1).encode()
    return replace(files, **given)


def diagram_text(content: bytes) -> str:
    """A kept diagram as text: as it is where it is UTF-8, else declared as the UTF-8 that it becomes when sent."""
    try:
        text = content.decode()
    except UnicodeDecodeError:
        return as_text(content)
    head = text[:200].partition("?>")[0].lower()
    return text if "encoding=" not in head or "utf-8" in head or "ascii" in head else as_text(content)


def as_draft(content: bytes) -> str:
    """The text of a diagram that is kept beside the main one. Errors: DomainError invalid."""
    try:
        return diagram_text(content)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise invalid({"called": ["Có tệp không phải XML đọc được."]}) from problem


def _diagrams(files: DraftFiles) -> Iterator[tuple[str, str, bytes]]:
    yield "diagram", "", files.diagram
    for member, kept in (("called", files.called), ("sides", files.sides)):
        for name, text in kept.items():
            if not isinstance(text, str):
                raise invalid({member: [f"“{name}” phải là chuỗi ký tự."]})
            yield member, name, text.encode()


def _check_diagram(member: str, name: str, content: bytes) -> None:
    told = f"Tệp {name} " if name else "Sơ đồ "
    try:
        tree = parse(content)
    except (etree.XMLSyntaxError, ValueError) as problem:
        raise invalid({member: [f"{told}không phải XML đọc được."]}) from problem
    if tree.docinfo.doctype:  # type: ignore[attr-defined]
        raise invalid({member: [f"{told}có khai báo DOCTYPE, không được phép."]})
    if tree.getroot().tag != bpmn("definitions"):
        raise invalid({member: [f"{told}không phải BPMN 2.0 (thiếu bpmn:definitions)."]})
