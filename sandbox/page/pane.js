/** One chat on the screen as one person sees it: head, messages, message box, note. */

import * as api from "./api.js";
import { wordsOf } from "./bubble.js";
import { Composer, SAMPLES } from "./composer.js";
import { el, redraw } from "./dom.js";
import { paneHead } from "./head.js";
import { noteSheet } from "./note.js";
import { alertDialog, openMenu, toast } from "./notices.js";
import { direction, isSafeLink, startPayload } from "./text.js";
import { Timeline } from "./timeline.js";

/** A chat at least this wide has its note beside it; chat.css says the same. */
const ROOM_FOR_NOTE_PX = 780;

/**
 * A pane for the person or group `id`. `port` is what it needs of the page:
 * `open(id)` (show another chat), `close()` and `canClose()`.
 */
export class Pane {
  #world;
  #port;
  #viewer;
  #noteChoice = null;

  constructor(world, id, port) {
    this.id = id;
    this.#world = world;
    this.#port = port;
    this.head = el("header", { class: "pane-head" });
    this.timeline = new Timeline(`Chat of ${world.nameOf(id)}`, (message) => this.#seen(message), (message) => this.#actions(message));
    this.noteSlot = el("div", { class: "note-slot" });
    this.foot = el("footer", { class: "pane-foot" });
    this.composer = new Composer({
      send: (what) => this.#send(what),
      edit: (messageId, text) => api.edit(this.#viewer, this.id, messageId, text),
      lastOwnText: () => this.#world.messages(this.id).findLast((message) => this.#canEdit(message)),
      commands: () => this.#commands(),
      place: this.timeline.element,
    });
    this.element = el(
      "section",
      { class: "pane", "data-testid": `chat-${id}`, "aria-label": `Chat of ${world.nameOf(id)}` },
      el("div", { class: "pane-grid" }, this.head, this.noteSlot, this.timeline.element, this.foot),
    );
    new ResizeObserver(() => this.refresh()).observe(this.element);
    this.refresh();
  }

  /** Draw again what may have changed. */
  refresh() {
    const subject = this.#world.find(this.id);
    if (!subject) return;
    if (this.#isGroup && !this.#members().includes(this.#viewer)) this.#viewer = this.#members()[0];
    if (!this.#isGroup) this.#viewer = this.id;
    this.#head();
    this.timeline.show(this.#world.messages(this.id), this.#world.isTyping(this.id));
    this.#foot(subject);
    this.#note(subject);
    this.#about(subject);
  }

  /** Show the bot's answer to a press if it belongs to this chat. */
  showAnswer(answer) {
    if (answer.chat_id !== this.id) return;
    if (answer.url) this.#follow(answer.url);
    if (!answer.text) return;
    if (answer.show_alert) alertDialog(answer.text);
    else toast(this.timeline.element, answer.text);
  }

  get #isGroup() {
    return this.id < 0;
  }

  get #isEmpty() {
    return this.#world.isLoaded(this.id) && this.#world.messages(this.id).length === 0;
  }

  #members() {
    return (this.#world.groups.get(this.id)?.members ?? []).filter((id) => this.#world.people.has(id));
  }

  #isOwn(message) {
    return !message.is_bot && message.from_id === this.#viewer;
  }

  #canEdit(message) {
    return this.#isOwn(message) && message.kind === "text" && !message.forwarded;
  }

  #nameOfSender(message) {
    return message.is_bot ? (this.#world.bot?.first_name ?? "Bot") : this.#world.nameOf(message.from_id);
  }

  #seen(message) {
    const replied = message.reply_to && this.#world.messages(this.id).find((other) => other.message_id === message.reply_to);
    return {
      isOwn: this.#isOwn(message),
      sender: this.#isGroup && !this.#isOwn(message) ? this.#nameOfSender(message) : null,
      replied: replied ? { ...replied, name: this.#nameOfSender(replied) } : null,
      isWaiting: (data) => this.#world.isWaiting(this.id, message.message_id, data),
    };
  }

  #actions(message) {
    return {
      onLink: (url, event) => {
        if (this.#isStart(url)) {
          event.preventDefault();
          this.#follow(url);
        }
      },
      onCommand: (text) => this.#try(this.#send({ text })),
      onPress: (button) => {
        if (button.url) this.#follow(button.url);
        else if (button.data !== undefined) this.#try(this.#world.press(this.#viewer, this.id, message.message_id, button.data));
      },
      onMenu: (anchor) => openMenu(anchor, this.#menuOf(message), "Message"),
      onQuote: (messageId) => this.timeline.goTo(messageId),
    };
  }

  #menuOf(message) {
    const words = wordsOf(message);
    const items = [{ label: "Reply", icon: "reply", onChoose: () => this.composer.setMode("reply", message) }];
    if (this.#canEdit(message)) {
      items.push({ label: "Edit", icon: "edit", onChoose: () => this.composer.setMode("edit", message) });
    }
    // A protected message can neither be passed on nor copied, in Telegram as here.
    if (words && !message.protected) {
      items.push({ label: "Forward to the bot", icon: "forward", onChoose: () => this.#try(this.#send({ text: words, forward: true })) });
      items.push({ label: "Copy text", icon: "file", onChoose: () => this.#try(navigator.clipboard.writeText(words)) });
    }
    return items;
  }

  #send(what) {
    return api.send(this.#viewer, this.id, what);
  }

  #try(promise) {
    promise.catch((error) => toast(this.timeline.element, error.message));
  }

  #isStart(url) {
    return startPayload(url, this.#world.bot?.username) !== null;
  }

  /** Open an address; a link to the bot is what it is in Telegram: /start in the private chat. */
  #follow(url) {
    const payload = startPayload(url, this.#world.bot?.username);
    if (payload === null) {
      if (isSafeLink(url)) window.open(url, "_blank", "noopener,noreferrer");
      return;
    }
    this.#try(api.send(this.#viewer, this.#viewer, { text: `/start ${payload}`.trim() }));
    if (this.#isGroup) this.#port.open(this.#viewer);
  }

  #head() {
    const shown = {
      subject: this.#world.find(this.id),
      title: this.#isGroup ? this.#world.nameOf(this.id) : (this.#world.bot?.first_name ?? "The bot"),
      viewer: this.#viewer,
      members: this.#isGroup ? this.#members().map((id) => ({ id, name: this.#world.nameOf(id) })) : null,
      canClose: this.#port.canClose(),
    };
    const writeAs = (id) => {
      this.#viewer = id;
      this.refresh();
    };
    redraw(this.head, shown, () =>
      paneHead(shown, {
        writeAs,
        block: (blocked) => this.#try(api.block(this.id, blocked)),
        setMember: (member) => this.#try(api.setBotInGroup(this.#viewer, this.id, member)),
        close: () => this.#port.close(),
      }),
    );
  }

  #foot(subject) {
    const blocked = Boolean(subject.blocked);
    const empty = this.#isEmpty;
    const keys = this.#replyKeyboard();
    const isWriting = document.activeElement === this.composer.box;
    redraw(this.foot, [blocked, empty, keys], () => {
      if (blocked) {
        const unblock = wideButton("Unblock", () => this.#try(api.block(this.id, false)));
        return [el("p", { class: "blocked-line" }, "You blocked this bot."), unblock];
      }
      const start = empty && !this.#isGroup && wideButton("Start", () => this.#try(this.#send({ text: "/start" })), "primary");
      return [start, this.composer.element, keys && this.#keys(keys)];
    });
    if (isWriting) this.composer.box.focus();
  }

  #replyKeyboard() {
    const last = this.#world.messages(this.id).findLast((message) => message.reply_keyboard !== undefined);
    return last?.reply_keyboard?.length ? last.reply_keyboard : null;
  }

  #keys(rows) {
    const key = ({ text, request }) => {
      const what = request ? { [request]: SAMPLES[request] } : { text };
      return el("button", { type: "button", class: "key", dir: "auto", on: { click: () => this.#try(this.#send(what)) } }, text);
    };
    const dir = direction(rows.flat().map((button) => button.text).join(" "));
    const lines = rows.map((row) => el("div", { class: "keyboard-row" }, ...row.map(key)));
    return el("div", { class: "reply-keyboard", dir, role: "group", "aria-label": "Buttons of the bot" }, ...lines);
  }

  /** The note is open where there is room or nothing was said yet, until somebody folds or opens it. */
  #note(subject) {
    const note = (subject.note ?? "").trim();
    const isWide = this.element.clientWidth >= ROOM_FOR_NOTE_PX;
    const open = this.#noteChoice ?? (isWide || this.#isEmpty);
    redraw(this.noteSlot, [note, open], () => {
      const onToggle = () => {
        this.#noteChoice = !open;
        this.refresh();
        this.noteSlot.querySelector("button")?.focus();
      };
      return [note && noteSheet(note, { open, onToggle, onPick: (text) => this.composer.put(text) })];
    });
  }

  /** Before the first message Telegram shows what the bot says of itself. */
  #about(subject) {
    const words = this.#isEmpty && !this.#isGroup ? inLanguage(this.#world.bot?.descriptions, subject.language_code) : null;
    this.timeline.about(words ?? "");
  }

  #commands() {
    const commands = inLanguage(this.#world.bot?.commands, this.#world.people.get(this.#viewer)?.language_code) ?? [];
    return commands.map(({ command, description }) => ({ text: `/${command}`, description }));
  }
}

/** What the bot has set for a language, or else for all; undefined where it has set nothing. */
const inLanguage = (byLanguage, code) => byLanguage?.[code] ?? byLanguage?.[""];

const wideButton = (label, onClick, kind = "") =>
  el("button", { type: "button", class: `wide ${kind}`, on: { click: onClick } }, label);
