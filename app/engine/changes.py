"""What is otherwise in a version of a procedure, as one sentence each; and what is otherwise in its forms."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Literal

Kind = Literal["added", "removed", "changed"]


@dataclass(frozen=True, slots=True)
class Change:
    """`about`: step, order, flow, gateway, event, notice, call, block, lane, process, form; `text` is a whole sentence.
    `within`: the called or side process that it is in; None for the procedure's own diagram."""

    about: str
    kind: Kind
    element: str | None
    text: str
    within: str | None = None


def form_changes(old: Mapping[str, bytes], new: Mapping[str, bytes]) -> Iterator[Change]:
    """Forms that came, went or have other fields, by file name."""
    for name in sorted(old.keys() | new.keys()):
        form = PurePosixPath(name).stem
        if name not in new:
            yield Change("form", "removed", form, f"Bỏ biểu mẫu “{form}”.")
        elif name not in old:
            yield Change("form", "added", form, f"Thêm biểu mẫu “{form}”.")
        elif old[name] != new[name]:
            told = "; ".join(_fields(_labels(old[name]), _labels(new[name])))
            yield Change("form", "changed", form, f"Biểu mẫu “{form}” thay đổi{': ' + told if told else ''}.")


def _fields(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[str]:
    for key in after:
        if key not in before:
            yield f"thêm trường “{after[key].get('label') or key}”"
        elif before[key] != after[key]:
            yield f"sửa trường “{after[key].get('label') or key}”"
    for key in before:
        if key not in after:
            yield f"bỏ trường “{before[key].get('label') or key}”"


def _labels(content: bytes) -> dict[str, Any]:
    components = json.loads(content).get("components") or []
    return {str(one["key"]): one for one in components if isinstance(one, dict) and one.get("key")}
