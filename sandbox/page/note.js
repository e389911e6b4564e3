/** The sheet beside a chat that says what can be tried here. */

import { el, icon } from "./dom.js";

const SUGGESTION = "» ";

/** The sheet; `onToggle()` is called to fold or open it, `onPick(text)` with a line that was tapped. */
export function noteSheet(note, { open, onToggle, onPick }) {
  const lines = note.split("\n").map((line) => line.trim());
  const body = el("div", { class: "note-body", id: `note-${crypto.randomUUID()}` }, ...lines.map((line) => noteLine(line, onPick)));
  const fold = el(
    "button",
    { type: "button", class: "note-fold", "aria-expanded": String(open), "aria-controls": body.id },
    icon("note"),
    el("span", {}, "What to try"),
    icon("chevron"),
  );
  const sheet = el("aside", { class: "note", "data-testid": "note", "data-open": String(open), "aria-label": "What to try" }, fold, body);
  fold.addEventListener("click", onToggle);
  return sheet;
}

function noteLine(line, onPick) {
  if (line === "") return el("div", { class: "note-gap" });
  const isSuggestion = line.startsWith(SUGGESTION);
  const text = isSuggestion ? line.slice(SUGGESTION.length) : line;
  if (!isSuggestion) return el("p", { dir: "auto" }, text);
  return el("button", { type: "button", class: "suggestion", dir: "auto", on: { click: () => onPick(text) } }, text);
}
