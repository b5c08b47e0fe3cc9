"""JSON that came in, read strictly: bounded in size and depth, nothing in it that no database takes."""

from __future__ import annotations

import json
import math
from typing import Any, NoReturn

from werkzeug.exceptions import RequestEntityTooLarge

from app.errors import invalid
from app.schemas.fields import text_faults

MOST_JSON_BYTES = 1024 * 1024
DEEPEST = 32


def read_json(body: bytes, most: int = MOST_JSON_BYTES) -> Any:
    """Parse a JSON body of at most `most` bytes. Errors: DomainError invalid; RequestEntityTooLarge."""
    if len(body) > most:
        raise RequestEntityTooLarge
    try:
        # Infinity and NaN are no JSON and no database takes them; a float that overflows would become one.
        value = json.loads(body.decode(), parse_constant=_refuse, parse_float=_finite)
    except (ValueError, RecursionError) as error:
        raise invalid({"body": ["Không phải JSON đọc được."]}) from error
    if body.count(b"[") + body.count(b"{") > DEEPEST and _depth(value) > DEEPEST:
        raise invalid({"body": [f"JSON lồng nhau quá {DEEPEST} tầng."]})
    if b"\\u" in body and (faults := text_faults(value)):
        raise invalid(faults)
    return value


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError("number too large")
    return value


def _depth(value: Any) -> int:
    level, depth = [value], 0
    while level:
        depth += 1
        inner = (item.values() if isinstance(item, dict) else item for item in level if isinstance(item, dict | list))
        level = [item for items in inner for item in items]
    return depth
