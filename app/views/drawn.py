"""A diagram for a viewer: one that does not say where its elements stand is laid out, and is kept as it is."""

from __future__ import annotations

from app.actions.draft_files import diagram_text
from app.drafting.layout import lay_out
from app.engine.names import BPMNDI
from app.engine.reading import parse
from app.logs import get_logger

log = get_logger(__name__)


def drawn(content: bytes) -> str:
    """The diagram as text, with a drawing wherever one can be made."""
    if parse(content).getroot().find(f".//{{{BPMNDI}}}BPMNShape") is None:
        try:  # a draft may be wrong in every way
            return diagram_text(lay_out(content))
        except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as problem:
            log.warning("draft_not_laid_out", reason=type(problem).__name__)
    return diagram_text(content)
