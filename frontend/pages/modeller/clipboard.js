// Copying from one diagram and pasting into another, also in another tab: what is copied lies in the browser's store.
const PLACE = "motcua.clipboard";

class SharedClipboard {
  static $inject = ["eventBus", "moddle", "clipboard"];
  constructor(eventBus, moddle, clipboard) {
    let own = 0;
    eventBus.on("copyPaste.elementsCopied", ({ tree }) => {
      own = Date.now();
      try {
        localStorage.setItem(PLACE, JSON.stringify({ at: own, tree }));
      } catch {
        // Too large for the store: pasting within this page still works.
      }
    });
    const take = () => {
      let shared;
      try {
        const text = localStorage.getItem(PLACE);
        shared = text && JSON.parse(text, reviver(moddle));
      } catch {
        return;
      }
      if (shared && shared.at !== own) {
        clipboard.set(shared.tree);
        own = shared.at;
      }
    };
    // Before anything is pasted, by key or by menu.
    eventBus.on("keyboard.keydown", 3000, take);
    window.addEventListener("focus", take);
    eventBus.on("diagram.destroy", () => window.removeEventListener("focus", take));
  }
}

/** Plain objects with a `$type` become elements of the file's model again; one id is one element. */
function reviver(moddle) {
  const known = new Map();
  return (_, value) => {
    if (typeof value?.$type !== "string") return value;
    if (value.id && known.has(value.id)) return known.get(value.id);
    const { $type, ...attributes } = value;
    const element = moddle.create($type, attributes);
    for (const inner of Object.values(attributes).flat()) if (inner?.$type) inner.$parent = element;
    if (value.id) known.set(value.id, element);
    return element;
  };
}

export const clipboardModule = { __init__: ["sharedClipboard"], sharedClipboard: ["type", SharedClipboard] };
