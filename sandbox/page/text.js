/** What may be shown of a message's HTML, and which way a text is read. */

import { el } from "./dom.js";

const ALLOWED = new Set(["B", "I", "U", "S", "CODE", "PRE", "A", "BLOCKQUOTE", "TG-SPOILER", "BR"]);
const SAFE_LINK = /^(https?|tg|mailto|tel):/i;
const COMMAND = /(^|\s)(\/[a-z][a-z0-9_]{0,31})(?![\w/@])/gi;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\u200f\ufb1d-\ufdff\ufe70-\ufefc]/;
const ISOLATED = /[\u2066-\u2068][^\u2066-\u2069\n]*\u2069/g;
const STRONG = /[A-Za-z\u00c0-\u024f\u0370-\u052f\u0590-\u08ff\u200e\u200f\ufb1d-\ufdff\ufe70-\ufefc]/;

/**
 * "rtl" or "ltr", by the first letter that has a direction; "ltr" where none has. Isolated runs, such
 * as a case number at the beginning of a Dari line, do not count, as the Unicode rules have it.
 */
export function direction(text) {
  const letter = STRONG.exec((text ?? "").replace(ISOLATED, ""));
  return letter && RIGHT_TO_LEFT.test(letter[0]) ? "rtl" : "ltr";
}

/** The `dir` of an element that holds this text: browsers' "auto" would count isolated runs. */
export function dirOf(text) {
  return (text ?? "").search(ISOLATED) === -1 ? "auto" : direction(text);
}

/** Whether a text holds Arabic script anywhere, which needs more room between its lines. */
export function hasArabicScript(text) {
  return RIGHT_TO_LEFT.test(text ?? "");
}

/** Whether an address may be opened: never a script. */
export const isSafeLink = (url) => SAFE_LINK.test(url);

/**
 * The payload of a `https://t.me/<bot>?start=<payload>` link to our bot, "" for a link
 * without one, and null for every other address.
 */
export function startPayload(url, botUsername) {
  let address;
  try {
    address = new URL(url);
  } catch {
    return null;
  }
  let name = "";
  if (/^https?:$/.test(address.protocol) && /^(t|telegram)\.me$/i.test(address.hostname)) {
    name = address.pathname.replace(/^\/|\/$/g, "");
  } else if (address.protocol === "tg:" && address.hostname === "resolve") {
    name = address.searchParams.get("domain") ?? "";
  }
  if (!botUsername || name.toLowerCase() !== botUsername.toLowerCase()) return null;
  return address.searchParams.get("start") ?? "";
}

/**
 * Rebuild server HTML from a short list of tags; everything else becomes plain text.
 * `onLink(url, event)` may keep a link from leaving the page; `onCommand(text)` is called
 * when a command inside the text is chosen.
 */
export function messageContent(html, { onLink, onCommand }) {
  // A parsed document is inert: nothing in it runs or loads before it is copied over.
  const parsed = new DOMParser().parseFromString(html ?? "", "text/html");
  const copyAll = (from, to, linkable) => {
    for (const child of from.childNodes) to.append(...copy(child, linkable));
    return to;
  };
  const copy = (node, linkable) => {
    if (node.nodeType === Node.TEXT_NODE) return linkable ? withCommands(node.data, onCommand) : [node.data];
    if (node.nodeType !== Node.ELEMENT_NODE || /^(SCRIPT|STYLE|TEMPLATE)$/.test(node.tagName)) return [];
    if (!ALLOWED.has(node.tagName)) return [copyAll(node, document.createDocumentFragment(), linkable)];
    if (node.tagName === "A") return [link(node)];
    if (node.tagName === "TG-SPOILER") return [spoiler(copyAll(node, document.createDocumentFragment(), false))];
    const inCode = node.tagName === "CODE" || node.tagName === "PRE";
    return [copyAll(node, el(node.tagName.toLowerCase()), linkable && !inCode)];
  };
  const link = (node) => {
    const href = node.getAttribute("href") ?? "";
    const content = copyAll(node, document.createDocumentFragment(), false);
    if (!isSafeLink(href)) return content;
    const on = { click: (event) => onLink(href, event) };
    return el("a", { href, target: "_blank", rel: "noopener noreferrer", on }, content);
  };
  return copyAll(parsed.body, document.createDocumentFragment(), true);
}

/**
 * The lines of a message's content, each in an element of its own. Telegram turns and aligns every line by
 * itself; browsers order such a line rightly but align it by the letters in its isolates.
 */
export function inLines(content) {
  const lines = [[]];
  for (const node of content.childNodes) {
    const parts = node.nodeType === Node.TEXT_NODE ? node.data.split("\n") : [node];
    lines.at(-1).push(parts[0]);
    for (const part of parts.slice(1)) lines.push([part]);
  }
  return lines.map((parts) => {
    const line = el("div", { class: "line" }, parts.filter((part) => part !== ""));
    line.dir = direction(line.textContent);
    return line;
  });
}

/** A message without markup, as `messageContent` would get it from the server. */
export function escapeHtml(text) {
  return (text ?? "").replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

function withCommands(text, onCommand) {
  const parts = [];
  let end = 0;
  for (const found of text.matchAll(COMMAND)) {
    const start = found.index + found[1].length;
    const command = found[2];
    parts.push(text.slice(end, start));
    const on = { click: () => onCommand(command) };
    parts.push(el("button", { type: "button", class: "command", dir: "ltr", on }, command));
    end = start + command.length;
  }
  parts.push(text.slice(end));
  return parts.filter((part) => part !== "");
}

function spoiler(content) {
  const cover = el("button", { type: "button", class: "spoiler", "aria-label": "Hidden text, press to show" }, content);
  cover.addEventListener("click", () => {
    cover.replaceWith(el("span", {}, ...cover.childNodes));
  });
  return cover;
}
