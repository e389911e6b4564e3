/**
 * What the page knows: people, groups and their chats, kept true by the server's events.
 *
 * An event about a chat is only a bell: the chat is then read again as a whole, one reading at
 * a time. What is on the screen is therefore always a state the server was in, so a message is
 * never lost or doubled, whatever was missed on the way; after a reconnect all is read again.
 */

import * as api from "./api.js";

const TYPING_MS = 5000;
const PRESS_MS = 15000;
const RETRY_MS = 1500;
const CHANGES_A_CHAT = new Set(["message", "edit", "delete"]);
const READ_KEY = "read-up-to";

/**
 * Events of this object, each with a `detail`: `world` (people or groups changed), `chat` (a chat
 * id: its messages, presses, typing or unread count changed), `answer` (the bot's answer to a
 * press) and `connection` (the line to the server changed).
 */
export class World extends EventTarget {
  bot = null;
  people = new Map();
  groups = new Map();
  connection = "connecting";
  #chats = new Map();
  #waiting = new Map();
  #queries = new Map();
  #read = JSON.parse(sessionStorage.getItem(READ_KEY) ?? '{"seq": 0, "upTo": {}}');
  #stream = null;
  #retry = 0;

  /** Open the event stream; everything is read once it stands. */
  connect() {
    this.#stream = new EventSource("/control/events");
    this.#stream.addEventListener("open", () => this.#readAll());
    this.#stream.addEventListener("message", (event) => this.#receive(JSON.parse(event.data)));
    this.#stream.addEventListener("error", () => this.#lose());
  }

  /** A person or a group by id, or undefined. */
  find(id) {
    return this.people.get(id) ?? this.groups.get(id);
  }

  /** The name that stands in the list. */
  nameOf(id) {
    const person = this.people.get(id);
    return person ? person.first_name : (this.groups.get(id)?.title ?? String(id));
  }

  /** Messages of a chat, oldest first. */
  messages(chatId) {
    return this.#chat(chatId).messages;
  }

  /** Whether a chat was read at least once. */
  isLoaded(chatId) {
    return this.#chat(chatId).loaded;
  }

  /** Whether the bot is writing in this chat now. */
  isTyping(chatId) {
    return this.#chat(chatId).typingUntil > Date.now();
  }

  /** How many of the bot's messages in a chat nobody has looked at. */
  unread(chatId) {
    const seen = this.#read.upTo[chatId] ?? 0;
    return this.messages(chatId).filter((message) => message.is_bot && message.message_id > seen).length;
  }

  /** The chat is on the screen: nothing in it is unread any more. */
  markRead(chatId) {
    const last = this.messages(chatId).at(-1)?.message_id ?? 0;
    if (last <= (this.#read.upTo[chatId] ?? 0)) return;
    this.#read.upTo[chatId] = last;
    sessionStorage.setItem(READ_KEY, JSON.stringify(this.#read));
    this.#tell("chat", chatId);
  }

  /** Press a button; it counts as waiting until the bot has answered. */
  async press(personId, chatId, messageId, data) {
    const key = pressKey(chatId, messageId, data);
    if (this.#waiting.has(key)) return;
    this.#waiting.set(key, setTimeout(() => this.#settle(chatId, key), PRESS_MS));
    this.#tell("chat", chatId);
    try {
      await api.press(personId, chatId, messageId, data);
    } catch (error) {
      this.#settle(chatId, key);
      throw error;
    }
  }

  /** Whether a pressed button still waits for the bot. */
  isWaiting(chatId, messageId, data) {
    return this.#waiting.has(pressKey(chatId, messageId, data));
  }

  #receive(event) {
    if (event.type === "world") this.#readWorld().catch(() => this.#lose());
    if (CHANGES_A_CHAT.has(event.type)) {
      if (event.type === "message") this.#chat(event.chat_id).typingUntil = 0;
      this.#readChat(event.chat_id).catch(() => this.#lose());
    }
    if (event.type === "typing") this.#showTyping(event.chat_id);
    if (event.type === "press") {
      this.#queries.set(event.callback_query_id, pressKey(event.chat_id, event.message_id, event.data));
    }
    if (event.type === "answer") {
      this.#settle(event.chat_id, this.#queries.get(event.callback_query_id));
      this.#queries.delete(event.callback_query_id);
      this.#tell("answer", event);
    }
  }

  /** Something could not be read: begin again with a new stream, and read everything. */
  #lose() {
    this.#stream.close();
    this.#setConnection("gone");
    clearTimeout(this.#retry);
    this.#retry = setTimeout(() => this.connect(), RETRY_MS);
  }

  async #readAll() {
    try {
      for (const chat of this.#chats.values()) chat.loaded = false;
      await this.#readWorld();
      this.#setConnection("live");
    } catch {
      this.#lose();
    }
  }

  /** Read who is there, and the chats of those who were not there before. */
  async #readWorld() {
    const { bot, people, groups, last_seq: seq } = await api.readWorld();
    // A server that counts from the start again is a new one: nothing of it has been read.
    if (seq < this.#read.seq) this.#read.upTo = {};
    this.#read.seq = seq;
    this.bot = bot;
    this.people = new Map(people.map((person) => [person.id, person]));
    this.groups = new Map(groups.map((group) => [group.id, group]));
    this.#tell("world");
    const ids = [...this.people.keys(), ...this.groups.keys()];
    await Promise.all(ids.filter((id) => !this.isLoaded(id)).map((id) => this.#readChat(id)));
  }

  /** Read a chat again; what rings during a reading causes one more, never two at once. */
  #readChat(chatId) {
    const chat = this.#chat(chatId);
    chat.stale = true;
    chat.reading ??= (async () => {
      try {
        while (chat.stale) {
          chat.stale = false;
          const { messages } = await api.readChat(chatId);
          chat.messages = messages.filter((message) => !message.deleted);
          chat.loaded = true;
          this.#tell("chat", chatId);
        }
      } finally {
        chat.reading = null;
      }
    })();
    return chat.reading;
  }

  #showTyping(chatId) {
    this.#chat(chatId).typingUntil = Date.now() + TYPING_MS;
    this.#tell("chat", chatId);
    setTimeout(() => this.#tell("chat", chatId), TYPING_MS + 50);
  }

  #settle(chatId, key) {
    clearTimeout(this.#waiting.get(key));
    if (this.#waiting.delete(key)) this.#tell("chat", chatId);
  }

  #chat(chatId) {
    if (!this.#chats.has(chatId)) {
      this.#chats.set(chatId, { messages: [], loaded: false, typingUntil: 0, stale: true, reading: null });
    }
    return this.#chats.get(chatId);
  }

  #setConnection(state) {
    if (this.connection === state) return;
    this.connection = state;
    this.#tell("connection");
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

const pressKey = (chatId, messageId, data) => `${chatId}/${messageId}/${data}`;
