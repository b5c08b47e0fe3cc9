// `<select data-mention="text">`: who is chosen is written into that text as @username, where the cursor was.
document.addEventListener("change", ({ target }) => {
  const name = target.dataset?.mention;
  const text = name && target.form?.elements.namedItem(name);
  if (!text || !target.value) return;
  const at = text.selectionEnd ?? text.value.length;
  const before = text.value.slice(0, at);
  const gap = before && !/\s$/.test(before) ? " " : "";
  text.setRangeText(`${gap}@${target.value} `, at, at, "end");
  target.value = "";
  text.focus();
});
