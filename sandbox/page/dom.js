/** Building page elements: one function for elements, one for icons. */

/**
 * Make an element. `on` holds event listeners; other properties become attributes
 * (`true` gives an empty attribute; `false`, `null` and `undefined` give none).
 * Children are nodes or strings; strings are always text, never HTML.
 */
export function el(tag, { on = {}, ...attributes } = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === false || value === null || value === undefined) continue;
    node.setAttribute(name, value === true ? "" : String(value));
  }
  for (const [event, listener] of Object.entries(on)) node.addEventListener(event, listener);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

const SHAPES = {
  slash: "M9 19 15 5",
  send: "M4 12 20 4l-5 16-3.2-6.8L4 12Zm7.8 1.2L20 4",
  attach: "M12 5v14M5 12h14",
  close: "M6 6l12 12M18 6 6 18",
  beside: "M4 5h16v14H4zM12 5v14",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  note: "M6 4h12v16H6zM9 9h6M9 13h6M9 17h3",
  group: "M9 11a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm-6 8c0-3 2.7-5 6-5s6 2 6 5M16 11a2.6 2.6 0 1 0-1-5M17.5 14.3c2.1.6 3.5 2.3 3.5 4.7",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  play: "M8 5.5v13l11-6.5z",
  pin: "M12 21s6.5-6.2 6.5-11a6.5 6.5 0 0 0-13 0C5.5 14.8 12 21 12 21ZM12 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z",
  contact: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-8 8c0-3.5 3.6-5.5 8-5.5s8 2 8 5.5",
  photo: "M4 6h16v12H4zM4 16l5-5 4 4 3-3 4 4M15.5 9.5v.01",
  link: "M8 16 16 8M9.5 8H16v6.5",
  chevron: "M6 9.5l6 6 6-6",
  smile: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18ZM8.5 14.5c.8 1.2 2 2 3.5 2s2.7-.8 3.5-2M9 9.5v.01M15 9.5v.01",
  voice: "M12 14a3 3 0 0 0 3-3V6a3 3 0 0 0-6 0v5a3 3 0 0 0 3 3ZM6 11a6 6 0 0 0 12 0M12 17v4",
  forward: "M14 6l6 6-6 6v-4c-5 0-8 1-10 4 .5-5 4-8 10-8z",
  reply: "M10 6 4 12l6 6v-4c5 0 8 1 10 4-.5-5-4-8-10-8z",
  edit: "M5 19l1-4L16 5l3 3L9 18z",
};

/** A line icon, hidden from screen readers: the button around it carries the label. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", `icon icon-${name}`);
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", SHAPES[name]);
  svg.append(path);
  return svg;
}

/** A button that shows only an icon; `label` is its name for everybody else. */
export function iconButton(name, label, onClick, attributes = {}) {
  return el(
    "button",
    { type: "button", class: "icon-button", "aria-label": label, title: label, on: { click: onClick }, ...attributes },
    icon(name),
  );
}

/** Fill `node` again only where what it shows is not what it showed: a press under way is not lost. */
export function redraw(node, state, draw) {
  const now = JSON.stringify(state);
  if (node.dataset.state === now) return;
  node.dataset.state = now;
  node.replaceChildren(...draw().filter(Boolean));
}

const AVATAR_TONES = 8;

/** A coloured circle with the first letter of a name; groups get a sign of their own. */
export function avatar(id, name, { isGroup = false } = {}) {
  const tone = Math.abs(Number(id)) % AVATAR_TONES;
  const first = [...(name ?? "?").trim()][0] ?? "?";
  return el("span", { class: `avatar tone-${tone}`, "aria-hidden": "true" }, isGroup ? icon("group") : first.toUpperCase());
}
