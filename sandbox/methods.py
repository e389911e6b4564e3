"""Every Bot API method this server knows, by name in lower case (Telegram does not mind the case)."""

from collections.abc import Awaitable, Callable
from typing import Any

from sandbox import albums, editing, membership, profile, sending, topics, updating
from sandbox.media import KINDS
from sandbox.params import Params
from sandbox.polling import get_updates
from sandbox.world import World

METHODS: dict[str, Callable[[World, Params], Any]] = {
    "getme": profile.get_me,
    "getfile": profile.get_file,
    "setmycommands": profile.set_my_commands,
    "getmycommands": profile.get_my_commands,
    "deletemycommands": profile.delete_my_commands,
    "setmydescription": profile.set_my_description,
    "getmydescription": profile.get_my_description,
    "setmyshortdescription": profile.set_my_short_description,
    "getmyshortdescription": profile.get_my_short_description,
    "getwebhookinfo": updating.get_webhook_info,
    "sendmessage": sending.send_message,
    **{f"send{kind}": sending.send_file(kind) for kind in KINDS},
    "sendmediagroup": albums.send_media_group,
    "sendchataction": sending.send_chat_action,
    "editmessagetext": editing.edit_message_text,
    "editmessagereplymarkup": editing.edit_message_reply_markup,
    "deletemessage": editing.delete_message,
    "answercallbackquery": editing.answer_callback_query,
    "getchat": membership.get_chat,
    "getchatmember": membership.get_chat_member,
    "getchatmembercount": membership.get_chat_member_count,
    "leavechat": membership.leave_chat,
    "createforumtopic": topics.create_forum_topic,
    "editforumtopic": topics.edit_forum_topic,
    "closeforumtopic": topics.close_forum_topic,
    "reopenforumtopic": topics.reopen_forum_topic,
    "deleteforumtopic": topics.delete_forum_topic,
}
"""Those that are done at once."""

WAITING: dict[str, Callable[[World, Params], Awaitable[Any]]] = {
    "getupdates": get_updates,
    "setwebhook": updating.set_webhook,
    "deletewebhook": updating.delete_webhook,
}
"""Those that wait for something."""
