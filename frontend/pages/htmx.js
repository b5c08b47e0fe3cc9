// htmx and how we use it: whole pages are swapped, whatever their status, and nothing is kept in the browser.
import htmx from "htmx.org";

Object.assign(htmx.config, {
  allowEval: false,
  allowScriptTags: false,
  includeIndicatorStyles: false,
  historyCacheSize: 0,
  refreshOnHistoryMiss: true,
  scrollBehavior: "instant",
  scrollIntoViewOnBoost: true,
  timeout: 60_000,
  responseHandling: [{ code: "204", swap: false }, { code: "...", swap: true }],
});

// A file is not a page: the browser itself opens or keeps it.
document.addEventListener("htmx:beforeProcessNode", ({ target }) => {
  const links = target.matches?.("a") ? [target] : (target.querySelectorAll?.("a") ?? []);
  for (const link of links) {
    if (link.hasAttribute("download") || link.target || link.pathname.endsWith(".pdf")) link.setAttribute("hx-boost", "false");
  }
});

// So does it with a page that has another style sheet or script, or a newer one: those, and the content security policy,
// come with a whole document only.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, boosted, requestConfig, pathInfo } = event.detail;
  if (requestConfig.verb !== "get" || !(boosted || requestConfig.boosted)) return;
  const type = xhr.getResponseHeader("Content-Type") ?? "text/html";
  if (type.startsWith("text/html") && assets(xhr.responseText) === assets(document.head.outerHTML)) return;
  if (xhr.status >= 500) return;
  event.detail.shouldSwap = false;
  window.location.assign(pathInfo.responsePath ?? pathInfo.finalRequestPath);
});

function assets(html) {
  const head = new DOMParser().parseFromString(html, "text/html").head;
  const found = [...head.querySelectorAll("script[src], link[rel=stylesheet]")];
  return found.map((element) => element.getAttribute("src") ?? element.getAttribute("href")).sort().join(" ");
}

// Attachments may take long on a slow line, and so may a thousand tasks.
document.addEventListener("htmx:configRequest", ({ target, detail }) => {
  if (target.enctype === "multipart/form-data" || target.matches("form[data-progress]")) detail.timeout = 600_000;
});

// A refused form comes back as an answer to POST. Its address is not one that can be opened, so the page keeps the one it had.
document.addEventListener("htmx:beforeHistoryUpdate", ({ detail }) => {
  if (detail.requestConfig.verb !== "get" && detail.xhr.status >= 400) {
    detail.history.type = "replace";
    detail.history.path = window.location.pathname + window.location.search;
  }
});

/** Calls `prepare(root)` for the page as loaded and for every part swapped in later. */
export function onContent(prepare) {
  htmx.onLoad(prepare);
}

export default htmx;
