"""What a BPMN file says, whatever order its attributes and its siblings of different kinds stand in."""

from __future__ import annotations

from typing import Any

from lxml import etree


def meaning(content: bytes) -> Any:
    """A value that is equal for files that say the same: names, attributes, texts, and the order of equal siblings."""
    return _element(etree.fromstring(content))


def _element(element: etree._Element) -> Any:
    attributes = {str(name): _value(str(value)) for name, value in element.attrib.items()}
    children = [_element(child) for child in element if isinstance(child.tag, str)]
    text = " ".join((element.text or "").split()) if not children else ""
    # Siblings of different kinds may change places: the schema orders some of them, a tool the rest.
    return (str(element.tag), attributes, text, sorted(children, key=lambda one: (one[0], str(one[1].get("id", "")))))


def _value(text: str) -> str:
    try:
        return f"{float(text):g}"
    except ValueError:
        return text
