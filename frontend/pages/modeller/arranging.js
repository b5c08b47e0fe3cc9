// A tidy layout made by the server, put on the drawing as one change that can be undone.
import { getDi } from "bpmn-js/lib/util/ModelUtil";

class ArrangeHandler {
  static $inject = ["moddle"];
  constructor(moddle) {
    this.moddle = moddle;
  }

  execute(context) {
    context.before ??= context.places.map(({ element }) => placeOf(element));
    return put(this.moddle, context.places.map(({ element, place }) => [element, place]));
  }

  revert(context) {
    return put(this.moddle, context.places.map(({ element }, index) => [element, context.before[index]]));
  }
}

function placeOf(element) {
  if (element.waypoints) return { waypoints: element.waypoints.map(({ x, y }) => ({ x, y })) };
  const { x, y, width, height } = element;
  return { x, y, width, height };
}

function put(moddle, places) {
  for (const [element, place] of places) {
    const di = getDi(element.labelTarget ?? element);
    if (place.waypoints) {
      element.waypoints = place.waypoints.map(({ x, y }) => ({ x, y }));
      di.waypoint = place.waypoints.map(({ x, y }) => Object.assign(moddle.create("dc:Point", { x, y }), { $parent: di }));
    } else {
      Object.assign(element, place);
      const bounds = element.labelTarget ? labelBounds(moddle, di) : di.bounds;
      Object.assign(bounds, place);
    }
  }
  return places.map(([element]) => element);
}

function labelBounds(moddle, di) {
  di.label ??= Object.assign(moddle.create("bpmndi:BPMNLabel"), { $parent: di });
  di.label.bounds ??= Object.assign(moddle.create("dc:Bounds"), { $parent: di.label });
  return di.label.bounds;
}

class Arranging {
  static $inject = ["commandStack", "elementRegistry", "moddle"];
  constructor(commandStack, elementRegistry, moddle) {
    Object.assign(this, { commandStack, elementRegistry, moddle });
    commandStack.registerHandler("motcua.arrange", ArrangeHandler);
  }

  /** Takes positions from another drawing of the same diagram. Answers how many elements it moved. */
  async from(xml) {
    const { rootElement } = await this.moddle.fromXML(xml);
    const places = [];
    for (const diagram of rootElement.diagrams ?? []) {
      for (const di of diagram.plane?.planeElement ?? []) {
        const element = this.elementRegistry.get(di.bpmnElement?.id);
        if (!element) continue;
        if (element.waypoints && di.waypoint?.length) places.push({ element, place: { waypoints: di.waypoint } });
        else if (di.bounds) places.push({ element, place: boundsOf(di.bounds) });
        for (const label of element.labels ?? []) {
          const said = di.label?.bounds;
          places.push({ element: label, place: said ? boundsOf(said) : beside(element, di, label) });
        }
      }
    }
    this.commandStack.execute("motcua.arrange", { places });
    return places.length;
  }
}

function boundsOf({ x, y, width, height }) {
  return { x, y, width, height };
}

/** A label that the layout says nothing of stays where it is to its element. */
function beside(element, di, label) {
  const { width, height } = label;
  if (di.waypoint?.length) {
    const at = di.waypoint[0];
    return { x: at.x + 12, y: at.y - height - 6, width, height };
  }
  const { x, y, width: wide, height: high } = di.bounds;
  return { x: x + wide / 2 - width / 2, y: y + high + 6, width, height };
}

export const arrangingModule = { __init__: ["arranging"], arranging: ["type", Arranging] };
