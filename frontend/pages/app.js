// What every page loads. Everything works without it; it saves clicks and keeps what was typed.
//
// Attributes that pages use:
//   data-select, data-select-all, data-selected-count   rows of a list and how many are chosen
//   data-select-matching="N"                            all N of the list, on other pages too
//   data-open, data-search, data-keys-help                                what o opens, where / goes, the list of keys
//   data-draft-url, data-draft-status                     a form kept as a draft while it is filled in, and the words about it
//   data-presence, data-seq, data-task                    who else is at this dossier, and whether it has moved on
//   data-draft-presence, data-revision                    who else is at this draft of a diagram, and whether it was saved since
//   data-step-form, data-step-fields                      a step's own form by form-js, and the fields whose place it takes
//   data-beside…                                          papers beside the form
//   data-mention="id"                                     choosing somebody writes @name into that text
//   data-fill, data-applicant-search                                      fields filled by id; Enter in the search stays there
//   data-shown-when="field=one|two"                                       shown and sent only then
//   data-progress, data-progress-shown                                    how far a long form's work is, while it waits
//   data-stop="id"                                        the form that stops it between two, shown while it works
//   data-preview, data-preview-title, data-preview-shown  a picture of what the focused row is about, and where it is shown
//   data-rows, data-add-row                               a slip's table, and the button that gives it one more row
//   data-counts, data-fresh="name"                        an inbox whose numbers are asked again; the parts that change
//   data-back-to-list, data-next-task, data-previous-task                 the list that a dossier was opened from (u, n, p)
//   data-batch="forward"                                                  the button of the bar that f, r, h press
//   data-bell                                                             where the number of what is unread is asked again
//   data-save-at-once                                                     a form that is sent as soon as something is chosen
//   data-print                                                            prints; such buttons are `hidden` without a script
import "./htmx.js";
import "./network.js";
import "./forms.js";
import "./focus.js";
import "./selection.js";
import "./keys.js";
import "./drafts.js";
import "./fill.js";
import "./enter.js";
import "./shown_when.js";
import "./print.js";
import "./progress.js";
import "./bell.js";
import "./save_at_once.js";
import "./slips.js";
import "./step_form_loader.js";
import "./mentions.js";
import "./inbox_counts.js";
import "./acting_keys.js";
import "./presence.js";
import "./draft_presence.js";
import "./viewer_beside.js";
import "./table_sides.js";
import "./ticking.js";
import "./counter.js";
import "./menu.js";
import "./tour.js";
import "./approving.js";
