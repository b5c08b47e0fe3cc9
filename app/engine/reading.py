"""Bytes to an XML tree, with nothing fetched, expanded or executed on the way."""

from __future__ import annotations

from lxml import etree


def parse(content: bytes) -> etree._ElementTree:
    """The document, comments and processing instructions left out. Raises `etree.XMLSyntaxError`."""
    return parse_with(strict_parser(), content)


def parse_with(parser: etree.XMLParser, content: bytes) -> etree._ElementTree:
    """As `parse`; what is wrong is in the parser's `error_log` and, unlike in the exception's, nothing of other files."""
    return etree.ElementTree(etree.fromstring(content, parser))


def strict_parser() -> etree.XMLParser:
    return etree.XMLParser(
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def as_text(content: bytes) -> str:
    """The document as text, declared as the UTF-8 that it becomes when sent, whatever its bytes declare. Raises as `parse`."""
    return etree.tostring(parse(content), xml_declaration=True, encoding="UTF-8").decode()
