"""Writing XES (IEEE 1849-2016): a trace for each dossier, its events with the standard extensions concept, time, lifecycle and
organizational; what these do not know is called motcua:…"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from lxml import etree

from app.wording import LOCAL

if TYPE_CHECKING:
    from app.views.event_logs import Case, LoggedEvent

Value = str | int | bool | datetime | None
_EXTENSIONS = (("Concept", "concept"), ("Time", "time"), ("Lifecycle", "lifecycle"), ("Organizational", "org"))
_HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n<log xes.version="1849.2016" xes.features="">\n'
_CLASSIFIERS = (
    ("Bước", "concept:name"),
    ("Bước và giai đoạn", "concept:name lifecycle:transition"),
    ("Vị trí", "org:role"),
)


def written(name: str, cases: Iterator[Case]) -> Iterator[bytes]:
    """The file in pieces; `name` is the log's."""
    yield _HEAD.encode()
    for title, prefix in _EXTENSIONS:
        said = {"name": title, "prefix": prefix, "uri": f"http://www.xes-standard.org/{prefix}.xesext"}
        yield _piece(etree.Element("extension", said))
    for title, keys in _CLASSIFIERS:
        yield _piece(etree.Element("classifier", {"name": title, "keys": keys}))
    log = etree.Element("log")
    _say(log, {"concept:name": name})
    yield _piece(log[0])
    for case in cases:
        yield _piece(_trace(case))
    yield b"</log>\n"


def _trace(case: Case) -> etree._Element:
    trace, dossier = etree.Element("trace"), case.dossier
    facts: dict[str, Value] = {
        "concept:name": dossier.code,
        "motcua:agency": dossier.agency,
        "motcua:channel": dossier.channel,
        "motcua:status": dossier.status,
        "motcua:received_at": dossier.received_at,
        "motcua:deadline_at": dossier.deadline_at,
        "motcua:appointment_at": dossier.appointment_at,
        "motcua:result_at": dossier.result_at,
        "motcua:closed_at": dossier.closed_at,
        "motcua:outcome": dossier.outcome,
        "motcua:timeliness": dossier.timeliness,
        "motcua:overdue": dossier.overdue,
    }
    _say(trace, facts)
    for event in case.events:
        _say(etree.SubElement(trace, "event"), _facts(event))
    return trace


def _facts(event: LoggedEvent) -> dict[str, Value]:
    return {
        "concept:name": event.activity,
        "concept:instance": event.id,
        "time:timestamp": event.at,
        "lifecycle:transition": event.lifecycle,
        "org:resource": None if event.person is None else f"can-bo-{event.person}",
        "org:role": event.position,
        "org:group": event.agency,
        "motcua:step": event.step,
        "motcua:process": event.process,
        "motcua:stage": event.stage,
        "motcua:unit": event.unit,
        "motcua:due_at": event.due_at,
        "motcua:working_seconds": event.seconds,
        "motcua:result": event.result,
    }


def _say(parent: etree._Element, facts: Mapping[str, Value]) -> None:
    """Attributes of what has a value; what is not known is left out."""
    for key, value in facts.items():
        if value is not None:
            kind, text = _typed(value)
            etree.SubElement(parent, kind, {"key": key, "value": text})


def _typed(value: str | int | bool | datetime) -> tuple[str, str]:
    if isinstance(value, bool):
        return "boolean", "true" if value else "false"
    if isinstance(value, int):
        return "int", str(value)
    if isinstance(value, datetime):
        return "date", value.astimezone(LOCAL).isoformat(timespec="milliseconds")
    return "string", value


def _piece(element: etree._Element) -> bytes:
    text: bytes = etree.tostring(element, encoding="UTF-8", xml_declaration=False)
    return text + b"\n"
