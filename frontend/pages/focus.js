// After a page was swapped in, focus goes where reading starts, as it would after a full load.
document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.boosted || detail.requestConfig?.boosted) focusStart();
});

function focusStart() {
  const errors = document.getElementById("error-summary");
  if (errors) {
    focusOn(errors);
    errors.scrollIntoView({ block: "nearest" });
    return;
  }
  if (window.location.hash && document.getElementById(window.location.hash.slice(1))) return;
  const start = document.querySelector("main [autofocus]") ?? document.querySelector("main h1") ?? document.querySelector("h1");
  if (start) focusOn(start);
}

function focusOn(element) {
  if (element.tabIndex < 0 && !element.hasAttribute("tabindex")) element.tabIndex = -1;
  element.focus({ preventScroll: true });
}

// A link of the error summary leads into the field itself, and shows its label too.
document.addEventListener("click", (event) => {
  const link = event.target.closest?.(".error-summary a[href^='#']");
  const field = link && document.getElementById(decodeURIComponent(link.hash.slice(1)));
  if (!field) return;
  event.preventDefault();
  (field.closest(".field") ?? field).scrollIntoView({ block: "start" });
  const control = field.matches("input, select, textarea, button, a") ? field : field.querySelector("input, select, textarea");
  focusOn(control ?? field);
});
// A page loaded in full with errors starts there too.
if (document.getElementById("error-summary")) focusStart();
