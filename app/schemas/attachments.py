"""What a file is to its dossier, as it is said when it is added."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from app.schemas.components import ORIGINS
from app.schemas.fields import Choice, Schema, Text
from app.schemas.reading import load
from app.store.attachments import KINDS


class AboutFile(Schema):
    kind = Choice(KINDS)
    component = Text(64, least=1)
    origin = Choice(ORIGINS)


def read_about(form: Mapping[str, str]) -> dict[str, Any]:
    """Kind, component and origin, those that were said. Errors: DomainError invalid."""
    return load(AboutFile(), {name: value for name, value in form.items() if value})
