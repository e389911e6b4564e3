/** The messages of one chat on the screen: only what changed is drawn again. */

import { dayOf, messageRow } from "./bubble.js";
import { el } from "./dom.js";

const NEAR_END_PX = 80;
const FLASH_MS = 1600;

/**
 * A scrolling list of messages. `describe(message)` gives how the viewer sees a message and
 * `act(message)` what can be done with it; see `messageRow`.
 */
export class Timeline {
  #describe;
  #act;
  #rows = new Map();
  #atEnd = true;

  constructor(label, describe, act) {
    this.#describe = describe;
    this.#act = act;
    this.list = el("ol", { class: "messages" });
    this.intro = el("div", { class: "intro", dir: "auto", hidden: true });
    this.typing = el("p", { class: "typing", hidden: true }, el("span", { class: "dots", "aria-hidden": "true" }), "typing…");
    this.jump = el("button", { type: "button", class: "jump", hidden: true, on: { click: () => this.toEnd() } }, "New messages ↓");
    const live = { role: "log", "aria-live": "polite", "aria-label": label };
    this.scroller = el("div", { class: "scroller", tabindex: 0, ...live }, this.intro, this.list, this.typing);
    this.scroller.addEventListener("scroll", () => this.#onScroll());
    // A picture that has come, an opened note or a growing message box must not hide the newest message.
    const follow = new ResizeObserver(() => this.#atEnd && this.toEnd());
    for (const node of [this.list, this.scroller]) follow.observe(node);
    this.element = el("div", { class: "timeline" }, this.scroller, this.jump);
  }

  /** Show these messages, oldest first. */
  show(messages, isTyping) {
    const first = this.#rows.size === 0;
    const rows = new Map();
    let grew = false;
    let isOwn = false;
    for (const message of messages) {
      const seen = this.#describe(message);
      const signature = JSON.stringify([message, { ...seen, isWaiting: undefined }, waitingKeys(message, seen)]);
      const old = this.#rows.get(message.message_id);
      if (old?.signature === signature) {
        rows.set(message.message_id, old);
        continue;
      }
      const node = messageRow(message, seen, this.#act(message));
      if (old && isEdit(old.message, message)) flash(node);
      if (!old && !first) {
        node.classList.add("arriving");
        grew = true;
        isOwn ||= seen.isOwn;
      }
      rows.set(message.message_id, { node, signature, message });
    }
    this.#rows = rows;
    this.#arrange(messages);
    this.typing.hidden = !isTyping;
    if (this.#atEnd || isOwn) this.toEnd();
    else if (grew) this.jump.hidden = false;
  }

  /** Show what the bot says of itself where there are no messages yet; "" shows nothing. */
  about(words) {
    this.intro.hidden = words === "";
    this.intro.textContent = words;
  }

  /** Go to the newest message. */
  toEnd() {
    this.scroller.scrollTop = this.scroller.scrollHeight;
    this.#atEnd = true;
    this.jump.hidden = true;
  }

  /** Go to one message and light it up. */
  goTo(messageId) {
    const node = this.#rows.get(messageId)?.node;
    if (!node) return;
    node.scrollIntoView({ block: "center" });
    flash(node);
  }

  /** Put the rows in order with the day between them, moving only what is out of place. */
  #arrange(messages) {
    const wanted = [];
    let day = null;
    for (const message of messages) {
      const today = dayOf(message);
      if (today !== day) wanted.push(this.#dayRow(today));
      day = today;
      wanted.push(this.#rows.get(message.message_id).node);
    }
    const focused = focusedKey(this.list);
    const keep = new Set(wanted);
    for (const node of [...this.list.children]) if (!keep.has(node)) node.remove();
    wanted.forEach((node, place) => {
      if (this.list.children[place] !== node) this.list.insertBefore(node, this.list.children[place] ?? null);
    });
    restoreFocus(this.list, focused);
  }

  #dayRow(day) {
    const old = [...this.list.children].find((node) => node.dataset.day === day);
    return old ?? el("li", { class: "row row-service", "data-day": day }, el("span", { class: "service" }, day));
  }

  #onScroll() {
    const { scrollHeight, scrollTop, clientHeight } = this.scroller;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
    if (this.#atEnd) this.jump.hidden = true;
  }
}

const waitingKeys = (message, seen) => (message.keyboard ?? []).flat().filter((key) => seen.isWaiting(key.data)).map((key) => key.data);

const isEdit = (before, after) => before.html !== after.html || JSON.stringify(before.keyboard) !== JSON.stringify(after.keyboard);

function flash(node) {
  node.classList.add("flash");
  setTimeout(() => node.classList.remove("flash"), FLASH_MS);
}

/** Which button of which message has the focus: an edit replaces the bubble under the fingers. */
function focusedKey(list) {
  const row = list.contains(document.activeElement) ? document.activeElement.closest("[data-message-id]") : null;
  if (!row) return null;
  return { id: row.dataset.messageId, place: [...row.querySelectorAll("button, a")].indexOf(document.activeElement) };
}

function restoreFocus(list, focused) {
  if (!focused || list.contains(document.activeElement)) return;
  const row = list.querySelector(`[data-message-id="${focused.id}"]`);
  row?.querySelectorAll("button, a")[focused.place]?.focus({ preventScroll: true });
}
