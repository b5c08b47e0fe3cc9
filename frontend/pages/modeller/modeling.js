// The drawing tool itself: bpmn-js with what belongs to it here. A read-only draft gets the viewer.
import Modeler from "bpmn-js/lib/Modeler";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import BpmnSearchModule from "bpmn-js/lib/features/search";
import { BpmnPropertiesPanelModule } from "bpmn-js-properties-panel";
import CamundaBehaviors from "camunda-bpmn-js-behaviors/lib/camunda-platform";
import camunda from "camunda-bpmn-moddle/resources/camunda.json";
import { CreateAppendAnythingModule } from "bpmn-js-create-append-anything";
import Minimap from "diagram-js-minimap";
import TokenSimulation from "bpmn-js-token-simulation";
import { DebounceInputModule } from "@bpmn-io/properties-panel";
import { arrangingModule } from "./arranging.js";
import { blocksModule } from "./blocks.js";
import { clipboardModule } from "./clipboard.js";
import { fieldsModule } from "./fields.js";
import { offeredModule } from "./offered.js";
import { translateModule } from "./translate.js";

const moddleExtensions = { camunda };
const FONT = '"Be Vietnam Pro", Arial, sans-serif';
const textRenderer = { defaultStyle: { fontFamily: FONT, fontSize: 12 }, externalStyle: { fontSize: 11 } };

/** Words are measured when they are drawn, so the font comes first. */
export function fontsLoaded() {
  return document.fonts.load('12px "Be Vietnam Pro"', "Bước xử lý").catch(() => undefined);
}

export function editing(canvas, fields, context) {
  return new Modeler({
    container: canvas,
    moddleExtensions,
    textRenderer,
    propertiesPanel: { parent: fields },
    additionalModules: [
      BpmnPropertiesPanelModule,
      CamundaBehaviors,
      CreateAppendAnythingModule,
      Minimap,
      TokenSimulation,
      DebounceInputModule,
      arrangingModule,
      blocksModule,
      clipboardModule,
      fieldsModule(context),
      offeredModule,
      translateModule,
    ],
  });
}

export function viewing(canvas) {
  return new NavigatedViewer({ container: canvas, moddleExtensions, textRenderer, additionalModules: [BpmnSearchModule, Minimap, translateModule] });
}
