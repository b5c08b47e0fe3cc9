"""A user task of a diagram as the published table has it: who does it, in what time, with which outcomes.

Reads the attributes that the element template writes (namespace camunda). Reading is lenient: what is missing or badly
written is the gate's to report (`gate.steps`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lxml import etree

from app.engine.names import camunda, properties

STAGES = ("receive", "resolve", "return")
UNITS = ("working", "calendar")
LEAD = "lead"
ASKER = "asker"
"""Value of `agency` in a side process: the agency of the task from which it was asked."""

ROLES = ("@asker", "@unit_head", "@leader", "@clerk", "@desk", "@desk_head", "@agency_inbox")
"""Positions of side processes, filled from the step's agency when the step opens (`app/rules/roles.py`)."""

EFFECTS = (
    "request_supplement",
    "receive_supplement",
    "confirm_refusal",
    "confirm_withdrawal",
    "confirm_stop",
    "deliver_papers",
    "record_extension",
    "record_apology",
    "request_payment",
    "confirm_payment",
    "answer_opinion",
    "record_verification",
)
"""What the completed step of a side process does to its dossier."""

Unit = Literal["working", "calendar"]
Assignment = Literal["group", "last", "least_loaded"]

ASSIGNMENTS: tuple[Assignment, ...] = ("group", "last", "least_loaded")
"""Whom a step is given to when it opens: whoever of the position takes it, who had it last, or who has the least."""

PAUSES = ("payment",)
"""What a dossier may wait for at a step of its procedure while its clock stands still."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One outcome that the official chooses: `value` goes into `<step id>_decision`, `title` on the button."""

    value: str
    title: str


@dataclass(frozen=True, slots=True)
class Step:
    """A user task. `agency` is "lead", a fixed agency code, or a FEEL expression after "="; `limit` an ISO 8601 duration,
    "none" (not counted), None (not given), or in a multi-instance activity a FEEL expression after "="; steps with the
    same `limit_group` share one limit. In a side process `agency` may be "asker", `position` one of ROLES, and `effect` one
    of EFFECTS."""

    id: str
    name: str
    position: str
    agency: str = LEAD
    limit: str | None = None
    limit_unit: Unit = "working"
    limit_group: str | None = None
    stage: str | None = None
    form: str | None = None
    paper: str | None = None
    slip: str | None = None
    decisions: tuple[Decision, ...] = ()
    effect: str | None = None
    assign: Assignment = "group"
    pause: str | None = None

    @property
    def role(self) -> str | None:
        """The role that the step waits for, where it names one instead of a position."""
        return self.position if self.position.startswith("@") else None

    @property
    def decision_variable(self) -> str:
        return f"{self.id}_decision"


@dataclass(frozen=True, slots=True)
class NoticeText:
    """What a send task says: to whom (`gate.steps.RECIPIENTS`) and from which template."""

    element: str
    name: str
    to: tuple[str, ...]
    template: str


def read_step(element: etree._Element) -> Step:
    """The step that a `userTask` element describes."""
    entries = {name: value.strip() for name, value in properties(element).items()}
    unit: Unit = "calendar" if entries.get("limitUnit") == "calendar" else "working"
    assign: Assignment = next((name for name in ASSIGNMENTS if name == entries.get("assign")), "group")
    return Step(
        id=element.get("id", ""),
        name=" ".join((element.get("name") or element.get("id") or "").split()),
        position=(element.get(camunda("candidateGroups")) or "").strip(),
        agency=entries.get("agency") or LEAD,
        limit=entries.get("timeLimit") or None,
        limit_unit=unit,
        limit_group=entries.get("limitGroup") or None,
        stage=entries.get("stage") or None,
        form=(element.get(camunda("formKey")) or "").strip() or None,
        paper=entries.get("paper") or None,
        slip=entries.get("slip") or None,
        decisions=read_decisions(entries.get("decisions", "")),
        effect=entries.get("effect") or None,
        assign=assign,
        pause=entries.get("pause") or None,
    )


def read_decisions(text: str) -> tuple[Decision, ...]:
    """ "agree=Đồng ý;reject=Không đồng ý" as decisions, in that order; entries without "=" are left out."""
    pairs = [entry.partition("=") for entry in text.split(";")]
    return tuple(Decision(value.strip(), title.strip()) for value, sign, title in pairs if sign and value.strip())


def read_notice(element: etree._Element) -> NoticeText:
    """What a `sendTask` element announces."""
    entries = properties(element)
    to = tuple(part.strip() for part in entries.get("notify", "").split(",") if part.strip())
    name = " ".join((element.get("name") or element.get("id") or "").split())
    return NoticeText(element.get("id", ""), name, to, entries.get("template", "").strip())
