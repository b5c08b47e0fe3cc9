// Steps with a form of their own bring form-js: `<div data-step-form data-script data-styles>` loads it, nobody else pays.
import { onContent } from "./htmx.js";

let asked = false;

onContent(() => {
  const place = document.querySelector("[data-step-form]");
  if (!place || asked) return;
  asked = true;
  const styles = Object.assign(document.createElement("link"), { rel: "stylesheet", href: place.dataset.styles });
  const script = Object.assign(document.createElement("script"), { src: place.dataset.script });
  document.head.append(styles, script);
});
