// What every page loads. Everything works without it; it saves clicks and keeps what was typed.
import "./htmx.js";
import "./network.js";
import "./forms.js";
import "./focus.js";
import "./selection.js";
import "./keys.js";
import "./drafts.js";
import "./fill.js";
import "./shown_when.js";
import "./confirm.js";
import "./print.js";
