// Forms that come with what is put into a diagram: a step whose form the draft lacks would be refused when it is published.
import asked from "../../../forms/asked_agencies.json";

const READY = { [asked.id]: asked };

/** Keeps the draft's forms in step with the diagram; `pending` until the server has them. */
export class Bringing {
  constructor(modeler, draft) {
    Object.assign(this, { modeler, draft });
    this.brought = new Set();
    this.changes = 0;
    this.kept = 0;
    modeler.on("commandStack.shape.create.executed", ({ context }) => this.note(context.shape));
    modeler.on("commandStack.changed", () => this.follow());
  }

  get pending() {
    return this.changes !== this.kept;
  }

  note(shape) {
    const name = formOf(shape);
    if (READY[name] && !this.draft.forms?.[name]) this.brought.add(name);
  }

  /** What was brought goes again when its step was only put down and taken back. */
  follow() {
    const used = new Set(this.modeler.get("elementRegistry").filter((one) => formOf(one)).map(formOf));
    for (const name of this.brought) {
      const forms = { ...this.draft.forms };
      if (used.has(name) === (name in forms)) continue;
      if (used.has(name)) forms[name] = READY[name];
      else delete forms[name];
      this.draft.forms = forms;
      this.changes += 1;
    }
  }

  /** Of a whole diagram that was opened at once. */
  all() {
    this.modeler.get("elementRegistry").forEach((one) => this.note(one));
    this.follow();
  }

  /** Somebody else's forms, with what this diagram brings besides. */
  over(forms) {
    this.draft.forms = { ...forms };
    for (const name of this.brought) if (name in forms) this.brought.delete(name);
    this.follow();
  }
}

function formOf({ businessObject, labelTarget }) {
  return labelTarget ? undefined : businessObject?.get?.("camunda:formKey");
}
