/** What is said above the chat for a moment: toasts, dialogs, and small menus. */

import { el, icon } from "./dom.js";
import { dirOf } from "./text.js";

const TOAST_MS = 3500;

/** Show a short text above a pane, as Telegram shows the answer to a press. */
export function toast(place, text) {
  const note = el("div", { class: "toast", role: "status", dir: dirOf(text) }, text);
  place.querySelector(".toast")?.remove();
  place.append(note);
  setTimeout(() => note.remove(), TOAST_MS);
}

/** Show a text that has to be put away by hand. */
export function alertDialog(text) {
  const ok = el("button", { type: "button", class: "primary", autofocus: true, on: { click: () => dialog.close() } }, "OK");
  const dialog = el("dialog", { class: "dialog" }, el("p", { dir: dirOf(text) }, text), el("div", { class: "dialog-actions" }, ok));
  openDialog(dialog);
}

/** Ask for a new person's first name and language; calls `onDone({first_name, language_code})`. */
export function askForPerson(onDone) {
  const name = el("input", { id: "new-name", name: "first_name", required: true, maxlength: 64, dir: "auto", autocomplete: "off" });
  const language = el(
    "select",
    { id: "new-language", name: "language_code" },
    ...[["fa", "Dari (fa)"], ["ps", "Pashto (ps)"], ["en", "English (en)"], ["fr", "French (fr)"]].map(([code, label]) =>
      el("option", { value: code }, label),
    ),
  );
  const form = el(
    "form",
    { method: "dialog", on: { submit: () => onDone({ first_name: name.value.trim(), language_code: language.value }) } },
    el("h2", {}, "Add a person"),
    el("label", { for: "new-name" }, "First name"),
    name,
    el("label", { for: "new-language" }, "Language of their Telegram"),
    language,
    el(
      "div",
      { class: "dialog-actions" },
      el("button", { type: "button", on: { click: () => dialog.close() } }, "Cancel"),
      el("button", { type: "submit", class: "primary" }, "Add"),
    ),
  );
  const dialog = el("dialog", { class: "dialog" }, form);
  openDialog(dialog);
}

/**
 * Open a menu beside the button that asked for it. `items` are `{label, icon, onChoose}`; it
 * closes on a choice, on Escape, and on a press elsewhere, and gives the focus back.
 */
export function openMenu(anchor, items, label) {
  const menu = el("div", { class: "menu", role: "menu", "aria-label": label, popover: "auto" });
  for (const item of items) {
    const choose = () => {
      menu.hidePopover();
      item.onChoose();
    };
    menu.append(
      el("button", { type: "button", role: "menuitem", on: { click: choose } }, icon(item.icon), el("span", {}, item.label)),
    );
  }
  menu.addEventListener("keydown", (event) => moveWithArrows(event, menu));
  menu.addEventListener("toggle", (event) => {
    if (event.newState !== "closed") return;
    menu.remove();
    if (document.activeElement === document.body) anchor.focus();
  });
  document.body.append(menu);
  menu.showPopover();
  placeBeside(menu, anchor.getBoundingClientRect());
  menu.firstElementChild.focus();
}

function placeBeside(menu, box) {
  const { width, height } = menu.getBoundingClientRect();
  const above = box.top - height - 6;
  menu.style.left = `${Math.max(8, Math.min(box.left, innerWidth - width - 8))}px`;
  menu.style.top = `${above > 8 ? above : Math.min(box.bottom + 6, innerHeight - height - 8)}px`;
}

function moveWithArrows(event, menu) {
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step) return;
  event.preventDefault();
  const buttons = [...menu.children];
  const next = buttons.indexOf(document.activeElement) + step;
  buttons.at(next % buttons.length).focus();
}

function openDialog(dialog) {
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}
