"""Keyboards: checked as Telegram checks them, and given back as the Bot API and the page see them."""

import json
from typing import Any

from sandbox.links import checked_link
from sandbox.params import Params
from sandbox.refusals import bad_request

Json = dict[str, Any]

REPLY_KINDS = ("keyboard", "remove_keyboard", "force_reply")


def read_markup(params: Params) -> tuple[Json | None, Json | None]:
    """Return the inline keyboard and the reply keyboard of a call; at most one of them is there."""
    markup = params.json("reply_markup", dict, "reply keyboard markup")
    if not markup:
        return None, None
    if "inline_keyboard" in markup:
        rows = [[_inline_button(button) for button in row] for row in _rows(markup, "inline_keyboard")]
        rows = [row for row in rows if row]
        return ({"inline_keyboard": rows} if rows else None), None
    if not any(markup.get(kind) for kind in REPLY_KINDS):
        return None, None
    if "keyboard" in markup:
        rows = [[_reply_button(button) for button in row] for row in _rows(markup, "keyboard")]
        return None, markup | {"keyboard": rows}
    return None, markup


def _rows(markup: Json, name: str) -> list[list[Any]]:
    rows = markup[name]
    kind = "InlineKeyboardMarkup" if name == "inline_keyboard" else "ReplyKeyboardMarkup"
    if not isinstance(rows, list):
        raise bad_request(f'field "{name}" of the {kind} must be an Array')
    if not all(isinstance(row, list) for row in rows):
        raise bad_request(f'field "{name}" of the {kind} must be an Array of Arrays')
    return rows


def _inline_button(button: Any) -> Json:
    if not isinstance(button, dict):
        raise bad_request("can't parse inline keyboard button: expected an Object")
    if not str(button.get("text") or "").strip():
        raise bad_request("can't parse inline keyboard button: Can't find field \"text\"")
    result: Json = {"text": str(button["text"])}
    if "callback_data" in button:
        data = str(button["callback_data"])
        if not 1 <= len(data.encode("utf-8", "replace")) <= 64:
            raise bad_request("BUTTON_DATA_INVALID")
        return result | {"callback_data": data}
    if "url" in button:
        url = checked_link(str(button["url"]))
        if not url:
            raise bad_request(f"inline keyboard button URL '{button['url']}' is invalid: Wrong HTTP URL")
        return result | {"url": url}
    if "copy_text" in button and isinstance(button["copy_text"], dict):
        return result | {"copy_text": {"text": str(button["copy_text"].get("text", ""))}}
    raise bad_request("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")


def _reply_button(button: Any) -> Json:
    if isinstance(button, str):
        button = {"text": button}
    if not isinstance(button, dict) or not str(button.get("text") or "").strip():
        raise bad_request('can\'t parse keyboard button: Field "text" must be of type String')
    return dict(button)


def buttons(inline: Json | None) -> list[list[Json]]:
    """Return an inline keyboard as the control API shows it."""
    if inline is None:
        return []
    return [[_button(button) for button in row] for row in inline["inline_keyboard"]]


def _button(button: Json) -> Json:
    shown = {"text": button["text"], "data": button.get("callback_data"), "url": button.get("url")}
    return {key: value for key, value in shown.items() if value is not None}


def reply_buttons(markup: Json | None) -> list[list[Json]] | None:
    """Return a reply keyboard's rows for the control API: empty takes it away, none leaves it."""
    if markup is None or "force_reply" in markup:
        return None
    return [[_reply(button) for button in row] for row in markup.get("keyboard", [])]


def _reply(button: Json) -> Json:
    wanted = next((what for what in ("contact", "location") if button.get(f"request_{what}")), None)
    return {"text": button["text"]} | ({"request": wanted} if wanted else {})


def same(one: Any, other: Any) -> bool:
    """Say whether two parts of messages are the same content, absent and empty being one."""
    return json.dumps(one or None, sort_keys=True) == json.dumps(other or None, sort_keys=True)
