"""What is wrong with a diagram, said so that the designer who drew it can put it right."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding. `code` is stable ("flow.condition-missing"); `message` is Vietnamese and says what to do;
    `element` is the BPMN id, `name` what it is called in the drawing and `line` its line of the file, where there is one."""

    code: str
    severity: Severity
    message: str
    element: str | None = None
    line: int | None = None
    name: str | None = None

    def to_dict(self) -> dict[str, str | int | None]:
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "element": self.element,
            "name": self.name,
            "line": self.line,
        }


class DiagramRejected(ValueError):  # noqa: N818
    """A diagram that cannot be run; `problems` says why (at least one error)."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("; ".join(f"{p.code}: {p.message}" for p in self.problems))


def error(code: str, message: str, element: str | None = None, line: int | None = None) -> Problem:
    return Problem(code, "error", message, element, line)


def warning(code: str, message: str, element: str | None = None, line: int | None = None) -> Problem:
    return Problem(code, "warning", message, element, line)
