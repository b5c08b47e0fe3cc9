// Keys as people would write them: "Diện tích (m²)" becomes dien_tich_m.
const MADE = /^((textfield|textarea|number|datetime|checkbox|checklist|radio|select|taglist|filepicker|expression|dynamiclist)_[a-z0-9]+|value\d*|lua_chon_\d+)$/;

/** The key that a label suggests; empty where it holds no letter. */
export function keyOf(label) {
  const plain = String(label ?? "").normalize("NFD").replace(/[\u0300-\u036f]/g, "").replace(/[đĐ]/g, "d").toLowerCase();
  const words = plain.replace(/[^a-z0-9]+/g, "_").replace(/^[_0-9]+|_+$/g, "");
  return words.slice(0, 40).replace(/_+$/, "");
}

/** Whether nobody chose the key: form-js made it, or it follows the label as it was. */
export const autoKey = (key, label) => MADE.test(key) || key === keyOf(label);
