/** One message of a chat as a bubble, with the keyboard beneath it. */

import { el, icon, iconButton } from "./dom.js";
import { direction, dirOf, escapeHtml, hasArabicScript, inLines, messageContent } from "./text.js";

const CLOCK = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });

const WAVE = [5, 9, 14, 8, 17, 11, 6, 13, 18, 9, 15, 7, 12, 5];

/** The day a message was written, for the line between two days. */
export const dayOf = (message) => DAY.format(toDate(message.date));

/** The words of a message, whatever its kind; "" where it has none. */
export const wordsOf = (message) => message.text ?? message.caption ?? "";

/** The first line of a message, or the name of its kind: what stands for it elsewhere. */
export function firstLine(message) {
  return wordsOf(message).trim().split("\n")[0] || message.kind.charAt(0).toUpperCase() + message.kind.slice(1);
}

/**
 * A message as a list item. `seen` says how the one in front of the screen sees it:
 * `{isOwn, sender, replied, isWaiting(data)}`; `actions` is what can be done with it:
 * `{onLink, onCommand, onPress(button), onMenu(anchor), onQuote(id)}`.
 */
export function messageRow(message, seen, actions) {
  if (message.kind === "service") {
    const text = el("span", { class: "service", dir: "auto" }, wordsOf(message));
    return el("li", { class: "row row-service", ...marks(message) }, text);
  }
  const words = wordsOf(message);
  const bubble = el(
    "div",
    { class: `bubble kind-${message.kind}`, "data-script": hasArabicScript(words) ? "arabic" : "other" },
    message.topic && el("p", { class: "topic", dir: "auto" }, message.topic),
    seen.sender && el("p", { class: "sender", dir: "auto" }, seen.sender),
    message.forwarded && el("p", { class: "forwarded" }, "Forwarded"),
    seen.replied && quote(seen.replied, actions),
    media(message),
    text(message, actions),
  );
  return el(
    "li",
    { class: `row ${seen.isOwn ? "own" : "other"}`, ...marks(message) },
    el(
      "div",
      { class: "stack" },
      el("div", { class: "bubble-line" }, bubble, moreButton(actions)),
      message.keyboard?.length ? keyboard(message, words, seen, actions) : null,
    ),
  );
}

const marks = (message) => ({
  "data-testid": "message",
  "data-message-id": message.message_id,
  "data-kind": message.kind,
  "data-album": message.media_group_id,
});

const toDate = (date) => new Date(typeof date === "number" ? date * 1000 : date);

function moreButton(actions) {
  const button = iconButton("more", "What can be done with this message", () => actions.onMenu(button));
  button.classList.add("row-more");
  button.setAttribute("aria-haspopup", "menu");
  return button;
}

function text(message, actions) {
  const date = toDate(message.date);
  const meta = el(
    "span",
    { class: "meta", dir: "ltr" },
    message.edit_date ? el("span", { class: "edited" }, "edited ") : null,
    el("time", { datetime: date.toISOString() }, CLOCK.format(date)),
  );
  const lines = inLines(messageContent(message.html ?? escapeHtml(wordsOf(message)), actions));
  lines.at(-1).append(meta);
  return el("div", { class: "text", dir: direction(wordsOf(message)) }, lines);
}

function quote(replied, actions) {
  return el(
    "button",
    { type: "button", class: "quote", title: "Go to this message", on: { click: () => actions.onQuote(replied.message_id) } },
    el("span", { class: "quote-name" }, replied.name),
    el("span", { class: "quote-text", dir: dirOf(firstLine(replied)) }, firstLine(replied)),
  );
}

function media(message) {
  const draw = { photo, document: file, voice, audio: sound, video, animation: video, sticker, location: place, contact }[message.kind];
  return draw ? draw(message) : null;
}

function photo(message) {
  if (!message.file_url) return el("div", { class: "photo photo-empty" }, icon("photo"), el("span", {}, "Photo"));
  const alt = wordsOf(message) ? "" : "Photo";
  return el("a", { href: message.file_url, target: "_blank", rel: "noopener" }, el("img", { class: "photo", src: message.file_url, alt }));
}

function file(message) {
  const name = el("span", { class: "file-name", dir: "auto" }, message.file_name ?? "Document");
  const inside = [el("span", { class: "file-sign" }, icon("file")), name];
  if (!message.file_url) return el("div", { class: "file" }, ...inside);
  return el("a", { class: "file", href: message.file_url, download: message.file_name ?? true }, ...inside);
}

function voice(message) {
  const seconds = message.duration ?? 0;
  const length = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  if (!message.invented) return sound(message);
  const bars = WAVE.map((height) => el("i", { style: `height:${height}px` }));
  return el(
    "div",
    { class: "voice" },
    el("span", { class: "file-sign" }, icon("play")),
    el("span", { class: "wave", "aria-hidden": "true" }, ...bars),
    el("span", { class: "length" }, `Voice ${length}`),
  );
}

const sound = (message) => el("audio", { controls: true, preload: "none", src: message.file_url, title: message.file_name });

const video = (message) => el("video", { class: "photo", controls: true, preload: "metadata", src: message.file_url });

const sticker = (message) => el("div", { class: "sticker", role: "img", "aria-label": "Sticker" }, message.emoji ?? "🙂");

const signed = (sign, words) =>
  el("div", { class: "file" }, el("span", { class: "file-sign" }, icon(sign)), el("span", { dir: "auto" }, words));

const place = () => signed("pin", "Location");

const contact = (message) => signed("contact", message.contact?.first_name ?? "Contact");

function keyboard(message, words, seen, actions) {
  const labels = message.keyboard.flat().map((button) => button.text).join(" ");
  // Telegram's right-to-left readers see the first button on the right; so do readers here.
  const dir = direction(words || labels);
  const rows = message.keyboard.map((buttons) =>
    el(
      "div",
      { class: "keyboard-row" },
      ...buttons.map((button) => {
        const waiting = button.data !== undefined && button.data !== null && seen.isWaiting(button.data);
        return el(
          "button",
          {
            type: "button",
            class: "key",
            "data-testid": "keyboard-button",
            "data-callback": button.data,
            "aria-busy": waiting ? "true" : null,
            on: { click: () => actions.onPress(button) },
          },
          el("span", { class: "key-label", dir: "auto" }, button.text),
          button.url ? icon("link") : null,
          waiting ? el("span", { class: "progress", "aria-hidden": "true" }) : null,
        );
      }),
    ),
  );
  return el("div", { class: "keyboard", dir, role: "group", "aria-label": "Buttons of this message" }, ...rows);
}
