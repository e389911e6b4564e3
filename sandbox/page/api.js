/** The control API of the sandbox, as far as the page needs it. */

async function call(path, body) {
  const headers = { "Content-Type": "application/json" };
  const options = body === undefined ? {} : { method: "POST", headers, body: JSON.stringify(body) };
  const response = await fetch(`/control/${path}`, options).catch(() => {
    throw new Error("The server did not answer.");
  });
  const answer = await response.json().catch(() => ({ ok: false, error: `The server answered ${response.status}.` }));
  if (!answer.ok) throw new Error(answer.error ?? "The server refused.");
  return answer;
}

/** People, groups and the bot. */
export const readWorld = () => call("world");

/** The chat as it stands now: `{messages, last_seq}`. */
export const readChat = (chatId) => call(`chats/${chatId}/messages`);

/** Write as a person; `what` is one of the kinds the contract lists. */
export const send = (personId, chatId, what) => call(`people/${personId}/send`, { chat_id: chatId, ...what });

/** Press a button; the answer names the update, by which its callback answer is known. */
export const press = (personId, chatId, messageId, data) =>
  call(`people/${personId}/press`, { chat_id: chatId, message_id: messageId, data });

/** Change a text that this person wrote. */
export const edit = (personId, chatId, messageId, text) =>
  call(`people/${personId}/edit`, { chat_id: chatId, message_id: messageId, text });

/** Block or unblock the bot. */
export const block = (personId, blocked) => call(`people/${personId}/block`, { blocked });

/** Add the bot to a group or take it out, as one of its members. */
export const setBotInGroup = (personId, chatId, member) => call(`people/${personId}/bot_in_group`, { chat_id: chatId, member });

/** Let somebody new into the sandbox. */
export const addPerson = (person) => call("people", person);
