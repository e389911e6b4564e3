/** The list of people and groups, with the last words and the unread count of each chat. */

import { firstLine } from "./bubble.js";
import { avatar, el, icon, iconButton, redraw } from "./dom.js";
import { dirOf } from "./text.js";

/**
 * Draw the list into `place`. `shown` are the ids on the screen; `port` is `open(id)`,
 * `openBeside(id)` and `add()`.
 */
export function drawPeople(place, world, shown, port) {
  if (!place.firstChild) {
    const label = [icon("attach"), el("span", {}, "Add a person")];
    const add = el("button", { type: "button", class: "add-person", on: { click: port.add } }, ...label);
    place.append(el("ul", { class: "people-list" }), add);
  }
  const list = place.firstChild;
  const ids = [...world.people.keys(), ...world.groups.keys()];
  const old = new Map([...list.children].map((item) => [item.dataset.id, item]));
  const items = ids.map((id) => old.get(String(id)) ?? el("li", { class: "person", "data-id": id }));
  if (items.length !== old.size || items.some((item, index) => list.children[index] !== item)) list.replaceChildren(...items);
  items.forEach((item, index) => fill(item, ids[index], world, shown.includes(ids[index]), port));
  revealNewlyShown(place, shown);
}

function fill(item, id, world, isShown, port) {
  const subject = world.find(id);
  const name = world.nameOf(id);
  const role = id < 0 ? "Group" : (subject.title ?? "");
  const unread = world.unread(id);
  const last = world.messages(id).at(-1);
  const preview = last ? firstLine(last) : "";
  item.dataset.shown = String(isShown);
  redraw(item, [name, role, unread, preview, isShown], () => {
    const words = el(
      "span",
      { class: "person-words" },
      el("span", { class: "person-name", dir: "auto" }, name),
      el("span", { class: "person-role" }, role),
      preview && el("span", { class: "person-last", dir: dirOf(preview) }, preview),
    );
    const badge = unread > 0 && el("span", { class: "badge" }, String(unread), el("span", { class: "visually-hidden" }, " unread"));
    const open = el(
      "button",
      {
        type: "button",
        class: "person-open",
        "data-testid": `person-${id}`,
        "aria-current": isShown ? "true" : null,
        on: { click: () => port.open(id) },
      },
      avatar(id, name, { isGroup: id < 0 }),
      words,
      badge,
    );
    const beside = iconButton("beside", `Show ${name} beside`, () => port.openBeside(id), { "data-testid": `beside-${id}` });
    return [open, !isShown && beside];
  });
}

/** Bring the one who was just chosen into view; afterwards the list stays where it was scrolled. */
function revealNewlyShown(place, shown) {
  const state = shown.join("/");
  if (place.dataset.revealed === state) return;
  place.dataset.revealed = state;
  const last = shown.at(-1);
  place.querySelector(`[data-testid="person-${last}"]`)?.scrollIntoView({ block: "nearest", inline: "center" });
}
