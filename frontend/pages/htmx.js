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

document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr, requestConfig, pathInfo } = event.detail;
  const type = xhr.getResponseHeader("Content-Type") ?? "text/html";
  if (requestConfig.verb === "get" && !type.startsWith("text/html")) {
    event.detail.shouldSwap = false;
    window.location.assign(pathInfo.responsePath ?? pathInfo.finalRequestPath);
  }
});

// Attachments may take long on a slow line.
document.addEventListener("htmx:configRequest", ({ target, detail }) => {
  if (target.enctype === "multipart/form-data") detail.timeout = 600_000;
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
