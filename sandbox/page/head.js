/** The head of a chat: whose chat it is, who writes in it, and the switches. */

import { avatar, el, iconButton } from "./dom.js";

/**
 * The parts of the head. `shown` is `{subject, title, viewer, members, canClose}`, with `members`
 * null in a private chat; `act` is `{writeAs(id), block(blocked), setMember(member), close()}`.
 */
export function paneHead({ subject, title, viewer, members, canClose }, act) {
  const isGroup = members !== null;
  const whose = isGroup ? memberChoice(members, viewer, act.writeAs) : role(subject);
  return [
    avatar(isGroup ? subject.id : 0, title, { isGroup }),
    el("div", { class: "pane-title" }, el("h2", { dir: "auto" }, title), whose),
    isGroup
      ? toggle("Bot is here", subject.bot_is_member, act.setMember, "membership")
      : toggle("Blocked", subject.blocked, act.block, "block"),
    canClose && iconButton("close", "Close this chat", act.close, { "data-testid": "close-pane" }),
  ];
}

function role(person) {
  return el("p", { class: "pane-sub" }, "as ", el("bdi", {}, person.first_name), person.title ? ` · ${person.title}` : "");
}

function memberChoice(members, viewer, onChange) {
  const options = members.map(({ id, name }) => el("option", { value: id, selected: id === viewer }, name));
  const choice = el("select", { "aria-label": "Write as", "data-testid": "write-as" }, ...options);
  choice.addEventListener("change", () => onChange(Number(choice.value)));
  return el("label", { class: "pane-sub" }, "write as ", choice);
}

function toggle(label, isOn, onChange, testId) {
  const state = { role: "switch", "aria-checked": String(Boolean(isOn)), "data-testid": testId };
  return el(
    "button",
    { type: "button", class: "switch", ...state, on: { click: () => onChange(!isOn) } },
    el("span", { class: "switch-label" }, label),
    el("span", { class: "switch-track", "aria-hidden": "true" }),
  );
}
