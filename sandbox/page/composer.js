/** The lower edge of a chat: the message box, what else can be sent, and replies or edits under way. */

import { firstLine } from "./bubble.js";
import { el, icon, iconButton } from "./dom.js";
import { openMenu, toast } from "./notices.js";
import { dirOf } from "./text.js";

const MODES = { reply: "Reply to", edit: "Change your message", forward: "Forward" };

/** What is sent where a person would choose a place or somebody from their address book: invented ones. */
export const SAMPLES = {
  location: { latitude: 34.5, longitude: 69.2 },
  contact: { phone_number: "+10000000000", first_name: "Invented contact" },
};

/**
 * The message box of one pane. `port` is what it needs: `send(what)`, `edit(messageId, text)`,
 * `lastOwnText()` (a message or undefined), `commands()` (of the bot: `{text, description}`) and `place` (where toasts are shown).
 */
export class Composer {
  #port;
  #mode = null;

  constructor(port) {
    this.#port = port;
    this.box = el("textarea", {
      "data-testid": "composer",
      rows: 1,
      dir: "auto",
      placeholder: "Message",
      "aria-label": "Message",
      autocomplete: "off",
      maxlength: 4096,
      on: { input: () => this.#fit(), keydown: (event) => this.#onKey(event) },
    });
    this.modeBar = el("div", { class: "mode-bar", hidden: true });
    const attach = iconButton("attach", "Send something else", () => openMenu(attach, this.#kinds(), "Send something else"), {
      "aria-haspopup": "menu",
    });
    const commands = iconButton("slash", "Commands of the bot", () => this.#showCommands(commands), { "aria-haspopup": "menu" });
    this.sendButton = iconButton("send", "Send", () => this.submit(), { "data-testid": "send" });
    this.sendButton.classList.add("send");
    const line = el("div", { class: "composer-line" }, attach, commands, this.box, this.sendButton);
    this.element = el("div", { class: "composer" }, this.modeBar, line);
  }

  /** Put a text into the box, ready to send or change. */
  put(text) {
    this.box.value = text;
    this.#fit();
    this.box.focus();
    this.box.setSelectionRange(text.length, text.length);
  }

  /** Answer, change or forward a message with the next text; null ends it. */
  setMode(kind, message = null) {
    this.#mode = kind && { kind, message };
    this.modeBar.hidden = !kind;
    this.modeBar.replaceChildren();
    if (!kind) return;
    const what = message ? firstLine(message) : "the next text";
    const end = () => {
      if (kind === "edit") this.put("");
      this.setMode(null);
    };
    this.modeBar.append(
      icon(kind),
      el("span", { class: "mode-text" }, el("strong", {}, MODES[kind]), " ", el("span", { dir: dirOf(what) }, what)),
      iconButton("close", "Cancel", end),
    );
    if (kind === "edit") this.put(message.text);
    this.box.focus();
  }

  /** Send what is in the box. The box is emptied at once and filled again if sending fails. */
  async submit() {
    const text = this.box.value.trim();
    if (!text) return;
    const mode = this.#mode;
    this.put("");
    this.setMode(null);
    try {
      if (mode?.kind === "edit") await this.#port.edit(mode.message.message_id, text);
      else if (mode?.kind === "reply") await this.#port.send({ text, reply_to: mode.message.message_id });
      else await this.#port.send({ text, ...(mode?.kind === "forward" && { forward: true }) });
    } catch (error) {
      this.put(text);
      this.setMode(mode?.kind ?? null, mode?.message ?? null);
      this.box.value = text;
      toast(this.#port.place, error.message);
    }
  }

  async #sendKind(what) {
    const caption = this.box.value.trim();
    const withCaption = caption && (what.photo || what.document) ? { ...what, caption } : what;
    try {
      await this.#port.send(withCaption);
      if (withCaption.caption) this.put("");
    } catch (error) {
      toast(this.#port.place, error.message);
    }
  }

  #showCommands(anchor) {
    const items = this.#port.commands().map(({ text, description }) => ({
      label: `${text} · ${description}`,
      icon: "slash",
      onChoose: () => this.#sendKind({ text }),
    }));
    if (items.length) openMenu(anchor, items, "Commands of the bot");
    else toast(this.#port.place, "The bot has not named any commands.");
  }

  #kinds() {
    const kind = (label, sign, what) => ({ label, icon: sign, onChoose: () => this.#sendKind(what) });
    return [
      kind("Photo", "photo", { photo: true }),
      kind("Document", "file", { document: "letter.pdf" }),
      kind("Voice message, 7 s", "voice", { voice: 7 }),
      kind("Sticker", "smile", { sticker: "🙏" }),
      kind("Location", "pin", { location: SAMPLES.location }),
      kind("Contact", "contact", { contact: SAMPLES.contact }),
      { label: "Forward a text", icon: "forward", onChoose: () => this.setMode("forward") },
    ];
  }

  #onKey(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.submit();
    } else if (event.key === "Escape" && this.#mode) {
      if (this.#mode.kind === "edit") this.put("");
      this.setMode(null);
    } else if (event.key === "ArrowUp" && this.box.value === "") {
      const last = this.#port.lastOwnText();
      if (!last) return;
      event.preventDefault();
      this.setMode("edit", last);
    }
  }

  #fit() {
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight, 168)}px`;
    this.sendButton.classList.toggle("ready", this.box.value.trim() !== "");
  }
}
