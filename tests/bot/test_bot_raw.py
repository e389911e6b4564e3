"""What is read of an update before it is understood: never an error, whatever stands there."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.raw import KINDS, body_of, chat_of, query_of, sender_of, words_of

ZAHRA = {"id": 501, "is_bot": False, "first_name": "Zahra"}
PRIVATE = {"id": 501, "type": "private"}
GROUP = {"id": -1001, "type": "supergroup"}
Seen = tuple[int, int | None, str, str | None]
"""The chat, the sender, the words, and the query of a pressed button."""

UPDATES: dict[str, tuple[dict[str, Any], Seen]] = {
    "a written message": (
        {"message": {"chat": PRIVATE, "from": ZAHRA, "text": "سلام"}},
        (501, 501, "سلام", None),
    ),
    "a changed message": (
        {"edited_message": {"chat": PRIVATE, "from": ZAHRA, "text": "سلام"}},
        (501, 501, "سلام", None),
    ),
    "a picture with words": (
        {"message": {"chat": PRIVATE, "from": ZAHRA, "photo": [], "caption": "پاسپورت"}},
        (501, 501, "پاسپورت", None),
    ),
    "a voice note": ({"message": {"chat": PRIVATE, "from": ZAHRA, "voice": {}}}, (501, 501, "", None)),
    "a message in a group": (
        {"message": {"chat": GROUP, "from": ZAHRA, "text": "سلام"}},
        (-1001, 501, "سلام", None),
    ),
    "a message in the name of a group": (
        {"message": {"chat": GROUP, "sender_chat": GROUP, "text": "x"}},
        (-1001, None, "x", None),
    ),
    "a pressed button": (
        {"callback_query": {"id": "77", "from": ZAHRA, "message": {"chat": GROUP, "text": "menu"}}},
        (-1001, 501, "", "77"),
    ),
    "a button under a message that is too old": (
        {"callback_query": {"id": "77", "from": ZAHRA, "message": {"chat": PRIVATE, "date": 0}}},
        (501, 501, "", "77"),
    ),
    "a button of an inline message": (
        {"callback_query": {"id": "77", "from": ZAHRA, "inline_message_id": "x"}},
        (501, 501, "", "77"),
    ),
    "a block": ({"my_chat_member": {"chat": PRIVATE, "from": ZAHRA}}, (501, 501, "", None)),
    "a kind that did not exist yet": ({"hologram": {"chat": PRIVATE, "from": ZAHRA}}, (0, None, "", None)),
    "an update without anything": ({}, (0, None, "", None)),
    "nulls": ({"message": {"chat": None, "from": None, "text": None}}, (0, None, "", None)),
    "a null": ({"message": None, "callback_query": None}, (0, None, "", None)),
    "a large account": (
        {"message": {"chat": {"id": 2**52}, "from": {"id": 2**52}, "text": "x"}},
        (2**52, 2**52, "x", None),
    ),
}


@pytest.mark.parametrize("kind", UPDATES)
def test_each_kind_is_told_by_its_chat_sender_words_and_button(kind: str) -> None:
    body, seen = UPDATES[kind]
    update = {"update_id": 1, **body}
    assert (chat_of(update), sender_of(update), words_of(update), query_of(update)) == seen


FIELDS = ["message", "chat", "from", "id", "text", "caption", *KINDS]
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(FIELDS), inner, max_size=5),
    max_leaves=25,
)


@given(st.dictionaries(st.sampled_from(FIELDS), JSON, max_size=6))
def test_nothing_that_can_be_written_in_json_raises(update: dict[str, Any]) -> None:
    assert isinstance(body_of(update), dict)
    assert isinstance(chat_of(update), int)
    assert sender_of(update) is None or isinstance(sender_of(update), int)
    assert isinstance(words_of(update), str)
    assert query_of(update) is None or isinstance(query_of(update), str)


@given(st.integers(1, 2**52), st.text(min_size=1, max_size=20), JSON)
def test_what_stands_beside_does_not_hide_who_wrote_what(account: int, text: str, odd: object) -> None:
    message = {"chat": {"id": account, "type": odd}, "from": {"id": account, "x": odd}, "text": text}
    update = {"update_id": 1, "message": {**message, "forward_origin": odd, "entities": odd}}
    assert (chat_of(update), sender_of(update), words_of(update)) == (account, account, text)
