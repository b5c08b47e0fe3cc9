// bpmnlint's rules about how a diagram is drawn. What the engine makes of it is the gate's to say, so rules about that are off.
import Linter from "bpmnlint/lib/linter";
import duplicates from "bpmnlint/rules/no-duplicate-sequence-flows";
import label from "bpmnlint/rules/label-required";
import missing from "bpmnlint/rules/no-bpmndi";
import overlapping from "bpmnlint/rules/no-overlapping-elements";
import superfluous from "bpmnlint/rules/superfluous-gateway";
import joinFork from "bpmnlint/rules/no-gateway-join-fork";
import size from "bpmnlint/rules/superfluous-termination";

const RULES = {
  "label-required": label,
  "no-bpmndi": missing,
  "no-duplicate-sequence-flows": duplicates,
  "no-gateway-join-fork": joinFork,
  "no-overlapping-elements": overlapping,
  "superfluous-gateway": superfluous,
  "superfluous-termination": size,
};

/** Where the gate asks for a name it says so itself, of steps; joins without a name are usual here. */
const UNNAMED = new Set(["bpmn:UserTask", "bpmn:StartEvent", "bpmn:EndEvent", "bpmn:BoundaryEvent", "bpmn:IntermediateCatchEvent", "bpmn:IntermediateThrowEvent"]);

/** Anew for each round: some rules remember what they have seen. */
const linter = () => new Linter({
  config: { rules: Object.fromEntries(Object.keys(RULES).map((name) => [name, "warn"])) },
  resolver: {
    resolveRule: (_, name) => RULES[name],
    resolveConfig: () => {
      throw new Error("no configuration is extended");
    },
  },
});

/** [{element, message, severity, code}] of the diagram as it is drawn now. */
export async function lint(modeler, translate) {
  const registry = modeler.get("elementRegistry");
  const found = await linter().lint(modeler.getDefinitions());
  return Object.entries(found).flatMap(([rule, reports]) =>
    reports
      .filter(({ id }) => rule !== "label-required" || !UNNAMED.has(registry.get(id)?.type))
      .map(({ id, message }) => ({ element: id, message: translate(message), severity: "hint", code: rule })),
  );
}
