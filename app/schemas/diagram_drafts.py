"""What is sent of a draft of a diagram: its files, and what is said about them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any

from marshmallow import fields, validate
from werkzeug.exceptions import RequestEntityTooLarge

from app.actions.draft_files import LARGEST_FORMS, as_draft
from app.errors import DomainError, invalid
from app.schemas.fields import Choice, FileText, Flag, Record, Schema, Text, Whole
from app.schemas.json_reading import read_json
from app.store.diagram_drafts import DraftFiles

MOST_BYTES = 16 * 1024 * 1024
"""Of everything that a page saves at once; what each file may have, `app.actions.diagram_drafts` says."""
MOST_FORMS, MOST_CALLED, MOST_SIDES = 40, 20, 10
LONGEST_NAME = 200
LONGEST_TITLE = 200
LONGEST_LABEL = 200
LONGEST_COMMENT = 4000


def given_files(
    diagram: bytes,
    forms: Iterable[tuple[str, bytes]] = (),
    called: Iterable[tuple[str, bytes]] = (),
    sides: Iterable[tuple[str, bytes]] = (),
) -> DraftFiles:
    """Uploaded files (name and content) as a draft's; a form is known by its file's name without ending.

    Errors: DomainError invalid, by the member that is wrong.
    """
    schemas: dict[str, Any] = {}
    for name, content in forms:
        try:
            schema = read_json(content, LARGEST_FORMS)
        except RequestEntityTooLarge as error:
            raise DomainError("too_large", f"Biểu mẫu “{name}” quá lớn.") from error
        except DomainError as error:
            raise invalid({"forms": [f"Biểu mẫu “{name}” không phải JSON đọc được."]}) from error
        _once(schemas, PurePosixPath(name).stem, schema, "forms")
    kept: dict[str, dict[str, Any]] = {"called": {}, "sides": {}}
    for member, files in (("called", called), ("sides", sides)):
        for name, content in files:
            _once(kept[member], name, as_draft(content), member)
    return DraftFiles(diagram, schemas, kept["called"], kept["sides"])


def _once(found: dict[str, Any], name: str, value: Any, member: str) -> None:
    if name in found:
        raise invalid({member: [f"Có hai tệp cùng tên “{name}”."]})
    found[name] = value


def _several(most: int, inner: fields.Field[Any]) -> Record:
    many = validate.Length(max=most, error=f"Có quá {most} mục.")
    return Record(keys=Text(LONGEST_NAME, least=1), values=inner, validate=many)


class DraftSaveBody(Schema):
    """What is left out stays as it is."""

    revision = Whole(1, required=True)
    diagram = FileText(metadata={"description": "Văn bản BPMN 2.0"})
    forms = _several(MOST_FORMS, Record())
    called = _several(MOST_CALLED, FileText())
    sides = _several(MOST_SIDES, FileText())
    kind = Choice(("auto", "kept"), load_default="auto")
    label = Text(LONGEST_LABEL, allow_none=True, load_default=None)


class DraftCommentBody(Schema):
    """`element`: the id of what it is about in the diagram; `parent`: the comment that it answers."""

    text = Text(LONGEST_COMMENT, least=1, lines=True, required=True)
    element = Text(200, allow_none=True, load_default=None)
    parent = Whole(1, allow_none=True, load_default=None)


class DraftSettleBody(Schema):
    settled = Flag(load_default=True)


class DraftBeginBody(Schema):
    """How a draft begins; files are sent as multipart/form-data instead."""

    procedure = Text(64, least=1, required=True)
    kind = Choice(("empty", "version", "copy", "draft"), load_default="empty")
    title = Text(LONGEST_TITLE, load_default="")
    version = Whole(1, allow_none=True, load_default=None)
    source = Text(64, allow_none=True, load_default=None)
    draft = Whole(1, allow_none=True, load_default=None)
    revision = Whole(1, allow_none=True, load_default=None)


class DraftTitleBody(Schema):
    title = Text(LONGEST_TITLE, least=1, required=True)
