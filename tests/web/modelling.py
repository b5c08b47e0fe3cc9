"""The modeller as a person uses it: open a draft, draw, fill in fields, wait for the gate and for the draft to be kept."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page, expect

from app.views.diagram_drafts import files_of
from tests.actions.scene import Scene

EMPTY = b"""<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" xmlns:modeler="http://camunda.org/schema/modeler/1.0" id="definitions_empty"
  targetNamespace="urn:motcua:bpmn" modeler:executionPlatform="Camunda Platform" modeler:executionPlatformVersion="7.21.0">
  <bpmn:process id="drawn_from_nothing" name="V\xe1\xba\xbd m\xe1\xbb\x9bi" isExecutable="true">
    <bpmn:startEvent id="start" />
  </bpmn:process>
  <bpmndi:BPMNDiagram id="diagram"><bpmndi:BPMNPlane id="plane" bpmnElement="drawn_from_nothing">
    <bpmndi:BPMNShape id="start_di" bpmnElement="start"><dc:Bounds x="200" y="200" width="36" height="36" /></bpmndi:BPMNShape>
  </bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</bpmn:definitions>
"""


def opened(page: Page, draft: int) -> Page:
    page.goto(f"/thiet-ke/{draft}")
    expect(page.locator("#modeller[data-ready]")).to_be_visible()
    checked(page)
    return page


def checked(page: Page) -> None:
    """The gate has answered about what is drawn now."""
    expect(page.locator("[data-problems][data-checked]")).to_be_visible()


def saved(page: Page) -> None:
    expect(page.locator("[data-saved][data-state=saved]")).to_be_visible()


def problems(page: Page) -> Locator:
    return page.locator("[data-problems-list] .problem-words")


def shape(page: Page, element: str) -> Locator:
    return page.locator(f".djs-shape[data-element-id='{element}']")


def select(page: Page, element: str) -> None:
    """As a click on it does, wherever on the canvas it lies."""
    page.evaluate(
        """id => { document.activeElement?.blur() // as a click elsewhere does: what is being typed is taken
          const m = document.getElementById("modeller").modeler
          const e = m.get("elementRegistry").get(id)
          m.get("canvas").scrollToElement(e, 120); m.get("selection").select(e) }""",
        element,
    )
    # The panel follows a moment later; what is typed sooner would go to the element before.
    expect(page.locator("[data-entry-id=motcua-id] input")).to_have_value(element)


def selected(page: Page) -> str:
    found: str = page.evaluate("document.getElementById('modeller').modeler.get('selection').get()[0]?.id ?? ''")
    return found


def field(page: Page, name: str) -> Locator:
    return page.locator(f"[data-entry-id='motcua-{name}'] .bio-properties-panel-input")


def append(page: Page, title: str) -> str:
    """An entry of the selected element's context pad; answers the id of what it made."""
    before = selected(page)
    page.locator(f".djs-context-pad .entry[title='{title}']").click()
    page.wait_for_function(
        "was => (document.getElementById('modeller').modeler.get('selection').get()[0]?.id ?? '') !== was", arg=before
    )
    page.keyboard.press("Escape")  # the name is being typed
    return selected(page)


def model(page: Page, script: str, argument: Any = None) -> Any:
    """What `script`, a function of the modeller and an argument, answers."""
    return page.evaluate(f"a => ({script})(document.getElementById('modeller').modeler, a)", argument)


def diagram(scene: Scene, draft: int) -> str:
    with scene.app.app_context():
        return files_of(draft).diagram.decode()
