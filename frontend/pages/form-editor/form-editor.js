// Drawing a form of a draft: form-js's editor with our components, in Vietnamese, kept as it is drawn, checked by the server.
import { FormEditor } from "@bpmn-io/form-js-editor";
import onlyOurs from "./only_ours.js";
import { Saving } from "./saving.js";
import { speakVietnamese } from "./vi.js";

const WIDE = "(min-width: 64rem)";
const CHECK_AFTER = 600;

function mount(place) {
  const draft = JSON.parse(place.dataset.draft);
  const part = (name) => document.querySelector(`[data-form-${name}]`);
  const editor = new FormEditor({
    container: place,
    keyboard: { bind: false },
    debounce: false, // a link that is followed at once must not outrun what was typed
    additionalModules: [onlyOurs],
    exporter: { name: "motcua", version: "1" },
  });
  place.formEditor = editor;
  const status = part("status");
  const stale = part("stale");
  const saving = new Saving(draft, () => editor.saveSchema(), (kind, words) => {
    Object.assign(status.dataset, { kind });
    status.textContent = words;
    stale.hidden = kind !== "stale";
    if (kind === "stale") stale.querySelector("[data-words]").textContent = words;
  });
  speakVietnamese(place);

  editor.importSchema(draft.forms[draft.name]).then(
    () => {
      begin(place, editor, saving, part);
      place.dataset.ready = "";
    },
    (error) => {
      console.warn(error);
      editor.destroy();
      place.dataset.failed = "";
      part("unreadable").hidden = false;
    },
  );
}

function begin(place, editor, saving, part) {
  const problems = checking(place, editor, part("problems"));
  const stack = editor.get("commandStack");
  const buttons = () => {
    part("undo").disabled = !stack.canUndo();
    part("redo").disabled = !stack.canRedo();
  };
  editor.on("commandStack.changed", () => {
    saving.changed();
    problems();
    buttons();
  });
  part("undo").addEventListener("click", () => stack.canUndo() && stack.undo());
  part("redo").addEventListener("click", () => stack.canRedo() && stack.redo());
  part("keep").addEventListener("click", () => {
    saving.dirty = true;
    saving.save("kept");
  });
  part("insist").addEventListener("click", () => saving.insist());
  part("reload").addEventListener("click", () => {
    saving.dirty = false;
    window.location.reload();
  });
  part("mine").addEventListener("click", () => download(editor.saveSchema(), saving.draft.name));
  leaving(saving);
  place.addEventListener("keydown", (event) => keys(event, stack, editor));
  buttons();
  problems();
}

/** Undo and redo by keys, but in a field that is typed into; Delete removes what is selected. */
function keys(event, stack, editor) {
  if (event.target.closest("input, textarea, select, [contenteditable=true], .cm-editor")) return;
  const key = event.key.toLowerCase();
  const selected = editor.get("selection").get();
  if ((event.ctrlKey || event.metaKey) && (key === "z" || key === "y")) {
    event.preventDefault();
    if (key === "y" || event.shiftKey) stack.canRedo() && stack.redo();
    else stack.canUndo() && stack.undo();
  } else if (key === "delete" && selected?._parent && place(event)) {
    const parent = editor.get("formFieldRegistry").get(selected._parent);
    editor.get("modeling").removeFormField(selected, parent, parent.components.indexOf(selected));
  }
}

const place = (event) => Boolean(event.target.closest(".fjs-form-editor"));

/** Nobody goes away from what is not kept yet: links wait for it, the browser asks. */
function leaving(saving) {
  document.addEventListener(
    "click",
    async (event) => {
      const link = event.target.closest?.("a[href]");
      if (!link || !saving.unfinished() || saving.stale || event.ctrlKey || event.metaKey || event.shiftKey || link.target) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      if (await saving.save()) window.location.assign(link.href);
    },
    { capture: true },
  );
  window.addEventListener("beforeunload", (event) => {
    if (saving.unfinished()) event.preventDefault();
  });
}

/** The server's opinion, a while after each change; a line leads to the field that it is about. */
function checking(place, editor, list) {
  let timer = null;
  let asked = 0;
  const ask = async () => {
    const number = ++asked;
    const { url, token, name } = JSON.parse(place.dataset.check);
    try {
      const answer = await fetch(url, {
        method: "POST",
        headers: { "Content-Type": "application/json", Accept: "application/json", "X-CSRFToken": token },
        credentials: "same-origin",
        body: JSON.stringify({ name, schema: editor.saveSchema() }),
      });
      if (!answer.ok || number !== asked) return;
      show(editor, list, (await answer.json()).problems);
    } catch {
      // The next change asks again.
    }
  };
  return () => {
    clearTimeout(timer);
    timer = setTimeout(ask, CHECK_AFTER);
  };
}

const TITLES = { error: "Lỗi", warning: "Lưu ý", note: "Ghi chú" };

function show(editor, list, problems) {
  const lines = problems.map(({ severity, message, field }) => {
    const line = document.createElement("li");
    line.className = `form-problem form-problem-${severity}`;
    line.append(Object.assign(document.createElement("b"), { textContent: `${TITLES[severity]}: ` }));
    const found = field && editor.get("formFieldRegistry").get(field);
    const told = document.createElement(found ? "button" : "span");
    if (found) {
      told.type = "button";
      told.addEventListener("click", () => editor.get("selection").set(found));
    }
    told.textContent = message;
    line.append(told);
    return line;
  });
  list.replaceChildren(...lines);
  list.dataset.errors = problems.filter(({ severity }) => severity === "error").length;
  list.parentElement.querySelector("[data-form-sound]").hidden = lines.length > 0;
  list.dataset.checked = String(Number(list.dataset.checked ?? 0) + 1);
}

function download(schema, name) {
  const file = new Blob([JSON.stringify(schema, null, 2)], { type: "application/json" });
  const link = Object.assign(document.createElement("a"), { href: URL.createObjectURL(file), download: `${name}.json` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** On a telephone the page says that it needs more room; a window made wider gets the editor then. */
function whenWide(start) {
  const room = window.matchMedia(WIDE);
  if (room.matches) start();
  else room.addEventListener("change", () => room.matches && start(), { once: true });
}

const found = document.querySelector("[data-form-editor]");
if (found) whenWide(() => mount(found));
