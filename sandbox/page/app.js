/** The page as a whole: what is shown is what the address says, `#/<id>` or `#/<id>/<id>`. */

import * as api from "./api.js";
import { avatar, el, redraw } from "./dom.js";
import { alertDialog, askForPerson } from "./notices.js";
import { Pane } from "./pane.js";
import { drawPeople } from "./people.js";
import { World } from "./world.js";

const CONNECTION_WORDS = { connecting: "Connecting…", live: "", gone: "The server is gone. Trying again…" };

const world = new World();
const peoplePlace = document.getElementById("people");
const panesPlace = document.getElementById("panes");
const connection = document.getElementById("connection");
const tabs = el("div", { class: "tabs", role: "group", "aria-label": "Chats on the screen" });
const panes = new Map();
let focused = null;

/** The one or two chats that the address names. */
function idsInAddress() {
  const ids = location.hash.split("/").slice(1).map(Number);
  return [...new Set(ids.filter((id) => Number.isInteger(id) && id !== 0))].slice(0, 2);
}

function go(ids) {
  location.hash = `#/${ids.join("/")}`;
}

/** Show a chat in the place of the one used last, unless it is on the screen already. */
function open(id) {
  const ids = idsInAddress();
  if (!ids.includes(id)) {
    const place = Math.max(0, ids.indexOf(focused));
    focused = id;
    go(ids.length ? ids.with(place, id) : [id]);
    return;
  }
  focus(id);
}

function openBeside(id) {
  const ids = idsInAddress();
  const stays = ids.includes(focused) ? focused : ids[0];
  focused = id;
  go(stays === undefined ? [id] : [stays, id]);
}

function focus(id) {
  if (focused === id) return;
  focused = id;
  draw();
}

/** A chat that leaves the screen keeps its pane, and with it what was begun in the message box. */
function paneOf(id) {
  if (!panes.has(id)) {
    const close = () => go(idsInAddress().filter((other) => other !== id));
    const pane = new Pane(world, id, { open, close, canClose: () => idsInAddress().length > 1 });
    pane.element.addEventListener("focusin", () => focus(id));
    pane.element.addEventListener("pointerdown", () => focus(id));
    panes.set(id, pane);
  }
  return panes.get(id);
}

function draw() {
  const ids = idsInAddress().filter((id) => world.find(id));
  if (!ids.includes(focused)) focused = ids[0] ?? null;
  const shown = ids.map(paneOf);
  const wanted = shown.length ? [tabs, ...shown.map((pane) => pane.element)] : [welcome()];
  if (wanted.length !== panesPlace.children.length || wanted.some((node, place) => panesPlace.children[place] !== node)) {
    panesPlace.replaceChildren(...wanted);
    for (const pane of shown) pane.timeline.toEnd();
  }
  for (const pane of shown) {
    pane.element.classList.toggle("focused", pane.id === focused);
    pane.refresh();
  }
  markVisibleRead(ids);
  drawTabs(ids);
  drawPeople(peoplePlace, world, ids, { open, openBeside, add: () => askForPerson(addPerson) });
  const unread = [...world.people.keys(), ...world.groups.keys()].reduce((sum, id) => sum + world.unread(id), 0);
  document.title = `${unread ? `(${unread}) ` : ""}Hamrah: local demonstration`;
}

/** Whoever is in front of the screen has read what it shows. */
function markVisibleRead(ids) {
  if (document.hidden) return;
  for (const id of ids) if (paneOf(id).element.offsetParent !== null) world.markRead(id);
}

/** On a phone two chats share one place; these two buttons change between them. */
function drawTabs(ids) {
  tabs.hidden = ids.length < 2;
  const tab = (id, unread) =>
    el(
      "button",
      { type: "button", class: "tab", "aria-pressed": String(id === focused), on: { click: () => focus(id) } },
      avatar(id, world.nameOf(id), { isGroup: id < 0 }),
      el("span", { dir: "auto" }, world.nameOf(id)),
      unread ? el("span", { class: "badge" }, String(unread)) : null,
    );
  const state = ids.map((id) => [id, world.unread(id), id === focused, world.nameOf(id)]);
  redraw(tabs, state, () => state.map(([id, unread]) => tab(id, unread)));
}

function welcome() {
  const somebody = world.people.size + world.groups.size > 0;
  const nobody = world.connection === "live" ? "Nobody is here yet. Add a person, or start the demonstration, which brings its own." : "";
  const words = somebody ? "Choose somebody and write to the bot as they would." : nobody;
  return el("div", { class: "welcome" }, el("p", {}, words));
}

async function addPerson(person) {
  const id = Math.max(1000, ...world.people.keys()) + 1;
  try {
    await api.addPerson({ id, ...person, title: "Somebody new" });
    open(id);
  } catch (error) {
    alertDialog(error.message);
  }
}

let drawing = 0;
/** Many events of one moment are drawn once. */
function drawSoon() {
  drawing ||= setTimeout(() => {
    drawing = 0;
    draw();
  });
}

for (const name of ["world", "chat"]) world.addEventListener(name, drawSoon);
world.addEventListener("answer", ({ detail }) => {
  for (const pane of panes.values()) if (pane.element.isConnected) pane.showAnswer(detail);
});
world.addEventListener("connection", () => {
  connection.textContent = CONNECTION_WORDS[world.connection];
  drawSoon();
});
addEventListener("hashchange", draw);
document.addEventListener("visibilitychange", drawSoon);
connection.textContent = CONNECTION_WORDS.connecting;
world.connect();
